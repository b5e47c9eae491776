package store_test

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/stretchr/testify/require"
)

// size is what a database takes, in bytes.
func size(t *testing.T, address string) int64 {
	t.Helper()
	driver, name, ask := "pgx", address, `SELECT pg_database_size(current_database())`
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		driver, name, ask = "sqlite", "file:"+path, `SELECT (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size)`
	}
	db, err := sql.Open(driver, name)
	require.NoError(t, err)
	defer db.Close() //nolint:errcheck // nothing was written
	var bytes int64
	require.NoError(t, db.QueryRowContext(t.Context(), ask).Scan(&bytes))
	return bytes
}

// What a replica writes while nobody asks for anything is written over the same
// rows: a quarter of an hour of it takes no room.
func TestIdlingDoesNotGrow(t *testing.T) {
	onEach(t, func(t *testing.T, address string) { //nolint:thelper // it is the test itself
		d := newDesk()
		s := d.store(t, address)
		idle := func(rounds int) {
			for range rounds {
				_, err := s.Meet(t.Context(), "replica", "rules")
				require.NoError(t, err)
				require.NoError(t, s.Shared(t.Context(), "limit", func(string) string { return d.now().String() }))
				require.NoError(t, s.Ready(t.Context()))
				require.NoError(t, s.Prune(t.Context(), d.now().Add(-24*time.Hour)))
				d.advance(10 * time.Second)
			}
		}
		idle(20)
		before := size(t, address)
		idle(90)
		require.Less(t, size(t, address)-before, int64(128<<10))
	})
}
