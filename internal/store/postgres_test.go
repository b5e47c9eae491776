package store_test

import (
	"context"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/audit"
	"github.com/passdesk/passdesk/internal/store"
	"github.com/passdesk/passdesk/internal/store/pgtest"
)

// Replicas that start together on an empty database all come up.
func TestReplicasMigrateOneAfterTheOther(t *testing.T) {
	onEach(t, func(t *testing.T, address string) { //nolint:thelper // it is the test itself
		var all sync.WaitGroup
		stores, errs := make([]*store.Store, 4), make([]error, 4)
		for i := range stores {
			all.Go(func() { stores[i], errs[i] = store.Open(t.Context(), address, store.Options{}) })
		}
		all.Wait()
		for i, s := range stores {
			require.NoError(t, errs[i])
			require.NoError(t, s.Ready(t.Context()))
			require.NoError(t, s.Close())
		}
	})
}

// What a server that goes away takes with it is said, and comes back by itself.
func TestServerThatGoesAway(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t)
	ran := make(chan access.Job, 10)
	s := open(t, server.Database(t), store.Options{Run: func(_ context.Context, j access.Job) error {
		ran <- j
		return nil
	}})
	start(t, s)
	note := func(action string) error {
		return s.Update(t.Context(), func(tx access.Tx) error {
			tx.Record(audit.Entry{Action: action})
			return tx.Enqueue(t.Context(), access.Job{Kind: access.Redraw, Ref: access.Ref(action)})
		})
	}
	require.NoError(t, note("before"))
	require.Equal(t, access.Ref("before"), (<-ran).Ref)

	server.Stop(t)
	requireUnavailable(t, note("meanwhile"))
	_, err := s.Request(t.Context(), "PD-2222")
	requireUnavailable(t, err)
	requireUnavailable(t, s.Ready(t.Context()))

	server.Again(t)
	require.Eventually(t, func() bool { return note("after") == nil }, soon, step)
	require.Equal(t, access.Ref("after"), (<-ran).Ref)
	entries, err := s.Entries(t.Context(), "", "", 0)
	require.NoError(t, err)
	require.Equal(t, "after", entries[0].Action)
	require.Equal(t, "before", entries[len(entries)-1].Action)
}

// A connection that breaks while it commits leaves it open whether it did.
func TestServerThatEndsACommit(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t)
	s := open(t, server.Database(t), store.Options{})
	err := s.Update(t.Context(), func(tx access.Tx) error {
		server.Stop(t)
		return nil
	})
	require.Contains(t, []access.Code{access.Uncertain, access.Unavailable}, access.CodeOf(err))
	require.NotContains(t, access.Say(err), "SQL")
	server.Again(t)
}

func requireUnavailable(t *testing.T, err error) {
	t.Helper()
	require.Equal(t, access.Unavailable, access.CodeOf(err), "%v", err)
	require.Contains(t, access.Say(err), "nothing was done")
}

// A database that forgets is refused, and so is one that somebody made
// read-only: at the start, in words.
func TestDatabaseThatIsNotFit(t *testing.T) {
	t.Parallel()
	where := pgtest.Address(t)
	_, err := store.Open(t.Context(), where+"&synchronous_commit=off", store.Options{})
	require.ErrorContains(t, err, "synchronous_commit is off")
	_, err = store.Open(t.Context(), strings.Replace(where, "passdesk_", "nowhere_", 1), store.Options{})
	require.ErrorContains(t, err, "does not exist")
	_, err = store.OpenTrail(t.Context(), strings.Replace(where, "passdesk_", "nowhere_", 1))
	require.ErrorContains(t, err, "does not exist")
}

// The server's own limits hold whoever waits, and an address may say otherwise.
func TestLimitsOfAConnection(t *testing.T) {
	t.Parallel()
	s := open(t, pgtest.Address(t)+"&lock_timeout=50", store.Options{})
	held, release := make(chan struct{}), make(chan struct{})
	done := make(chan error)
	hold := func(wait func()) error {
		return s.Update(t.Context(), func(tx access.Tx) error {
			if err := tx.SaveChat(t.Context(), access.Chat{Person: "joni"}); err != nil {
				return err
			}
			wait()
			return nil
		})
	}
	go func() { done <- hold(func() { close(held); <-release }) }()
	<-held
	requireUnavailable(t, hold(func() {}))
	close(release)
	require.NoError(t, <-done)
	require.NoError(t, hold(func() {}))
}

// The audit of a server is read beside those who write, and nothing is written.
func TestTrailOfAServer(t *testing.T) {
	t.Parallel()
	where := pgtest.Address(t)
	s := open(t, where, store.Options{})
	require.NoError(t, s.Update(t.Context(), func(tx access.Tx) error {
		tx.Record(audit.Entry{Action: "one"})
		tx.Record(audit.Entry{Action: "two"})
		return nil
	}))
	trail, err := store.OpenTrail(t.Context(), where)
	require.NoError(t, err)
	head, err := trail.Head(t.Context())
	require.NoError(t, err)
	r, err := audit.Verify(trail.Lines(t.Context(), 1), head)
	require.NoError(t, err)
	require.True(t, r.Whole())
	require.Equal(t, int64(2), r.Last)
	require.NoError(t, trail.Close())
}

// A password is not told, whatever is wrong with an address.
func TestAddressThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, where := range []string{
		"postgres://passdesk:hunter2@127.0.0.1:1/passdesk", "postgres://passdesk:hunter2@127.0.0.1:x/passdesk",
		"postgres://passdesk:hunter2@[/passdesk", "postgres://passdesk:hunter2@127.0.0.1/passdesk?sslmode=none",
	} {
		_, err := store.Open(t.Context(), where, store.Options{})
		require.Error(t, err)
		require.NotContains(t, err.Error(), "hunter2", where)
	}
}

// The production binary needs no library of PostgreSQL's.
func TestNoForeignCode(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{if .CgoFiles}}{{if not .Standard}}{{.ImportPath}}{{end}}{{end}}", ".").Output()
	require.NoError(t, err)
	require.Empty(t, strings.TrimSpace(string(out)))
}
