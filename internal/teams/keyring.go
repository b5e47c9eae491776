package teams

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"
)

// How long keys live. Bot Framework demands a refresh at least every 24 h
// (Connector authentication, step 3); a channel whose metadata is down goes on
// for three days.
const (
	refreshAfter = 24 * time.Hour
	staleAfter   = 72 * time.Hour
	unknownGap   = time.Minute     // between refreshes for keys that are not there
	failureGap   = time.Minute     // between refreshes while old keys still serve
	emptyGap     = 2 * time.Second // between fetches while there are no keys at all
)

var (
	errNoKeys     = errors.New("channel keys are not available")
	errKeyUnknown = errors.New("signing key is unknown")
)

// keyring holds the channel's keys. Looking up a key that is there takes no
// lock; any number of requests that need a fetch share one.
type keyring struct {
	fetch  func(context.Context) (map[string]*signingKey, error)
	now    func() time.Time
	log    *slog.Logger
	set    atomic.Pointer[keySet]
	due    atomic.Int64 // when a refresh in the background may start, Unix nanoseconds
	flight singleflight.Group

	// Only touched inside the flight.
	tried   time.Time // the last fetch
	unknown time.Time // the last fetch for the sake of an unknown key
	failure error     // of the last fetch
}

type keySet struct {
	keys    map[string]*signingKey
	fetched time.Time
}

// current returns the keys in force, nil when there are none or when they are
// older than may be served. Keys older than a day are refreshed behind the
// request's back.
func (r *keyring) current(ctx context.Context) *keySet {
	set := r.set.Load()
	if set == nil {
		return nil
	}
	now := r.now()
	age := now.Sub(set.fetched)
	if age <= refreshAfter {
		return set
	}
	if due := r.due.Load(); now.UnixNano() >= due && r.due.CompareAndSwap(due, now.Add(failureGap).UnixNano()) {
		r.join(ctx, func(ctx context.Context) error { return r.renew(ctx) })
	}
	if age > staleAfter {
		return nil
	}
	return set
}

// find returns the key with an id, and fetches the keys when it is not there.
// The error is errKeyUnknown when the channel has no such key, errNoKeys when it
// cannot be asked, or the context's.
func (r *keyring) find(ctx context.Context, id string) (*signingKey, error) {
	if set := r.current(ctx); set != nil && set.keys[id] != nil {
		return set.keys[id], nil
	}
	err := r.wait(ctx, func(ctx context.Context) error { return r.seek(ctx, id) })
	if ctx.Err() != nil {
		return nil, fmt.Errorf("waiting for channel keys: %w", ctx.Err())
	}
	set := r.current(ctx)
	switch {
	case set == nil:
		return nil, errors.Join(errNoKeys, err)
	case set.keys[id] == nil && err != nil: // it may be newer than the keys at hand
		return nil, errors.Join(errNoKeys, err)
	case set.keys[id] == nil:
		return nil, errKeyUnknown
	}
	return set.keys[id], nil
}

// ready makes sure that there are keys.
func (r *keyring) ready(ctx context.Context) error {
	if r.current(ctx) != nil {
		return nil
	}
	err := r.wait(ctx, func(ctx context.Context) error { return r.seek(ctx, "") })
	if r.current(ctx) != nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("waiting for channel keys: %w", ctx.Err())
	}
	return errors.Join(errNoKeys, err)
}

// seek runs inside the flight. Whoever was late finds that the key has come, or
// that a fetch has just been made in vain. The empty id is content with any key.
func (r *keyring) seek(ctx context.Context, id string) error {
	now := r.now()
	set := r.set.Load()
	if set != nil && now.Sub(set.fetched) <= staleAfter {
		if id == "" || set.keys[id] != nil {
			return nil
		}
		if since(now, r.unknown) < r.gap() {
			return r.failure
		}
	} else if since(now, r.tried) < emptyGap {
		return r.failure
	}
	if id != "" {
		r.unknown = now
	}
	return r.renew(ctx)
}

// gap is how long after a fetch for an unknown key the next one may follow. One
// that failed is repeated soon: whoever signs with a new key waits for it.
func (r *keyring) gap() time.Duration {
	if r.failure != nil {
		return emptyGap
	}
	return unknownGap
}

// since is how far two times are apart, whichever comes first: a clock that was
// set back must not stop refreshes.
func since(now, then time.Time) time.Duration { return now.Sub(then).Abs() }

// renew runs inside the flight and fetches the keys.
func (r *keyring) renew(ctx context.Context) error {
	now := r.now()
	r.tried = now
	keys, err := r.fetch(ctx)
	r.failure = err
	r.due.Store(now.Add(failureGap).UnixNano())
	if err != nil {
		r.log.LogAttrs(ctx, slog.LevelWarn, "channel keys not refreshed", slog.Any("error", err))
		return err
	}
	r.set.Store(&keySet{keys: keys, fetched: now})
	return nil
}

// join starts the flight or boards the one that is under way. It outlives the
// request that started it, because others wait for it too.
func (r *keyring) join(ctx context.Context, work func(context.Context) error) <-chan singleflight.Result {
	ctx = context.WithoutCancel(ctx)
	return r.flight.DoChan("keys", func() (any, error) { return nil, work(ctx) })
}

func (r *keyring) wait(ctx context.Context, work func(context.Context) error) error {
	select {
	case done := <-r.join(ctx, work):
		return done.Err
	case <-ctx.Done():
		return ctx.Err()
	}
}
