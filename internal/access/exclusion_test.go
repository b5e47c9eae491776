package access_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

func exclusionTerms(policy access.ID) access.Terms {
	return access.Terms{Minutes: 240, Reason: "new phone", Platform: "iOS", Policy: access.PolicyRef{ID: policy}}
}

// asks sends the form for Grady's exclusion.
func (h *house) asks(t access.Terms) access.Request {
	h.t.Helper()
	return h.asksFor("grady", t)
}

func (h *house) asksFor(person access.ID, t access.Terms) access.Request {
	h.t.Helper()
	h.tenant.relaxed.hurdles = []access.Outcome{{Policy: t.Policy, State: access.PolicyOn, Applies: true, Block: true}}
	draft, err := h.Draft(h.t.Context(), "adele", access.Exclusion, access.Person{ID: person, Name: string(person)}, t)
	require.NoError(h.t, err)
	r, err := h.Ask(h.t.Context(), "adele", claim(draft), person, t)
	require.NoError(h.t, err)
	return r
}

// agreed is a request for Grady's exclusion that Lee has approved.
func (h *house) agreed(t access.Terms) access.Request {
	h.t.Helper()
	return h.agreedFor("grady", t)
}

func (h *house) agreedFor(person access.ID, t access.Terms) access.Request {
	h.t.Helper()
	r := h.asksFor(person, t)
	require.Equal(h.t, access.Asked, r.State, r.Verdict)
	require.Equal(h.t, []access.Person{{ID: "lee", Name: "lee"}}, r.Approvers)
	r, err := h.Decide(h.t.Context(), "lee", claim(r), access.Answer{Approve: true})
	require.NoError(h.t, err)
	require.Equal(h.t, access.Approved, r.State)
	return r
}

// goes does what is due, again and again, for so long.
func (h *house) goes(d time.Duration) {
	for end := h.now().Add(d); ; h.later(max(5*time.Second, d/60)) {
		_ = h.Sweep(h.t.Context()) // what cannot be done now is done later
		if !h.now().Before(end) {
			return
		}
	}
}

func (h *house) is(r access.Request, want access.State) access.Request {
	h.t.Helper()
	now, err := h.store.Request(h.t.Context(), r.Ref)
	require.NoError(h.t, err)
	require.Equal(h.t, want, now.State, "%s: %s", r.Ref, now.Why)
	return now
}

// excluded is a request for Grady's exclusion that is in force.
func (h *house) excluded(t access.Terms) access.Request {
	h.t.Helper()
	r := h.agreed(t)
	h.goes(0)
	r = h.is(r, access.InForce)
	require.True(h.t, h.tenant.relaxed.excluded[exemption("grady", t.Policy.ID)])
	return r
}

func TestAnExclusionFromTheQuestionToTheProof(t *testing.T) {
	t.Parallel()
	for _, policy := range []access.ID{platforms, strict} {
		t.Run(string(policy), func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			r := h.excluded(exclusionTerms(policy))
			require.Equal(t, noon.Add(4*time.Hour), r.Ends)
			h.goes(time.Minute)
			require.NoError(t, h.ReadBack(t.Context(), r.Ref))
			require.Equal(t, r, h.is(r, access.InForce), "nothing to be drawn anew")

			h.later(4*time.Hour - time.Minute)
			h.goes(0)
			h.is(r, access.Ending)
			require.False(t, h.tenant.relaxed.excluded[exemption("grady", policy)])
			h.goes(time.Minute)
			ended := h.is(r, access.Ended)
			require.Len(t, ended.Gone, 2)
			require.GreaterOrEqual(t, ended.Gone[1].Sub(ended.Gone[0]), 10*time.Second)
			require.Equal(t, 1, h.tenant.relaxed.revoked["grady"])
		})
	}
}

func TestSessionsMayBeKept(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	terms := exclusionTerms(platforms)
	terms.KeepSessions = true
	r := h.excluded(terms)
	h.goes(5 * time.Hour)
	h.is(r, access.Ended)
	require.Zero(t, h.tenant.relaxed.revoked["grady"])
}

