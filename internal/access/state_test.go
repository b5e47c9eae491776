package access_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

// What may follow what, written out a second time: a change of the table in the
// code must be meant.
var follows = map[access.State][]access.State{
	access.Draft:       {access.Draft, access.Asked, access.Lapsed},
	access.Asked:       {access.Asked, access.Approved, access.Denied, access.Withdrawn, access.Lapsed},
	access.Approved:    {access.CarryingOut, access.Withdrawn, access.Lapsed},
	access.CarryingOut: {access.CarryingOut, access.InForce, access.Failed},
	access.InForce:     {access.InForce, access.Ending},
	access.Ending:      {access.Ending, access.Ended},
	access.Ended:       {access.Ended},
}

func TestEveryPairOfStates(t *testing.T) {
	t.Parallel()
	for _, from := range access.States() {
		for _, to := range access.States() {
			require.Equal(t, slices.Contains(follows[from], to), from.MayBecome(to), "%s -> %s", from, to)
		}
		open := slices.ContainsFunc(follows[from], func(to access.State) bool { return to != from })
		require.Equal(t, !open, from.Closed(), from)
	}
	require.False(t, access.State("anything else").MayBecome(access.Asked), "an unknown state leads nowhere")
}

func TestEveryStateCanBeReachedAndCloses(t *testing.T) {
	t.Parallel()
	reached := map[access.State]bool{access.Draft: true}
	for range access.States() {
		for from := range reached {
			for _, to := range follows[from] {
				reached[to] = true
			}
		}
	}
	require.Len(t, reached, len(access.States()))
}
