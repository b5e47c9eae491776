package access

import (
	"context"
	"errors"
	"sync"
	"time"
)

// How long a rollout is good for, and how long one takes to read at the longest.
const (
	rolloutKept  = time.Hour       // without being read anew
	rolloutYoung = 5 * time.Minute // younger ones are not read anew, whoever asks
	// readingLasts bounds a reading: a million people, of whom 300 a second are
	// told.
	readingLasts = time.Hour
)

// Reading is a rollout that is being read, for all who wait for it.
type Reading struct {
	done chan struct{}

	mu       sync.Mutex
	progress Progress
	err      error
}

// Done is closed when the rollout is there, or will not come.
func (r *Reading) Done() <-chan struct{} { return r.done }

// Progress is how far it has come.
func (r *Reading) Progress() Progress {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.progress
}

// Err is why it did not come; nil until it is done.
func (r *Reading) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

func (r *Reading) told(p Progress) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.progress = p
}

// reader reads rollouts, one at a time, and keeps the last.
type reader struct {
	mu      sync.Mutex
	last    *Rollout
	running *Reading
	stop    context.CancelFunc
	closed  bool
	work    sync.WaitGroup
}

// rollout is the last one, if it is young enough, and else the reading that all
// wait for.
func (d *Desk) rollout(anew bool) (*Rollout, *Reading) {
	r := &d.reader
	r.mu.Lock()
	defer r.mu.Unlock()
	most := rolloutKept
	if anew {
		most = rolloutYoung
	}
	switch {
	case r.running != nil:
		return nil, r.running
	case r.last != nil && d.Now().Sub(r.last.Read) < most:
		return r.last, nil
	}
	r.running = &Reading{done: make(chan struct{})}
	if r.closed {
		r.running.err = Fail(Unavailable, "Passdesk is stopping. Ask again in a minute.")
		close(r.running.done)
		return nil, r.running
	}
	ctx, stop := context.WithTimeout(context.Background(), readingLasts)
	r.stop = stop
	r.work.Go(func() {
		defer stop()
		d.read(ctx, r.running)
	})
	return nil, r.running
}

// read reads the rollout. It is nobody's call: who asked may be gone.
func (d *Desk) read(ctx context.Context, running *Reading) {
	next, err := d.takeCensus(ctx, running.told)
	if err != nil {
		d.Log.WarnContext(ctx, "reading the rollout", "read", running.Progress().Read, "error", err)
	}
	r := &d.reader
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil {
		if r.last != nil {
			r.last.spool.release()
		}
		r.last = next
	}
	running.mu.Lock()
	running.err = err
	running.mu.Unlock()
	r.running = nil
	close(running.done)
}

// takeCensus counts everybody.
func (d *Desk) takeCensus(ctx context.Context, told func(Progress)) (*Rollout, error) {
	if d.Census == nil {
		return nil, Fail(Unavailable, "Passdesk cannot read how people sign in here.")
	}
	median, passkeys, err := d.median(ctx)
	if err != nil {
		return nil, err
	}
	s, err := newSpool()
	if err != nil {
		d.Log.WarnContext(ctx, "making a report without a file", "error", err)
	}
	t := newTally(s)
	t.Median, t.Passkeys = median, passkeys
	err = d.Census.Registrations(ctx, told, func(r Registration) error { t.add(r); return ctx.Err() })
	if err != nil {
		s.release()
		return nil, err
	}
	if err := s.finish(); err != nil {
		d.Log.WarnContext(ctx, "making a report without a file", "error", err)
		s.release()
		t.spool = nil
	}
	return t.rollout(d.now()), nil
}

// stopReading ends what is being read, and removes the file.
func (d *Desk) stopReading() {
	r := &d.reader
	r.mu.Lock()
	r.closed = true
	if r.stop != nil {
		r.stop()
	}
	r.mu.Unlock()
	r.work.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last != nil {
		r.last.spool.release()
		r.last = nil
	}
}

var errNoFile = errors.New("file of a report is gone")
