package trial_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/passdesk/passdesk/internal/store/pgtest"
)

// engine is a kind of database that every trial runs on.
type engine struct {
	name string
	// address makes a database of its own for a trial.
	address func(testing.TB) string
	// running counts the jobs that somebody holds.
	running func(t *testing.T, address string) int
	// connections counts those that its server has open.
	connections func(ctx context.Context, address string) int
	// replicas are the sizes of fleets that share it. A file is not made for more
	// than the two that overlap while one takes over from the other.
	replicas []int
}

var engines = []engine{
	{"sqlite", sqliteFile, sqliteRunning, noServer, []int{2}},
	{"postgres", pgtest.Address, postgresRunning, postgresConnections, []int{2, 4}},
}

const runningJobs = `SELECT count(*) FROM river_job WHERE state = 'running'`

func sqliteFile(tb testing.TB) string {
	tb.Helper()
	return "sqlite:" + filepath.Join(tb.TempDir(), "passdesk.db")
}

func sqliteRunning(t *testing.T, address string) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+strings.TrimPrefix(address, "sqlite:"))
	require.NoError(t, err)
	defer db.Close() //nolint:errcheck // nothing was written
	require.NoError(t, db.QueryRowContext(t.Context(), runningJobs).Scan(&n))
	return n
}

func postgresRunning(t *testing.T, address string) (n int) {
	t.Helper()
	db, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	defer db.Close(t.Context()) //nolint:errcheck // nothing was written
	require.NoError(t, db.QueryRow(t.Context(), runningJobs).Scan(&n))
	return n
}

func noServer(context.Context, string) int { return 0 }

func postgresConnections(ctx context.Context, address string) (n int) {
	db, err := pgx.Connect(ctx, address)
	if err != nil {
		return 0
	}
	defer db.Close(ctx) //nolint:errcheck // nothing was written
	_ = db.QueryRow(ctx, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()`).Scan(&n)
	return n
}
