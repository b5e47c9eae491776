package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/graph"
)

// endAllEvery is how long is waited between two looks at what is left.
const endAllEvery = time.Second

// LeftError says that not everything has ended in time.
type LeftError struct{ Left []access.Request }

// Error lists what is left.
func (e *LeftError) Error() string {
	left := make([]string, 0, len(e.Left))
	for _, r := range e.Left {
		left = append(left, fmt.Sprintf("%s (%s)", r.Ref, r.State))
	}
	return fmt.Sprintf("%d requests have not ended: %s", len(left), strings.Join(left, ", "))
}

// EndAll ends everything that is in force, and waits until every end was read
// back; tell is called with each request that has ended. People are not answered
// meanwhile, but their cards are redrawn. It may run beside others that serve on
// the same database. A *LeftError when ctx ends first.
func (a *App) EndAll(ctx context.Context, tell func(access.Request)) error {
	if err := a.store.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("starting the jobs: %w", err)
	}
	err := a.endAll(ctx, tell)
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	return errors.Join(err, a.store.Stop(stop))
}

func (a *App) endAll(ctx context.Context, tell func(access.Request)) error {
	looks := time.NewTicker(endAllEvery)
	defer looks.Stop()
	var before []access.Request
	for {
		left, err := a.desk.EndAll(graph.Background(ctx))
		if err != nil && ctx.Err() == nil {
			a.options.Log.WarnContext(ctx, "ending everything", "error", err)
		}
		a.tellEnded(ctx, before, left, tell)
		if err == nil && len(left) == 0 {
			return nil
		}
		if len(left) > 0 {
			before = left
		}
		select {
		case <-ctx.Done():
			return errors.Join(&LeftError{before}, err)
		case <-looks.C:
		}
	}
}

// tellEnded tells what was open before and is not any more.
func (a *App) tellEnded(ctx context.Context, before, left []access.Request, tell func(access.Request)) {
	open := map[access.Ref]bool{}
	for _, r := range left {
		open[r.Ref] = true
	}
	for _, r := range before {
		if open[r.Ref] {
			continue
		}
		if now, err := a.store.Request(ctx, r.Ref); err == nil {
			tell(now)
		}
	}
}
