package graph

import (
	"net/http"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

func (g *Graph) roleRoutes() []route {
	return []route{
		on("GET", "directoryRoles", plain, g.directoryRoles),
		on("GET", "roleManagement/directory/roleDefinitions", plain, g.roleDefinitions),
		on("GET", "roleManagement/directory/roleAssignments", append([]string{"expand"}, plain...), g.roleAssignments),
		on("GET", "roleManagement/directory/roleEligibilityScheduleInstances", append([]string{"expand"}, plain...), g.roleEligibilities),
		on("GET", "identityGovernance/privilegedAccess/group/eligibilityScheduleInstances", plain, g.groupEligibilities),
	}
}

// directoryRoles lists the roles that somebody holds: others are not activated.
func (g *Graph) directoryRoles(a *ask) (Reply, error) {
	held := map[string]bool{}
	for _, assigned := range g.tenant.Assignments() {
		held[assigned.Role] = true
	}
	var active []entra.Role
	for _, r := range g.tenant.Roles() {
		if held[r.Template] {
			active = append(active, r)
		}
	}
	return a.list(listing{context: "directoryRoles", declared: g.kinds.role, from: each(g.kinds.role, active)})
}

func (g *Graph) roleDefinitions(a *ask) (Reply, error) {
	return a.list(listing{
		context: "roleManagement/directory/roleDefinitions", declared: g.kinds.roleDefinition,
		from: each(g.kinds.roleDefinition, g.tenant.Roles()),
	})
}

func (g *Graph) roleAssignments(a *ask) (Reply, error) {
	reply, err := a.list(listing{
		context: "roleManagement/directory/roleAssignments", declared: g.kinds.assignment,
		from: each(g.kinds.assignment, g.tenant.Assignments()),
	})
	return a.withNewer("principalOrganizationId", g.tenant.ID(), reply, err)
}

func (g *Graph) roleEligibilities(a *ask) (Reply, error) {
	if !g.tenant.Premium() {
		return Reply{}, unlicensed()
	}
	return a.list(listing{
		context: "roleManagement/directory/roleEligibilityScheduleInstances", declared: g.kinds.eligibility,
		from: each(g.kinds.eligibility, g.tenant.Eligibilities()),
	})
}

// groupEligibilities answers only for one principal or one group (Graph: List
// eligibilityScheduleInstances).
func (g *Graph) groupEligibilities(a *ask) (Reply, error) {
	if !g.tenant.Premium() {
		return Reply{}, unlicensed()
	}
	if !equals(a.query.filter, "principalId", "groupId") {
		return Reply{}, &fault{Status: http.StatusBadRequest, Code: "MissingParameters", Message: "The $filter must name principalId or groupId."}
	}
	return a.list(listing{
		context: "identityGovernance/privilegedAccess/group/eligibilityScheduleInstances", declared: g.kinds.groupEligibility,
		from: each(g.kinds.groupEligibility, g.tenant.GroupEligibilities()),
	})
}

// equals says whether a filter asks for one value of one of the properties.
func equals(c clause, properties ...string) bool {
	switch c := c.(type) {
	case comparison:
		for _, p := range properties {
			if c.property == p && c.operator == "eq" {
				return true
			}
		}
	case both:
		return equals(c.left, properties...) || equals(c.right, properties...)
	}
	return false
}

func unlicensed() error {
	return &fault{
		Status: http.StatusBadRequest, Code: "AadPremiumLicenseRequired",
		Message: "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.",
	}
}

func roleDefinitionKind() *kind {
	type R = *entra.Role
	return &kind{name: "unifiedRoleDefinition", properties: append([]property{
		of("id", true, exact, func(r R) any { return r.Template }),
		of("displayName", true, prefix, func(r R) any { return r.Name }),
		of("description", true, "", func(r R) any { return "Members of the role " + r.Name + "." }),
		of("isBuiltIn", true, exact, func(R) any { return true }),
		of("isEnabled", true, "", func(R) any { return true }),
		of("templateId", true, "", func(r R) any { return r.Template }),
		of("version", true, "", func(R) any { return "1" }),
		of("resourceScopes", true, "", func(R) any { return []string{entra.WholeTenant} }),
	}, empty(true, "rolePermissions")...)}
}

func (g *Graph) roleKinds() (assignment, eligibility, groupEligibility *kind) {
	type A = *entra.RoleAssignment
	assignment = &kind{name: "unifiedRoleAssignment", properties: append([]property{
		of("id", true, exact, func(r A) any { return r.ID }),
		of("principalId", true, exact, func(r A) any { return r.Principal }),
		of("roleDefinitionId", true, exact, func(r A) any { return r.Role }),
		of("directoryScopeId", true, exact, func(r A) any { return r.Scope }),
	}, void(false, "appScopeId condition")...)}
	assignment.links = map[string]func(any) (linked, bool){"roleDefinition": func(v any) (linked, bool) {
		r, ok := v.(A)
		return g.definition(r.Role), ok
	}}

	type E = *entra.RoleEligibility
	eligibility = &kind{name: "unifiedRoleEligibilityScheduleInstance", properties: append([]property{
		of("id", true, exact, func(r E) any { return r.ID }),
		of("principalId", true, exact, func(r E) any { return r.Principal }),
		of("roleDefinitionId", true, exact, func(r E) any { return r.Role }),
		of("directoryScopeId", true, exact, func(r E) any { return r.Scope }),
		of("startDateTime", true, "", func(r E) any { return stamp(r.Start) }),
		of("memberType", true, "", func(E) any { return "Direct" }),
		of("roleEligibilityScheduleId", true, "", func(r E) any { return r.ID }),
	}, void(true, "appScopeId endDateTime")...)}
	eligibility.links = map[string]func(any) (linked, bool){"roleDefinition": func(v any) (linked, bool) {
		r, ok := v.(E)
		return g.definition(r.Role), ok
	}}

	type M = *entra.GroupEligibility
	groupEligibility = &kind{name: "privilegedAccessGroupEligibilityScheduleInstance", properties: append([]property{
		of("id", true, exact, func(r M) any { return r.ID }),
		of("principalId", true, exact, func(r M) any { return r.Principal }),
		of("groupId", true, exact, func(r M) any { return r.Group }),
		of("accessId", true, exact, func(r M) any { return r.Access }),
		of("memberType", true, exact, func(M) any { return "direct" }),
		of("startDateTime", true, "", func(r M) any { return stamp(r.Start) }),
		of("eligibilityScheduleId", true, "", func(r M) any { return r.ID }),
	}, void(true, "endDateTime")...)}
	return assignment, eligibility, groupEligibility
}

func (g *Graph) definition(template string) linked {
	for _, r := range g.tenant.Roles() {
		if r.Template == template {
			return linked{kind: g.kinds.roleDefinition, value: &r}
		}
	}
	return linked{kind: g.kinds.roleDefinition, value: &entra.Role{Template: template}}
}
