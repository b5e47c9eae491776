package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/store"
)

// A job whose time has passed by half a minute is late, whatever the database.
func TestFiguresOfJobsThatAreLate(t *testing.T) {
	onEach(t, func(t *testing.T, address string) { //nolint:thelper // it is the test itself
		d := newDesk()
		s := open(t, address, store.Options{Now: d.now})
		require.NoError(t, s.Update(t.Context(), func(tx access.Tx) error {
			return errors.Join(
				tx.Enqueue(t.Context(), access.Job{Kind: access.Due, Ref: "PD-2222", At: d.now().Add(time.Minute)}),
				tx.Enqueue(t.Context(), access.Job{Kind: access.Due, Ref: "PD-3333", At: d.now().Add(time.Hour)}),
			)
		}))
		d.advance(time.Minute + 29*time.Second)
		require.Equal(t, []store.JobFigure{{Kind: access.Due, Waiting: 2}}, figures(t, s).Jobs)
		d.advance(2 * time.Second)
		require.Equal(t, []store.JobFigure{{Kind: access.Due, Waiting: 1, Late: 1}}, figures(t, s).Jobs)
	})
}

// One that has failed five times is failing, and counts once.
func TestFiguresOfJobsThatFail(t *testing.T) {
	onEach(t, func(t *testing.T, address string) { //nolint:thelper // it is the test itself
		d := newDesk()
		s := open(t, address, store.Options{Now: d.now, Run: func(context.Context, access.Job) error { return errors.New("down") }})
		require.NoError(t, s.Update(t.Context(), func(tx access.Tx) error {
			return tx.Enqueue(t.Context(), access.Job{Kind: access.Notify, Ref: "PD-2222"})
		}))
		require.NoError(t, s.Start(t.Context()))
		t.Cleanup(func() { require.NoError(t, s.Stop(context.Background())) })
		require.Eventually(t, func() bool {
			d.advance(time.Minute)
			require.NoError(t, s.Wake(t.Context()))
			f := figures(t, s).Jobs
			return len(f) == 1 && f[0] == store.JobFigure{Kind: access.Notify, Failing: 1}
		}, 30*time.Second, 50*time.Millisecond)
	})
}

func figures(t *testing.T, s *store.Store) store.Figures {
	t.Helper()
	f, err := s.Figures(t.Context())
	require.NoError(t, err)
	return f
}

// A replica that was killed while it sent the audit is followed by another.
func TestAStreamIsTakenOver(t *testing.T) {
	onEach(t, func(t *testing.T, address string) { //nolint:thelper // it is the test itself
		d := newDesk()
		s := open(t, address, store.Options{Now: d.now})
		_, leads, err := s.Lead(t.Context(), "stdout", "killed")
		require.NoError(t, err)
		require.True(t, leads)
		d.advance(store.StreamLasts - time.Second)
		_, leads, err = s.Lead(t.Context(), "stdout", "alive")
		require.NoError(t, err)
		require.False(t, leads)
		d.advance(time.Second)
		_, leads, err = s.Lead(t.Context(), "stdout", "alive")
		require.NoError(t, err)
		require.True(t, leads)
		require.Equal(t, access.Stale, access.CodeOf(s.Taken(t.Context(), "stdout", "killed", 0, 1)))
	})
}

// Whoever counts requests hears of those that are stored, and of no others.
func TestChangedHearsOfWhatIsStored(t *testing.T) {
	onEach(t, func(t *testing.T, address string) { //nolint:thelper // it is the test itself
		var heard []string
		s := open(t, address, store.Options{Changed: func(from access.State, r access.Request) {
			heard = append(heard, string(from)+"→"+string(r.State))
		}})
		r := access.Request{Ref: "PD-2222", Rev: 1, State: access.Draft, Kind: access.Pass}
		require.NoError(t, s.Update(t.Context(), func(tx access.Tx) error { return tx.Insert(t.Context(), r) }))
		next := r
		next.Rev, next.State = 2, access.Asked
		change := func(tx access.Tx) error { return tx.Change(t.Context(), access.Draft, next) }
		down := errors.New("down")
		require.ErrorIs(t, s.Update(t.Context(), func(tx access.Tx) error { return errors.Join(change(tx), down) }), down)
		require.NoError(t, s.Update(t.Context(), change))
		require.Error(t, s.Update(t.Context(), change), "it is not a draft any more")
		require.Equal(t, []string{"→draft", "draft→asked"}, heard)
	})
}
