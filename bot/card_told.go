package bot

import (
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// drawTold draws what somebody is told whom something was given to, or whom such a
// person reports to, in their own language: what it is, who asked and agreed, until
// when it holds, and the button for who did not expect it.
func drawTold(s Sight, f Face) Card {
	r, w := s.Request, wordingOf(f.Locale)
	title, color := toldTitle(r, f)
	c := newCard(toldLine(r, f), heading(w.own(title), color))
	c.Lang = w.lang()
	c = c.add(w.toldRows(r, f)...)
	if !r.Disowned.At.IsZero() {
		return c.add(w.disownedWords(r, f)...)
	}
	return c.add(paragraph(w.run(forViewer("told.ask", r, f), toldAbout(r, f)))).
		with(destructive(button(w.title("told.button", nil), verbNotMe, r)))
}

// toldAbout is what the messages of the card are about.
func toldAbout(r access.Request, f Face) about {
	return about{
		"Person": shortName(r.Person), "Asker": shortName(r.Asker), "Ref": string(refText(r.Ref)), "By": shortName(r.Disowned.By),
		"Until": whenTold(f, r.Ends), "Policy": string(policyName(r.Terms.Policy).Text),
	}
}

// forViewer is a message to the person, or one to who looks after them.
func forViewer(id string, r access.Request, f Face) string {
	if f.Viewer == r.Person.ID {
		return id + ".you"
	}
	return id + ".other"
}

// toldTitle is the message that is the heading, and its colour.
func toldTitle(r access.Request, f Face) (title, color string) {
	kind := "told." + string(r.Kind)
	switch r.State { //nolint:exhaustive // nobody is told before it is in force
	case access.InForce, access.CarryingOut:
		return forViewer(kind+".title", r, f), "warning"
	case access.Ending:
		return kind + ".ending", "accent"
	}
	return kind + ".over", ""
}

// toldLine tells it in a line, for the list of chats and a notification.
func toldLine(r access.Request, f Face) plainText {
	w := wordingOf(f.Locale)
	title, _ := toldTitle(r, f)
	return plainText(w.own(title)) + ": " + plain(shortName(r.Person)) + " (" + refText(r.Ref) + ")"
}

// toldRows tell what was given, by whom, and until when.
func (w wording) toldRows(r access.Request, f Face) []element {
	label := func(id string) ownText { return w.own("told.row." + id) }
	rows := []element{paragraph(w.run(forViewer("told."+string(r.Kind)+".what", r, f), toldAbout(r, f))), row(label("asked"), bold(name(r.Asker)))}
	if d := r.Decision; d != nil && d.Approve {
		rows = append(rows, row(label("agreed"), bold(name(d.By))))
	}
	if r.Kind == access.Exclusion {
		rows = append(rows, row(label("policy"), policyName(r.Terms.Policy)))
	}
	if r.State == access.InForce && !r.Ends.IsZero() {
		rows = append(rows, row(label("until"), bold(theirs(whenTold(f, r.Ends), nameLength))))
	}
	if r.State.Closed() {
		rows = append(rows, row(label("ended"), theirs(whenTold(f, r.Changed), nameLength)))
	}
	return append(rows, paragraph(faded(theirs(string(r.Ref), nameLength))))
}

// disownedWords tell what was done because somebody did not expect it.
func (w wording) disownedWords(r access.Request, f Face) []element {
	id := "told.done.by"
	if r.Disowned.By.ID == f.Viewer {
		id = "told.done.you"
	}
	lines := []element{container{Style: "attention", Items: []element{paragraph(w.run(id, toldAbout(r, f)))}}}
	if !r.State.Closed() {
		lines = append(lines, paragraph(w.run("told.done.ending", nil)))
	}
	return append(lines, paragraph(w.run("told.done.next", toldAbout(r, f))))
}

// drawSure asks, once, whether it is meant.
func drawSure(s Sight, f Face) Card {
	r, w := s.Request, wordingOf(f.Locale)
	ask := "told.sure." + string(r.Kind)
	switch {
	case !r.Gave():
		ask = "told.sure.nothing"
	case r.State.Closed():
		ask = "told.sure.over"
	}
	c := newCard(w.title(ask, nil), heading(w.own(ask), "attention"), paragraph(w.run(ask+".what", toldAbout(r, f))))
	c.Lang = w.lang()
	return c.with(destructive(button(w.title("told.button", nil), verbDisown, r)), button(w.title("told.back", nil), verbView, r))
}

// drawClosed tells somebody who has no card of the request that nothing will come
// of it.
func drawClosed(s Sight, f Face) Card {
	w := wordingOf(f.Locale)
	c := newCard(w.title("told.closed", nil), heading(w.own("told.closed"), "good"), paragraph(w.run("told.closed.what", toldAbout(s.Request, f))))
	c.Lang = w.lang()
	return c
}

// whenTold is a moment in the viewer's zone: in English as on other cards, in other
// languages in figures that everybody reads.
func whenTold(f Face, t time.Time) string {
	switch {
	case t.IsZero():
		return ""
	case wordingOf(f.Locale).lang() == "en":
		return string(f.until(t).Text)
	}
	return t.In(f.zone()).Format("2006-01-02 15:04") + " (" + f.zoneName() + ")"
}