// An end is not an end while Entra shows the exclusion, or cannot be asked, or
// the sessions go on.
func TestAnEndIsTriedForEver(t *testing.T) {
	t.Parallel()
	down := access.Fail(access.Unavailable, "Entra is not there.")
	for name, spoil := range map[string]func(*relaxed){
		"cannot be removed":       func(x *relaxed) { x.includeErr = down },
		"cannot be read":          func(x *relaxed) { x.exemptErr = down },
		"still shown":             func(x *relaxed) { x.stale = 1 },
		"the answer is lost":      func(x *relaxed) { x.lost = true },
		"sessions are not ended":  func(x *relaxed) { x.revokeErr = down },
		"removing is not allowed": func(x *relaxed) { x.includeErr = access.Fail(access.Refused, "The permission is missing.") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			r := h.excluded(exclusionTerms(platforms))
			h.later(4 * time.Hour)
			for range 200 { // more than half an hour of failures
				spoil(&h.tenant.relaxed)
				h.goes(0)
				h.later(10 * time.Second)
			}
			late := h.is(r, access.Ending)
			require.Equal(t, 2, late.Late)
			require.NotEmpty(t, late.Trouble)
			h.tenant.relaxed.stale, h.tenant.relaxed.lost, h.tenant.relaxed.includeErr = 0, false, nil
			h.tenant.relaxed.exemptErr, h.tenant.relaxed.revokeErr = nil, nil
			h.goes(6 * time.Minute) // the longest pause
			require.Len(t, h.is(r, access.Ended).Gone, 2)
		})
	}
}

// A process that begins anew does not wait for what another one waited for.
func TestAnOverdueEndIsDoneFirst(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := h.excluded(exclusionTerms(platforms))
	h.later(4 * time.Hour)
	for range 60 {
		h.tenant.relaxed.includeErr = access.Fail(access.Unavailable, "Entra is not there.")
		h.goes(0)
		h.later(10 * time.Second)
	}
	h.tenant.relaxed.includeErr = nil
	require.True(t, h.tenant.relaxed.excluded[exemption("grady", platforms)])
	h.later(time.Millisecond)
	h.Desk = h.replica()
	_ = h.Sweep(t.Context())
	require.False(t, h.tenant.relaxed.excluded[exemption("grady", platforms)])
	h.goes(20 * time.Second)
	h.is(r, access.Ended)
}

// The last one out switches off the light.
func TestLeasesAreCounted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	short := exclusionTerms(platforms)
	short.Minutes = 60
	first, second := h.excluded(short), h.excluded(exclusionTerms(platforms))
	h.goes(61 * time.Minute)
	require.Contains(t, h.is(first, access.Ended).Why, string(second.Ref))
	require.True(t, h.tenant.relaxed.excluded[exemption("grady", platforms)])
	require.Zero(t, h.tenant.relaxed.revoked["grady"])
	h.goes(4 * time.Hour)
	require.Len(t, h.is(second, access.Ended).Gone, 2)
	require.Empty(t, h.tenant.relaxed.excluded)
}

func TestExtending(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := h.excluded(exclusionTerms(platforms))
	more, err := h.Extend(t.Context(), "adele", claim(r))
	require.NoError(t, err)
	require.Equal(t, r.Ref, more.Terms.Extends)

	long := more.Terms
	long.Minutes = 241
	refused, err := h.Ask(t.Context(), "adele", claim(more), "grady", long)
	require.NoError(t, err)
	require.Contains(t, refused.Verdict.Codes(access.Refusal), "exclusion.length", "4 h and 241 min are more than 8 h")

	asked, err := h.Ask(t.Context(), "adele", claim(refused), "grady", more.Terms)
	require.NoError(t, err)
	require.Equal(t, access.Asked, asked.State, asked.Verdict)
	_, err = h.Decide(t.Context(), "lee", claim(asked), access.Answer{Approve: true})
	require.NoError(t, err)
	h.goes(0)
	require.Equal(t, noon.Add(8*time.Hour), h.is(asked, access.InForce).Ends)
	h.goes(4*time.Hour + time.Minute)
	h.is(r, access.Ended)
	h.is(asked, access.InForce)
	h.goes(5 * time.Hour)
	h.is(asked, access.Ended)
	require.Empty(t, h.tenant.relaxed.excluded)
}

