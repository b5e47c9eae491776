package store

import (
	"context"

	"github.com/passdesk/passdesk/internal/access"
)

const (
	selectReveal  = `SELECT body FROM reveals WHERE ref = $1 ORDER BY attempt DESC LIMIT 1`
	countAnswered = `SELECT COUNT(*) FROM reveals WHERE ref = $1 AND answered IS NOT NULL`
	insertReveal  = `INSERT INTO reveals (ref, attempt, state, answered, body) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`
	updateReveal  = `UPDATE reveals SET state = $1, answered = $2, body = $3 WHERE ref = $4 AND attempt = $5 AND state = $6`
	insertClick   = `INSERT INTO clicks (actor, ref, rev, verb, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`
)

// Reveal implements access.Reader.
func (r reader) Reveal(ctx context.Context, ref access.Ref) (access.Reveal, error) {
	v, found, err := body[access.Reveal](ctx, r, selectReveal, string(ref))
	if err == nil && !found {
		err = notFound("pass of request %s", ref)
	}
	return v, err
}

// Answered implements access.Reader. A reveal counts from the moment its
// Answered is set, whatever becomes of it later.
func (r reader) Answered(ctx context.Context, ref access.Ref) (int, error) {
	var n int
	_, err := r.one(ctx, countAnswered, []any{&n}, string(ref))
	return n, err
}

// Claim implements access.Tx.
func (t *txn) Claim(ctx context.Context, v access.Reveal) error {
	v = keptReveal(v)
	body, err := encode(v)
	if err != nil {
		return err
	}
	n, err := t.exec(ctx, insertReveal, string(v.Ref), v.Attempt, string(v.State), millis(v.Answered), body)
	return staleReveal(n, err, v)
}

// Advance implements access.Tx.
func (t *txn) Advance(ctx context.Context, from access.RevealState, v access.Reveal) error {
	v = keptReveal(v)
	body, err := encode(v)
	if err != nil {
		return err
	}
	n, err := t.exec(ctx, updateReveal, string(v.State), millis(v.Answered), body, string(v.Ref), v.Attempt, string(from))
	return staleReveal(n, err, v)
}

func staleReveal(changed int64, err error, v access.Reveal) error {
	if err == nil && changed == 0 {
		return access.Fail(access.Stale, "The pass of request %s is being made by somebody else.", v.Ref)
	}
	return err
}

// First implements access.Tx.
func (t *txn) First(ctx context.Context, c access.Click) (bool, error) {
	n, err := t.exec(ctx, insertClick, string(c.Actor), string(c.Ref), c.Rev, c.Verb, t.now().UnixMilli())
	return n == 1, err
}
