package bot

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

// An exclusion is asked for, agreed to, in force, extended, and ended with proof,
// in the chats of those whom it concerns.
func TestAnExclusionInTheChats(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ref := w.exclusion()
	w.work()
	require.Contains(t, w.last("adele").Text, "is in force until")
	require.Contains(t, w.press("adele", "Extend", nil), "The form is below")
	require.Contains(t, string(w.last("adele").Card), "Ask to extend an exclusion")

	require.Contains(t, w.press("lee", "End now", nil), "being ended")
	w.goes(time.Minute)
	require.Equal(t, access.Ended, w.request(ref).State)
	require.Contains(t, w.last("adele").Text, "Entra was read twice")
	require.False(t, w.directory.excludes(w.request(ref).Terms.Policy.ID, w.id("alex")))
}

// Who may decide is told of an overdue end, whether or not they have a card: the
// request is not announced any more.
func TestAnOverdueEndIsToldToOwnersWithoutACard(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ref := w.exclusion()
	cards, err := w.store.Cards(t.Context(), ref)
	require.NoError(t, err)
	for _, c := range cards {
		if c.Person == w.id("lee") {
			require.NoError(t, w.post.drop(t.Context(), c))
		}
	}
	w.directory.set(func(d *directory) { d.fails = access.Fail(access.Unavailable, "Entra does not answer.") })
	w.goes(70 * time.Minute)
	require.Equal(t, access.Ending, w.request(ref).State)
	require.Positive(t, w.request(ref).Late)
	require.Contains(t, w.last("adele").Text, "Overdue: the exclusion of Alex")
	require.Contains(t, w.last("lee").Text, "Overdue: the exclusion of Alex")
}
