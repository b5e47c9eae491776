package access_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/store"
)

func emergencyTerms() access.Terms {
	return access.Terms{Minutes: 60, Once: true, Reason: "the plant stands still", Emergency: true}
}

// emergency sends r1's emergency for somebody, on terms.
func (h *house) emergency(kind access.Kind, person access.ID, t access.Terms) access.Request {
	h.t.Helper()
	h.tenant.relaxed.hurdles = []access.Outcome{{Policy: t.Policy, State: access.PolicyOn, Applies: true, Block: true}}
	d, err := h.Draft(h.t.Context(), "r1", kind, access.Person{ID: person, Name: string(person)}, t)
	require.NoError(h.t, err)
	t.Emergency = false // what comes back from a form is not believed
	r, err := h.Ask(h.t.Context(), "r1", claim(d), person, t)
	require.NoError(h.t, err)
	require.True(h.t, r.Terms.Emergency)
	return r
}

// rescued is an emergency pass for joni that r2 has confirmed and r1 has seen.
func (h *house) rescued() access.Request {
	h.t.Helper()
	r := h.agree(h.emergency(access.Pass, "joni", emergencyTerms()), "r2")
	require.Equal(h.t, access.Approved, r.State)
	s, err := h.CarryOut(h.t.Context(), "r1", claim(r), false)
	require.NoError(h.t, err)
	require.NotEmpty(h.t, s.Code.Reveal())
	return s.Request
}

func TestAnEmergencySkipsTheWaiting(t *testing.T) {
	t.Parallel()
	h := onGuard(t)
	h.rules.Rules = []access.Rule{{Name: "never", Refuse: "Not here."}}
	h.Desk = h.replica()
	r := h.emergency(access.Pass, "joni", emergencyTerms())
	require.Equal(t, access.Asked, r.State, r.Verdict)
	require.Equal(t, "emergency", r.Verdict.Rule)
	require.Contains(t, r.Verdict.Codes(access.Note), "emergency")
	require.Equal(t, []access.ID{"r2", "r3"}, ids(r.Approvers))
	require.Equal(t, map[access.ID]int{"r2": 1, "r3": 1}, h.queued(access.Announce), "all are asked at once")
	require.Equal(t, map[access.ID]int{"s1": 1, "s2": 1}, h.queued(access.Notify), "security is told at once")
	require.Equal(t, r.Asked.Add(30*time.Minute), r.Due)
	require.Zero(t, r.Escalate)
	entries, err := h.store.Entries(t.Context(), r.Ref, "", 10)
	require.NoError(t, err)
	require.Equal(t, "true", entries[0].Detail["emergency"])
}

// Everybody tries to confirm: only another member of the emergency group may.
func TestWhoMayConfirmAnEmergency(t *testing.T) {
	t.Parallel()
	h := onGuard(t)
	h.tenant.set("bianca", func(m *access.Member) { m.Groups = []access.ID{"rescue"} }) // whom it is for
	h.tenant.relaxed.hurdles = nil
	r := h.emergency(access.Pass, "bianca", emergencyTerms())
	require.Equal(t, []access.ID{"r2", "r3"}, ids(r.Approvers), "neither who asks nor whom it is for")
	for _, who := range []access.ID{"r1", "bianca", "adele", "megan", "lee", "s1", "t1", "nobody"} {
		h.refuses(r, who, yes, access.Forbidden)
	}
	for name, leave := range map[access.ID]func(*access.Member){
		"r2": func(m *access.Member) { m.Groups = nil },
		"r3": func(m *access.Member) { m.Enabled = false },
	} {
		h.tenant.set(name, leave)
		h.refuses(r, name, yes, access.Forbidden)
	}
	require.Equal(t, access.Asked, h.state(r.Ref))
}

func TestWhoMayAskInAnEmergency(t *testing.T) {
	t.Parallel()
	h := onGuard(t)
	for _, who := range []access.ID{"adele", "megan", "s1", "t1"} {
		_, err := h.Draft(t.Context(), who, access.Pass, access.Person{ID: "joni"}, emergencyTerms())
		require.Equal(t, access.Forbidden, access.CodeOf(err), who)
	}
	_, err := h.Draft(t.Context(), "r1", access.Pass, access.Person{ID: "joni"}, terms)
	require.Equal(t, access.Forbidden, access.CodeOf(err), "of the help desk they are not")
	d, err := h.Draft(t.Context(), "r1", access.Pass, access.Person{ID: "joni"}, emergencyTerms())
	require.NoError(t, err)
	h.tenant.set("r1", func(m *access.Member) { m.Groups = []access.ID{"helpdesk"} })
	r, err := h.Ask(t.Context(), "r1", claim(d), "joni", emergencyTerms())
	require.NoError(t, err)
	require.Equal(t, []string{"asker.emergency"}, r.Verdict.Codes(access.Refusal), "nor who has left the group")
}

