// Package store keeps requests, reveals, chats, cards, the audit and the jobs
// in one database, so that what belongs together is kept together or not at
// all.
package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/audit"
)

// Options are what a store needs beside its database.
type Options struct {
	Now func() time.Time // nil: time.Now
	Log *slog.Logger     // nil: nothing is logged
	// Run does a job. It may be nil in a program that runs none. Its context
	// ends after a minute, or when the store is stopped. The job is done when it
	// returns nil. An error that has, somewhere in its chain, a method
	//
	//	Snooze() (time.Duration, bool)
	//
	// that says true makes the job sleep for that long; any other error makes it
	// run again after 1, 2, 4, … seconds, at most 5 minutes. A job may run twice.
	Run func(ctx context.Context, j access.Job) error
	// Changed hears of every request that was stored, after that is certain: in
	// which state it was, empty for a new one, and what it is now. It must be
	// quick. Nil means that nobody listens.
	Changed func(from access.State, r access.Request)
}

// Store implements access.Store.
type Store struct {
	reader
	engine  engine
	now     func() time.Time
	recent  *recent
	queue   queue
	changed func(from access.State, r access.Request)
	figures string // the query for Figures
}

var _ access.Store = (*Store)(nil)

// Open opens the database at an address such as "sqlite:passdesk.db" or
// "postgres://passdesk@db/passdesk", and brings its tables up to date. A file is
// created when it is not there.
func Open(ctx context.Context, address string, o Options) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Changed == nil {
		o.Changed = func(access.State, access.Request) {}
	}
	e, err := openEngine(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("opening the store: %w", err)
	}
	q, err := e.jobs(o, poll)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the store: %w", err), e.close())
	}
	return &Store{
		reader: reader{e.reads()}, engine: e, now: o.Now, recent: newRecent(), queue: q,
		changed: o.Changed, figures: figures(e.dueMillis()),
	}, nil
}

// Close closes the database. Stop must have been called before if Start was.
func (s *Store) Close() error { return s.engine.close() }

// Ready tells whether the store can be read and written: it makes a change and
// takes it back.
func (s *Store) Ready(ctx context.Context) error {
	tx, err := s.engine.begin(ctx)
	if err != nil {
		return err
	}
	defer tx.rollback()
	if _, err := tx.exec(ctx, lockHead, 0); err != nil {
		return err
	}
	_, err = s.Head(ctx)
	return err
}

// reader implements access.Reader on a pool or in a transaction.
type reader struct{ session }

// txn implements access.Tx.
type txn struct {
	reader
	now     func() time.Time
	entries []audit.Entry
	jobs    []access.Job
	changes []change
}

// change is a request that was stored, and the state in which it was before.
type change struct {
	from access.State
	to   access.Request
}

// Update implements access.Store.
func (s *Store) Update(ctx context.Context, do func(access.Tx) error) error {
	tx, err := s.engine.begin(ctx)
	if err != nil {
		return err
	}
	defer tx.rollback()
	t := &txn{reader: reader{tx}, now: s.now}
	if err := do(t); err != nil {
		return err
	}
	if err := s.queue.add(ctx, tx, t.jobs); err != nil {
		return err
	}
	if err := t.seal(ctx); err != nil {
		return err
	}
	t.at("before")
	if err := tx.commit(ctx); err != nil {
		return err
	}
	t.at("after")
	if len(t.jobs) > 0 {
		s.queue.ring()
	}
	for _, c := range t.changes {
		s.changed(c.from, c.to)
	}
	return nil
}

// fixed are the statements that SQLite compiles once; PostgreSQL's driver keeps
// all that it has seen.
var fixed = []string{
	selectVersion, selectRequest, insertRequest, updateRequest, selectApprovers, updateApprovers, deleteApprovers, insertApprover,
	selectOverdue, selectReveal, countAnswered, insertReveal, updateReveal, insertClick,
	selectChat, upsertChat, selectCards, upsertCard, moveCard, deleteCard,
	selectHold, selectHolds, insertHold, updateHold, selectDrift, selectDrifts, insertDrift, updateDrift,
	selectLock, upsertLock, deleteLock, waitCounted, selectAlarm, insertAlarm, countDecided, insertDecision,
	selectStream, selectHead, lockHead, updateHead, insertLine, selectLines, selectAll, selectRef, selectPerson, selectBoth,
}
