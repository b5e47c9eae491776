package app_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"github.com/passdesk/passdesk/internal/sim/graph"
)

// I1: the pass is shown once and kept nowhere.
func TestI1TheCodeIsInTheOneAnswerAndNowhereElse(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	code, shown := p.revealed()
	later := []string{
		p.presses("adele", "Hide", nil).text(),
		p.says("adele", "requests").text(),
		p.says("adele", "history "+p.ref("adele")).text(),
		p.says("adele", "history joni").text(),
		p.invoke("adele", "view", p.button("adele", "End now")).text(),
		p.invoke("megan", "view", p.button("megan", "End now")).text(),
		string(p.call(http.MethodGet, "/conversations", nil)),
	}
	p.sees("megan", "The pass is in force")
	p.clock("61m")
	p.sees("adele", "Ended")
	later = append(later, string(p.call(http.MethodGet, "/conversations", nil)), p.logs.String())
	require.NoError(t, p.Stop())

	files, err := filepath.Glob(filepath.Join(p.dir, "passdesk.db*"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		later = append(later, string(data))
	}
	for _, text := range later {
		for _, form := range forms(code) {
			require.NotContains(t, text, form)
		}
	}
	require.Contains(t, p.logs.String(), "graph_request", "the log was searched at its most talkative")
	require.Contains(t, squeeze(shown.text()), code)
}

// forms are the ways in which a code could be written down.
func forms(code string) []string {
	escaped, _ := json.Marshal(code)
	spaced := strings.Join(strings.Split(code, ""), " ")
	return []string{
		code, strings.Trim(string(escaped), `"`), spaced, code[:4] + " " + code[4:], fmt.Sprintf("%x", code),
		base64.StdEncoding.EncodeToString([]byte(code)),
	}
}

func TestI1TheCodeIsMadeWhenItIsRevealedAndGoneAfterAMinute(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.approved()
	require.Empty(t, p.passes("joni"), "approving makes nothing")
	click := p.button("adele", "Create and show")
	first := p.presses("adele", "Create and show", nil)
	code := p.passes("joni")[0].Code
	require.Contains(t, squeeze(first.text()), code)
	again := p.invoke("adele", "create", click)
	require.Contains(t, squeeze(again.text()), code, "the same click gets the same answer")
	p.clock("61s")
	late := p.invoke("adele", "create", click)
	require.NotContains(t, squeeze(late.text()), code)
	require.Equal(t, 1, p.issued())
}

// sabotage opens the bot's database beside the bot.
func (p *play) sabotage(statement string) {
	p.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(p.dir, "passdesk.db")+"?_pragma=busy_timeout(5000)")
	require.NoError(p.t, err)
	defer db.Close() //nolint:errcheck // nothing is written after
	_, err = db.ExecContext(p.t.Context(), statement)
	require.NoError(p.t, err)
}

const (
	noRecord = `CREATE TRIGGER no_record BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk full'); END`
	record   = `DROP TRIGGER no_record`
)

// I2: no record, no act; an ending goes ahead.
func TestI2NoRecordNoAct(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.asked()
	p.sabotage(noRecord)
	require.Contains(t, p.presses("megan", "Approve", nil).text(), "nothing was given")
	p.sabotage(record)
	p.presses("megan", "Approve", nil)
	p.sees("adele", "<Show pass>")
	p.presses("adele", "Show pass", nil)
	p.sabotage(noRecord)
	a := p.presses("adele", "Create and show", nil)
	require.Contains(t, a.text(), "nothing was given")
	require.Empty(t, p.passes("joni"))
	require.Zero(t, p.issued(), "the intent could not be recorded, so Graph was not asked")
	p.sabotage(record)
	p.presses("adele", "Create and show", nil)
	require.Len(t, p.passes("joni"), 1)
	p.presses("adele", "Hide", nil)

	p.sabotage(noRecord)
	p.presses("adele", "End now", nil)
	require.Empty(t, p.passes("joni"), "an ending goes ahead")
	p.sabotage(record)
	p.clock("61m")
	p.sees("adele", "Ended")
}

