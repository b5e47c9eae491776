package bot

import (
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// emergencyOf makes an emergency of a sample: megan confirms, lee and alex are of
// security.
func emergencyOf(s Sight) Sight {
	return changed(s, func(r *access.Request) {
		confirm := access.Need{Key: "emergency 1", From: []access.Source{"group:rescue"}, Count: 1, People: []access.Person{megan}}
		r.Terms.Emergency, r.Terms.Reason = true, "She is on call, and the plant stands still"
		r.Approvers = []access.Person{megan}
		r.Verdict = access.Verdict{
			Rule: access.EmergencyRule, Needs: []access.Need{confirm}, Approvers: r.Approvers,
			Findings: []access.Finding{{Level: access.Note, Code: "emergency", Text: "This is an emergency: the rules are skipped."}},
		}
		if r.Decision != nil {
			answer := *r.Decision
			answer.By, answer.For = megan, confirm.Key
			r.Decision, r.Decisions = &answer, []access.Decision{answer}
		}
		if r.State == access.Draft {
			r.Verdict, r.Approvers, r.Review = access.Verdict{}, nil, nil
			return
		}
		r.Review = &access.Review{Security: []access.Person{lee, alex}}
		switch r.State {
		case access.InForce, access.Ending, access.Ended:
			r.Began = noon.Add(-time.Minute)
			r.Review.Due = noon.Add(24 * time.Hour)
			r.Review.Next = r.Review.Due
		default:
		}
	})
}

func reviewed(s Sight) Sight {
	return changed(s, func(r *access.Request) {
		v := *r.Review
		v.By, v.At, v.Word, v.Next = lee, noon.Add(time.Hour), "It was an emergency, and it was right.", time.Time{}
		r.Review = &v
	})
}

// raised is what threat mode makes of an emergency.
func raised(s Sight) Sight {
	return changed(s, func(r *access.Request) {
		r.Verdict.Needs = append(r.Verdict.Needs, access.Need{Key: "threat mode", From: []access.Source{"group:soc"}, Count: 1, People: []access.Person{lee, alex}})
		r.Verdict.Findings = append(r.Verdict.Findings, access.Finding{Level: access.Note, Code: "threat.on", Text: "Threat mode is on: somebody of security has to agree, too."})
	})
}

// threatened is threat mode as megan has switched it on; she and lee may switch it.
func threatened() access.Threat {
	return access.Threat{
		Ref: "PD-9THRT", Rev: 3, On: true, Since: noon.Add(-2 * time.Hour), By: megan, Reason: "Our people are being rung up",
		Actor: megan, Group: []access.Person{megan, lee}, Security: []access.Person{lee, alex},
	}
}

func leaving() access.Threat {
	t := threatened()
	t.Rev++
	t.First, t.FirstAt, t.Actor = megan, noon.Add(-10*time.Minute), megan
	return t
}

func calm() access.Threat {
	t := leaving()
	t.Rev++
	t.On, t.Since, t.By, t.Actor = false, noon, lee, lee
	return t
}

func guardSituations() []situation {
	lift := func(state access.State) Sight { return emergencyOf(exclusion(state)) }
	pass := func(state access.State) Sight { return emergencyOf(sight(state, "", 0)) }
	shown := func(state access.State) Sight { return emergencyOf(sight(state, access.Answered, 1)) }
	stale := leaving()
	stale.FirstAt = noon.Add(-access.WordLasts)
	no := access.Finding{Level: access.Refusal, Code: "emergency.reason", Text: "Say why it is an emergency. Without a reason nothing is given."}
	threat := access.Finding{Level: access.Note, Code: "threat.on", Text: "Threat mode is on: whoever agrees has to hear the caller's code from the person, and somebody of security has to agree, too."}
	return append([]situation{
		{"emergency_form", Draw(pass(access.Draft), seenBy(adele))},
		{"emergency_form_refused", Draw(changed(pass(access.Draft), func(r *access.Request) { r.Terms.Reason, r.Verdict = "", verdict(no) }), seenBy(adele))},
		{"emergency_form_exclusion", Draw(lift(access.Draft), seenBy(adele))},
		{"emergency_asked_asker", Draw(pass(access.Asked), seenBy(adele))},
		{"emergency_asked_confirmer", Draw(pass(access.Asked), seenBy(megan))},
		{"emergency_asked_security", Draw(pass(access.Asked), seenBy(lee))},
		{"emergency_asked_threat_confirmer", Draw(raised(pass(access.Asked)), seenBy(megan))},
		{"emergency_asked_threat_asker", Draw(raised(pass(access.Asked)), seenBy(adele))},
		{"emergency_asked_exclusion_confirmer", Draw(lift(access.Asked), seenBy(megan))},
		{"emergency_approved_asker", Draw(pass(access.Approved), seenBy(adele))},
		{"emergency_in_force_asker", Draw(shown(access.InForce), seenBy(adele))},
		{"emergency_in_force_confirmer", Draw(shown(access.InForce), seenBy(megan))},
		{"emergency_in_force_review", Draw(shown(access.InForce), seenBy(lee))},
		{"emergency_ended_review", Draw(shown(access.Ended), seenBy(lee))},
		{"emergency_ended_reviewed_asker", Draw(reviewed(shown(access.Ended)), seenBy(adele))},
		{"emergency_ended_reviewed_security", Draw(reviewed(shown(access.Ended)), seenBy(alex))},
		{"emergency_exclusion_review", Draw(lift(access.InForce), seenBy(lee))},
		{"emergency_exclusion_ended_reviewed", Draw(reviewed(lift(access.Ended)), seenBy(megan))},
		{"emergency_requests", drawRequests([]access.Request{shown(access.Ended).Request}, nil, nil, seenBy(lee))},
		{"emergency_help", drawHelp(access.Member{Person: megan}, role{MayRescue: true, MaySwitch: true}, usages(role{MayRescue: true, MaySwitch: true}), seenBy(megan))},
		{"threat_form", Draw(changed(sight(access.Draft, "", 0), func(r *access.Request) { r.Verdict = verdict(threat) }), seenBy(adele))},
		{"threat_on_member", drawThreat(threatened(), seenBy(lee))},
		{"threat_on_security", drawThreat(threatened(), seenBy(alex))},
		{"threat_leaving_first", drawThreat(leaving(), seenBy(megan))},
		{"threat_leaving_other", drawThreat(leaving(), seenBy(lee))},
		{"threat_leaving_security", drawThreat(leaving(), seenBy(alex))},
		{"threat_leaving_too_late", drawThreat(stale, seenBy(megan))},
		{"threat_off", drawThreat(calm(), seenBy(alex))},
		{"threat_never", drawThreat(access.Threat{}, seenBy(lee))},
		{"threat_over", drawThreatOver("PD-9THRT")},
	}, forgedGuards("hostile", hostile)...)
}

// forgedGuards are the same with text wherever somebody else's text can stand.
func forgedGuards(name, text string) []situation {
	review := emergencyOf(forged(access.Ended, text))
	review.Request.Terms.Reason = text
	done := reviewed(review)
	done.Request.Review.Word, done.Request.Review.By.Name = text, text
	t := leaving()
	t.Reason, t.By.Name, t.First.Name = text, text, text
	off := calm()
	off.By.Name, off.First.Name = text, text
	return []situation{
		{name + "_emergency_review", Draw(review, seenBy(lee))},
		{name + "_emergency_reviewed", Draw(done, seenBy(alex))},
		{name + "_emergency_form", Draw(emergencyOf(forged(access.Draft, text)), seenBy(adele))},
		{name + "_emergency_confirmer", Draw(emergencyOf(forged(access.Asked, text)), seenBy(megan))},
		{name + "_threat_leaving", drawThreat(t, seenBy(lee))},
		{name + "_threat_off", drawThreat(off, seenBy(lee))},
	}
}
