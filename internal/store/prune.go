package store

import (
	"context"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

const (
	pruneClicks  = `DELETE FROM clicks WHERE at < $1`
	selectUnused = `SELECT person FROM chats WHERE used < $1 ORDER BY used LIMIT $2`
	pruneChat    = `DELETE FROM chats WHERE person = $1 AND used < $2`
	pruneHolds   = `DELETE FROM holds WHERE state = $1 AND since < $2`
	pruneLocks   = `DELETE FROM locks WHERE until < $1`
	pruneDecided = `DELETE FROM decisions WHERE at < $1`
	pruneAlarms  = `DELETE FROM alarms WHERE at < $1`
	selectGone   = `SELECT ref FROM drifts WHERE cleared < $1 ORDER BY cleared LIMIT $2`
)

const (
	// clicksLast is how long a click is known again. Teams repeats one within
	// minutes, and an old one is refused by its revision.
	clicksLast = 7 * 24 * time.Hour
	// pruned is how many requests or chats go in one transaction: others wait as
	// long.
	pruned = 200
)

// pruneRequest takes a request out, with all that belongs to it.
var pruneRequest = []string{
	`DELETE FROM cards WHERE ref = $1`, `DELETE FROM reveals WHERE ref = $1`,
	`DELETE FROM approvers WHERE ref = $1`, `DELETE FROM requests WHERE ref = $1`,
}

// pruneDrift takes a drift out that was cleared.
var pruneDrift = []string{`DELETE FROM cards WHERE ref = $1`, `DELETE FROM drifts WHERE ref = $1`}

// Prune forgets closed requests that were asked before a moment, but for emergencies
// that nobody has reviewed, drifts that were cleared, chats that were not used and
// holds that were free since, locks that were over and alarms, and clicks and
// decisions that nobody counts any more. The audit keeps all that it has.
func (s *Store) Prune(ctx context.Context, before time.Time) error {
	err := s.change(ctx, func(tx transaction) error {
		for _, one := range s.outdated(before) {
			if _, err := tx.exec(ctx, one.text, one.args...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	text, args := past(before)
	if err := s.pruneEach(ctx, text, args, all(ctx, pruneRequest)); err != nil {
		return err
	}
	if err := s.pruneEach(ctx, selectGone, []any{before.UnixMilli(), pruned}, all(ctx, pruneDrift)); err != nil {
		return err
	}
	return s.pruneEach(ctx, selectUnused, []any{before.UnixMilli(), pruned}, func(tx transaction, person string) error {
		_, err := tx.exec(ctx, pruneChat, person, before.UnixMilli())
		return err
	})
}

// outdated are the statements that forget what has no more than one row each.
func (s *Store) outdated(before time.Time) []statement {
	lately := s.now().Add(-clicksLast).UnixMilli()
	return []statement{
		{pruneClicks, []any{lately}},
		{pruneHolds, []any{string(access.Free), before.UnixMilli()}},
		{pruneLocks, []any{before.UnixMilli()}},
		{pruneDecided, []any{lately}},
		{pruneAlarms, []any{before.UnixMilli()}},
	}
}

type statement struct {
	text string
	args []any
}

// all runs statements about one reference.
func all(ctx context.Context, texts []string) func(tx transaction, ref string) error {
	return func(tx transaction, ref string) error {
		for _, text := range texts {
			if _, err := tx.exec(ctx, text, ref); err != nil {
				return err
			}
		}
		return nil
	}
}

// past writes the query for requests to which nothing can happen any more, and
// nothing is to happen.
func past(before time.Time) (string, []any) {
	var s search
	var states []string
	for _, state := range access.States() {
		if state.Closed() {
			states = append(states, s.arg(string(state)))
		}
	}
	return `SELECT ref FROM requests WHERE state IN (` + strings.Join(states, ", ") + `) AND review IS NULL AND asked < ` + s.arg(before.UnixMilli()) +
		` ORDER BY asked LIMIT ` + s.arg(pruned), s.args
}

// pruneEach takes out what a query finds, some at a time, until it finds nothing.
func (s *Store) pruneEach(ctx context.Context, text string, args []any, take func(tx transaction, key string) error) error {
	for {
		var key string
		var keys []string
		err := s.each(ctx, text, args, []any{&key}, func() error {
			keys = append(keys, key)
			return nil
		})
		if err != nil || len(keys) == 0 {
			return err
		}
		err = s.change(ctx, func(tx transaction) error {
			for _, key := range keys {
				if err := take(tx, key); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}