func TestI2AnOutcomeThatCannotBeRecordedIsNotGiven(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.approved()
	p.Sim.Graph.Use(func(ctx context.Context, req graph.Request, next func(context.Context, graph.Request) graph.Reply) graph.Reply {
		reply := next(ctx, req)
		if req.Method == http.MethodPost && strings.HasSuffix(req.URL.Path, "/temporaryAccessPassMethods") {
			p.sabotage(noRecord) // between Graph's answer and the record of it
		}
		return reply
	})
	a := p.presses("adele", "Create and show", nil)
	require.Equal(t, 1, p.issued())
	require.Contains(t, a.text(), "deleted unseen")
	require.Empty(t, p.passes("joni"))
}

// I2: refusals to known people are recorded too.
func TestI2RefusalsAreRecorded(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.asked()
	p.invoke("bianca", "approve", p.button("megan", "Approve"))
	p.says("lee", "history "+p.ref("adele"))
	p.sees("lee", "Bianca Pisani.*refused|refused.*Bianca Pisani|[Rr]efused")
}

// I3: who asks, who agrees and whom it is for are three people.
func TestI3ThreePeople(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.asked()
	click := p.button("megan", "Approve")
	for _, who := range []string{"adele", "joni", "bianca", "lee", "patti"} {
		a := p.invoke(who, "approve", click)
		require.NotContains(t, a.text(), "Approved", who)
	}
	p.says("adele", "requests")
	require.Contains(t, p.invoke("adele", "view", click).text(), "Waiting for a decision")

	// The asker is the manager: nobody is left who could agree.
	p.call(http.MethodPost, "/people/grady", map[string]any{"manager": "adele"})
	p.says("adele", "pass grady for a test")
	require.Contains(t, p.presses("adele", "Send request", nil).text(), "who asks cannot also agree")
	// The asker becomes the manager after having asked.
	p.call(http.MethodPost, "/people/joni", map[string]any{"manager": "adele"})
	require.NotContains(t, p.invoke("adele", "approve", click).text(), "Approved")
	require.NotContains(t, p.invoke("megan", "approve", click).text(), "Approved")
	// The person is their own manager.
	p.call(http.MethodPost, "/people/joni", map[string]any{"manager": "joni"})
	require.NotContains(t, p.invoke("joni", "approve", click).text(), "Approved")
	require.Empty(t, p.passes("joni"))
}

// I3: nobody is two of the three, however the tenant is arranged when they ask.
func TestI3NobodyIsTwoOfTheThree(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.call(http.MethodPost, "/people/adele", map[string]any{"manager": "megan"})
	p.says("adele", "pass adele for a test")
	require.Contains(t, p.presses("adele", "Send request", nil).text(), "Nobody can ask for a pass for themselves")
	p.call(http.MethodPost, "/people/grady", map[string]any{"manager": "grady"})
	p.says("adele", "pass grady for a test")
	require.Contains(t, p.presses("adele", "Send request", nil).text(), "as their own manager")
	require.NotContains(t, p.screen("megan")+p.screen("grady"), "<Approve>")
}

// I4: unknown person, verb, reference or revision: no.
func TestI4RefuseByDefault(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.asked()
	click := p.button("megan", "Approve")
	with := func(changes map[string]any) map[string]any {
		data := map[string]any{}
		for k, v := range click {
			data[k] = v
		}
		for k, v := range changes {
			data[k] = v
		}
		return data
	}
	require.Equal(t, 400, p.invoke("megan", "Approve", click).code(), "verbs are exact")
	require.Equal(t, 400, p.invoke("megan", "grant", click).code())
	require.Equal(t, 400, p.invoke("megan", "", click).code())
	require.Equal(t, 400, p.invoke("megan", "approve", nil).code())
	for _, changes := range []map[string]any{
		{"ref": "PD-99999"},
		{"ref": ""},
		{"ref": "../x"},
		{"ref": 7},
		{"ref": []string{"a"}},
		{"rev": 0},
		{"rev": -1},
		{"rev": 99},
		{"rev": "x"},
		{"rev": 1e30},
		{"rev": nil},
	} {
		a := p.invoke("megan", "approve", with(changes))
		require.NotContains(t, a.text(), "You approved", changes)
	}
	stranger := p.ask(http.MethodPost, "/activity", map[string]any{
		"from": map[string]any{"id": "29:nobody", "name": "Megan Bowen", "aadObjectId": "99999999-9999-4999-8999-999999999999"},
		"type": "invoke", "name": "adaptiveCard/action",
		"value": map[string]any{"trigger": "manual", "action": map[string]any{"type": "Action.Execute", "verb": "approve", "data": click}},
	})
	require.Equal(t, 403, stranger.code(), string(stranger.Body))
	require.Equal(t, 403, p.invoke("guest", "approve", click).code())
	p.call(http.MethodPost, "/people/megan", map[string]any{"enabled": false})
	require.NotContains(t, p.invoke("megan", "approve", click).text(), "Approved", "disabled a moment ago")
	p.call(http.MethodPost, "/people/megan", map[string]any{"enabled": true})
	require.Contains(t, p.invoke("megan", "approve", click).text(), "Approved", "the click itself was good")
}

