package bot

import (
	"context"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

// phones and strict are the policies of the world that may be relaxed, by a group
// of the same name.
var (
	phones = access.PolicyRef{ID: "cccccccc-0000-4000-8000-000000000001", Name: "Passkey test: unsupported platforms"}
	strict = access.PolicyRef{ID: "cccccccc-0000-4000-8000-000000000002", Name: `Block "legacy" sign-in`}
)

func relaxable() []access.Policy {
	return []access.Policy{
		{ID: phones.ID, Alias: "platforms", Group: "phones", Owners: []access.ID{"owners"}, Longest: 8 * time.Hour},
		{ID: strict.ID, Alias: "legacy", Group: "strict", Owners: []access.ID{"owners"}, Longest: 24 * time.Hour},
	}
}

// exempted are those whom a directory excludes, by the policy.
type exempted map[access.ID][]access.ID

func (d *directory) Policies(ctx context.Context) ([]access.PolicyRef, error) {
	return []access.PolicyRef{phones, strict}, d.wait(ctx)
}

func (d *directory) Members(ctx context.Context, groups []access.ID) ([]access.Person, error) {
	if err := d.wait(ctx); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.inGroups(groups), nil
}

func (d *directory) inGroups(groups []access.ID) []access.Person {
	var list []access.Person
	for _, p := range d.world.sim.Tenant.People() {
		if m := d.members[access.NewID(p.ID)]; m.MayAct() && m.In(groups) {
			list = append(list, m.Person)
		}
	}
	return list
}

func (d *directory) Exclude(ctx context.Context, x access.Exemption) error {
	if err := d.wait(ctx); err != nil {
		return err
	}
	d.exclude(x.Policy, x.Person)
	return nil
}

// exclude excludes somebody, by whomever it may be.
func (d *directory) exclude(policy, person access.ID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !slices.Contains(d.exempted[policy], person) {
		d.exempted[policy] = append(d.exempted[policy], person)
	}
}

// include takes an exclusion away.
func (d *directory) include(policy, person access.ID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.exempted[policy] = slices.DeleteFunc(d.exempted[policy], func(o access.ID) bool { return o == person })
}

func (d *directory) excludes(policy, person access.ID) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Contains(d.exempted[policy], person)
}

func (d *directory) Include(ctx context.Context, x access.Exemption) error {
	if err := d.wait(ctx); err != nil {
		return err
	}
	d.include(x.Policy, x.Person)
	return nil
}

func (d *directory) Exempt(ctx context.Context, x access.Exemption) (access.Exempt, error) {
	if err := d.wait(ctx); err != nil {
		return access.Exempt{}, err
	}
	return access.Exempt{Listed: d.excludes(x.Policy, x.Person)}, nil
}

func (d *directory) WhatIf(ctx context.Context, person access.ID, _ access.Scene) ([]access.Outcome, error) {
	if err := d.wait(ctx); err != nil {
		return nil, err
	}
	return []access.Outcome{{Policy: phones, State: access.PolicyOn, Applies: !d.excludes(phones.ID, person), Block: true}}, nil
}

func (d *directory) RevokeSessions(ctx context.Context, _ access.ID) error { return d.wait(ctx) }

func (d *directory) SignIns(ctx context.Context, person access.ID, _ time.Time) (access.SignInLog, error) {
	if err := d.wait(ctx); err != nil {
		return access.SignInLog{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.signIns[person], nil
}

func (d *directory) Survey(ctx context.Context, policies []access.Policy) ([]access.Stock, error) {
	if err := d.wait(ctx); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	var list []access.Stock
	for _, p := range policies {
		s := access.Stock{Policy: p.ID, Facts: d.policyFacts(p, "")}
		for _, id := range d.exempted[p.ID] {
			s.Excluded = append(s.Excluded, d.members[id].Person)
		}
		list = append(list, s)
	}
	return list, nil
}

func (d *directory) policyFacts(p access.Policy, person access.ID) access.PolicyFacts {
	f := access.PolicyFacts{
		Known: true, Found: true, State: access.PolicyOn, ExcludesGroup: true,
		Group:    access.GroupFacts{Known: true, Found: true, Name: string(p.Group)},
		Deciders: d.inGroups(p.Owners),
		Exempt:   access.Exempt{Listed: slices.Contains(d.exempted[p.ID], person)},
	}
	for _, known := range []access.PolicyRef{phones, strict} {
		if known.ID == p.ID {
			f.Name = known.Name
		}
	}
	return f
}

func (d *directory) Missing(ctx context.Context, _ []access.ID) ([]access.ID, error) {
	return nil, d.wait(ctx)
}

// goes does what is due, and tells of it, while so much time passes.
func (w *world) goes(by time.Duration) {
	w.t.Helper()
	const step = 15 * time.Second
	for ; by >= 0; by -= step {
		_ = w.bot.Desk.Sweep(w.t.Context()) // what cannot be done now is done later
		w.work()
		w.advance(min(step, max(by, 0)))
	}
}

// exclusion is a request for Alex's exclusion that is in force.
func (w *world) exclusion() access.Ref {
	w.t.Helper()
	w.say("adele", "exclude alex from platforms for 1h because new phone")
	w.press("adele", "Send request", nil)
	w.work()
	w.press("lee", "Approve", nil)
	w.goes(0)
	require.True(w.t, w.directory.excludes(phones.ID, w.id("alex")))
	open, err := w.store.Requests(w.t.Context(), access.Filter{Kind: access.Exclusion, States: []access.State{access.InForce}})
	require.NoError(w.t, err)
	require.NotEmpty(w.t, open)
	return open[0].Ref
}

func (d *directory) Portraits(ctx context.Context, people []access.ID, policies []access.Policy) ([]access.Portrait, error) {
	if err := d.wait(ctx); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []access.Portrait
	for _, id := range people {
		p := access.Portrait{Ruled: true, Credentials: statusOf(access.Person{ID: id}).Credentials}
		p.Person = d.members[id]
		for _, policy := range policies {
			p.Names = append(p.Names, d.policyFacts(policy, "").Name)
			p.Exempt = append(p.Exempt, access.Exempt{Listed: slices.Contains(d.exempted[policy.ID], id)})
		}
		all = append(all, p)
	}
	return all, nil
}

func (d *directory) Keys(ctx context.Context, _ access.ID) ([]access.Passkey, []access.LivePass, error) {
	return nil, nil, d.wait(ctx)
}
