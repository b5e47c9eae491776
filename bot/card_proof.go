package bot

import (
	"strconv"

	"github.com/passdesk/passdesk/internal/access"
)

// codeSpace is room for a code that is typed with spaces.
const codeSpace = 9

// callerSteps tell who decides what to do about the caller before they approve, and
// ask for what it yields. They are all that stands between reading and deciding, so
// that they are few.
func callerSteps(r access.Request, said access.Evidence, f Face) []element {
	need, _, _ := r.Waiting()
	var steps []element
	switch need.Caller {
	case access.CallerCode:
		steps = codeSteps(r)
	case access.Attest:
		steps = []element{container{Style: "emphasis", Items: attestInputs(r, said)}}
	case access.Confirm:
		steps = []element{confirmedRow(r, f)}
	case access.NoProof:
		steps = []element{paragraph(faint("In doubt? Ring "), faded(name(r.Person)), faint(" on a number that you know, and deny what you do not expect."))}
	}
	return steps
}

func codeSteps(r access.Request) []element {
	var steps []element
	if r.WrongCodes > 0 {
		steps = append(steps, notice("attention", "Wrong code", ours(count(r.TriesLeft(), "try is left", "tries are left")+". Ask again, and type what is said.")))
	}
	return append(steps, container{Style: "emphasis", Items: []element{
		numbered("1", bold(ours("Ring ")), bold(name(r.Person)), bold(ours(" now, on a number that you know."))),
		numbered("2", ours("Ask for the "), bold(ours("code of four digits")), ours(" from the help desk. They know of none? Deny.")),
		textInput{
			ID: inputCode, Label: "Type the code that they say", MaxLength: codeSpace, Placeholder: "0000",
			ErrorMessage: "Type the four digits that the person says.",
		},
	}})
}

// wayName is a way of knowing somebody, in the words of who knows them.
func wayName(way string) ownText {
	switch way {
	case access.Met:
		return "I have met them"
	case access.Rang:
		return "I rang a number that I know"
	case access.Video:
		return "I saw them in a video call"
	case access.OtherWay:
		return "Another way, which I say below"
	}
	return "It was not said"
}

func attestInputs(r access.Request, said access.Evidence) []element {
	who := ownText(plain(shortName(r.Person)))
	how := choiceInput{ID: inputHow, Label: "How do you know that it is " + who + "?", Style: "expanded", Value: said.How, ErrorMessage: "Say how you know who it is."}
	for _, way := range access.Ways() {
		how.Choices = append(how.Choices, choice{plainText(wayName(way)), way})
	}
	return []element{
		how,
		textInput{ID: inputHowText, Label: "More about it (for another way: how?)", MaxLength: reasonLength, Value: typed(said.Text, reasonLength)},
	}
}

// confirmedRow tells whether the person has said that they asked.
func confirmedRow(r access.Request, f Face) element {
	c := r.Confirmation
	switch {
	case c == nil || c.At.IsZero():
		return notice("accent", "Wait", name(r.Person), ours(" is asked in their own chat whether it was them who asked. You can approve when they have said yes; you are told."))
	case r.Disowned.At.IsZero():
		return row("Caller", ours("✓ "), bold(name(r.Person)), ours(" said in their own chat that they asked, "), f.at(c.At))
	}
	return row("Caller", bold(name(r.Person)), ours(" said that it was not them who asked."))
}

// decideButtons are the buttons of who decides. While the person has yet to answer
// there is nothing to approve.
func decideButtons(r access.Request) []execute {
	deny := destructive(button("Deny", verbDeny, r))
	if r.Awaits(r.Person.ID) {
		if need, _, _ := r.Waiting(); need.Caller == access.Confirm {
			return []execute{deny}
		}
	}
	approve := button("Approve", verbApprove, r)
	approve.Inputs = asksDecider(r)
	return []execute{positive(approve), deny}
}

// asksDecider tells whether who decides has something to fill in.
func asksDecider(r access.Request) bool {
	need, _, _ := r.Waiting()
	return need.Caller == access.CallerCode || need.Caller == access.Attest
}

// callerRows tell everybody but who decides what is proved about the caller, and
// what is missing.
func callerRows(r access.Request, f Face) []element {
	need, _, waits := r.Waiting()
	if !waits {
		return nil
	}
	switch need.Caller {
	case access.CallerCode:
		rows := []element{row("Caller", ours("Missing: the code that you read to "), name(r.Person), ours(". Who decides rings them and asks for it."))}
		if r.Asker.ID != f.Viewer {
			rows = []element{row("Caller", ours("Missing: the code that "), name(r.Asker), ours(" reads to "), name(r.Person))}
		}
		if r.WrongCodes > 0 {
			rows = append(rows, row("Wrong", ours("A wrong code was typed. "+count(r.TriesLeft(), "try is left.", "tries are left."))))
		}
		return rows
	case access.Attest:
		return []element{row("Caller", ours("Missing: how who decides knows "), name(r.Person))}
	case access.Confirm:
		if c := r.Confirmation; c != nil && !c.At.IsZero() {
			return []element{confirmedRow(r, f)}
		}
		return []element{row("Caller", ours("Missing: "), name(r.Person), ours(" is asked in their own chat whether it was them."))}
	case access.NoProof:
	}
	return nil
}

