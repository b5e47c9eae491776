package bot

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// How long things may take. Teams gives up after an unwritten time of about
// five seconds and shows an error; people give up sooner.
const (
	patience    = 2500 * time.Millisecond // until a click is answered, whatever Entra does
	longest     = 45 * time.Second        // a call that nobody waits for any more
	failureKept = time.Minute             // a late refusal waits that long for the next press
	lastWords   = time.Second             // for calls to end that were cut off
	mostCalls   = 64                      // calls that run at the same time
	mostKept    = 1024                    // late refusals that wait
)

// What a click, or a message, gets instead of its outcome.
var (
	errPending = errors.New("the call is still running")
	errBusy    = errors.New("too many calls are running")
	errJoined  = errors.New("the call is running for somebody else")
	errPanic   = errors.New("panic")
)

// window bounds how long a click waits for its call. The call does not end with
// the request that began it: an impatient client must not cut off something
// half done. The same click joins the call that runs already, and a failure that
// comes too late is told at the next press. An outcome is never kept: it stands
// in the store, and a code must be nowhere else.
type window[T any] struct {
	mu      sync.Mutex
	running map[access.Click]*running[T]
	failed  map[access.Click]failure
	calls   sync.WaitGroup
	closed  bool
}

type running[T any] struct {
	done    chan struct{}
	outcome T
	err     error
	joined  bool // somebody was there to hear the outcome
	late    func(context.Context, T, error)
	cut     context.CancelFunc
}

type failure struct {
	err error
	at  time.Time
}

func newWindow[T any]() *window[T] {
	return &window[T]{
		running: map[access.Click]*running[T]{},
		failed:  map[access.Click]failure{},
	}
}

// do runs call for a click, or joins the one that runs for it, and waits for the
// outcome at most so long: errPending. errBusy when nothing was begun.
func (w *window[T]) do(ctx context.Context, most time.Duration, c access.Click, call func(context.Context) (T, error)) (T, error) {
	var none T
	w.mu.Lock()
	r, err := w.join(c)
	if r == nil && err == nil {
		r, err = w.begin(ctx, c, call, nil)
	}
	w.mu.Unlock()
	if err != nil {
		return none, err
	}
	return w.await(most, r)
}

// once runs call for a click that is answered by whoever brought it first:
// errJoined for all others. When the outcome is errPending, late hears the real
// one as soon as it is there.
func (w *window[T]) once(ctx context.Context, most time.Duration, c access.Click, call func(context.Context) (T, error), late func(context.Context, T, error)) (T, error) {
	var none T
	w.mu.Lock()
	if w.running[c] != nil {
		w.mu.Unlock()
		return none, errJoined
	}
	r, err := w.begin(ctx, c, call, late)
	w.mu.Unlock()
	if err != nil {
		return none, err
	}
	return w.await(most, r)
}

// join returns the running call of a click, or how it failed too late to be
// told; nothing if there is neither.
func (w *window[T]) join(c access.Click) (*running[T], error) {
	if r := w.running[c]; r != nil {
		r.joined = true
		return r, nil
	}
	if f, late := w.failed[c]; late {
		delete(w.failed, c)
		if time.Since(f.at) < failureKept {
			return nil, f.err
		}
	}
	return nil, nil
}

// begin runs a call, with a context that is not the request's.
func (w *window[T]) begin(ctx context.Context, c access.Click, call func(context.Context) (T, error), late func(context.Context, T, error)) (*running[T], error) {
	if w.closed || len(w.running) >= mostCalls {
		return nil, errBusy
	}
	detached, cut := context.WithTimeout(context.WithoutCancel(ctx), longest) //nolint:gosec // run calls cut
	r := &running[T]{done: make(chan struct{}), joined: true, late: late, cut: cut}
	w.running[c] = r
	w.calls.Go(func() { w.run(detached, c, r, call) })
	return r, nil
}

// await waits for an outcome, at most so long.
func (w *window[T]) await(most time.Duration, r *running[T]) (T, error) {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-r.done:
		return r.outcome, r.err
	case <-timer.C:
		return w.leave(r)
	}
}

// leave gives up waiting, unless the outcome came at that very moment.
func (w *window[T]) leave(r *running[T]) (T, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-r.done:
		return r.outcome, r.err
	default:
	}
	r.joined = false
	var none T
	return none, errPending
}

// run makes the call, and sees to it that its outcome is heard.
func (w *window[T]) run(ctx context.Context, c access.Click, r *running[T], call func(context.Context) (T, error)) {
	defer r.cut()
	outcome, err := guarded(ctx, call)
	if !w.end(c, r, outcome, err) && r.late != nil {
		r.late(ctx, outcome, err)
	}
}

// end hands the outcome to those who wait; false if nobody does any more.
func (w *window[T]) end(c access.Click, r *running[T], outcome T, err error) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	r.outcome, r.err = outcome, err
	delete(w.running, c)
	if err != nil && !r.joined && r.late == nil {
		w.keep(c, err)
	}
	close(r.done)
	return r.joined
}

// guarded turns a panic of the call into an error, with its stack for the log.
func guarded[T any](ctx context.Context, call func(context.Context) (T, error)) (outcome T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v\n%s", errPanic, p, debug.Stack())
		}
	}()
	return call(ctx)
}

// keep remembers a failure that nobody heard. A stale card is told anew anyway.
func (w *window[T]) keep(c access.Click, err error) {
	if len(w.failed) >= mostKept {
		for old, f := range w.failed {
			if time.Since(f.at) >= failureKept {
				delete(w.failed, old)
			}
		}
	}
	if len(w.failed) < mostKept && access.CodeOf(err) != access.Stale {
		w.failed[c] = failure{err, time.Now()}
	}
}

// close begins no more calls and waits for those that run. When ctx ends first,
// they are cut off.
func (w *window[T]) close(ctx context.Context) error {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	done := make(chan struct{})
	go func() {
		w.calls.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		w.cut()
		select {
		case <-done:
		case <-time.After(lastWords): // it heeds no context: as after a crash, the next process finds out what came of it
		}
		return ctx.Err()
	}
}

// cut ends the contexts of all calls.
func (w *window[T]) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range w.running {
		r.cut()
	}
}
