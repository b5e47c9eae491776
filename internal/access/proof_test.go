package access_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

// proving are rules by which the manager agrees to a pass with a proof.
func proving(t *testing.T, proof access.Proof, more ...access.Approval) access.Settings {
	t.Helper()
	s := settings
	s.Rules = []access.Rule{{
		Name: "lost phone", When: condition(t, `kind == "pass"`),
		Approve: append([]access.Approval{{From: []access.Source{access.SourceManager}, Count: 1, Caller: proof}}, more...),
	}}
	return s
}

// keyed is a house whose replicas share a key.
func keyed(t *testing.T, rules access.Settings) *house {
	t.Helper()
	h := newHouseBy(t, rules)
	h.key = access.NewSecret("a key that stands in a test alone")
	h.Desk = h.replica()
	h.guards()
	return h
}

func (h *house) guards() {
	for _, id := range []access.ID{"g1", "g2", "g3"} {
		h.tenant.set(id, func(m *access.Member) {
			*m = access.Member{Person: access.Person{ID: id, Name: string(id)}, Found: true, Enabled: true, Groups: []access.ID{"guards"}}
		})
	}
}

func typing(code string) access.Answer {
	return access.Answer{Approve: true, Evidence: access.Evidence{Code: access.NewSecret(code)}}
}

// other is a code that is not the one.
func other(code string) string {
	return string('0'+(code[0]-'0'+1)%10) + code[1:]
}

func (h *house) code(r access.Request) string {
	h.t.Helper()
	code := h.CallerCode("adele", r)
	require.False(h.t, code.IsZero())
	return code.Reveal()
}

func (h *house) stored(ref access.Ref) access.Request {
	h.t.Helper()
	r, err := h.store.Request(h.t.Context(), ref)
	require.NoError(h.t, err)
	return r
}

// wrongs are the entries of the audit that tell of a wrong code.
func (h *house) wrongs(ref access.Ref) (lines []string) {
	h.t.Helper()
	entries, err := h.store.Entries(h.t.Context(), ref, "", 100)
	require.NoError(h.t, err)
	for _, e := range entries {
		if e.Detail["why"] == "a wrong code" {
			lines = append(lines, e.Actor+" "+e.Detail["tries left"])
		}
	}
	return lines
}

func TestTheRightCodeProvesTheCaller(t *testing.T) {
	t.Parallel()
	h := keyed(t, proving(t, access.CallerCode))
	r := h.asked()
	code := h.code(r)
	require.Regexp(t, `^\d{4}$`, code)
	require.True(t, h.CallerCode("megan", r).IsZero(), "it is the asker's alone")
	require.True(t, h.CallerCode("joni", r).IsZero())
	require.Equal(t, code, h.replica().CallerCode("adele", h.stored(r.Ref)).Reveal(), "every replica makes the same")
	h.refuses(r, "megan", yes, access.Invalid)
	h.refuses(r, "megan", typing("12345"), access.Invalid)
	require.Equal(t, r, h.stored(r.Ref), "what is no code is no try")

	h.later(3 * time.Minute)
	approved, err := h.Decide(t.Context(), "megan", claim(r), typing(code[:2]+" "+code[2:]))
	require.NoError(t, err)
	require.Equal(t, access.Approved, approved.State)
	require.Equal(t, &access.Proven{Proof: access.CallerCode, At: noon.Add(3 * time.Minute)}, approved.Decisions[0].Proven)
	require.Equal(t, noon.Add(18*time.Minute), approved.Due, "the approval lapses with the proof")
	require.Nil(t, approved.Challenge)
	require.True(t, h.CallerCode("adele", approved).IsZero(), "it is gone with the step")
	_, shown, err := h.ShowCode(t.Context(), "adele", claim(approved))
	require.Equal(t, access.Stale, access.CodeOf(err))
	require.True(t, shown.IsZero())
	s, err := h.CarryOut(t.Context(), "adele", claim(approved), false)
	require.NoError(t, err)
	require.False(t, s.Code.IsZero())
}

