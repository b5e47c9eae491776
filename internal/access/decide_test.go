package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

// stepwise are rules by which the manager agrees first, and then two of the guards.
func stepwise(t *testing.T) access.Settings {
	t.Helper()
	s := settings
	s.Rules = []access.Rule{{
		Name: "stepwise", When: condition(t, `kind == "pass"`), Within: 30 * time.Minute,
		Approve: []access.Approval{
			{From: []access.Source{access.SourceManager}, Count: 1},
			{From: []access.Source{"group:guards"}, Count: 2},
		},
		Escalate: access.Escalation{After: 10 * time.Minute, To: []access.Source{"group:duty"}},
	}}
	return s
}

// guarded is a house with three guards and somebody on duty.
func guarded(t *testing.T) *house {
	t.Helper()
	h := newHouseBy(t, stepwise(t))
	for id, group := range map[access.ID]access.ID{"g1": "guards", "g2": "guards", "g3": "guards", "night": "duty"} {
		h.tenant.set(id, func(m *access.Member) {
			*m = access.Member{Person: access.Person{ID: id, Name: string(id)}, Found: true, Enabled: true, Groups: []access.ID{group}}
		})
	}
	return h
}

var yes = access.Answer{Approve: true}

func (h *house) agree(r access.Request, who ...access.ID) access.Request {
	for _, id := range who {
		var err error
		r, err = h.Decide(h.t.Context(), id, claim(r), yes)
		require.NoError(h.t, err, id)
	}
	return r
}

func (h *house) refuses(r access.Request, who access.ID, a access.Answer, code access.Code) {
	h.t.Helper()
	_, err := h.Decide(h.t.Context(), who, claim(r), a)
	require.Equal(h.t, code, access.CodeOf(err), err)
}

func TestSeveralAgreeOneAfterAnother(t *testing.T) {
	t.Parallel()
	h := guarded(t)
	r := h.asked()
	require.Equal(t, []access.ID{"megan"}, ids(r.Approvers))
	h.refuses(r, "g1", yes, access.Forbidden) // it is not their turn
	r = h.agree(r, "megan")
	require.Equal(t, access.Asked, r.State)
	require.Equal(t, []access.ID{"megan", "g1", "g2", "g3"}, ids(r.Approvers))
	h.refuses(r, "megan", yes, access.Forbidden)
	r = h.agree(r, "g1")
	h.refuses(r, "g1", yes, access.Forbidden) // once each
	r = h.agree(r, "g3")
	require.Equal(t, access.Approved, r.State)
	require.Len(t, r.Decisions, 3)
	s, err := h.CarryOut(t.Context(), "adele", claim(r), false)
	require.NoError(t, err)
	require.Equal(t, "code-1", s.Code.Reveal())
}

func TestOneNoEndsIt(t *testing.T) {
	t.Parallel()
	h := guarded(t)
	r := h.agree(h.asked(), "megan", "g1")
	r, err := h.Decide(t.Context(), "g2", claim(r), access.Answer{Reason: "not today"})
	require.NoError(t, err)
	require.Equal(t, access.Denied, r.State)
}

func TestAnAgreementIsTakenBack(t *testing.T) {
	t.Parallel()
	h := guarded(t)
	r := h.agree(h.asked(), "megan", "g1")
	_, err := h.Withdraw(t.Context(), "g2", claim(r))
	require.Equal(t, access.Forbidden, access.CodeOf(err), "who has said nothing has nothing to take back")
	r, err = h.Withdraw(t.Context(), "g1", claim(r))
	require.NoError(t, err)
	require.Equal(t, access.Asked, r.State)
	r = h.agree(r, "g2")
	require.Equal(t, access.Asked, r.State, "two are needed, and one has taken it back")
	r = h.agree(r, "g1")
	require.Equal(t, access.Approved, r.State)
	r, err = h.Withdraw(t.Context(), "megan", claim(r))
	require.NoError(t, err)
	require.Equal(t, access.Withdrawn, r.State)
}

// I5: who left the group between decision and effect has not agreed.
func TestI5AnApproverWhoLeavesTheGroupHasNotAgreed(t *testing.T) {
	t.Parallel()
	h := guarded(t)
	r := h.agree(h.asked(), "megan", "g1", "g2")
	h.tenant.set("g2", func(m *access.Member) { m.Groups = nil })
	_, err := h.CarryOut(t.Context(), "adele", claim(r), false)
	require.Equal(t, access.Refused, access.CodeOf(err))
	require.Zero(t, h.tenant.made)
	h.tenant.set("g2", func(m *access.Member) { m.Groups, m.Enabled = []access.ID{"guards"}, false })
	_, err = h.CarryOut(t.Context(), "adele", claim(r), false)
	require.Equal(t, access.Refused, access.CodeOf(err))
}

