package store

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

// TestOpenBeside opens one new file many times at once, as replicas on one host
// do: each sets up its connections while others change the file's journal, or
// close it as the last one.
func TestOpenBeside(t *testing.T) {
	t.Parallel()
	for range 40 {
		path := filepath.Join(t.TempDir(), "passdesk.db")
		var all errgroup.Group
		for range 6 {
			all.Go(func() error {
				db, err := openWriter(t.Context(), path, 1)
				if err != nil {
					return err
				}
				return db.Close()
			})
		}
		require.NoError(t, all.Wait())
	}
}
