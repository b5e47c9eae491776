package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/passdesk/passdesk/internal/access"
)

const (
	jobTimeout  = time.Minute
	rescueAfter = 90 * time.Second // a job whose process died runs again after this; longer than jobTimeout
	firstRetry  = time.Second
	lastRetry   = 5 * time.Minute
	// patience is after how many failures a job is no longer counted as one that
	// will succeed soon. From then on it sleeps between its attempts, which
	// leaves no more traces in its row.
	patience = 12
	// giveUp is the age at which a job that only tells somebody something is
	// given up; see lasts.
	giveUp = 24 * time.Hour
)

// order is a job as River stores it: nothing but its kind and whom it is about.
type order struct {
	What   access.JobKind `json:"kind"`
	Ref    access.Ref     `json:"ref"`
	Person access.ID      `json:"person,omitempty"`
}

// Kind implements river.JobArgs.
func (order) Kind() string { return "desk" }

// worker does the jobs.
type worker struct {
	river.WorkerDefaults[order]
	run func(context.Context, access.Job) error
	now func() time.Time
	log *slog.Logger
}

// Work implements river.Worker.
func (w *worker) Work(ctx context.Context, j *river.Job[order]) error {
	job := access.Job{Kind: j.Args.What, Ref: j.Args.Ref, Person: j.Args.Person, At: j.ScheduledAt, Again: j.Attempt > 1}
	ctx = access.WithAbout(ctx, access.About{Request: job.Ref, Job: job.Kind})
	err := w.guarded(ctx, job)
	if err == nil {
		working(job)
		return nil
	}
	if errors.Is(ctx.Err(), context.Canceled) { // the store is being stopped: this was no attempt
		return errors.Join(err, ctx.Err())
	}
	return w.steer(ctx, j.JobRow, job, err)
}

// guarded turns a panic into an error, so that a job that must not be given up
// is not.
func (w *worker) guarded(ctx context.Context, job access.Job) (err error) {
	defer func() {
		if r := recover(); r != nil {
			w.log.ErrorContext(ctx, "job panicked", "panic", r, "stack", string(debug.Stack()))
			err = fmt.Errorf("job panicked: %v", r)
		}
	}()
	return w.run(ctx, job)
}

// steer decides what becomes of a job that failed.
func (w *worker) steer(ctx context.Context, row *rivertype.JobRow, job access.Job, err error) error {
	if d, ok := snooze(err); ok {
		return river.JobSnooze(max(d, 0))
	}
	if row.Attempt < patience {
		return err
	}
	if !lasts(job.Kind) && w.now().Sub(row.CreatedAt) > giveUp {
		w.log.ErrorContext(ctx, "job given up", "error", err)
		return river.JobCancel(err)
	}
	w.log.WarnContext(ctx, "job keeps failing", "error", err)
	return river.JobSnooze(lastRetry)
}

// lasts tells whether a job of the kind is never given up: what falls due, what
// has to end, and what security has to hear.
func lasts(k access.JobKind) bool { return k == access.Due || k == access.Undo || k == access.Sound }

// snooze finds in err how long its job wants to sleep.
func snooze(err error) (time.Duration, bool) {
	s, ok := errors.AsType[interface {
		error
		Snooze() (time.Duration, bool)
	}](err)
	if !ok {
		return 0, false
	}
	return s.Snooze()
}

// retry is River's retry policy: 1, 2, 4, … seconds, at most lastRetry.
type retry struct{ now func() time.Time }

// NextRetry implements river.ClientRetryPolicy.
func (r retry) NextRetry(row *rivertype.JobRow) time.Time {
	return r.now().Add(untilNext(row.Attempt))
}

func untilNext(attempt int) time.Duration {
	d := firstRetry
	for range attempt - 1 {
		if d *= 2; d >= lastRetry {
			return lastRetry
		}
	}
	return d
}
