package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// sqliteSession runs SQL in a pool or in a transaction. Statements that are fixed
// are compiled once per pool.
type sqliteSession struct {
	db    *sql.DB
	tx    *sql.Tx // nil outside a transaction
	fixed map[string]*sql.Stmt
}

// newSQLiteSession compiles the fixed statements. It is done before the first
// transaction begins: inside one, the writing pool has no connection to spare.
func newSQLiteSession(ctx context.Context, db *sql.DB, texts ...string) (*sqliteSession, error) {
	s := &sqliteSession{db: db, fixed: make(map[string]*sql.Stmt, len(texts))}
	for _, text := range texts {
		stmt, err := db.PrepareContext(ctx, text) //nolint:sqlclosecheck // it lives as long as the pool
		if err != nil {
			return nil, fmt.Errorf("compiling %q: %w", text, err)
		}
		s.fixed[text] = stmt
	}
	return s, nil
}

// raw implements transaction.
func (s *sqliteSession) raw() any { return s.tx }

// commit implements transaction.
func (s *sqliteSession) commit(context.Context) error {
	if err := s.tx.Commit(); err != nil {
		return unsure(err)
	}
	return nil
}

// rollback implements transaction.
func (s *sqliteSession) rollback() { _ = s.tx.Rollback() }

// in is the session inside tx.
func (s *sqliteSession) in(tx *sql.Tx) *sqliteSession {
	return &sqliteSession{db: s.db, tx: tx, fixed: s.fixed}
}

func (s *sqliteSession) stmt(ctx context.Context, text string) *sql.Stmt {
	stmt := s.fixed[text]
	if stmt != nil && s.tx != nil {
		return s.tx.StmtContext(ctx, stmt)
	}
	return stmt
}

// exec implements session.
func (s *sqliteSession) exec(ctx context.Context, text string, args ...any) (int64, error) {
	var done sql.Result
	var err error
	switch stmt := s.stmt(ctx, text); { //nolint:sqlclosecheck // it lives as long as the pool
	case stmt != nil:
		done, err = stmt.ExecContext(ctx, args...)
	case s.tx != nil:
		done, err = s.tx.ExecContext(ctx, text, args...)
	default:
		done, err = s.db.ExecContext(ctx, text, args...)
	}
	if err != nil {
		return 0, broken(err)
	}
	n, err := done.RowsAffected()
	return n, broken(err)
}

// one implements session. A read of one row by its key is over before anybody
// could stop it: not watching for that saves two goroutines.
func (s *sqliteSession) one(ctx context.Context, text string, to []any, args ...any) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, broken(err)
	}
	ctx = context.WithoutCancel(ctx)
	var row *sql.Row
	switch stmt := s.stmt(ctx, text); { //nolint:sqlclosecheck // it lives as long as the pool
	case stmt != nil:
		row = stmt.QueryRowContext(ctx, args...)
	case s.tx != nil:
		row = s.tx.QueryRowContext(ctx, text, args...)
	default:
		row = s.db.QueryRowContext(ctx, text, args...)
	}
	err := row.Scan(to...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, broken(err)
}

// each implements session.
func (s *sqliteSession) each(ctx context.Context, text string, args, to []any, take func() error) (err error) {
	rows, err := s.query(ctx, text, args...)
	if err != nil {
		return broken(err)
	}
	defer func() { err = errors.Join(err, broken(rows.Close())) }()
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

func (s *sqliteSession) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if stmt := s.stmt(ctx, text); stmt != nil { //nolint:sqlclosecheck // it lives as long as the pool
		return stmt.QueryContext(ctx, args...)
	}
	if s.tx != nil {
		return s.tx.QueryContext(ctx, text, args...)
	}
	return s.db.QueryContext(ctx, text, args...)
}
