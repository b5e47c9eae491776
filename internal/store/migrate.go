package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations/*.sql
var migrations embed.FS

// riverVersion is the version of River's tables that the River in go.mod works
// with. It is named, so that a newer River does not change them unseen.
const riverVersion = 7

// Replicas that start together migrate one after the other: a look each second,
// for ten minutes.
const (
	lookEvery = 1 // second
	looks     = 600
)

// How often, and after how long, a file is looked at again that could not be
// migrated.
const (
	besideTries = 20
	besidePause = 200 * time.Millisecond
)

// migrateFile migrates the SQLite file at path. It takes two connections: one is
// held while the other lays the tables of jobs.
func migrateFile(ctx context.Context, path string) (err error) {
	db, err := openWriter(ctx, path, 2)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	p, err := provider(db, goose.DialectSQLite3, func(ctx context.Context, db *sql.DB) error {
		return layJobs(ctx, riversqlite.New(db))
	})
	if err != nil {
		return err
	}
	return upBeside(ctx, p)
}

// upBeside migrates a file that others may migrate at the same time. SQLite has no
// lock that lasts from the first table to the last one: whoever comes second to
// one of them fails there, and looks again at what is left to do.
func upBeside(ctx context.Context, p *goose.Provider) error {
	for tries := 1; ; tries++ {
		err := up(ctx, p)
		if err == nil || tries == besideTries {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(besidePause):
		}
	}
}

// migrateServer migrates a PostgreSQL database, under a lock that replicas share:
// River's own migration takes none.
func migrateServer(ctx context.Context, pool *pgxpool.Pool) (err error) {
	config := pool.Config()
	delete(config.ConnConfig.RuntimeParams, "statement_timeout") // a migration takes what it takes
	delete(config.ConnConfig.RuntimeParams, "lock_timeout")
	config.MaxConns = 3 // one holds the lock, one migrates, one lays the tables of jobs
	slow, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	defer slow.Close()
	db := stdlib.OpenDBFromPool(slow)
	defer func() { err = errors.Join(err, db.Close()) }()
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(lookEvery, looks))
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	p, err := provider(db, goose.DialectPostgres, func(ctx context.Context, _ *sql.DB) error {
		return layJobs(ctx, riverpgxv5.New(slow))
	}, goose.WithSessionLocker(locker))
	if err != nil {
		return err
	}
	return up(ctx, p)
}

func provider(db *sql.DB, dialect goose.Dialect, jobs func(context.Context, *sql.DB) error, more ...goose.ProviderOption) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	p, err := goose.NewProvider(dialect, db, files, append(more,
		goose.WithGoMigrations(goose.NewGoMigration(1, &goose.GoFunc{RunDB: jobs}, nil)),
		goose.WithDisableGlobalRegistry(true), goose.WithTableName("migrations"))...)
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	return p, nil
}

// up brings the tables to what this program needs. The lock is taken only where
// there is something to do: every other start is quick.
func up(ctx context.Context, p *goose.Provider) error {
	pending, err := p.HasPending(ctx)
	if err == nil && !pending {
		return nil
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrating the database: %w", err)
	}
	return nil
}

// layJobs lays River's tables.
func layJobs[T any](ctx context.Context, driver riverdriver.Driver[T]) error {
	m, err := rivermigrate.New(driver, nil)
	if err != nil {
		return fmt.Errorf("tables of jobs: %w", err)
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, &rivermigrate.MigrateOpts{TargetVersion: riverVersion}); err != nil {
		return fmt.Errorf("tables of jobs: %w", err)
	}
	return nil
}