// It is no easy way round: each of these is refused.
func TestWhatAnEmergencyIsRefused(t *testing.T) {
	t.Parallel()
	pass := func(change func(*access.Terms)) access.Terms {
		terms := emergencyTerms()
		change(&terms)
		return terms
	}
	lift := func(change func(*access.Terms)) access.Terms {
		terms := exclusionTerms(platforms)
		terms.Emergency = true
		change(&terms)
		return terms
	}
	for name, c := range map[string]struct {
		kind   access.Kind
		person access.ID
		terms  access.Terms
		before func(*house)
		code   string
	}{
		"no reason":       {access.Pass, "joni", pass(func(t *access.Terms) { t.Reason = "" }), nil, "emergency.reason"},
		"a blank reason":  {access.Pass, "joni", pass(func(t *access.Terms) { t.Reason = "  \t" }), nil, "emergency.reason"},
		"a long pass":     {access.Pass, "joni", pass(func(t *access.Terms) { t.Minutes = 61 }), nil, "emergency.length"},
		"later":           {access.Pass, "joni", pass(func(t *access.Terms) { t.Start = noon.Add(time.Hour) }), nil, "emergency.start"},
		"a long lift":     {access.Exclusion, "grady", lift(func(t *access.Terms) { t.Minutes = 241 }), nil, "emergency.length"},
		"over the policy": {access.Exclusion, "grady", lift(func(t *access.Terms) { t.Minutes = 9 * 60 }), nil, "exclusion.length"},
		"an extension":    {access.Exclusion, "grady", lift(func(t *access.Terms) { t.Extends = "PD-22222" }), nil, "emergency.start"},
		"I3: themselves":  {access.Pass, "r1", emergencyTerms(), nil, "person.asker"},
		"I8: privileged":  {access.Pass, "joni", emergencyTerms(), func(h *house) { h.tenant.privs["joni"] = []string{"a role"} }, "person.privileged"},
		"I8: protected":   {access.Pass, "joni", emergencyTerms(), func(h *house) { h.tenant.set("joni", func(m *access.Member) { m.Groups = []access.ID{"vault"} }) }, "person.protected"},
		"disabled":        {access.Pass, "joni", emergencyTerms(), func(h *house) { h.tenant.set("joni", func(m *access.Member) { m.Enabled = false }) }, "person.disabled"},
		"locked": {access.Pass, "joni", emergencyTerms(), func(h *house) {
			require.NoError(h.t, h.store.Update(h.t.Context(), func(tx access.Tx) error {
				return tx.SaveLock(h.t.Context(), access.Lock{Person: access.Person{ID: "joni"}, Since: noon, Why: "Denied often."})
			}))
		}, "person.locked"},
		"too many": {access.Pass, "joni", emergencyTerms(), func(h *house) {
			h.rules.Limits = access.Limits{Agent: access.Limit{Most: 1, In: time.Hour}}
			h.Desk = h.replica()
			h.emergency(access.Pass, "grady", emergencyTerms())
		}, "limit.agent"},
		"threat mode": {access.Exclusion, "grady", lift(func(*access.Terms) {}), func(h *house) { h.threatOn() }, "threat.exclusions"},
		"alone":       {access.Pass, "joni", emergencyTerms(), func(h *house) { h.empty("r2", "r3") }, "approver.few"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := onGuard(t)
			if c.before != nil {
				c.before(h)
			}
			r := h.emergency(c.kind, c.person, c.terms)
			require.Equal(t, access.Draft, r.State)
			require.Contains(t, r.Verdict.Codes(access.Refusal), c.code)
		})
	}
}

func (h *house) empty(who ...access.ID) {
	for _, id := range who {
		h.tenant.set(id, func(m *access.Member) { m.Groups = nil })
	}
}

