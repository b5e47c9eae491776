package bot

import (
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/audit"
)

// The people of the samples.
var (
	adele = access.Person{ID: "aaaaaaaa-0000-4000-8000-000000000001", Name: "Adele Vance", UPN: "adele.vance@northwind.example"}
	megan = access.Person{ID: "aaaaaaaa-0000-4000-8000-000000000002", Name: "Megan Bowen", UPN: "megan.bowen@northwind.example"}
	joni  = access.Person{ID: "aaaaaaaa-0000-4000-8000-000000000003", Name: "Joni Sherman", UPN: "joni.sherman@northwind.example"}
	alex  = access.Person{ID: "aaaaaaaa-0000-4000-8000-000000000004", Name: "Alex Wilber", UPN: "alex.wilber@northwind.example"}
)

// noon is when the samples are looked at: five past two in Oslo.
var noon = time.Date(2026, 3, 2, 13, 5, 0, 0, time.UTC)

func oslo() *time.Location {
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		panic(err)
	}
	return zone
}

func seenBy(p access.Person) Face {
	return Face{Viewer: p.ID, Teams: "29:" + string(p.ID), Now: noon, Zone: oslo(), Locale: "en-GB"}
}

// request is the sample of a request in a state, with all that belongs to it.
func request(state access.State) access.Request {
	r := access.Request{
		Ref: "PD-7K3MX", Rev: 4, State: state, Kind: access.Pass, Asker: adele, Person: joni,
		Terms:     access.Terms{Minutes: 60, Once: true, Ticket: "INC-4711", Reason: "First day: new laptop and a new telephone"},
		Approvers: []access.Person{megan},
		Verdict: access.Verdict{
			Rule:      "the manager decides",
			Findings:  []access.Finding{{Level: access.Note, Code: "pass.tenminutes", Text: "After signing in with a one-time pass, the passkey must be registered within ten minutes."}},
			Approvers: []access.Person{megan},
		},
		Drafted: noon.Add(-20 * time.Minute), Asked: noon.Add(-15 * time.Minute), Changed: noon.Add(-5 * time.Minute),
	}
	decided := &access.Decision{By: megan, At: noon.Add(-10 * time.Minute), Approve: true}
	self := access.Person{ID: access.Passdesk}
	switch state {
	case access.Draft:
		r.Asked, r.Approvers, r.Verdict = time.Time{}, nil, access.Verdict{}
		r.Due = noon.Add(24 * time.Hour)
	case access.Asked:
		r.Due = noon.Add(45 * time.Minute)
	case access.Approved:
		r.Decision, r.Due = decided, noon.Add(50*time.Minute)
	case access.Denied:
		r.Decision = &access.Decision{By: megan, At: noon.Add(-10 * time.Minute), Reason: "I spoke to Joni: it was not her who rang you."}
		r.By, r.Why = megan, r.Decision.Reason
	case access.Withdrawn:
		r.By = adele
	case access.Lapsed:
		r.By, r.Why = self, "Nobody decided in time."
	case access.CarryingOut:
		r.Decision, r.Due = decided, noon.Add(5*time.Minute)
	case access.InForce:
		r.Decision, r.PassID, r.Ends = decided, "pass-1", noon.Add(55*time.Minute)
		r.Due = r.Ends
	case access.Failed:
		r.Decision, r.By, r.Why = decided, self, "The pass was never made, or never seen. Nothing is left of it; ask again."
	case access.Ending:
		r.Decision, r.By, r.Why, r.Due = decided, adele, "ended early", noon
	case access.Ended:
		r.Decision, r.By, r.Why = decided, self, "its time was over"
	}
	return r
}

// sight is the sample of a request with a reveal that was answered so often.
func sight(state access.State, reveal access.RevealState, shown int) Sight {
	s := Sight{Request: request(state), Shown: shown}
	if reveal != "" {
		s.Reveal = access.Reveal{Ref: s.Request.Ref, Attempt: max(shown, 1), Actor: adele.ID, State: reveal, Claimed: noon.Add(-time.Minute), Made: noon}
	}
	return s
}

// changed is a sample with something else about it.
func changed(s Sight, change func(*access.Request)) Sight {
	change(&s.Request)
	return s
}

