//nolint:thelper // these functions are the tests themselves
package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

var errUndo = errors.New("undo")

var transactionTests = map[string]func(*testing.T, Store){
	"An error undoes row, job and audit":      undone,
	"A panic undoes too":                      panicked,
	"Enqueue keeps jobs and drops doubles":    jobs,
	"Reads outside see what is committed":     isolated,
	"Update of somebody who has gone":         cancelled,
	"An error of the caller comes back as is": callers,
}

func everything(ctx context.Context, t *testing.T, tx access.Tx) {
	t.Helper()
	require.NoError(t, tx.Insert(ctx, asked(ref(1), Now())))
	require.NoError(t, tx.Claim(ctx, access.Reveal{Ref: ref(1), Attempt: 1, State: access.Claimed}))
	require.NoError(t, tx.SaveChat(ctx, access.Chat{Person: adele.ID}))
	require.NoError(t, tx.SaveCard(ctx, access.Card{Ref: ref(1), Person: adele.ID}))
	require.NoError(t, tx.Enqueue(ctx, access.Job{Kind: access.Announce, Ref: ref(1), Person: megan.ID}))
	tx.Record(entry("ask"))
}

// nothing requires that the store is empty.
func nothing(t *testing.T, s Store) {
	t.Helper()
	empty(t, s)
	_, err := s.Reveal(t.Context(), ref(1))
	requireCode(t, access.NotFound, err)
	_, err = s.Chat(t.Context(), adele.ID)
	requireCode(t, access.NotFound, err)
	cards, err := s.Cards(t.Context(), ref(1))
	require.NoError(t, err)
	require.Empty(t, cards)
}

func undone(t *testing.T, s Store) {
	require.ErrorIs(t, s.Update(t.Context(), func(tx access.Tx) error {
		everything(t.Context(), t, tx)
		return errUndo
	}), errUndo)
	nothing(t, s)
	update(t, s, func(tx access.Tx) error {
		everything(t.Context(), t, tx)
		return nil
	})
	require.Equal(t, int64(1), whole(t, s).Last)
	waiting, err := s.Waiting(t.Context(), 10)
	require.NoError(t, err)
	require.Len(t, waiting, 1)
}

func panicked(t *testing.T, s Store) {
	require.Panics(t, func() {
		_ = s.Update(t.Context(), func(tx access.Tx) error {
			everything(t.Context(), t, tx)
			panic("a fault of ours")
		})
	})
	nothing(t, s)
}

func callers(t *testing.T, s Store) {
	want := access.Fail(access.Forbidden, "No.")
	require.Same(t, want, s.Update(t.Context(), func(access.Tx) error { return want }))
}

func jobs(t *testing.T, s Store) {
	later := Now().Add(time.Hour)
	given := []access.Job{
		{Kind: access.Announce, Ref: ref(1), Person: megan.ID, At: Now()},
		{Kind: access.Redraw, Ref: ref(1), At: Now()},
		{Kind: access.ReadBack, Ref: ref(1), At: later},
		{Kind: access.Due, Ref: ref(1), At: later.Add(time.Minute)},
	}
	update(t, s, func(tx access.Tx) error {
		for _, j := range append(given, given...) {
			require.NoError(t, tx.Enqueue(t.Context(), j))
		}
		return nil
	})
	got, err := s.Waiting(t.Context(), 10)
	require.NoError(t, err)
	require.ElementsMatch(t, given, got)
}

func isolated(t *testing.T, s Store) {
	update(t, s, func(tx access.Tx) error {
		require.NoError(t, tx.Insert(t.Context(), asked(ref(1), Now())))
		_, err := s.Request(t.Context(), ref(1))
		requireCode(t, access.NotFound, err)
		return nil
	})
	_, err := s.Request(t.Context(), ref(1))
	require.NoError(t, err, "a read after the commit sees it")
}

func cancelled(t *testing.T, s Store) {
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Update(ctx, func(tx access.Tx) error {
		require.NoError(t, tx.Insert(ctx, asked(ref(1), Now())))
		cancel()
		return nil
	})
	requireCode(t, access.Unavailable, err)
	nothing(t, s)
	_, err = s.Request(ctx, ref(1))
	requireCode(t, access.Unavailable, err)
}
