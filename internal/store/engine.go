package store

import (
	"context"
	"errors"
	"strings"
	"time"
)

// session runs SQL on what is committed, or in a transaction. One text serves
// every database: see migrations for what that asks of it.
type session interface {
	// exec runs text and returns how many rows it changed.
	exec(ctx context.Context, text string, args ...any) (int64, error)
	// one reads one row into to; it tells whether there is one.
	one(ctx context.Context, text string, to []any, args ...any) (bool, error)
	// each reads rows: one after the other is scanned into to, and then taken.
	each(ctx context.Context, text string, args, to []any, take func() error) error
}

// transaction is a session whose changes are kept together or not at all.
type transaction interface {
	session
	raw() any // as River's driver for this database knows it
	commit(ctx context.Context) error
	rollback() // of what was not committed
}

// engine is a database: all in which SQLite and PostgreSQL differ.
type engine interface {
	reads() session
	begin(ctx context.Context) (transaction, error)
	jobs(o Options, poll time.Duration) (queue, error)
	// dueMillis is SQL for when a job of River's is due, in epoch milliseconds.
	dueMillis() string
	close() error
}

// openEngine opens the database at an address, and brings its tables up to date.
func openEngine(ctx context.Context, address string) (engine, error) {
	scheme, path, _ := strings.Cut(address, ":")
	switch scheme {
	case "sqlite":
		return openSQLite(ctx, path)
	case "postgres", "postgresql":
		return openPostgres(ctx, address)
	}
	return nil, errAddress
}

var errAddress = errors.New("database must be sqlite:path or postgres://…")
