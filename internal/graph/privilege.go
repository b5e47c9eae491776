package graph

import (
	"slices"

	"github.com/passdesk/passdesk/internal/access"
)

// membership is a group, role or administrative unit that somebody belongs to,
// or an object that they own (Graph: directoryObject resource type).
type membership struct {
	Type         string `json:"@odata.type"`
	ID           string `json:"id"`
	Name         string `json:"displayName"`
	Assignable   bool   `json:"isAssignableToRole"`
	RoleTemplate string `json:"roleTemplateId"`
}

const (
	typeGroup = "#microsoft.graph.group"
	typeRole  = "#microsoft.graph.directoryRole"
	typeUnit  = "#microsoft.graph.administrativeUnit"
)

// assignment is a role that somebody holds or may activate (Graph:
// unifiedRoleAssignment, unifiedRoleEligibilityScheduleInstance).
type assignment struct {
	Role       string `json:"roleDefinitionId"`
	Scope      string `json:"directoryScopeId"` // "/" is the whole tenant
	Definition struct {
		Name string `json:"displayName"`
	} `json:"roleDefinition"`
}

// joined tells whether m can be what somebody belongs to. A type that is not
// known may be one that matters.
func (m membership) joined() bool {
	return m.ID != "" && (m.Type == typeGroup || m.Type == typeRole || m.Type == typeUnit)
}

// owned tells whether m can be what somebody owns: anything that says what it is.
func (m membership) owned() bool { return m.ID != "" && m.Type != "" }

// listed tells whether m can be in a list of groups, which need not say it.
func (m membership) listed() bool { return m.ID != "" }

// groupsOf picks the ids of the groups.
func groupsOf(all []membership) []access.ID {
	ids := make([]access.ID, 0, len(all))
	for _, m := range all {
		if m.Type == typeGroup {
			ids = append(ids, access.NewID(m.ID))
		}
	}
	return ids
}

// unitsOf picks the ids of the administrative units.
func unitsOf(all []membership) []access.ID {
	var ids []access.ID
	for _, m := range all {
		if m.Type == typeUnit {
			ids = append(ids, access.NewID(m.ID))
		}
	}
	return ids
}

// holdings are what can make a person privileged. Any directory role does,
// however small (Entra: who can reset passwords and perform sensitive actions).
type holdings struct {
	restricted     bool
	memberships    []membership
	roles          []assignment
	owned          []membership
	eligibleRoles  []assignment
	eligibleGroups []eligibility
	throughGroups  []eligibility // of the groups that the person belongs to, or may
	roleGroups     roleGroups
}

// reasons says in words why the person is privileged, each reason once.
func (h holdings) reasons() []string {
	var all []string
	say := func(reason string) {
		if !slices.Contains(all, reason) {
			all = append(all, reason)
		}
	}
	if h.restricted {
		say("is management-restricted")
	}
	for _, m := range h.memberships {
		if m.Type == typeRole {
			say("is " + h.role(assignment{Role: m.RoleTemplate}))
		}
	}
	for _, r := range h.roles {
		say("is " + h.role(r))
	}
	for _, r := range h.eligibleRoles {
		say("is eligible for " + h.role(r))
	}
	h.groupReasons(say)
	return all
}

func (h holdings) groupReasons(say func(string)) {
	for _, m := range h.memberships {
		if name, ok := h.roleGroup(m); ok {
			say("belongs to the role-assignable group " + name)
		}
	}
	for _, m := range h.owned {
		if name, ok := h.roleGroup(m); ok {
			say("owns the role-assignable group " + name)
		}
	}
	for _, e := range h.eligibleGroups {
		if g, ok := h.roleGroups[access.NewID(e.Group)]; ok {
			say(e.words() + g.name)
		}
	}
	for _, e := range h.throughGroups {
		g := h.roleGroups[access.NewID(e.Group)]
		say(e.words() + firstOf(g.name, e.Group) + " through the group " + h.groupName(e.Principal))
	}
}

// words begins to say for what somebody is eligible.
func (e eligibility) words() string {
	if e.Access == "owner" {
		return "is eligible to own the role-assignable group "
	}
	return "is eligible to join the role-assignable group "
}

// groupName names a group that the person belongs to, as far as Graph told.
func (h holdings) groupName(id string) string {
	for _, m := range h.memberships {
		if access.NewID(m.ID) == access.NewID(id) {
			return firstOf(m.Name, id)
		}
	}
	return id
}

// groups are those that the person belongs to or may join.
func (h holdings) groups() []access.ID {
	ids := groupsOf(h.memberships)
	for _, e := range h.eligibleGroups {
		if id := access.NewID(e.Group); !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// roleGroup tells whether m is a group that may hold roles: because it says so
// itself, or because the tenant's list has it.
func (h holdings) roleGroup(m membership) (string, bool) {
	if m.Type != typeGroup {
		return "", false
	}
	listed, ok := h.roleGroups[access.NewID(m.ID)]
	return firstOf(m.Name, listed.name, m.ID), m.Assignable || ok
}

// role names a role, and says when it does not reach everywhere.
func (h holdings) role(a assignment) string {
	name := firstOf(a.Definition.Name, h.roleName(a.Role))
	if name == "" {
		name = "in the directory role " + firstOf(a.Role, "without a name")
	}
	if a.Scope != "" && a.Scope != "/" {
		name += " of a part of the organisation"
	}
	return name
}

// roleName looks for the name of a role wherever Graph told it.
func (h holdings) roleName(role string) string {
	for _, r := range slices.Concat(h.roles, h.eligibleRoles) {
		if r.Role == role && r.Definition.Name != "" {
			return r.Definition.Name
		}
	}
	for _, m := range h.memberships {
		if m.Type == typeRole && m.RoleTemplate == role {
			return m.Name
		}
	}
	return ""
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
