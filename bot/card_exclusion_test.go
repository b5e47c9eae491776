package bot

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

func TestButtonsOfExclusions(t *testing.T) {
	t.Parallel()
	want := map[access.State][2]string{
		access.Draft:    {"Send request", ""},
		access.Asked:    {"Withdraw", "Approve, Deny"},
		access.Approved: {"Withdraw", "Withdraw"},
		access.InForce:  {"End now, Extend", "End now"},
	}
	for _, state := range access.States() {
		s := exclusion(state)
		require.Equal(t, want[state][0], titles(Draw(s, seenBy(adele))), "asker, %s", state)
		require.Equal(t, want[state][1], titles(Draw(s, seenBy(lee))), "owner, %s", state)
		require.Empty(t, titles(Draw(s, seenBy(alex))), "somebody else, %s", state)
	}
	gone := changed(exclusion(access.InForce), func(r *access.Request) { r.Replaced = true })
	require.Equal(t, "End now", titles(Draw(gone, seenBy(adele))), "what is gone is not extended")
	second := changed(exclusion(access.Approved), func(r *access.Request) { r.Approvers = append(r.Approvers, megan) })
	require.Empty(t, titles(Draw(second, seenBy(megan))), "who did not approve it cannot take it back")
}

// Somebody whom an exclusion does not concern learns reference, kind and state.
func TestStrangersSeeNothingOfAnExclusion(t *testing.T) {
	t.Parallel()
	for _, state := range access.States() {
		shown := string(Draw(forgedExclusion(state, "xyzzy"), seenBy(alex)).JSON())
		require.NotContains(t, shown, "xyzzy")
		require.Contains(t, shown, "PD-7K3MX")
		require.Contains(t, shown, "an exclusion")
		require.Contains(t, shown, string(stateOf(exclusion(state).Request)))
	}
}

func TestBareExclusionsAreDrawn(t *testing.T) {
	t.Parallel()
	for _, state := range append(access.States(), "of a later version") {
		r := access.Request{Ref: "PD-7K3MX", State: state, Kind: access.Exclusion, Asker: access.Person{ID: adele.ID}, Approvers: []access.Person{{ID: lee.ID}}}
		for _, p := range []access.Person{adele, lee, alex} {
			c := Draw(Sight{Request: r}, Face{Viewer: p.ID})
			require.True(t, json.Valid(c.JSON()), state)
			require.NotEmpty(t, c.Body, state)
		}
	}
}

// The owner is told the risk in a line, whatever Entra said or did not say.
func TestTheRiskInALine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		outlook  *access.Outlook
		platform string
		says     string
	}{
		"blocked phones":    {helps, "iOS", "Allows sign-in from phones for 4 hours"},
		"blocked computers": {helps, "macOS", "Allows sign-in from computers for 4 hours"},
		"all that it needs": {hinders, "iOS", "Allows sign-in for 4 hours without multifactor authentication, a compliant device"},
		"not told":          {nil, "iOS", "Lifts the policy for 4 hours"},
		"not hit":           {misses, "iOS", "Lifts the policy for 4 hours"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := exclusion(access.Asked).Request
			r.Outlook, r.Terms.Platform = c.outlook, c.platform
			var line strings.Builder
			for _, run := range risk(r) {
				line.WriteString(string(run.Text))
			}
			require.Contains(t, line.String(), c.says)
		})
	}
}

// The toggle is what makes sense now: exclude, end, or nothing.
func TestTheToggleFollowsWhatHolds(t *testing.T) {
	t.Parallel()
	inForce := lease(access.InForce, joni)
	elses := inForce
	elses.Asker, elses.Approvers = megan, []access.Person{lee}
	for name, c := range map[string]struct {
		standing access.Standing
		mayAsk   bool
		title    plainText
	}{
		"bound":                      {access.Standing{Known: true}, true, "Exclude"},
		"excluded":                   {access.Standing{Known: true, Leases: []access.Request{inForce}}, true, "End exclusion"},
		"excluded, Entra is silent":  {access.Standing{Leases: []access.Request{inForce}}, true, "End exclusion"},
		"excluded for somebody else": {access.Standing{Known: true, Leases: []access.Request{elses}}, true, ""},
		"about to be":                {access.Standing{Known: true, Leases: []access.Request{lease(access.Approved, joni)}}, true, ""},
		"by a stranger":              {access.Standing{Known: true, Exempt: access.Exempt{Listed: true}}, true, ""},
		"not known":                  {access.Standing{}, true, ""},
		"an auditor looks":           {access.Standing{Known: true}, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, ok := toggle(joni, c.standing, c.mayAsk, seenBy(adele))
			require.Equal(t, c.title != "", ok)
			require.Equal(t, c.title, b.Title)
			require.Equal(t, b.Verb == verbEnd, b.Claim.List, "the card of the status is not the request's own")
		})
	}
	longer := inForce
	longer.Ref, longer.Ends = "PD-2ABCD", inForce.Ends.Add(time.Hour)
	got, _ := held(access.Standing{Leases: []access.Request{inForce, longer}})
	require.Equal(t, longer.Ref, got.Ref)
}

