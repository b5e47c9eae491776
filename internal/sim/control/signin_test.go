package control_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/control"
	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/signin"
)

// Joni's first day as a test of its own would play it.
func TestSigningInAndRegistering(t *testing.T) {
	t.Parallel()
	d := open(t)
	var out map[string]any
	d.get(t, http.MethodPost, "/sign-in", `{"user":"joni","platform":"windows","method":"password"}`, &out)
	require.Equal(t, false, out["ok"])
	require.InDelta(t, 50079, out["errorCode"], 0)
	require.Equal(t, []any{50072.0, 50076.0}, out["interrupts"])
	require.Empty(t, out["session"])
	policies, _ := out["policies"].([]any)
	require.Len(t, policies, 2)
	require.Subset(t, policies[0], map[string]any{"name": "Passkey test: enforcement", "result": "failure"})
	require.Subset(t, policies[1], map[string]any{"name": "Passkey test: unsupported platforms", "result": "notApplied"})

	var pass struct{ Code string }
	d.get(t, http.MethodPost, "/people/joni/pass", `{"once":true}`, &pass)
	body, err := json.Marshal(map[string]string{"user": "joni", "platform": "windows", "method": "pass", "code": pass.Code})
	require.NoError(t, err)
	d.get(t, http.MethodPost, "/sign-in", string(body), &out)
	require.Equal(t, true, out["ok"])
	require.InDelta(t, 0, out["errorCode"], 0)
	session, _ := out["session"].(string)
	require.NotEmpty(t, session)

	var result struct {
		OK     bool
		Reason string
	}
	d.get(t, http.MethodPost, "/register-passkey", `{"session":"`+session+`","model":"Microsoft Authenticator","platform":"iOS","name":"Joni","bluetooth":false}`, &result)
	require.False(t, result.OK)
	require.Contains(t, result.Reason, "Bluetooth")
	d.get(t, http.MethodPost, "/register-passkey", `{"session":"`+session+`","model":"Microsoft Authenticator","platform":"iOS","name":"Joni"}`, &result)
	require.True(t, result.OK)
	require.Empty(t, result.Reason)

	var state struct {
		Users   map[string]struct{ Methods []map[string]any }
		SignIns []struct {
			UserID string
			Status struct{ ErrorCode int }
		}
	}
	d.get(t, http.MethodGet, "/state", "", &state)
	joni, _ := d.tenant.Person("joni")
	require.Equal(t, "#microsoft.graph.fido2AuthenticationMethod", state.Users[joni.ID].Methods[1]["@odata.type"])
	require.Len(t, state.SignIns, 5)
	require.Equal(t, joni.ID, state.SignIns[4].UserID)
	require.Equal(t, 50072, state.SignIns[0].Status.ErrorCode)
}

func TestChangingThePasskeyPolicy(t *testing.T) {
	t.Parallel()
	d := open(t)
	var policy map[string]any
	d.get(t, http.MethodPost, "/passkey-policy", `{"attestation":true,"selfService":false,"block":true,"aaGuids":["`+entra.Bitwarden+`"]}`, &policy)
	require.Equal(t, map[string]any{
		"enabled": true, "selfService": false, "attestation": true, "restricted": true, "block": true, "aaGuids": []any{entra.Bitwarden},
	}, policy)
	d.get(t, http.MethodPost, "/passkey-policy", `{}`, &policy)
	require.Equal(t, true, policy["attestation"], "what is left out stays")
	require.True(t, d.tenant.PasskeyPolicy().Attested)
}

// Whatever is sent, the answer is JSON of 200 or 400.
func FuzzSignInBodies(f *testing.F) {
	f.Add("/sign-in", `{"user":"joni","platform":"windows","method":"password"}`)
	f.Add("/sign-in", `{"user":["joni"]}`)
	f.Add("/register-passkey", `{"session":"x","model":"y","bluetooth":null}`)
	f.Add("/passkey-policy", `{"aaGuids":[""]}{}`)
	f.Fuzz(func(t *testing.T, path, body string) {
		if path != "/sign-in" && path != "/register-passkey" && path != "/passkey-policy" {
			return
		}
		tenant := entra.New(entra.Options{})
		port := control.New(control.Options{Tenant: tenant, SignIn: signin.New(tenant, signin.Options{})})
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1"+path, strings.NewReader(body))
		answer := httptest.NewRecorder()
		port.ServeHTTP(answer, request)
		require.Contains(t, []int{http.StatusOK, http.StatusBadRequest}, answer.Code)
		require.True(t, json.Valid(answer.Body.Bytes()))
	})
}

// An expired password is told as such, and asks for nothing but a new one.
func TestAnExpiredPassword(t *testing.T) {
	t.Parallel()
	d := open(t)
	try := func(method string) (code float64) {
		var out struct{ ErrorCode float64 }
		d.get(t, http.MethodPost, "/sign-in", `{"user":"grady","platform":"windows","method":"`+method+`"}`, &out)
		return out.ErrorCode
	}
	d.get(t, http.MethodPost, "/people/grady", `{"passwordExpired":true}`, new(any))
	require.InDelta(t, 50055, try("password"), 0)
	require.InDelta(t, 50055, try("authenticator"), 0)
	d.get(t, http.MethodPost, "/people/grady", `{"passwordExpired":false}`, new(any))
	require.NotEqual(t, 50055.0, try("password"))
	require.NotEqual(t, 50055.0, try("authenticator"))
}

// The question whether to stay signed in is one of the inconveniences.
func TestCourtesiesAreSwitched(t *testing.T) {
	t.Parallel()
	d := open(t)
	interrupts := func() []int {
		var out struct {
			OK         bool
			Interrupts []int
		}
		d.get(t, http.MethodPost, "/sign-in", `{"user":"alex","platform":"windows","method":"passkey"}`, &out)
		require.True(t, out.OK)
		return out.Interrupts
	}
	require.Empty(t, interrupts())
	d.get(t, http.MethodPost, "/manners", `{"courtesies":true}`, new(any))
	require.Equal(t, []int{50140}, interrupts())
}
