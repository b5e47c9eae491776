package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/teams"
)

// verbOlder shows the next page of a history.
const verbOlder = "older"

// What a button carries of the history that it goes on with.
const (
	inputAbout = "about" // a reference, or nothing
	inputOnly  = "only"
	inputSince = "since" // hours
	inputSkip  = "skip"
)

// readHistory takes a word for a reference when it starts with "PD-" or holds a
// digit: "Adam" could be either, and is a name. At the end it may be narrowed:
// "history joni denied since 7d".
func readHistory(w *words) (said, error) {
	s := narrowed(w)
	t := w.next()
	switch {
	case t.text == "" && s.only == "" && s.since == 0:
		return said{}, misread("history", "Whose history, or which request's?")
	case t.text == "":
		return s, nil
	}
	ref, ok := access.ParseRef(t.text)
	sure := strings.HasPrefix(strings.ToUpper(t.text), "PD-") || strings.ContainsAny(t.text, "23456789")
	if ok && sure && !w.more() {
		s.ref = ref
		return s, nil
	}
	first := w.at - 1
	w.at = len(w.tokens)
	s.person = w.joined(first)
	return s, nil
}

// narrowed takes the words at the end that narrow a history.
func narrowed(w *words) said {
	var s said
	word := func(back int) string {
		if i := len(w.tokens) - back; i >= w.at {
			return strings.ToLower(w.tokens[i].text)
		}
		return ""
	}
	for range 2 {
		switch {
		case word(2) == "since" && hours(word(1)) > 0:
			s.since = hours(word(1))
			w.tokens = w.tokens[:len(w.tokens)-2]
		case slices.Contains([]string{access.OnlyRefused, access.OnlyFailed, access.OnlyDenied}, word(1)):
			s.only = word(1)
			w.tokens = w.tokens[:len(w.tokens)-1]
		}
	}
	return s
}

// longestSince is how far back a history can be asked for by a length of time.
const longestSince = 10 * 365

// hours reads 24h or 7d; zero for anything else.
func hours(text string) time.Duration {
	unit := time.Hour
	number, ok := strings.CutSuffix(text, "h")
	if !ok {
		unit = 24 * time.Hour
		number, ok = strings.CutSuffix(text, "d")
	}
	n, err := strconv.Atoi(number)
	if !ok || err != nil || n < 1 || n > longestSince {
		return 0
	}
	return time.Duration(n) * unit
}

// history tells the history of a request, of a person, or of all.
func (b *Bot) history(ctx context.Context, t Turn, from teams.Place, s said) (answer, error) {
	q := access.HistoryQuery{Ref: s.ref, Only: s.only}
	if s.since > 0 {
		q.Since = b.Now().Add(-s.since)
	}
	title := string(s.ref)
	if s.person != "" {
		person, asks, ok, err := b.whom(ctx, t, from, s.person, verbHistory)
		if !ok {
			return asks, err
		}
		title, q.Person = person.Name, person.ID
	}
	c, err := b.historyOf(ctx, t, title, q)
	return answer{message: asMessage(c)}, err
}

// historyOf draws a page of what the actor may read.
func (b *Bot) historyOf(ctx context.Context, t Turn, title string, q access.HistoryQuery) (Card, error) {
	past, err := b.Desk.History(ctx, t.Actor, q)
	if err != nil {
		return Card{}, err
	}
	if q.Person != "" && past.Names[q.Person] == "" {
		past.Names[q.Person] = title
	}
	return drawPast(title, past, q, b.face(t)), nil
}

// drawPast draws a page of a history, with a button for the next.
func drawPast(title string, past access.Past, q access.HistoryQuery, f Face) Card {
	if title == "" {
		title = "Everybody"
	}
	if q.Only != "" {
		title += ", " + q.Only
	}
	c, shown := drawEntries(title, past.Entries, past.Names, f)
	if !past.More && shown == len(past.Entries) {
		return c
	}
	older := map[string]any{inputAbout: string(q.Ref), inputPerson: string(q.Person), inputOnly: q.Only, inputSkip: strconv.Itoa(q.Skip + shown)}
	if !q.Since.IsZero() {
		older[inputSince] = strconv.Itoa(int(f.Now.Sub(q.Since) / time.Hour))
	}
	return c.with(execute{Title: "Show older", Verb: verbOlder, Extra: older})
}

// older draws the next page. What the button carries says what is wanted, and
// nothing of what the actor may read.
func (b *Bot) older(ctx context.Context, p press) (shownCard, error) {
	skip, err := skipped(p)
	if err != nil {
		return shownCard{}, err
	}
	q := access.HistoryQuery{Person: access.NewID(p.fields.text(inputPerson)), Only: clip(p.fields.text(inputOnly), 16), Skip: skip}
	if ref, ok := access.ParseRef(p.fields.text(inputAbout)); ok {
		q.Ref = ref
	}
	if n, err := strconv.Atoi(p.fields.text(inputSince)); err == nil && n > 0 && n <= 24*longestSince {
		q.Since = b.Now().Add(-time.Duration(n) * time.Hour)
	}
	c, err := b.historyOf(ctx, p.Turn, string(q.Ref), q)
	return shownCard{card: c}, err
}

// skipped is how many were on the pages before the one that a button asks for.
func skipped(p press) (int, error) {
	skip, err := strconv.ParseUint(p.fields.text(inputSkip), 10, 31)
	if err != nil {
		return 0, access.Fail(access.Invalid, "%s", unreadable)
	}
	return int(skip), nil
}

// chooseHistory draws the history of the person who was chosen.
func (b *Bot) chooseHistory(ctx context.Context, p press) (shownCard, error) {
	person, err := b.chosen(ctx, p)
	if err != nil {
		return shownCard{}, err
	}
	c, err := b.historyOf(ctx, p.Turn, person.Name, access.HistoryQuery{Person: person.ID})
	return shownCard{card: c}, err
}
