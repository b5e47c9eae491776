package bot

import "github.com/passdesk/passdesk/internal/access"

// drawDeny asks who denies a request why.
func drawDeny(s Sight, f Face) Card {
	r := s.Request
	return newCard("Say why you deny the request.",
		heading("Deny this request?", ""),
		asksFor(r),
		apart(row("Reason", reason(r.Terms))),
		row("Decide by", bold(f.until(r.Due))),
		textInput{
			ID: inputWhy, Label: "Why do you deny it?", IsMultiline: true, MaxLength: reasonLength,
			Placeholder: "Who asked will read this", ErrorMessage: "Say in a few words why.",
		},
	).with(destructive(sender("Deny", verbDeny, r)), button("Back", verbView, r))
}

// drawWorking tells that it takes long, and gives the button that was pressed
// once more: pressing it again continues, and does nothing twice.
func drawWorking(s Sight, verb string, w wait, _ Face) Card {
	r := s.Request
	title := verbTitle(verb)
	return newCard("Passdesk is still working on it.",
		heading("Still working on it", "accent"),
		subject(r),
		paragraph(ours(w.why()+" Your click was received and goes on.")),
		paragraph(ours("Press "), bold(ours(ownText(title))), ours(" again "+w.when()+" to see the result. Nothing is done twice.")),
	).with(button(title, verb, r))
}

// verbTitle is the title of the button that has the verb.
func verbTitle(verb string) plainText {
	switch verb {
	case verbSend:
		return "Send request"
	case verbApprove:
		return "Approve"
	case verbDeny:
		return "Deny"
	case verbShow:
		return "Show pass"
	case verbCreate:
		return "Create and show"
	case verbHide:
		return "Hide"
	case verbAgain:
		return "Issue again"
	case verbEnd:
		return "End now"
	case verbWithdraw:
		return "Withdraw"
	case verbExtend:
		return "Extend"
	case verbShowCode:
		return "Show code"
	case verbConfirm:
		return "Yes, it was me"
	case verbNo:
		return "No"
	case verbReviewed:
		return "Reviewed"
	case verbNotMe, verbDisown:
		return "This was not me"
	}
	return "Continue"
}

// drawSorry tells a refusal or an error in words. With a request, the card as it
// stands now follows, so that the next step is at hand.
func drawSorry(title ownText, say string, s *Sight, f Face) Card {
	c := newCard(plainText(title)+": "+plain(say), heading(title, "attention"), paragraph(theirs(say, sayLength)))
	if s == nil {
		return c
	}
	now := Draw(*s, f)
	c.Refresh, c.Actions = now.Refresh, now.Actions
	return c.add(container{Separator: true, Spacing: "large", Items: now.Body})
}

// drawChoose asks which of several people is meant. Each is a button with the
// verb and data, to which the person's id is added.
func drawChoose(words string, people []access.Person, verb string, data map[string]any, _ Face) Card {
	const most = 10
	c := newCard("Several people are called like that. Open Teams to choose.",
		heading("Who is meant?", ""),
		paragraph(ours("“"), bold(theirs(words, nameLength)), ours("” fits several people.")),
	)
	for _, p := range people[:min(len(people), most)] {
		c = c.add(chooseRow(p, verb, data))
	}
	if len(people) > most {
		c = c.add(paragraph(ours("There are more. Write more of the name, or the sign-in name.")))
	}
	return c
}

func chooseRow(p access.Person, verb string, data map[string]any) element {
	carried := map[string]any{"person": p.ID}
	for key, value := range data {
		if key != "person" {
			carried[key] = value
		}
	}
	b := execute{Title: plain(shortName(p)), Verb: verb, Extra: carried, Tooltip: plain(fullName(p))}
	return beside(b, paragraph(faded(theirs(p.UPN, upnLength))))
}

// beside puts a button to the right of what it is about.
func beside(b execute, items ...element) element {
	return columnSet{Spacing: "small", Columns: []column{
		{Width: "stretch", Alignment: "center", Items: items},
		{Width: "auto", Items: []element{actionSet{[]execute{b}}}},
	}}
}