// verdict is a verdict with the findings.
func verdict(findings ...access.Finding) access.Verdict {
	return access.Verdict{Rule: "the manager decides", Findings: findings, Approvers: []access.Person{megan}}
}

// Findings of each kind.
var (
	refused  = access.Finding{Level: access.Refusal, Code: "pass.lifetime", Text: "A pass may last from 60 to 480 minutes here, not 30."}
	livePass = access.Finding{Level: access.Refusal, Code: "pass.live", Text: "This person has a live pass already. Tick that it may be replaced, or use that one."}
	warned   = access.Finding{Level: access.Warning, Code: "terms.reason", Text: "There is no reason. Who decides will wonder why."}
	replaces = access.Finding{Level: access.Warning, Code: "pass.replaces", Text: "A pass that is live now will be replaced and stop working."}
	noted    = access.Finding{Level: access.Note, Code: "pass.tenminutes", Text: "After signing in with a one-time pass, the passkey must be registered within ten minutes."}
)

// hostile is what somebody types who wants to forge a card.
const hostile = "**Approved** by [Megan](https://evil.example) <at>Megan</at> {{DATE(2026-01-01T00:00:00Z,LONG)}} \u202egnp.exe\u202c\r\n\r\n# IT security\n- _urgent_ `now` www.evil.example &lt;at&gt;"

// forged is a request of which everything that people supply is text.
func forged(state access.State, text string) Sight {
	return changed(sight(state, access.Answered, 1), func(r *access.Request) {
		for _, p := range []*access.Person{&r.Asker, &r.Person, &r.By} {
			p.Name, p.UPN = text, text
		}
		r.Terms.Ticket, r.Terms.Reason, r.Why = text, text, text
		r.Approvers = []access.Person{{ID: megan.ID, Name: text, UPN: text}}
		if r.Decision != nil {
			answer := *r.Decision
			answer.By.Name, answer.Reason = text, text
			r.Decision = &answer
		}
		r.Verdict = verdict(
			access.Finding{Level: access.Refusal, Code: "person.privileged", Text: text},
			access.Finding{Level: access.Warning, Code: "pass.replaces", Text: text},
			access.Finding{Level: access.Warning, Code: "terms.reason", Text: text},
			access.Finding{Level: access.Note, Code: "pass.tenminutes", Text: text},
		)
	})
}

// situation is a card with the name of its golden file.
type situation struct {
	name string
	card Card
}

// situations are the cards of every state to everybody, and all the others.
func situations() []situation {
	all := stateSituations()
	all = append(all, formSituations()...)
	all = append(all, revealSituations()...)
	all = append(all, answerSituations()...)
	all = append(all, exclusionSituations()...)
	all = append(all, reportSituations()...)
	all = append(all, guardSituations()...)
	all = append(all, callerSituations()...)
	all = append(all, forgedCallers("hostile", hostile)...)
	all = append(all, toldSituations()...)
	all = append(all, placeSituations()...)
	return append(all, forgedSituations("hostile", hostile)...)
}

func stateSituations() []situation {
	var all []situation
	for _, state := range access.States() {
		name := strings.ReplaceAll(string(state), " ", "_")
		s := sight(state, "", 0)
		if state == access.InForce || state == access.Ending || state == access.Ended {
			s = sight(state, access.Answered, 1)
		}
		all = append(all,
			situation{name + "_asker", Draw(s, seenBy(adele))},
			situation{name + "_approver", Draw(s, seenBy(megan))},
			situation{name + "_other", Draw(s, seenBy(alex))},
		)
	}
	return append(all,
		situation{"asked_approver_replaces", Draw(changed(sight(access.Asked, "", 0), func(r *access.Request) {
			r.Terms.Replace, r.Terms.Once, r.Terms.Minutes, r.Terms.Reason, r.Terms.Ticket = true, false, 480, "", ""
			r.Terms.Start = noon.Add(19 * time.Hour)
			r.Verdict = verdict(warned, replaces)
		}), seenBy(megan))},
		situation{"lapsed_form", Draw(changed(sight(access.Lapsed, "", 0), func(r *access.Request) {
			r.Asked, r.Approvers = time.Time{}, nil
		}), seenBy(adele))},
		situation{"shared", drawShared(sight(access.Asked, "", 0))},
	)
}

