package bot

import "github.com/passdesk/passdesk/internal/access"

// drawExclusion draws an exclusion for whom it concerns: its form, the owner's
// decision, or how it stands.
func drawExclusion(s Sight, f Face) Card {
	r := s.Request
	switch {
	case r.State == access.Draft:
		return drawExclusionForm(s, f)
	case r.State == access.Asked && r.MayDecide(f.Viewer):
		return drawRelaxing(s, access.Evidence{}, f)
	}
	title, color := exclusionTitle(r)
	c := newCard(summary(r)+": "+plainText(stateOf(r))+".", heading(title, color), exclusionSubject(r)).add(disownedNotice(r)...).add(emergencyRows(r, f)...)
	c = c.add(news(exclusionNow(r, f)...)...)
	c = c.add(
		apart(row("Policy", policyName(r.Terms.Policy))),
		row("For how long", exclusionTerms(r.Terms, f)...),
		row("Reason", reason(r.Terms)),
	)
	if r.Terms.Ticket != "" {
		c = c.add(row("Ticket", theirs(r.Terms.Ticket, ticketLength)))
	}
	if r.Asker.ID != f.Viewer {
		c = c.add(footing(r, f))
	}
	return refreshed(c.with(exclusionButtons(r, f)...), r, f)
}

// refreshed lets the card of somebody who may decide ask for its newest state
// whenever its reader looks at it.
func refreshed(c Card, r access.Request, f Face) Card {
	if f.Teams != "" && f.Viewer != r.Asker.ID && !r.State.Closed() {
		c.Refresh = &refresh{Action: button("Refresh", verbView, r), UserIDs: []string{f.Teams}}
	}
	return c
}

func exclusionSubject(r access.Request) element {
	return paragraph(ours("An exclusion for "), bold(name(r.Person)), faint(" · "), faded(theirs(string(r.Ref), nameLength)))
}

// exclusionTitle is the heading of a card in words, and the colour beside them.
func exclusionTitle(r access.Request) (title ownText, color string) {
	switch r.State { //nolint:exhaustive // the others are called as with a pass
	case access.CarryingOut:
		if r.GivenUp {
			return "No exclusion could be made", "attention"
		}
		return "The exclusion is being made", "accent"
	case access.InForce:
		if r.Replaced {
			return "The exclusion is gone", "attention"
		}
		return "The exclusion is in force", "good"
	case access.Failed:
		return "No exclusion could be made", "attention"
	case access.Ending:
		if r.Late > 0 {
			return "The end is late", "attention"
		}
		return "The exclusion is being ended", "accent"
	}
	return stateTitle(r)
}

// exclusionTerms tells for how long, on what, and what becomes of sessions.
func exclusionTerms(t access.Terms, f Face) []textRun {
	runs := []textRun{ours(lasting(t.Minutes) + ", for " + platformName(t.Platform))}
	if !t.Start.IsZero() {
		runs = append(runs, ours(", from "), f.at(t.Start))
	}
	if t.Extends != "" {
		runs = append(runs, ours(", from the end of "), theirs(string(t.Extends), nameLength))
	}
	if t.Register {
		runs = append(runs, ours(", to register a passkey"))
	}
	if t.KeepSessions {
		return append(runs, ours(". Sessions are left alone at the end: one may go on for up to a day."))
	}
	return append(runs, ours(". Sessions are revoked at the end."))
}