func TestALaterStart(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	terms := exclusionTerms(platforms)
	terms.Start = noon.Add(3 * time.Hour)
	r := h.agreed(terms)
	h.goes(2 * time.Hour)
	h.is(r, access.Approved)
	h.goes(time.Hour)
	require.Equal(t, noon.Add(7*time.Hour), h.is(r, access.InForce).Ends)
}

// What Passdesk did not make it neither takes over nor takes away.
func TestAStrangersExclusionIsLeftAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.tenant.relaxed.excluded[exemption("grady", platforms)] = true
	r := h.asks(exclusionTerms(platforms))
	require.Equal(t, access.Draft, r.State)
	require.Equal(t, []string{"exclusion.stranger"}, r.Verdict.Codes(access.Refusal))
	drifts, err := h.store.Drifts(t.Context())
	require.NoError(t, err)
	require.Len(t, drifts, 1)
	require.Equal(t, access.Stranger, drifts[0].Kind)
	require.Equal(t, []access.Person{{ID: "lee", Name: "lee"}}, drifts[0].Told)

	delete(h.tenant.relaxed.excluded, exemption("grady", platforms))
	r = h.agreed(exclusionTerms(platforms))
	h.tenant.relaxed.excluded[exemption("grady", platforms)] = true // between the approval and the effect
	h.goes(time.Minute)
	h.is(r, access.Failed)
	require.Empty(t, h.tenant.relaxed.calls)
	require.True(t, h.tenant.relaxed.excluded[exemption("grady", platforms)])
}

// An answer that is lost is no reason to be excluded twice, or for ever.
func TestALostAnswerIsPickedUp(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.tenant.relaxed.lost = true
	r := h.agreed(exclusionTerms(platforms))
	h.goes(0)
	h.is(r, access.CarryingOut)
	h.goes(time.Minute)
	h.is(r, access.InForce)
	h.goes(5 * time.Hour)
	h.is(r, access.Ended)
	require.Empty(t, h.tenant.relaxed.excluded)
}

// What cannot be made is given up, and what may be left of it is taken away and
// read gone, like at an end.
func TestAnExclusionIsGivenUp(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*house){
		"refused":                func(h *house) { h.tenant.relaxed.excludeErr = access.Fail(access.Refused, "The group is full.") },
		"Entra is away for long": func(h *house) { h.tenant.relaxed.excludeErr = access.Fail(access.Unavailable, "Entra is not there.") },
		"no owner any more":      func(h *house) { h.tenant.set("lee", func(m *access.Member) { m.Groups = nil }) },
		"privileged by now":      func(h *house) { h.tenant.privs["grady"] = []string{"is Global Administrator"} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			r := h.agreed(exclusionTerms(platforms))
			for range 150 {
				spoil(h)
				h.goes(0)
				h.later(5 * time.Second)
			}
			failed := h.is(r, access.Failed)
			require.NotEmpty(t, failed.Why)
			require.Empty(t, h.tenant.relaxed.excluded)
			hold, err := h.store.Hold(t.Context(), "grady", platforms)
			require.NoError(t, err)
			require.Equal(t, access.Free, hold.State)
			require.Empty(t, hold.Leases)
		})
	}
}

