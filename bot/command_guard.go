package bot

import (
	"strings"

	"github.com/passdesk/passdesk/internal/access"
)

// alerts are the commands of the groups for emergencies and for threat mode. Where
// nobody is configured for one, it does not exist.
func alerts() []command {
	return []command{
		{
			name: "emergency", usage: "pass <person> … because <reason> | exclude <person> from <policy> … because <reason>",
			example: "emergency pass joni because she is locked out and on call",
			does:    "ask when the rules cannot be waited for: another member of the group confirms, and it is reviewed",
			who:     rescuers, read: readEmergency,
		},
		{
			name: "threat", usage: "[on [because <reason>] | off]", example: "threat on because our people are being rung up",
			does: "how threat mode stands; on: the highest tier for everything, and no exclusions; off takes two people",
			who:  switchers, read: readThreat,
		},
	}
}

// guarded tells whether a command is for such a group.
func (c command) guarded() bool { return c.who == rescuers || c.who == switchers }

// readEmergency reads the command of what is asked for.
func readEmergency(w *words) (said, error) {
	kinds := map[string]access.Kind{"pass": access.Pass, "exclude": access.Exclusion}
	for _, c := range asks() {
		if first := w.peek(0); first.whole || !c.called(first.text) {
			continue
		}
		w.next()
		w.command = c.name
		s, err := c.read(w)
		s.kind, s.terms.Emergency = kinds[c.name], true
		return s, err
	}
	return said{}, misread("emergency", "What is needed: a pass, or an exclusion?")
}

func readThreat(w *words) (said, error) {
	switch t := w.next(); {
	case t.text == "":
		return said{}, nil
	case strings.EqualFold(t.text, threatOff) && !w.more():
		return said{threat: threatOff}, nil
	case strings.EqualFold(t.text, threatOn):
		s := said{threat: threatOn}
		if next := w.peek(0); next.is("because") || next.is("for") {
			w.next()
		}
		s.terms.Reason = clip(w.rest(), reasonLength)
		return s, nil
	}
	return said{}, misread("threat", "On, or off?")
}

// What can be said about threat mode.
const (
	threatOn  = "on"
	threatOff = "off"
)

// unknownHere answers a command that does not exist here.
func unknownHere() error {
	return access.Fail(access.Invalid, "I did not understand that. Write help to see what you can say.")
}
