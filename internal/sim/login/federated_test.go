package login_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/login"
)

// workload is a token of the cluster, with what a test changes.
func workload(t *testing.T, l *login.Login, subject, audience string) url.Values {
	t.Helper()
	token, err := l.WorkloadToken(subject, audience)
	require.NoError(t, err)
	return exchanging(token)
}

func exchanging(token string) url.Values {
	return form(map[string]string{
		"client_secret": "", "client_assertion": token, "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
	})
}

func TestAWorkloadsTokenIsExchanged(t *testing.T) {
	t.Parallel()
	l, server := start(t)
	status, body := post(t, server, tenant, workload(t, l, login.Workload, login.Exchange))
	require.Equal(t, http.StatusOK, status, body)

	status, body = post(t, server, tenant, workload(t, l, "system:serviceaccount:default:passdesk", login.Exchange))
	requireRefusal(t, status, body, http.StatusUnauthorized, "invalid_client", 700213)
	status, body = post(t, server, tenant, workload(t, l, login.Workload, "api://Other"))
	requireRefusal(t, status, body, http.StatusUnauthorized, "invalid_client", 700212)
	require.Contains(t, body["error_description"], "presented assertion audience 'api://Other'")

	other, _ := start(t) // another cluster, with other keys, that says it is ours
	status, body = post(t, server, tenant, workload(t, other, login.Workload, login.Exchange))
	requireRefusal(t, status, body, http.StatusBadRequest, "invalid_request", 50027)
}

func TestAWorkloadsTokenExpires(t *testing.T) {
	t.Parallel()
	now := time.Now()
	l, err := login.New(login.Options{Tenant: tenant, App: app, Now: func() time.Time { return now }})
	require.NoError(t, err)
	server := httptest.NewTLSServer(l)
	t.Cleanup(server.Close)
	old := workload(t, l, login.Workload, login.Exchange)
	now = now.Add(8 * 24 * time.Hour)
	status, body := post(t, server, tenant, old)
	requireRefusal(t, status, body, http.StatusUnauthorized, "invalid_client", 700024)
}

func TestTheMachinesIdentity(t *testing.T) {
	t.Parallel()
	_, server := start(t)
	ask := func(header, query string) (int, map[string]any) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+login.IdentityPath+"?"+query, nil)
		require.NoError(t, err)
		request.Header.Set("X-IDENTITY-HEADER", header)
		response, err := server.Client().Do(request)
		require.NoError(t, err)
		defer func() { _ = response.Body.Close() }()
		var body map[string]any
		require.NoError(t, json.NewDecoder(response.Body).Decode(&body))
		return response.StatusCode, body
	}
	status, body := ask(login.IdentityHeader, "resource="+url.QueryEscape(login.Exchange))
	require.Equal(t, http.StatusOK, status, body)
	status, body = post(t, server, tenant, exchanging(text(body["access_token"])))
	require.Equal(t, http.StatusOK, status, body)

	status, _ = ask("wrong", "resource="+url.QueryEscape(login.Exchange))
	require.Equal(t, http.StatusUnauthorized, status)
	status, _ = ask(login.IdentityHeader, "resource="+url.QueryEscape(login.Graph))
	require.Equal(t, http.StatusBadRequest, status, "the machine is not the application")
	status, body = ask(login.IdentityHeader, "client_id="+app+"&resource="+url.QueryEscape(login.Graph))
	require.Equal(t, http.StatusOK, status, body)
}
