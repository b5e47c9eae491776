package access_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

func TestListIsNarrowedToWhatSomebodyMaySee(t *testing.T) {
	t.Parallel()
	rules := settings
	rules.Auditors = []access.ID{"owners"}
	h := newHouseBy(t, rules)
	h.draft() // nobody's business
	var last access.Request
	for range 23 {
		last = h.asked()
		_, err := h.Withdraw(t.Context(), "adele", claim(last))
		require.NoError(t, err)
	}
	open := h.asked()
	list := func(who access.ID, q access.ListQuery) ([]access.Request, bool) {
		page, more, err := h.List(t.Context(), who, q)
		require.NoError(t, err)
		return page, more
	}
	for _, who := range []access.ID{"adele", "megan", "lee"} { // who asked, who decides, who audits
		page, more := list(who, access.ListQuery{})
		require.Len(t, page, 20, who)
		require.True(t, more, who)
		page, more = list(who, access.ListQuery{Skip: 20})
		require.Len(t, page, 4, who)
		require.False(t, more, who)
		page, _ = list(who, access.ListQuery{Only: access.OnlyOpen})
		require.Equal(t, open.Ref, page[0].Ref, who)
		require.Len(t, page, 1, who)
	}
	page, _ := list("bianca", access.ListQuery{})
	require.Empty(t, page, "a colleague's requests are not hers")
	page, _ = list("lee", access.ListQuery{Person: "grady"})
	require.Empty(t, page)
	page, more := list("lee", access.ListQuery{Skip: 1000})
	require.Empty(t, page)
	require.False(t, more)
}
