package control

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// groupChange is what a test may change of a group; what is left out stays.
type groupChange struct {
	Add             []string `json:"add"`
	Remove          []string `json:"remove"`
	AddOwners       []string `json:"addOwners"`
	RemoveOwners    []string `json:"removeOwners"`
	EligibleMembers []string `json:"eligibleMembers"`
	EligibleOwners  []string `json:"eligibleOwners"`
	Name            *string  `json:"displayName"`
	// Rule makes the group dynamic; "" makes it an assigned one.
	Rule       *string `json:"membershipRule"`
	Synced     *bool   `json:"onPremisesSyncEnabled"`
	Assignable *bool   `json:"isAssignableToRole"`
	Restricted *bool   `json:"isManagementRestricted"`
}

// group changes a group and answers it as changed.
func (c *Control) group(r *http.Request) (any, error) {
	var change groupChange
	if err := decode(r, &change); err != nil {
		return nil, err
	}
	name := key(r)
	if _, ok := c.Tenant.Group(name); !ok {
		return nil, &refusal{http.StatusNotFound, "NotFound", fmt.Sprintf("there is no group %q", name)}
	}
	steps := c.move(name, change)
	steps = append(steps, c.Tenant.ChangeGroup(name, func(g *entra.Group) {
		set(&g.Name, change.Name)
		set(&g.Rule, change.Rule)
		set(&g.Synced, change.Synced)
		set(&g.Assignable, change.Assignable)
		set(&g.Restricted, change.Restricted)
	}))
	if err := errors.Join(steps...); err != nil {
		return nil, err
	}
	changed, _ := c.Tenant.Group(name)
	return changed, nil
}

// move lets people and groups in and out.
func (c *Control) move(group string, change groupChange) []error {
	eligible := func(access string) func(group, who string) error {
		return func(group, who string) error { return c.Tenant.AddEligibleGroup(who, group, access) }
	}
	var steps []error
	for _, step := range []struct {
		keys []string
		do   func(group, who string) error
	}{
		{change.Add, c.membership(c.Tenant.AddMember, true)},
		{change.Remove, c.membership(c.Tenant.RemoveMember, false)},
		{change.AddOwners, c.Tenant.AddOwner},
		{change.RemoveOwners, c.Tenant.RemoveOwner},
		{change.EligibleMembers, eligible("member")},
		{change.EligibleOwners, eligible("owner")},
	} {
		for _, who := range step.keys {
			steps = append(steps, step.do(group, who))
		}
	}
	return steps
}

// membership changes a group as an administrator does, who is in the log then.
func (c *Control) membership(do func(group, who string) error, added bool) func(group, who string) error {
	return func(group, who string) error {
		err := do(group, who)
		if err == nil {
			c.Tenant.AuditMember(c.administrator(), group, who, added)
		}
		return err
	}
}
