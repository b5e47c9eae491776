package bot

import (
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// readPass reads what a pass should be. After the person its words come in any
// order; "for" and "because" take the rest of the line.
func readPass(w *words) (said, error) {
	s := said{terms: access.Terms{Minutes: usualMinutes, Once: true}}
	var person []string
	for w.more() {
		option, err := readOption(w, &s.terms, len(person) > 0)
		if err != nil {
			return said{}, err
		}
		if option {
			continue
		}
		t := w.next()
		if len(person) > 0 && !w.follows() {
			return said{}, misread("pass", "I did not understand “%s”.", clip(t.text, 40))
		}
		person = append(person, t.text)
		w.named = w.at
	}
	s.person = strings.Join(person, " ")
	if s.person == "" {
		return said{}, misread("pass", "For whom?")
	}
	return s, nil
}

// follows tells whether the word just taken stands directly behind the
// person's other names.
func (w *words) follows() bool { return w.named == w.at-1 }

// readOption takes one option if the next words are one. Before the person is
// named, "for" is a filler: "pass for joni".
func readOption(w *words, t *access.Terms, named bool) (bool, error) {
	next := w.peek(0)
	if next.whole {
		return false, nil
	}
	switch strings.ToLower(next.text) {
	case "once", "one-time", "single":
		w.next()
		t.Once = true
		return true, nil
	case "multi", "multiple", "multi-use":
		w.next()
		t.Once = false
		return true, nil
	case "at", "from":
		return readStart(w, t)
	case "because":
		w.next()
		t.Reason = clip(w.rest(), reasonLength)
		return true, nil
	case "for":
		w.next()
		return true, readFor(w, t, named)
	}
	return readLifetime(w, t)
}

// readFor reads what follows "for": a lifetime when that is all there is up to
// the next option ("for 2h", "for 2h because …"), a reason otherwise.
func readFor(w *words, t *access.Terms, named bool) error {
	if !named {
		return nil
	}
	if minutes, n := lifetime(w); n > 0 && endsOption(w.peek(n)) {
		return takeLifetime(w, t, minutes, n)
	}
	t.Reason = clip(w.rest(), reasonLength)
	return nil
}

func endsOption(next word) bool {
	switch strings.ToLower(next.text) {
	case "", "once", "multi", "at", "for", "because":
		return true
	}
	return false
}

func readLifetime(w *words, t *access.Terms) (bool, error) {
	minutes, n := lifetime(w)
	if n == 0 {
		return false, nil
	}
	return true, takeLifetime(w, t, minutes, n)
}

func takeLifetime(w *words, t *access.Terms, minutes, n int) error {
	w.at += n
	if minutes < leastMinutes || minutes > mostMinutes {
		return misread("pass", "A pass can live from 10 minutes to 30 days.")
	}
	t.Minutes = minutes
	return nil
}

// readStart reads "at <time>".
func readStart(w *words, t *access.Terms) (bool, error) {
	w.next()
	start, n := nextTime(w)
	w.at += n
	switch {
	case n == 0:
		return true, misread(w.command, "I did not understand the time after “at”. Say it as 14:00, 2pm, tomorrow 09:00 or 2026-01-31 09:00.")
	case start.Before(w.moment.now):
		return true, misread(w.command, "That time is past.")
	}
	t.Start = start
	return true, nil
}

// nextTime reads a time of at most three words and says how many it took; none
// when there is no time.
func nextTime(w *words) (start time.Time, n int) {
	for n := 3; n > 0; n-- {
		var text []string
		for i := range n {
			if next := w.peek(i); next.text != "" && !next.whole {
				text = append(text, next.text)
			}
		}
		if len(text) < n {
			continue
		}
		if start, ok := clockTime(strings.Join(text, " "), w.moment); ok {
			return start, n
		}
	}
	return time.Time{}, 0
}

// usualMinutes is the lifetime of a pass when nobody says one.
const usualMinutes = 60

// clip shortens text to at most n characters.
func clip(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return string(runes[:n-1]) + "…"
}
