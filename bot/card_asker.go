package bot

import "github.com/passdesk/passdesk/internal/access"

// drawAsker draws the card of who asked. It never carries a refresh: a code that
// is on the screen must stay there.
func drawAsker(s Sight, f Face) Card {
	r := s.Request
	title, color := stateTitle(r)
	c := newCard("Your request "+refText(r.Ref)+": "+plainText(stateName(r.State))+".", heading(title, color), subject(r))
	c = c.add(disownedNotice(r)...).add(emergencyRows(r, f)...).add(news(askerNews(s, f)...)...)
	return c.add(askedFor(r, f)...).with(append(askerButtons(s), againButton(r, f)...)...)
}

// subject says what a card is about.
func subject(r access.Request) element {
	return paragraph(ours(capital(kindName(r.Kind))+" for "), bold(name(r.Person)), faint(" · "), faded(theirs(string(r.Ref), nameLength)))
}

// askedFor repeats what was asked for.
func askedFor(r access.Request, f Face) []element {
	rows := []element{apart(row("Pass", terms(r.Terms, f)...)), row("Reason", reason(r.Terms))}
	if r.Terms.Ticket != "" {
		rows = append(rows, row("Ticket", theirs(r.Terms.Ticket, ticketLength)))
	}
	return rows
}

func terms(t access.Terms, f Face) []textRun {
	runs := []textRun{ours(validity(t))}
	if !t.Start.IsZero() {
		runs = append(runs, ours(", from "), f.at(t.Start))
	}
	return runs
}

// askerNews tells the asker what has happened and what to do next.
func askerNews(s Sight, f Face) []element {
	r := s.Request
	switch r.State {
	case access.Asked:
		return append(needRows(r, f), row("Until", bold(f.until(r.Due)), ours(". Without an answer the request lapses then.")))
	case access.Approved:
		return append(decided(r, f),
			row("Next", ours("Ring "), name(r.Person), ours(", then press Show pass.")),
			row("Until", bold(f.until(r.Due)), ours(". Unused, the approval lapses then.")),
		)
	case access.CarryingOut:
		return []element{
			row("Now", making(s)),
			row("Until", bold(f.until(r.Due)), ours(". If nobody has seen a pass by then, Passdesk deletes what there may be.")),
		}
	case access.InForce:
		return inForceNews(s, f)
	case access.Ending:
		return outcome(s, f)
	default:
		return append(append(append(decided(r, f), outcome(s, f)...), passkeyRow(r, f)...), afterwards(r, f)...)
	}
}

// afterwards says what can be done when a request has ended without a pass.
func afterwards(r access.Request, f Face) []element {
	switch r.State {
	case access.Denied:
		return []element{row("Next", ours("Talk to who denied it before you ask again.")), toCaller(f)}
	case access.Failed, access.Lapsed:
		return []element{row("Next", ours("Write pass and the name to ask again. Nothing is left over from this request."))}
	default:
		return nil
	}
}

// inForceNews tells of the live pass: until when it works, and whether its code
// was seen.
func inForceNews(s Sight, f Face) []element {
	return append([]element{worksUntil(s.Request, f), row("Code", shown(s))}, passkeyRow(s.Request, f)...)
}

// shown tells how often the code was on the screen and what is left.
func shown(s Sight) textRun {
	left := access.CodesShown - s.Shown
	switch {
	case s.Reveal.State == access.Claimed || s.Reveal.State == access.Lost || s.Reveal.State == access.Dropped:
		return making(s)
	case s.Shown == 0:
		return ours("It was never shown. Create and show deletes that pass and makes a new one.")
	case left > 0:
		return ours("It was shown and is kept nowhere. Issue again makes a new pass, and the old one stops working. This is possible " + count(left, "more time", "more times") + ".")
	}
	return ours("It was shown " + count(s.Shown, "time", "times") + ", which is as often as one approval allows. Ask anew if it is still needed.")
}

// making tells how far an attempt to make a pass has come that nobody has seen.
func making(s Sight) textRun {
	press := againTitle(s)
	switch s.Reveal.State {
	case access.Lost:
		return ours("Entra's answer was lost, so there may be a pass that nobody has seen. " + press + " deletes it and makes a new one.")
	case access.Dropped:
		return ours("The last attempt brought no pass. Press " + press + " to try again.")
	default:
		return ours("Entra has not answered yet. Press " + press + " again in a few seconds: nothing is made twice.")
	}
}

// againTitle is the button that makes a pass in force anew.
func againTitle(s Sight) ownText {
	if s.Shown == 0 {
		return "Create and show"
	}
	return "Issue again"
}

func askerButtons(s Sight) []execute {
	r := s.Request
	withdraw := button("Withdraw", verbWithdraw, r)
	switch r.State {
	case access.Asked:
		return append(codeButton(r), withdraw)
	case access.Approved:
		return []execute{positive(button("Show pass", verbShow, r)), withdraw}
	case access.CarryingOut:
		return []execute{positive(button("Create and show", verbCreate, r))}
	case access.InForce:
		return inForceButtons(s)
	default:
		return nil
	}
}

// inForceButtons offer the pass anew as long as it may be shown again.
func inForceButtons(s Sight) []execute {
	end := destructive(button("End now", verbEnd, s.Request))
	switch {
	case s.Shown == 0:
		return []execute{positive(button("Create and show", verbCreate, s.Request)), end}
	case s.Shown < access.CodesShown:
		return []execute{button("Issue again", verbAgain, s.Request), end}
	}
	return []execute{end}
}

// people lists the first few of several names.
func people(list []access.Person) []textRun {
	const most = 5
	var runs []textRun
	for i, p := range list[:min(len(list), most)] {
		if i > 0 {
			runs = append(runs, ours(", "))
		}
		runs = append(runs, bold(name(p)))
	}
	if rest := len(list) - most; rest > 0 {
		runs = append(runs, ours(" and "+count(rest, "other", "others")))
	}
	if len(runs) == 0 {
		runs = append(runs, ours("nobody at the moment"))
	}
	return runs
}
