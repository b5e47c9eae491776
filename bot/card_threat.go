package bot

import "github.com/passdesk/passdesk/internal/access"

// drawThreat tells how threat mode stands, with the buttons for who may switch it.
func drawThreat(t access.Threat, f Face) Card {
	if !t.On {
		return drawCalm(t, f)
	}
	c := newCard("Threat mode is on. Open it in Teams.",
		heading("Threat mode is on", "attention"),
		row("Since", f.at(t.Since), ours(", by "), bold(who(t.By, f))),
	)
	if t.Reason != "" {
		c = c.add(row("Because", theirs(t.Reason, reasonLength)))
	}
	c = c.add(
		row("Now", ours("Whoever agrees to a pass has to hear the caller's code from the person, and somebody of security has to agree, too. Nobody is excluded from a policy, and what was approved before is asked for again.")),
	)
	if t.Leaving(f.Now) {
		c = c.add(notice("warning", "To be switched off", bold(who(t.First, f)), ours(" said so, "), f.at(t.FirstAt),
			ours(". It is off when somebody else of the threat group confirms that by "), f.until(t.FirstAt.Add(access.WordLasts)), ours(".")))
	}
	return c.add(paragraph(faded(theirs(string(t.Ref), nameLength)), faint(" · threat mode"))).with(threatButtons(t, f)...)
}

// threatButtons are for who may switch it. Nobody confirms their own word.
func threatButtons(t access.Threat, f Face) []execute {
	carries := access.Request{Ref: t.Ref, Rev: t.Rev}
	keep := button("Keep it on", verbThreatKeep, carries)
	switch {
	case !t.MaySwitch(f.Viewer):
		return nil
	case !t.Leaving(f.Now):
		return []execute{button("Switch off", verbThreatOff, carries)}
	case t.First.ID == f.Viewer:
		return []execute{keep}
	}
	return []execute{destructive(button("Confirm: switch off", verbThreatOff, carries)), keep}
}

func drawCalm(t access.Threat, f Face) Card {
	c := newCard("Threat mode is off.", heading("Threat mode is off", "good"))
	if t.Rev == 0 {
		return c.add(paragraph(ours("It was never on. Write threat on because … to switch it on.")))
	}
	return c.add(
		row("Since", f.at(t.Since)),
		row("By", bold(who(t.First, f)), ours(" and "), bold(who(t.By, f))),
		paragraph(faded(theirs(string(t.Ref), nameLength)), faint(" · threat mode")),
	)
}

// drawThreatOver is what is left of the card of an earlier time.
func drawThreatOver(ref access.Ref) Card {
	return newCard("This is over.",
		heading("This is over", ""),
		paragraph(ours("Threat mode was switched off, and on again since. There is a newer card of it.")),
		paragraph(faded(theirs(string(ref), nameLength)), faint(" · threat mode")),
	)
}

// threatNews is what somebody is told, in a line, when threat mode has changed.
func threatNews(t access.Threat) plainText {
	actor := plain(shortName(t.Actor))
	switch {
	case !t.On:
		return "Threat mode is off: " + plain(shortName(t.First)) + " and " + plain(shortName(t.By)) + " switched it off."
	case t.First.ID != "":
		return actor + " says that threat mode can be switched off. Somebody else of the threat group has to confirm it within an hour; the button is on its card above."
	}
	return actor + " keeps threat mode on."
}