func formSituations() []situation {
	form := func(change func(*access.Request)) Card {
		return Draw(changed(sight(access.Draft, "", 0), change), seenBy(adele))
	}
	return []situation{
		{"form_open", form(func(r *access.Request) { r.Person, r.Terms = access.Person{}, access.Terms{Minutes: 60, Once: true} })},
		{"form_refused", form(func(r *access.Request) { r.Terms.Minutes, r.Verdict = 30, verdict(refused, noted) })},
		{"form_warned", form(func(r *access.Request) {
			r.Terms.Reason, r.Verdict, r.Warned = "", verdict(warned, noted), []string{"terms.reason"}
		})},
		{"form_live_pass", form(func(r *access.Request) { r.Verdict = verdict(livePass) })},
		{"form_replaces", form(func(r *access.Request) { r.Terms.Replace, r.Verdict = true, verdict(replaces) })},
		{"form_start", form(func(r *access.Request) { r.Terms.Start, r.Terms.Once = noon.Add(19*time.Hour), false })},
	}
}

func revealSituations() []situation {
	f := seenBy(adele)
	code := access.NewSecret("I0l1Oa+Z")
	return []situation{
		{"before", drawBefore(sight(access.Approved, "", 0), f)},
		{"code_once", drawCode(sight(access.InForce, access.Made, 0), code, f)},
		{"code_multi", drawCode(changed(sight(access.InForce, access.Made, 0), func(r *access.Request) {
			r.Terms.Once, r.Terms.Start, r.Ends = false, noon.Add(2*time.Hour), noon.Add(3*time.Hour)
		}), access.NewSecret("k7Wq"), f)},
		{"carrying_out_claimed", Draw(sight(access.CarryingOut, access.Claimed, 0), f)},
		{"carrying_out_lost", Draw(sight(access.CarryingOut, access.Lost, 0), f)},
		{"carrying_out_dropped", Draw(sight(access.CarryingOut, access.Dropped, 0), f)},
		{"in_force_unseen", Draw(sight(access.InForce, access.Made, 0), f)},
		{"in_force_shown_twice", Draw(sight(access.InForce, access.Answered, 2), f)},
		{"in_force_shown_thrice", Draw(sight(access.InForce, access.Answered, 3), f)},
		{"in_force_remaking", Draw(sight(access.InForce, access.Claimed, 1), f)},
		{"in_force_replaced", Draw(changed(sight(access.InForce, access.Answered, 1), func(r *access.Request) { r.Replaced = true }), f)},
		{"working", drawWorking(sight(access.CarryingOut, access.Claimed, 0), verbCreate, 0, f)},
		{"working_in_line", drawWorking(sight(access.CarryingOut, access.Claimed, 0), verbCreate, wait(42*time.Second), f)},
	}
}

func answerSituations() []situation {
	f := seenBy(adele)
	asked := sight(access.Asked, "", 0)
	waiting := []access.Request{request(access.Asked)}
	mine := []access.Request{request(access.Approved), request(access.CarryingOut)}
	return []situation{
		{"deny", drawDeny(asked, seenBy(megan))},
		{"sorry", drawSorry("Not possible", "You may not ask for passes here. Somebody of the help desk can.", nil, f)},
		{"sorry_request", drawSorry("Changed meanwhile", "This has changed meanwhile. Here is how it stands now.", &asked, seenBy(megan))},
		{"choose", drawChoose("joni", []access.Person{joni, {ID: "b", Name: "Joni Sherman", UPN: "joni_s@northwind.example"}}, "choose", map[string]any{"minutes": 60}, f)},
		{"help_asker", drawHelp(access.Member{Person: adele}, role{MayAsk: true}, sampleUsages(), f)},
		{"help_member", drawHelp(access.Member{Person: megan}, role{}, sampleUsages()[1:], f)},
		{"home", drawHome(access.Member{Person: adele}, role{MayAsk: true, MayAudit: true}, sampleUsages(), f)},
		{"requests", drawRequests(waiting, mine, []access.Request{request(access.InForce)}, f)},
		{"requests_none", drawRequests(nil, nil, nil, f)},
		{"requests_denied", drawList(access.OnlyDenied, []access.Request{request(access.Denied)}, true, access.ListQuery{Only: access.OnlyDenied}, f)},
		{"handover", drawHandover(access.Shift{Asked: waiting, Approved: []access.Request{request(access.Approved)}, InForce: []access.Request{request(access.InForce)}}, f)},
		{"handover_none", drawHandover(access.Shift{}, f)},
		{"history", drawPast("PD-7K3MX", access.Past{Entries: sampleEntries(), Names: map[access.ID]string{adele.ID: adele.Name, joni.ID: joni.Name}}, access.HistoryQuery{}, f)},
		{"history_none", drawPast("Joni Sherman", access.Past{}, access.HistoryQuery{}, f)},
	}
}

