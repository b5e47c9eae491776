package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/passdesk/passdesk/internal/access"
)

const (
	// streamEvery is how often is looked for new lines: two reads of one row each.
	streamEvery = time.Second
	// streamLines and streamBytes bound what a sink is given at a time; a single
	// line may be longer.
	streamLines = 500
	streamBytes = 1 << 20
	// streamLimit bounds how long a sink may take: far less than a replica leads.
	streamLimit = 15 * time.Second
	// streamRetry is how long is waited after a first failure; longestStreamRetry,
	// after many.
	streamRetry        = time.Second
	longestStreamRetry = 5 * time.Minute
)

// sink takes lines of the audit, each with its line break. When it returns nil it
// has them for good. Its error may say after how long to try again, as an
// *access.Error does.
type sink func(ctx context.Context, lines []byte) error

// stream sends the audit to where it is wanted, each line at least once and in
// order, from the replica that leads. The cursor is in the database, and moves when
// the sink has taken the lines: what a crash comes between is sent again.
type stream struct {
	app  *App
	name string // what the cursor is kept under: the sink's address
	take sink

	mu      sync.Mutex
	failing bool
}

// openStream makes the stream, where one is configured.
func (a *App) openStream(context.Context) error {
	to := a.config.AuditStream.To
	if to == "" {
		return nil
	}
	take, err := a.newSink(to)
	if err != nil {
		return fmt.Errorf("audit_stream.to: %w", err)
	}
	a.stream = &stream{app: a, name: to, take: take}
	return nil
}

// run sends until ctx ends.
func (s *stream) run(ctx context.Context) {
	rhythm := &backoff.ExponentialBackOff{
		InitialInterval: streamRetry, RandomizationFactor: 0.2, Multiplier: 2, MaxInterval: longestStreamRetry,
	}
	rhythm.Reset()
	for ctx.Err() == nil {
		pause := streamEvery
		if err := s.round(ctx); err != nil && ctx.Err() == nil {
			pause = max(rhythm.NextBackOff(), min(wanted(err), longestStreamRetry))
			s.app.options.Log.WarnContext(ctx, "sending the audit", "again_in", pause, "error", err)
			s.fails(true)
		} else if err == nil {
			rhythm.Reset()
			s.fails(false)
		}
		sleep(ctx, pause)
	}
}

// round sends what is new, if this replica is the one to do it.
func (s *stream) round(ctx context.Context) error {
	head, err := s.app.store.Head(ctx)
	if err != nil {
		return err
	}
	from, err := s.app.store.Streamed(ctx, s.name)
	if err != nil || from >= head.Seq {
		return err
	}
	from, leads, err := s.app.store.Lead(ctx, s.name, s.app.replica.id)
	for err == nil && leads && from < head.Seq {
		from, err = s.send(ctx, from)
	}
	return err
}

// send sends one piece after a line, and returns the last line that the sink has.
func (s *stream) send(ctx context.Context, from int64) (int64, error) {
	lines, to, err := s.piece(ctx, from)
	if err != nil {
		return from, err
	}
	taking, cancel := context.WithTimeout(ctx, streamLimit)
	defer cancel()
	if err := s.take(taking, lines); err != nil {
		s.app.counts.streamFailure.Inc()
		return from, err
	}
	s.app.counts.streamed.Add(float64(to - from))
	return to, s.app.store.Taken(ctx, s.name, s.app.replica.id, from, to)
}

// piece reads the lines after one, as many as go at a time. There is one at least.
func (s *stream) piece(ctx context.Context, from int64) (lines []byte, to int64, err error) {
	to = from
	for line, err := range s.app.store.Lines(ctx, from+1) {
		switch {
		case err != nil:
			return nil, from, fmt.Errorf("reading the audit: %w", err)
		case line.Seq != to+1:
			return nil, from, fmt.Errorf("audit line %d is missing", to+1)
		}
		lines, to = line.Append(lines), line.Seq
		if to-from == streamLines || len(lines) >= streamBytes {
			break
		}
	}
	if to == from {
		return nil, from, fmt.Errorf("audit line %d is missing", from+1)
	}
	return lines, to, nil
}

// end lets another replica go on at once.
func (s *stream) end(ctx context.Context) error {
	if s == nil {
		return nil
	}
	return s.app.store.Yield(ctx, s.name, s.app.replica.id)
}

func (s *stream) fails(is bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failing = is
}

// word tells how the stream is, as far as this replica has tried.
func (s *stream) word() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failing {
		return failingWord
	}
	return wellWord
}

// wanted is how long a sink wants to be left alone.
func wanted(err error) time.Duration {
	if e, ok := errors.AsType[*access.Error](err); ok {
		return e.After
	}
	return 0
}

func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
