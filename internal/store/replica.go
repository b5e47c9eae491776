package store

import (
	"context"
	"time"
)

const (
	upsertReplica  = `INSERT INTO replicas (id, rules, seen) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET rules = excluded.rules, seen = excluded.seen`
	forgetReplicas = `DELETE FROM replicas WHERE seen < $1`
	forgetReplica  = `DELETE FROM replicas WHERE id = $1`
	selectReplicas = `SELECT id, rules, seen FROM replicas ORDER BY seen DESC`
	insertShared   = `INSERT INTO shared (name, body) VALUES ($1, '') ON CONFLICT DO NOTHING`
	lockShared     = `UPDATE shared SET body = body WHERE name = $1`
	selectShared   = `SELECT body FROM shared WHERE name = $1`
	updateShared   = `UPDATE shared SET body = $1 WHERE name = $2`
)

// Replica is a process that serves on this database.
type Replica struct {
	ID    string
	Rules string // a hash of what its verdicts depend on
	Seen  time.Time
}

// ReplicaLasts is after how long without a word a replica counts as gone.
const ReplicaLasts = time.Minute

// Meet says that a replica is there and returns all who are, it included. It is
// to be called several times in ReplicaLasts.
func (s *Store) Meet(ctx context.Context, id, rules string) ([]Replica, error) {
	now := s.now()
	err := s.change(ctx, func(tx transaction) error {
		if _, err := tx.exec(ctx, upsertReplica, id, rules, now.UnixMilli()); err != nil {
			return err
		}
		_, err := tx.exec(ctx, forgetReplicas, now.Add(-ReplicaLasts).UnixMilli())
		return err
	})
	if err != nil {
		return nil, err
	}
	var r Replica
	var seen int64
	var list []Replica
	err = s.each(ctx, selectReplicas, nil, []any{&r.ID, &r.Rules, &seen}, func() error {
		r.Seen = time.UnixMilli(seen).UTC()
		list = append(list, r)
		return nil
	})
	return list, err
}

// Leave says that a replica is going.
func (s *Store) Leave(ctx context.Context, id string) error {
	return s.change(ctx, func(tx transaction) error {
		_, err := tx.exec(ctx, forgetReplica, id)
		return err
	})
}

// Shared changes a text that all replicas keep together: change gets it as it
// is, empty at first, and returns what it becomes. Meanwhile everybody else
// waits.
func (s *Store) Shared(ctx context.Context, name string, change func(old string) string) error {
	return s.change(ctx, func(tx transaction) error {
		n, err := tx.exec(ctx, lockShared, name)
		if err == nil && n == 0 { // it waits for whoever makes it at the same time
			if _, err = tx.exec(ctx, insertShared, name); err == nil {
				_, err = tx.exec(ctx, lockShared, name)
			}
		}
		if err != nil {
			return err
		}
		var old string
		if _, err := tx.one(ctx, selectShared, []any{&old}, name); err != nil {
			return err
		}
		if text := change(old); text != old {
			_, err = tx.exec(ctx, updateShared, text, name)
		}
		return err
	})
}

// change makes a change that is none of the desk's.
func (s *Store) change(ctx context.Context, do func(transaction) error) error {
	tx, err := s.engine.begin(ctx)
	if err != nil {
		return err
	}
	defer tx.rollback()
	if err := do(tx); err != nil {
		return err
	}
	return tx.commit(ctx)
}
