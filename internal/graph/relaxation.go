package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/passdesk/passdesk/internal/access"
)

// Names of the steps about a policy that may be relaxed.
func stepRule(p access.ID) string      { return "policy " + string(p) }
func stepGroup(g access.ID) string     { return "group " + string(g) }
func stepOwners(g access.ID) string    { return "owners of " + string(g) }
func stepMembers(g access.ID) string   { return "members of " + string(g) }
func stepDeciders(g access.ID) string  { return "deciders in " + string(g) }
func stepBelongs(who access.ID) string { return "groups of " + string(who) }

// fit selects what decides whether a group is fit to exclude people by (Graph:
// group).
const fit = "id,displayName,groupTypes,onPremisesSyncEnabled,isAssignableToRole,isManagementRestricted"

func group(id access.ID, below string) string { return "/groups/" + segment(string(id)) + below }

// groupSteps read an exclusion group with its owners and members.
func groupSteps(id access.ID) []step {
	if id == "" {
		return nil
	}
	return []step{
		read(stepGroup(id), group(id, query("$select", fit))),
		read(stepOwners(id), group(id, "/owners"+query("$select", "id,displayName", "$top", wholePage))),
		read(stepMembers(id), group(id, "/members"+query("$select", named, "$top", wholePage))),
	}
}

// deciderSteps read who belongs to the groups of owners.
func deciderSteps(groups []access.ID) []step {
	steps := make([]step, 0, len(groups))
	for _, id := range groups {
		steps = append(steps, read(stepDeciders(id), group(id, "/transitiveMembers"+query("$select", standing, "$top", wholePage))))
	}
	return steps
}

// relaxSteps read all about a policy that may be relaxed: a single Conditional
// Access call, whose limit is one a second for the whole tenant.
func relaxSteps(p access.Policy) []step {
	steps := append([]step{read(stepRule(p.ID), policyPath(p.ID))}, groupSteps(p.Group)...)
	return append(steps, deciderSteps(p.Owners)...)
}

// relaxation is a policy that may be relaxed, as it was read.
type relaxation struct {
	facts   access.PolicyFacts
	rule    accessPolicy    // zero when it is not Found
	members []access.Person // of the group
}

// relaxation reads what a batch brought of a policy. The policy that is gone is
// an answer; what could not be read is an error.
func (d *Directory) relaxation(ctx context.Context, p access.Policy, rule outcome, got outcomes) (relaxation, error) {
	r := relaxation{facts: access.PolicyFacts{Known: true}}
	var err error
	switch statusOf(rule.err) {
	case http.StatusNotFound:
	default:
		if rule.err != nil {
			return relaxation{}, fmt.Errorf("policy %s: %w", p.ID, rule.err)
		}
		if r.rule, err = decodeAccessPolicy(rule.body); err != nil {
			return relaxation{}, fmt.Errorf("policy %s: %w", p.ID, err)
		}
		r.tell(p)
	}
	if p.Group != "" {
		if r.facts.Group, r.members, err = d.groupFacts(ctx, p.Group, got); err != nil {
			return relaxation{}, err
		}
	}
	r.facts.Deciders, err = d.deciders(ctx, p.Owners, got)
	return r, err
}

// tell fills the facts from the policy.
func (r *relaxation) tell(p access.Policy) {
	f, users := &r.facts, r.rule.Conditions.Users
	f.Found, f.Name, f.State, f.Modified = true, r.rule.Name, r.rule.State, r.rule.Modified
	f.ExcludesGroup = p.Group != "" && slices.Contains(users.list(excludeGroups), p.Group)
	f.Foreign = users.foreign()
}

// exclusionGroup is a group (Graph: group).
type exclusionGroup struct {
	ID         string   `json:"id"`
	Name       string   `json:"displayName"`
	Types      []string `json:"groupTypes"`
	Synced     bool     `json:"onPremisesSyncEnabled"`
	Assignable bool     `json:"isAssignableToRole"`
	Restricted bool     `json:"isManagementRestricted"`
}

