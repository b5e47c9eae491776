package app_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	tokens   = "/oauth2/v2.0/token$"
	metadata = "^/v1/.well-known/"
)

// With login down at the start Passdesk serves, says that it cannot get into
// Entra, and does as soon as login is back.
func TestOutageLoginDownAtTheStart(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]map[string]any{
		"failing":  {"path": tokens, "status": 503, "retryAfter": 1},
		"refusing": {"path": tokens, "status": 401},
		"cut off":  {"path": tokens, "reset": true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlay(t, nil)
			p.asked()
			require.NoError(t, p.Stop())
			p.call(http.MethodPost, "/faults", f)
			require.NoError(t, p.Restart(t.Context()))
			p.becomesReady() // people must be able to read that Entra is down
			p.hears(clicks[1], "could not get into Entra, so nothing was done. Try again in a minute")
			p.until(func() bool {
				_, parts := p.readiness()
				return name != "cut off" || parts["login"] == "failing" && parts["graph"] == "failing"
			}, func() string { return "all seems well" })
			p.over()
			p.goesOn(1)
			p.endsWell()
		})
	}
}

// A token that is due for renewal while login is down serves until it expires,
// and nobody waits for the attempts.
func TestOutageLoginDownAtTheRenewal(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	require.NoError(t, p.Stop())
	p.Sim.Login.Lasts(4 * time.Minute) // nearer to its end than MSAL gives one away
	require.NoError(t, p.Restart(t.Context()))
	p.asked()
	p.call(http.MethodPost, "/faults", map[string]any{"path": tokens, "status": 503})
	p.until(func() bool {
		require.Equal(t, http.StatusOK, p.says("adele", "requests").Status)
		return p.Sim.Faults.List()[0].Met > 0
	}, func() string { return "no renewal was tried" })
	p.goesOn(1)
	p.over()
	p.endsWell()
}

// status presses a button and returns the HTTP status that Teams sees.
func (p *play) status(who, title string) int {
	p.t.Helper()
	return p.ask(http.MethodPost, "/press", map[string]any{"person": who, "title": title}).Status
}

// Without the channel's keys nobody can be told from an impostor: Passdesk is not
// ready and answers 503, and both pass by themselves.
func TestOutageKeysDownAtTheStart(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.asked()
	require.NoError(t, p.Stop())
	p.call(http.MethodPost, "/faults", map[string]any{"path": metadata, "status": 503})
	require.NoError(t, p.Restart(t.Context()))
	status, parts := p.readiness()
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Equal(t, "failing", parts["channel keys"])
	require.Equal(t, "ok", parts["database"])
	require.Equal(t, http.StatusServiceUnavailable, p.status("megan", "Approve"))
	require.Zero(t, p.recorded()["approve done"])
	p.over()
	p.becomesReady()
	p.goesOn(1)
	p.endsWell()
}

// Keys that are at hand serve on while the metadata is down. A new key is neither
// believed nor called a forgery then, and counts as soon as it can be fetched.
func TestOutageKeysDownLaterAndRotated(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.becomesReady() // so that the keys were fetched before anybody came
	p.call(http.MethodPost, "/faults", map[string]any{"path": metadata, "reset": true})
	p.approved()
	status, _ := p.readiness()
	require.Equal(t, http.StatusOK, status)
	p.call(http.MethodPost, "/keys/rotate", map[string]any{"withdraw": true})
	require.Equal(t, http.StatusServiceUnavailable, p.status("adele", "Create and show"))
	require.Empty(t, p.passes("joni"))
	p.over()
	p.until(func() bool { return p.status("adele", "Create and show") == http.StatusOK }, func() string { return "the new key is not found" })
	p.goesOn(3)
	p.endsWell()
}
