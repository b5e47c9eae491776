package app_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/app"
)

// in3s is what a person waits for an answer, with what a machine is granted that
// runs all tests at once. Whatever is slow here is slower than that.
const in3s = 5 * time.Second

// step is one click of the story, and what its person sees when it has worked.
type step struct{ who, title, sees string }

var clicks = []step{
	{"adele", "Send request", "Waiting for a decision"},
	{"megan", "Approve", "You +approved it"},
	{"adele", "Show pass", "Before the pass is shown"},
	{"adele", "Create and show", "Read this pass out now"},
	{"adele", "Hide", "It was shown and is kept nowhere"},
	{"adele", "End now", "The pass no longer works"},
}

// A click is answered within three seconds, tells the truth, and the story ends
// well, whatever is wrong with Graph or Teams at any of its steps.
func TestAnsweredInTimeWhateverIsWrong(t *testing.T) {
	t.Parallel()
	const passes = "temporaryAccessPassMethods"
	faults := map[string]map[string]any{
		"Graph slow":             {"path": "^/v1.0/", "delayMs": 6000},
		"Graph throttled":        {"path": "^/v1.0/", "status": 429, "retryAfter": 1, "count": 2},
		"Graph throttled dumbly": {"path": "^/v1.0/", "status": 429, "count": 2},
		"Graph failing":          {"path": "^/v1.0/", "status": 503, "count": 2},
		"Graph broken":           {"path": "^/v1.0/", "status": 500, "count": 2},
		"connection lost":        {"path": "^/v1.0/", "reset": true, "count": 2},
		"made, answer lost":      {"path": passes, "method": "POST", "status": 504, "afterCommit": true, "count": 1},
		"made, said unavailable": {"path": passes, "method": "POST", "status": 503, "afterCommit": true, "count": 1},
		"deleted, answer lost":   {"path": passes, "method": "DELETE", "status": 504, "afterCommit": true, "count": 1},
		"connector throttled":    {"path": "^/teams/", "status": 429, "retryAfter": 1, "count": 2},
		"connector failing":      {"path": "^/teams/", "status": 503, "count": 2},
		"connector slow":         {"path": "^/teams/", "delayMs": 6000, "count": 2},
		"card lost after commit": {"path": "^/teams/.*activities", "status": 504, "afterCommit": true, "count": 1},
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlay(t, nil)
			p.says("adele", "pass joni 60m once for new laptop")
			p.sees("adele", "<Send request>")
			for _, s := range clicks {
				p.call(http.MethodPost, "/faults", fault)
				p.pressesOn(s, func() { p.call(http.MethodDelete, "/faults", nil) })
				if s.title == "Create and show" {
					require.Len(t, p.passes("joni"), 1)
				}
			}
			require.Empty(t, p.passes("joni"))
			p.sees("megan", "The pass no longer works")
			r, err := app.VerifyAudit(t.Context(), p.Config, "")
			require.NoError(t, err)
			require.True(t, r.Whole())
		})
	}
}

// pressesOn presses a button again and again, as the card says, until it has
// worked. After the first answer the fault is over.
func (p *play) pressesOn(s step, over func()) {
	p.t.Helper()
	done, button := regexp.MustCompile(s.sees), regexp.MustCompile("<"+regexp.QuoteMeta(s.title)+">")
	pressed := false
	p.until(func() bool {
		screen := p.screen(s.who)
		if done.MatchString(screen) {
			return true
		}
		if !button.MatchString(screen) {
			p.reopens(s, screen)
			return false
		}
		begin := time.Now()
		a, there := p.pressesIfThere(s.who, s.title, nil)
		if !there {
			return false
		}
		require.Less(p.t, time.Since(begin), in3s, "%s: %s", s.title, a.text())
		require.NotEmpty(p.t, a.text())
		if !pressed {
			pressed = true
			over()
		}
		return done.MatchString(a.text())
	}, func() string {
		return s.who + " pressed " + s.title + " and sees\n" + p.screen(s.who) + "\n" + p.logs.String()[max(0, len(p.logs.String())-12000):]
	})
	if !pressed {
		over()
	}
}

// What is typed is answered in time, too: the truth at first, and the answer by
// itself as soon as it is there.
func TestAMessageIsAnsweredInTime(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.call(http.MethodPost, "/faults", map[string]any{"path": "^/v1.0/", "delayMs": 6000})
	begin := time.Now()
	p.says("adele", "pass joni 60m once for new laptop")
	require.Less(t, time.Since(begin), in3s)
	require.Contains(t, p.screen("adele"), "Entra is slow to answer")
	p.sees("adele", "<Send request>")
	p.call(http.MethodDelete, "/faults", nil)
	require.Len(t, p.chat("adele").Messages, 3, "what was typed, the line, the form")

	p.presses("adele", "Send request", nil)
	p.presses("megan", "Approve", nil)
	p.sees("adele", "<Show pass>")
}

// A late form is a card like any other: it is redrawn although nobody touched it.
func TestALateFormIsRedrawn(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.call(http.MethodPost, "/faults", map[string]any{"path": "^/v1.0/", "delayMs": 6000})
	p.says("adele", "pass joni 60m once for new laptop")
	p.sees("adele", "<Send request>")
	p.call(http.MethodDelete, "/faults", nil)
	p.clock("25h")
	p.until(func() bool { return !strings.Contains(p.screen("adele"), "<Send request>") }, func() string { return p.screen("adele") })
}

// reopens presses Show pass once more where a redraw that was under way has taken
// away the card that it had shown, or the code.
func (p *play) reopens(s step, screen string) {
	p.t.Helper()
	if (s.title == "Create and show" || s.title == "Hide") && strings.Contains(screen, "<Show pass>") {
		p.pressesIfThere(s.who, "Show pass", nil)
	}
}
