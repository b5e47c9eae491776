package bot

import (
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// blockedPhone is Grady's phone under the two policies of the story.
func blockedPhone() access.Failure {
	blocks := access.AppliedPolicy{Policy: phones, Result: "failure", Controls: []string{"Block"}}
	resists := access.AppliedPolicy{Policy: strict, Result: "failure", Controls: []string{"Require authentication strength - Phishing-resistant MFA"}}
	return access.Failure{
		SignIn: access.SignIn{
			At: noon.Add(-time.Hour), App: "My Sign" + "ins", System: "Ios 18.7", City: "Oslo", Country: "NO",
			Code: 53003, Coded: true, Access: "failure",
		},
		Words: "Conditional Access blocked it", Unmet: []access.AppliedPolicy{blocks, resists},
	}
}

// whyOf is a card's content: failures, and remedies for them.
func whyOf(failures []access.Failure, remedies ...access.Remedy) access.Why {
	return access.Why{Person: joni, Failures: failures, Remedies: remedies, At: noon, Since: noon.AddDate(0, 0, -7)}
}

func sampleRemedies() []access.Remedy {
	return []access.Remedy{
		{Kind: access.HelpPass, Text: "It is good for registering a passkey, and for nothing else where a policy wants one."},
		{Kind: access.HelpGuide, Text: "Register one; the guide shows the steps."},
		{Kind: access.HelpExclusion, Policy: phones, Platform: "iOS", Text: "for some hours, agreed by an owner of the policy."},
		{Kind: access.HelpExclusion, Policy: strict, Lease: "PD-7K3MX", Text: "for some hours, agreed by an owner of the policy."},
		{Kind: access.HelpElsewhere, Text: "Reset the password, if it is forgotten."},
		{Kind: access.HelpChange, Policy: strict, Text: "Split it by platform."},
	}
}

func whySituations() []situation {
	f := seenBy(adele)
	open, over, unknown, mute := blockedPhone(), blockedPhone(), blockedPhone(), blockedPhone()
	open.Code, open.Words, open.Way, open.Open = 50079, "nothing is registered", []int{50072, 50076}, true
	over.Over, over.Unmet = true, nil
	unknown.Code, unknown.Words, unknown.Reason = 987654, "", "Something that is new."
	unknown.Unmet = []access.AppliedPolicy{{Policy: access.PolicyRef{ID: "x"}, Controls: []string{"Mfa", "RequireCompliantDevice"}}, {Policy: phones}}
	mute.Code, mute.Words = 987655, ""
	bare := access.Failure{SignIn: access.SignIn{Access: "failure"}, Hidden: true}
	hidden := whyOf([]access.Failure{over, unknown, mute, bare}, access.Remedy{Kind: access.HelpElsewhere, Text: "Microsoft tells what a number means."})
	hidden.Hidden, hidden.More, hidden.Oldest = true, true, noon.Add(-26*time.Hour)
	return []situation{
		{"why", drawWhy(whyOf([]access.Failure{open, blockedPhone()}, sampleRemedies()...), true, f)},
		{"why_auditor", drawWhy(whyOf([]access.Failure{blockedPhone()}, sampleRemedies()...), false, f)},
		{"why_hidden", drawWhy(hidden, true, f)},
		{"why_none", drawWhy(whyOf(nil), true, f)},
	}
}

// forgedWhy has one text in every place that people or Entra supply, many times.
func forgedWhy(text string) access.Why {
	policy := access.PolicyRef{ID: phones.ID, Name: text}
	x := blockedPhone()
	x.App, x.System, x.City, x.Country = text, text, text, text
	x.Code, x.Words, x.Reason = 1, "", text
	for range 9 {
		x.Unmet = append(x.Unmet, access.AppliedPolicy{Policy: policy, Controls: []string{text, "Require authentication strength - " + text}})
	}
	x.Unmet = x.Unmet[2:]
	w := whyOf([]access.Failure{x, x, x, x}, sampleRemedies()...)
	w.Person = access.Person{ID: joni.ID, Name: text, UPN: text}
	for i := range w.Remedies {
		w.Remedies[i].Policy.Name = text
	}
	return w
}
