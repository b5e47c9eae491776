package bot

import (
	"github.com/passdesk/passdesk/internal/access"
)

// statusSize is how much of a card each list may fill, in bytes.
const statusSize = 6_000

// drawStatus tells how somebody stands: the verdict, what they have, each policy
// that may be relaxed, and the next step.
func drawStatus(s access.Status, mayAsk bool, f Face) Card {
	p := s.Person.Person
	c := newCard("How somebody stands. Open it in Teams.",
		heading("Status", ""), paragraph(bold(name(p)), faint(" "), faded(theirs(p.UPN, upnLength))), ruling(s.Readiness))
	c = c.add(lockRows(s, f)...)
	if s.Known {
		c = c.add(passkeyList(s, f)...).add(row("Pass", passWords(s, f)...), row("Also has", methodWords(s.Methods)...))
	}
	if s.Person.Found {
		c = c.add(listOf("Conditional Access", s.Standings, statusSize, func(one access.Standing) element { return standingRow(p, one, mayAsk, f) })...)
	}
	return c.add(zoneNote(f)).with(nextSteps(s, mayAsk)...)
}

// ruling is the answer in one sentence.
func ruling(r access.Readiness) element {
	text := theirs(r.Why, sayLength)
	switch r.Ability {
	case access.Ready:
		return notice("good", "Ready", text)
	case access.CanAdd, access.HoldsPass:
		return notice("accent", "Not yet", text)
	case access.NeedsPass, access.Outlawed:
		return notice("warning", "Not yet", text)
	case access.NotLearned:
		return notice("warning", "Not known", text)
	case access.CannotAdd, access.NotOurs:
	}
	return notice("attention", "Not possible", text)
}

// passkeyList shows each passkey with its kind, and what speaks against it. What
// is not known of one is not said.
func passkeyList(s access.Status, f Face) []element {
	if len(s.Passkeys) == 0 {
		return []element{apart(row("Passkeys", ours("none")))}
	}
	return listOf("Passkeys", s.Passkeys, statusSize, func(k access.Passkey) element {
		runs := []textRun{bold(theirs(k.Title(), nameLength))}
		for _, words := range passkeyWords(k) {
			runs = append(runs, faint(" · "), faded(theirs(words, nameLength)))
		}
		if !k.Created.IsZero() {
			runs = append(runs, faint(" · added "), faded(theirs(f.date(k.Created), nameLength)))
		}
		if why := s.Bars(k); why != "" {
			runs = append(runs, looking(ours(" · cannot be used: "), isBad), looking(theirs(why, nameLength), isBad))
		}
		return paragraph(runs...)
	})
}

func passkeyWords(k access.Passkey) []string {
	var words []string
	if where := k.Where(); where != "" && k.Name != "" {
		words = append(words, where)
	}
	switch k.Kind {
	case access.DeviceBound:
		words = append(words, "bound to one device")
	case access.Synced:
		words = append(words, "synced")
	}
	if k.Attested {
		return append(words, "attested")
	}
	return append(words, "not attested")
}

// passWords tell of a live pass, and never its code.
func passWords(s access.Status, f Face) []textRun {
	pass, holds := s.Pass(f.Now)
	switch {
	case !holds:
		return []textRun{ours("none that works")}
	case pass.Start.After(f.Now):
		return []textRun{ours("from "), bold(theirs(f.day(pass.Start), nameLength)), ours(" until "), theirs(f.day(pass.Ends()), nameLength)}
	case pass.Once:
		return []textRun{ours("one-time, until "), bold(theirs(f.day(pass.Ends()), nameLength))}
	}
	return []textRun{ours("for several sign-ins, until "), bold(theirs(f.day(pass.Ends()), nameLength))}
}

// mostMethods is how many methods are named: few people have as many.
const mostMethods = 12

func methodWords(methods []access.Method) []textRun {
	var runs []textRun
	for i, m := range methods[:min(len(methods), mostMethods)] {
		if i > 0 {
			runs = append(runs, ours("; "))
		}
		runs = append(runs, theirs(access.MethodName(m), nameLength))
		if m.Name != "" {
			runs = append(runs, faint(" "), faded(theirs(m.Name, nameLength)))
		}
	}
	if runs == nil {
		return []textRun{ours("nothing")}
	}
	return runs
}

// nextSteps are what helps now, the most likely first.
func nextSteps(s access.Status, mayAsk bool) []execute {
	about := map[string]any{inputPerson: s.Person.ID}
	ask := execute{Title: "Ask for a pass", Verb: verbAskPass, Extra: about}
	guide := execute{Title: "Show the steps", Verb: verbGuide, Extra: about}
	switch {
	case !s.Person.MayAct():
		return nil
	case s.Readiness.Ability == access.NeedsPass && mayAsk:
		return []execute{positive(ask), guide}
	case s.Readiness.Ability == access.Outlawed && mayAsk:
		return []execute{positive(guide), ask}
	case s.Readiness.Ability == access.CanAdd, s.Readiness.Ability == access.HoldsPass:
		return []execute{positive(guide)}
	}
	return []execute{guide}
}

// drawStatuses tells of several people at once, a line each.
func drawStatuses(all []access.Status, f Face) Card {
	c := newCard("How some people stand. Open it in Teams.", heading("Status", ""))
	for _, s := range all {
		p := s.Person.Person
		open := execute{Title: "Open", Verb: verbStatus, Extra: map[string]any{inputPerson: p.ID}}
		line := paragraph(bold(name(p)), ours(": "), theirs(s.Readiness.Why, findingLength))
		if _, holds := s.Pass(f.Now); holds {
			line.Inlines = append(line.Inlines, faint(" A pass is live."))
		}
		c = c.add(beside(open, line))
	}
	return c
}