func TestThreeWrongCodesCloseTheRequest(t *testing.T) {
	t.Parallel()
	h := keyed(t, proving(t, access.CallerCode))
	r := h.asked()
	code := h.code(r)
	for left := 2; left > 0; left-- {
		before := r
		var err error
		r, err = h.Decide(t.Context(), "megan", claim(r), typing(other(code)))
		require.NoError(t, err)
		require.Equal(t, access.Asked, r.State)
		require.Equal(t, left, r.TriesLeft())
		again, err := h.Decide(t.Context(), "megan", claim(before), typing(other(code)))
		require.NoError(t, err)
		require.Equal(t, r, again, "the same click delivered again counts once")
		guess, err := h.Decide(t.Context(), "megan", claim(before), typing(code))
		require.NoError(t, err)
		require.Equal(t, r, guess, "nor is it a free guess")
	}
	r, err := h.Decide(t.Context(), "megan", claim(r), typing(other(code)))
	require.NoError(t, err)
	require.Equal(t, access.Denied, r.State)
	require.Contains(t, r.Why, "typed wrong 3 times")
	require.Equal(t, []string{"megan 0", "megan 1", "megan 2"}, h.wrongs(r.Ref))
	_, err = h.Decide(t.Context(), "megan", claim(r), typing(code))
	require.Equal(t, access.Stale, access.CodeOf(err), "the right one comes too late")
	require.Contains(t, h.audit(r.Ref), "passdesk deny done")
}

// Whoever guesses at the same time, at whatever replica, has three tries in all.
func TestI6TwoReplicasHaveThreeTriesInAll(t *testing.T) {
	t.Parallel()
	rules := proving(t, access.CallerCode)
	rules.Rules[0].Approve[0].From = []access.Source{"group:guards"}
	h := keyed(t, rules)
	r := h.asked()
	wrong := other(h.code(r))
	var tries sync.WaitGroup
	for _, desk := range []*access.Desk{h.Desk, h.replica()} {
		for _, who := range []access.ID{"g1", "g2", "g3"} {
			tries.Go(func() {
				for now := h.stored(r.Ref); now.State == access.Asked; now = h.stored(r.Ref) {
					got, err := desk.Decide(t.Context(), who, claim(now), typing(wrong))
					if err == nil && got.State == access.Approved {
						t.Error("a wrong code was right")
						return
					}
				}
			})
		}
	}
	tries.Wait()
	require.Equal(t, access.Denied, h.state(r.Ref))
	require.Len(t, h.wrongs(r.Ref), 3)
	require.Equal(t, 3, h.stored(r.Ref).WrongCodes)
}

func TestACodeIsGoodForAQuarterOfAnHour(t *testing.T) {
	t.Parallel()
	h := keyed(t, proving(t, access.CallerCode))
	r := h.asked()
	code := h.code(r)
	r, err := h.Decide(t.Context(), "megan", claim(r), typing(other(code)))
	require.NoError(t, err)
	h.later(14 * time.Minute)
	same, shown, err := h.ShowCode(t.Context(), "adele", claim(r))
	require.NoError(t, err)
	require.Equal(t, code, shown.Reveal(), "while it is good it stays")
	require.Equal(t, r, same, "and whoever is typing it is not disturbed")
	h.later(time.Minute)
	require.True(t, h.CallerCode("adele", r).IsZero())
	h.refuses(r, "megan", typing(code), access.Refused)
	require.Equal(t, 1, h.stored(r.Ref).WrongCodes, "too late is not wrong")
	for _, who := range []access.ID{"megan", "joni", "bianca"} {
		_, _, err = h.ShowCode(t.Context(), who, claim(r))
		require.Equal(t, access.Forbidden, access.CodeOf(err), who)
	}
	renewed, shown, err := h.ShowCode(t.Context(), "adele", claim(r))
	require.NoError(t, err)
	require.NotEqual(t, r.Challenge.Nonce, renewed.Challenge.Nonce)
	require.Equal(t, h.now(), renewed.Challenge.Shown)
	require.Equal(t, 2, renewed.TriesLeft(), "a new code renews no try")
	repeated, again, err := h.ShowCode(t.Context(), "adele", claim(r))
	require.NoError(t, err)
	require.Equal(t, renewed, repeated)
	require.Equal(t, shown, again, "the same click gets the same answer")
	r, err = h.Decide(t.Context(), "megan", claim(renewed), typing(shown.Reveal()))
	require.NoError(t, err)
	require.Equal(t, access.Approved, r.State)
	require.Equal(t, []string{
		"adele ask done", "megan approve refused", "adele show code done", "megan approve refused",
		"megan show code refused", "joni show code refused", "bianca show code refused", "adele show code done", "megan approve done",
	}, h.audit(r.Ref))
}

