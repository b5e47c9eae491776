package bot

import "github.com/passdesk/passdesk/internal/access"

// drawApprover draws the card of somebody who may decide. While anything can
// still happen to the request it asks for the newest state whenever its reader
// looks at it.
func drawApprover(s Sight, f Face) Card {
	if s.Request.State == access.Asked && s.Request.MayDecide(f.Viewer) {
		return drawDecision(s, access.Evidence{}, f)
	}
	return refreshed(drawDecided(s, f), s.Request, f)
}

// drawDecision draws the card of somebody who may decide, with what they have said
// about the caller so far.
func drawDecision(s Sight, said access.Evidence, f Face) Card {
	r := s.Request
	switch {
	case r.State != access.Asked || !r.MayDecide(f.Viewer):
		return Draw(s, f)
	case r.Kind == access.Exclusion:
		return drawRelaxing(s, said, f)
	}
	return refreshed(drawDecide(s, said, f), r, f)
}

// drawDecide draws what has to be known to decide, and nothing else: it must be
// read on a phone in ten seconds.
func drawDecide(s Sight, said access.Evidence, f Face) Card {
	r := s.Request
	c := newCard(summary(r)+". Open it in Teams to decide.",
		toDecide(r, "A pass to decide"),
		paragraph(large(bold(name(r.Asker))), large(ours(" asks for a pass for ")), large(bold(name(r.Person)))),
		apart(row("Reason", reason(r.Terms))),
	)
	if r.Terms.Ticket != "" {
		c = c.add(row("Ticket", theirs(r.Terms.Ticket, ticketLength)))
	}
	c = c.add(
		row("Allows", allows(r.Terms, f)...),
		row("Decide by", bold(f.until(r.Due))),
	)
	c = c.add(emergencyRows(r, f)...)
	if needsMore(r) {
		c = c.add(needRows(r, f)...)
	}
	c = c.add(decideFindings(decisive(r), mostFindings)...)
	return c.add(callerSteps(r, said, f)...).add(footing(r, f)).with(decideButtons(r)...)
}

// toDecide is the title of a card on which somebody decides.
func toDecide(r access.Request, title ownText) element {
	if r.Terms.Emergency {
		return heading("An emergency to confirm", "attention")
	}
	return section(title)
}

// asksFor says in a sentence who wants, or wanted, what for whom.
func asksFor(r access.Request) element {
	verb := ownText(" asked for ")
	if r.State == access.Asked {
		verb = " asks for "
	}
	runs := []textRun{bold(name(r.Asker)), ours(verb + kindName(r.Kind) + " for "), bold(name(r.Person))}
	if r.Kind == access.Exclusion {
		runs = append(runs, ours(" from "), bold(policyName(r.Terms.Policy)))
	}
	return paragraph(runs...)
}

// footing names the accounts behind the names, for who wants to be sure.
func footing(r access.Request, f Face) element {
	runs := []textRun{faded(theirs(string(r.Ref), nameLength))}
	if r.Person.UPN != "" {
		runs = append(runs, faint(" · for "), faded(theirs(r.Person.UPN, upnLength)))
	}
	if r.Asker.UPN != "" {
		runs = append(runs, faint(" · asked by "), faded(theirs(r.Asker.UPN, upnLength)))
	}
	if !r.Asked.IsZero() {
		runs = append(runs, faint(" · "), faded(f.at(r.Asked)))
	}
	return paragraph(runs...)
}

func reason(t access.Terms) textRun {
	if t.Reason == "" {
		return ours("none was given")
	}
	return theirs(t.Reason, reasonLength)
}

// allows tells in a line what a pass makes possible.
func allows(t access.Terms, f Face) []textRun {
	runs := []textRun{ours("Signing in without a password for " + validity(t))}
	if !t.Start.IsZero() {
		runs = append(runs, ours(", from "), f.at(t.Start))
	}
	return runs
}

// drawDecided draws what became of a request after the decision, or without one.
func drawDecided(s Sight, f Face) Card {
	r := s.Request
	title, color := stateTitle(r)
	c := newCard(summary(r)+": "+plainText(stateName(r.State))+".", heading(title, color), asksFor(r)).add(disownedNotice(r)...).add(emergencyRows(r, f)...)
	if r.State == access.Asked {
		c = c.add(news(needRows(r, f)...)...)
	} else {
		c = c.add(news(append(append(decided(r, f), outcome(s, f)...), passkeyRow(r, f)...)...)...)
	}
	c = c.add(apart(row("Reason", reason(r.Terms))), row("Allowed", allows(r.Terms, f)...), footing(r, f))
	return c.with(approverButtons(r, f)...)
}

// approverButtons let an approval be taken back before it is used, and a pass be
// ended afterwards.
func approverButtons(r access.Request, f Face) []execute {
	switch {
	case (r.State == access.Approved || r.State == access.Asked) && approved(r, f.Viewer):
		return []execute{button("Withdraw", verbWithdraw, r)}
	case r.State == access.InForce:
		return []execute{destructive(button("End now", verbEnd, r))}
	}
	return nil
}
