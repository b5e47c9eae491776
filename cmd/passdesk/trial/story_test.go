package trial_test

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// story is what people do, each as often as it takes: whoever gets no answer
// presses again what the screen shows.
type story struct {
	name string
	play func(*stage)
}

// stage is a desk with people who remember what they have read.
type stage struct {
	*desk
	codes []string // every code that adele has read, in order
}

var (
	// ended: the whole way of a pass, ended early.
	ended = story{"ended", func(s *stage) {
		s.asks()
		s.approves()
		s.reveals()
		s.hides()
		s.until(func() bool { return s.sees("adele", "Ended") }, "megan", "End now")
	}}
	// expires: nobody ends the pass but time.
	expires = story{"expires", func(s *stage) {
		s.asks()
		s.approves()
		s.reveals()
		s.hides()
	}}
	// abandoned: adele presses once, and never comes back.
	abandoned = story{"abandoned", func(s *stage) {
		s.asks()
		s.approves()
		s.until(func() bool { return s.sees("adele", "<Create and show>") }, "adele", "Show pass")
		s.presses("adele", "Create and show")
		if code := s.code(); code != "" {
			s.codes = append(s.codes, code)
		}
	}}
	// relaxed: the whole way of an exclusion, ended early.
	relaxed = story{"relaxed", func(s *stage) {
		s.relaxes()
		s.until(func() bool { return s.sees("adele", "Ended") }, "lee", "End now")
	}}
	// relaxedOver: nobody ends the exclusion but time.
	relaxedOver = story{"relaxed over", (*stage).relaxes}
)

// until lets somebody press the first of these buttons that they see, again and
// again, until it has come to what was to come.
func (s *stage) until(come func() bool, who string, titles ...string) {
	s.t.Helper()
	next := time.Now()
	until(s.t, func() bool {
		s.revive()
		if come() {
			return true
		}
		if time.Now().Before(next) {
			return false
		}
		next = time.Now().Add(time.Second) // nobody presses faster
		for _, title := range titles {
			if s.sees(who, "<"+title+">") {
				s.presses(who, title)
				break
			}
		}
		return come()
	}, func() string {
		return who + " gets no further with " + strings.Join(titles, ", ") + ":\n" + s.screen(who) + "\n" + s.process.said()
	})
}

// relaxes has somebody excluded.
func (s *stage) relaxes() {
	s.t.Helper()
	s.asksFor("exclude alex from platforms for 60m because new phone")
	s.until(func() bool { return s.sees("adele", "is in force until") }, "lee", "Approve")
}

func (s *stage) asks() {
	s.t.Helper()
	s.asksFor("pass joni 60m once for new laptop")
}

func (s *stage) asksFor(words string) {
	s.t.Helper()
	until(s.t, func() bool {
		s.revive()
		if !s.sees("adele", "<Send request>") {
			s.says("adele", words)
		}
		return s.sees("adele", "<Send request>")
	}, func() string { return "no form:\n" + s.screen("adele") + "\n" + s.process.said() })
	s.until(func() bool { return s.sees("adele", "Waiting for a decision") }, "adele", "Send request")
}

func (s *stage) approves() {
	s.t.Helper()
	s.until(func() bool { return s.sees("adele", "<Show pass>") }, "megan", "Approve")
}

func (s *stage) reveals() {
	s.t.Helper()
	s.until(func() bool {
		code := s.code()
		if code == "" {
			return false
		}
		s.codes = append(s.codes, code)
		return true
	}, "adele", "Create and show", "Show pass")
}

func (s *stage) hides() {
	s.t.Helper()
	s.until(func() bool { return s.code() == "" }, "adele", "Hide")
}

// code is the code on adele's screen, if there is one.
func (s *stage) code() string {
	s.t.Helper()
	code := ""
	for _, m := range slices.Backward(s.chat("adele").Messages) {
		code = codeOn(m.seen("adele"))
		if code != "" {
			break
		}
	}
	return code
}

// codeOn finds the code on a card: the one text in the largest type of a machine.
func codeOn(card json.RawMessage) string {
	code := ""
	walk(card, func(e map[string]any) {
		if e["size"] == "extraLarge" && e["fontType"] == "monospace" {
			text, _ := e["text"].(string)
			code = strings.ReplaceAll(text, " ", "")
		}
	})
	return code
}