func TestSomebodyWhoLeftTheDeskSeesNoCode(t *testing.T) {
	t.Parallel()
	h := keyed(t, proving(t, access.CallerCode))
	r := h.asked()
	h.tenant.set("adele", func(m *access.Member) { m.Groups = nil })
	_, code, err := h.ShowCode(t.Context(), "adele", claim(r))
	require.Equal(t, access.Forbidden, access.CodeOf(err))
	require.True(t, code.IsZero())
}

// Without a key a code is void when its process ends, which is nobody's wrong try.
func TestACodeOfAProcessThatEnded(t *testing.T) {
	t.Parallel()
	h := newHouseBy(t, proving(t, access.CallerCode))
	r := h.asked()
	code := h.code(r)
	h.Desk = h.replica()
	require.True(t, h.CallerCode("adele", r).IsZero())
	h.refuses(r, "megan", typing(code), access.Refused)
	require.Zero(t, h.stored(r.Ref).WrongCodes)
	r, shown, err := h.ShowCode(t.Context(), "adele", claim(r))
	require.NoError(t, err)
	require.Equal(t, access.Approved, h.say(r, "megan", typing(shown.Reveal())).State)
}

func (h *house) say(r access.Request, who access.ID, a access.Answer) access.Request {
	h.t.Helper()
	r, err := h.Decide(h.t.Context(), who, claim(r), a)
	require.NoError(h.t, err)
	return r
}

// Of two who have to agree, each asks for a code of their own.
func TestACodeIsUsedOnce(t *testing.T) {
	t.Parallel()
	rules := proving(t, access.CallerCode)
	rules.Rules[0].Approve[0] = access.Approval{From: []access.Source{"group:guards"}, Count: 2, Caller: access.CallerCode}
	h := keyed(t, rules)
	r := h.asked()
	first := h.code(r)
	r = h.say(r, "g1", typing(first))
	require.Equal(t, access.Asked, r.State)
	require.True(t, r.Challenge.Shown.IsZero(), "it was shown to nobody yet")
	second := h.code(r)
	if first != second { // once in ten thousand runs they are alike
		r = h.say(r, "g2", typing(first))
		require.Equal(t, 1, r.WrongCodes)
	}
	nonce := r.Challenge.Nonce
	r, err := h.Withdraw(t.Context(), "g1", claim(r))
	require.NoError(t, err)
	require.NotEqual(t, nonce, r.Challenge.Nonce, "taken back, the step begins anew")
	r = h.say(h.say(r, "g2", typing(h.code(r))), "g3", typing("0000"))
	if r.State == access.Asked {
		r = h.say(r, "g3", typing(h.code(r)))
	}
	require.Equal(t, access.Approved, r.State)
}

func TestWhoAttestsSaysHow(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		said access.Evidence
		code access.Code
	}{
		"nothing":               {access.Evidence{}, access.Invalid},
		"something else":        {access.Evidence{How: "magic"}, access.Invalid},
		"words without a tick":  {access.Evidence{Text: "we met"}, access.Invalid},
		"another way, untold":   {access.Evidence{How: access.OtherWay, Text: " "}, access.Invalid},
		"another way":           {access.Evidence{How: access.OtherWay, Text: "she sits beside me"}, ""},
		"met":                   {access.Evidence{How: access.Met}, ""},
		"rang":                  {access.Evidence{How: access.Rang, Text: "at home"}, ""},
		"video":                 {access.Evidence{How: access.Video}, ""},
		"a code, which is none": {access.Evidence{Code: access.NewSecret("1234")}, access.Invalid},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := keyed(t, proving(t, access.Attest))
			r := h.asked()
			got, err := h.Decide(t.Context(), "megan", claim(r), access.Answer{Approve: true, Evidence: test.said})
			require.Equal(t, test.code, access.CodeOf(err))
			if test.code != "" {
				require.Equal(t, r, h.stored(r.Ref))
				return
			}
			require.Equal(t, &access.Proven{Proof: access.Attest, How: test.said.How, Text: test.said.Text, At: noon}, got.Decisions[0].Proven)
			entries, err := h.store.Entries(t.Context(), r.Ref, "", 1)
			require.NoError(t, err)
			require.Equal(t, "attest", entries[0].Detail["caller"])
			require.Equal(t, test.said.How, entries[0].Detail["how"])
		})
	}
}

