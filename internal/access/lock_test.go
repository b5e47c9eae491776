package access_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

// denied is a request of adele for joni that megan has denied.
func (h *house) denied() access.Request {
	h.t.Helper()
	r, err := h.Decide(h.t.Context(), "megan", claim(h.asked()), access.Answer{Reason: "not her"})
	require.NoError(h.t, err)
	require.Equal(h.t, access.Denied, r.State)
	return r
}

func TestADenialIsSeenByEveryAgent(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := h.denied()
	h.later(20 * time.Minute)
	draft, err := h.Draft(t.Context(), "bianca", access.Pass, access.Person{ID: "joni"}, terms)
	require.NoError(t, err)
	again, err := h.Ask(t.Context(), "bianca", claim(draft), "joni", terms)
	require.NoError(t, err)
	require.Equal(t, access.Asked, again.State, "no second press")
	require.Contains(t, again.Verdict.Findings, access.Finding{Level: access.Note, Code: "person.denied", Text: "Denied 20 minutes ago by megan (" + string(r.Ref) + ")."})

	h.later(24 * time.Hour)
	require.NotContains(t, h.asked().Verdict.Codes(access.Note), "person.denied")
}

func TestThreeDenialsWithinAnHourLock(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	waiting, approved := h.asked(), h.approved()
	h.denied()
	h.later(55 * time.Minute)
	h.denied()
	h.later(10 * time.Minute)
	h.denied()
	require.False(t, h.lock("joni").Holds(h.now()), "the first is more than an hour ago")
	third := h.denied()
	l := h.lock("joni")
	require.Equal(t, third.Changed.Add(time.Hour), l.Until)
	require.Equal(t, third.Ref, l.Ref)
	require.Equal(t, []access.AlarmKind{access.DeniedOften}, h.alarms())
	require.Contains(t, h.audit(third.Ref), "passdesk lock done")

	refused := h.asksAgain()
	require.Equal(t, []string{"person.locked"}, h.codes(refused))
	require.Contains(t, refused.Verdict.At(access.Refusal)[0].Text, "for another 1 hour")
	_, err := h.Decide(t.Context(), "megan", claim(waiting), access.Answer{Approve: true})
	require.Equal(t, access.Refused, access.CodeOf(err), "at the approval, too")
	_, err = h.CarryOut(t.Context(), "adele", claim(approved), false)
	require.Equal(t, access.Refused, access.CodeOf(err), "and at the making")
	require.Zero(t, h.tenant.made)
	h.later(time.Hour)
	require.Equal(t, access.Asked, h.asksAgain().State)
}

func TestALockStopsAnExclusionThatIsAboutToBegin(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	later := exclusionTerms(platforms)
	later.Start = h.now().Add(2 * time.Hour)
	r := h.agreed(later)
	require.NoError(t, h.store.Update(t.Context(), func(tx access.Tx) error {
		return tx.SaveLock(t.Context(), access.Lock{Person: access.Person{ID: "grady"}, Since: h.now(), Why: "x"})
	}))
	h.goes(2 * time.Hour)
	h.goes(0)
	h.is(r, access.Failed)
	require.False(t, h.tenant.relaxed.excluded[exemption("grady", platforms)])
}

// Three who deny at the same moment count one another.
func TestDenialsAtOnceAreCountedTogether(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	requests := []access.Request{h.asked(), h.asked(), h.asked()}
	var all sync.WaitGroup
	for _, r := range requests {
		all.Go(func() {
			_, err := h.Decide(t.Context(), "megan", claim(r), access.Answer{Reason: "no"})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	require.True(t, h.lock("joni").Holds(h.now()))
	require.Len(t, h.alarms(), 1)
}

func TestUnlock(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for range 3 {
		h.denied()
	}
	joni := access.Person{ID: "joni", Name: "joni"}
	for _, other := range []access.ID{"adele", "megan", "joni", "nobody"} {
		_, err := h.Unlock(t.Context(), other, joni)
		require.Equal(t, access.Forbidden, access.CodeOf(err), other)
	}
	h.tenant.set("joni", func(m *access.Member) { m.Groups = []access.ID{"owners"} })
	_, err := h.Unlock(t.Context(), "joni", joni)
	require.Equal(t, access.Forbidden, access.CodeOf(err), "nobody unlocks themselves")
	h.tenant.set("joni", func(m *access.Member) { m.Groups = nil })

	l, err := h.Unlock(t.Context(), "lee", joni)
	require.NoError(t, err)
	require.Contains(t, h.audit(l.Ref), "lee unlock done")
	require.Equal(t, []access.AlarmKind{access.DeniedOften, access.Unlocked}, h.alarms())
	_, err = h.Unlock(t.Context(), "lee", joni)
	require.Equal(t, access.Refused, access.CodeOf(err))
	require.Equal(t, access.Asked, h.asksAgain().State)
}

func TestAnAlarmIsToldToSecurityOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for range 3 {
		h.denied()
	}
	alarm := h.waiting(access.Sound)[0].Ref
	h.tenant.relaxed.membersErr = access.Fail(access.Unavailable, "Entra is away.")
	require.Equal(t, access.Unavailable, access.CodeOf(h.Sound(t.Context(), alarm)), "it waits for Entra")
	require.NoError(t, h.Sound(t.Context(), alarm))
	require.NoError(t, h.replica().Sound(t.Context(), alarm))
	require.Equal(t, []access.ID{"lee"}, h.people(access.Ring, alarm))
}
