package app_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/app"
)

var spacedCode = regexp.MustCompile(`\b\d \d \d \d\b`)

// callersCode is the code on the answer that shows it.
func callersCode(tb testing.TB, a answer) string {
	tb.Helper()
	found := spacedCode.FindString(a.text())
	require.NotEmpty(tb, found, a.text())
	return squeeze(found)
}

// wrong is a code that is not the one.
func wrong(code string) string { return string('0'+(code[0]-'0'+1)%10) + code[1:] }

// coded lets managers agree with the caller's code.
func coded(c *app.Config) {
	c.Rules = []app.RuleConfig{{Name: "lost phone", When: `kind == "pass"`, Approve: []app.ApprovalConfig{{From: []string{"manager"}, Caller: "code"}}}}
}

// standsIn tells whether a text holds the code as a word of its own, in one of the
// ways in which it could be written.
func standsIn(text, code string) bool {
	spaced := strings.Join(strings.Split(code, ""), " ")
	for _, form := range []string{code, spaced} {
		if regexp.MustCompile(`(^|[^0-9A-Za-z.:-])` + form + `([^0-9A-Za-z.:-]|$)`).MatchString(text) {
			return true
		}
	}
	return false
}

// I1: the caller's code is in the asker's answers and nowhere else. Four digits
// stand in many a text by chance; what is leaked is so of every request.
func TestI1TheCallersCodeIsKeptNowhere(t *testing.T) {
	t.Parallel()
	p := newPlay(t, coded)
	var codes []string
	for range 4 {
		p.says("adele", "pass grady for a lost phone")
		code := callersCode(t, p.presses("adele", "Send request", nil))
		require.Equal(t, code, callersCode(t, p.invoke("adele", "showcode", p.button("megan", "Approve"))))
		codes = append(codes, code)
		p.presses("megan", "Approve", map[string]any{"code": wrong(code)})
		p.presses("megan", "Approve", map[string]any{"code": code})
		p.sees("adele", "Megan Bowen approved the pass for Grady Archie .*"+p.ref("megan"))
	}
	p.clock("3m")
	kept := map[string]string{"log": p.logs.String()}
	for who, text := range map[string]string{"history": p.says("adele", "history grady").text(), "requests": p.says("adele", "requests").text(), "stored cards": p.storedCards()} {
		kept[who] = text
	}
	require.NoError(t, p.Stop())
	files, err := filepath.Glob(filepath.Join(p.dir, "passdesk.db*"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		kept[filepath.Base(name)] = string(data)
	}
	for where, text := range kept {
		leaked := !slices.ContainsFunc(codes, func(code string) bool { return !standsIn(text, code) })
		require.False(t, leaked, "%s holds all of %v", where, codes)
	}
	for _, code := range codes {
		require.True(t, standsIn(`{"code":"`+code+`"}`, code))
		require.True(t, standsIn(strings.Join(strings.Split(code, ""), " "), code))
	}
}

// storedCards are all cards as Teams keeps them, without what only their reader
// was shown.
func (p *play) storedCards() string {
	p.t.Helper()
	var all strings.Builder
	for _, c := range p.chats() {
		for _, m := range c.Messages {
			all.Write(m.Card)
			all.WriteString(m.Text + "\n")
		}
	}
	return all.String()
}

// Nobody but the asker gets the code: not by pressing her buttons, not on an older
// card, not in a channel.
func TestTheCallersCodeIsForTheAskerAlone(t *testing.T) {
	t.Parallel()
	p := newPlay(t, coded)
	p.says("adele", "pass grady for a lost phone")
	code := callersCode(t, p.presses("adele", "Send request", nil))
	claim := p.button("megan", "Approve")
	for _, who := range []string{"megan", "grady", "bianca", "lee", "guest"} {
		for _, verb := range []string{"showcode", "send", "view", "create", "confirm", "no"} {
			a := p.invoke(who, verb, claim)
			require.NotRegexp(t, spacedCode, a.text(), "%s %s", who, verb)
			require.False(t, standsIn(a.text(), code), "%s %s", who, verb)
		}
	}
	require.NotRegexp(t, spacedCode, p.invoke("adele", "view", claim).text(), "only what is pressed for it shows it")
	older := map[string]any{"ref": claim["ref"], "rev": 1}
	require.NotRegexp(t, spacedCode, p.invoke("adele", "showcode", older).text())
	require.Empty(t, p.passes("grady"))
	p.presses("megan", "Approve", map[string]any{"code": code})
	p.sees("adele", "<Show pass>")
}

// A code is compared at whatever replica it is typed: with the same key, none needs
// to have made it. Guessed at two addresses at once, there are three tries in all.
func TestI6GuessingACodeManyTimesAtOnce(t *testing.T) {
	t.Parallel()
	p := newPlay(t, func(c *app.Config) {
		coded(c)
		c.CodeKey = access.NewSecret("a key that stands in a test alone")
	})
	p.says("adele", "pass grady for a lost phone")
	code := callersCode(t, p.presses("adele", "Send request", nil))
	require.NoError(t, p.Restart(t.Context()))
	claim := p.button("megan", "Approve")
	answers := make(chan answer)
	for range 8 { // the same click: Teams repeats a slow call, and so may a forger
		go func() { answers <- p.approves("megan", claim, wrong(code)) }()
	}
	for range 8 {
		require.Contains(t, (<-answers).text(), "2 tries are left")
	}
	require.Contains(t, p.approves("megan", claim, code).text(), "2 tries are left", "nor is the right one heard on the old card")
	require.Equal(t, code, callersCode(t, p.presses("adele", "Show code", nil)), "the key outlives the process")
	a := p.presses("megan", "Approve", map[string]any{"code": code})
	require.Contains(t, a.text(), "Approved")
}

// approves presses Approve of a card with a code, as somebody may forge it.
func (p *play) approves(who string, claim map[string]any, code string) answer {
	data := map[string]any{"code": code, "ref": claim["ref"], "rev": claim["rev"]}
	status, got := p.try(http.MethodPost, "/activity", map[string]any{
		"from": who, "type": "invoke", "name": "adaptiveCard/action",
		"value": map[string]any{"trigger": "manual", "action": map[string]any{"type": "Action.Execute", "verb": "approve", "data": data}},
	})
	var a answer
	if status != http.StatusOK || json.Unmarshal(got, &a) != nil {
		p.t.Errorf("%d %s", status, got)
	}
	return a
}
