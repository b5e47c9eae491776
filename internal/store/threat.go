package store

import (
	"context"

	"github.com/passdesk/passdesk/internal/access"
)

const (
	selectThreat = `SELECT body FROM threat WHERE id = 1`
	insertThreat = `INSERT INTO threat (id, rev, body) VALUES (1, $1, $2) ON CONFLICT DO NOTHING`
	updateThreat = `UPDATE threat SET rev = $1, body = $2 WHERE id = 1 AND rev = $3`
)

// Threat implements access.Reader.
func (r reader) Threat(ctx context.Context) (access.Threat, error) {
	t, _, err := body[access.Threat](ctx, r, selectThreat)
	return t, err
}

// SaveThreat implements access.Tx.
func (t *txn) SaveThreat(ctx context.Context, next access.Threat) error {
	next.Since, next.FirstAt = kept(next.Since), kept(next.FirstAt)
	text, err := encode(next)
	if err != nil {
		return err
	}
	var n int64
	if next.Rev == 1 {
		n, err = t.exec(ctx, insertThreat, next.Rev, text)
	} else {
		n, err = t.exec(ctx, updateThreat, next.Rev, text, next.Rev-1)
	}
	if err == nil && n == 0 {
		return access.Fail(access.Stale, "Threat mode was changed meanwhile.")
	}
	return err
}
