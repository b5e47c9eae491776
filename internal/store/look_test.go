package store_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/store"
	"github.com/passdesk/passdesk/internal/store/pgtest"
)

// Whoever looks at a database sees how far it is, and changes nothing.
func TestLook(t *testing.T) {
	t.Parallel()
	for engine, address := range map[string]string{
		"SQLite": "sqlite:" + filepath.Join(t.TempDir(), "passdesk.db"), "PostgreSQL": pgtest.Address(t),
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			for range 2 { // looking twice shows that the first look made nothing
				s, err := store.Look(t.Context(), address)
				require.NoError(t, err)
				require.Equal(t, engine == "PostgreSQL", s.There)
				require.Zero(t, s.Version)
				require.Positive(t, s.Newest)
			}
			opened, err := store.Open(t.Context(), address, store.Options{})
			require.NoError(t, err)
			beside, err := store.Look(t.Context(), address)
			require.NoError(t, err)
			require.Equal(t, store.State{There: true, Version: beside.Newest, Newest: beside.Newest, Writable: true}, beside)
			require.NoError(t, opened.Close())
		})
	}
}

func TestLookAtWhatCannotBeUsed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := store.Look(t.Context(), "sqlite:"+filepath.Join(dir, "nowhere", "passdesk.db"))
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = store.Look(t.Context(), "oracle:x")
	require.ErrorContains(t, err, "sqlite:path or postgres://")
	_, err = store.Look(t.Context(), "postgres://passdesk:secret@127.0.0.1:1/none?connect_timeout=2")
	require.Error(t, err)
	require.NotContains(t, err.Error(), "secret")
}

// A standby server can be read, and is no use.
func TestLookAtAReadOnlyServer(t *testing.T) {
	t.Parallel()
	address := pgtest.Address(t)
	conn, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$`)
	require.NoError(t, err)
	require.NoError(t, conn.Close(t.Context()))
	s, err := store.Look(t.Context(), address)
	require.NoError(t, err)
	require.False(t, s.Writable)
}