func sampleUsages() []usage {
	return []usage{
		{"pass <person> [60m] [once|multi] [at <time>] [for <reason>]", "ask for a pass: opens the form, filled in"},
		{"requests", "what waits for you, what you asked for, what is in force"},
		{"help", "what you may do here"},
	}
}

func sampleEntries() []audit.Entry {
	entry := func(before time.Duration, actor access.ID, action string, o audit.Outcome, detail map[string]string) audit.Entry {
		return audit.Entry{At: noon.Add(-before), Actor: string(actor), Action: action, Outcome: o, Ref: "PD-7K3MX", Person: string(joni.ID), Detail: detail}
	}
	return []audit.Entry{
		entry(0, access.Passdesk, "end", audit.Done, map[string]string{"why": "its time was over"}),
		entry(time.Hour, adele.ID, "issue pass", audit.Done, map[string]string{"pass": "pass-1", "ends": "2026-03-02T13:05:00Z"}),
		entry(time.Hour, adele.ID, "issue pass", audit.Intent, nil),
		entry(2*time.Hour, megan.ID, "approve", audit.Refused, nil),
	}
}

// forgedSituations are the cards of one text in every place that people supply.
func forgedSituations(name, text string) []situation {
	f := seenBy(adele)
	f.Locale = text
	person := access.Person{ID: joni.ID, Name: text, UPN: text}
	open := changed(forged(access.Draft, text), func(r *access.Request) { r.Person.ID = "" })
	failed := forged(access.Asked, text)
	return []situation{
		{name + "_form", Draw(forged(access.Draft, text), f)},
		{name + "_form_open", Draw(open, f)},
		{name + "_asked_approver", Draw(forged(access.Asked, text), seenBy(megan))},
		{name + "_approved_asker", Draw(forged(access.Approved, text), f)},
		{name + "_denied_asker", Draw(forged(access.Denied, text), f)},
		{name + "_in_force_approver", Draw(forged(access.InForce, text), seenBy(megan))},
		{name + "_ended_approver", Draw(forged(access.Ended, text), seenBy(megan))},
		{name + "_told", Draw(toldSight(forged(access.InForce, text)), seenBy(joni))},
		{name + "_disowned", Draw(disownedSight(forged(access.Ended, text)), french(seenBy(alex)))},
		{name + "_sure", drawSure(forged(access.InForce, text), seenBy(joni))},
		{name + "_before", drawBefore(forged(access.Approved, text), f)},
		{name + "_code", drawCode(forged(access.InForce, text), access.NewSecret("k7Wq9XyZ"), f)},
		{name + "_deny", drawDeny(forged(access.Asked, text), seenBy(megan))},
		{name + "_sorry", drawSorry("Not possible", text, &failed, seenBy(megan))},
		{name + "_choose", drawChoose(text, []access.Person{person}, "choose", map[string]any{"reason": "kept"}, f)},
		{name + "_home", drawHome(access.Member{Person: person}, role{}, []usage{{text, text}}, f)},
		{name + "_handover", drawHandover(access.Shift{Asked: []access.Request{forged(access.Asked, text).Request}}, f)},
		{name + "_requests", drawRequests([]access.Request{forged(access.Asked, text).Request}, nil, nil, f)},
		{name + "_history", drawPast(text, access.Past{Entries: []audit.Entry{{
			At: noon, Actor: string(joni.ID), Action: text, Outcome: audit.Outcome(text), Ref: text, Person: text, Detail: map[string]string{text: text},
		}}, Names: map[access.ID]string{joni.ID: text}, More: true}, access.HistoryQuery{}, f)},
		{name + "_shared", drawShared(changed(forged(access.Asked, text), func(r *access.Request) { r.Ref = access.Ref(text) }))},
	}
}
