package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

const channel = "19:c0ffee@thread.tacv2"

// inChannel is a house whose rules have a place: two of the manager and the guards
// agree there.
func inChannel(t *testing.T) *house {
	t.Helper()
	s := settings
	s.Rules = []access.Rule{{
		Name: "the channel", When: condition(t, `kind == "pass"`), Within: 30 * time.Minute, Place: channel,
		Approve: []access.Approval{{From: []access.Source{access.SourceManager, "group:guards"}, Count: 2}},
	}}
	h := newHouseBy(t, s)
	h.join("g1", "guards")
	h.join("g2", "guards")
	h.join("stranger", "others")
	return h
}

// join makes somebody a member of a group.
func (h *house) join(id, group access.ID) {
	h.tenant.set(id, func(m *access.Member) {
		*m = access.Member{Person: access.Person{ID: id, Name: string(id)}, Found: true, Enabled: true, Groups: []access.ID{group}}
	})
}

func TestAPlaceIsAskedInsteadOfTheMembersOfGroups(t *testing.T) {
	t.Parallel()
	h := inChannel(t)
	r := h.asked()
	require.Equal(t, channel, r.Verdict.Place)
	require.Equal(t, []access.ID{"megan", "g1", "g2"}, ids(r.Approvers))
	require.True(t, r.AskedAlone("megan"))
	require.False(t, r.AskedAlone("g1"))
}

func TestMembershipAtTheClickDecidesInAPlace(t *testing.T) {
	t.Parallel()
	h := inChannel(t)
	r := h.asked()
	for _, who := range []access.ID{"stranger", "adele", "joni"} {
		h.refuses(r, who, yes, access.Forbidden)
		h.refuses(r, who, access.Answer{Reason: "no"}, access.Forbidden)
		_, err := h.SeeInPlace(t.Context(), who, r.Ref, channel)
		require.Equal(t, access.Forbidden, access.CodeOf(err), who)
	}
	h.join("late", "guards")
	s, err := h.SeeInPlace(t.Context(), "late", r.Ref, channel)
	require.NoError(t, err)
	require.True(t, s.Request.MayDecide("late"))
	stored, err := h.store.Request(t.Context(), r.Ref)
	require.NoError(t, err)
	require.False(t, stored.MayDecide("late"), "looking changes nothing")
	r = h.agree(r, "late")
	require.True(t, r.Handles("late"))
	h.refuses(r, "late", yes, access.Forbidden)

	h.tenant.set("g1", func(m *access.Member) { m.Groups = nil })
	h.refuses(r, "g1", yes, access.Forbidden)
	_, err = h.SeeInPlace(t.Context(), "g1", r.Ref, channel)
	require.Equal(t, access.Forbidden, access.CodeOf(err), "who has left the group sees nothing any more")
	r = h.agree(r, "megan")
	require.Equal(t, access.Approved, r.State)
	_, err = h.SeeInPlace(t.Context(), "g2", r.Ref, channel)
	require.Equal(t, access.Forbidden, access.CodeOf(err), "nothing is left to decide")
}

func TestARequestIsSeenInItsOwnPlaceOnly(t *testing.T) {
	t.Parallel()
	h := inChannel(t)
	r := h.asked()
	for _, where := range []string{"", "19:forged@thread.tacv2", channel + "x"} {
		_, err := h.SeeInPlace(t.Context(), "g1", r.Ref, where)
		require.Equal(t, access.Forbidden, access.CodeOf(err), where)
	}
	alone := guarded(t)
	r = alone.asked()
	_, err := alone.SeeInPlace(t.Context(), "megan", r.Ref, "")
	require.Equal(t, access.Forbidden, access.CodeOf(err))
	alone.join("late", "guards")
	r = alone.agree(r, "megan")
	alone.refuses(r, "late", yes, access.Forbidden) // without a place, only who was asked decides
}

// What refuses whatever is said must not open the request to strangers either.
func TestAStrangerCannotDenyWhatTheRulesRefuseByNow(t *testing.T) {
	t.Parallel()
	h := inChannel(t)
	r := h.asked()
	h.Settings.Rules = []access.Rule{{Name: "never", Refuse: "Not any more."}}
	h.refuses(r, "stranger", access.Answer{Reason: "no"}, access.Forbidden)
	r, err := h.Decide(t.Context(), "g1", claim(r), access.Answer{Reason: "no"})
	require.NoError(t, err)
	require.Equal(t, access.Denied, r.State)
}
