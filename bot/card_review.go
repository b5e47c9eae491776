package bot

import "github.com/passdesk/passdesk/internal/access"

// drawReview asks somebody of security to look back at an emergency: what happened,
// who asked and agreed, and what became of it. word is what was typed already.
func drawReview(s Sight, f Face, word string) Card {
	r := s.Request
	c := newCard(summary(r)+". Review it in Teams.",
		heading("An emergency to review", "attention"), asksFor(r),
		apart(row("Reason", reason(r.Terms))),
	)
	if r.Terms.Ticket != "" {
		c = c.add(row("Ticket", theirs(r.Terms.Ticket, ticketLength)))
	}
	if r.Kind == access.Exclusion {
		c = c.add(row("For how long", exclusionTerms(r.Terms, f)...))
	} else {
		c = c.add(row("Allowed", allows(r.Terms, f)...))
	}
	c = c.add(agreedRows(r, f)...)
	c = c.add(became(s, f)...)
	c = c.add(
		row("Review by", bold(f.until(r.Review.Due))),
		textInput{
			ID: inputWord, Label: "What did you find?", IsMultiline: true, MaxLength: reasonLength, Value: typed(word, reasonLength),
			Placeholder: "Was it an emergency, and was it right? In a sentence; it is kept", ErrorMessage: "Say in a sentence what you found.",
		},
		footing(r, f),
	).with(reviewButtons(r)...)
	return refreshed(c, r, f)
}

// reviewButtons let who reviews end what is in force, too.
func reviewButtons(r access.Request) []execute {
	buttons := []execute{positive(sender("Reviewed", verbReviewed, r))}
	if r.State == access.InForce {
		buttons = append(buttons, destructive(button("End now", verbEnd, r)))
	}
	return buttons
}

// became tells how an emergency stands.
func became(s Sight, f Face) []element {
	r := s.Request
	rows := []element{row("State", ours(stateOf(r)), ours(", "), f.at(r.Changed))}
	if !r.Began.IsZero() {
		rows = append(rows, row("Given", f.at(r.Began)))
	}
	if r.Kind == access.Pass {
		rows = append(rows, row("Code", ours("shown "+count(s.Shown, "time", "times"))))
	}
	if why := ending(r); why != "" {
		rows = append(rows, row("How", theirs(why, findingLength)))
	}
	return append(rows, passkeyRow(r, f)...)
}

// emergencyRows tell of an emergency on every card of its request: that it is one,
// and who has reviewed it or has to.
func emergencyRows(r access.Request, f Face) []element {
	if !r.Terms.Emergency {
		return nil
	}
	rows := []element{notice("attention", "Emergency", ours("The rules are skipped. Security is told, and looks back at it."))}
	switch v := r.Review; {
	case v == nil || v.Due.IsZero():
	case v.At.IsZero():
		rows = append(rows, row("Review", ours("waited for, until "), f.until(v.Due)))
	default:
		rows = append(rows, row("Review", bold(who(v.By, f)), ours(", "), f.at(v.At), ours(": "), theirs(v.Word, reasonLength)))
	}
	return rows
}
