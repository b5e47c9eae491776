package bot

import (
	"strings"

	"github.com/passdesk/passdesk/internal/access"
)

// usualExclusion is how long an exclusion lasts when nobody says it, in minutes.
const usualExclusion = 240

// usualPlatform is the kind of device when nobody says one: policies that keep
// people out keep out phones, mostly.
const usualPlatform = "iOS"

// readExclude reads "<person> from <policy>" and what follows. The first "from"
// behind the person begins the policy; its name goes on to the next option, which
// quotes keep from being one.
func readExclude(w *words) (said, error) {
	s := said{terms: access.Terms{Minutes: usualExclusion, Platform: usualPlatform}}
	if first := w.peek(0); !w.more() || first.is("from") {
		return said{}, misread(w.command, "Whom?")
	}
	first := w.at
	w.skipTo("from", "for", "because", "at")
	s.person = w.joined(first)
	for w.more() {
		if err := readExclusionOption(w, &s); err != nil {
			return said{}, err
		}
	}
	return s, nil
}

func readExclusionOption(w *words, s *said) error {
	switch next := w.peek(0); {
	case next.is("from"):
		w.next()
		s.policy = w.policyName()
	case next.is("for"):
		w.next()
		return readLength(w, &s.terms)
	case next.is("at"):
		_, err := readStart(w, &s.terms)
		return err
	case next.is("because"):
		w.next()
		s.terms.Reason = clip(w.rest(), reasonLength)
	default:
		if _, n := lifetime(w); n > 0 {
			return readLength(w, &s.terms)
		}
		return misread(w.command, "I did not understand “%s”.", clip(next.text, 40))
	}
	return nil
}

// policyName takes the name of a policy: what is in quotes, or what was typed up
// to the next option, since a name can hold quotes itself.
func (w *words) policyName() string {
	if w.peek(0).whole {
		return w.next().text
	}
	first := w.at
	w.skipTo("for", "because", "at")
	if first == w.at {
		return ""
	}
	return w.typed(first)
}

// skipTo passes over the words before the next of some stops. A word in quotes is
// none, and neither is the first one: a name may begin with any word.
func (w *words) skipTo(stops ...string) {
	for w.next(); w.more(); w.next() {
		for _, stop := range stops {
			if w.peek(0).is(stop) && w.begins(stop) {
				return
			}
		}
	}
}

// is tells whether a word is one of ours. One in quotes is somebody's own.
func (t word) is(ours string) bool { return !t.whole && strings.EqualFold(t.text, ours) }

// begins tells whether an option really begins at the next word: "for" and "at" do
// only before a time, so that they can stand in a name.
func (w *words) begins(option string) bool {
	look := *w
	look.next()
	n := 1
	switch option {
	case "for":
		_, n = lifetime(&look)
	case "at":
		_, n = nextTime(&look)
	}
	return n > 0
}

func readLength(w *words, t *access.Terms) error {
	minutes, n := lifetime(w)
	if n == 0 {
		return misread(w.command, "For how long? Say it as 90m, 4h or 2d.")
	}
	w.at += n
	if minutes < leastMinutes || minutes > mostMinutes {
		return misread(w.command, "An exclusion can last from 10 minutes to 30 days.")
	}
	t.Minutes = minutes
	return nil
}

// readPolicy takes all words for the name of a policy; none asks which.
func readPolicy(w *words) (said, error) {
	switch {
	case !w.more():
		return said{}, nil
	case w.peek(0).whole && w.peek(1).text == "":
		return said{policy: w.next().text}, nil
	}
	return said{policy: w.rest()}, nil
}