// I4: whom a request does not concern can neither see it nor do anything about it.
func TestI4WhomItDoesNotConcern(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.revealed()
	p.presses("adele", "Hide", nil)
	click := p.button("adele", "End now")
	for _, who := range []string{"bianca", "lee", "joni", "patti"} {
		for _, verb := range []string{"view", "show", "create", "again", "hide", "end", "withdraw", "deny", "approve", "send", "choose"} {
			a := p.invoke(who, verb, click)
			require.NotContains(t, a.text(), "Joni", "%s: %s", who, verb)
		}
		p.says(who, "end "+p.ref("adele"))
	}
	require.Len(t, p.passes("joni"), 1, "nobody has ended it")
	p.presses("adele", "End now", nil)
	require.Empty(t, p.passes("joni"))
}

// I5: a card is a claim, not a fact.
func TestI5NothingThatACardSaysIsBelieved(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.asked()
	click := p.button("megan", "Approve")
	require.ElementsMatch(t, []string{"ref", "rev"}, keysOf(click), "a button carries nothing else")
	forged := map[string]any{
		"ref": click["ref"], "rev": click["rev"], "actor": p.id("megan"), "approver": p.id("bianca"),
		"state": "approved", "minutes": 480, "once": "multi", "person": p.id("patti"),
	}
	require.NotContains(t, p.invoke("bianca", "approve", forged).text(), "Approved")
	require.Contains(t, p.invoke("megan", "approve", forged).text(), "60 minutes, once")
	p.sees("adele", "<Show pass>")
	made := p.invoke("adele", "create", map[string]any{
		"ref": click["ref"], "rev": p.button("adele", "Show pass")["rev"], "person": p.id("patti"), "minutes": 480,
	})
	require.Contains(t, made.text(), "Joni Sherman")
	require.Empty(t, p.passes("patti"))
	require.Len(t, p.passes("joni"), 1)
	for _, who := range []string{"bianca", "megan", "joni", "patti"} {
		a := p.invoke(who, "create", map[string]any{"ref": click["ref"], "rev": click["rev"]})
		require.NotContains(t, squeeze(a.text()), p.passes("joni")[0].Code, who)
	}
}

// I5: a membership that is cached may draw a view, never make a decision.
func TestI5StandingIsLookedUpAtTheClick(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.approved()
	p.call(http.MethodPost, "/groups/helpdesk", map[string]any{"remove": []string{"adele"}})
	a := p.presses("adele", "Create and show", nil)
	require.Contains(t, a.text(), "help desk group")
	require.Empty(t, p.passes("joni"))
}

func keysOf(m map[string]any) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	return keys
}

// A click is answered within three seconds however slow Graph is, and the story
// still ends well.
func TestAnsweredInTime(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	release := make(chan struct{})
	var slow sync.Once
	p.approved()
	p.Sim.Graph.Use(func(ctx context.Context, req graph.Request, next func(context.Context, graph.Request) graph.Reply) graph.Reply {
		if strings.HasSuffix(req.URL.Path, "/temporaryAccessPassMethods") {
			slow.Do(func() { <-release })
		}
		return next(ctx, req)
	})
	begin := time.Now()
	a := p.presses("adele", "Create and show", nil)
	require.Less(t, time.Since(begin), in3s)
	require.Contains(t, a.text(), "slow")
	close(release)
	p.until(func() bool { return len(p.passes("joni")) == 1 }, func() string { return "no pass was made" })
	p.until(func() bool {
		a = p.presses("adele", "Create and show", nil)
		return strings.Contains(squeeze(a.text()), p.passes("joni")[0].Code)
	}, a.text)
	require.Equal(t, 1, p.issued())
	require.True(t, bytes.Contains(a.Card, []byte("Hide")))
}
