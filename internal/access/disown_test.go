package access_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/store"
)

// waiting are the jobs that wait, of one kind.
func (h *house) waiting(kind access.JobKind) []access.Job {
	h.t.Helper()
	kept, ok := h.store.Store.(*store.Store)
	require.True(h.t, ok)
	list, err := kept.Waiting(h.t.Context(), 10_000)
	require.NoError(h.t, err)
	return slices.DeleteFunc(list, func(j access.Job) bool { return j.Kind != kind })
}

// people are those whom jobs of one kind about a request are for.
func (h *house) people(kind access.JobKind, ref access.Ref) []access.ID {
	h.t.Helper()
	var list []access.ID
	for _, j := range h.waiting(kind) {
		if j.Ref == ref {
			list = append(list, j.Person)
		}
	}
	return list
}

// alarms are the kinds of those that were raised, in their order.
func (h *house) alarms() []access.AlarmKind {
	h.t.Helper()
	var kinds []access.AlarmKind
	for _, j := range h.waiting(access.Sound) {
		a, err := h.store.Alarm(h.t.Context(), j.Ref)
		require.NoError(h.t, err)
		kinds = append(kinds, a.Kind)
	}
	return kinds
}

func (h *house) lock(person access.ID) access.Lock {
	h.t.Helper()
	l, err := h.store.Lock(h.t.Context(), person)
	require.NoError(h.t, err)
	return l
}

// codes are why a form is refused.
func (h *house) codes(r access.Request) []string { return r.Verdict.Codes(access.Refusal) }

// asksAgain sends a new form for joni.
func (h *house) asksAgain() access.Request {
	h.t.Helper()
	r, err := h.Ask(h.t.Context(), "adele", claim(h.draft()), "joni", terms)
	require.NoError(h.t, err)
	return r
}

func TestWhatComesIntoForceIsToldToWhoDoesNotKnow(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, s := h.shown()
	require.Equal(t, []access.ID{"joni"}, ids(s.Request.Told), "megan has agreed, and knows")
	require.Equal(t, []access.ID{"joni"}, h.people(access.Tell, s.Request.Ref))

	h.later(3 * time.Minute)
	again, err := h.CarryOut(t.Context(), "adele", claim(s.Request), true)
	require.NoError(t, err)
	require.False(t, again.Code.IsZero())
	require.Len(t, h.people(access.Tell, s.Request.Ref), 1, "once per person and request")

	h.tenant.managers["grady"] = "megan"
	r := h.excluded(exclusionTerms(platforms))
	require.Equal(t, []access.ID{"grady", "megan"}, ids(r.Told))
	require.ElementsMatch(t, []access.ID{"grady", "megan"}, h.people(access.Tell, r.Ref))

	h.tenant.managers["bianca"] = "adele"
	h.tenant.set("bianca", func(m *access.Member) { m.Groups = nil })
	b := h.agreedFor("bianca", exclusionTerms(strict))
	h.goes(0)
	require.Equal(t, []access.ID{"bianca"}, ids(h.is(b, access.InForce).Told), "adele has asked, and knows")
}

func TestThisWasNotMeEndsWhatIsInForce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, s := h.shown()
	r, err := h.Disown(t.Context(), "joni", s.Request.Ref)
	require.NoError(t, err)
	require.Equal(t, access.Ended, r.State)
	require.Empty(t, h.tenant.passes)
	require.Equal(t, 1, h.tenant.relaxed.revoked["joni"])
	require.False(t, r.Disowned.Revoked.IsZero())
	require.Equal(t, access.ID("joni"), r.Disowned.By.ID)
	require.Equal(t, []access.AlarmKind{access.Disowned}, h.alarms())
	require.Contains(t, h.people(access.Notify, r.Ref), access.ID("adele"))
	require.Subset(t, h.audit(r.Ref), []string{"joni disown done", "joni lock done", "joni end intent", "joni end done", "joni revoke sessions done"})

	l := h.lock("joni")
	require.True(t, l.Holds(h.now().Add(1000*time.Hour)), "until it is lifted")
	require.Equal(t, []string{"person.locked"}, h.codes(h.asksAgain()))

	again, err := h.replica().Disown(t.Context(), "joni", r.Ref)
	require.NoError(t, err)
	require.Equal(t, r, again, "pressed again it does nothing")
	require.NoError(t, h.Undo(t.Context(), r.Ref))
	require.Equal(t, 1, h.tenant.relaxed.revoked["joni"])
}

