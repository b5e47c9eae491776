package access_test

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

// Whoever finds somebody at an exclusion looks again soon: a claim lasts a minute
// where its process has died, and a moment where it has not.
func TestAClaimIsNotSleptOut(t *testing.T) {
	t.Parallel()
	for _, policy := range []access.ID{platforms, strict} {
		t.Run(string(policy), func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			r := h.excluded(exclusionTerms(policy))
			h.later(4 * time.Hour)
			other, looked := h.replica(), false
			h.tenant.during = func() {
				if looked {
					return
				}
				looked = true
				var busy *access.Error
				require.ErrorAs(t, other.Due(t.Context(), r.Ref), &busy)
				after, sleeps := busy.Snooze()
				require.True(t, sleeps)
				require.LessOrEqual(t, after, 10*time.Second)
			}
			_ = h.Due(t.Context(), r.Ref)
			require.True(t, looked)
		})
	}
}

// The same of two people under one policy that is written itself.
func TestAClaimedPolicyIsNotSleptOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first, second := h.agreed(exclusionTerms(strict)), h.agreedFor("joni", exclusionTerms(strict))
	other, looked := h.replica(), false
	h.tenant.during = func() {
		if looked {
			return
		}
		looked = true
		var busy *access.Error
		require.ErrorAs(t, other.Due(t.Context(), second.Ref), &busy)
		after, _ := busy.Snooze()
		require.Positive(t, after)
		require.LessOrEqual(t, after, 10*time.Second)
	}
	require.NoError(t, h.Due(t.Context(), first.Ref))
	require.True(t, looked)
	h.is(second, access.Approved)
}

// A policy whose configuration has changed to another way is not relaxed for
// somebody whom the old way still excludes: what it has made must be taken back
// by the same way.
func TestAnotherWayWaitsForTheOldOne(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	old := h.excluded(exclusionTerms(platforms))
	changed := settings
	changed.Policies = []access.Policy{settings.Policies[0], settings.Policies[1]}
	changed.Policies[0].Group = "another group"
	h.Desk = h.replicaWith(changed)
	again := h.agreed(exclusionTerms(platforms))
	h.goes(5 * time.Minute)
	h.is(again, access.Approved)
	require.True(t, h.tenant.relaxed.excluded[exemption("grady", platforms)])

	h.goes(4 * time.Hour)
	h.is(old, access.Ended)
	require.Empty(t, h.tenant.relaxed.excluded, "the old way was taken back")
	h.is(again, access.Lapsed)
}

// I2 binds what gives: an end that has begun goes ahead although nothing can be
// written any more.
func TestI2AnEndGoesAheadWithoutRecords(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := h.excluded(exclusionTerms(platforms))
	r, err := h.End(t.Context(), "lee", claim(r))
	require.NoError(t, err)
	full := errors.New("disk full")
	h.store.fail(full, full, full, full)
	require.Error(t, h.Due(t.Context(), r.Ref))
	require.Empty(t, h.tenant.relaxed.excluded)
	h.store.fail()
	h.goes(time.Minute)
	require.Len(t, h.is(r, access.Ended).Gone, 2)
}

func (h *house) replicaWith(s access.Settings) *access.Desk {
	h.t.Helper()
	d := h.replica()
	o := d.Options
	o.Settings, o.Log = s, slog.New(slog.DiscardHandler)
	d, err := access.NewDesk(o)
	require.NoError(h.t, err)
	h.t.Cleanup(d.Close)
	return d
}
