package store

import (
	"context"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

const (
	countDecided   = `SELECT COUNT(*) FROM decisions WHERE person = $1 AND at > $2`
	insertDecision = `INSERT INTO decisions (person, at, ref) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`
)

// Sent implements access.Reader. It names every state, so that an index is read
// from the moment on, however much was asked before.
func (r reader) Sent(ctx context.Context, asker, person access.ID, since time.Time) (int, error) {
	var s search
	if asker != "" {
		s.where("asker = ", string(asker))
	}
	if person != "" {
		s.where("person = ", string(person))
	}
	var states []string
	for _, state := range access.States() {
		if state != access.Draft {
			states = append(states, s.arg(string(state)))
		}
	}
	s.conditions = append(s.conditions, "state IN ("+strings.Join(states, ", ")+")")
	s.where("asked > ", since.UnixMilli())
	n := 0
	_, err := r.one(ctx, `SELECT COUNT(*) FROM requests WHERE `+strings.Join(s.conditions, " AND "), []any{&n}, s.args...)
	return n, err
}

// Decided implements access.Reader.
func (r reader) Decided(ctx context.Context, person access.ID, since time.Time) (int, error) {
	n := 0
	_, err := r.one(ctx, countDecided, []any{&n}, string(person), since.UnixMilli())
	return n, err
}

// SaveDecision implements access.Tx.
func (t *txn) SaveDecision(ctx context.Context, ref access.Ref, by access.ID, at time.Time) error {
	_, err := t.exec(ctx, insertDecision, string(by), at.UnixMilli(), string(ref))
	return err
}