func TestThisWasNotMeEndsEverythingOfThePerson(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.tenant.managers["grady"] = "megan"
	first, second := h.excluded(exclusionTerms(platforms)), h.agreed(exclusionTerms(strict))
	h.goes(0)
	second = h.is(second, access.InForce)
	waiting := h.asks(exclusionTerms(platforms))
	require.Equal(t, access.Asked, waiting.State, waiting.Verdict)
	later := exclusionTerms(platforms)
	later.Start = h.now().Add(2 * time.Hour)
	approved := h.agreed(later)

	r, err := h.Disown(t.Context(), "megan", first.Ref)
	require.NoError(t, err)
	require.Equal(t, access.Ending, r.State)
	require.False(t, h.tenant.relaxed.excluded[exemption("grady", platforms)], "taken away at once, without waiting for a job")
	require.False(t, h.tenant.relaxed.excluded[exemption("grady", strict)])
	h.is(second, access.Ending)
	h.is(waiting, access.Denied)
	h.is(approved, access.Withdrawn)
	require.Equal(t, 1, h.tenant.relaxed.revoked["grady"])
	require.Equal(t, access.Unavailable, access.CodeOf(h.Undo(t.Context(), first.Ref)), "the job stays until all has ended")
	h.goes(time.Minute)
	h.is(first, access.Ended)
	h.is(second, access.Ended)
	require.NoError(t, h.Undo(t.Context(), first.Ref))
}

func TestOnlyThePersonAndWhoWasToldMaySayThatItWasNotThem(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, s := h.shown()
	for _, other := range []access.ID{"adele", "megan", "bianca", "lee", "nobody", ""} {
		_, err := h.Disown(t.Context(), other, s.Request.Ref)
		require.Equal(t, access.Forbidden, access.CodeOf(err), other)
	}
	_, err := h.End(t.Context(), "joni", claim(s.Request))
	require.Equal(t, access.Forbidden, access.CodeOf(err), "who was told has one button, and that one says what it means")
	require.Equal(t, access.InForce, h.state(s.Request.Ref))

	h.tenant.set("joni", func(m *access.Member) { m.Enabled = false })
	_, err = h.Disown(t.Context(), "joni", s.Request.Ref)
	require.Equal(t, access.Forbidden, access.CodeOf(err), "looked up anew")
	_, err = h.Disown(t.Context(), "joni", h.draft().Ref)
	require.Equal(t, access.Forbidden, access.CodeOf(err))
}

func TestARequestThatGaveNothingYetIsClosed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	asked, approved := h.asked(), h.approved()
	r, err := h.Disown(t.Context(), "joni", asked.Ref)
	require.NoError(t, err)
	require.Equal(t, access.Denied, r.State)
	require.Equal(t, access.ID("joni"), r.By.ID)
	r, err = h.Disown(t.Context(), "joni", approved.Ref)
	require.NoError(t, err)
	require.Equal(t, access.Withdrawn, r.State)
	_, err = h.CarryOut(t.Context(), "adele", claim(approved), false)
	require.Error(t, err)
	require.Zero(t, h.tenant.made)
	require.False(t, h.lock("joni").Holds(h.now()))
	require.Equal(t, []access.AlarmKind{access.Repudiated, access.Repudiated}, h.alarms())

	again, err := h.Disown(t.Context(), "joni", asked.Ref)
	require.NoError(t, err)
	require.Equal(t, access.Denied, again.State)
	require.Len(t, h.alarms(), 2)
}

// After the end, the person may have been robbed by what was given: sessions end,
// they are locked, and security is told.
func TestThisWasNotMeAfterTheEnd(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, s := h.shown()
	ended, err := h.End(t.Context(), "adele", claim(s.Request))
	require.NoError(t, err)
	h.later(30 * time.Minute)
	r, err := h.Disown(t.Context(), "joni", ended.Ref)
	require.NoError(t, err)
	require.Equal(t, access.Ended, r.State)
	require.Equal(t, ended.Changed, r.Changed, "when and how it ended stays")
	require.Greater(t, r.Rev, ended.Rev, "its cards are drawn anew")
	require.Equal(t, 1, h.tenant.relaxed.revoked["joni"])
	require.True(t, h.lock("joni").Holds(h.now()))
	require.Equal(t, []access.AlarmKind{access.Disowned}, h.alarms())
}