func TestOthersAreAskedWhenNobodyAnswers(t *testing.T) {
	t.Parallel()
	h := guarded(t)
	r := h.asked()
	h.later(11 * time.Minute)
	require.NoError(t, h.Sweep(t.Context()))
	r, err := h.store.Request(t.Context(), r.Ref)
	require.NoError(t, err)
	require.Equal(t, []string{"stepwise 1"}, r.Escalated)
	require.True(t, r.MayDecide("night"))
	r = h.agree(r, "night")
	require.Equal(t, access.Asked, r.State, "the guards have to agree, too")
	h.later(31 * time.Minute)
	require.NoError(t, h.Sweep(t.Context()))
	require.Equal(t, access.Lapsed, h.state(r.Ref), "half an hour each")
}

// I3: the person's manager who is also a guard counts once.
func TestI3NobodyAgreesTwice(t *testing.T) {
	t.Parallel()
	h := guarded(t)
	h.tenant.set("megan", func(m *access.Member) { m.Groups = []access.ID{"guards"} })
	r := h.agree(h.asked(), "megan", "g1")
	h.refuses(r, "megan", yes, access.Forbidden)
	require.Equal(t, access.Asked, h.state(r.Ref))
}

// Who may agree when nobody else answers has waited for each agreement anew.
func TestEachAgreementIsWaitedForAnew(t *testing.T) {
	t.Parallel()
	h := guarded(t)
	h.tenant.set("night2", func(m *access.Member) {
		*m = access.Member{Person: access.Person{ID: "night2", Name: "night2"}, Found: true, Enabled: true, Groups: []access.ID{"duty"}}
	})
	h.tenant.set("night3", func(m *access.Member) {
		*m = access.Member{Person: access.Person{ID: "night3", Name: "night3"}, Found: true, Enabled: true, Groups: []access.ID{"duty"}}
	})
	escalated := func(r access.Request) access.Request {
		h.later(11 * time.Minute)
		require.NoError(t, h.Sweep(t.Context()))
		r, err := h.store.Request(t.Context(), r.Ref)
		require.NoError(t, err)
		return r
	}
	r := h.agree(escalated(h.asked()), "night")
	require.Equal(t, []access.ID{"g1", "g2", "g3"}, ids(r.Verdict.Approvers), "the guards are waited for, and nobody else yet")
	h.refuses(r, "night2", yes, access.Forbidden)
	r = h.agree(escalated(r), "night2", "night3")
	require.Equal(t, access.Approved, r.State)
	s, err := h.CarryOut(t.Context(), "adele", claim(r), false)
	require.NoError(t, err, "each has agreed to what they may")
	require.Equal(t, "code-1", s.Code.Reveal())
}

// What was approved before agreements were counted one by one is as good as it was.
func TestAnApprovalOfAnEarlierVersionHolds(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	old := func(r access.Request) access.Request {
		r.Rev++
		r.Decisions, r.Verdict.Needs, r.Verdict.Tried = nil, nil, nil
		r.Decision.For = ""
		require.NoError(t, h.store.Update(t.Context(), func(tx access.Tx) error { return tx.Change(t.Context(), access.Approved, r) }))
		return r
	}
	r := old(h.approved())
	h.tenant.set("megan", func(m *access.Member) { m.Enabled = false })
	_, err := h.CarryOut(t.Context(), "adele", claim(r), false)
	require.Equal(t, access.Refused, access.CodeOf(err), "who approved it is looked up all the same")
	h.tenant.set("megan", func(m *access.Member) { m.Enabled = true })
	s, err := h.CarryOut(t.Context(), "adele", claim(r), false)
	require.NoError(t, err)
	require.Equal(t, "code-1", s.Code.Reveal())
}

// One approval from before does not do for two that the rules ask for by now.
func TestAnApprovalOfAnEarlierVersionIsOne(t *testing.T) {
	t.Parallel()
	h := guarded(t)
	r := h.agree(h.asked(), "megan", "g1", "g2")
	require.Equal(t, access.Approved, r.State)
	r.Rev++
	r.Decisions, r.Decision.For, r.Verdict.Needs = nil, "", nil
	require.NoError(t, h.store.Update(t.Context(), func(tx access.Tx) error { return tx.Change(t.Context(), access.Approved, r) }))
	_, err := h.CarryOut(t.Context(), "adele", claim(r), false)
	require.Equal(t, access.Refused, access.CodeOf(err))
}
