package access_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/audit"
)

func TestHistoryInPages(t *testing.T) {
	t.Parallel()
	rules := settings
	rules.Auditors = []access.ID{"owners"}
	h := newHouseBy(t, rules)
	r := h.asked()
	_, err := h.Decide(t.Context(), "megan", claim(r), access.Answer{Reason: "not today"})
	require.NoError(t, err)
	for i := range 45 {
		h.later(time.Minute)
		require.NoError(t, h.store.Update(t.Context(), func(tx access.Tx) error {
			tx.Record(audit.Entry{At: h.now(), Actor: "lee", Action: "try " + strconv.Itoa(i), Outcome: audit.Refused, Person: "grady"})
			return nil
		}))
	}
	seen := map[string]bool{}
	for skip, pages := 0, 0; ; pages++ {
		past, err := h.History(t.Context(), "lee", access.HistoryQuery{Skip: skip})
		require.NoError(t, err)
		for _, e := range past.Entries {
			require.False(t, seen[e.At.String()+e.Action], "nothing twice")
			seen[e.At.String()+e.Action] = true
		}
		if skip += len(past.Entries); !past.More {
			require.Equal(t, 2, pages)
			break
		}
	}
	require.Len(t, seen, 47)

	past, err := h.History(t.Context(), "lee", access.HistoryQuery{Only: access.OnlyDenied})
	require.NoError(t, err)
	require.Len(t, past.Entries, 1)
	require.Equal(t, "deny", past.Entries[0].Action)
	past, err = h.History(t.Context(), "lee", access.HistoryQuery{Person: "grady", Only: access.OnlyRefused, Since: h.now().Add(-5 * time.Minute)})
	require.NoError(t, err)
	require.Len(t, past.Entries, 6)

	_, err = h.History(t.Context(), "adele", access.HistoryQuery{})
	require.Equal(t, access.Forbidden, access.CodeOf(err), "everything is for auditors")
	past, err = h.History(t.Context(), "bianca", access.HistoryQuery{Person: "joni"})
	require.NoError(t, err)
	require.Empty(t, past.Entries, "a colleague's request does not concern her")
	past, err = h.History(t.Context(), "megan", access.HistoryQuery{Person: "joni"})
	require.NoError(t, err)
	require.Len(t, past.Entries, 2)
}