// What was true when it was confirmed is asked again before anything is given.
func TestI5WhoConfirmedAnEmergencyMustStillBeAMember(t *testing.T) {
	t.Parallel()
	h := onGuard(t)
	r := h.agree(h.emergency(access.Pass, "joni", emergencyTerms()), "r2")
	h.empty("r2")
	_, err := h.CarryOut(t.Context(), "r1", claim(r), false)
	require.Equal(t, access.Refused, access.CodeOf(err))
	require.Zero(t, h.tenant.made)
}

func TestUnderThreatModeAnEmergencyNeedsSecurityToo(t *testing.T) {
	t.Parallel()
	h := onGuard(t)
	h.threatOn()
	r := h.emergency(access.Pass, "joni", emergencyTerms())
	require.Equal(t, access.NoProof, r.Verdict.Needs[0].Caller)
	r = h.agree(r, "r2")
	require.Equal(t, access.Asked, r.State)
	h.refuses(r, "r3", yes, access.Forbidden)
	r = h.agree(r, "s1")
	require.Equal(t, access.Approved, r.State)
	s, err := h.CarryOut(t.Context(), "r1", claim(r), false)
	require.NoError(t, err)
	require.False(t, s.Request.MayReview("s1"), "who agreed does not review it")
	require.True(t, s.Request.MayReview("s2"))
}

func TestAnEmergencyInForceIsReviewed(t *testing.T) {
	t.Parallel()
	h := onGuard(t)
	h.tenant.set("r2", func(m *access.Member) { m.Groups = []access.ID{"rescue", "soc"} }) // who confirms belongs to security
	r := h.rescued()
	require.Equal(t, access.InForce, r.State)
	require.Equal(t, r.Changed.Add(24*time.Hour), r.Review.Due)
	told := h.queued(access.Announce)
	require.Equal(t, 1, told["s1"])
	require.Equal(t, 1, told["s2"])
	for _, who := range []access.ID{"r1", "r2", "r3", "joni", "adele", "megan", "t1"} {
		_, err := h.LookBack(t.Context(), who, claim(r), "fine")
		require.Equal(t, access.Forbidden, access.CodeOf(err), who)
	}
	waiting, _, _, err := h.Open(t.Context(), "s1")
	require.NoError(t, err)
	require.Len(t, waiting, 1)
	_, err = h.LookBack(t.Context(), "s1", claim(r), " ")
	require.Equal(t, access.Invalid, access.CodeOf(err))
	h.tenant.set("s2", func(m *access.Member) { m.Groups = nil })
	_, err = h.LookBack(t.Context(), "s2", claim(r), "fine")
	require.Equal(t, access.Forbidden, access.CodeOf(err), "who has left security")

	done, err := h.LookBack(t.Context(), "s1", claim(r), "The plant did stand still.")
	require.NoError(t, err)
	require.Equal(t, "The plant did stand still.", done.Review.Word)
	require.Equal(t, access.InForce, done.State)
	again, err := h.LookBack(t.Context(), "s1", claim(r), "Once more.")
	require.NoError(t, err, "pressed again it is the same press")
	require.Equal(t, done.Review, again.Review)
	waiting, _, _, err = h.Open(t.Context(), "s1")
	require.NoError(t, err)
	require.Empty(t, waiting)
	require.Contains(t, h.audit(r.Ref), "s1 review done")
	entries, err := h.store.Entries(t.Context(), r.Ref, "", 50)
	require.NoError(t, err)
	for _, e := range entries {
		require.Equal(t, "true", e.Detail["emergency"], e.Action)
	}
}

