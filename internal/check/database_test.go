package check_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/check"
	"github.com/passdesk/passdesk/internal/store"
)

// database makes the database as a start would, and changes it.
func (p *patient) database(change string) {
	p.t.Helper()
	path := filepath.Join(p.dir, "passdesk.db")
	s, err := store.Open(p.t.Context(), "sqlite:"+path, store.Options{})
	require.NoError(p.t, err)
	require.NoError(p.t, s.Close())
	db, err := sql.Open("sqlite", path)
	require.NoError(p.t, err)
	_, err = db.ExecContext(p.t.Context(), change)
	require.NoError(p.t, err)
	require.NoError(p.t, db.Close())
}

func TestTheDatabaseIsNotMigrated(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.database("DELETE FROM migrations WHERE version_id = (SELECT MAX(version_id) FROM migrations)")
	before, err := store.Look(t.Context(), "sqlite:"+filepath.Join(p.dir, "passdesk.db"))
	require.NoError(t, err)
	require.Less(t, before.Version, before.Newest)
	r := p.checked()
	require.Regexp(t, `database: Its tables are at migration \d+ of \d+`, strings.Join(found(r, check.Note), "\n"))
	after, err := store.Look(t.Context(), "sqlite:"+filepath.Join(p.dir, "passdesk.db"))
	require.NoError(t, err)
	require.Equal(t, before, after)
}
