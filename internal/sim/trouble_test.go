package sim_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim"
	"github.com/passdesk/passdesk/internal/sim/login"
	"github.com/passdesk/passdesk/internal/sim/manners"
)

func TestMannersAtTheStart(t *testing.T) {
	t.Parallel()
	some := manners.Real()
	some.Delay = false
	for name, test := range map[string]struct {
		options sim.Options
		want    manners.Manners
	}{
		"all by default": {sim.Options{}, manners.Real()},
		"some":           {sim.Options{Manners: &some}, some},
		"none":           {sim.Options{Manners: &some, Calm: true}, manners.Calm()},
	} {
		s := start(t, test.options)
		require.Equal(t, test.want, s.Manners.Now(), name)
		status, body := call(t, http.DefaultClient, http.MethodGet, s.Addresses.Control+"/manners", "", "")
		require.Equal(t, http.StatusOK, status)
		var got manners.Manners
		require.NoError(t, json.Unmarshal(body, &got))
		require.Equal(t, test.want, got, name)
	}
}

// One set of faults reaches every room, over TLS and HTTP/2.
func TestFaultsInEveryRoom(t *testing.T) {
	t.Parallel()
	s := start(t, sim.Options{Calm: true})
	client, bearer := s.HTTPClient(), token(t, s, login.Graph)
	add := func(fault string) {
		status, body := call(t, http.DefaultClient, http.MethodPost, s.Addresses.Control+"/faults", "", fault)
		require.Equal(t, http.StatusOK, status, string(body))
	}
	users := s.Addresses.Graph + "/users"
	add(`{"path":"^/v1.0/users$","status":503,"count":1}`)
	status, body := call(t, client, http.MethodGet, users, bearer, "")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Contains(t, string(body), "serviceNotAvailable")

	add(`{"path":"^/users$","reset":true,"count":1}`)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, users, http.NoBody)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+bearer)
	response, err := client.Do(request)
	if err == nil {
		require.NoError(t, response.Body.Close())
	}
	require.Error(t, err)
	status, _ = call(t, client, http.MethodGet, users, bearer, "")
	require.Equal(t, http.StatusOK, status)

	add(`{"path":"openidconfiguration","status":500,"count":1}`)
	status, _ = call(t, client, http.MethodGet, s.Addresses.OpenID, "", "")
	require.Equal(t, http.StatusInternalServerError, status)
	add(`{"path":"^/teams/","status":429,"retryAfter":1,"count":1}`)
	status, body = call(t, client, http.MethodPost, s.Addresses.Channel+"v3/conversations", token(t, s, login.Connector), "{}")
	require.Equal(t, http.StatusTooManyRequests, status)
	require.Contains(t, string(body), "Throttled")
}

// Login says what Entra says when it is in trouble.
func TestFaultsOfLogin(t *testing.T) {
	t.Parallel()
	s := start(t, sim.Options{Calm: true})
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {s.Tenant.AppID()}, "client_secret": {s.Tenant.ClientSecret()}, "scope": {login.Graph + "/.default"},
	}
	for _, test := range []struct {
		fault  string
		status int
		kind   string
		code   int
	}{
		{`{"path":"/oauth2/v2.0/token$","status":503}`, 503, "temporarily_unavailable", 90033},
		{`{"path":"/oauth2/v2.0/token$","status":429,"retryAfter":5}`, 429, "temporarily_unavailable", 90055},
		{`{"path":"/oauth2/v2.0/token$","status":500}`, 500, "server_error", 90036},
		{`{"path":"/oauth2/v2.0/token$","status":502}`, 502, "temporarily_unavailable", 90033},
		{`{"path":"/oauth2/v2.0/token$","status":401,"code":"unauthorized_client"}`, 401, "unauthorized_client", 7000222},
		{`{"path":"/oauth2/v2.0/token$","status":400,"message":"Odd."}`, 400, "invalid_request", 900144},
	} {
		status, body := call(t, http.DefaultClient, http.MethodPost, s.Addresses.Control+"/faults", "", test.fault)
		require.Equal(t, http.StatusOK, status, string(body))
		response, err := s.HTTPClient().PostForm(s.Addresses.Login+"/"+s.Tenant.ID()+"/oauth2/v2.0/token", form)
		require.NoError(t, err)
		var got struct {
			Error       string `json:"error"`
			Description string `json:"error_description"`
			Codes       []int  `json:"error_codes"`
		}
		require.NoError(t, json.NewDecoder(response.Body).Decode(&got))
		require.NoError(t, response.Body.Close())
		require.Equal(t, test.status, response.StatusCode)
		require.Equal(t, test.kind, got.Error)
		require.Equal(t, []int{test.code}, got.Codes)
		require.Contains(t, got.Description, "Trace ID")
		if test.status == http.StatusTooManyRequests {
			require.Equal(t, "5", response.Header.Get("Retry-After"))
		}
		_, _ = call(t, http.DefaultClient, http.MethodDelete, s.Addresses.Control+"/faults", "", "")
	}
}
