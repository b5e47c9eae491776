package bot

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/passdesk/passdesk/internal/access"
)

// audience is who is told of a command in the help. What somebody may really do
// is decided by the desk, at the moment of doing it.
type audience int

const (
	everybody audience = iota
	askers
	readers   // who asks, and who audits
	guards    // who may lift a lock: security, and who audits
	rescuers  // who asks in an emergency
	switchers // who switches threat mode
)

// command is one thing that people can say. The table of commands is the only
// place that knows the words: reading a message, the help and the hint after a
// slip of the finger are all made from it.
type command struct {
	name    string
	aliases []string
	usage   string // what follows the name
	example string // a whole line that works
	does    string
	who     audience
	read    func(*words) (said, error)
}

// said is a message that was understood.
type said struct {
	command string
	person  string   // the words for a person: a name, a UPN, an object id or a mention's tag
	people  []string // the same of several, with status
	policy  string   // the words for a policy
	phone   string   // with guide: the kind of phone, in Graph's words
	ref     access.Ref
	only    string        // with history: one of access.Only…, or nothing
	since   time.Duration // with history: how far back; zero: all
	terms   access.Terms
	kind    access.Kind // with emergency: what is asked for
	threat  string      // with threat: threatOn, threatOff, or nothing
}

// moment is when and where something was said: times are meant in the person's
// own zone.
type moment struct {
	now  time.Time
	zone *time.Location
}

// maxSaid bounds, in bytes, what is read of a message; a longer one is a paste
// that was not meant for a command.
const maxSaid = 4000

// parse reads a message from which the mention of Passdesk was taken away. Its
// error is an Invalid in words for the person.
func parse(text string, at moment) (said, error) {
	if len(text) > maxSaid {
		return said{}, access.Fail(access.Invalid, "That is too long for a command. Write help to see what you can say.")
	}
	w := split(text, at)
	first := w.next()
	if first.text == "" {
		return said{}, access.Fail(access.Invalid, "Write help to see what you can say.")
	}
	for _, c := range commands() {
		if c.called(first.text) {
			w.command = c.name
			s, err := c.read(w)
			s.command = c.name
			return s, err
		}
	}
	return said{}, access.Fail(access.Invalid, "%s", nearest(w))
}

func (c command) called(word string) bool {
	word = strings.TrimPrefix(strings.ToLower(strings.TrimRight(word, ".,:;!")), "/")
	if word == c.name {
		return true
	}
	for _, a := range c.aliases {
		if word == a {
			return true
		}
	}
	return false
}

// misread says what could not be understood and shows how it is written.
func misread(name, problem string, args ...any) error {
	e := access.Fail(access.Invalid, problem, args...)
	for _, c := range commands() {
		if c.name == name {
			e.Say += " Write it as: " + strings.TrimSpace(c.name+" "+c.usage) + " - for example: " + c.example
		}
	}
	return e
}

// readAlone reads a command that nothing must follow; what follows anyway is
// passed over, because "help please" is clear.
func readAlone(*words) (said, error) { return said{}, nil }

func readEnd(w *words) (said, error) {
	t := w.next()
	ref, ok := access.ParseRef(t.text)
	if !ok || w.more() {
		return said{}, misread("end", "A request is ended by its reference.")
	}
	return said{ref: ref}, nil
}

// nearest guesses what was meant by a message that starts with no command.
func nearest(w *words) string {
	best, least := "", 3
	for _, c := range commands() {
		if c.guarded() { // most people do not have it
			continue
		}
		for _, name := range append([]string{c.name}, c.aliases...) {
			d := distance(strings.ToLower(w.tokens[0].text), name)
			if d < least && d < utf8.RuneCountInString(name) && utf8.RuneCountInString(name) > 2 {
				best, least = c.example, d
			}
		}
	}
	for _, t := range w.tokens {
		for _, c := range commands() {
			if best == "" && !c.guarded() && c.called(t.text) {
				best = c.example
			}
		}
	}
	if best == "" {
		return "I did not understand that. Write help to see what you can say."
	}
	return "I did not understand that. Did you mean something like: " + best + " - or write help to see what you can say."
}

// distance is the number of letters to insert, delete, replace or swap with
// their neighbour to get from a to b. Words that are too long to be a slip of
// a command count as far.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 2*len(y)+2 {
		return len(x)
	}
	d := make([][]int, len(x)+1)
	for i := range d {
		d[i] = make([]int, len(y)+1)
		d[i][0] = i
	}
	for j := range y {
		d[0][j+1] = j + 1
	}
	for i := range x {
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			d[i+1][j+1] = min(d[i][j+1]+1, d[i+1][j]+1, d[i][j]+cost)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				d[i+1][j+1] = min(d[i+1][j+1], d[i-1][j-1]+1)
			}
		}
	}
	return d[len(x)][len(y)]
}
