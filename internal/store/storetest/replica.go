//nolint:thelper // these functions are the tests themselves
package storetest

import (
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/store"
)

var replicaTests = map[string]func(*testing.T, []Store){
	"Replicas know of one another":        meet,
	"A shared text is changed by one":     share,
	"Shared texts do not wait for others": shareApart,
}

func meet(t *testing.T, replicas []Store) {
	ids := func(list []store.Replica) map[string]string {
		rules := map[string]string{}
		for _, r := range list {
			rules[r.ID] = r.Rules
			require.Equal(t, Now(), r.Seen)
		}
		return rules
	}
	list, err := replicas[0].Meet(t.Context(), "one", "strict")
	require.NoError(t, err)
	require.Equal(t, map[string]string{"one": "strict"}, ids(list))
	list, err = replicas[1].Meet(t.Context(), "two", "lax")
	require.NoError(t, err)
	require.Equal(t, map[string]string{"one": "strict", "two": "lax"}, ids(list))
	list, err = replicas[0].Meet(t.Context(), "one", "lax")
	require.NoError(t, err)
	require.Equal(t, map[string]string{"one": "lax", "two": "lax"}, ids(list))
	require.NoError(t, replicas[1].Leave(t.Context(), "two"))
	list, err = replicas[0].Meet(t.Context(), "one", "lax")
	require.NoError(t, err)
	require.Equal(t, map[string]string{"one": "lax"}, ids(list))
}

func share(t *testing.T, replicas []Store) {
	var all sync.WaitGroup
	errs := make([]error, people)
	for n := range people {
		all.Go(func() {
			errs[n] = replicas[n%len(replicas)].Shared(t.Context(), "count", func(old string) string {
				i, _ := strconv.Atoi(old)
				return strconv.Itoa(i + 1)
			})
		})
	}
	all.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	require.NoError(t, replicas[0].Shared(t.Context(), "count", func(old string) string {
		require.Equal(t, strconv.Itoa(people), old)
		return old
	}))
}

func shareApart(t *testing.T, replicas []Store) {
	require.NoError(t, replicas[0].Shared(t.Context(), "a", func(string) string { return "1" }))
	require.NoError(t, replicas[1].Shared(t.Context(), "b", func(old string) string {
		require.Empty(t, old)
		return "2"
	}))
}
