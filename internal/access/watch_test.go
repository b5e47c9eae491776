package access_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/store"
)

// registers gives somebody a passkey, now.
func (h *house) registers(person access.ID) {
	h.tenant.mu.Lock()
	defer h.tenant.mu.Unlock()
	h.tenant.passkeys[person] = append(h.tenant.passkeys[person], access.Passkey{ID: "new", Name: "My phone", Created: h.now()})
}

// uses marks the pass as used.
func (h *house) uses(person access.ID) {
	h.tenant.mu.Lock()
	defer h.tenant.mu.Unlock()
	p := h.tenant.passes[person]
	p.Usable, p.Usability = false, "OneTimeUsed"
	h.tenant.passes[person] = p
}

// jobs are what waits for a request.
func (h *house) jobs(ref access.Ref, kind access.JobKind) []access.Job {
	kept, ok := h.store.Store.(*store.Store)
	require.True(h.t, ok)
	all, err := kept.Waiting(h.t.Context(), 1000)
	require.NoError(h.t, err)
	return slices.DeleteFunc(all, func(j access.Job) bool { return j.Ref != ref || j.Kind != kind })
}

// told are the people who are told of a request.
func (h *house) toldOf(ref access.Ref) []string {
	var people []string
	for _, j := range h.jobs(ref, access.Notify) {
		people = append(people, string(j.Person))
	}
	slices.Sort(people)
	return slices.Compact(people)
}

func TestThePasskeyEndsThePass(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, s := h.shown()
	ref := s.Request.Ref
	h.later(time.Minute)
	require.NoError(t, h.Watch(t.Context(), ref))
	require.Equal(t, access.InForce, h.state(ref), "there is none yet")
	h.uses("joni")
	h.later(time.Minute)
	h.registers("joni")
	require.NoError(t, h.Watch(t.Context(), ref))

	r, err := h.store.Request(t.Context(), ref)
	require.NoError(t, err)
	require.Equal(t, access.Ended, r.State)
	require.Equal(t, "“My phone”", r.Passkey)
	require.Equal(t, 2*time.Minute, r.Took())
	require.False(t, r.Elsewhere)
	require.Empty(t, h.tenant.passes, "nothing is left of the pass")
	require.Equal(t, []string{"adele", "joni", "megan"}, h.toldOf(ref))
	require.Contains(t, h.audit(ref), "passdesk passkey registered done")
	require.NoError(t, h.Watch(t.Context(), ref), "once more does nothing")
	require.Equal(t, 1, count(h.audit(ref), "passdesk passkey registered done"))
}

func count(lines []string, line string) int {
	n := 0
	for _, l := range lines {
		if l == line {
			n++
		}
	}
	return n
}

// What was there before, and what the pass was not used for, is told apart.
func TestRegisteredButNotByThisPass(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.registers("joni")
	h.later(time.Second)
	_, s := h.shown()
	h.later(time.Minute)
	require.NoError(t, h.Watch(t.Context(), s.Request.Ref))
	require.Equal(t, access.InForce, h.state(s.Request.Ref), "an old passkey is no news")
	h.registers("joni")
	require.NoError(t, h.Watch(t.Context(), s.Request.Ref))
	r, err := h.store.Request(t.Context(), s.Request.Ref)
	require.NoError(t, err)
	require.True(t, r.Elsewhere)
	require.Equal(t, access.Ended, r.State)
	require.Empty(t, h.tenant.passes, "a pass that nobody needs any more is a risk")
}

// A passkey of the last minute is seen when time ends the pass, and that there is
// none is told.
func TestTheLastLook(t *testing.T) {
	t.Parallel()
	for name, registers := range map[string]bool{"there is one": true, "there is none": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			_, s := h.shown()
			h.later(59 * time.Minute)
			if registers {
				h.registers("joni")
			}
			h.later(time.Minute)
			require.NoError(t, h.Due(t.Context(), s.Request.Ref))
			r, err := h.store.Request(t.Context(), s.Request.Ref)
			require.NoError(t, err)
			require.Equal(t, access.Ended, r.State)
			require.Equal(t, registers, !r.Registered.IsZero())
			require.Contains(t, h.toldOf(r.Ref), "adele")
		})
	}
}

// An ending does not wait for the last look.
func TestI2AnEndDoesNotWaitForThePasskey(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, s := h.shown()
	h.later(2 * time.Minute)
	h.tenant.keysErr = access.Fail(access.Unavailable, "later")
	ended, err := h.End(t.Context(), "adele", claim(s.Request))
	require.NoError(t, err)
	require.Equal(t, access.Ended, ended.State)
}

// Looks become rarer, are planned once, and stop at the end.
func TestLooksArePlannedOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, s := h.shown()
	ref := s.Request.Ref
	for _, after := range []time.Duration{0, time.Minute, 3 * time.Minute, 7 * time.Minute, 15 * time.Minute, 25 * time.Minute, 55 * time.Minute} {
		h.later(noon.Add(after).Sub(h.now()))
		require.NoError(t, h.Watch(t.Context(), ref))
		require.NoError(t, h.replica().Watch(t.Context(), ref), "a job that runs twice")
	}
	var at []time.Duration
	for _, j := range h.jobs(ref, access.Watch) {
		at = append(at, j.At.Sub(noon))
	}
	slices.Sort(at)
	require.Equal(t, []time.Duration{
		time.Minute, time.Minute, 3 * time.Minute, 7 * time.Minute, 15 * time.Minute, 25 * time.Minute, 35 * time.Minute,
	}, at, "nothing is planned after the end, and the first was planned when the pass was made")
}

// An exclusion that is for registering ends with the passkey, or offers to.
func TestThePasskeyEndsTheExclusion(t *testing.T) {
	t.Parallel()
	for name, offer := range map[string]bool{"at once": false, "when somebody says so": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			s := settings
			s.OfferEnd = offer
			h.Desk = h.replicaWith(s)
			wanted := exclusionTerms(platforms)
			wanted.Register = true
			r := h.excluded(wanted)
			require.Len(t, h.jobs(r.Ref, access.Watch), 1)
			h.later(time.Minute)
			h.registers(r.Person.ID)
			_ = h.Watch(t.Context(), r.Ref) // it is read twice before it has ended
			if offer {
				require.False(t, h.is(r, access.InForce).Registered.IsZero())
			} else {
				require.False(t, h.is(r, access.Ending).Registered.IsZero())
			}
			require.Contains(t, h.toldOf(r.Ref), string(r.Person.ID))
		})
	}
}
