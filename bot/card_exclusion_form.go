package bot

import (
	"slices"
	"strconv"

	"github.com/passdesk/passdesk/internal/access"
)

// drawExclusionForm draws the form of an exclusion. An extension is for the same
// person and policy: there they stand as text.
func drawExclusionForm(s Sight, f Face) Card {
	r := s.Request
	title := ownText("Ask for an exclusion")
	if r.Terms.Extends != "" {
		title = "Ask to extend an exclusion"
	}
	c := newCard("A form to ask for an exclusion. Open it in Teams to fill it in.", formHeading(r.Terms, title))
	c = c.add(formEmergency(r.Terms)...)
	c = c.add(formFindings(r.Verdict, f)...)
	if r.Terms.Extends != "" {
		c = c.add(
			row("For", bold(name(r.Person))),
			row("From", bold(policyName(r.Terms.Policy))),
			row("Extends", theirs(string(r.Terms.Extends), nameLength), ours(". The time counts from its end.")),
		)
	} else {
		c = c.add(personInputs(r)...)
		c = c.add(policyInput(r))
	}
	c = c.add(exclusionInputs(r.Terms, f)...)
	decides := ownText("An owner of the policy decides.")
	if r.Terms.Emergency {
		decides = "Another member of the emergency group confirms."
	}
	return c.add(
		paragraph(faded(theirs(string(r.Ref), nameLength)), faint(" · not sent yet. "+decides)),
	).with(positive(sender("Send request", verbSend, r)))
}

// drawOpened tells where the form is that a button has opened.
func drawOpened(back execute) Card {
	return newCard("The form is below.",
		heading("The form is below", ""),
		paragraph(ours("Fill it in there, and press Send request.")),
	).with(back)
}

// policyInput offers the policies that may be relaxed.
func policyInput(r access.Request) element {
	i := choiceInput{ID: inputPolicy, Label: "From which policy", Placeholder: "Choose the policy"}
	for _, p := range offered(r) {
		if p.ID == r.Terms.Policy.ID {
			i.Value = string(p.ID)
		}
		i.Choices = append(i.Choices, choice{plain(string(clean(p.Name, nameLength))), string(p.ID)})
	}
	return i
}

// offered are the first policies where they are many, and the one that was named:
// the command can name any, and the form must show which it is.
func offered(r access.Request) []access.PolicyRef {
	first := r.Policies[:min(len(r.Policies), mostChoices)]
	at := slices.IndexFunc(r.Policies, func(p access.PolicyRef) bool { return p.ID == r.Terms.Policy.ID })
	if at < len(first) {
		return first
	}
	return append(slices.Clone(first[:mostChoices-1]), r.Policies[at])
}

// platformNames are the kinds of devices as people call them.
var platformNames = map[string]ownText{
	"iOS": "iPhone or iPad", "android": "Android", "windows": "Windows", "macOS": "Mac", "linux": "Linux",
}

func platformName(platform string) ownText {
	if known := platformNames[platform]; known != "" {
		return known
	}
	return "an unknown device"
}

func exclusionInputs(t access.Terms, f Face) []element {
	device := choiceInput{ID: inputPlatform, Label: "On which device"}
	for _, p := range access.Platforms() {
		if p == t.Platform {
			device.Value = p
		}
		device.Choices = append(device.Choices, choice{plainText(platformName(p)), p})
	}
	start, hint := startInputs(t, f)
	hint.Inlines = []textRun{faint("Leave both empty to begin as soon as it is approved.")}
	rows := []element{
		textInput{ID: inputMinutes, Label: "For how long", Value: typedText(shortly(t.Minutes)), MaxLength: 20, Placeholder: "4h, 90m or 2d", ErrorMessage: "Say for how long: 4h, 90m or 2d."},
		device,
	}
	if t.Extends == "" && !t.Emergency {
		rows = append(rows, start, hint)
	}
	return append(rows,
		toggleInput{ID: inputRegister, Label: "What for", Title: "To register a passkey: Passdesk looks for it, and then ends this.", On: t.Register},
		toggleInput{ID: inputRevoke, Label: "At the end", Title: "Revoke sessions: else a session may go on for up to a day.", On: !t.KeepSessions},
		textInput{ID: inputTicket, Label: "Ticket (optional)", MaxLength: ticketLength, Value: typed(t.Ticket, ticketLength)},
		textInput{
			ID: inputReason, Label: "Reason", IsMultiline: true, MaxLength: reasonLength,
			Value: typed(t.Reason, reasonLength), Placeholder: "What the person who decides should know",
		})
}

// shortly writes minutes as people type them.
func shortly(minutes int) string {
	switch {
	case minutes%(24*60) == 0:
		return strconv.Itoa(minutes/(24*60)) + "d"
	case minutes%60 == 0:
		return strconv.Itoa(minutes/60) + "h"
	default:
		return strconv.Itoa(minutes) + "m"
	}
}