// The other ways in which Entra excludes somebody are told, not touched.
func TestAnEndTellsWhatStillExcludes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := h.excluded(exclusionTerms(platforms))
	h.tenant.relaxed.others[exemption("grady", platforms)] = []string{"through the group Sales"}
	h.goes(5 * time.Hour)
	require.Equal(t, []string{"through the group Sales"}, h.is(r, access.Ended).Still)
	drifts, err := h.store.Drifts(t.Context())
	require.NoError(t, err)
	require.Len(t, drifts, 1)
	require.Equal(t, access.StillExempt, drifts[0].Kind)
	require.NoError(t, h.SweepDrift(t.Context()))
	delete(h.tenant.relaxed.others, exemption("grady", platforms))
	require.NoError(t, h.SweepDrift(t.Context()))
	drifts, err = h.store.Drifts(t.Context())
	require.NoError(t, err)
	require.Empty(t, drifts)
}

func TestEndingEverything(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	held := h.excluded(exclusionTerms(platforms))
	later := exclusionTerms(strict)
	later.Start = h.now().Add(time.Hour)
	waiting, asked := h.agreed(later), h.asks(exclusionTerms(strict))
	shown, _ := h.shown()
	left, err := h.EndAll(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, left)
	for range 10 {
		h.later(5 * time.Second)
		left, err = h.EndAll(t.Context())
		require.NoError(t, err)
	}
	require.Empty(t, left)
	h.is(held, access.Ended)
	h.is(waiting, access.Withdrawn)
	h.is(asked, access.Withdrawn)
	h.is(shown, access.Ended)
	require.Empty(t, h.tenant.relaxed.excluded)
	require.Empty(t, h.tenant.passes)
}

// An ending is not held up by a record that cannot be written.
func TestAnExclusionEndsWithoutARecord(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := h.excluded(exclusionTerms(platforms))
	h.store.fail(access.Fail(access.Unavailable, "The disk is full."))
	_, err := h.End(t.Context(), "lee", claim(r))
	require.Equal(t, access.Unavailable, access.CodeOf(err))
	require.Empty(t, h.tenant.relaxed.excluded)
	h.goes(time.Minute)
	ended := h.is(r, access.Ended)
	require.Equal(t, access.ID("lee"), ended.By.ID)
	require.Len(t, ended.Gone, 2)
}

func TestFindPolicy(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for words, want := range map[string][]access.ID{
		"": {platforms, strict}, "phones": {platforms}, "UNSUPPORTED  platforms": {platforms}, "strict": {strict},
		"platform": {platforms}, "t": {platforms, strict}, "nothing": nil,
	} {
		found, err := h.FindPolicy(t.Context(), words)
		require.NoError(t, err)
		var ids []access.ID
		for _, p := range found {
			ids = append(ids, p.ID)
		}
		require.Equal(t, want, ids, words)
	}
}

// However many replicas are at it, Entra is asked once to exclude somebody and
// once to take them back.
func TestReplicasBeginAndEndAnExclusionOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	desks := []*access.Desk{h.Desk, h.replica(), h.replica(), h.replica()}
	r := h.agreed(exclusionTerms(strict))
	together := func() {
		var all sync.WaitGroup
		for _, d := range desks {
			all.Go(func() { _ = d.Due(t.Context(), r.Ref) })
		}
		all.Wait()
	}
	together()
	h.is(r, access.InForce)
	h.later(4 * time.Hour)
	for range 5 {
		together()
		h.later(5 * time.Second)
	}
	require.Len(t, h.is(r, access.Ended).Gone, 2)
	require.Equal(t, []string{"exclude", "include", "read", "read"}, h.tenant.relaxed.calls)
}

// I5: whoever approved must still own the policy when the exclusion is made, though
// others do.
func TestI5AnApprovalNeedsItsOwnerStill(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := h.agreed(exclusionTerms(platforms))
	h.tenant.set("megan", func(m *access.Member) { m.Groups = []access.ID{"owners"} })
	h.tenant.set("lee", func(m *access.Member) { m.Groups = nil })
	h.goes(time.Minute)
	require.Contains(t, h.is(r, access.Failed).Why, "not an owner of the policy any more")
	require.Empty(t, h.tenant.relaxed.calls)
}
