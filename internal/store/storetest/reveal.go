//nolint:thelper // these functions are the tests themselves
package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

var revealTests = map[string]func(*testing.T, Store){
	"Reveal: claimed, made, answered": revealed,
	"Claim of a number that is taken": claimTaken,
	"Advance from another state":      advanceStale,
	"Reveal that is not there":        missingReveal,
	"First tells the first click":     clicks,
}

func revealed(t *testing.T, s Store) {
	at := Now().Add(123_456_789 * time.Nanosecond)
	v := access.Reveal{Ref: ref(1), Attempt: 1, Actor: adele.ID, State: access.Claimed, Claimed: at}
	step := func(do func(access.Tx) error, answered int) {
		t.Helper()
		update(t, s, do)
		got, err := s.Reveal(t.Context(), v.Ref)
		require.NoError(t, err)
		want := v
		for _, moment := range []*time.Time{&want.Claimed, &want.Made, &want.Answered, &want.Hidden} {
			*moment = moment.Truncate(time.Millisecond)
		}
		require.Empty(t, cmp.Diff(want, got))
		n, err := s.Answered(t.Context(), v.Ref)
		require.NoError(t, err)
		require.Equal(t, answered, n)
	}
	step(func(tx access.Tx) error { return tx.Claim(t.Context(), v) }, 0)
	v.State, v.Made, v.PassID = access.Made, at, "pass-1"
	step(func(tx access.Tx) error { return tx.Advance(t.Context(), access.Claimed, v) }, 0)
	v.State, v.Answered = access.Answered, at
	step(func(tx access.Tx) error { return tx.Advance(t.Context(), access.Made, v) }, 1)
	v.Hidden = at
	step(func(tx access.Tx) error { return tx.Advance(t.Context(), access.Answered, v) }, 1)

	v = access.Reveal{Ref: ref(1), Attempt: 2, Actor: adele.ID, State: access.Claimed, Claimed: at}
	step(func(tx access.Tx) error { return tx.Claim(t.Context(), v) }, 1)
	v.State = access.Dropped
	step(func(tx access.Tx) error { return tx.Advance(t.Context(), access.Claimed, v) }, 1)
	v = access.Reveal{Ref: ref(1), Attempt: 10, Actor: bianca.ID, State: access.Answered, Claimed: at, Answered: at}
	step(func(tx access.Tx) error { return tx.Claim(t.Context(), v) }, 2)
	n, err := s.Answered(t.Context(), ref(2))
	require.NoError(t, err)
	require.Zero(t, n, "of another request")
}

func claimTaken(t *testing.T, s Store) {
	v := access.Reveal{Ref: ref(1), Attempt: 1, Actor: adele.ID, State: access.Claimed, Claimed: Now()}
	update(t, s, func(tx access.Tx) error { return tx.Claim(t.Context(), v) })
	other := v
	other.Actor = bianca.ID
	requireCode(t, access.Stale, s.Update(t.Context(), func(tx access.Tx) error { return tx.Claim(t.Context(), other) }))
	got, err := s.Reveal(t.Context(), v.Ref)
	require.NoError(t, err)
	require.Equal(t, adele.ID, got.Actor)
}

func advanceStale(t *testing.T, s Store) {
	v := access.Reveal{Ref: ref(1), Attempt: 1, Actor: adele.ID, State: access.Claimed, Claimed: Now()}
	update(t, s, func(tx access.Tx) error { return tx.Claim(t.Context(), v) })
	try := func(from access.RevealState, attempt int) error {
		next := v
		next.Attempt, next.State = attempt, access.Answered
		return s.Update(t.Context(), func(tx access.Tx) error { return tx.Advance(t.Context(), from, next) })
	}
	requireCode(t, access.Stale, try(access.Made, 1))
	requireCode(t, access.Stale, try(access.Claimed, 2))
	require.NoError(t, try(access.Claimed, 1))
	requireCode(t, access.Stale, try(access.Claimed, 1))
}

func missingReveal(t *testing.T, s Store) {
	_, err := s.Reveal(t.Context(), ref(1))
	requireCode(t, access.NotFound, err)
}

func clicks(t *testing.T, s Store) {
	base := access.Click{Actor: adele.ID, Ref: ref(1), Rev: 3, Verb: "reveal"}
	first := func(c access.Click) (is bool) {
		update(t, s, func(tx access.Tx) (err error) {
			is, err = tx.First(t.Context(), c)
			return err
		})
		return is
	}
	require.True(t, first(base))
	require.False(t, first(base))
	for _, other := range []access.Click{
		{Actor: bianca.ID, Ref: base.Ref, Rev: base.Rev, Verb: base.Verb},
		{Actor: base.Actor, Ref: "conversation a:1;activity 2", Rev: base.Rev, Verb: base.Verb},
		{Actor: base.Actor, Ref: base.Ref, Rev: 4, Verb: base.Verb},
		{Actor: base.Actor, Ref: base.Ref, Rev: base.Rev, Verb: "hide"},
	} {
		require.True(t, first(other), "%+v", other)
		require.False(t, first(other), "%+v", other)
	}
	lost := s.Update(t.Context(), func(tx access.Tx) error {
		is, err := tx.First(t.Context(), access.Click{Actor: joni.ID})
		require.NoError(t, err)
		require.True(t, is)
		return errUndo
	})
	require.ErrorIs(t, lost, errUndo)
	require.True(t, first(access.Click{Actor: joni.ID}), "a click whose effect was undone was none")
}
