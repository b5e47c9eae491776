package bot

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

// Everybody whom it concerns is told of a passkey in a line of their own.
func TestWhoIsToldOfAPasskey(t *testing.T) {
	t.Parallel()
	r := request(access.Ended)
	r.Asked, r.Began, r.Registered, r.Passkey = noon.Add(-20*time.Minute), noon.Add(-10*time.Minute), noon, "“My [phone]”"
	r.By = access.Person{ID: access.Passdesk}
	require.Contains(t, newsFor(r, seenBy(adele)), "20 minutes after it was asked for")
	require.Contains(t, newsFor(r, seenBy(megan)), "has registered a passkey")
	require.Contains(t, newsFor(r, seenBy(joni)), "If that was not you")
	require.NotContains(t, newsFor(r, seenBy(adele)), "[")
	elsewhere := r
	elsewhere.Elsewhere = true
	require.Contains(t, newsFor(elsewhere, seenBy(adele)), "was not used for it")
	none := r
	none.Registered = time.Time{}
	require.Contains(t, newsFor(none, seenBy(adele)), "No passkey was registered.")
	require.Empty(t, newsFor(none, seenBy(joni)))
	lease := exclusion(access.InForce).Request
	lease.Registered, lease.Passkey = noon, "x"
	require.Contains(t, newsFor(lease, seenBy(adele)), "The exclusion goes on")
}
