package entra_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// Nobody in a big company leads more people than they can know, and everybody's
// managers end with the president.
func TestTheCrowdHasManagers(t *testing.T) {
	t.Parallel()
	tn := entra.New(entra.Options{Users: 6000})
	president := person(t, tn, "patti").ID
	reports, titles := map[string]int{}, map[string]int{}
	for _, p := range tn.People()[12:] {
		reports[p.Manager]++
		titles[p.JobTitle]++
		if p.Guest {
			continue
		}
		levels := 0
		for at := p; at.ID != president; levels++ {
			require.Less(t, levels, 5, p.UPN)
			at = person(t, tn, at.Manager)
			require.False(t, at.Guest)
		}
	}
	for manager, n := range reports {
		if manager != "" {
			require.LessOrEqual(t, n, 40, manager)
		}
	}
	require.Equal(t, 4, titles["Regional Director"])
	require.Equal(t, 38, titles["Site Manager"])
}

func TestTheCrowdHasMethodsAndRoles(t *testing.T) {
	t.Parallel()
	const users = 20_000
	tn := entra.New(entra.Options{Users: users})
	kinds, bare := map[string]int{}, 0
	for _, p := range tn.People()[12:] {
		methods := tn.Methods(p.ID)
		ids := map[string]bool{}
		for _, m := range methods {
			kinds[m.Kind]++
			ids[m.ID] = true
		}
		require.Len(t, ids, len(methods))
		count(&bare, len(methods) == 1)
	}
	for kind, share := range map[string]float64{
		entra.Password: 1, entra.Authenticator: 0.63, entra.Phone: 0.37, entra.Hello: 0.29, entra.Passkey: 0.34,
	} {
		require.InDelta(t, share*users, kinds[kind], 0.02*users, kind)
	}
	require.InDelta(t, 0.12*users, bare, 0.03*users)
	require.InDelta(t, 0.0015*users, len(tn.Assignments()), 0.0008*users)
	require.InDelta(t, 0.0015*users, len(tn.Eligibilities()), 0.0008*users)
}

// The same seed makes the same company.
func TestTheCrowdFollowsFromTheSeed(t *testing.T) {
	t.Parallel()
	at := still(t).Now()
	company := func(seed int64) []entra.Person {
		return entra.New(entra.Options{Seed: seed, Users: 300, Now: func() time.Time { return at }}).People()
	}
	first, second, other := company(4), company(4), company(5)
	require.Equal(t, first, second)
	require.NotEqual(t, first[20:], other[20:])
}
