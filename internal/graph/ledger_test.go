package graph

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// shared is a text that replicas in one process keep together.
type shared struct {
	mu   sync.Mutex
	text string
	down bool
}

func (s *shared) change(_ context.Context, _ string, change func(string) string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		return errors.New("the database is down")
	}
	s.text = change(s.text)
	return nil
}

// replica is a queue whose limit is kept together with others.
func (s *shared) replica(t *testing.T, most int, per time.Duration) *queue {
	t.Helper()
	q := newQueue(t, most, per)
	q.ledger = &ledger{"test", s.change}
	return q
}

// However many replicas there are, together they stay within the limit, and one
// that is alone at it has all of it.
func TestReplicasKeepTheLimitTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &shared{}
		one, two := s.replica(t, 2, 10*time.Second), s.replica(t, 2, 10*time.Second)
		one.call(t.Context(), "a", 1)
		one.call(t.Context(), "b", 1)
		two.call(t.Context(), "c", 1)
		two.call(t.Context(), "d", 1)
		one.call(t.Context(), "e", 1)
		require.Equal(t, []string{"a 0s", "b 0s", "e 20s"}, one.order())
		require.ElementsMatch(t, []string{"c 10s", "d 10s"}, two.order())
	})
}

// Work in the background takes what people of no replica want, for a while.
func TestPeopleOfEveryReplicaGoBeforeJobs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &shared{}
		one, two := s.replica(t, 1, 4*time.Second), s.replica(t, 1, 4*time.Second)
		job := Background(t.Context())
		one.call(t.Context(), "first", 1)
		two.call(job, "job", 1)
		one.call(t.Context(), "second", 1)
		one.call(t.Context(), "third", 1)
		require.Equal(t, []string{"first 0s", "second 4s", "third 8s"}, one.order())
		require.Equal(t, []string{"job 12s"}, two.order())
	})
}

// Whoever cannot be served in time takes nobody's turn away.
func TestALedgerDoesNotBookInVain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &shared{}
		one, two := s.replica(t, 1, 10*time.Second), s.replica(t, 1, 10*time.Second)
		short, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		require.NoError(t, one.take(t.Context(), 1, 0))
		err := two.take(short, 1, 0)
		require.ErrorIs(t, err, errNoTurn)
		require.Equal(t, 10*time.Second, afterOf(err))
		began := time.Now()
		require.NoError(t, two.take(t.Context(), 1, 0))
		require.Equal(t, 10*time.Second, time.Since(began))
	})
}

// A database that is away keeps nobody from asking Graph, within the limit as far
// as this process knows.
func TestALedgerThatIsAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &shared{down: true}
		q := s.replica(t, 1, 10*time.Second)
		began := time.Now()
		require.NoError(t, q.take(t.Context(), 1, 0))
		require.Zero(t, time.Since(began))
		require.NoError(t, q.take(t.Context(), 1, 0))
		require.Equal(t, 10*time.Second, time.Since(began))
	})
}

func TestALedgerIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	sent := []time.Time{time.UnixMilli(5), time.UnixMilli(7)}
	require.Equal(t, sent, times(written(sent)))
	require.Empty(t, times(""))
	require.Equal(t, sent[:1], times("x 5 9999999999999999999999"))
}
