package sim_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim"
	"github.com/passdesk/passdesk/internal/sim/login"
)

// What the bot may do is changed by the control port: a token has what was granted
// when it was issued, and Graph goes by the token.
func TestTheAppsPermissions(t *testing.T) {
	t.Parallel()
	s := start(t, sim.Options{})
	control := func(path, body string) string {
		status, answer := call(t, http.DefaultClient, http.MethodPost, s.Addresses.Control+path, "", body)
		require.Equal(t, http.StatusOK, status, string(answer))
		return string(answer)
	}
	users := func(token string) int {
		status, _ := call(t, s.HTTPClient(), http.MethodGet, s.Addresses.Graph+"/users?$top=1", token, "")
		return status
	}
	before := token(t, s, login.Graph)
	require.NotContains(t, control("/app", `{"removeRoles":["User.Read.All"]}`), "User.Read.All")
	require.Equal(t, http.StatusOK, users(before), "an older token keeps its permissions")
	require.Equal(t, http.StatusForbidden, users(token(t, s, login.Graph)))
	require.Contains(t, control("/app", `{"roles":["Directory.Read.All"]}`), "Directory.Read.All")
	require.Equal(t, http.StatusOK, users(token(t, s, login.Graph)))

	control("/app", `{"audience":"https://graph.windows.net"}`)
	require.Equal(t, http.StatusUnauthorized, users(token(t, s, login.Graph)))
	control("/app", `{"audience":""}`)

	require.Equal(t, "{\n  \"p2\": false\n}\n", control("/licence", `{"p2":false}`))
	control("/app", `{"roles":["RoleManagement.Read.Directory"]}`)
	status, answer := call(t, s.HTTPClient(), http.MethodGet, s.Addresses.Graph+"/roleManagement/directory/roleEligibilityScheduleInstances", token(t, s, login.Graph), "")
	require.Equal(t, http.StatusBadRequest, status)
	require.Contains(t, string(answer), "AadPremiumLicenseRequired")
}
