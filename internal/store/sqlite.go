package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/riverqueue/river"
	_ "modernc.org/sqlite" // the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// busyTimeout is how long SQLite waits for another process's lock.
const busyTimeout = "5000" // milliseconds

// How often a file is looked at again that is locked when it is opened, and for how
// long.
const (
	unlockPause = 20 * time.Millisecond
	unlockWait  = 5 * time.Second
)

// readers is the number of connections that read. A read takes microseconds:
// more of them would only cost memory.
const readers = 4

// sqliteFile is a database in a file: one connection writes, some read.
type sqliteFile struct {
	write, readers *sql.DB
	writer, reader *sqliteSession
}

// openSQLite opens the file at a path; it is created where there is none.
func openSQLite(ctx context.Context, path string) (_ engine, err error) {
	if path, err = sqlitePath(path); err != nil {
		return nil, err
	}
	if err := migrateFile(ctx, path); err != nil {
		return nil, err
	}
	f := &sqliteFile{}
	if err := f.open(ctx, path); err != nil {
		return nil, errors.Join(err, f.close())
	}
	return f, nil
}

func (f *sqliteFile) open(ctx context.Context, path string) (err error) {
	if f.write, err = openWriter(ctx, path, 1); err != nil {
		return err
	}
	if f.writer, err = newSQLiteSession(ctx, f.write, fixed...); err != nil {
		return err
	}
	if f.readers, err = openReaders(ctx, path); err != nil {
		return err
	}
	f.reader, err = newSQLiteSession(ctx, f.readers, fixed...)
	return err
}

// reads implements engine.
func (f *sqliteFile) reads() session { return f.reader }

// begin implements engine. One transaction writes at a time.
func (f *sqliteFile) begin(ctx context.Context) (transaction, error) {
	tx, err := f.write.BeginTx(ctx, nil)
	if err != nil {
		return nil, broken(err)
	}
	return f.writer.in(tx), nil
}

// jobs implements engine.
func (f *sqliteFile) jobs(o Options, poll time.Duration) (queue, error) {
	bell := newWake()
	// SQLite's indexes need no care: no names, or River would look for PostgreSQL's.
	return newQueue(newDriver(f.write, bell), bell, o, river.Config{FetchPollInterval: poll, ReindexerIndexNames: []string{}})
}

// dueMillis implements engine.
func (f *sqliteFile) dueMillis() string {
	return `CAST(unixepoch(scheduled_at, 'subsec') * 1000 AS INTEGER)`
}

// close implements engine.
func (f *sqliteFile) close() error {
	var errs []error
	for _, db := range []*sql.DB{f.readers, f.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// sqlitePath is the whole path of the file that a path names.
func sqlitePath(path string) (string, error) {
	if path == "" || strings.Contains(path, ":memory:") {
		return "", errors.New("database sqlite:path needs the path of a file")
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("database path: %w", err)
	}
	return absolute, nil
}

// dsn names a database file and how its connections behave.
func dsn(path string, more url.Values) string {
	query := url.Values{
		"_pragma": append([]string{
			"busy_timeout(" + busyTimeout + ")",
			"synchronous(FULL)", // a decision survives a power cut
			"foreign_keys(1)",
			"temp_store(MEMORY)",
		}, more["_pragma"]...),
		"_time_format": {"sqlite"},
		"_txlock":      more["_txlock"],
		"mode":         more["mode"],
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + query.Encode()
}

// openWriter opens connections that write, and creates the file for its owner
// alone.
func openWriter(ctx context.Context, path string, size int) (*sql.DB, error) {
	if err := create(path); err != nil {
		return nil, fmt.Errorf("database file: %w", err)
	}
	return openPool(ctx, size, map[string]string{"journal_mode": "wal", "query_only": "0"},
		dsn(path, url.Values{"_txlock": {"immediate"}, "_pragma": {"journal_mode(WAL)", "cache_size(-16000)"}}))
}

// create makes an empty file. One that is there is not even opened: closing it
// would take away the locks that this process has on it through SQLite.
func create(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the path is the operator's
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return file.Close()
}

// openReaders opens the connections that cannot write.
func openReaders(ctx context.Context, path string) (*sql.DB, error) {
	return openPool(ctx, readers, map[string]string{"journal_mode": "wal", "query_only": "1"},
		dsn(path, url.Values{"_txlock": {"deferred"}, "_pragma": {"query_only(1)"}, "mode": {"ro"}}))
}

// openPool opens a pool of size connections, and looks whether SQLite has taken
// the settings: it ignores those that it does not know.
func openPool(ctx context.Context, size int, want map[string]string, name string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	if err := unlocked(ctx, func() error { return assertPragmas(ctx, db, want) }); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// unlocked does something again while the file is locked. SQLite does not wait for
// the lock under which another process changes the journal or closes the file as
// the last one: it may fail at once, whatever busy_timeout says
// (sqlite.org/wal.html, section 9).
func unlocked(ctx context.Context, do func() error) error {
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		err := do()
		if err != nil && sqliteCode(err) != sqlite3.SQLITE_BUSY {
			err = backoff.Permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithBackOff(backoff.NewConstantBackOff(unlockPause)), backoff.WithMaxElapsedTime(unlockWait))
	return err
}

func assertPragmas(ctx context.Context, db *sql.DB, more map[string]string) error {
	want := map[string]string{"busy_timeout": busyTimeout, "synchronous": "2", "foreign_keys": "1"}
	for name, value := range more {
		want[name] = value
	}
	for name, value := range want {
		var got string
		if err := db.QueryRowContext(ctx, "PRAGMA "+name).Scan(&got); err != nil {
			return fmt.Errorf("database setting %s: %w", name, err)
		}
		if got != value {
			return fmt.Errorf("database setting %s is %q instead of %q", name, got, value)
		}
	}
	return nil
}
