package bot

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

// proving is a sample that waits for an agreement with a proof of the caller.
func proving(proof access.Proof, change func(*access.Request)) Sight {
	return changed(sight(access.Asked, "", 0), func(r *access.Request) {
		r.Verdict.Rule = "lost phone"
		r.Verdict.Needs = []access.Need{{Key: "lost phone 1", From: []access.Source{access.SourceManager}, Count: 1, Caller: proof, People: []access.Person{megan}}}
		switch proof {
		case access.CallerCode:
			r.Challenge = &access.Challenge{For: "lost phone 1", Nonce: "00", Until: noon.Add(12 * time.Minute), Shown: noon.Add(-3 * time.Minute)}
		case access.Confirm:
			r.Confirmation = &access.Confirmation{Asked: noon.Add(-4 * time.Minute)}
		case access.Attest, access.NoProof:
		}
		change(r)
	})
}

func asIs(*access.Request) {}

func hasSaid(yes bool) func(*access.Request) {
	return func(r *access.Request) {
		if yes {
			r.Confirmation.At = noon.Add(-time.Minute)
			return
		}
		r.State, r.Disowned = access.Denied, access.Disowning{By: joni, At: noon.Add(-time.Minute)}
	}
}

// proven is a sample that was approved with a proof.
func proven(p access.Proven) Sight {
	return changed(sight(access.Approved, "", 0), func(r *access.Request) {
		p.At = noon.Add(-10 * time.Minute)
		answer := *r.Decision
		answer.Proven = &p
		r.Decision, r.Due = &answer, noon.Add(5*time.Minute)
	})
}

func callerSituations() []situation {
	twice := func(r *access.Request) { r.WrongCodes = 2 }
	french := seenBy(joni)
	french.Locale = "fr-FR"
	closed := func(r *access.Request) { r.State = access.Withdrawn }
	relaxing := func(proof access.Proof) Sight {
		s := exclusion(access.Asked)
		from := proving(proof, asIs).Request
		s.Request.Verdict.Needs, s.Request.Challenge, s.Request.Confirmation = from.Verdict.Needs, from.Challenge, from.Confirmation
		s.Request.Approvers = []access.Person{megan}
		return s
	}
	return []situation{
		{"caller_code_approver", Draw(proving(access.CallerCode, asIs), seenBy(megan))},
		{"caller_code_approver_wrong", Draw(proving(access.CallerCode, twice), seenBy(megan))},
		{"caller_code_asker", Draw(proving(access.CallerCode, twice), seenBy(adele))},
		{"caller_code_shown", drawCallerCode(proving(access.CallerCode, asIs), access.NewSecret("0427"), seenBy(adele))},
		{"caller_attest_approver", Draw(proving(access.Attest, asIs), seenBy(megan))},
		{"caller_attest_missing", headed(drawDecision(proving(access.Attest, asIs), access.Evidence{How: access.OtherWay}, seenBy(megan)), "Missing", "Say in a few words how you know who it is that asks.")},
		{"caller_attest_asker", Draw(proving(access.Attest, asIs), seenBy(adele))},
		{"caller_confirm_approver_waits", Draw(proving(access.Confirm, asIs), seenBy(megan))},
		{"caller_confirm_approver", Draw(proving(access.Confirm, hasSaid(true)), seenBy(megan))},
		{"caller_confirm_asker", Draw(proving(access.Confirm, asIs), seenBy(adele))},
		{"caller_confirm_person", Draw(proving(access.Confirm, asIs), seenBy(joni))},
		{"caller_confirm_person_french", Draw(proving(access.Confirm, asIs), french)},
		{"caller_confirm_person_yes", Draw(proving(access.Confirm, hasSaid(true)), seenBy(joni))},
		{"caller_confirm_person_no", Draw(proving(access.Confirm, hasSaid(false)), seenBy(joni))},
		{"caller_confirm_person_over", Draw(proving(access.Confirm, closed), seenBy(joni))},
		{"caller_exclusion_code", Draw(relaxing(access.CallerCode), seenBy(megan))},
		{"caller_exclusion_code_asker", Draw(relaxing(access.CallerCode), seenBy(adele))},
		{"caller_exclusion_attest", drawDecision(relaxing(access.Attest), access.Evidence{}, seenBy(megan))},
		{"caller_exclusion_person", Draw(relaxing(access.Confirm), seenBy(joni))},
		{"caller_proven_code", Draw(proven(access.Proven{Proof: access.CallerCode}), seenBy(adele))},
		{"caller_proven_attest", Draw(proven(access.Proven{Proof: access.Attest, How: access.Rang, Text: "her number at home"}), seenBy(megan))},
		{"caller_proven_confirm", Draw(proven(access.Proven{Proof: access.Confirm}), seenBy(adele))},
		{"caller_denied_wrong", Draw(changed(sight(access.Denied, "", 0), func(r *access.Request) {
			r.By = access.Person{ID: access.Passdesk}
			r.Decision = &access.Decision{By: r.By, At: noon, Reason: "The caller's code was typed wrong 3 times. Whoever rang may not be Joni Sherman."}
		}), seenBy(adele))},
	}
}