// exclusionNow tells where it stands, and what to do next.
func exclusionNow(r access.Request, f Face) []element {
	switch r.State {
	case access.Asked:
		rows := append(needRows(r, f), row("Until", bold(f.until(r.Due)), ours(". Without an answer the request lapses then.")))
		return append(rows, outlook(r)...)
	case access.Approved:
		return append(decided(r, f), row("Begins", bold(f.until(r.Due)), ours(", by itself.")))
	case access.CarryingOut:
		if r.GivenUp {
			return append(decided(r, f), row("Now", ours("It could not be made. Passdesk makes sure that nothing is left of it.")))
		}
		return append(decided(r, f), row("Now", ours("Passdesk asks Entra for it, and tries again until Entra agrees, for ten minutes.")))
	case access.InForce:
		return append(decided(r, f), holding(r, f)...)
	case access.Ending:
		return takingAway(r, f)
	case access.Ended:
		return append(append(decided(r, f), proof(r, f)...), passkeyRow(r, f)...)
	case access.Failed:
		return append(append(decided(r, f), came(r, f)...), row("Next", ours("Nothing is left of it. See why, then ask again.")))
	case access.Denied:
		rows := append(decided(r, f), row("Next", ours("Talk to each other before it is asked again.")))
		if f.Viewer == r.Asker.ID {
			rows = append(rows, toCaller(f))
		}
		return rows
	case access.Lapsed:
		return append(append(decided(r, f), came(r, f)...), row("Next", ours("Write exclude and the name to ask again. Nothing was changed.")))
	default:
		return append(decided(r, f), came(r, f)...)
	}
}

// holding tells until when an exclusion holds, and whether Entra shows it.
func holding(r access.Request, f Face) []element {
	if r.Replaced {
		return []element{notice("attention", "Gone", ours("Entra does not show the exclusion: somebody else has taken it away. End it here, and ask whoever did."))}
	}
	return append([]element{
		row("Until", bold(f.until(r.Ends))),
		row("Now", ours("Entra has agreed. It may take a minute or two until a sign-in sees it.")),
	}, passkeyRow(r, f)...)
}

// takingAway tells of an exclusion that is being ended, and why that is not done yet.
func takingAway(r access.Request, f Face) []element {
	rows := []element{row("Now", ours("Passdesk takes it away, and reads twice that it is gone. Then it has ended."))}
	if r.Late == 0 {
		return rows
	}
	rows = append(rows, notice("attention", "Late", ours("It should have ended "), f.at(r.Ends), ours(". Passdesk goes on trying until it has.")))
	if r.Trouble != "" {
		rows = append(rows, row("Why", theirs(r.Trouble, findingLength)))
	}
	return rows
}

// mostWays is how many other ways of being excluded are told.
const mostWays = 3

// proof tells when an exclusion was read to be gone, or what goes on.
func proof(r access.Request, f Face) []element {
	rows := howItEnded(r, f)
	if len(r.Gone) == 2 {
		rows = append(rows, row("Read back", ours("gone "), f.second(r.Gone[0]), ours(" and "), f.second(r.Gone[1])))
	}
	for _, way := range r.Still[:min(len(r.Still), mostWays)] {
		rows = append(rows, notice("attention", "Still excluded", theirs(way, findingLength), ours(". Passdesk did not do that, and leaves it alone.")))
	}
	if len(r.Gone) == 2 && len(r.Still) == 0 {
		rows = append(rows, row("Now", ours("The policy binds "), name(r.Person), ours(" again.")))
	}
	return rows
}

// howItEnded tells how it ended, by whom and when.
func howItEnded(r access.Request, f Face) []element {
	var rows []element
	if why := ending(r); why != "" {
		rows = append(rows, row("How", theirs(why, findingLength)))
	}
	return append(rows, row("By", who(r.By, f), ours(", "), f.at(r.Changed)))
}

// exclusionButtons are what can be done next, by whom it may be.
func exclusionButtons(r access.Request, f Face) []execute {
	mine := r.Asker.ID == f.Viewer
	switch {
	case r.State == access.Asked && mine:
		return append(codeButton(r), button("Withdraw", verbWithdraw, r))
	case (r.State == access.Asked || r.State == access.Approved) && (mine || approved(r, f.Viewer)):
		return []execute{button("Withdraw", verbWithdraw, r)}
	case r.State == access.InForce && mine && !r.Replaced:
		return []execute{destructive(button("End now", verbEnd, r)), button("Extend", verbExtend, r)}
	case r.State == access.InForce:
		return []execute{destructive(button("End now", verbEnd, r))}
	}
	return nil
}
