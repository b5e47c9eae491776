package graph_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/graph"
)

// Whatever a policy is changed to or asked about, the answer is one of Graph's,
// and the policy can be read afterwards.
func FuzzPolicyBodies(f *testing.F) {
	f.Add("PATCH", `{"conditions":{"users":{"includeUsers":["All"],"excludeUsers":[]}},"state":"disabled"}`)
	f.Add("PATCH", `{"sessionControls":{"a":[1,{"b":null}]},"conditions":{"insiderRiskLevels":"minor","locations":{"includeLocations":1},"devices":{}}}`)
	f.Add("PATCH", `{"grantControls":null,"conditions":null}`)
	f.Add("POST", `{"signInIdentity":{"@odata.type":"x.userSignIn"},"signInContext":{"@odata.type":""},"signInConditions":{"deviceInfo":{"a":1}}}`)
	f.Fuzz(func(t *testing.T, method, body string) {
		tenant := entra.New(entra.Options{})
		g := graph.New(tenant, func(authorization string) error {
			if authorization == "" {
				return errors.New("no token")
			}
			return nil
		})
		send := func(method, path, body string) *httptest.ResponseRecorder {
			request := httptest.NewRequestWithContext(t.Context(), method, "/v1.0/identity/conditionalAccess/"+path, strings.NewReader(body))
			request.Header.Set("Authorization", "Bearer good")
			request.Header.Set("Content-Type", "application/json")
			answer := httptest.NewRecorder()
			g.ServeHTTP(answer, request)
			return answer
		}
		policy := "policies/" + tenant.Policies()[1].ID
		path := map[string]string{"PATCH": policy, "POST": "evaluate"}[method]
		if path == "" {
			return
		}
		require.Contains(t, []int{http.StatusOK, http.StatusNoContent, http.StatusBadRequest, http.StatusNotFound}, send(method, path, body).Code)
		joni, _ := tenant.Person("joni")
		asked := send("POST", "evaluate", `{"signInIdentity":{"@odata.type":"#microsoft.graph.userSignIn","userId":"`+joni.ID+`"},"signInContext":`+anyApp+`,"signInConditions":`+onPhone+`}`)
		for _, answer := range []*httptest.ResponseRecorder{send("GET", policy, ""), asked} {
			require.Equal(t, http.StatusOK, answer.Code)
			require.True(t, json.Valid(answer.Body.Bytes()))
		}
	})
}
