package access

import (
	"cmp"
	"context"
)

// Portrait is one person as Entra shows them at one moment.
type Portrait struct {
	Credentials
	// Ruled is false where Entra did not tell the policies.
	Ruled bool
	// Exempt tells how each of the policies that were asked about excludes the
	// person, in their order, and Names what each is called; empty for one that is
	// gone.
	Exempt []Exempt
	Names  []string
}

// Status is how a person stands: what they sign in with, what that is good for,
// and under which policies that may be relaxed.
type Status struct {
	Credentials
	Readiness Readiness
	Standings []Standing
	// Lock is the person's, in force or not.
	Lock Lock
	// Denied is the last time that a request for them was denied within a day; zero
	// without one.
	Denied Denial
}

// MostTogether is how many people one status may be asked about: Entra lets the
// methods of five be read in ten seconds (Graph: throttling limits).
const MostTogether = 5

// Status tells how a person stands, in one round trip. The person may be known by
// their sign-in name alone, in place of the id. Forbidden for whoever neither asks
// nor audits.
func (d *Desk) Status(ctx context.Context, actor ID, person Person) (Status, error) {
	if err := d.mayLook(ctx, actor, person, "status"); err != nil {
		return Status{}, err
	}
	all, err := d.Directory.Portraits(ctx, []ID{person.ID}, d.Settings.Policies)
	if err != nil {
		return Status{}, err
	}
	s := d.status(all[0], person)
	if s.Lock, err = d.locked(ctx, s.Person.ID); err != nil {
		return Status{}, err
	}
	lately, err := denials(ctx, d.Store, s.Person.ID)
	if err != nil {
		return Status{}, err
	}
	s.Denied, _ = lastDenial(lately, d.now().Add(-denialsSeen))
	leases, err := d.Store.Requests(ctx, Filter{Kind: Exclusion, Person: s.Person.ID, States: leased, Limit: everything})
	if err != nil {
		return Status{}, err
	}
	for i, p := range d.Settings.Policies {
		one := Standing{Policy: p.ref(""), Leases: of(leases, p.ID), Known: all[0].Ruled}
		if one.Known {
			one.Policy, one.Exempt = p.ref(all[0].Names[i]), all[0].Exempt[i]
		}
		s.Standings = append(s.Standings, one)
	}
	return s, nil
}

// ref names a policy: as Entra does, else by its alias or its id.
func (p Policy) ref(name string) PolicyRef {
	return PolicyRef{ID: p.ID, Name: cmp.Or(name, p.Alias, string(p.ID))}
}

// Statuses tells how at most MostTogether people stand, without their policies, in
// one round trip. Forbidden for whoever neither asks nor audits, Invalid for more.
func (d *Desk) Statuses(ctx context.Context, actor ID, people []Person) ([]Status, error) {
	if err := d.mayLook(ctx, actor, people[0], "status"); err != nil {
		return nil, err
	}
	if len(people) > MostTogether {
		return nil, Fail(Invalid, "That are %d people. Entra lets me look at %d at a time.", len(people), MostTogether)
	}
	ids := make([]ID, 0, len(people))
	for _, p := range people {
		ids = append(ids, p.ID)
	}
	portraits, err := d.Directory.Portraits(ctx, ids, nil)
	if err != nil {
		return nil, err
	}
	all := make([]Status, 0, len(people))
	for i, p := range portraits {
		all = append(all, d.status(p, people[i]))
	}
	return all, nil
}

// status judges a portrait. Who is gone keeps the name under which they were
// found.
func (d *Desk) status(p Portrait, person Person) Status {
	if !p.Person.Found {
		p.Person.Person = person
	}
	return Status{Credentials: p.Credentials, Readiness: p.Readiness(d.now())}
}

// mayLook lets the help desk and the auditors look at other people. That somebody
// else tried is recorded.
func (d *Desk) mayLook(ctx context.Context, actor ID, person Person, verb string) error {
	m, err := d.Member(ctx, actor)
	if err != nil {
		return err
	}
	if d.MayLook(m) {
		return nil
	}
	no := Fail(Forbidden, "How other people stand is for the help desk and the auditors.")
	return d.refused(ctx, Click{actor, NewRef(), 0, verb}, Request{Person: person}, no)
}

// MayLook tells whether m may know how other people stand, why their sign-ins
// failed, and what they should do.
func (d *Desk) MayLook(m Member) bool { return d.MayAsk(m) || d.MayAudit(m) }
