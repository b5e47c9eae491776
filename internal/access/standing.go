package access

import (
	"context"
	"slices"
)

// Standing is one person under one policy that may be relaxed, as it holds now.
type Standing struct {
	Policy PolicyRef
	Known  bool   // false where Entra did not answer
	Exempt Exempt // of Otherwise only what excludeUsers says
	Leases []Request
}

// Ledger is a policy with everybody who is excluded from it.
type Ledger struct {
	Policy PolicyRef
	Known  bool // false where Entra did not answer: then only leases are here
	Facts  PolicyFacts
	Leases []Request
	Others []Person // excluded without a lease
	Drifts []Drift
}

// leased are the states in which an exclusion holds, or is about to.
var leased = []State{Approved, CarryingOut, InForce, Ending}

// everything is more requests than are ever open.
const everything = 100_000

// Ledger tells who is excluded from a policy, by whom and until when, and who is
// without a lease. Forbidden for whoever neither asks, owns it nor audits.
func (d *Desk) Ledger(ctx context.Context, actor, policy ID) (Ledger, error) {
	policies, err := d.visible(ctx, actor)
	if err != nil {
		return Ledger{}, err
	}
	i := slices.IndexFunc(policies, func(p Policy) bool { return p.ID == policy })
	if i < 0 {
		return Ledger{}, Fail(NotFound, "Passdesk may not relax this policy.")
	}
	leases, err := d.Store.Requests(ctx, Filter{Kind: Exclusion, States: leased, Limit: everything})
	if err != nil {
		return Ledger{}, err
	}
	names, _ := d.policies(ctx)
	l := Ledger{Policy: named(names, policy), Leases: of(leases, policy)}
	drifts, err := d.Store.Drifts(ctx)
	if err != nil {
		return l, err
	}
	l.Drifts = slices.DeleteFunc(drifts, func(o Drift) bool { return o.Policy.ID != policy })
	stocks, err := d.Directory.Survey(ctx, policies[i:i+1])
	if err != nil {
		d.Log.WarnContext(ctx, "reading who is excluded", "policy", policy, "error", err)
		return l, nil
	}
	l.Known, l.Facts = true, stocks[0].Facts
	for _, p := range slices.Concat(stocks[0].Excluded, stocks[0].Listed) {
		if !slices.ContainsFunc(l.Leases, func(r Request) bool { return r.Person.ID == p.ID && r.State != Approved }) {
			l.Others = append(l.Others, p)
		}
	}
	return l, nil
}

// visible are the policies whose exclusions somebody may see: all for who asks
// or audits, their own for an owner.
func (d *Desk) visible(ctx context.Context, actor ID) ([]Policy, error) {
	m, err := d.Member(ctx, actor)
	if err != nil {
		return nil, err
	}
	if d.MayAsk(m) || d.MayAudit(m) {
		return d.Settings.Policies, nil
	}
	var own []Policy
	for _, p := range d.Settings.Policies {
		if m.MayAct() && m.In(p.Owners) {
			own = append(own, p)
		}
	}
	if len(own) == 0 {
		return nil, Fail(Forbidden, "Who is excluded is for the help desk, the auditors and the owners of policies.")
	}
	return own, nil
}

func of(leases []Request, policy ID) []Request {
	var list []Request
	for _, r := range leases {
		if r.Terms.Policy.ID == policy {
			list = append(list, r)
		}
	}
	return list
}

func named(all []PolicyRef, id ID) PolicyRef {
	for _, p := range all {
		if p.ID == id {
			return p
		}
	}
	return PolicyRef{ID: id, Name: string(id)}
}
