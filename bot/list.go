package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/teams"
)

// The verbs of lists of requests: which of several people they are for, and the
// next page.
const (
	verbRequests = "requests"
	verbMore     = "more"
)

// allRequests narrows nothing.
const allRequests = "all"

// readRequests takes what a list is to be narrowed to: a person, or a word.
func readRequests(w *words) (said, error) {
	first := w.at
	w.at = len(w.tokens)
	text := strings.ToLower(w.joined(first))
	if text == "" || slices.Contains([]string{allRequests, access.OnlyOpen, access.OnlyInForce, access.OnlyClosed, access.OnlyDenied}, text) {
		return said{only: text}, nil
	}
	return said{person: w.joined(first)}, nil
}

// list lists requests, narrowed to a person or by a word; with neither, what waits
// for somebody, what they asked for and what is in force.
func (b *Bot) list(ctx context.Context, t Turn, from teams.Place, s said) (answer, error) {
	if s.person == "" && s.only == "" {
		return b.requests(ctx, t)
	}
	q := access.ListQuery{Only: s.only}
	title := s.only
	if s.person != "" {
		person, asks, ok, err := b.whom(ctx, t, from, s.person, verbRequests)
		if !ok {
			return asks, err
		}
		title, q.Person = person.Name, person.ID
	}
	c, err := b.listPage(ctx, t, title, q)
	return answer{message: asMessage(c)}, err
}

func (b *Bot) listPage(ctx context.Context, t Turn, title string, q access.ListQuery) (Card, error) {
	page, more, err := b.Desk.List(ctx, t.Actor, q)
	if err != nil {
		return Card{}, err
	}
	return drawList(title, page, more, q, b.face(t)), nil
}

// drawList draws a page of requests, with a button for the next.
func drawList(title string, page []access.Request, more bool, q access.ListQuery, f Face) Card {
	c := newCard("A list of requests. Open it in Teams.", heading("Requests", ""), paragraph(bold(theirs(capital(title), nameLength))))
	if len(page) == 0 {
		return c.add(paragraph(ours("There are none that you may see.")))
	}
	shown := 0
	for e := range fitting(page, historySize, func(r access.Request) element { return listed(r, f) }) {
		c = c.add(e)
		shown++
	}
	c = c.add(zoneNote(f))
	if !more && shown == len(page) {
		return c
	}
	return c.with(execute{Title: "Show older", Verb: verbMore, Extra: map[string]any{
		inputPerson: string(q.Person), inputOnly: q.Only, inputSkip: strconv.Itoa(q.Skip + shown),
	}})
}

// more draws the next page. What the button carries says what is wanted, and
// nothing of what the actor may see.
func (b *Bot) more(ctx context.Context, p press) (shownCard, error) {
	skip, err := skipped(p)
	if err != nil {
		return shownCard{}, err
	}
	q := access.ListQuery{Person: access.NewID(p.fields.text(inputPerson)), Only: clip(p.fields.text(inputOnly), 16), Skip: skip}
	c, err := b.listPage(ctx, p.Turn, q.Only, q)
	return shownCard{card: c}, err
}

// chooseRequests lists the requests for the person who was chosen.
func (b *Bot) chooseRequests(ctx context.Context, p press) (shownCard, error) {
	person, err := b.chosen(ctx, p)
	if err != nil {
		return shownCard{}, err
	}
	c, err := b.listPage(ctx, p.Turn, person.Name, access.ListQuery{Person: person.ID})
	return shownCard{card: c}, err
}
