package access_test

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// relaxed is the part of a tenant that exclusions are about: two policies, the
// group of one of them, and what goes wrong next.
type relaxed struct {
	facts    map[access.ID]access.PolicyFacts
	excluded map[access.Exemption]bool
	others   map[access.Exemption][]string
	hurdles  []access.Outcome
	revoked  map[access.ID]int
	// Each happens to the next call and is then gone; lost does the work first.
	excludeErr, includeErr, exemptErr, surveyErr, revokeErr, membersErr error
	lost                                                                bool
	// stale are reads that show what was before the last change.
	stale int
	past  map[access.Exemption]bool
	calls []string
	// log is the sign-in log, since when it was last asked.
	log    map[access.ID]access.SignInLog
	since  time.Time
	logErr error
}

const (
	platforms access.ID = "platforms" // relaxed by a group
	strict    access.ID = "strict"    // relaxed in the policy itself
)

func newRelaxed() relaxed {
	on := access.PolicyFacts{Known: true, Found: true, State: access.PolicyOn}
	byGroup, direct := on, on
	byGroup.Name, byGroup.ExcludesGroup = "Unsupported platforms", true
	byGroup.Group = access.GroupFacts{Known: true, Found: true, Name: "Relaxed"}
	direct.Name = "Strict"
	return relaxed{
		facts:    map[access.ID]access.PolicyFacts{platforms: byGroup, strict: direct},
		excluded: map[access.Exemption]bool{}, others: map[access.Exemption][]string{}, revoked: map[access.ID]int{}, log: map[access.ID]access.SignInLog{},
		hurdles: []access.Outcome{{Policy: access.PolicyRef{ID: platforms, Name: "Unsupported platforms"}, State: access.PolicyOn, Applies: true, Block: true}},
	}
}

func exemption(person, policy access.ID) access.Exemption {
	x := access.Exemption{Person: person, Policy: policy}
	if policy == platforms {
		x.Group = "relaxed"
	}
	return x
}

// deciders are the members of a policy's owners.
func (t *tenant) deciders(owners []access.ID) []access.Person {
	var list []access.Person
	for _, id := range slices.Sorted(maps.Keys(t.members)) {
		if m := t.member(id); m.MayAct() && m.In(owners) {
			list = append(list, m.Person)
		}
	}
	return list
}

func (t *tenant) policyFacts(p access.Policy, person access.ID) access.PolicyFacts {
	f := t.relaxed.facts[p.ID]
	f.Exempt = t.exempt(access.Exemption{Person: person, Policy: p.ID, Group: p.Group})
	f.Deciders = t.deciders(p.Owners)
	return f
}

func (t *tenant) exempt(x access.Exemption) access.Exempt {
	e := access.Exempt{Listed: t.relaxed.excluded[x], Otherwise: t.relaxed.others[x]}
	if t.relaxed.stale > 0 {
		t.relaxed.stale--
		e.Listed = t.relaxed.past[x]
	}
	return e
}

func (t *tenant) Policies(context.Context) ([]access.PolicyRef, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var refs []access.PolicyRef
	for id, f := range t.relaxed.facts {
		refs = append(refs, access.PolicyRef{ID: id, Name: f.Name})
	}
	return refs, nil
}

func (t *tenant) Members(_ context.Context, groups []access.ID) ([]access.Person, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := take(&t.relaxed.membersErr); err != nil {
		return nil, err
	}
	return t.deciders(groups), nil
}

// write changes who is excluded, and fails before or after it.
func (t *tenant) write(x access.Exemption, to bool, fails *error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.relaxed.lost {
		if err := take(fails); err != nil {
			return err
		}
	}
	if t.relaxed.excluded[x] != to {
		t.relaxed.past = map[access.Exemption]bool{x: !to}
	}
	if t.relaxed.excluded[x] = to; !to {
		delete(t.relaxed.excluded, x)
	}
	if t.relaxed.lost {
		t.relaxed.lost = false
		return access.Fail(access.Uncertain, "Entra did not answer.")
	}
	return nil
}

func (t *tenant) Exclude(_ context.Context, x access.Exemption) error {
	t.note("exclude")
	return t.write(x, true, &t.relaxed.excludeErr)
}

func (t *tenant) Include(_ context.Context, x access.Exemption) error {
	t.note("include")
	return t.write(x, false, &t.relaxed.includeErr)
}

func (t *tenant) note(call string) {
	if t.during != nil {
		t.during()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.relaxed.calls = append(t.relaxed.calls, call)
}

func (t *tenant) Exempt(_ context.Context, x access.Exemption) (access.Exempt, error) {
	t.note("read")
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := take(&t.relaxed.exemptErr); err != nil {
		return access.Exempt{}, err
	}
	return t.exempt(x), nil
}

func (t *tenant) WhatIf(context.Context, access.ID, access.Scene) ([]access.Outcome, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.relaxed.hurdles), nil
}

func (t *tenant) RevokeSessions(_ context.Context, person access.ID) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := take(&t.relaxed.revokeErr); err != nil {
		return err
	}
	t.relaxed.revoked[person]++
	return nil
}

func (t *tenant) SignIns(_ context.Context, person access.ID, since time.Time) (access.SignInLog, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.relaxed.since = since
	return t.relaxed.log[person], take(&t.relaxed.logErr)
}

func (t *tenant) Survey(_ context.Context, policies []access.Policy) ([]access.Stock, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := take(&t.relaxed.surveyErr); err != nil {
		return nil, err
	}
	list := make([]access.Stock, 0, len(policies))
	for _, p := range policies {
		s := access.Stock{Policy: p.ID, Facts: t.relaxed.facts[p.ID]}
		s.Facts.Deciders = t.deciders(p.Owners)
		for x := range t.relaxed.excluded {
			if x.Policy == p.ID && x.Group == p.Group {
				s.Excluded = append(s.Excluded, access.Person{ID: x.Person, Name: string(x.Person)})
			}
		}
		list = append(list, s)
	}
	return list, nil
}

func (t *tenant) Missing(_ context.Context, people []access.ID) ([]access.ID, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var missing []access.ID
	for _, id := range people {
		if !t.members[id].Found {
			missing = append(missing, id)
		}
	}
	return missing, nil
}

func (t *tenant) Portraits(_ context.Context, people []access.ID, policies []access.Policy) ([]access.Portrait, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := take(&t.relaxed.surveyErr); err != nil {
		return nil, err
	}
	var all []access.Portrait
	for _, id := range people {
		p := access.Portrait{Credentials: access.Credentials{
			At: t.now(), Person: t.members[id], Known: true, Passkeys: t.passkeys[id], PasskeyPolicy: anyPasskey(), Passes: t.live(id),
		}, Ruled: true}
		for _, policy := range policies {
			p.Names = append(p.Names, t.relaxed.facts[policy.ID].Name)
			p.Exempt = append(p.Exempt, t.exempt(access.Exemption{Person: id, Policy: policy.ID, Group: policy.Group}))
		}
		all = append(all, p)
	}
	return all, nil
}

// anyPasskey is a policy that lets everybody have any passkey.
func anyPasskey() access.PasskeyPolicy {
	return access.PasskeyPolicy{Known: true, Enabled: true, SelfService: true, Include: []access.PasskeyTarget{{All: true}}, Profiles: []access.PasskeyProfile{{}}}
}

func (t *tenant) Keys(_ context.Context, person access.ID) ([]access.Passkey, []access.LivePass, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := take(&t.keysErr); err != nil {
		return nil, nil, err
	}
	return t.passkeys[person], t.live(person), nil
}
