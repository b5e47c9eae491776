package bot

import (
	"strconv"
	"strings"

	"github.com/passdesk/passdesk/internal/access"
)

const (
	// whySize is how much of a card the failures may fill, and helpSize what would
	// help, in bytes.
	whySize  = 12_500
	helpSize = 11_000
	// helpLength is how much is shown of a remedy, in characters.
	helpLength = 600
	// mostUnmet is how many policies are told of one failure.
	mostUnmet = 6
)

// drawWhy tells which sign-ins of somebody failed and why, and what would help.
func drawWhy(w access.Why, mayAsk bool, f Face) Card {
	c := newCard("Why sign-ins failed. Open it in Teams.",
		heading("Why sign-ins failed", ""), paragraph(bold(name(w.Person)), faint(" "), faded(theirs(w.Person.UPN, upnLength))))
	if w.Hidden {
		c = c.add(notice("warning", "Policies hidden", ours("Entra does not tell Passdesk which policies it was. Usually the permission Policy.Read.All is missing.")))
	}
	if len(w.Failures) == 0 {
		c = c.add(paragraph(ours("No sign-in failed that the log shows.")))
	}
	c = c.add(listOf("What failed, the newest first", w.Failures, whySize, func(x access.Failure) element { return drawFailure(x, f) })...)
	c = c.add(listOf("What would help", w.Remedies, helpSize, func(r access.Remedy) element { return drawRemedy(r, w.Person, mayAsk) })...)
	return c.add(logNote(w, f)).add(zoneNote(f))
}

// logNote tells how far the log reaches, and how late it may be.
func logNote(w access.Why, f Face) element {
	runs := []textRun{
		faint("From Entra's log of sign-ins, read "), faded(theirs(f.day(w.At), nameLength)),
		faint(", back to "), faded(theirs(f.day(w.Since), nameLength)),
		faint(". It is 2 to 15 minutes late: what happened just now may be missing."),
	}
	if w.More {
		runs = append(runs, faint(ownText(" Only the newest "+strconv.Itoa(access.SignInsShown)+" sign-ins were read, back to ")), faded(theirs(f.day(w.Oldest), nameLength)), faint("; there are older ones."))
	}
	return richText{Spacing: "medium", Inlines: runs}
}

// drawFailure is one attempt that failed.
func drawFailure(x access.Failure, f Face) element {
	items := []element{paragraph(whereabouts(x, f)...), below(reasonOf(x)...)}
	for _, p := range x.Unmet[:min(len(x.Unmet), mostUnmet)] {
		items = append(items, below(unmetWords(p)...))
	}
	if rest := len(x.Unmet) - mostUnmet; rest > 0 {
		items = append(items, below(faint("and "+count(rest, "more policy", "more policies"))))
	}
	switch {
	case x.Over:
		items = append(items, below(faint("The same app was signed in to since, from the same kind of device.")))
	case x.Open:
		items = append(items, below(faint("This may have gone well since: the log is late.")))
	}
	return container{Spacing: "small", Separator: true, Items: items}
}

func below(runs ...textRun) element { return richText{Spacing: "none", Inlines: runs} }

// whereabouts are when, to what and from where somebody signed in, as far as Entra
// tells.
func whereabouts(x access.Failure, f Face) []textRun {
	when := bold(ours("at a time unknown"))
	if !x.At.IsZero() {
		when = bold(theirs(f.day(x.At), nameLength))
	}
	runs := []textRun{when}
	for _, part := range []string{x.App, x.System, strings.Trim(x.City+", "+x.Country, ", ")} {
		if clean(part, nameLength) != "" {
			runs = append(runs, faint(" · "), theirs(part, nameLength))
		}
	}
	return runs
}

// reasonOf is the error in words. A code that Passdesk does not know is told by
// its number and Entra's own text.
func reasonOf(x access.Failure) []textRun {
	code := faint(ownText(" (" + strconv.Itoa(x.Code) + ")"))
	switch {
	case !x.Coded:
		return []textRun{ours("It failed, and Entra tells no error.")}
	case x.Words != "":
		return append([]textRun{bold(theirs(capital(x.Words), findingLength)), code}, wayWords(x)...)
	case clean(x.Reason, findingLength) != "":
		return append([]textRun{bold(ours(ownText("Error " + strconv.Itoa(x.Code)))), ours(". Entra says: "), theirs(x.Reason, findingLength)}, wayWords(x)...)
	}
	return append([]textRun{bold(ours(ownText("Error " + strconv.Itoa(x.Code)))), ours(", which Entra does not explain.")}, wayWords(x)...)
}

// wayWords are the codes on the way to the end.
func wayWords(x access.Failure) []textRun {
	if len(x.Way) == 0 {
		return nil
	}
	codes := make([]string, 0, len(x.Way))
	for _, c := range x.Way[:min(len(x.Way), 5)] {
		codes = append(codes, strconv.Itoa(c))
	}
	return []textRun{faint(ownText(", after " + strings.Join(codes, ", ")))}
}

// unmetWords are a policy that failed and the control that was missing.
func unmetWords(p access.AppliedPolicy) []textRun {
	runs := []textRun{ours("“"), policyName(p.Policy), ours("”")}
	wants := p.Wants()
	switch {
	case p.Blocks():
		return append(runs, ours(" blocks it"))
	case len(wants) == 0:
		return append(runs, ours(" was not satisfied"))
	}
	return append(runs, ours(" wants: "), theirs(strings.Join(wants, ", "), findingLength))
}

// drawRemedy is one thing that would help, with its button where there is one.
func drawRemedy(r access.Remedy, p access.Person, mayAsk bool) element {
	text := paragraph(remedyWords(r)...)
	if b, ok := remedyButton(r, p); ok && mayAsk {
		return beside(b, text)
	}
	return text
}

func remedyWords(r access.Remedy) []textRun {
	runs := []textRun{theirs(r.Text, helpLength)}
	switch r.Kind {
	case access.HelpExclusion:
		runs = append([]textRun{bold(ours("An exclusion")), ours(" from “"), policyName(r.Policy), ours("”: ")}, runs...)
	case access.HelpChange:
		runs = append([]textRun{bold(ours("A change")), ours(" to “"), policyName(r.Policy), ours("”: ")}, runs...)
	case access.HelpPass:
		runs = append([]textRun{bold(ours("A pass")), ours(": ")}, runs...)
	case access.HelpGuide:
		runs = append([]textRun{bold(ours("A passkey")), ours(": ")}, runs...)
	case access.HelpElsewhere:
	}
	if r.Lease != "" {
		runs = append(runs, ours(" There is one already: "), theirs(string(r.Lease), nameLength), ours("."))
	}
	return runs
}

// remedyButton does what would help, or opens the form for it.
func remedyButton(r access.Remedy, p access.Person) (execute, bool) {
	with := map[string]any{inputPerson: p.ID, inputFrom: verbWhy}
	switch r.Kind {
	case access.HelpPass:
		return execute{Title: "Ask for a pass", Verb: verbAskPass, Extra: with}, true
	case access.HelpExclusion:
		with[inputPolicy] = r.Policy.ID
		if r.Platform != "" {
			with[inputPlatform] = r.Platform
		}
		return execute{Title: "Exclude", Verb: verbExclude, Extra: with}, r.Lease == ""
	case access.HelpGuide:
		return execute{Title: "Show the steps", Verb: verbGuide, Extra: with}, true
	default:
		return execute{}, false
	}
}
