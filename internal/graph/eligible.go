package graph

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/passdesk/passdesk/internal/access"
)

// A group that holds no role can still lead to one: it may be eligible to join a
// role-assignable group, and whoever belongs to it can then activate that (Entra:
// Privileged Identity Management for groups). Graph tells it for one group at a
// time, so it is asked for beside the person's facts, for the groups that were
// role-assignable last time.

const (
	eligibleRolesPath  = "/roleManagement/directory/roleEligibilityScheduleInstances"
	eligibleGroupsPath = "/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances"
)

// eligibility is a group that somebody may join or own by activation (Graph:
// privilegedAccessGroupEligibilityScheduleInstance).
type eligibility struct {
	Group     string `json:"groupId"`
	Principal string `json:"principalId"`
	Access    string `json:"accessId"` // member or owner
}

func (e eligibility) understood() bool { return e.Group != "" && e.Principal != "" }

// roleGroup is a group that may hold roles.
type roleGroup struct {
	name string
	// eligible are those who may join or own it by activation; learnt says
	// whether they were asked for.
	eligible []eligibility
	learnt   bool
}

// roleGroups are the tenant's groups that may hold roles, by id. They are not
// changed once they are kept.
type roleGroups map[access.ID]roleGroup

// roleGroupsPath lists the groups that may hold roles.
var roleGroupsPath = "/groups" + query("$filter", "isAssignableToRole eq true", "$select", "id,displayName", "$top", wholePage)

// readRoleGroups reads the list of role-assignable groups, and remembers for the
// next plan which they are.
func (d *Directory) readRoleGroups(ctx context.Context, o outcome) (roleGroups, error) {
	all, err := list(ctx, d.line, o, membership.listed)
	if err != nil {
		return nil, err
	}
	groups := roleGroups{}
	for _, m := range all {
		groups[access.NewID(m.ID)] = roleGroup{name: firstOf(m.Name, m.ID)}
	}
	d.roleGroupsBefore.Store(&groups)
	return groups, nil
}

// planEligible asks, as far as there is room in the batch, who is eligible for
// the role-assignable groups: those that are kept, or that there were last time.
func (d *Directory) planEligible(p *plan) {
	groups := p.roleGroups
	if before := d.roleGroupsBefore.Load(); groups == nil && before != nil {
		groups = *before
	}
	for _, id := range groups.unlearnt() {
		if len(p.steps) < batchLimit {
			p.steps = append(p.steps, whoMayJoin(id))
		}
	}
}

// roleGroupsOf are the role-assignable groups that were kept, or those from the
// batch.
func (d *Directory) roleGroupsOf(ctx context.Context, p plan, got outcomes) (roleGroups, error) {
	if p.roleGroups != nil {
		return p.roleGroups, nil
	}
	return d.readRoleGroups(ctx, got[stepRoleGroups])
}

// unlearnt are the groups of which it is not known who is eligible, sorted.
func (g roleGroups) unlearnt() []access.ID {
	var ids []access.ID
	for _, id := range slices.Sorted(maps.Keys(g)) {
		if !g[id].learnt {
			ids = append(ids, id)
		}
	}
	return ids
}

// among are the eligibilities of any of some groups.
func (g roleGroups) among(groups []access.ID) []eligibility {
	var found []eligibility
	for _, id := range slices.Sorted(maps.Keys(g)) {
		for _, e := range g[id].eligible {
			if slices.Contains(groups, access.NewID(e.Principal)) {
				found = append(found, e)
			}
		}
	}
	return found
}

// with returns the groups with what a batch told of who is eligible. A failure
// leaves its group unlearnt, and is returned beside the others.
func (g roleGroups) with(ctx context.Context, l *line, got outcomes) (roleGroups, error) {
	all := maps.Clone(g)
	var failures []error
	for _, id := range g.unlearnt() {
		o, asked := got[stepEligible(id)]
		if !asked {
			continue
		}
		who, err := list(ctx, l, o, eligibility.understood)
		if err != nil {
			failures = append(failures, err)
			continue
		}
		all[id] = roleGroup{g[id].name, who, true}
	}
	return all, errors.Join(failures...)
}

func stepEligible(id access.ID) string { return "eligible " + string(id) }

// whoMayJoin asks who is eligible for a group; whatItMayJoin for which groups a
// group is.
func whoMayJoin(id access.ID) step {
	return read(stepEligible(id), eligibleGroupsPath+query("$filter", "groupId eq "+literal(string(id))))
}

func whatItMayJoin(id access.ID) step {
	return read(stepEligible(id), eligibleGroupsPath+query("$filter", about(id)))
}

// throughGroups are the eligibilities for role-assignable groups that come with
// any of groups, and what is known of all by then. What is not known yet takes
// further round trips: for each role-assignable group, which is then kept, or for
// each of groups, where those are fewer.
func (d *Directory) throughGroups(ctx context.Context, all roleGroups, groups []access.ID) (roleGroups, []eligibility, error) {
	missing := all.unlearnt()
	if len(groups) == 0 || len(missing) == 0 {
		return all, all.among(groups), nil
	}
	if len(groups) < len(missing) {
		found, err := d.eligibilities(ctx, groups, whatItMayJoin)
		found = slices.DeleteFunc(found, func(e eligibility) bool { _, is := all[access.NewID(e.Group)]; return !is })
		return all, append(found, all.among(groups)...), err
	}
	found, err := d.eligibilities(ctx, missing, whoMayJoin)
	if err != nil {
		return all, nil, err
	}
	all = maps.Clone(all)
	for _, id := range missing {
		who := slices.DeleteFunc(slices.Clone(found), func(e eligibility) bool { return access.NewID(e.Group) != id })
		all[id] = roleGroup{all[id].name, who, true}
	}
	return all, all.among(groups), nil
}

// eligibilities asks the same about many groups.
func (d *Directory) eligibilities(ctx context.Context, groups []access.ID, ask func(access.ID) step) ([]eligibility, error) {
	var found []eligibility
	for some := range slices.Chunk(groups, batchLimit) {
		steps := make([]step, 0, len(some))
		for _, id := range some {
			steps = append(steps, ask(id))
		}
		got, err := d.line.batch(ctx, steps)
		if err != nil {
			return nil, err
		}
		for _, id := range some {
			who, err := list(ctx, d.line, got[stepEligible(id)], eligibility.understood)
			if err != nil {
				return nil, err
			}
			found = append(found, who...)
		}
	}
	return found, nil
}
