package check

import (
	"context"
	"fmt"
	"slices"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/graph"
)

// named is an id of the configuration and the key that names it.
type named struct {
	key string
	id  access.ID
	// orPerson allows a person where groups are meant.
	orPerson bool
}

// named lists every group, and person, that the configuration names.
func (r *run) named() []named {
	var all []named
	add := func(key string, orPerson bool, ids ...access.ID) {
		for _, id := range ids {
			all = append(all, named{key, id, orPerson})
		}
	}
	s := r.settings
	add("desk.requesters", false, s.Requesters...)
	add("desk.auditors", false, s.Auditors...)
	add("desk.protected", true, s.Protected...)
	if len(r.config.Desk.Security) > 0 {
		add("desk.security", false, s.Security...)
	}
	add("desk.threat", false, s.Threat...)
	add("desk.emergency", false, s.Emergency...)
	for i, p := range s.Policies {
		key := fmt.Sprintf("policies[%d]", i)
		add(key+".owners", false, p.Owners...)
		add(key+".group_owners", true, p.GroupOwners...)
	}
	for i, scope := range s.Scopes {
		key := fmt.Sprintf("desk.scopes[%d]", i)
		add(key+".requesters", false, scope.Requesters...)
		add(key+".groups", false, scope.Groups...)
	}
	for _, rule := range s.Rules {
		key := fmt.Sprintf("rule %q", rule.Name)
		for _, a := range rule.Approve {
			add(key, false, groupsOf(a.From)...)
		}
		add(key, false, groupsOf(rule.Escalate.To)...)
	}
	return all
}

// groupsOf are the groups among those who may agree.
func groupsOf(sources []access.Source) []access.ID {
	var ids []access.ID
	for _, s := range sources {
		if id, ok := s.Group(); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// lookAtGroups looks whether everything that the configuration names exists, and
// whether somebody may ask.
func (r *run) lookAtGroups(ctx context.Context) {
	all := r.named()
	ids := make([]access.ID, 0, len(all))
	for _, n := range all {
		ids = append(ids, n.id)
	}
	slices.Sort(ids)
	things, err := r.directory.Things(ctx, slices.Compact(ids))
	if err != nil {
		r.find(Error, "Groups cannot be looked up: "+cause(err)+".", "See the lines about permissions.")
		return
	}
	well := true
	for _, n := range all {
		i := slices.IndexFunc(things, func(t graph.Thing) bool { return t.ID == n.id })
		well = r.judgeThing(n, things[i]) && well
	}
	if well {
		r.fine("Everything that the configuration names exists: " + many(len(things), "group or person", "groups and people") + ".")
	}
	if members, err := r.directory.Members(ctx, r.settings.Requesters); err == nil && len(members) == 0 {
		r.find(Error, "Nobody may ask: desk.requesters have no enabled members.", "Put the help desk into the group, or name another one.")
	}
}

func (r *run) judgeThing(n named, t graph.Thing) bool {
	switch {
	case t.Group, t.Person && n.orPerson:
		return true
	case t.Person:
		r.find(Error, n.key+" names "+t.Name+", who is a person, not a group.", "Name a group.")
	case n.orPerson:
		r.find(Warning, n.key+" names "+string(n.id)+", which does not exist.", "Correct the id, or take it out.")
	default:
		r.find(Error, n.key+" names the group "+string(n.id)+", which does not exist.", "Correct the id.")
	}
	return false
}

// lookAtPolicies holds every policy that may be relaxed against what requests would
// be refused for.
func (r *run) lookAtPolicies(ctx context.Context) {
	if len(r.settings.Policies) == 0 {
		r.find(Note, "No policy may be relaxed, so there are no exclusions.", "")
		return
	}
	stocks, err := r.directory.Survey(ctx, r.settings.Policies)
	if err != nil {
		r.find(Error, "Policies cannot be read: "+cause(err)+".", "See the lines about permissions.")
		return
	}
	for i, s := range stocks {
		r.judgePolicy(r.settings.Policies[i], s.Facts)
	}
}

// levels are how much it weighs that exclusions from one policy are refused.
var levels = map[string]Level{"policy.idle": Warning}

func (r *run) judgePolicy(p access.Policy, facts access.PolicyFacts) {
	name := string(p.ID)
	if facts.Name != "" {
		name = "“" + facts.Name + "”"
	}
	found := facts.Hindrances(p)
	for _, f := range found {
		level, known := levels[f.Code]
		if !known {
			level = Error
		}
		do := remedies[f.Code]
		if do == "" {
			do = "Its owner has to put it right in Entra."
		}
		r.find(level, name+": "+f.Text, do)
	}
	if len(found) == 0 {
		r.fine(name + " can be relaxed; " + many(len(facts.Deciders), "person decides", "people decide") + ".")
	}
}

// remedies are what to do about what would refuse exclusions.
var remedies = map[string]string{
	"policy.gone":    "Correct the id in policies, or take the policy out.",
	"policy.idle":    "Nothing, if that is meant; else enable it in Entra.",
	"group.unfit":    "Make an assigned cloud group that can hold no roles and is owned by nobody else, have the policy exclude it, and name it as exclusion_group; docs/exclusions.md tells why.",
	"group.unlinked": "Add the group to the policy's excluded groups in Entra.",
	"owner.none":     "Name a group with enabled members in the policy's owners.",
	"policy.foreign": "Exclude by a group instead: exclusion_group.",
}
