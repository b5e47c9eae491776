//nolint:thelper // these functions are the tests themselves
package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

var pastTests = map[string]func(*testing.T, Store){
	"Prune forgets what is closed and old":      pruneRequests,
	"Prune forgets chats that nobody uses":      pruneChats,
	"Prune takes out more than fits in a piece": pruneMany,
}

const retention = 400 * 24 * time.Hour

func pruneRequests(t *testing.T, s Store) {
	ctx, cutoff := t.Context(), Now().Add(-retention)
	old, young := cutoff.Add(-time.Millisecond), cutoff
	gone, kept := map[access.Ref]bool{}, map[access.Ref]bool{}
	for i, state := range access.States() {
		for j, at := range []time.Time{old, young} {
			r := asked(ref(10*i+j), at)
			r.State = state
			insert(t, s, r)
			update(t, s, func(tx access.Tx) error {
				require.NoError(t, tx.SaveCard(ctx, access.Card{Ref: r.Ref, Person: megan.ID, Conversation: "a:1", Activity: "1"}))
				require.NoError(t, tx.Claim(ctx, access.Reveal{Ref: r.Ref, Attempt: 1, State: access.Answered, Answered: at}))
				tx.Record(entry("ask " + string(r.Ref)))
				return nil
			})
			kept[r.Ref] = true
			if state.Closed() && at.Equal(old) {
				gone[r.Ref], kept[r.Ref] = true, false
			}
		}
	}
	require.Len(t, gone, 5)
	before := whole(t, s).Last
	require.NoError(t, s.Prune(ctx, cutoff))
	require.NoError(t, s.Prune(ctx, cutoff), "twice does no harm")
	for r, stays := range kept {
		_, err := s.Request(ctx, r)
		cards, listed := s.Cards(ctx, r)
		require.NoError(t, listed)
		shown, counted := s.Answered(ctx, r)
		require.NoError(t, counted)
		if stays {
			require.NoError(t, err)
			require.Len(t, cards, 1)
			require.Equal(t, 1, shown)
			continue
		}
		requireCode(t, access.NotFound, err)
		require.Empty(t, cards)
		require.Zero(t, shown)
	}
	list, err := s.Requests(ctx, access.Filter{Approver: megan.ID, Limit: 100})
	require.NoError(t, err)
	require.Len(t, list, 2*len(access.States())-len(gone)-2, "all but drafts and what is gone")
	require.Equal(t, before, whole(t, s).Last, "the audit forgets nothing")
}

func pruneChats(t *testing.T, s Store) {
	cutoff := Now().Add(-retention)
	update(t, s, func(tx access.Tx) error {
		require.NoError(t, tx.SaveChat(t.Context(), access.Chat{Person: joni.ID, Used: cutoff.Add(-time.Hour)}))
		return tx.SaveChat(t.Context(), access.Chat{Person: megan.ID, Used: cutoff})
	})
	require.NoError(t, s.Prune(t.Context(), cutoff))
	_, err := s.Chat(t.Context(), joni.ID)
	requireCode(t, access.NotFound, err)
	kept, err := s.Chat(t.Context(), megan.ID)
	require.NoError(t, err)
	require.Equal(t, cutoff, kept.Used)
}

func pruneMany(t *testing.T, s Store) {
	const many = 450
	update(t, s, func(tx access.Tx) error {
		for i := range many {
			r := asked(access.Ref(fmt.Sprint("PD-M", i)), Now().Add(-2*retention))
			r.State = access.Ended
			if err := tx.Insert(t.Context(), r); err != nil {
				return err
			}
		}
		return nil
	})
	require.NoError(t, s.Prune(t.Context(), Now().Add(-retention)))
	list, err := s.Requests(t.Context(), access.Filter{Person: joni.ID, Limit: many})
	require.NoError(t, err)
	require.Empty(t, list)
}
