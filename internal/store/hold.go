package store

import (
	"context"

	"github.com/passdesk/passdesk/internal/access"
)

const (
	selectHold  = `SELECT body FROM holds WHERE person = $1 AND policy = $2`
	selectHolds = `SELECT body FROM holds WHERE state <> $1 AND person <> '' ORDER BY policy, person`
	insertHold  = `INSERT INTO holds (person, policy, rev, state, since, body) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`
	updateHold  = `UPDATE holds SET rev = $1, state = $2, since = $3, body = $4 WHERE person = $5 AND policy = $6 AND rev = $7`
)

// Hold implements access.Reader.
func (r reader) Hold(ctx context.Context, person, policy access.ID) (access.Hold, error) {
	h, found, err := body[access.Hold](ctx, r, selectHold, string(person), string(policy))
	if !found {
		h = access.Hold{Person: person, Policy: policy, State: access.Free}
	}
	return h, err
}

// Holds implements access.Reader.
func (r reader) Holds(ctx context.Context) ([]access.Hold, error) {
	return bodies[access.Hold](ctx, r, selectHolds, string(access.Free))
}

// SaveHold implements access.Tx.
func (t *txn) SaveHold(ctx context.Context, h access.Hold) error {
	h = keptHold(h)
	text, err := encode(h)
	if err != nil {
		return err
	}
	since := h.Since.UnixMilli()
	var n int64
	if h.Rev == 1 {
		n, err = t.exec(ctx, insertHold, string(h.Person), string(h.Policy), h.Rev, string(h.State), since, text)
	} else {
		n, err = t.exec(ctx, updateHold, h.Rev, string(h.State), since, text, string(h.Person), string(h.Policy), h.Rev-1)
	}
	if err == nil && n == 0 {
		return access.Fail(access.Stale, "Somebody else is at this exclusion.")
	}
	return err
}
