package store

import (
	"context"
	"slices"

	"github.com/passdesk/passdesk/internal/access"
)

const (
	selectLock = `SELECT body FROM locks WHERE person = $1`
	// Of two locks the one that lasts longer stays.
	upsertLock = `INSERT INTO locks (person, until, body) VALUES ($1, $2, $3)
ON CONFLICT (person) DO UPDATE SET until = excluded.until, body = excluded.body
WHERE locks.until IS NOT NULL AND (excluded.until IS NULL OR excluded.until > locks.until)`
	deleteLock  = `DELETE FROM locks WHERE person = $1`
	waitCounted = `INSERT INTO counted (person) VALUES ($1) ON CONFLICT (person) DO UPDATE SET person = excluded.person`
	selectAlarm = `SELECT body FROM alarms WHERE ref = $1`
	insertAlarm = `INSERT INTO alarms (ref, at, body) VALUES ($1, $2, $3)`
)

// Lock implements access.Reader.
func (r reader) Lock(ctx context.Context, person access.ID) (access.Lock, error) {
	l, _, err := body[access.Lock](ctx, r, selectLock, string(person))
	return l, err
}

// SaveLock implements access.Tx.
func (t *txn) SaveLock(ctx context.Context, l access.Lock) error {
	l.Since, l.Until = kept(l.Since), kept(l.Until)
	text, err := encode(l)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, upsertLock, string(l.Person.ID), millis(l.Until), text)
	return err
}

// LiftLock implements access.Tx.
func (t *txn) LiftLock(ctx context.Context, person access.ID) error {
	n, err := t.exec(ctx, deleteLock, string(person))
	if err == nil && n == 0 {
		return access.Fail(access.Stale, "This person is not locked.")
	}
	return err
}

// Counting implements access.Tx. Whoever names several people names them in one
// order, so that two who wait never wait for one another.
func (t *txn) Counting(ctx context.Context, people ...access.ID) error {
	sorted := slices.Sorted(slices.Values(people))
	for _, person := range slices.Compact(sorted) {
		if _, err := t.exec(ctx, waitCounted, string(person)); err != nil {
			return err
		}
	}
	return nil
}

// Alarm implements access.Reader.
func (r reader) Alarm(ctx context.Context, ref access.Ref) (access.Alarm, error) {
	a, found, err := body[access.Alarm](ctx, r, selectAlarm, string(ref))
	if err == nil && !found {
		err = notFound("alarm %s", ref)
	}
	return a, err
}

// SaveAlarm implements access.Tx.
func (t *txn) SaveAlarm(ctx context.Context, a access.Alarm) error {
	a.At = kept(a.At)
	text, err := encode(a)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, insertAlarm, string(a.Ref), a.At.UnixMilli(), text)
	return err
}
