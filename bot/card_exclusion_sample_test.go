package bot

import (
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

var lee = access.Person{ID: "aaaaaaaa-0000-4000-8000-000000000005", Name: "Lee Gu", UPN: "lee.gu@northwind.example"}

// outlooks of an exclusion from the policy for phones.
var (
	helps = &access.Outlook{
		At: noon, Platform: "iOS", Applies: true,
		Before: []access.Hurdle{{Policy: phones, Block: true}},
	}
	hinders = &access.Outlook{
		At: noon, Platform: "iOS", Applies: true,
		Before: []access.Hurdle{{Policy: phones, Needs: []string{"multifactor authentication", "a compliant device"}}, {Policy: strict, Block: true}},
		After:  []access.Hurdle{{Policy: strict, Block: true}, {Policy: access.PolicyRef{ID: "x", Name: "All: MFA"}, Needs: []string{"multifactor authentication", "terms of use"}}},
	}
	misses = &access.Outlook{At: noon, Platform: "iOS"}
)

// exclusion is the sample of an exclusion in a state, with all that belongs to it.
func exclusion(state access.State) Sight {
	return changed(sight(state, "", 0), func(r *access.Request) {
		r.Kind, r.PassID, r.Approvers = access.Exclusion, "", []access.Person{lee}
		r.Terms = access.Terms{Minutes: 240, Platform: "iOS", Policy: phones, Ticket: "INC-4711", Reason: "His new phone is not set up"}
		r.Verdict = access.Verdict{Rule: "an owner of the policy decides", Approvers: r.Approvers}
		r.Outlook = helps
		if r.Decision != nil {
			answer := *r.Decision
			answer.By = lee
			r.Decision = &answer
		}
		switch state {
		case access.Draft:
			r.Approvers, r.Verdict, r.Outlook = nil, access.Verdict{}, nil
			r.Policies = []access.PolicyRef{phones, strict}
		case access.Approved:
			r.Due = noon
		case access.Denied:
			r.By = lee
		case access.InForce:
			r.Ends = noon.Add(4 * time.Hour)
			r.Due = r.Ends
		case access.Failed:
			r.Why = "Entra did not make the exclusion within ten minutes."
		case access.Ending:
			r.Ends = noon.Add(-time.Minute)
		case access.Ended:
			r.Gone = []time.Time{noon.Add(-20 * time.Second), noon.Add(-9 * time.Second)}
		default:
		}
	})
}

// exclusionSituations are the cards of every state of an exclusion to everybody,
// and all others that exclusions have.
func exclusionSituations() []situation {
	var all []situation
	for _, state := range access.States() {
		name := "exclusion_" + strings.ReplaceAll(string(state), " ", "_")
		s := exclusion(state)
		all = append(all,
			situation{name + "_asker", Draw(s, seenBy(adele))},
			situation{name + "_owner", Draw(s, seenBy(lee))},
			situation{name + "_other", Draw(s, seenBy(alex))},
		)
	}
	all = append(all, exclusionVariants()...)
	all = append(all, exclusionForms()...)
	all = append(all, policySituations()...)
	all = append(all, statusSituations()...)
	all = append(all, passkeySituations()...)
	all = append(all, guideSituations()...)
	all = append(all, driftSituations()...)
	all = append(all, whySituations()...)
	return append(all, forgedExclusions("hostile", hostile)...)
}

// exclusionVariants are what a state looks like when something else is true, too.
func exclusionVariants() []situation {
	var all []situation
	both := func(name string, state access.State, change func(*access.Request)) {
		s := changed(exclusion(state), change)
		all = append(all,
			situation{"exclusion_" + name + "_asker", Draw(s, seenBy(adele))},
			situation{"exclusion_" + name + "_owner", Draw(s, seenBy(lee))},
		)
	}
	both("asked_unknown", access.Asked, func(r *access.Request) { r.Outlook, r.Terms.Reason, r.Terms.Ticket = nil, "", "" })
	both("asked_misses", access.Asked, func(r *access.Request) { r.Outlook = misses })
	both("asked_hindered", access.Asked, func(r *access.Request) {
		r.Outlook, r.Terms.KeepSessions, r.Terms.Start = hinders, true, noon.Add(19*time.Hour)
		r.Verdict.Findings = []access.Finding{
			{Level: access.Warning, Code: "outlook.other", Text: "told by the outlook already"},
			{Level: access.Note, Code: "owner.many", Text: "The policy has many owners; the first 25 are asked."},
		}
	})
	both("asked_extension", access.Asked, func(r *access.Request) { r.Terms.Extends = "PD-2ABCD" })
	both("approved_later", access.Approved, func(r *access.Request) {
		r.Terms.Start = noon.Add(19 * time.Hour)
		r.Due = r.Terms.Start
	})
	both("carrying_out_given_up", access.CarryingOut, func(r *access.Request) { r.GivenUp = true })
	both("in_force_vanished", access.InForce, func(r *access.Request) { r.Replaced = true })
	both("in_force_extension", access.InForce, func(r *access.Request) { r.Terms.Extends = "PD-2ABCD" })
	both("ending_late", access.Ending, func(r *access.Request) {
		r.Late, r.Ends, r.Trouble = 1, noon.Add(-6*time.Minute), "Entra does not answer."
	})
	both("ended_still", access.Ended, func(r *access.Request) {
		r.Still = []string{"in the policy itself", "through the group “Field crew”"}
	})
	both("ended_beside_another", access.Ended, func(r *access.Request) { r.Gone, r.Why = nil, "its time was over; PD-2ABCD goes on" })
	both("lapsed_form", access.Lapsed, func(r *access.Request) {
		r.Asked, r.Approvers, r.Person, r.Terms.Policy = time.Time{}, nil, access.Person{}, access.PolicyRef{}
	})
	return append(all, situation{"exclusion_deny", drawDeny(exclusion(access.Asked), seenBy(lee))},
		situation{"exclusion_shared", drawShared(exclusion(access.Asked))})
}

func exclusionForms() []situation {
	form := func(change func(*access.Request)) Card {
		return Draw(changed(exclusion(access.Draft), change), seenBy(adele))
	}
	return []situation{
		{"exclusion_form_open", form(func(r *access.Request) {
			r.Person, r.Terms = access.Person{}, access.Terms{Minutes: usualExclusion, Platform: usualPlatform}
		})},
		{"exclusion_form_refused", form(func(r *access.Request) {
			r.Verdict.Findings = []access.Finding{{Level: access.Refusal, Code: "exclusion.stranger", Text: "This person is excluded from the policy already, and not by Passdesk. Nothing was changed; the policy's owner is told."}}
		})},
		{"exclusion_form_warned", form(func(r *access.Request) {
			r.Verdict.Findings = []access.Finding{{Level: access.Warning, Code: "outlook.other", Text: "“Block \"legacy\" sign-in” would still block the sign-in."}}
		})},
		{"exclusion_form_later", form(func(r *access.Request) {
			r.Terms.Start, r.Terms.KeepSessions, r.Terms.Platform, r.Terms.Minutes = noon.Add(19*time.Hour), true, "windows", 90
		})},
		{"exclusion_form_extension", form(func(r *access.Request) { r.Terms.Extends = "PD-2ABCD" })},
		{"exclusion_form_opened", drawOpened(button("Back", verbView, request(access.InForce)))},
	}
}

// lease is the sample of somebody's exclusion.
func lease(state access.State, p access.Person) access.Request {
	r := exclusion(state).Request
	r.Person = p
	return r
}

func policySituations() []situation {
	f := seenBy(adele)
	drift := sampleDrift(access.GroupUnfit)
	drift.Person = access.Person{}
	on := access.PolicyFacts{Known: true, Found: true, State: access.PolicyOn}
	off, gone := on, access.PolicyFacts{Known: true}
	off.State = access.PolicyReportOnly
	ours := []access.Request{lease(access.InForce, joni), lease(access.Approved, alex), lease(access.CarryingOut, alex), lease(access.Ending, megan)}
	return []situation{
		{"policy", drawLedger(access.Ledger{Policy: phones, Known: true, Facts: on, Leases: ours, Others: []access.Person{alex}, Drifts: []access.Drift{drift}}, f)},
		{"policy_none", drawLedger(access.Ledger{Policy: phones, Known: true, Facts: on}, f)},
		{"policy_off", drawLedger(access.Ledger{Policy: phones, Known: true, Facts: off}, f)},
		{"policy_gone", drawLedger(access.Ledger{Policy: phones, Known: true, Facts: gone}, f)},
		{"policy_unknown", drawLedger(access.Ledger{Policy: phones, Leases: ours[:1]}, f)},
		{"policy_unknown_none", drawLedger(access.Ledger{Policy: phones}, f)},
		{"policy_choose", drawChoosePolicy([]access.PolicyRef{phones, strict})},
		{"status_toggles", drawStatus(statusOf(joni, []access.Standing{
			{Policy: phones, Known: true, Leases: ours[:1]},
			{Policy: strict, Known: true},
			{Policy: access.PolicyRef{ID: "a", Name: "Approved"}, Known: true, Leases: ours[1:2]},
			{Policy: access.PolicyRef{ID: "b", Name: "By somebody else"}, Known: true, Exempt: access.Exempt{Listed: true}},
			{Policy: access.PolicyRef{ID: "c", Name: "Another way"}, Known: true, Exempt: access.Exempt{Otherwise: []string{"in the policy itself"}}},
			{Policy: access.PolicyRef{ID: "d", Name: "Unknown"}},
			{Policy: access.PolicyRef{ID: "e", Name: "Vanished"}, Known: true, Leases: []access.Request{changed(exclusion(access.InForce), func(r *access.Request) { r.Replaced = true }).Request}},
		}...), true, f)},
		{"status_auditor", drawStatus(statusOf(joni, access.Standing{Policy: phones, Known: true, Leases: ours[:1]}, access.Standing{Policy: strict, Known: true}), false, seenBy(alex))},
		{"status_none", drawStatus(statusOf(joni), true, f)},
		{"exclusion_requests", drawRequests([]access.Request{lease(access.Asked, joni)}, ours[1:3], append(ours[3:], ours[0]), f)},
	}
}

// driftKinds are all kinds of drift, and one that a later version may know.
func driftKinds() []access.DriftKind {
	return []access.DriftKind{
		access.Stranger, access.Vanished, access.Unlinked, access.GroupUnfit, access.PolicyIdle,
		access.PolicyGone, access.PersonGone, access.StillExempt, "of a later version",
	}
}

func sampleDrift(kind access.DriftKind) access.Drift {
	d := access.Drift{Ref: "PD-9DRFT", Kind: kind, Policy: phones, Found: noon.Add(-time.Hour), Told: []access.Person{lee}}
	switch kind {
	case access.Stranger:
		d.Person, d.Detail = joni, "in the exclusion group"
	case access.Vanished, access.PersonGone:
		d.Person = joni
	case access.StillExempt:
		d.Person, d.Lease, d.Detail = joni, "PD-7K3MX", "in the policy itself"
	case access.Unlinked:
		d.Detail = "Relaxed phones"
	case access.GroupUnfit:
		d.Detail = "The exclusion group is dynamic, so its members follow a rule."
	case access.PolicyIdle:
		d.Detail = access.PolicyReportOnly
	case access.PolicyGone:
	}
	return d
}

func driftSituations() []situation {
	var all []situation
	for _, kind := range driftKinds() {
		name := "drift_" + strings.ReplaceAll(string(kind), " ", "_")
		open := sampleDrift(kind)
		cleared := open
		cleared.Cleared = noon
		all = append(all,
			situation{name, drawDrift(open, seenBy(lee))},
			situation{name + "_cleared", drawDrift(cleared, seenBy(lee))},
		)
	}
	return all
}

// forgedExclusion is an exclusion of which everything that people, or Entra,
// supply is text.
func forgedExclusion(state access.State, text string) Sight {
	policy := access.PolicyRef{ID: phones.ID, Name: text}
	return changed(forged(state, text), func(r *access.Request) {
		r.Kind = access.Exclusion
		r.Terms.Policy, r.Terms.Platform, r.Terms.Extends = policy, text, access.Ref(text)
		r.Policies = []access.PolicyRef{policy, policy}
		r.Trouble, r.Still, r.Late = text, []string{text, text}, 1
		hurdle := access.Hurdle{Policy: policy, Needs: []string{text, text}}
		r.Outlook = &access.Outlook{Platform: text, Applies: true, Before: []access.Hurdle{hurdle}, After: []access.Hurdle{hurdle, {Policy: policy, Block: true}}}
	})
}

// forgedExclusions are the cards of exclusions with one text in every place that
// people or Entra supply.
func forgedExclusions(name, text string) []situation {
	f := seenBy(adele)
	person := access.Person{ID: joni.ID, Name: text, UPN: text}
	policy := access.PolicyRef{ID: phones.ID, Name: text}
	drift := access.Drift{Ref: access.Ref(text), Kind: access.DriftKind(text), Policy: policy, Person: person, Detail: text, Found: noon}
	cleared := drift
	cleared.Kind, cleared.Cleared = access.Stranger, noon
	held := forgedExclusion(access.InForce, text).Request
	form := changed(forgedExclusion(access.Draft, text), func(r *access.Request) { r.Terms.Extends = "" })
	return []situation{
		{name + "_exclusion_form", Draw(form, f)},
		{name + "_exclusion_extension", Draw(forgedExclusion(access.Draft, text), f)},
		{name + "_exclusion_asked_owner", Draw(forgedExclusion(access.Asked, text), seenBy(megan))},
		{name + "_exclusion_asked_asker", Draw(forgedExclusion(access.Asked, text), f)},
		{name + "_exclusion_in_force_asker", Draw(forgedExclusion(access.InForce, text), f)},
		{name + "_exclusion_ending_owner", Draw(forgedExclusion(access.Ending, text), seenBy(megan))},
		{name + "_exclusion_ended_asker", Draw(forgedExclusion(access.Ended, text), f)},
		{name + "_exclusion_deny", drawDeny(forgedExclusion(access.Asked, text), seenBy(megan))},
		{name + "_drift", drawDrift(drift, f)},
		{name + "_drift_cleared", drawDrift(cleared, f)},
		{name + "_policy", drawLedger(access.Ledger{
			Policy: policy, Known: true, Facts: access.PolicyFacts{Found: true, State: text}, Leases: []access.Request{held},
			Others: []access.Person{person}, Drifts: []access.Drift{{Kind: access.GroupUnfit, Detail: text}},
		}, f)},
		{name + "_policy_choose", drawChoosePolicy([]access.PolicyRef{policy})},
		{name + "_status", drawStatus(labelled(text, statusOf(person, access.Standing{Policy: policy, Leases: []access.Request{held}}, access.Standing{Policy: policy, Known: true})), true, f)},
		{name + "_exclusion_requests", drawRequests([]access.Request{held}, nil, nil, f)},
		{name + "_why", drawWhy(forgedWhy(text), true, f)},
	}
}