// forgedCallers are the cards of one text in every place that people supply.
func forgedCallers(name, text string) []situation {
	forge := func(s Sight) Sight {
		from := forged(s.Request.State, text).Request
		s.Request.Asker, s.Request.Person, s.Request.Terms, s.Request.Decision = from.Asker, from.Person, from.Terms, from.Decision
		return s
	}
	approved := forge(proven(access.Proven{}))
	approved.Request.Decision.Proven = &access.Proven{Proof: access.Attest, How: text, Text: text, At: noon}
	return []situation{
		{name + "_caller_code", Draw(forge(proving(access.CallerCode, asIs)), seenBy(megan))},
		{name + "_caller_shown", drawCallerCode(forge(proving(access.CallerCode, asIs)), access.NewSecret("0427"), seenBy(adele))},
		{name + "_caller_attest", drawDecision(forge(proving(access.Attest, asIs)), access.Evidence{How: access.Met, Text: text}, seenBy(megan))},
		{name + "_caller_confirm", Draw(forge(proving(access.Confirm, asIs)), seenBy(joni))},
		{name + "_caller_confirmed", Draw(forge(proving(access.Confirm, hasSaid(true))), seenBy(megan))},
		{name + "_caller_proven", Draw(approved, seenBy(adele))},
	}
}

// Whoever is asked to confirm learns who asks and for what kind of thing, and no
// more: it may not be they who rang.
func TestThePersonSeesTheQuestionAlone(t *testing.T) {
	t.Parallel()
	for _, state := range access.States() {
		s := changed(proving(access.Confirm, asIs), func(r *access.Request) { r.State = state })
		text := string(Draw(s, seenBy(joni)).JSON())
		for _, secret := range []string{"INC-4711", "new laptop", "Megan", "60 minutes", "lost phone"} {
			require.NotContains(t, text, secret)
		}
		if state != access.Asked {
			require.Empty(t, titles(Draw(s, seenBy(joni))), state)
		}
	}
	require.Equal(t, "Yes, it was me, No", titles(Draw(proving(access.Confirm, asIs), seenBy(joni))))
}

func TestI1TheCallersCodeStandsOnItsCardAlone(t *testing.T) {
	t.Parallel()
	c := drawCallerCode(proving(access.CallerCode, asIs), access.NewSecret("0427"), seenBy(adele))
	require.Contains(t, string(c.JSON()), "0 4 2 7")
	require.NotContains(t, strings.ReplaceAll(string(c.FallbackText), " ", ""), "0427")
	require.Nil(t, c.Refresh)
	require.Equal(t, "Hide, Withdraw", titles(c))
}

func TestButtonsOfWhoProves(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		s      Sight
		viewer access.Person
		titles string
	}{
		"code":          {proving(access.CallerCode, asIs), megan, "Approve, Deny"},
		"code, asker":   {proving(access.CallerCode, asIs), adele, "Show code, Withdraw"},
		"attest":        {proving(access.Attest, asIs), megan, "Approve, Deny"},
		"attest, asker": {proving(access.Attest, asIs), adele, "Withdraw"},
		"unconfirmed":   {proving(access.Confirm, asIs), megan, "Deny"},
		"confirmed":     {proving(access.Confirm, hasSaid(true)), megan, "Approve, Deny"},
	} {
		require.Equal(t, want.titles, titles(Draw(want.s, seenBy(want.viewer))), name)
	}
}
