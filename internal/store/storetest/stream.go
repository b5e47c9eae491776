//nolint:thelper // these functions are the tests themselves
package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

var streamTests = map[string]func(*testing.T, []Store){
	"One replica sends at a time":       lead,
	"A cursor moves only where it was":  cursor,
	"Each sink has a cursor of its own": cursors,
	"A replica that has sent may go":    yield,
}

const sink = "https://collector.example/audit"

func lead(t *testing.T, replicas []Store) {
	seq, leads, err := replicas[0].Lead(t.Context(), sink, "one")
	require.NoError(t, err)
	require.True(t, leads)
	require.Zero(t, seq)
	_, leads, err = replicas[1].Lead(t.Context(), sink, "two")
	require.NoError(t, err)
	require.False(t, leads, "another one sends")
	_, leads, err = replicas[0].Lead(t.Context(), sink, "one")
	require.NoError(t, err)
	require.True(t, leads, "whoever sends goes on")
}

func cursor(t *testing.T, replicas []Store) {
	_, _, err := replicas[0].Lead(t.Context(), sink, "one")
	require.NoError(t, err)
	require.NoError(t, replicas[0].Taken(t.Context(), sink, "one", 0, 7))
	requireCode(t, access.Stale, replicas[0].Taken(t.Context(), sink, "one", 0, 9))
	requireCode(t, access.Stale, replicas[1].Taken(t.Context(), sink, "two", 7, 9))
	seq, err := replicas[1].Streamed(t.Context(), sink)
	require.NoError(t, err)
	require.EqualValues(t, 7, seq)
}

func cursors(t *testing.T, replicas []Store) {
	_, _, err := replicas[0].Lead(t.Context(), sink, "one")
	require.NoError(t, err)
	require.NoError(t, replicas[0].Taken(t.Context(), sink, "one", 0, 7))
	seq, leads, err := replicas[1].Lead(t.Context(), "stdout", "two")
	require.NoError(t, err)
	require.True(t, leads)
	require.Zero(t, seq)
}

func yield(t *testing.T, replicas []Store) {
	_, _, err := replicas[0].Lead(t.Context(), sink, "one")
	require.NoError(t, err)
	require.NoError(t, replicas[0].Taken(t.Context(), sink, "one", 0, 7))
	require.NoError(t, replicas[1].Yield(t.Context(), sink, "two"), "only who sends can")
	_, leads, err := replicas[1].Lead(t.Context(), sink, "two")
	require.NoError(t, err)
	require.False(t, leads)
	require.NoError(t, replicas[0].Yield(t.Context(), sink, "one"))
	seq, leads, err := replicas[1].Lead(t.Context(), sink, "two")
	require.NoError(t, err)
	require.True(t, leads)
	require.EqualValues(t, 7, seq)
	requireCode(t, access.Stale, replicas[0].Taken(t.Context(), sink, "one", 7, 9))
}
