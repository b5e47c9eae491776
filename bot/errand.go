package bot

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
)

const (
	// mostErrands run at the same time.
	mostErrands = 64
	// errandLasts bounds one: a report of a million people takes an hour.
	errandLasts = 75 * time.Minute
)

// errands are what goes on when everybody has been answered: a message that is
// kept up to date, a file that is put away. What they do need not be done after a
// crash: the person asks again.
type errands struct {
	log     *slog.Logger
	mu      sync.Mutex
	running map[string]bool
	ctx     context.Context //nolint:containedctx // ends with close, not with a call
	stop    context.CancelFunc
	work    sync.WaitGroup
	closed  bool
}

func newErrands(log *slog.Logger) *errands {
	e := &errands{log: log, running: map[string]bool{}}
	e.ctx, e.stop = context.WithCancel(context.Background())
	return e
}

// begin does something in the background, unless something of that name is being
// done. It tells false when nothing more can be begun.
func (e *errands) begin(name string, do func(context.Context)) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.running[name]:
		return true
	case e.closed || len(e.running) >= mostErrands:
		return false
	}
	e.running[name] = true
	e.work.Go(func() {
		ctx, cancel := context.WithTimeout(e.ctx, errandLasts)
		defer cancel()
		defer e.end(name)
		do(ctx)
	})
	return true
}

// end forgets an errand. A panic is a fault of ours, and no reason to stop.
func (e *errands) end(name string) {
	if p := recover(); p != nil {
		e.log.Error("panic", slog.String("errand", name), slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.running, name)
}

// close begins nothing more, tells what runs to end, and waits for it.
func (e *errands) close(ctx context.Context) error {
	e.mu.Lock()
	e.closed = true
	e.mu.Unlock()
	e.stop()
	done := make(chan struct{})
	go func() {
		e.work.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("ending errands: %w", ctx.Err())
	}
}
