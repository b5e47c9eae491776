package access_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

// onGuard is a house with a threat group (t1, t2, t3), an emergency group (r1, r2,
// r3) and security (s1, s2).
func onGuard(t *testing.T) *house {
	t.Helper()
	s := settings
	s.Threat, s.Emergency, s.Security = []access.ID{"threats"}, []access.ID{"rescue"}, []access.ID{"soc"}
	h := newHouseBy(t, s)
	for id, group := range map[access.ID]access.ID{
		"t1": "threats", "t2": "threats", "t3": "threats", "r1": "rescue", "r2": "rescue", "r3": "rescue", "s1": "soc", "s2": "soc",
	} {
		h.tenant.set(id, func(m *access.Member) {
			*m = access.Member{Person: access.Person{ID: id, Name: string(id)}, Found: true, Enabled: true, Groups: []access.ID{group}}
		})
	}
	return h
}

func (h *house) threatOn() access.Threat {
	h.t.Helper()
	now, err := h.ThreatOn(h.t.Context(), "t1", "we are rung up")
	require.NoError(h.t, err)
	require.True(h.t, now.On)
	h.later(time.Second)
	return now
}

// queued counts the jobs that wait, of a kind, by whom they are for.
func (h *house) queued(kind access.JobKind) map[access.ID]int {
	h.t.Helper()
	count := map[access.ID]int{}
	for _, j := range h.waiting(kind) {
		count[j.Person]++
	}
	return count
}

func TestThreatModeAsksForTheHighestTier(t *testing.T) {
	t.Parallel()
	s := settings
	s.Security = []access.ID{"soc"}
	c := aCase()
	calm := s.Judge(c)
	c.Threat.On = true
	v := s.Judge(c)
	require.False(t, v.Refused())
	require.Contains(t, v.Codes(access.Note), "threat.on")
	require.Len(t, v.Needs, len(calm.Needs)+1)
	require.Equal(t, access.CallerCode, v.Needs[0].Caller)
	require.Equal(t, access.NoProof, calm.Needs[0].Caller, "what was judged before stays as it was")
	require.Equal(t, access.Need{Key: "threat mode", From: []access.Source{"group:soc"}, Count: 1}, v.Needs[1])

	s.Security = nil
	require.True(t, s.Judge(c).Refused(), "where nobody could agree, nothing is given")
}

// A desk's own rules do not get out of it, however weak or strong they are.
func TestThreatModeRaisesEveryRule(t *testing.T) {
	t.Parallel()
	for _, proof := range access.Proofs() {
		s := settings
		s.Rules = []access.Rule{{Name: "any", Approve: []access.Approval{
			{From: []access.Source{access.SourceManager}, Count: 1, Caller: proof},
			{From: []access.Source{"group:duty"}, Count: 2},
		}}}
		c := aCase()
		c.Threat.On = true
		v := s.Judge(c)
		require.Len(t, v.Needs, 3)
		require.Equal(t, access.CallerCode, v.Needs[0].Caller)
		require.Equal(t, access.CallerCode, v.Needs[1].Caller)
		require.Equal(t, proof, s.Rules[0].Approve[0].Caller, "the rule itself is left alone")
	}
}

func TestThreatModeStopsExclusions(t *testing.T) {
	t.Parallel()
	h := onGuard(t)
	waits := exclusionTerms(platforms)
	waits.Start = noon.Add(time.Hour)
	approved := h.agreed(waits)
	h.threatOn()
	r := h.asksFor("joni", exclusionTerms(platforms))
	require.Equal(t, access.Draft, r.State)
	require.Contains(t, r.Verdict.Codes(access.Refusal), "threat.exclusions")
	h.goes(time.Hour + time.Minute)
	failed := h.is(approved, access.Failed)
	require.Contains(t, failed.Why, "Threat mode is on")
	require.Empty(t, h.tenant.relaxed.excluded)
}

func TestWhatWasApprovedBeforeThreatModeIsNotGiven(t *testing.T) {
	t.Parallel()
	h := onGuard(t)
	r := h.approved()
	h.later(time.Second)
	h.threatOn()
	other := h.replica() // it has heard of nothing but what the store holds
	_, err := other.CarryOut(t.Context(), "adele", claim(r), false)
	require.Equal(t, access.Refused, access.CodeOf(err))
	require.Contains(t, access.Say(err), "Threat mode was switched on after this was approved")
	require.Zero(t, h.tenant.made)
}

func TestWhoMaySwitchThreatMode(t *testing.T) {
	t.Parallel()
	h := onGuard(t)
	h.tenant.set("t3", func(m *access.Member) { m.Enabled = false })
	h.tenant.set("guest", func(m *access.Member) {
		*m = access.Member{Person: access.Person{ID: "guest"}, Found: true, Enabled: true, Guest: true, Groups: []access.ID{"threats"}}
	})
	for _, who := range []access.ID{"adele", "megan", "s1", "r1", "t3", "guest", "nobody"} {
		_, err := h.ThreatOn(t.Context(), who, "x")
		require.Equal(t, access.Forbidden, access.CodeOf(err), who)
		_, err = h.Threat(t.Context(), who)
		require.Equal(t, access.Forbidden, access.CodeOf(err), who)
	}
	now, err := h.Threat(t.Context(), "t1")
	require.NoError(t, err)
	require.False(t, now.On)
	now = h.threatOn()
	require.Equal(t, map[access.ID]int{"t1": 1, "t2": 1, "s1": 1, "s2": 1}, h.queued(access.TellThreat), "the group and security, as far as they may act")
	require.Equal(t, []string{"t1 threat on done"}, h.audit(now.Ref))
	again, err := h.ThreatOn(t.Context(), "t2", "once more")
	require.NoError(t, err)
	require.Equal(t, now, again, "it is on already")
	_, err = h.ThreatOff(t.Context(), "adele", access.Claim{})
	require.Equal(t, access.Forbidden, access.CodeOf(err))
	require.Contains(t, h.audit(now.Ref), "adele threat off refused")
}

