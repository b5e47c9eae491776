package control_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/fault"
	"github.com/passdesk/passdesk/internal/sim/manners"
)

func TestFaults(t *testing.T) {
	t.Parallel()
	d := open(t)
	var added fault.Fault
	d.get(t, http.MethodPost, "/faults", `{"path":"/users/.*/authentication","method":"POST","status":503,"retryAfter":2,"delayMs":10,"afterCommit":true,"count":3}`, &added)
	require.NotEmpty(t, added.ID)
	require.Equal(t, fault.Fault{
		ID: added.ID, Path: "/users/.*/authentication", Method: "POST", Status: 503, RetryAfter: 2, DelayMS: 10, AfterCommit: true, Count: 3,
	}, added)
	d.get(t, http.MethodPost, "/faults", `{"path":"/groups","reset":true}`, &fault.Fault{})
	var all []fault.Fault
	d.get(t, http.MethodGet, "/faults", "", &all)
	require.Len(t, all, 2)
	require.Equal(t, added, all[0])
	var cleared struct{ Cleared int }
	d.get(t, http.MethodDelete, "/faults", "", &cleared)
	require.Equal(t, 2, cleared.Cleared)
	d.get(t, http.MethodGet, "/faults", "", &all)
	require.Empty(t, all)
}

func TestManners(t *testing.T) {
	t.Parallel()
	d := open(t)
	var m manners.Manners
	d.get(t, http.MethodGet, "/manners", "", &m)
	require.Equal(t, manners.Calm(), m)
	d.get(t, http.MethodPost, "/manners", `{"throttling":true,"passkeyFirst":false}`, &m)
	want := manners.Calm()
	want.Throttling, want.PasskeyFirst = true, false
	require.Equal(t, want, m)
	d.get(t, http.MethodGet, "/manners", "", &m)
	require.Equal(t, want, m)
}
