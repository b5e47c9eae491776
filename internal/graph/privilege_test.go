package graph_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

const (
	crew            = access.ID("66666666-aaaa-4666-8666-666666666666")
	roles           = "GET /roleManagement/directory/roleAssignments"
	eligibleRoles   = "GET /roleManagement/directory/roleEligibilityScheduleInstances"
	eligibleGroups  = "GET /identityGovernance/privilegedAccess/group/eligibilityScheduleInstances"
	helpdeskAdmin   = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
	roleOf          = `{"@odata.type":"#microsoft.graph.directoryRole","id":"r","displayName":"Global Administrator","roleTemplateId":"` + globalAdmin + `"}`
	unit            = "/administrativeUnits/77777777-aaaa-4777-8777-777777777777"
	definitionNamed = `,"roleDefinition":{"displayName":"Helpdesk Administrator"}}`
)

// groupOf ends the key of the request for who is eligible for a group.
func groupOf(id access.ID) string { return "?$filter=groupId%20eq%20'" + string(id) + "'" }

// TestI8Privileged: every way of being privileged is found by itself.
func TestI8Privileged(t *testing.T) {
	t.Parallel()
	u := "GET /users/" + string(joni)
	role := func(id, scope, more string) string {
		return `{"id":"a","principalId":"` + string(joni) + `","roleDefinitionId":"` + id + `","directoryScopeId":"` + scope + `"` + more
	}
	eligible := func(group access.ID, how string) string {
		return `{"groupId":"` + string(group) + `","accessId":"` + how + `","principalId":"` + string(joni) + `"}`
	}
	tests := map[string]struct {
		answers map[string]answer
		want    []string
	}{
		"nothing": {nil, nil},
		"in harmless things": {map[string]answer{
			u + "/transitiveMemberOf": listOf(groupJSON(crew, "Crew", "null"), `{"@odata.type":"#microsoft.graph.administrativeUnit","id":"unit"}`),
			u + "/ownedObjects":       listOf(groupJSON(crew, "Crew", "false"), `{"@odata.type":"#microsoft.graph.application","id":"app"}`),
			eligibleGroups:            listOf(eligible(crew, "member"), eligible(crew, "owner")),
		}, nil},
		"role, active":          {map[string]answer{roles: listOf(role(helpdeskAdmin, "/", definitionNamed))}, []string{"is Helpdesk Administrator"}},
		"role, as a membership": {map[string]answer{u + "/transitiveMemberOf": listOf(roleOf)}, []string{"is Global Administrator"}},
		"role, told twice": {map[string]answer{
			u + "/transitiveMemberOf": listOf(roleOf), roles: listOf(role(globalAdmin, "/", "}")),
		}, []string{"is Global Administrator"}},
		"role without a name":   {map[string]answer{roles: listOf(role("a-custom-one", "/", "}"))}, []string{"is in the directory role a-custom-one"}},
		"role without anything": {map[string]answer{roles: listOf("{}")}, []string{"is in the directory role without a name"}},
		"role over a unit": {
			map[string]answer{roles: listOf(role(helpdeskAdmin, unit, definitionNamed))},
			[]string{"is Helpdesk Administrator of a part of the organisation"},
		},
		"role through a group": {map[string]answer{
			u + "/transitiveMemberOf": listOf(groupJSON(admins, "Directory operators", "true"), roleOf),
		}, []string{"is Global Administrator", "belongs to the role-assignable group Directory operators"}},
		"group that does not say it, listed": {map[string]answer{
			u + "/transitiveMemberOf": listOf(groupJSON(admins, "", "null")),
		}, []string{"belongs to the role-assignable group Directory operators"}},
		"group that says it, not listed yet": {map[string]answer{
			u + "/transitiveMemberOf": listOf(groupJSON(crew, "New operators", "true")),
		}, []string{"belongs to the role-assignable group New operators"}},
		"eligible role": {map[string]answer{eligibleRoles: listOf(role(helpdeskAdmin, "/", definitionNamed))}, []string{"is eligible for Helpdesk Administrator"}},
		"eligible role over a unit": {
			map[string]answer{eligibleRoles: listOf(role(helpdeskAdmin, unit, definitionNamed))},
			[]string{"is eligible for Helpdesk Administrator of a part of the organisation"},
		},
		"eligible member":  {map[string]answer{eligibleGroups: listOf(eligible(admins, "member"))}, []string{"is eligible to join the role-assignable group Directory operators"}},
		"eligible owner":   {map[string]answer{eligibleGroups: listOf(eligible(admins, "owner"))}, []string{"is eligible to own the role-assignable group Directory operators"}},
		"eligible somehow": {map[string]answer{eligibleGroups: listOf(eligible(admins, "unknownFutureValue"))}, []string{"is eligible to join the role-assignable group Directory operators"}},
		"owner":            {map[string]answer{u + "/ownedObjects": listOf(groupJSON(admins, "Directory operators", "null"))}, []string{"owns the role-assignable group Directory operators"}},
		"restricted":       {map[string]answer{u + "?": ok(`{"id":"` + string(joni) + `","isManagementRestricted":true}`)}, []string{"is management-restricted"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answers := ordinary()
			for key, a := range tt.answers {
				answers[key] = a
			}
			got, err := newFake(t, answers).directory(t).Facts(t.Context(), access.Question{Person: joni})
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(tt.want, got.Person.Privilege))
			require.Empty(t, got.Person.Unknown)
		})
	}
}
