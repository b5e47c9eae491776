package access

import (
	"context"
	"slices"
	"time"
)

// whyLooksBack is how far back the sign-ins are read of which somebody asks why
// they failed: Entra keeps them for that long in every tenant.
const whyLooksBack = 7 * 24 * time.Hour

// Why is why somebody's sign-ins failed, and what would help.
type Why struct {
	Person   Person
	Failures []Failure // newest first
	Remedies []Remedy
	// Since is how far back the log was asked, At when it was.
	Since, At time.Time
	// More tells that the log holds older lines that were not read: Oldest is the
	// time of the last that was.
	More   bool
	Oldest time.Time
	// Hidden tells that Entra does not name the policies of at least one failure.
	Hidden bool
}

// Why tells which of a person's sign-ins failed, as far as the log shows by now,
// and what would help. Forbidden for whoever neither asks nor audits, which is
// recorded; Refused where the tenant or Passdesk may not read the log;
// Unavailable.
func (d *Desk) Why(ctx context.Context, actor ID, person Person) (Why, error) {
	if err := d.mayLook(ctx, actor, person, "why"); err != nil {
		return Why{}, err
	}
	w := Why{Person: person, At: d.now(), Since: d.now().Add(-whyLooksBack)}
	log, err := d.Directory.SignIns(ctx, person.ID, w.Since)
	if err != nil {
		return Why{}, err
	}
	w.tell(log, d.Settings.relaxes)
	w.Remedies, err = d.leasedAlready(ctx, person.ID, w.Remedies)
	return w, err
}

// relaxes tells whether Passdesk may relax a policy.
func (s Settings) relaxes(policy ID) bool {
	_, ok := s.policy(policy)
	return ok
}

// tell judges what the log says.
func (w *Why) tell(log SignInLog, may func(ID) bool) {
	w.More = log.More
	for _, l := range log.Lines {
		if !l.At.IsZero() && (w.Oldest.IsZero() || l.At.Before(w.Oldest)) {
			w.Oldest = l.At
		}
	}
	w.Failures = failures(log.Lines, w.At)
	w.Remedies = help(w.Failures, may)
	w.Hidden = slices.ContainsFunc(w.Failures, func(f Failure) bool { return f.Hidden })
}

// leasedAlready notes the exclusions that are asked for or hold already: the log
// may tell of what was before them.
func (d *Desk) leasedAlready(ctx context.Context, person ID, list []Remedy) ([]Remedy, error) {
	if !slices.ContainsFunc(list, func(r Remedy) bool { return r.Kind == HelpExclusion }) {
		return list, nil
	}
	open, err := d.Store.Requests(ctx, Filter{Kind: Exclusion, Person: person, States: append([]State{Asked}, leased...), Limit: everything})
	if err != nil {
		return nil, err
	}
	for i, r := range list {
		if mine := of(open, r.Policy.ID); r.Kind == HelpExclusion && len(mine) > 0 {
			list[i].Lease = mine[0].Ref
		}
	}
	return list, nil
}