func TestSwitchingOffTakesTwoPeople(t *testing.T) {
	t.Parallel()
	h := onGuard(t)
	on := h.threatOn()
	off := func(who access.ID, c access.Claim) (access.Threat, access.Code) {
		now, err := h.ThreatOff(t.Context(), who, c)
		return now, access.CodeOf(err)
	}
	first, code := off("t1", access.Claim{})
	require.Empty(t, code)
	require.True(t, first.On)
	_, code = off("t1", access.Claim{})
	require.Equal(t, access.Refused, code, "nobody confirms their own word")
	_, code = off("t2", access.Claim{Ref: on.Ref, Rev: on.Rev})
	require.Equal(t, access.Stale, code, "the card shows another one")

	h.later(access.WordLasts)
	second, code := off("t2", access.Claim{})
	require.Empty(t, code)
	require.True(t, second.On, "an hour later it has to be said anew")
	require.Equal(t, access.ID("t2"), second.First.ID)

	kept, err := h.ThreatKeep(t.Context(), "t3", access.Claim{Ref: second.Ref, Rev: second.Rev})
	require.NoError(t, err)
	require.Empty(t, kept.First.ID)
	again, err := h.ThreatKeep(t.Context(), "t3", access.Claim{Ref: second.Ref, Rev: second.Rev})
	require.NoError(t, err, "pressed again it is the same press")
	require.Equal(t, kept, again)

	third, code := off("t1", access.Claim{Ref: kept.Ref, Rev: kept.Rev})
	require.Empty(t, code)
	done, code := off("t3", access.Claim{Ref: third.Ref, Rev: third.Rev})
	require.Empty(t, code)
	require.False(t, done.On)
	require.Equal(t, access.ID("t1"), done.First.ID)
	require.Equal(t, access.ID("t3"), done.By.ID)
	require.Equal(t, []string{
		"t1 threat on done", "t1 threat off intent", "t1 threat off refused", "t2 threat off intent",
		"t3 threat keep done", "t1 threat off intent", "t3 threat off done",
	}, h.audit(on.Ref))
	r := h.approved()
	_, err = h.CarryOut(t.Context(), "adele", claim(r), false)
	require.NoError(t, err, "all is as before")
}

// The first one's word is worth nothing once they may not switch any more.
func TestTheWordOfWhoLeftDoesNotCount(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func(*access.Member){
		"left the group": func(m *access.Member) { m.Groups = nil },
		"disabled":       func(m *access.Member) { m.Enabled = false },
		"became a guest": func(m *access.Member) { m.Guest = true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := onGuard(t)
			h.threatOn()
			_, err := h.ThreatOff(t.Context(), "t1", access.Claim{})
			require.NoError(t, err)
			h.tenant.set("t1", leave)
			now, err := h.ThreatOff(t.Context(), "t2", access.Claim{})
			require.NoError(t, err)
			require.True(t, now.On)
			require.Equal(t, access.ID("t2"), now.First.ID)
		})
	}
}

// Whoever switches at once on several replicas, one word and one change comes of it.
func TestTwoReplicasSwitchAtOnce(t *testing.T) {
	t.Parallel()
	h := onGuard(t)
	desks := []*access.Desk{h.Desk, h.replica()}
	both := func(do func(d *access.Desk, who access.ID) error) (codes []access.Code) {
		codes = make([]access.Code, 2)
		var all sync.WaitGroup
		for i, d := range desks {
			all.Go(func() { codes[i] = access.CodeOf(do(d, []access.ID{"t1", "t2"}[i])) })
		}
		all.Wait()
		return codes
	}
	for range 5 {
		require.Equal(t, []access.Code{"", ""}, both(func(d *access.Desk, who access.ID) error {
			_, err := d.ThreatOn(t.Context(), who, "")
			return err
		}))
		now, err := h.Threat(t.Context(), "t3")
		require.NoError(t, err)
		require.True(t, now.On)
		rev := now.Rev
		codes := both(func(d *access.Desk, _ access.ID) error {
			_, err := d.ThreatOff(t.Context(), "t1", access.Claim{})
			return err
		})
		require.ElementsMatch(t, []access.Code{"", access.Refused}, codes, "one person twice is one word")
		now, err = h.Threat(t.Context(), "t3")
		require.NoError(t, err)
		require.True(t, now.On)
		require.Equal(t, rev+1, now.Rev)
		_, err = h.ThreatKeep(t.Context(), "t3", access.Claim{})
		require.NoError(t, err)
		require.Equal(t, []access.Code{"", ""}, both(func(d *access.Desk, who access.ID) error {
			_, err := d.ThreatOff(t.Context(), who, access.Claim{})
			return err
		}))
		now, err = h.Threat(t.Context(), "t3")
		require.NoError(t, err)
		require.False(t, now.On, "two people have said it")
		require.NotEqual(t, now.First.ID, now.By.ID)
	}
}

// What cannot be read refuses.
func TestThreatModeIsSwitchedAlthoughEntraDoesNotTellWhomToTell(t *testing.T) {
	t.Parallel()
	h := onGuard(t)
	h.tenant.relaxed.membersErr = access.Fail(access.Unavailable, "Entra is down.")
	now := h.threatOn()
	require.True(t, now.On)
	require.Equal(t, 1, h.queued(access.TellThreat)["t2"])
}
