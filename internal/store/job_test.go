//nolint:thelper // the functions given to onEach are the tests themselves
package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/store"
)

// desk runs jobs as told and shows what ran.
type desk struct {
	ran    chan access.Job
	mu     sync.Mutex
	offset time.Duration
	fail   func(n int, j access.Job) error // n counts from 1
	n      int
}

func newDesk() *desk {
	return &desk{ran: make(chan access.Job, 100), fail: func(int, access.Job) error { return nil }}
}

func (d *desk) now() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return time.Now().Add(d.offset)
}

func (d *desk) advance(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.offset += by
}

func (d *desk) run(_ context.Context, j access.Job) error {
	d.mu.Lock()
	d.n++
	err := d.fail(d.n, j)
	d.mu.Unlock()
	d.ran <- j
	return err
}

func (d *desk) store(t *testing.T, address string) *store.Store {
	t.Helper()
	s := open(t, address, store.Options{Now: d.now, Run: d.run})
	start(t, s)
	return s
}

func start(t *testing.T, s *store.Store) {
	t.Helper()
	require.NoError(t, s.Start(context.Background()))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		require.NoError(t, s.Stop(ctx))
	})
}

func enqueue(t *testing.T, s *store.Store, list ...access.Job) {
	t.Helper()
	require.NoError(t, s.Update(t.Context(), func(tx access.Tx) error {
		for _, j := range list {
			if err := tx.Enqueue(t.Context(), j); err != nil {
				return err
			}
		}
		return nil
	}))
}

func (d *desk) next(t *testing.T, within time.Duration) access.Job {
	t.Helper()
	select {
	case j := <-d.ran:
		return j
	case <-time.After(within):
		require.Fail(t, "no job ran")
		return access.Job{}
	}
}

// idle waits until no job is left.
func idle(t *testing.T, s *store.Store) {
	t.Helper()
	require.Eventually(t, func() bool {
		list, err := s.Waiting(t.Context(), 0)
		return err == nil && len(list) == 0
	}, soon, 5*time.Millisecond)
}

const (
	soon = 30 * time.Second // much longer than it takes, so that a busy machine does not fail a test
	step = 5 * time.Millisecond
)

func TestJobRunsOnce(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		d := newDesk()
		s := d.store(t, address)
		enqueue(t, s, access.Job{Kind: access.Announce, Ref: "PD-2345", Person: "megan"})
		got := d.next(t, soon)
		require.Equal(t, access.Job{Kind: access.Announce, Ref: "PD-2345", Person: "megan", At: got.At}, got)
		idle(t, s)
		require.Empty(t, d.ran)
	})
}

func TestJobOfATransactionThatFails(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		d := newDesk()
		s := d.store(t, address)
		undo := errors.New("undo")
		require.ErrorIs(t, s.Update(t.Context(), func(tx access.Tx) error {
			require.NoError(t, tx.Enqueue(t.Context(), access.Job{Kind: access.Redraw, Ref: "PD-2222"}))
			return undo
		}), undo)
		enqueue(t, s, access.Job{Kind: access.Redraw, Ref: "PD-3333"})
		require.Equal(t, access.Ref("PD-3333"), d.next(t, soon).Ref)
	})
}

func TestJobWaitsForItsTime(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		d := newDesk()
		s := d.store(t, address)
		enqueue(t, s,
			access.Job{Kind: access.Due, Ref: "PD-2222", At: d.now().Add(2 * time.Hour)},
			access.Job{Kind: access.Due, Ref: "PD-3333", At: d.now().Add(-time.Hour)})
		require.Equal(t, access.Ref("PD-3333"), d.next(t, soon).Ref)
		require.Empty(t, d.ran)
		d.advance(2 * time.Hour)
		require.NoError(t, s.Wake(t.Context()))
		require.Equal(t, access.Ref("PD-2222"), d.next(t, soon).Ref)
		idle(t, s)
	})
}

