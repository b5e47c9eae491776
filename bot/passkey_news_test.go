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

// The news of a passkey does not stand before what weighs more: that an exclusion
// is overdue, that it is gone, or that it has ended and was read to be.
func TestI7APasskeyDoesNotHideHowAnExclusionEnds(t *testing.T) {
	t.Parallel()
	r := exclusion(access.Ending).Request
	r.Registered, r.Passkey, r.By = noon, "x", access.Person{ID: access.Passdesk}
	require.Contains(t, newsFor(r, seenBy(megan)), "has registered a passkey")
	r.Late = 1
	for _, p := range []access.Person{adele, megan, alex} {
		require.Contains(t, newsFor(r, seenBy(p)), "Overdue")
	}
	r.State, r.Late = access.Ended, 0
	require.Contains(t, newsFor(r, seenBy(adele)), "has ended")
	r.State, r.Replaced = access.InForce, true
	require.Contains(t, newsFor(r, seenBy(adele)), "is gone in Entra")
	require.Contains(t, newsFor(r, seenBy(r.Person)), "If that was not you")
}
