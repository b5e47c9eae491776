package bot

import (
	"slices"

	"github.com/passdesk/passdesk/internal/access"
)

// The range in which Entra accepts the lifetime of a pass (Graph:
// temporaryAccessPassAuthenticationMethod, lifetimeInMinutes). A tenant's policy
// is narrower, and is a finding.
const (
	leastMinutes = 10
	mostMinutes  = 43200
)

// drawForm draws a request that is not sent yet, with what was typed and what
// was found wrong with it.
func drawForm(s Sight, f Face) Card {
	r := s.Request
	c := newCard("A form to ask for a pass. Open it in Teams to fill it in.", formHeading(r.Terms, "Ask for a pass"))
	c = c.add(formEmergency(r.Terms)...)
	c = c.add(formFindings(r.Verdict, f)...)
	c = c.add(personInputs(r)...)
	c = c.add(termInputs(r.Terms, f)...)
	if asksToReplace(r) {
		c = c.add(toggleInput{
			ID: inputReplace, Label: "A pass is live already", On: r.Terms.Replace,
			Title: "Replace it: it stops working. Whoever decides will see this.",
		})
	}
	c = c.add(textInput{
		ID: inputReason, Label: "Reason", IsMultiline: true, MaxLength: reasonLength,
		Value: typed(r.Terms.Reason, reasonLength), Placeholder: "What the person who decides should know",
	}, paragraph(faded(theirs(string(r.Ref), nameLength)), faint(" · not sent yet. Nothing happens before you press Send request.")))
	return c.with(positive(sender("Send request", verbSend, r)))
}

// formHeading is the title of a form.
func formHeading(t access.Terms, title ownText) element {
	if t.Emergency {
		return heading("Emergency: "+title, "attention")
	}
	return heading(title, "")
}

// formEmergency says on a form that it is for an emergency, and what that means.
func formEmergency(t access.Terms) []element {
	if !t.Emergency {
		return nil
	}
	return []element{notice("attention", "Emergency", ours("The rules are skipped: another member of the emergency group confirms. A reason is needed. Security is told at once, and reviews it within a day."))}
}

// asksToReplace tells whether the checks found a live pass, or the asker ticked
// that one may be replaced.
func asksToReplace(r access.Request) bool {
	return r.Terms.Replace || slices.ContainsFunc(r.Verdict.Findings, func(f access.Finding) bool {
		return f.Code == "pass.live" || f.Code == "pass.replaces"
	})
}

// personInputs are Teams' people picker and, for clients without it, a field for
// the name. The present person is a fixed choice, without which the picker would
// show nothing.
func personInputs(r access.Request) []element {
	picker := choiceInput{
		ID: inputPerson, Label: "For whom", Placeholder: "Search by name",
		Dataset: "graph.microsoft.com/users",
	}
	written := textInput{
		ID: inputPersonText, Label: "Or the sign-in name, if the search does not work",
		MaxLength: upnLength, Placeholder: "name@organisation",
	}
	if r.Person.ID != "" {
		picker.Value = string(r.Person.ID)
		picker.Choices = append(picker.Choices, choice{plain(fullName(r.Person)), string(r.Person.ID)})
	} else {
		written.Value = typed(r.Person.UPN, upnLength)
	}
	return []element{picker, written}
}

// fullName is a name with the sign-in name, where people of one name have to be
// told apart.
func fullName(p access.Person) string {
	short := shortName(p)
	if upn := string(clean(p.UPN, upnLength)); upn != "" && upn != short {
		return short + " (" + upn + ")"
	}
	return short
}

func termInputs(t access.Terms, f Face) []element {
	minutes := numberInput{
		ID: inputMinutes, Label: "Lifetime in minutes", Value: t.Minutes,
		Min: leastMinutes, Max: mostMinutes, ErrorMessage: "A number of minutes, at least 10.",
	}
	once := choiceInput{
		ID: inputOnce, Label: "How often it can be used", Style: "expanded", Value: multiValue,
		Choices: []choice{{"Once: it is used up by the first sign-in", onceValue}, {"As often as needed while it lasts", multiValue}},
	}
	if t.Once {
		once.Value = onceValue
	}
	rows := []element{minutes, once}
	if !t.Emergency { // that begins at once
		start, hint := startInputs(t, f)
		rows = append(rows, start, hint)
	}
	return append(rows,
		textInput{ID: inputTicket, Label: "Ticket (optional)", MaxLength: ticketLength, Value: typed(t.Ticket, ticketLength)},
	)
}

// startInputs are day and time of a later start, and what it means to leave them
// empty.
func startInputs(t access.Terms, f Face) (columnSet, richText) {
	zone := ownText(plain(f.zoneName()))
	date := dayInput{Kind: "Input.Date", ID: inputDate, Label: "Start day (" + zone + ")"}
	hour := dayInput{Kind: "Input.Time", ID: inputTime, Label: "Start time (" + zone + ")"}
	if !t.Start.IsZero() {
		date.Value = ownText(t.Start.In(f.zone()).Format("2006-01-02"))
		hour.Value = ownText(t.Start.In(f.zone()).Format("15:04"))
	}
	return columnSet{Columns: []column{
		{Width: "stretch", Items: []element{date}},
		{Width: "stretch", Items: []element{hour}},
	}}, richText{Spacing: "none", Inlines: []textRun{faint("Leave both empty to start when the pass is made.")}}
}
