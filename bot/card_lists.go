package bot

import (
	"iter"
	"maps"
	"slices"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/audit"
)

// drawRequests lists what waits for somebody, what they asked for, and what is
// in force.
func drawRequests(waiting, mine, inForce []access.Request, f Face) Card {
	c := newCard("Your requests. Open it in Teams.", heading("Requests", ""))
	if len(waiting)+len(mine)+len(inForce) == 0 {
		return c.add(paragraph(ours("Nothing waits for you, and nothing that you asked for is open.")))
	}
	line := func(r access.Request) element { return listed(r, f) }
	c = c.add(listOf("Waiting for you", waiting, listSize, line)...)
	c = c.add(listOf("You asked for", mine, listSize, line)...)
	c = c.add(listOf("In force", inForce, listSize, line)...)
	return c.add(zoneNote(f))
}

// zoneNote says once for a whole list in which zone its times are.
func zoneNote(f Face) element {
	return paragraph(faint("Times are in "), faded(theirs(f.zoneName(), nameLength)), faint("."))
}

// listSize is how much of a card one of the three lists may fill, in bytes.
const listSize = 8_000

// listOf draws as many things as fit into size bytes under a title, and says how
// many more there are; an empty list is left out.
func listOf[T any](title ownText, things []T, size int, draw func(T) element) []element {
	if len(things) == 0 {
		return nil
	}
	drawn := []element{section(title)}
	for one := range fitting(things, size, draw) {
		drawn = append(drawn, one)
	}
	if rest := len(things) + 1 - len(drawn); rest > 0 {
		drawn = append(drawn, paragraph(faint("and "+count(rest, "more", "more"))))
	}
	return drawn
}

// fitting draws things as long as they fit into size bytes together.
func fitting[T any](things []T, size int, draw func(T) element) iter.Seq[element] {
	return func(yield func(element) bool) {
		var w writer
		for _, thing := range things {
			drawn := draw(thing)
			if drawn.write(&w); len(w.b) > size || !yield(drawn) {
				return
			}
		}
	}
}

// listed is one request of a list, with a button that opens its card.
func listed(r access.Request, f Face) element {
	open := execute{Title: "Open " + refText(r.Ref), Verb: verbView, Claim: claim{Ref: r.Ref, Rev: r.Rev, List: true}}
	runs := append([]textRun{bold(name(r.Person)), ours(": ")}, stands(r, f)...)
	if r.Kind == access.Exclusion {
		runs = append(runs, faint(" · from "), faded(policyName(r.Terms.Policy)))
	}
	if r.Asker.ID == f.Viewer {
		return beside(open, paragraph(runs...))
	}
	return beside(open, paragraph(runs...),
		richText{Spacing: "none", Inlines: []textRun{faint("asked by "), faded(name(r.Asker))}})
}

// stands tells how a request stands, and when that changes by itself.
func stands(r access.Request, f Face) []textRun {
	if r.MayReview(f.Viewer) {
		return []textRun{ours("emergency to review, by "), theirs(f.day(r.Review.Due), nameLength)}
	}
	turn := turns(r)
	runs := append(make([]textRun, 0, 3), ours(stateOf(r)))
	if turn.IsZero() {
		return runs
	}
	word := ownText(", until ")
	if r.Kind == access.Exclusion {
		switch {
		case r.State == access.Approved:
			word = ", begins "
		case r.State == access.CarryingOut, r.State == access.Ending, r.Replaced: // when, Entra decides
			return runs
		}
	}
	return append(runs, ours(word), theirs(f.day(turn), nameLength))
}

// historySize is how much of a card the entries of a history may fill, in bytes.
const historySize = 22_000

// drawEntries lists entries of the audit, as many as fit on a card, and tells how
// many that are. names tells who has which object id.
func drawEntries(title string, entries []audit.Entry, names map[access.ID]string, f Face) (c Card, shown int) {
	c = newCard("A history. Open it in Teams.",
		heading("History", ""), paragraph(bold(theirs(title, nameLength))))
	if len(entries) == 0 {
		return c.add(paragraph(ours("Nothing is recorded."))), 0
	}
	for e := range fitting(entries, historySize, func(e audit.Entry) element { return recorded(e, names, f) }) {
		c = c.add(e)
		shown++
	}
	return c.add(zoneNote(f)), shown
}

// recorded is one entry of a history.
func recorded(e audit.Entry, names map[access.ID]string, f Face) element {
	head := []textRun{
		faded(theirs(f.day(e.At), nameLength)), ours("  "),
		bold(theirs(called(e.Actor, names), nameLength)), ours(": "),
		theirs(e.Action, nameLength), ours(" · "), outcomeWord(e.Outcome),
	}
	if e.Person != "" && e.Person != e.Actor {
		head = append(head, ours(" · for "), theirs(called(e.Person, names), nameLength))
	}
	if e.Ref != "" {
		head = append(head, ours(" · "), theirs(e.Ref, nameLength))
	}
	items := []element{paragraph(head...)}
	if len(e.Detail) > 0 {
		items = append(items, richText{Spacing: "none", Inlines: []textRun{faded(theirs(details(e.Detail), findingLength))}})
	}
	return container{Spacing: "small", Separator: true, Items: items}
}

// called is the name of an object id, or the id where nobody knows the name.
func called(id string, names map[access.ID]string) string {
	if id == string(access.Passdesk) {
		return "Passdesk"
	}
	if known := names[access.ID(id)]; known != "" {
		return known
	}
	return id
}

func details(d map[string]string) string {
	text := ""
	for _, key := range slices.Sorted(maps.Keys(d)) {
		if text != "" {
			text += "; "
		}
		text += key + ": " + d[key]
	}
	return text
}

func outcomeWord(o audit.Outcome) textRun {
	r := bold(theirs(string(o), nameLength))
	switch o {
	case audit.Done:
		r.Look |= isGood
	case audit.Failed, audit.Refused:
		r.Look |= isBad
	case audit.Intent:
		r.Text = "begun"
	}
	return r
}
