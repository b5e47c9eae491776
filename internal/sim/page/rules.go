package page

import (
	"cmp"
	"slices"
	"strings"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// policyView is a Conditional Access policy, and who is excluded from it.
type policyView struct {
	Key      string          `json:"key"` // alias, or id
	Name     string          `json:"name"`
	State    string          `json:"state"`
	Does     string          `json:"does"`
	Excluded []exclusionView `json:"excluded"` // the policy itself first
	// Group is the one made for exclusions, and Linked whether the policy
	// excludes it.
	Group  memberView `json:"group"`
	Linked bool       `json:"linked"`
}

// exclusionView is one way to be excluded, and who is by it.
type exclusionView struct {
	By      string       `json:"by"` // the name of the group; empty: directly
	Members []memberView `json:"members"`
}

// memberView is somebody or some group on a list.
type memberView struct {
	Key     string `json:"key"` // alias, or id
	Name    string `json:"name"`
	Through string `json:"through,omitempty"` // the name of the group within
}

// groupView is a group with a part in the stories.
type groupView struct {
	Key     string       `json:"key"`
	Name    string       `json:"name"`
	About   string       `json:"about"`
	Members []memberView `json:"members"`
	Owners  []memberView `json:"owners"`
	// Excludes says that it was made for exclusions from a policy; the others are
	// what makes it unfit for them.
	Excludes   bool `json:"excludes"`
	Dynamic    bool `json:"dynamic"`
	Synced     bool `json:"synced"`
	Assignable bool `json:"assignable"`
	Restricted bool `json:"restricted"`
}

func (p *Page) policies() []policyView {
	all := p.Tenant.Policies()
	shown := make([]policyView, 0, len(all))
	for _, c := range all {
		v := policyView{
			Key: cmp.Or(c.Alias, c.ID), Name: c.Name, State: c.State, Does: demand(c),
			Excluded: []exclusionView{{Members: p.members(c.Conditions.ExcludeUsers)}},
			Linked:   slices.Contains(c.Conditions.ExcludeGroups, c.ExclusionGroup),
		}
		for _, id := range c.Conditions.ExcludeGroups {
			v.Excluded = append(v.Excluded, exclusionView{By: p.name(id), Members: p.within(id)})
		}
		if c.ExclusionGroup != "" {
			v.Group = p.member(c.ExclusionGroup)
		}
		shown = append(shown, v)
	}
	return shown
}

// groups are those that mean something in the stories.
func (p *Page) groups(all []entra.Group) []groupView {
	policies, shown := p.Tenant.Policies(), []groupView{}
	for _, g := range all {
		if g.Alias == "" {
			continue
		}
		shown = append(shown, groupView{
			Key: g.Alias, Name: g.Name, About: g.Description, Members: p.members(g.Members), Owners: p.members(g.Owners),
			Excludes: slices.ContainsFunc(policies, func(c entra.Policy) bool { return c.ExclusionGroup == g.ID }),
			Dynamic:  g.Rule != "", Synced: g.Synced, Assignable: g.Assignable, Restricted: g.Restricted,
		})
	}
	return shown
}

// listed is how many members of a list are named.
const listed = 12

func (p *Page) members(ids []string) []memberView {
	ids = ids[:min(len(ids), listed)]
	shown := make([]memberView, 0, len(ids))
	for _, id := range ids {
		shown = append(shown, p.member(id))
	}
	return shown
}

// within are the members of a group, with those of the groups in it.
func (p *Page) within(id string) []memberView {
	g, _ := p.Tenant.Group(id)
	shown := p.members(g.Members)
	for _, inner := range g.Members {
		for _, m := range p.members(p.Tenant.MembersOf(inner, true)) {
			m.Through = p.name(inner)
			shown = append(shown, m)
		}
	}
	return shown
}

func (p *Page) member(id string) memberView {
	v := memberView{Key: id, Name: p.name(id)}
	if e, ok := p.Tenant.Person(id); ok {
		v.Key = cmp.Or(e.Alias, id)
	} else if g, ok := p.Tenant.Group(id); ok {
		v.Key = cmp.Or(g.Alias, id)
	}
	return v
}

// demand says in a line what a policy asks of whom it applies to.
func demand(c entra.Policy) string {
	where := "On every device"
	if in, out := c.Conditions.IncludePlatforms, c.Conditions.ExcludePlatforms; len(in) > 0 && !slices.Contains(in, "all") {
		where = "On " + systems(in)
	} else if len(in) > 0 && len(out) > 0 {
		where = "On anything but " + systems(out)
	}
	switch {
	case slices.Contains(c.Grant.Controls, "block"):
		return where + ": no sign-in at all"
	case c.Grant.Strength == entra.StrengthPhishingResistant:
		return where + ": a passkey or another phishing-resistant method"
	case c.Grant.Strength != "" || slices.Contains(c.Grant.Controls, "mfa"):
		return where + ": multifactor authentication"
	}
	return where + ": " + strings.Join(c.Grant.Controls, " "+strings.ToLower(c.Grant.Operator)+" ")
}

// systems names platforms as people do.
func systems(platforms []string) string {
	return strings.NewReplacer("windows", "Windows", "android", "Android", "linux", "Linux").Replace(strings.Join(platforms, ", "))
}
