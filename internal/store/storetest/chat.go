//nolint:thelper // these functions are the tests themselves
package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

var chatTests = map[string]func(*testing.T, Store){
	"Chat is kept and replaced":    chats,
	"Cards are kept and dropped":   cards,
	"Chat that is not there":       missingChat,
	"Ready leaves no trace behind": ready,
}

func chats(t *testing.T, s Store) {
	c := access.Chat{
		Person: adele.ID, Teams: "29:1", Conversation: "a:1", ServiceURL: "https://smba.example/teams/",
		Locale: "en-GB", Zone: "Europe/Oslo", Blocked: "uninstalled",
	}
	for range 2 {
		update(t, s, func(tx access.Tx) error { return tx.SaveChat(t.Context(), c) })
		got, err := s.Chat(t.Context(), adele.ID)
		require.NoError(t, err)
		require.Equal(t, c, got)
		c = access.Chat{Person: adele.ID, Conversation: "a:2"}
	}
}

func missingChat(t *testing.T, s Store) {
	_, err := s.Chat(t.Context(), joni.ID)
	requireCode(t, access.NotFound, err)
}

func cards(t *testing.T, s Store) {
	one := access.Card{Ref: ref(1), Person: adele.ID, Conversation: "a:1", Activity: "1", Rev: 1}
	two, three, other := one, one, one
	two.Activity = "2"
	three.Person, three.Conversation = megan.ID, "a:2"
	other.Ref = ref(2)
	update(t, s, func(tx access.Tx) error {
		for _, c := range []access.Card{three, two, one, other} {
			require.NoError(t, tx.SaveCard(t.Context(), c))
		}
		return nil
	})
	list := func() []access.Card {
		got, err := s.Cards(t.Context(), ref(1))
		require.NoError(t, err)
		return got
	}
	require.Equal(t, []access.Card{one, two, three}, list())
	two.Rev = 5
	update(t, s, func(tx access.Tx) error {
		require.NoError(t, tx.SaveCard(t.Context(), two))
		require.NoError(t, tx.DropCard(t.Context(), one))
		return tx.DropCard(t.Context(), access.Card{Ref: ref(1), Activity: "unknown"})
	})
	require.Equal(t, []access.Card{two, three}, list())
	two.Rev = 6
	update(t, s, func(tx access.Tx) error {
		requireCode(t, access.Stale, tx.MoveCard(t.Context(), 4, two))
		requireCode(t, access.Stale, tx.MoveCard(t.Context(), 1, one))
		return tx.MoveCard(t.Context(), 5, two)
	})
	require.Equal(t, []access.Card{two, three}, list())
	got, err := s.Cards(t.Context(), ref(2))
	require.NoError(t, err)
	require.Equal(t, []access.Card{other}, got)
}

func ready(t *testing.T, s Store) {
	require.NoError(t, s.Ready(t.Context()))
	require.Zero(t, whole(t, s).Last)
}
