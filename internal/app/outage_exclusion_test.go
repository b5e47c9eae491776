package app_test

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// What goes wrong while somebody is excluded or taken back is tried again until it
// is done. An exclusion that was not made is not said to be, nor one ended that is
// still there.
func TestOutageExclusion(t *testing.T) {
	t.Parallel()
	adding := func(f map[string]any) map[string]any {
		f["path"], f["method"] = "/members/", http.MethodPost
		return f
	}
	removing := func(f map[string]any) map[string]any {
		f["path"], f["method"] = "/members/", http.MethodDelete
		return f
	}
	reading := func(f map[string]any) map[string]any { f["path"] = `/members\?`; return f }
	revoking := func(f map[string]any) map[string]any { f["path"] = "revokeSignInSessions"; return f }
	for name, o := range map[string]struct {
		title string // the button that is pressed while it goes wrong
		fault map[string]any
	}{
		"adding is throttled":        {"Approve", adding(map[string]any{"status": 429, "retryAfter": 60})},
		"adding is broken":           {"Approve", adding(map[string]any{"status": 500})},
		"added, answer lost":         {"Approve", adding(map[string]any{"status": 502, "afterCommit": true})},
		"added, connection lost":     {"Approve", adding(map[string]any{"reset": true, "afterCommit": true})},
		"removing is throttled":      {"End now", removing(map[string]any{"status": 429, "retryAfter": 60})},
		"removing is broken":         {"End now", removing(map[string]any{"status": 500})},
		"removed, answer lost":       {"End now", removing(map[string]any{"status": 502, "afterCommit": true})},
		"reading is broken":          {"End now", reading(map[string]any{"status": 500})},
		"sessions are not revoked":   {"End now", revoking(map[string]any{"status": 500})},
		"removing is not allowed":    {"End now", removing(map[string]any{"status": 403})},
		"the directory is out of it": {"End now", removing(map[string]any{"status": 409})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlay(t, nil)
			p.says("lee", "help")
			p.says("adele", "exclude alex from platforms for 1h because new phone")
			p.presses("adele", "Send request", nil)
			p.sees("lee", "<Approve>")
			p.meanwhile(o.title == "Approve", o.fault, func() { p.presses("lee", "Approve", nil) }, "is in force")
			p.sees("adele", "<End now>")
			require.True(t, p.excluded("platforms", "alex"))
			p.meanwhile(o.title == "End now", o.fault, func() { p.presses("adele", "End now", nil) }, "Ended")
			require.False(t, p.excluded("platforms", "alex"))
			p.sees("lee", "Ended")
			p.clock("3h")
			p.until(func() bool { return len(p.jobs()) == 0 }, p.tail)
			p.cardsAreTrue()
		})
	}
}

// meanwhile does something, during a fault or without one, after which adele sees
// what comes of it; and not before the fault is over.
func (p *play) meanwhile(goesWrong bool, fault map[string]any, do func(), then string) {
	p.t.Helper()
	if goesWrong {
		p.call(http.MethodPost, "/faults", fault)
	}
	do()
	if goesWrong {
		p.until(func() bool {
			p.clock("11s") // what waits for its turn has it
			return p.Sim.Faults.List()[0].Met > 0
		}, p.tail)
		require.NotRegexp(p.t, then, p.screen("adele"))
		p.over()
	}
	again := regexp.MustCompile(then)
	p.until(func() bool {
		p.clock("11s")
		return again.MatchString(p.screen("adele"))
	}, func() string { return p.screen("adele") + p.tail() })
}
