package store_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/passdesk/passdesk/internal/store"
	"github.com/passdesk/passdesk/internal/store/pgtest"
	"github.com/passdesk/passdesk/internal/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(pgtest.Suite{M: m}) }

// engines are the databases, each by what makes the address of an empty one.
var engines = map[string]func(testing.TB) string{"SQLite": address, "PostgreSQL": pgtest.Address}

// onEach runs a test on each database.
func onEach(t *testing.T, test func(t *testing.T, address string)) {
	t.Helper()
	t.Parallel()
	for name, address := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, address(t))
		})
	}
}

func TestStore(t *testing.T) {
	t.Parallel()
	for name, address := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, func(t *testing.T, replicas int) []storetest.Store {
				t.Helper()
				where, all := address(t), make([]storetest.Store, replicas)
				for i := range all {
					all[i] = open(t, where, store.Options{Now: storetest.Now})
				}
				return all
			})
		})
	}
}

func address(tb testing.TB) string {
	tb.Helper()
	return "sqlite:" + filepath.Join(tb.TempDir(), "passdesk.db")
}

func open(tb testing.TB, address string, o store.Options) *store.Store {
	tb.Helper()
	s, err := store.Open(context.Background(), address, o)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, s.Close()) })
	return s
}
