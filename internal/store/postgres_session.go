package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// answerLimit bounds one statement on the wire: longer than PostgreSQL's own
// limit, so that it is PostgreSQL that gives up, as long as it is there.
const answerLimit = 15 * time.Second

// postgresSession runs SQL in a pool or in a transaction.
type postgresSession struct {
	on interface {
		Exec(ctx context.Context, text string, args ...any) (pgconn.CommandTag, error)
		Query(ctx context.Context, text string, args ...any) (pgx.Rows, error)
	}
}

// bounded keeps a statement from being cut off by somebody who does not wait for
// it any more: that would cost the connection.
func bounded(ctx context.Context) (context.Context, context.CancelFunc, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, broken(err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerLimit)
	return ctx, cancel, nil
}

// exec implements session.
func (s postgresSession) exec(ctx context.Context, text string, args ...any) (int64, error) {
	ctx, cancel, err := bounded(ctx)
	if err != nil {
		return 0, err
	}
	defer cancel()
	done, err := s.on.Exec(ctx, text, args...)
	return done.RowsAffected(), broken(err)
}

// one implements session.
func (s postgresSession) one(ctx context.Context, text string, to []any, args ...any) (bool, error) {
	found := false
	err := s.each(ctx, text, args, to, func() error {
		found = true
		return nil
	})
	return found, err
}

// each implements session.
func (s postgresSession) each(ctx context.Context, text string, args, to []any, take func() error) error {
	ctx, cancel, err := bounded(ctx)
	if err != nil {
		return err
	}
	defer cancel()
	rows, err := s.on.Query(ctx, text, args...)
	if err != nil {
		return broken(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(to...); err != nil {
			return broken(err)
		}
		if err := take(); err != nil {
			return err
		}
	}
	return broken(rows.Err())
}

// postgresTx implements transaction.
type postgresTx struct {
	postgresSession
	tx pgx.Tx
}

// raw implements transaction.
func (t *postgresTx) raw() any { return t.tx }

// commit implements transaction. Whoever gives up waiting does not cut it off:
// then nobody would know what became of it.
func (t *postgresTx) commit(ctx context.Context) error {
	ctx, cancel, err := bounded(ctx)
	if err != nil {
		return err
	}
	defer cancel()
	err = t.tx.Commit(ctx)
	if errors.Is(err, pgx.ErrTxCommitRollback) { // a statement before it had failed
		return broken(err)
	}
	return unsure(err)
}

// rollback implements transaction.
func (t *postgresTx) rollback() {
	ctx, cancel := context.WithTimeout(context.Background(), connectLimit)
	defer cancel()
	_ = t.tx.Rollback(ctx)
}
