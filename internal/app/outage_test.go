package app_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/app"
)

// outage is something outside that fails while one button is pressed. The tests
// of its rooms (Graph, Teams, login, database) say for each of them what the
// person hears, what is true then, and that the story comes to its good end
// afterwards, by the same buttons and by jobs alone. docs/outages.md is the table
// of it.
type outage struct {
	step   string           // the button at which it strikes
	faults []map[string]any // what is wrong: see POST /faults
	hears  string           // what who presses hears, sooner or later
	passes int              // how many passes joni has then
}

// unheard is the answer to a click whose outcome is not known yet.
const unheard = "Still working on it|is being made at this moment"

// plays puts an outage into a story and sees it heal.
func (o outage) plays(t *testing.T) {
	t.Helper()
	p := newPlay(t, nil)
	i := p.upTo(o.step)
	for _, f := range o.faults {
		p.call(http.MethodPost, "/faults", f)
	}
	p.hears(clicks[i], o.hears)
	require.Len(t, p.passes("joni"), o.passes, "what was said must be true")
	p.call(http.MethodDelete, "/faults", nil)
	p.goesOn(i)
	p.endsWell()
}

// upTo plays the story up to a button, and returns the number of its click.
func (p *play) upTo(title string) int {
	p.t.Helper()
	p.says("megan", "help") // she has a chat already
	p.says("adele", "pass joni 60m once for new laptop")
	for i, s := range clicks {
		if s.title == title {
			p.sees(s.who, "<"+regexp.QuoteMeta(title)+">")
			return i
		}
		p.presses(s.who, s.title, nil)
	}
	require.Fail(p.t, "no button "+title)
	return -1
}

// hears presses a button until its answer says the words, and until then that
// nothing is known yet. An answer that does not come within five seconds is an
// empty one: Teams waits no longer.
func (p *play) hears(s step, words string) answer {
	p.t.Helper()
	var a answer
	says, not := regexp.MustCompile(words), regexp.MustCompile(unheard)
	p.until(func() bool {
		if screen := p.screen(s.who); !strings.Contains(screen, "<"+s.title+">") {
			p.reopens(s, screen)
			return false
		}
		var there bool
		if a, there = p.pressesIfThere(s.who, s.title, nil); !there {
			return false
		}
		heard := says.MatchString(a.text())
		require.True(p.t, heard || not.MatchString(a.text()), "%s: %q is not %q", s.title, a.text(), words)
		return heard
	}, func() string { return s.title + " is answered by " + a.text() })
	return a
}

// goesOn plays the story from a click to its end, pressing again where a card
// says so.
func (p *play) goesOn(from int) {
	p.t.Helper()
	for _, s := range clicks[from:] {
		p.pressesOn(s, func() {})
		if s.title == "Create and show" {
			require.Len(p.t, p.passes("joni"), 1)
		}
	}
}

// endsWell checks that nothing is left of an outage: no pass, no job, no card
// that shows something else than the state, and a chain that is whole.
func (p *play) endsWell() {
	p.t.Helper()
	require.Empty(p.t, p.passes("joni"))
	p.sees("adele", "The pass no longer works")
	p.sees("megan", "The pass no longer works")
	p.clock("3h") // past all that was planned for later
	p.until(func() bool { return len(p.jobs()) == 0 }, func() string {
		return "jobs are left: " + strings.Join(p.jobs(), "\n") + "\n" + p.tail()
	})
	p.cardsAreTrue()
	r, err := app.VerifyAudit(p.t.Context(), p.Config, "")
	require.NoError(p.t, err)
	require.True(p.t, r.Whole())
}

// jobs lists what is still to be done, with why it was not.
func (p *play) jobs() []string {
	p.t.Helper()
	return p.rows(`SELECT CAST(args AS TEXT) || ' ' || CAST(state AS TEXT) FROM river_job
		WHERE state NOT IN ('completed', 'cancelled', 'discarded')`)
}

// cardsAreTrue compares every card that Passdesk knows, as Teams keeps it, with
// the request that it is about.
func (p *play) cardsAreTrue() {
	p.t.Helper()
	kept := p.kept()
	titles := map[string]string{"ended": "Ended", "failed": "No pass could be given", "lapsed": "Lapsed", "withdrawn": "Withdrawn", "denied": "Denied"}
	known := p.rows(`SELECT c.conversation || ' ' || c.activity || '|' || r.state FROM cards c JOIN requests r ON r.ref = c.ref`)
	require.NotEmpty(p.t, known)
	for _, line := range known {
		at, state, _ := strings.Cut(line, "|")
		require.Contains(p.t, titles, state)
		require.Contains(p.t, kept[at], titles[state], "a card shows what is past")
	}
}

// kept are all cards as Teams keeps them, by conversation and activity.
func (p *play) kept() map[string]string {
	p.t.Helper()
	kept := map[string]string{}
	for _, c := range p.chats() {
		for _, m := range c.Messages {
			kept[c.ID+" "+m.ID] = words(m.Card)
		}
	}
	return kept
}

// rows reads one column of the bot's database, beside the bot.
func (p *play) rows(query string) []string {
	p.t.Helper()
	driver, address := "sqlite", filepath.Join(p.dir, "passdesk.db")+"?mode=ro&_pragma=busy_timeout(5000)"
	if strings.HasPrefix(p.Config.Database, "postgres:") {
		driver, address = "pgx", p.Config.Database
	}
	db, err := sql.Open(driver, address)
	require.NoError(p.t, err)
	defer db.Close() //nolint:errcheck // nothing was written
	found, err := db.QueryContext(p.t.Context(), query)
	require.NoError(p.t, err)
	defer found.Close() //nolint:errcheck // read to its end
	var all []string
	for found.Next() {
		var one string
		require.NoError(p.t, found.Scan(&one))
		all = append(all, one)
	}
	require.NoError(p.t, found.Err())
	return all
}

// tail is the end of the log.
func (p *play) tail() string {
	text := p.logs.String()
	return text[max(0, len(text)-6000):]
}

// readiness is what GET /readyz tells: its status, and its parts.
func (p *play) readiness() (int, map[string]string) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.Bot+"/readyz", nil)
	require.NoError(p.t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(p.t, err)
	defer resp.Body.Close() //nolint:errcheck // read to its end
	var report struct {
		Parts map[string]string `json:"parts"`
	}
	require.NoError(p.t, json.NewDecoder(resp.Body).Decode(&report))
	return resp.StatusCode, report.Parts
}

// becomesReady waits until the bot says that people can be answered.
func (p *play) becomesReady() {
	p.t.Helper()
	p.until(func() bool { status, _ := p.readiness(); return status == http.StatusOK }, func() string {
		status, parts := p.readiness()
		return fmt.Sprint(status, parts)
	})
}
