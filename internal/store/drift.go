package store

import (
	"context"

	"github.com/passdesk/passdesk/internal/access"
)

const (
	selectDrift  = `SELECT body FROM drifts WHERE ref = $1`
	selectDrifts = `SELECT body FROM drifts WHERE cleared IS NULL ORDER BY found, ref`
	insertDrift  = `INSERT INTO drifts (ref, kind, policy, person, found, body) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`
	updateDrift  = `UPDATE drifts SET cleared = $1, body = $2 WHERE ref = $3 AND cleared IS NULL`
)

// Drift implements access.Reader.
func (r reader) Drift(ctx context.Context, ref access.Ref) (access.Drift, error) {
	d, found, err := body[access.Drift](ctx, r, selectDrift, string(ref))
	if err == nil && !found {
		err = notFound("drift %s", ref)
	}
	return d, err
}

// Drifts implements access.Reader.
func (r reader) Drifts(ctx context.Context) ([]access.Drift, error) {
	return bodies[access.Drift](ctx, r, selectDrifts)
}

// OpenDrift implements access.Tx.
func (t *txn) OpenDrift(ctx context.Context, d access.Drift) error {
	d = keptDrift(d)
	text, err := encode(d)
	if err != nil {
		return err
	}
	n, err := t.exec(ctx, insertDrift, string(d.Ref), string(d.Kind), string(d.Policy.ID), string(d.Person.ID), d.Found.UnixMilli(), text)
	return staleDrift(n, err)
}

// ChangeDrift implements access.Tx.
func (t *txn) ChangeDrift(ctx context.Context, d access.Drift) error {
	d = keptDrift(d)
	text, err := encode(d)
	if err != nil {
		return err
	}
	n, err := t.exec(ctx, updateDrift, millis(d.Cleared), text, string(d.Ref))
	return staleDrift(n, err)
}

func staleDrift(changed int64, err error) error {
	if err == nil && changed == 0 {
		return access.Fail(access.Stale, "This difference is known already, or gone.")
	}
	return err
}
