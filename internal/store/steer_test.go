package store

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

func TestBackoff(t *testing.T) {
	t.Parallel()
	for attempt, want := range map[int]time.Duration{
		0: time.Second, 1: time.Second, 2: 2 * time.Second, 3: 4 * time.Second, 9: 256 * time.Second,
		10: 5 * time.Minute, 11: 5 * time.Minute, 1_000_000: 5 * time.Minute,
	} {
		require.Equal(t, want, untilNext(attempt), "attempt %d", attempt)
	}
}

type sleep struct {
	time.Duration
	yes bool
}

func (sleep) Error() string                   { return "sleep" }
func (s sleep) Snooze() (time.Duration, bool) { return s.Duration, s.yes }

// What becomes of a job that failed.
func TestSteer(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	down := errors.New("down")
	for name, c := range map[string]struct {
		kind    access.JobKind
		attempt int
		age     time.Duration
		err     error
		want    error
	}{
		"first failure":                    {access.Announce, 1, 0, down, down},
		"last failure that is traced":      {access.Announce, patience - 1, 0, down, down},
		"keeps failing":                    {access.Announce, patience, time.Hour, down, river.JobSnooze(lastRetry)},
		"keeps failing for a day":          {access.Announce, patience, giveUp + 1, down, river.JobCancel(down)},
		"what is due is never given up":    {access.Due, patience, 400 * giveUp, down, river.JobSnooze(lastRetry)},
		"asks to sleep":                    {access.Announce, 1, 0, sleep{time.Minute, true}, river.JobSnooze(time.Minute)},
		"asks to sleep less than nothing":  {access.Announce, 1, 0, sleep{-time.Minute, true}, river.JobSnooze(0)},
		"does not ask to sleep":            {access.Announce, 1, 0, sleep{time.Minute, false}, sleep{time.Minute, false}},
		"asks to sleep after many a night": {access.Due, patience, giveUp, sleep{time.Minute, true}, river.JobSnooze(time.Minute)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &worker{now: func() time.Time { return now }, log: slog.New(slog.DiscardHandler)}
			row := &rivertype.JobRow{Attempt: c.attempt, CreatedAt: now.Add(-c.age)}
			require.Equal(t, c.want, w.steer(context.Background(), row, access.Job{Kind: c.kind}, c.err))
		})
	}
}

// A job that the stop of the store cuts off, whatever it makes of that, is told
// to River as cut off: then it was no attempt.
func TestWorkThatIsCutOff(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	w := &worker{
		now: time.Now, log: slog.New(slog.DiscardHandler),
		run: func(context.Context, access.Job) error {
			cancel()
			return sleep{time.Hour, true}
		},
	}
	err := w.Work(ctx, &river.Job[order]{JobRow: &rivertype.JobRow{Attempt: patience}})
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, river.JobSnooze(0))
}

// The bell alone makes a job start: the poll comes an hour too late.
func TestJobStartsAtOnce(t *testing.T) {
	t.Parallel()
	ran := make(chan access.Job, 1)
	s := fresh(t)
	var err error
	s.queue, err = s.engine.jobs(Options{
		Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Run: func(_ context.Context, j access.Job) error { ran <- j; return nil },
	}, time.Hour)
	require.NoError(t, err)
	require.NoError(t, s.Start(t.Context()))
	for range 3 {
		require.NoError(t, s.Update(t.Context(), func(tx access.Tx) error {
			return tx.Enqueue(t.Context(), access.Job{Kind: access.Redraw, Ref: "PD-2222"})
		}))
		select {
		case <-ran:
		case <-time.After(30 * time.Second):
			require.Fail(t, "the job waits for the poll")
		}
	}
	require.NoError(t, s.Stop(t.Context()))
}