func TestJobIsTriedAgain(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		d := newDesk()
		d.fail = func(n int, _ access.Job) error {
			if n == 1 {
				return errors.New("connector is down")
			}
			return nil
		}
		s := d.store(t, address)
		begin := time.Now()
		enqueue(t, s, access.Job{Kind: access.Announce, Ref: "PD-2222", Person: "megan"})
		d.next(t, soon)
		require.Equal(t, access.ID("megan"), d.next(t, soon).Person)
		require.GreaterOrEqual(t, time.Since(begin), time.Second)
		idle(t, s)
	})
}

func TestJobThatPanicsIsTriedAgain(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		d := newDesk()
		s := open(t, address, store.Options{Now: d.now, Run: func(ctx context.Context, j access.Job) error {
			_ = d.run(ctx, j)
			if len(d.ran) == 1 {
				panic("a fault of ours")
			}
			return nil
		}})
		start(t, s)
		enqueue(t, s, access.Job{Kind: access.Due, Ref: "PD-2222"})
		idle(t, s)
		require.Len(t, d.ran, 2)
	})
}

// sleepy is an error that says how long its job wants to sleep.
type sleepy time.Duration

func (s sleepy) Error() string                 { return "asleep" }
func (s sleepy) Snooze() (time.Duration, bool) { return time.Duration(s), s > 0 }

func TestJobSnoozes(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		d := newDesk()
		d.fail = func(n int, _ access.Job) error {
			if n == 1 {
				return fmt.Errorf("wrapped: %w", sleepy(3*time.Hour))
			}
			return nil
		}
		s := d.store(t, address)
		enqueue(t, s, access.Job{Kind: access.Announce, Ref: "PD-2222"})
		d.next(t, soon)
		require.Eventually(t, func() bool {
			list, err := s.Waiting(t.Context(), 0)
			require.NoError(t, err)
			return len(list) == 1 && list[0].At.After(d.now().Add(2*time.Hour))
		}, soon, 5*time.Millisecond)
		d.advance(3 * time.Hour)
		require.NoError(t, s.Wake(t.Context()))
		d.next(t, soon)
		idle(t, s)
	})
}

func TestJobOutlivesTheProcess(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		d := newDesk()
		first := open(t, address, store.Options{Now: d.now, Run: d.run})
		enqueue(t, first, access.Job{Kind: access.Due, Ref: "PD-2222"})
		require.NoError(t, first.Close())
		require.Empty(t, d.ran)
		start(t, open(t, address, store.Options{Now: d.now, Run: d.run}))
		require.Equal(t, access.Ref("PD-2222"), d.next(t, soon).Ref)
	})
}

// A job that is cut off by a stop runs again, and that was no attempt.
func TestStopGivesBackWhatRuns(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		began := make(chan struct{})
		first := open(t, address, store.Options{Run: func(ctx context.Context, _ access.Job) error {
			close(began)
			<-ctx.Done()
			return fmt.Errorf("calling the connector: %w", ctx.Err())
		}})
		require.NoError(t, first.Start(t.Context()))
		enqueue(t, first, access.Job{Kind: access.Announce, Ref: "PD-2222"})
		<-began
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		require.NoError(t, first.Stop(ctx))
		require.NoError(t, first.Stop(ctx), "twice does no harm")
		require.NoError(t, first.Close())

		d := newDesk()
		begin := time.Now()
		start(t, open(t, address, store.Options{Now: d.now, Run: d.run}))
		d.next(t, soon)
		require.Less(t, time.Since(begin), soon)
	})
}

func TestStartNeedsSomethingThatRuns(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		s := open(t, address, store.Options{})
		require.ErrorContains(t, s.Start(t.Context()), "nothing was given to run them")
		require.NoError(t, s.Stop(t.Context()))
	})
}

func TestFiftyJobsAreDone(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		d := newDesk()
		s := d.store(t, address)
		for n := range 50 {
			enqueue(t, s, access.Job{Kind: access.Redraw, Ref: access.Ref(fmt.Sprint("PD-", n))})
		}
		seen := map[access.Ref]bool{}
		for range 50 {
			seen[d.next(t, soon).Ref] = true
		}
		require.Len(t, seen, 50)
	})
}
