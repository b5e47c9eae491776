package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/store"
)

// A replica that was killed could not say so.
func TestReplicaThatIsNotHeardIsGone(t *testing.T) {
	onEach(t, func(t *testing.T, address string) { //nolint:thelper // it is the test itself
		d := newDesk()
		s := open(t, address, store.Options{Now: d.now})
		_, err := s.Meet(t.Context(), "killed", "")
		require.NoError(t, err)
		d.advance(store.ReplicaLasts / 2)
		list, err := s.Meet(t.Context(), "alive", "")
		require.NoError(t, err)
		require.Len(t, list, 2)
		d.advance(store.ReplicaLasts/2 + time.Second)
		list, err = s.Meet(t.Context(), "alive", "")
		require.NoError(t, err)
		require.Len(t, list, 1)
	})
}