// provenRuns tell what a decision proved about the caller.
func provenRuns(p *access.Proven, f Face) []textRun {
	if p == nil {
		return nil
	}
	switch p.Proof {
	case access.CallerCode:
		return []textRun{ours("rang, and was told the code, "), f.at(p.At)}
	case access.Confirm:
		return []textRun{ours("confirmed by the person in their own chat, "), f.at(p.At)}
	case access.Attest, access.NoProof:
	}
	runs := []textRun{ours(attested(p.How))}
	if p.Text != "" {
		runs = append(runs, ours(": “"), theirs(p.Text, reasonLength), ours("”"))
	}
	return append(runs, ours(", "), f.at(p.At))
}

// attested is a way of knowing somebody, told of somebody else.
func attested(way string) ownText {
	switch way {
	case access.Met:
		return "met them"
	case access.Rang:
		return "rang a number that they know"
	case access.Video:
		return "saw them in a video call"
	}
	return "knows them in another way"
}

// provenRow tells what a decision proved about the caller; nothing without a proof.
func provenRow(d *access.Decision, f Face) []element {
	if d == nil || d.Proven == nil {
		return nil
	}
	return []element{row("Caller", provenRuns(d.Proven, f)...)}
}

// drawCallerCode shows the asker the code that she reads to the caller. It is only
// ever an answer to a click: it is never sent, stored or refreshed.
func drawCallerCode(s Sight, code access.Secret, f Face) Card {
	r := s.Request
	digits := textRun{userText(spaced(code.Reveal())), isHuge | isBold | isCode}
	return newCard("A code for the caller is on this card. Open it in Teams to read it.",
		heading("Read this code to the caller", ""),
		subject(r),
		container{Style: "emphasis", Items: []element{paragraph(digits)}},
		numbered("1", ours("Read it to who is on the line now as "), bold(name(r.Person)), ours(". Never write it.")),
		numbered("2", append(needed(waitedFor(r)), ours(" rings "), bold(name(r.Person)), ours(", on another line, and asks for it."))...),
		numbered("3", ours("Have them say it to nobody else: whoever else asks for it is a fraud.")),
		apart(row("Good until", bold(f.until(r.Challenge.Until)), ours(". Show code on this card shows it again."))),
	).with(button("Hide", verbView, r), button("Withdraw", verbWithdraw, r))
}

// spaced puts a space between digits, as they are read out.
func spaced(code string) string {
	var out []byte
	for i := range len(code) {
		if i > 0 {
			out = append(out, ' ')
		}
		out = append(out, code[i])
	}
	return string(out)
}

// codeButton lets the asker see the code again, while it is waited for.
func codeButton(r access.Request) []execute {
	if need, _, waits := r.Waiting(); !waits || need.Caller != access.CallerCode || r.Challenge == nil {
		return nil
	}
	return []execute{positive(button("Show code", verbShowCode, r))}
}

// callerNews is what people are told, in a line, about the proof of the caller;
// empty when there is nothing to tell.
func callerNews(r access.Request, f Face) plainText {
	person, ref := plain(shortName(r.Person)), refText(r.Ref)
	need, agreed, waits := r.Waiting()
	switch {
	case r.Asks(f.Viewer):
		if r.Awaits(f.Viewer) {
			return wordingOf(f.Locale).title("confirm.reminder", about{"By": shortName(r.Asker)})
		}
		return ""
	case !waits:
		return ""
	case f.Viewer == r.Asker.ID && need.Caller == access.CallerCode && r.Challenge != nil && r.Challenge.Shown.IsZero():
		return ref + " now waits for a caller's code (" + plainText(strconv.Itoa(agreed)) + " of " + plainText(strconv.Itoa(need.Count)) + " have agreed with one). Press Show code on its card, and read it to " + person + "."
	case need.Caller == access.Confirm && r.MayDecide(f.Viewer) && r.Confirmation != nil && !r.Confirmation.At.IsZero():
		return person + " said in their own chat that they asked for it: " + summary(r) + " waits for your decision until " + plain(string(f.until(r.Due).Text)) + "; the buttons are on its card above."
	}
	return ""
}
