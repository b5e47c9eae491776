package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
)

// State is how a database stands, as somebody finds it who changes nothing.
type State struct {
	// There is false for a file that does not exist: the first start makes it.
	There bool
	// Version is the last migration that was made, 0 for none; Newest is the last
	// one that this program knows.
	Version, Newest int64
	// Writable tells whether changes can be made, and tables where some are
	// missing.
	Writable bool
}

const (
	selectMigrated = `SELECT COALESCE(MAX(version_id), 0) FROM migrations WHERE is_applied`
	fileTables     = `SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'migrations'`
	serverTables   = `SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'migrations'`
	serverWrites   = `SELECT CASE WHEN current_setting('transaction_read_only') = 'off'
		AND has_schema_privilege(current_schema(), 'CREATE') THEN 1 ELSE 0 END`
)

// Look tells how the database at an address stands. Nothing is made or migrated.
func Look(ctx context.Context, address string) (State, error) {
	scheme, path, _ := strings.Cut(address, ":")
	var s State
	var err error
	switch scheme {
	case "sqlite":
		s, err = lookAtFile(ctx, path)
	case "postgres", "postgresql":
		s, err = lookAtServer(ctx, address)
	default:
		err = errAddress
	}
	if err != nil {
		return s, fmt.Errorf("looking at the database: %w", err)
	}
	s.Newest, err = newest()
	return s, err
}

// newest is the number of the last migration.
func newest() (int64, error) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil || len(files) == 0 {
		return 0, fmt.Errorf("migrations: %w", errors.Join(err, fs.ErrNotExist))
	}
	number, _, _ := strings.Cut(filepath.Base(files[len(files)-1]), "_") // Glob sorts
	return strconv.ParseInt(number, 10, 64)
}

func lookAtFile(ctx context.Context, path string) (s State, err error) {
	if path, err = sqlitePath(path); err != nil {
		return s, err
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		dir, err := os.Stat(filepath.Dir(path))
		if err == nil && !dir.IsDir() {
			err = fmt.Errorf("%s is no directory", filepath.Dir(path))
		}
		return s, err
	}
	s.There = true
	if f, err := os.OpenFile(path, os.O_RDWR, 0); err == nil { //nolint:gosec // the operator names the file
		s.Writable = f.Close() == nil
	}
	db, err := openReaders(ctx, path)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	session, err := newSQLiteSession(ctx, db)
	if err != nil {
		return s, err
	}
	s.Version, err = migrated(ctx, session, fileTables)
	return s, err
}

func lookAtServer(ctx context.Context, address string) (State, error) {
	s := State{There: true}
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return s, err // it leaves out the password
	}
	pool, err := openServer(ctx, config, 1)
	if err != nil {
		return s, err
	}
	defer pool.Close()
	if err := assertSettings(ctx, pool); err != nil {
		return s, err
	}
	session := postgresSession{pool}
	var writes int
	if _, err := session.one(ctx, serverWrites, []any{&writes}); err != nil {
		return s, err
	}
	s.Writable = writes == 1
	s.Version, err = migrated(ctx, session, serverTables)
	return s, err
}

// migrated is the last migration that was made.
func migrated(ctx context.Context, s session, tables string) (version int64, err error) {
	var count int
	if _, err := s.one(ctx, tables, []any{&count}); err != nil || count == 0 {
		return 0, err
	}
	_, err = s.one(ctx, selectMigrated, []any{&version})
	return version, err
}
