package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/audit"
)

const (
	// drain is how long what is in flight may take at the end.
	drain = 10 * time.Second
	// sweepEvery is how often overdue requests are looked for, in case that a
	// job was lost with its process.
	sweepEvery = time.Minute
	// headEvery is how often the audit's head goes to the log, so that a chain
	// that was rewritten or cut off later can be noticed.
	headEvery = time.Minute
)

// Run serves until ctx ends, then finishes what is in flight.
func (a *App) Run(ctx context.Context) error {
	if err := a.tellLimits(ctx); err != nil {
		return fmt.Errorf("recording the start: %w", err)
	}
	if err := a.store.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("starting the jobs: %w", err)
	}
	background, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { // at once, too: but nobody is kept waiting by what Graph does not answer
		a.attempt(background, "sweeping", a.sweep)
		a.every(background, sweepEvery, "sweeping", a.sweep)
	})
	running.Go(func() {
		a.attempt(background, "comparing exclusions with Entra", a.compare)
		a.every(background, sweepEvery, "comparing exclusions with Entra", a.compare)
	})
	running.Go(func() { a.every(background, headEvery, "reading the audit's head", a.tellHead) })
	running.Go(func() {
		a.attempt(background, "meeting the replicas", a.meet)
		a.every(background, meetEvery, "meeting the replicas", a.meet)
	})
	running.Go(func() { a.every(background, pruneEvery, "forgetting the past", a.prune) })
	running.Go(func() { a.health.watch(background) })
	if a.stream != nil {
		running.Go(func() { a.stream.run(background) })
	}

	errs := make(chan error, 2)
	running.Go(func() { errs <- serve(a.server, a.listener) })
	metrics, err := a.serveMetrics(ctx, &running, errs)
	if err == nil {
		a.options.Log.InfoContext(ctx, "serving", "address", a.Addr().String())
		select {
		case <-ctx.Done():
		case err = <-errs:
		}
	}
	stop()
	err = errors.Join(err, a.shutDown(a.server, metrics))
	running.Wait()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	return errors.Join(err, a.stream.end(ctx))
}

// shutDown takes this replica out of service: first it says so, then it finishes
// what is in flight while it still answers, and beside that gives back its jobs.
func (a *App) shutDown(servers ...*http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	a.health.leaving.Store(true)
	jobs := make(chan error, 1)
	go func() { jobs <- a.store.Stop(ctx) }()
	faults := []error{a.bot.Close(ctx)}
	for _, s := range servers {
		if s != nil {
			faults = append(faults, s.Shutdown(ctx))
		}
	}
	faults = append(faults, <-jobs)
	return errors.Join(append(faults, a.store.Leave(ctx, a.replica.id))...)
}

// every does something again and again until ctx ends.
func (a *App) every(ctx context.Context, pause time.Duration, what string, do func(context.Context) error) {
	ticks := time.NewTicker(pause)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
			a.attempt(ctx, what, do)
		}
	}
}

func (a *App) attempt(ctx context.Context, what string, do func(context.Context) error) {
	if err := do(ctx); err != nil && ctx.Err() == nil {
		a.options.Log.ErrorContext(ctx, what, "error", err)
	}
}

// tellLimits records what Passdesk was told not to look at: somebody who says
// that a tenant has no eligible roles makes everybody count as not eligible.
func (a *App) tellLimits(ctx context.Context) error {
	if a.config.Entra.PIM != "absent" {
		return nil
	}
	return a.store.Update(ctx, func(tx access.Tx) error {
		tx.Record(audit.Entry{
			At: a.options.Now().UTC().Truncate(time.Millisecond), Actor: string(access.Passdesk),
			Action: "start", Outcome: audit.Done, Detail: map[string]string{"entra.pim": "absent"},
		})
		return nil
	})
}

func (a *App) tellHead(ctx context.Context) error {
	head, err := a.store.Head(ctx)
	if err == nil {
		a.options.Log.InfoContext(ctx, "audit", slog.String("head", head.String()))
	}
	return err
}

func serve(s *http.Server, l net.Listener) error {
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
