package graph_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the token does not allow is refused in each service's own words, alone and
// within a batch.
func TestPermissions(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	var granted []string
	w.graph.Granted = func(string) []string { return granted }
	joni := "/users/" + w.id("joni")
	for path, refused := range map[string]struct{ permission, code, says string }{
		joni:                             {"User.Read.All", "Authorization_RequestDenied", "Insufficient privileges to complete the operation."},
		joni + "/transitiveMemberOf":     {"GroupMember.Read.All", "Authorization_RequestDenied", "Insufficient privileges"},
		joni + "/authentication/methods": {"UserAuthenticationMethod.Read.All", "accessDenied", "Request Authorization failed"},
		joni + "/authentication/temporaryAccessPassMethods": {"UserAuthMethod-TAP.ReadWrite.All", "accessDenied", "Request Authorization failed"},
		"/groups":                              {"GroupMember.Read.All", "Authorization_RequestDenied", "Insufficient privileges"},
		"/identity/conditionalAccess/policies": {"Policy.Read.All", "AccessDenied", "required scopes are missing in the token"},
		"/auditLogs/signIns":                   {"AuditLog.Read.All", "Authentication_MSGraphPermissionMissing", "AuditLog.Read.All"},
		"/roleManagement/directory/roleEligibilityScheduleInstances": {"RoleEligibilitySchedule.Read.Directory", "UnknownError", "PermissionScopeNotGranted"},
		"/applications": {"Application.Read.All", "Authorization_RequestDenied", "Insufficient privileges"},
	} {
		granted = []string{"Mail.Read"}
		refusal := w.get(path)
		require.Equal(t, http.StatusForbidden, refusal.status, path)
		require.Equal(t, refused.code, refusal.code(), path)
		require.Contains(t, refusal.message(), refused.says, path)
		granted = []string{refused.permission}
		require.Equal(t, http.StatusOK, w.get(path).status, path)
	}
	granted = nil
	batch := w.call(http.MethodPost, "/$batch", `{"requests":[{"id":"1","method":"GET","url":"/groups"}]}`, "Content-Type", "application/json")
	require.Contains(t, batch.text, "Authorization_RequestDenied")

	granted = []string{"UserAuthMethod-TAP.Read.All"}
	require.Equal(t, http.StatusForbidden, w.call(http.MethodPost, joni+"/authentication/temporaryAccessPassMethods", `{}`).status)
	granted = []string{"Policy.ReadWrite.ConditionalAccess"}
	policy, _ := w.tenant.Policy("platforms")
	require.Equal(t, http.StatusForbidden, w.call(http.MethodPatch, "/identity/conditionalAccess/policies/"+policy.ID, `{"displayName":"x"}`).status)
}
