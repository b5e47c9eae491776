package main

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim"
	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/page/bundle"
	"github.com/passdesk/passdesk/internal/sim/page/pagetest"
)

// TestStory plays Joni's first day in Chromium, as `make demo` shows it, until
// the tenant holds her passkey: on a screen, in the dark and on a phone.
func TestStory(t *testing.T) { // one browser at a time
	for _, look := range []string{"desk", "dark", "phone"} {
		t.Run(look, func(t *testing.T) {
			s, address := open(t)
			tenant := s.on.Sim.Tenant
			require.Empty(t, passkeys(tenant, "joni"))
			pagetest.Play(t, "testdata/story.mjs", address, look)
			require.Len(t, passkeys(tenant, "joni"), 1)
			require.Equal(t, entra.AuthenticatorIOS, passkeys(tenant, "joni")[0].AAGUID)
		})
	}
}

// TestTrouble plays everything that goes wrong on that day, and starts over.
func TestTrouble(t *testing.T) { // one browser at a time
	for _, look := range []string{"desk", "phone-dark"} {
		t.Run(look, func(t *testing.T) {
			s, address := open(t)
			first := s.on
			pagetest.Play(t, "testdata/trouble.mjs", address, look)
			require.Len(t, passkeys(first.Sim.Tenant, "joni"), 1)
			require.Equal(t, entra.AuthenticatorAndroid, passkeys(first.Sim.Tenant, "joni")[0].AAGUID)
			require.Eventually(t, func() bool { // the old tenant is closed behind the new one
				_, err := os.Stat(first.dir)
				return os.IsNotExist(err)
			}, time.Minute, 20*time.Millisecond)
			require.NotSame(t, first, s.on)
			require.Empty(t, passkeys(s.on.Sim.Tenant, "joni"))
		})
	}
}

// TestExclusion plays Grady's exclusion from beginning to end, and one that
// nobody asked Passdesk for.
func TestExclusion(t *testing.T) { // one browser at a time
	for _, look := range []string{"desk", "phone-dark"} {
		t.Run(look, func(t *testing.T) {
			s, address := open(t)
			pagetest.Play(t, "testdata/exclusion.mjs", address, look)
			require.Len(t, s.on.Sim.Tenant.MembersOf("exclude-platforms", false), 1, "what Passdesk did not make stays")
		})
	}
}

// TestGrady plays how somebody with other methods comes to a passkey, by the steps
// that Passdesk works out.
func TestGrady(t *testing.T) { // one browser at a time
	for _, look := range []string{"desk", "phone"} {
		t.Run(look, func(t *testing.T) {
			s, address := open(t)
			pagetest.Play(t, "testdata/grady.mjs", address, look)
			require.Len(t, passkeys(s.on.Sim.Tenant, "grady"), 1)
		})
	}
}

// TestKeys plays without a mouse in a tenant that throttles its bot.
func TestKeys(t *testing.T) { // one browser at a time
	for _, look := range []string{"desk", "tablet", "wide"} {
		t.Run(look, func(t *testing.T) {
			s, address := open(t)
			hurry(t, s.on.Sim)
			pagetest.Play(t, "testdata/keys.mjs", address, look)
		})
	}
}

// hurry asks Graph for methods more often than it allows, until the test is over
// (Graph: throttling limits, 5 requests in 10 seconds).
func hurry(t *testing.T, tenant *sim.Sim) {
	t.Helper()
	client := tenant.HTTPClient()
	t.Cleanup(client.CloseIdleConnections)
	reply, err := client.PostForm(tenant.Addresses.Login+"/"+tenant.Tenant.ID()+"/oauth2/v2.0/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {tenant.Tenant.AppID()}, "client_secret": {tenant.Tenant.ClientSecret()},
		"scope": {"https://graph.microsoft.com/.default"},
	})
	require.NoError(t, err)
	var token struct {
		Bearer string `json:"access_token"`
	}
	require.NoError(t, json.NewDecoder(reply.Body).Decode(&token))
	require.NoError(t, reply.Body.Close())
	ask := func() int {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, tenant.Addresses.Graph+"/users/"+tenant.Tenant.People()[0].ID+"/authentication/methods", nil)
		if err != nil {
			return 0
		}
		r.Header.Set("Authorization", "Bearer "+token.Bearer)
		reply, err := client.Do(r)
		if err != nil {
			return 0
		}
		defer reply.Body.Close() //nolint:errcheck // only the status counts
		return reply.StatusCode
	}
	last := 0
	for range 7 {
		last = ask()
	}
	require.Equal(t, http.StatusTooManyRequests, last)
	var hurries sync.WaitGroup
	t.Cleanup(hurries.Wait)
	hurries.Go(func() {
		for ticks := time.NewTicker(time.Second); t.Context().Err() == nil; {
			select {
			case <-ticks.C:
				ask()
			case <-t.Context().Done():
			}
		}
	})
}

// open is the demo and its address.
func open(t *testing.T) (*stage, string) {
	t.Helper()
	pagetest.Web(t)
	assets, err := bundle.Prepare(t.Context(), func(string) {})
	require.NoError(t, err)
	s := &stage{Assets: assets, Log: slog.New(slog.DiscardHandler)}
	require.NoError(t, s.Open(t.Context()))
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	site := httptest.NewServer(s)
	t.Cleanup(func() { s.Leave(); site.Close() })
	return s, site.URL
}

// passkeys are those of somebody.
func passkeys(t *entra.Tenant, who string) []entra.Method {
	return slices.DeleteFunc(t.Methods(who), func(m entra.Method) bool { return m.Kind != entra.Passkey })
}