// The pass is being made at this very moment: nobody sees it, and it is deleted.
func TestThisWasNotMeWhileThePassIsBeingMade(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := h.approved()
	other := h.replica()
	h.tenant.during = func() {
		h.tenant.during = nil
		_, err := other.Disown(t.Context(), "joni", r.Ref)
		require.NoError(t, err)
	}
	s, err := h.CarryOut(t.Context(), "adele", claim(r), false)
	require.Error(t, err)
	require.True(t, s.Code.IsZero())
	require.Empty(t, h.tenant.passes)
	require.Equal(t, access.Failed, h.state(r.Ref))
	require.NoError(t, h.Undo(t.Context(), r.Ref))
}

// An exclusion that Entra is just making cannot be stopped, but the job ends it.
func TestThisWasNotMeWhileTheExclusionIsBeingMade(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.tenant.relaxed.excludeErr = access.Fail(access.Unavailable, "Entra is busy.")
	r := h.agreed(exclusionTerms(platforms))
	h.goes(0)
	r = h.is(r, access.CarryingOut)
	_, err := h.Disown(t.Context(), "grady", r.Ref)
	require.NoError(t, err)
	h.goes(2 * time.Minute)
	_ = h.Undo(t.Context(), r.Ref)
	h.goes(2 * time.Minute)
	h.is(r, access.Failed)
	require.False(t, h.tenant.relaxed.excluded[exemption("grady", platforms)])
	require.NoError(t, h.Undo(t.Context(), r.Ref))
}

// I2: what ends, ends even where that cannot be recorded.
func TestI2ThisWasNotMeGoesAheadWithoutARecord(t *testing.T) {
	t.Parallel()
	full := errors.New("disk full")
	h := newHouse(t)
	_, s := h.shown()
	h.store.fail(full, full, full)
	_, err := h.Disown(t.Context(), "joni", s.Request.Ref)
	require.ErrorIs(t, err, full)
	require.Contains(t, access.Say(err), "could not be recorded yet")
	require.Empty(t, h.tenant.passes)
	require.Equal(t, 1, h.tenant.relaxed.revoked["joni"])
	require.False(t, h.lock("joni").Holds(h.now()))
	h.store.fail()
	require.Equal(t, []string{"person.locked"}, h.codes(h.asksAgain()), "locked here, although it is not recorded yet")

	require.NoError(t, h.Sweep(t.Context()))
	r := h.is(s.Request, access.Ended)
	require.False(t, r.Disowned.At.IsZero(), "recorded as soon as possible")
	require.True(t, h.lock("joni").Holds(h.now()))
	require.Equal(t, []access.AlarmKind{access.Disowned}, h.alarms())
	require.NoError(t, h.Undo(t.Context(), r.Ref))
}

// I6: whoever presses, wherever, and whatever else is pressed at that moment: one
// lock, one alarm, nothing in force, and nothing afterwards.
func TestI6ThisWasNotMeOnce(t *testing.T) {
	t.Parallel()
	for range 5 {
		h := newHouse(t)
		h.tenant.managers["grady"] = "megan"
		r := h.excluded(exclusionTerms(platforms))
		other := h.replica()
		var all sync.WaitGroup
		for _, press := range []func(){
			func() { _, _ = h.Disown(t.Context(), "grady", r.Ref) },
			func() { _, _ = other.Disown(t.Context(), "grady", r.Ref) },
			func() { _, _ = other.Disown(t.Context(), "megan", r.Ref) },
			func() { _, _ = h.Disown(t.Context(), "megan", r.Ref) },
			func() { _, _ = h.End(t.Context(), "adele", claim(r)) },
			func() { _ = other.Sweep(t.Context()) },
		} {
			all.Go(press)
		}
		all.Wait()
		_, err := h.Disown(t.Context(), "grady", r.Ref)
		require.NoError(t, err)
		h.goes(2 * time.Minute)
		require.NoError(t, h.Undo(t.Context(), r.Ref))
		h.is(r, access.Ended)
		require.Equal(t, []access.AlarmKind{access.Disowned}, h.alarms())
		require.False(t, h.tenant.relaxed.excluded[exemption("grady", platforms)])
		require.Equal(t, []string{"person.locked"}, h.codes(h.asks(exclusionTerms(strict))))
	}
}

// A request that was asked after the press is none of it.
func TestUndoLeavesAloneWhatWasAskedAfterTheLockWasLifted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, s := h.shown()
	_, err := h.Disown(t.Context(), "joni", s.Request.Ref)
	require.NoError(t, err)
	h.later(time.Minute)
	_, err = h.Unlock(t.Context(), "lee", access.Person{ID: "joni"})
	require.NoError(t, err)
	r := h.asked()
	require.NoError(t, h.Undo(t.Context(), s.Request.Ref))
	h.is(r, access.Asked)
}
