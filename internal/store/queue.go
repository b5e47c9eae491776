package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"github.com/passdesk/passdesk/internal/access"
)

const (
	workers   = 32                     // jobs at a time: they wait for others far more than they compute
	cooldown  = 20 * time.Millisecond  // between two looks for jobs
	poll      = 500 * time.Millisecond // how late a job that is due at a time may start
	softStop  = 5 * time.Second        // what runs when the store is stopped may take this long
	completed = time.Hour              // how long a job that was done is kept
	given     = 7 * 24 * time.Hour     // and one that was given up
)

// queue holds the jobs of a database.
type queue interface {
	add(ctx context.Context, tx transaction, jobs []access.Job) error
	ring() // new jobs were committed
	start(ctx context.Context) error
	stop(ctx context.Context) error
	wake(ctx context.Context) error
	waiting(ctx context.Context, limit int) ([]access.Job, error)
}

// riverQueue is River on a database whose transactions are of type T.
type riverQueue[T any] struct {
	client *river.Client[T]
	driver riverdriver.Driver[T]
	bell   *wake // nil where the database itself tells of new jobs
	now    func() time.Time
	runs   bool
}

// newQueue makes a queue. In c is what differs between databases.
func newQueue[T any](driver riverdriver.Driver[T], bell *wake, o Options, c river.Config) (queue, error) {
	q := &riverQueue[T]{driver: driver, bell: bell, now: o.Now, runs: o.Run != nil}
	c.Workers = river.NewWorkers()
	if err := river.AddWorkerSafely(c.Workers, &worker{run: o.Run, now: o.Now, log: o.Log}); err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	c.Queues = map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: workers}}
	c.FetchCooldown = cooldown
	c.JobTimeout = jobTimeout
	c.RescueStuckJobsAfter = rescueAfter
	c.RetryPolicy = retry{o.Now}
	c.MaxAttempts = 10 * patience // never reached: see worker.steer
	c.SoftStopTimeout = softStop
	c.CompletedJobRetentionPeriod = completed
	c.CancelledJobRetentionPeriod = given
	c.DiscardedJobRetentionPeriod = given
	c.Logger = o.Log
	c.Test = river.TestConfig{Time: clock{o.Now}}
	var err error
	if q.client, err = river.NewClient(driver, &c); err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	return q, nil
}

// Start begins to run jobs, until Stop is called or ctx ends.
func (s *Store) Start(ctx context.Context) error { return s.queue.start(ctx) }

func (q *riverQueue[T]) start(ctx context.Context) error {
	if !q.runs {
		return errors.New("starting the jobs: nothing was given to run them")
	}
	watchJobs(q.client)
	if err := q.client.Start(ctx); err != nil {
		return fmt.Errorf("starting the jobs: %w", err)
	}
	return nil
}

// Stop takes no new jobs and waits for those that run. After 5 seconds their
// contexts end; they will run again at the next start.
func (s *Store) Stop(ctx context.Context) error { return s.queue.stop(ctx) }

func (q *riverQueue[T]) stop(ctx context.Context) error {
	if err := q.client.Stop(ctx); err != nil {
		return fmt.Errorf("stopping the jobs: %w", err)
	}
	done := q.client.Stopped()
	if done == nil {
		return nil // never started
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("stopping the jobs: %w", ctx.Err())
	}
}

// Wake makes what is due run now. Jobs that are due at a time are looked for
// every 5 seconds and ahead of their time; that is late only after the clock
// was moved.
func (s *Store) Wake(ctx context.Context) error { return s.queue.wake(ctx) }

func (q *riverQueue[T]) wake(ctx context.Context) error {
	now := q.now()
	_, err := q.driver.GetExecutor().JobSchedule(ctx, &riverdriver.JobScheduleParams{Max: 10_000, Now: &now})
	if err != nil {
		return broken(err)
	}
	q.ring()
	return nil
}

func (q *riverQueue[T]) ring() {
	if q.bell != nil {
		q.bell.ring()
	}
}

// Waiting lists the jobs that are not done: for a look from outside, at most
// limit of them.
func (s *Store) Waiting(ctx context.Context, limit int) ([]access.Job, error) {
	return s.queue.waiting(ctx, limit)
}

func (q *riverQueue[T]) waiting(ctx context.Context, limit int) ([]access.Job, error) {
	list, err := q.client.JobList(ctx, river.NewJobListParams().First(orMost(limit)).States(
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
		rivertype.JobStateRunning, rivertype.JobStateScheduled))
	if err != nil {
		return nil, broken(err)
	}
	jobs := make([]access.Job, 0, len(list.Jobs))
	for _, row := range list.Jobs {
		o, err := decode[order](row.EncodedArgs)
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, access.Job{Kind: o.What, Ref: o.Ref, Person: o.Person, At: row.ScheduledAt})
	}
	return jobs, nil
}

// Enqueue implements access.Tx. The same job given twice in one transaction is
// one job.
func (t *txn) Enqueue(_ context.Context, j access.Job) error {
	j.At = kept(j.At)
	for _, have := range t.jobs {
		if have.Kind == j.Kind && have.Ref == j.Ref && have.Person == j.Person && have.At.Equal(j.At) {
			return nil
		}
	}
	t.jobs = append(t.jobs, j)
	return nil
}

// add stores jobs in tx. A job that is due already is not scheduled: it would
// wait for the next look at what is.
func (q *riverQueue[T]) add(ctx context.Context, tx transaction, jobs []access.Job) error {
	if len(jobs) == 0 {
		return nil
	}
	now := q.now()
	params := make([]river.InsertManyParams, 0, len(jobs))
	for _, j := range jobs {
		p := river.InsertManyParams{Args: order{What: j.Kind, Ref: j.Ref, Person: j.Person}}
		if j.At.After(now) {
			p.InsertOpts = &river.InsertOpts{ScheduledAt: j.At}
		}
		params = append(params, p)
	}
	raw, ok := tx.raw().(T)
	if !ok {
		return fmt.Errorf("jobs: a transaction of type %T", tx.raw())
	}
	if _, err := q.client.InsertManyTx(ctx, raw, params); err != nil {
		return broken(fmt.Errorf("jobs: %w", err))
	}
	return nil
}

// clock is River's clock: the store's.
type clock struct{ now func() time.Time }

// Now implements rivertype.TimeGenerator.
func (c clock) Now() time.Time { return c.now() }

// NowOrNil implements rivertype.TimeGenerator.
func (c clock) NowOrNil() *time.Time {
	now := c.now()
	return &now
}