func TestDenyingNeedsNoProof(t *testing.T) {
	t.Parallel()
	for _, proof := range access.Proofs() {
		h := keyed(t, proving(t, proof))
		require.Equal(t, access.Denied, h.say(h.asked(), "megan", access.Answer{Reason: "no"}).State, proof)
	}
}

func TestThePersonConfirms(t *testing.T) {
	t.Parallel()
	h := keyed(t, proving(t, access.Confirm))
	r := h.asked()
	require.True(t, r.Awaits("joni"))
	require.False(t, r.Concerns("joni"), "beside the question it is none of her business")
	h.refuses(r, "megan", yes, access.Refused)
	for _, who := range []access.ID{"adele", "megan", "lee"} {
		_, err := h.Confirm(t.Context(), who, claim(r), true)
		require.Equal(t, access.Forbidden, access.CodeOf(err), who)
	}
	r, err := h.Confirm(t.Context(), "joni", claim(r), true)
	require.NoError(t, err)
	require.False(t, r.Awaits("joni"))
	h.later(5 * time.Minute)
	approved := h.say(r, "megan", yes)
	require.Equal(t, access.Approved, approved.State)
	require.Equal(t, noon.Add(15*time.Minute), approved.Due, "it counts from her word")

	late := h.asked()
	late, err = h.Confirm(t.Context(), "joni", claim(late), true)
	require.NoError(t, err)
	h.later(15 * time.Minute)
	again := h.say(late, "megan", yes)
	require.Equal(t, access.Asked, again.State)
	require.True(t, again.Awaits("joni"), "she is asked again")
}

func TestThePersonSaysNo(t *testing.T) {
	t.Parallel()
	h := keyed(t, proving(t, access.Confirm))
	r := h.asked()
	_, err := h.Confirm(t.Context(), "joni", access.Claim{Ref: r.Ref, Rev: r.Rev - 1}, true)
	require.Equal(t, access.Stale, access.CodeOf(err))
	r, err = h.Confirm(t.Context(), "joni", access.Claim{Ref: r.Ref, Rev: r.Rev - 1}, false)
	require.NoError(t, err, "a no counts on an older card, too")
	require.Equal(t, access.Denied, r.State)
	require.Equal(t, access.ID("joni"), r.By.ID)
	require.Equal(t, access.ID("joni"), r.Disowned.By.ID)
	_, err = h.Decide(t.Context(), "megan", claim(r), yes)
	require.Equal(t, access.Stale, access.CodeOf(err))
}

func TestWhoCannotBeReachedCannotConfirm(t *testing.T) {
	t.Parallel()
	h := keyed(t, proving(t, access.Confirm))
	h.tenant.managers["hermit"] = "megan"
	d, err := h.Draft(t.Context(), "adele", access.Pass, access.Person{ID: "hermit", Name: "hermit"}, terms)
	require.NoError(t, err)
	r, err := h.Ask(t.Context(), "adele", claim(d), "hermit", terms)
	require.NoError(t, err)
	require.Equal(t, access.Draft, r.State)
	require.Equal(t, []string{"person.unreachable"}, r.Verdict.Codes(access.Refusal))
}