// It is reminded of until it is done, although the request has long ended, and it is
// not forgotten before.
func TestAReviewIsRemindedOfUntilItIsDone(t *testing.T) {
	t.Parallel()
	h := onGuard(t)
	r := h.rescued()
	h.later(2 * time.Hour)
	require.NoError(t, h.Sweep(t.Context()))
	require.Equal(t, access.Ended, h.state(r.Ref))
	before := h.queued(access.Notify)["s1"]
	h.later(21 * time.Hour)
	require.NoError(t, h.Sweep(t.Context()))
	require.Equal(t, before, h.queued(access.Notify)["s1"], "there is time until then")
	h.later(time.Hour)
	h.tenant.set("s3", func(m *access.Member) {
		*m = access.Member{Person: access.Person{ID: "s3", Name: "s3"}, Found: true, Enabled: true, Groups: []access.ID{"soc"}}
	})
	for n := 1; n <= 3; n++ {
		require.NoError(t, h.Sweep(t.Context()))
		require.NoError(t, h.Sweep(t.Context()), "twice does no harm")
		require.Equal(t, before+n, h.queued(access.Notify)["s1"])
		require.Equal(t, n, h.queued(access.Notify)["s3"], "who is of security by now is asked, too")
		h.later(4 * time.Hour)
	}
	s := h.store.Store.(*store.Store) //nolint:errcheck,forcetypeassert // it is one
	require.NoError(t, s.Prune(t.Context(), h.now().Add(time.Hour)))
	now, err := h.store.Request(t.Context(), r.Ref)
	require.NoError(t, err, "it waits for its review")
	now, err = h.LookBack(t.Context(), "s3", claim(now), "Late, and right.")
	require.NoError(t, err)
	require.Equal(t, access.Ended, now.State)
	require.Zero(t, now.Next())
	sent := h.queued(access.Notify)["s1"]
	h.later(5 * time.Hour)
	require.NoError(t, h.Sweep(t.Context()))
	require.Equal(t, sent, h.queued(access.Notify)["s1"])
	require.NoError(t, s.Prune(t.Context(), h.now().Add(time.Hour)))
	_, err = h.store.Request(t.Context(), r.Ref)
	require.Equal(t, access.NotFound, access.CodeOf(err))
}

// A pass that is made again, or an exclusion that ends, begins no second review; what
// never came into force needs none.
func TestOneReviewForEachEmergency(t *testing.T) {
	t.Parallel()
	h := onGuard(t)
	r := h.rescued()
	s, err := h.See(t.Context(), "r1", r.Ref)
	require.NoError(t, err)
	shown := access.Showing{Sight: s}
	require.NoError(t, h.Answered(t.Context(), shown))
	h.later(2 * time.Minute)
	again, err := h.CarryOut(t.Context(), "r1", claim(r), true)
	require.NoError(t, err)
	require.Equal(t, r.Review, again.Request.Review)

	denied, err := h.Decide(t.Context(), "r2", claim(h.emergency(access.Pass, "grady", emergencyTerms())), access.Answer{Reason: "no"})
	require.NoError(t, err)
	require.False(t, denied.Unreviewed())
	ordinary, _ := h.shownOrdinary()
	require.Nil(t, ordinary.Review)
}

func (h *house) shownOrdinary() (access.Request, access.Showing) {
	h.t.Helper()
	delete(h.tenant.passes, "joni")
	r := h.approved()
	s, err := h.CarryOut(h.t.Context(), "adele", claim(r), false)
	require.NoError(h.t, err)
	return s.Request, s
}

func TestAnEmergencyExclusionIsReviewedAfterItsEnd(t *testing.T) {
	t.Parallel()
	h := onGuard(t)
	terms := exclusionTerms(platforms)
	terms.Emergency = true
	r := h.agree(h.emergency(access.Exclusion, "grady", terms), "r3")
	h.goes(time.Minute)
	r = h.is(r, access.InForce)
	require.True(t, r.MayReview("s2"))
	_, err := h.End(t.Context(), "s2", claim(r))
	require.NoError(t, err, "security may end it")
	h.goes(time.Minute)
	r = h.is(r, access.Ended)
	require.True(t, r.Unreviewed())
	extended, err := h.LookBack(t.Context(), "s2", claim(r), "It was none.")
	require.NoError(t, err)
	require.False(t, extended.Unreviewed())
}

// To extend an exclusion that was an emergency, the rules are asked.
func TestAnExtensionOfAnEmergencyIsNone(t *testing.T) {
	t.Parallel()
	h := onGuard(t)
	h.tenant.set("r1", func(m *access.Member) { m.Groups = []access.ID{"rescue", "helpdesk"} })
	terms := exclusionTerms(platforms)
	terms.Emergency = true
	r := h.agree(h.emergency(access.Exclusion, "grady", terms), "r3")
	h.goes(time.Minute)
	r = h.is(r, access.InForce)
	d, err := h.Extend(t.Context(), "r1", claim(r))
	require.NoError(t, err)
	require.False(t, d.Terms.Emergency)
}

func TestAFormCannotBecomeAnEmergency(t *testing.T) {
	t.Parallel()
	h := onGuard(t)
	forged := terms
	forged.Emergency = true
	r, err := h.Ask(t.Context(), "adele", claim(h.draft()), "joni", forged)
	require.NoError(t, err)
	require.False(t, r.Terms.Emergency)
	require.NotEqual(t, "emergency", r.Verdict.Rule)
	require.False(t, slices.Contains(ids(r.Approvers), "r1"))
}
