package graph

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// Shared changes a text that all replicas keep together: change gets it as it
// is, empty at first, and returns what it becomes. Meanwhile everybody else
// waits.
type Shared func(ctx context.Context, name string, change func(old string) string) error

const (
	// bookLimit bounds how long the ledger may take: a call that waits for it
	// longer goes without.
	bookLimit = 2 * time.Second
	// politePause is how often a background call looks whether there is room that
	// nobody else wants.
	politePause = time.Second
)

// ledger is what all replicas together send in a bucket, by their own clocks:
// the slack of the limits is for the differences between these.
type ledger struct {
	name   string
	shared Shared
}

// book counts calls that go after from, and tells when they may. Where that would
// be after latest, it counts nothing and says when it would have been. Sent are
// the last calls that are counted.
func (l *ledger) book(ctx context.Context, p pace, calls int, from, latest time.Time) (at time.Time, sent []time.Time, booked bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, bookLimit)
	defer cancel()
	err = l.shared(ctx, l.name, func(old string) string {
		var planned []time.Time
		sent = times(old)
		at, planned = p.plan(sent, from, calls)
		if booked = !at.After(latest); !booked {
			return old
		}
		sent = planned
		return written(sent)
	})
	return at, sent, booked, err
}

// together books calls with all other replicas, and waits for the time that is
// theirs. People book ahead; a background call takes, for a while, only what is
// free at once, so that it goes after them, of whatever replica they are. It
// tells false when the records cannot be reached: then this process keeps to the
// limit by itself.
func (b *bucket) together(ctx context.Context, calls int, spare time.Duration) (done bool, err error) {
	polite := rank(ctx)
	for {
		from, last := b.opens(time.Now()), lastTurn(ctx, time.Now(), spare)
		latest := last
		if polite.After(from) {
			latest = from
		}
		at, sent, booked, err := b.ledger.book(ctx, b.pace, min(calls, b.most), from, latest)
		switch {
		case err != nil && ctx.Err() == nil:
			return false, nil
		case err != nil || at.After(last):
			return true, &fault{after: time.Until(at), cause: errNoTurn}
		case booked:
			b.note(at, sent)
			return true, sleep(ctx, time.Until(at))
		}
		if err := sleep(ctx, politePause); err != nil {
			return true, err
		}
	}
}

// note remembers when the last call goes, and those before it, for whoever asks how
// busy it is.
func (b *bucket) note(at time.Time, sent []time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.booked, b.shared = later(b.booked, at), sent
}

// lastTurn is when a call may go at the latest.
func lastTurn(ctx context.Context, now time.Time, spare time.Duration) time.Time {
	if end, bounded := ctx.Deadline(); bounded {
		return end.Add(-spare)
	}
	return now.Add(longestClosed)
}

// sleep waits, unless nobody wants it any more.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return &fault{cause: errNoTurn}
	}
}

// times are those of a ledger; what cannot be read was not written by us
// and does not count.
func times(text string) []time.Time {
	var sent []time.Time
	for word := range strings.FieldsSeq(text) {
		if ms, err := strconv.ParseInt(word, 10, 64); err == nil {
			sent = append(sent, time.UnixMilli(ms))
		}
	}
	return sent
}

func written(sent []time.Time) string {
	words := make([]string, len(sent))
	for i, at := range sent {
		words[i] = strconv.FormatInt(at.UnixMilli(), 10)
	}
	return strings.Join(words, " ")
}