// A proof that was good once makes no pass: not after its time, not when making it
// has failed meanwhile, not once more.
func TestNoPassIsMadeOnAnOldProof(t *testing.T) {
	t.Parallel()
	attest := access.Answer{Approve: true, Evidence: access.Evidence{How: access.Met}}
	refused := func(h *house, r access.Request, again bool) {
		t.Helper()
		made := h.tenant.made
		_, err := h.CarryOut(t.Context(), "adele", claim(r), again)
		require.Equal(t, access.Refused, access.CodeOf(err), err)
		require.Regexp(t, "prove|proof", strings.ToLower(access.Say(err)))
		require.Equal(t, made, h.tenant.made)
	}
	t.Run("unused", func(t *testing.T) {
		t.Parallel()
		h := keyed(t, proving(t, access.Attest))
		r := h.say(h.asked(), "megan", attest)
		h.later(15 * time.Minute)
		refused(h, r, false)
		require.NoError(t, h.Sweep(t.Context()))
		require.Equal(t, access.Lapsed, h.state(r.Ref))
		require.Contains(t, h.stored(r.Ref).Why, "The proof of the caller is good for 15 minutes")
	})
	t.Run("half made", func(t *testing.T) {
		t.Parallel()
		h := keyed(t, proving(t, access.Attest))
		r := h.say(h.asked(), "megan", attest)
		h.tenant.issueErr = access.Fail(access.Unavailable, "later")
		_, err := h.CarryOut(t.Context(), "adele", claim(r), false)
		require.Equal(t, access.Unavailable, access.CodeOf(err))
		h.later(15 * time.Minute)
		refused(h, h.stored(r.Ref), false)
	})
	t.Run("again", func(t *testing.T) {
		t.Parallel()
		h := keyed(t, proving(t, access.Attest))
		r := h.say(h.asked(), "megan", attest)
		s, err := h.CarryOut(t.Context(), "adele", claim(r), false)
		require.NoError(t, err)
		require.NoError(t, h.Answered(t.Context(), s))
		h.later(14 * time.Minute)
		s, err = h.CarryOut(t.Context(), "adele", claim(s.Request), true)
		require.NoError(t, err)
		require.NoError(t, h.Answered(t.Context(), s))
		h.later(time.Minute)
		refused(h, s.Request, true)
	})
	t.Run("as long as is configured", func(t *testing.T) {
		t.Parallel()
		rules := proving(t, access.Attest)
		rules.ProofLasts = 30 * time.Minute
		h := keyed(t, rules)
		r := h.say(h.asked(), "megan", attest)
		h.later(29 * time.Minute)
		_, err := h.CarryOut(t.Context(), "adele", claim(r), false)
		require.NoError(t, err)
	})
}

// Who proved the caller too long before the last agreement proves it once more.
func TestAnOldProofIsAskedForAgain(t *testing.T) {
	t.Parallel()
	h := keyed(t, proving(t, access.CallerCode, access.Approval{From: []access.Source{"group:guards"}, Count: 1}))
	r := h.asked()
	r = h.say(r, "megan", typing(h.code(r)))
	require.True(t, r.MayDecide("g1"))
	h.later(16 * time.Minute)
	r = h.say(r, "g1", yes)
	require.Equal(t, access.Asked, r.State)
	require.True(t, r.MayDecide("megan"))
	require.False(t, r.MayDecide("g1"), "the guard has agreed")
	require.Equal(t, "g1", string(r.Decision.By.ID))
	r = h.say(r, "megan", typing(h.code(r)))
	require.Equal(t, access.Approved, r.State)
	require.Contains(t, h.audit(r.Ref), "passdesk proof over done")
}

// Where more is asked for by now than when the request was sent, that is begun, and
// less does not do.
func TestARaisedNeedIsBegun(t *testing.T) {
	t.Parallel()
	h := keyed(t, proving(t, access.Attest))
	r := h.asked()
	h.Settings = proving(t, access.CallerCode)
	attest := access.Answer{Approve: true, Evidence: access.Evidence{How: access.Met}}
	r = h.say(r, "megan", attest)
	require.Equal(t, access.Asked, r.State)
	require.Zero(t, r.WrongCodes)
	h.refuses(r, "megan", attest, access.Invalid)
	r = h.say(r, "megan", typing(h.code(r)))
	require.Equal(t, access.Approved, r.State)

	r = h.asked()
	h.Settings = proving(t, access.Attest)
	r = h.say(r, "megan", typing(h.code(r)))
	require.Equal(t, access.Asked, r.State, "less is asked for by now, and asked anew")
	require.Nil(t, r.Challenge)
	r = h.say(r, "megan", attest)
	h.Settings = proving(t, access.CallerCode)
	_, err := h.CarryOut(t.Context(), "adele", claim(r), false)
	require.Equal(t, access.Refused, access.CodeOf(err), "less was proved than is asked for by now")
}

// Nothing that is kept says the code.
func TestI1TheCallersCodeIsNotInTheRequest(t *testing.T) {
	t.Parallel()
	h := keyed(t, proving(t, access.CallerCode))
	r := h.asked()
	r.Challenge.Nonce = ""
	require.NotContains(t, fmt.Sprintf("%+v %#v", r.Challenge, r.Decisions), h.code(h.stored(r.Ref)))
	require.NotContains(t, fmt.Sprintf("%+v %#v", typing("4711"), typing("4711")), "4711")
}
