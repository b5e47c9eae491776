package access

import (
	"slices"
	"time"
)

// settles is how long a change may take to be seen everywhere in Entra. What was
// changed less long ago is not compared.
const settles = 5 * time.Minute

// comparison is what a sweep has read: Passdesk's records before and after it
// read Entra, so that what changed meanwhile is left to the next sweep.
type comparison struct {
	policies      []Policy
	stocks        []Stock // in the order of policies
	before, after []Hold
	protected     []ID
	missing       []ID // people who are deleted
	names         map[ID]Person
	now           time.Time
}

// differences finds in what Entra and Passdesk's records differ.
func (c comparison) differences() []Drift {
	var found []Drift
	for i, p := range c.policies {
		s := c.stocks[i]
		ref := PolicyRef{p.ID, s.Facts.Name}
		if ref.Name == "" {
			ref.Name = p.Alias
		}
		of := func(kind DriftKind, who Person, detail string) {
			found = append(found, Drift{Kind: kind, Policy: ref, Person: who, Detail: detail, Told: s.Facts.Deciders})
		}
		c.ofPolicy(p, s, of)
		if s.Facts.Found {
			c.strangers(p, s, of)
			c.vanished(p, s, of)
		}
	}
	return found
}

// ofPolicy finds what is wrong with a policy and its group.
func (c comparison) ofPolicy(p Policy, s Stock, of func(DriftKind, Person, string)) {
	f := s.Facts
	switch {
	case !f.Found:
		of(PolicyGone, Person{}, "")
		return
	case f.State != PolicyOn:
		of(PolicyIdle, Person{}, f.State)
	}
	if p.Group == "" {
		return
	}
	if why := f.unfit(p); why != "" {
		of(GroupUnfit, Person{}, why)
	} else if !f.ExcludesGroup {
		of(Unlinked, Person{}, f.Group.Name)
	}
}

// strangers finds who is excluded without a lease. Nothing is said of whom
// Passdesk has just let go: Entra may still show them.
func (c comparison) strangers(p Policy, s Stock, of func(DriftKind, Person, string)) {
	for _, who := range c.notProtected(s.Excluded) {
		h, ok := c.hold(who.ID, p.ID)
		if !ok || (h.State == Free && c.now.Sub(h.Since) >= settles) {
			of(Stranger, who, wayOf(p))
		}
	}
	for _, who := range c.notProtected(s.Listed) {
		of(Stranger, who, wayOf(Policy{}))
	}
}

// notProtected leaves out the accounts for emergencies: they belong outside every
// policy.
func (c comparison) notProtected(people []Person) []Person {
	return slices.DeleteFunc(slices.Clone(people), func(p Person) bool { return slices.Contains(c.protected, p.ID) })
}

// wayOf says in words by what somebody is excluded.
func wayOf(p Policy) string {
	if p.Group == "" {
		return "in the policy itself"
	}
	return "in the exclusion group"
}

// vanished finds leases that Entra knows nothing of any more.
func (c comparison) vanished(p Policy, s Stock, of func(DriftKind, Person, string)) {
	for _, h := range c.after {
		if h.Policy != p.ID || h.Group != p.Group || h.State != Held || c.now.Sub(h.Since) < settles || !c.unchanged(h) {
			continue
		}
		who := Person{ID: h.Person, Name: string(h.Person)}
		if known, ok := c.names[h.Person]; ok {
			who = known
		}
		switch {
		case slices.Contains(c.missing, h.Person):
			of(PersonGone, who, "")
		case !slices.ContainsFunc(s.Excluded, func(o Person) bool { return o.ID == h.Person }):
			of(Vanished, who, "")
		}
	}
}

// hold is what Passdesk held of a person before it read Entra. One that changed
// meanwhile counts as busy.
func (c comparison) hold(person, policy ID) (Hold, bool) {
	is := func(h Hold) bool { return h.Person == person && h.Policy == policy }
	for _, holds := range [][]Hold{c.before, c.after} {
		if i := slices.IndexFunc(holds, is); i >= 0 {
			return holds[i], true
		}
	}
	return Hold{}, false
}

func (c comparison) unchanged(h Hold) bool {
	return slices.ContainsFunc(c.before, func(o Hold) bool {
		return o.Person == h.Person && o.Policy == h.Policy && o.Rev == h.Rev
	})
}