// crowdedExclusions are the cards of exclusions that grow with what there is to tell.
func crowdedExclusions(text string) []situation {
	policy := access.PolicyRef{ID: phones.ID, Name: text}
	var (
		people    []access.Person
		leases    []access.Request
		refs      []access.PolicyRef
		standings []access.Standing
		drifts    []access.Drift
	)
	crowd := forgedExclusion(access.Asked, text)
	crowd.Request.Approvers = nil
	for range 400 {
		held := forgedExclusion(access.InForce, text).Request
		people = append(people, access.Person{ID: joni.ID, Name: text, UPN: text})
		leases, refs = append(leases, held), append(refs, policy)
		standings = append(standings, access.Standing{Policy: policy, Known: true}, access.Standing{Policy: policy, Leases: []access.Request{held}})
	}
	for _, kind := range driftKinds() {
		drifts = append(drifts, access.Drift{Kind: kind, Policy: policy, Detail: text})
	}
	hurdle := access.Hurdle{Policy: policy, Needs: []string{text, text, text}}
	crowd.Request.Approvers = slices.Concat(people, []access.Person{megan})
	crowd.Request.Outlook = &access.Outlook{Applies: true, Before: slices.Repeat([]access.Hurdle{hurdle}, 100), After: slices.Repeat([]access.Hurdle{hurdle}, 100)}
	crowd.Request.Verdict.Findings = slices.Repeat(crowd.Request.Verdict.Findings, 50)
	ended, form := crowd, crowd
	ended.Request.State, ended.Request.Still = access.Ended, slices.Repeat([]string{text}, 100)
	form.Request.State, form.Request.Policies, form.Request.Terms.Extends = access.Draft, refs[:50], ""
	f := seenBy(adele)
	return []situation{
		{"crowded policy", drawLedger(access.Ledger{Policy: policy, Leases: leases, Others: people, Drifts: drifts}, f)},
		{"crowded status", drawStatus(crowdedStatus(text, people[0], standings), true, f)},
		{"crowded question", drawChoosePolicy(refs)},
		{"crowded exclusions", drawRequests(leases, leases, leases, f)},
		{"crowded owner", Draw(crowd, seenBy(megan))},
		{"crowded exclusion asked", Draw(crowd, f)},
		{"crowded exclusion ended", Draw(ended, f)},
		{"crowded exclusion form", Draw(form, f)},
		{"crowded exclusion sorry", drawSorry("Not possible", text, &crowd, seenBy(megan))},
	}
}

// What does not fit on a card is counted.
func TestALedgerOfHundredsSaysHowManyMore(t *testing.T) {
	t.Parallel()
	leases := slices.Repeat([]access.Request{lease(access.InForce, joni)}, 300)
	shown := string(drawLedger(access.Ledger{Policy: phones, Known: true, Leases: leases}, seenBy(lee)).JSON())
	require.Regexp(t, `and 2\d\d more`, shown)
}

// The form shows the policy that the command named, however many there are.
func TestTheFormOffersThePolicyThatWasNamed(t *testing.T) {
	t.Parallel()
	s := exclusion(access.Draft)
	s.Request.Policies = nil
	for range 2 * mostChoices {
		s.Request.Policies = append(s.Request.Policies, access.PolicyRef{ID: access.ID("other"), Name: "Another"})
	}
	s.Request.Policies = append(s.Request.Policies, strict)
	s.Request.Terms.Policy = strict
	i, ok := policyInput(s.Request).(choiceInput)
	require.True(t, ok)
	require.Equal(t, string(strict.ID), i.Value)
	require.Contains(t, i.Choices, choice{plain(strict.Name), string(strict.ID)})
	require.Len(t, i.Choices, mostChoices)
}