// groupFacts tells how an exclusion group stands, and its direct members.
func (d *Directory) groupFacts(ctx context.Context, id access.ID, got outcomes) (access.GroupFacts, []access.Person, error) {
	o := got[stepGroup(id)]
	if statusOf(o.err) == http.StatusNotFound {
		return access.GroupFacts{Known: true}, nil, nil
	}
	var g exclusionGroup
	if o.err != nil {
		return access.GroupFacts{}, nil, fmt.Errorf("group %s: %w", id, o.err)
	}
	if err := json.Unmarshal(o.body, &g); err != nil || g.ID == "" {
		return access.GroupFacts{}, nil, undecodable(0, errNoID)
	}
	owners, err := d.people(ctx, got[stepOwners(id)])
	if err != nil {
		return access.GroupFacts{}, nil, fmt.Errorf("owners of group %s: %w", id, err)
	}
	members, err := d.people(ctx, got[stepMembers(id)])
	return access.GroupFacts{
		Known: true, Found: true, Name: g.Name, Dynamic: slices.Contains(g.Types, "DynamicMembership"),
		Synced: g.Synced, RoleAssignable: g.Assignable, Restricted: g.Restricted, Owners: owners,
	}, members, err
}

// people reads a list of people and other things that have a name.
func (d *Directory) people(ctx context.Context, o outcome) ([]access.Person, error) {
	all, err := list(ctx, d.line, o, func(a account) bool { return a.ID != "" })
	if err != nil {
		return nil, err
	}
	people := make([]access.Person, 0, len(all))
	for _, a := range all {
		people = append(people, a.person())
	}
	return people, nil
}

// deciders are the enabled people, guests left out, of some groups, each once. A
// group that is gone has none.
func (d *Directory) deciders(ctx context.Context, groups []access.ID, got outcomes) ([]access.Person, error) {
	var people []access.Person
	for _, id := range groups {
		o := got[stepDeciders(id)]
		if statusOf(o.err) == http.StatusNotFound {
			d.notLearnt(ctx, "members of "+string(id), o.err)
			continue
		}
		all, err := list(ctx, d.line, o, func(a account) bool { return a.ID != "" })
		if err != nil {
			return nil, fmt.Errorf("members of %s: %w", id, err)
		}
		for _, a := range all {
			known := slices.ContainsFunc(people, func(p access.Person) bool { return p.ID == access.NewID(a.ID) })
			if isUser(a) && a.member().MayAct() && !known {
				people = append(people, a.person())
			}
		}
	}
	return people, nil
}

func isUser(a account) bool { return a.Type == "" || a.Type == "#microsoft.graph.user" }

// exempt tells how the policy excludes a person. Belongs is all that they belong
// to, directly or through other groups.
func (r relaxation) exempt(x access.Exemption, belongs []membership) access.Exempt {
	users := r.rule.Conditions.Users
	var e access.Exempt
	inPolicy := slices.Contains(users.list(excludeUsers), x.Person)
	if x.Group == "" {
		e.Listed = inPolicy
	} else {
		e.Listed = slices.ContainsFunc(r.members, func(p access.Person) bool { return p.ID == x.Person })
		if inPolicy {
			e.Otherwise = append(e.Otherwise, "in the policy itself")
		}
	}
	groups, roles := users.list(excludeGroups), users.list(excludeRoles)
	for _, m := range belongs {
		id := access.NewID(m.ID)
		switch {
		case m.Type == typeGroup && id == x.Group && !e.Listed && slices.Contains(groups, id):
			e.Otherwise = append(e.Otherwise, "through a group within the exclusion group")
		case m.Type == typeGroup && id != x.Group && slices.Contains(groups, id):
			e.Otherwise = append(e.Otherwise, "through the group "+firstOf(m.Name, m.ID))
		case m.Type == typeRole && slices.Contains(roles, access.NewID(m.RoleTemplate)):
			e.Otherwise = append(e.Otherwise, "through the role "+firstOf(m.Name, m.ID))
		}
	}
	return e
}

// Exempt implements access.Directory, in one round trip.
func (d *Directory) Exempt(ctx context.Context, x access.Exemption) (access.Exempt, error) {
	steps := append([]step{
		read(stepRule(x.Policy), policyPath(x.Policy)),
		read(stepBelongs(x.Person), user(string(x.Person), "transitiveMemberOf")+query("$select", "id,displayName,roleTemplateId", "$top", wholePage)),
	}, groupSteps(x.Group)...)
	got, err := d.line.batch(ctx, steps)
	if err != nil {
		return access.Exempt{}, unavailable(err)
	}
	r, err := d.relaxation(ctx, access.Policy{ID: x.Policy, Group: x.Group}, got[stepRule(x.Policy)], got)
	if err != nil {
		return access.Exempt{}, unavailable(err)
	}
	var belongs []membership
	if o := got[stepBelongs(x.Person)]; statusOf(o.err) != http.StatusNotFound {
		if belongs, err = list(ctx, d.line, o, membership.joined); err != nil {
			return access.Exempt{}, unavailable(err)
		}
	}
	return r.exempt(x, belongs), nil
}
