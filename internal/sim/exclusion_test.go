package sim_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim"
	"github.com/passdesk/passdesk/internal/sim/login"
	"github.com/passdesk/passdesk/internal/sim/manners"
)

// traveller is alex in a tenant with its delays, seen from outside: by a bot
// through Graph, and by a test through the control port.
type traveller struct {
	t                   *testing.T
	s                   *sim.Sim
	token               string
	alex, group, policy string // ids; the policy is the one against phones
}

func travel(t *testing.T) *traveller {
	t.Helper()
	m, err := manners.Calm().With(true, "delay", "policyDelay", "revokeDelay", "throttling")
	require.NoError(t, err)
	s := start(t, sim.Options{Manners: &m})
	described := s.Describe()
	return &traveller{
		t: t, s: s, token: token(t, s, login.Graph), alex: described.People["alex"].ID,
		group: described.Policies["platforms"].ExclusionGroup, policy: described.Policies["platforms"].ID,
	}
}

func (w *traveller) graph(method, path, body string) (int, []byte) {
	w.t.Helper()
	return call(w.t, w.s.HTTPClient(), method, w.s.Addresses.Graph+path, w.token, body)
}

func (w *traveller) control(path, body string, into any) {
	w.t.Helper()
	status, text := call(w.t, http.DefaultClient, http.MethodPost, w.s.Addresses.Control+path, "", body)
	require.Equal(w.t, http.StatusOK, status, string(text))
	require.NoError(w.t, json.Unmarshal(text, into))
}

func (w *traveller) wait(d time.Duration) {
	w.control("/clock", `{"advance":"`+d.String()+`"}`, new(any))
}

type signedIn struct {
	ErrorCode int
	Session   string
}

func (w *traveller) phone() (out signedIn) {
	w.t.Helper()
	w.control("/sign-in", `{"user":"alex","platform":"iOS","method":"passkey"}`, &out)
	return out
}

func (w *traveller) goesOn(session string) bool {
	w.t.Helper()
	var out struct{ OK bool }
	w.control("/use-session", `{"session":"`+session+`"}`, &out)
	return out.OK
}

// The phone is blocked before, let in during and blocked after an exclusion that
// Graph was asked for; what it had opened meanwhile goes on until it is revoked.
func TestAnExclusionFromOutside(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ begin, end func(*traveller) int }{
		"by group": {
			func(w *traveller) int {
				status, _ := w.graph(http.MethodPost, "/groups/"+w.group+"/members/$ref", `{"@odata.id":"https://graph.microsoft.com/v1.0/directoryObjects/`+w.alex+`"}`)
				return status
			},
			func(w *traveller) int {
				status, _ := w.graph(http.MethodDelete, "/groups/"+w.group+"/members/"+w.alex+"/$ref", "")
				return status
			},
		},
		"directly": {
			func(w *traveller) int { return w.excludeUsers(w.alex) },
			func(w *traveller) int { return w.excludeUsers() },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := travel(t)
			require.Equal(t, 53003, w.phone().ErrorCode, "before")
			require.Equal(t, http.StatusNoContent, c.begin(w))
			require.Equal(t, 53003, w.phone().ErrorCode, "on its way")
			w.wait(12 * time.Second)
			during := w.phone()
			require.Zero(t, during.ErrorCode, "during")

			require.Equal(t, http.StatusNoContent, c.end(w))
			w.wait(12 * time.Second)
			require.Equal(t, 53003, w.phone().ErrorCode, "after")
			require.True(t, w.goesOn(during.Session))
			status, _ := w.graph(http.MethodPost, "/users/"+w.alex+"/revokeSignInSessions", "")
			require.Equal(t, http.StatusOK, status)
			require.True(t, w.goesOn(during.Session), "the revocation is on its way")
			w.wait(3 * time.Minute)
			require.False(t, w.goesOn(during.Session))
		})
	}
}

// excludeUsers sends the whole of conditions.users, as a bot has to, with these
// people beside those who are excluded anyway.
func (w *traveller) excludeUsers(ids ...string) int {
	w.t.Helper()
	users, err := json.Marshal(map[string]any{
		"includeUsers": []string{"All"}, "excludeUsers": append(ids, w.s.Describe().People["breakglass"].ID),
		"excludeGroups": []string{w.group},
	})
	require.NoError(w.t, err)
	status, text := w.graph(http.MethodPatch, "/identity/conditionalAccess/policies/"+w.policy, `{"conditions":{"users":`+string(users)+`}}`)
	if status != http.StatusNoContent {
		w.t.Log(string(text))
	}
	return status
}

// The token names what the app may do, as an administrator has agreed to it.
func TestTheTokenAllowsExclusions(t *testing.T) {
	t.Parallel()
	parts := strings.Split(token(t, start(t, sim.Options{}), login.Graph), ".")
	require.Len(t, parts, 3)
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	require.NoError(t, err)
	var claims struct{ Roles []string }
	require.NoError(t, json.Unmarshal(text, &claims))
	require.Subset(t, claims.Roles, []string{
		"GroupMember.ReadWrite.All", "Policy.Read.All", "Policy.ReadWrite.ConditionalAccess", "Application.Read.All",
		"Policy.Read.ConditionalAccess", "User.RevokeSessions.All",
	})
}
