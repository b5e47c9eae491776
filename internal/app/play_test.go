package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/app"
	"github.com/passdesk/passdesk/internal/graph"
	"github.com/passdesk/passdesk/internal/playground"
)

// play is a whole Passdesk against the simulated tenant, spoken to through the
// tenant's control port alone.
type play struct {
	*playground.Playground
	t    testing.TB
	dir  string
	logs *logs
	mark int // Graph calls before the last mark
}

// logs keeps all that was logged, at every level.
type logs struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// newPlay is one in a tenant without inconvenience.
func newPlay(tb testing.TB, configure func(*app.Config)) *play {
	tb.Helper()
	return newPlayOf(tb, playground.Options{Calm: true, Configure: configure})
}

func newPlayOf(tb testing.TB, o playground.Options) *play {
	tb.Helper()
	p := &play{t: tb, dir: tb.TempDir(), logs: &logs{}}
	o.Dir, o.Log = p.dir, slog.New(slog.NewJSONHandler(p.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	p.Playground, err = playground.Start(tb.Context(), o)
	require.NoError(tb, err)
	tb.Cleanup(func() {
		for _, c := range p.Sim.Graph.Requests() {
			_, listed := graph.CallOf(c.Method, c.Path)
			require.True(tb, listed, "%s %s is not on the list of calls in internal/graph/calls.go, so docs/permissions.md does not tell what it needs", c.Method, c.Path)
		}
		require.NoError(tb, p.Close())
	})
	return p
}

// answer is what came back from a message or a button.
type answer struct {
	Status int             `json:"status"`
	Body   json.RawMessage `json:"body"`
	Card   json.RawMessage `json:"card"`
}

// text is everything readable in the answer.
func (a answer) text() string {
	if a.Card != nil {
		return words(a.Card)
	}
	return words(a.Body)
}

// code is the status inside the answer to a button.
func (a answer) code() int {
	var body struct {
		StatusCode int `json:"statusCode"`
	}
	_ = json.Unmarshal(a.Body, &body)
	return body.StatusCode
}

// call calls the control port.
func (p *play) call(method, path string, body any) []byte {
	p.t.Helper()
	status, got := p.try(method, path, body)
	require.Equal(p.t, http.StatusOK, status, "%s %s: %s", method, path, got)
	return got
}

// try calls the control port, which may refuse.
func (p *play) try(method, path string, body any) (int, []byte) {
	p.t.Helper()
	data, err := json.Marshal(body)
	require.NoError(p.t, err)
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.Sim.Addresses.Control+path, bytes.NewReader(data))
	require.NoError(p.t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(p.t, err)
	defer resp.Body.Close() //nolint:errcheck // read to its end
	got, err := io.ReadAll(resp.Body)
	require.NoError(p.t, err)
	return resp.StatusCode, got
}

func (p *play) ask(method, path string, body any) answer {
	p.t.Helper()
	var a answer
	require.NoError(p.t, json.Unmarshal(p.call(method, path, body), &a))
	return a
}

func (p *play) says(who, text string) answer {
	p.t.Helper()
	return p.ask(http.MethodPost, "/activity", map[string]any{"from": who, "text": text})
}

// before are the buttons that bring another one back: a redraw on its way may have
// taken it away.
var before = map[string]string{"Create and show": "Show pass", "Show code": "Hide"}

// presses has somebody press a button as soon as it is there.
func (p *play) presses(who, title string, inputs map[string]any) answer {
	p.t.Helper()
	var a answer
	p.until(func() (there bool) {
		if a, there = p.pressesIfThere(who, title, inputs); !there && before[title] != "" {
			p.pressesIfThere(who, before[title], nil)
		}
		return there
	}, func() string { return who + " sees no <" + title + "> but\n" + p.screen(who) + "\n" + p.tail() })
	return a
}

// pressesIfThere presses a button, and tells whether it was there: a redraw on
// its way may take a card away between the look and the press.
func (p *play) pressesIfThere(who, title string, inputs map[string]any) (answer, bool) {
	p.t.Helper()
	status, got := p.try(http.MethodPost, "/press", map[string]any{"person": who, "title": title, "inputs": inputs})
	if status == http.StatusBadRequest && bytes.Contains(got, []byte("sees no button")) {
		return answer{}, false
	}
	require.Equal(p.t, http.StatusOK, status, "%s: %s", title, got)
	var a answer
	require.NoError(p.t, json.Unmarshal(got, &a))
	return a, true
}

// message is what a chat holds.
type message struct {
	ID      string                     `json:"id"`
	From    string                     `json:"from"`
	Text    string                     `json:"text"`
	Summary string                     `json:"summary"`
	Card    json.RawMessage            `json:"card"`
	Views   map[string]json.RawMessage `json:"views"`
}

type chat struct {
	ID      string `json:"id"`
	Type    string `json:"type"`
	Members []struct {
		Alias string `json:"alias"`
	} `json:"members"`
	Messages []message `json:"messages"`
	Files    []struct {
		Name    string `json:"name"`
		Content []byte `json:"content"`
	} `json:"files"`
}

func (p *play) chats() []chat {
	p.t.Helper()
	var all []chat
	require.NoError(p.t, json.Unmarshal(p.call(http.MethodGet, "/conversations", nil), &all))
	return all
}

// chat is somebody's 1:1 chat with the bot.
func (p *play) chat(who string) chat {
	p.t.Helper()
	for _, c := range p.chats() {
		if c.Type == "personal" && c.Members[0].Alias == who {
			return c
		}
	}
	return chat{}
}

// screen is what somebody reads in their chat, a message a line.
func (p *play) screen(who string) string {
	p.t.Helper()
	var lines []string
	for _, m := range p.chat(who).Messages {
		line := m.From + ": " + m.Text
		if view := m.Views[who]; view != nil {
			line += words(view)
		} else if m.Card != nil {
			line += words(m.Card)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// sees waits until somebody's chat shows the pattern.
func (p *play) sees(who, pattern string) {
	p.t.Helper()
	re := regexp.MustCompile(pattern)
	p.until(func() bool { return re.MatchString(p.screen(who)) }, func() string {
		return fmt.Sprintf("%s does not see %q but\n%s", who, pattern, p.screen(who))
	})
}

// until waits for something that happens in the background.
func (p *play) until(come func() bool, why func() string) {
	p.t.Helper()
	ticks := time.NewTicker(50 * time.Millisecond)
	defer ticks.Stop()
	for end := time.Now().Add(45 * time.Second); !come(); <-ticks.C {
		if time.Now().After(end) {
			require.Fail(p.t, why())
		}
	}
}

// files are the files in somebody's OneDrive, one after the other.
func (p *play) files(who string) string {
	p.t.Helper()
	var all strings.Builder
	for _, f := range p.chat(who).Files {
		all.WriteString(f.Name + "\n" + string(f.Content))
	}
	return all.String()
}

func (p *play) clock(by string) {
	p.t.Helper()
	p.call(http.MethodPost, "/clock", map[string]string{"advance": by})
}

// pass is a pass as the tenant holds it.
type pass struct {
	ID     string `json:"id"`
	Code   string `json:"code"`
	Usable bool   `json:"isUsable"`
}

func (p *play) id(who string) string {
	p.t.Helper()
	person, ok := p.Sim.Tenant.Person(who)
	require.True(p.t, ok, who)
	return person.ID
}

// passes are the passes that somebody has in the tenant.
func (p *play) passes(who string) []pass {
	p.t.Helper()
	var state struct {
		Users map[string]struct {
			Passes []pass `json:"passes"`
		} `json:"users"`
	}
	require.NoError(p.t, json.Unmarshal(p.call(http.MethodGet, "/state", nil), &state))
	return state.Users[p.id(who)].Passes
}

// graphCall is a call that Graph received.
type graphCall struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Status int    `json:"status"`
	Batch  string `json:"batch"`
}

func (p *play) graphCalls() []graphCall {
	p.t.Helper()
	var all []graphCall
	require.NoError(p.t, json.Unmarshal(p.call(http.MethodGet, "/requests", nil), &all))
	return all
}

// marks begins to count round trips, when the comparison of the start is over: at
// its end it asks who is to be told of an end that is overdue.
func (p *play) marks() {
	p.t.Helper()
	guards, ok := p.Sim.Tenant.Group("auditors")
	require.True(p.t, ok)
	last := "/groups/" + guards.ID + "/transitiveMembers"
	p.until(func() bool {
		return slices.ContainsFunc(p.graphCalls(), func(c graphCall) bool { return strings.Contains(c.Path, last) })
	}, func() string { return "nothing was compared at the start" })
	p.mark = len(p.graphCalls())
}

// trips are the round trips to Graph since the mark.
func (p *play) trips() []graphCall {
	p.t.Helper()
	var alone []graphCall
	for _, c := range p.graphCalls()[p.mark:] {
		if c.Batch == "" {
			alone = append(alone, c)
		}
	}
	return alone
}

// issued counts the passes that were asked of Graph, and made.
func (p *play) issued() int {
	p.t.Helper()
	n := 0
	for _, c := range p.graphCalls() {
		if c.Method == http.MethodPost && strings.HasSuffix(c.Path, "/temporaryAccessPassMethods") {
			n++
		}
	}
	return n
}

// invoke presses a button that need not exist: the bare activity, as somebody
// could forge it who may write in Teams.
func (p *play) invoke(who, verb string, data map[string]any) answer {
	p.t.Helper()
	return p.ask(http.MethodPost, "/activity", map[string]any{
		"from": who, "type": "invoke", "name": "adaptiveCard/action",
		"value": map[string]any{"trigger": "manual", "action": map[string]any{"type": "Action.Execute", "verb": verb, "data": data}},
	})
}

var refPattern = regexp.MustCompile(`PD-[0-9A-Z]{4,}`)

// ref is the newest reference on somebody's screen.
func (p *play) ref(who string) string {
	p.t.Helper()
	all := refPattern.FindAllString(p.screen(who), -1)
	require.NotEmpty(p.t, all)
	return all[len(all)-1]
}

// button is the data of a button on somebody's screen, as the card holds it.
func (p *play) button(who, title string) map[string]any {
	p.t.Helper()
	p.sees(who, "<"+regexp.QuoteMeta(title)+">")
	messages := p.chat(who).Messages
	for i := len(messages) - 1; i >= 0; i-- {
		view := messages[i].Views[who]
		if view == nil {
			view = messages[i].Card
		}
		var found map[string]any
		walk(view, func(e map[string]any) {
			if e["title"] == title && e["type"] == "Action.Execute" {
				found, _ = e["data"].(map[string]any)
			}
		})
		if found != nil {
			return found
		}
	}
	require.Fail(p.t, "no button "+title)
	return nil
}

// asked brings a request for joni to the manager.
func (p *play) asked() {
	p.t.Helper()
	p.says("adele", "pass joni 60m once for new laptop")
	p.presses("adele", "Send request", nil)
	p.sees("megan", "<Approve>")
}

func (p *play) approved() {
	p.t.Helper()
	p.asked()
	p.presses("megan", "Approve", nil)
	p.sees("adele", "<Show pass>")
	p.presses("adele", "Show pass", nil)
}

// revealed brings it to the reveal and returns the code and the answer.
func (p *play) revealed() (string, answer) {
	p.t.Helper()
	p.approved()
	a := p.presses("adele", "Create and show", nil)
	held := p.passes("joni")
	require.Len(p.t, held, 1, a.text())
	require.Contains(p.t, squeeze(a.text()), squeeze(held[0].Code))
	return held[0].Code, a
}

// squeeze takes out the spaces that make a code easy to read.
func squeeze(s string) string { return strings.ReplaceAll(s, " ", "") }

// words is the readable text of a card or an answer: texts as they are, buttons
// as <title>, inputs as [id=value].
func words(raw json.RawMessage) string {
	var out []string
	walk(raw, func(e map[string]any) {
		kind, _ := e["type"].(string)
		text, _ := e["text"].(string)
		switch {
		case kind == "TextBlock" || kind == "TextRun":
			out = append(out, text)
		case strings.HasPrefix(kind, "Input."):
			out = append(out, fmt.Sprintf("[%v=%v]", e["id"], e["value"]))
		case strings.HasPrefix(kind, "Action."):
			out = append(out, fmt.Sprintf("<%v>", e["title"]))
		}
		if say, ok := e["message"].(string); ok {
			out = append(out, say)
		}
	})
	return strings.Join(out, " ")
}

// walk visits every object below a JSON text, in its order.
func walk(raw json.RawMessage, visit func(map[string]any)) {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil {
		for _, one := range list {
			walk(one, visit)
		}
		return
	}
	var object map[string]any
	if json.Unmarshal(raw, &object) != nil {
		return
	}
	visit(object)
	d := json.NewDecoder(bytes.NewReader(raw))
	_, _ = d.Token() // the opening brace
	for d.More() {
		key, _ := d.Token()
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return
		}
		if key != "fallback" {
			walk(value, visit)
		}
	}
}
