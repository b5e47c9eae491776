package graph

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

const (
	// yields is how much later than it came a background call counts as having
	// come: so long it lets others go first, and no longer, or a busy day would
	// keep it from ever being sent. A job's own time is some times as long.
	yields = 20 * time.Second
	// longestClosed bounds how long a bucket stays closed because Graph said so.
	longestClosed = time.Minute
)

// errNoTurn is why a call was not made: its turn would not come in time.
var errNoTurn = errors.New("no turn within graph's limits in time")

// pace is how many calls go in any stretch of time of one length.
type pace struct {
	most int
	per  time.Duration
}

// plan tells when the last of so many calls may go, after those that were sent,
// and what would be counted by then: the last calls, most of them at most, oldest
// first.
func (p pace) plan(sent []time.Time, from time.Time, calls int) (at time.Time, next []time.Time) {
	at, next = from, slices.Clone(sent)
	for range calls {
		if len(next) >= p.most {
			at = later(at, next[len(next)-p.most].Add(p.per))
		}
		next = append(next, at)
	}
	return at, next[max(0, len(next)-p.most):]
}

// bucket keeps calls to a pace. Whoever would be one more waits, in the order of
// arrival. It counts what this process sends, by the real clock, and with a
// ledger what all replicas send.
type bucket struct {
	pace
	ledger *ledger // nil: this process is alone

	mu      sync.Mutex
	sent    []time.Time // of the last calls
	booked  time.Time   // when the last call goes that was booked with others
	shared  []time.Time // of the last calls of all replicas, as the last one here found them
	closed  time.Time   // nothing goes before
	waiting []*ticket   // who goes first is first
	moved   chan struct{}
}

// ticket is somebody's place among those who wait.
type ticket struct {
	rank  time.Time
	calls int
}

func newBucket(most int, per time.Duration) *bucket {
	return &bucket{pace: pace{most, per}, moved: make(chan struct{})}
}

// take waits until so many calls may go, and counts them. Where their turn comes
// only when less than spare is left of the context's time, they do not wait for
// it: the fault tells after how long it would have come.
func (b *bucket) take(ctx context.Context, calls int, spare time.Duration) error {
	if b.ledger != nil {
		if done, err := b.together(ctx, calls, spare); done {
			return err
		}
	}
	t := b.join(calls, rank(ctx))
	defer b.leave(t)
	for {
		at, first, moved := b.turn(t)
		if first && at.IsZero() {
			return nil
		}
		if !lasts(ctx, time.Until(at)+spare) {
			return &fault{after: time.Until(at), cause: errNoTurn}
		}
		if err := waitTurn(ctx, at, first, moved); err != nil {
			return &fault{after: time.Until(at), cause: errors.Join(errNoTurn, err)}
		}
	}
}

// waitTurn waits until something may have changed for a ticket: its time has
// come, if it is the first, or the order is another.
func waitTurn(ctx context.Context, at time.Time, first bool, moved <-chan struct{}) error {
	var due <-chan time.Time
	if first {
		timer := time.NewTimer(time.Until(at))
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-due:
	case <-moved:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

func (b *bucket) join(calls int, rank time.Time) *ticket {
	t := &ticket{rank, calls}
	b.mu.Lock()
	defer b.mu.Unlock()
	i := len(b.waiting)
	for i > 0 && b.waiting[i-1].rank.After(rank) {
		i--
	}
	b.waiting = slices.Insert(b.waiting, i, t)
	b.changed()
	return t
}

func (b *bucket) leave(t *ticket) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting = slices.DeleteFunc(b.waiting, func(w *ticket) bool { return w == t })
	b.changed()
}

func (b *bucket) changed() {
	close(b.moved)
	b.moved = make(chan struct{})
}

// turn tells when a ticket's turn comes. For the first, the zero time says that
// it is now, and that its calls are counted.
func (b *bucket) turn(t *ticket) (at time.Time, first bool, moved <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now, calls := time.Now(), 0
	for _, w := range b.waiting {
		calls += min(w.calls, b.most) // more would never fit
		if w == t {
			break
		}
	}
	first = b.waiting[0] == t
	if at, _ = b.after(now, calls); !first || at.After(now) {
		return at, first, b.moved
	}
	_, b.sent = b.after(now, calls)
	return time.Time{}, true, nil
}

// after tells when the last of so many calls may go, and what would be counted
// by then.
func (b *bucket) after(now time.Time, calls int) (time.Time, []time.Time) {
	return b.plan(b.sent, later(now, b.closed), calls)
}

// close lets nothing go for a while: Graph counts otherwise than we do, or
// others share what it allows.
func (b *bucket) close(wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = later(b.closed, time.Now().Add(min(wait, longestClosed)))
}

// wait is how long one more call would wait that came now. Of what other replicas
// have booked it knows what the last call here has found.
func (b *bucket) wait(now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	calls := 1
	for _, w := range b.waiting {
		calls += min(w.calls, b.most)
	}
	at, _ := b.after(now, calls)
	return max(0, later(at, b.booked).Sub(now))
}

// opens is when something may go again.
func (b *bucket) opens(now time.Time) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return later(now, b.closed)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
