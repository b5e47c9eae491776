package app_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/app"
)

// typed is what people write in the story, each with a word that is nowhere else.
var typed = []string{"Quetzal", "Wombat", "Narwhal", "Okapi", "Axolotl", "Xylophonist"}

// The log names people by their object ids alone, at every level, whatever goes
// wrong: no name, no sign-in name, no number, nothing that was typed, and no code.
func TestLogIsDiscreet(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	code, _ := p.revealed()
	p.gossips()
	text := p.logs.String()
	require.NotContains(t, text, code)
	require.NotContains(t, squeeze(text), squeeze(code))
	for _, word := range typed {
		require.NotContains(t, strings.ToLower(text), strings.ToLower(word))
	}
	numbers := regexp.MustCompile(`"(?:phoneNumber|mobilePhone)":\s*"([^"]+)"`).FindAllSubmatch(p.call(http.MethodGet, "/state", nil), -1)
	for _, n := range numbers {
		require.NotContains(t, text, string(n[1]))
	}
	for _, who := range []string{"adele", "bianca", "megan", "lee", "joni", "grady", "alex", "patti", "eli", "breakglass", "guest"} {
		person, ok := p.Sim.Tenant.Person(who)
		require.True(t, ok)
		require.NotContains(t, text, person.Name)
		require.NotContains(t, strings.ToLower(text), strings.ToLower(person.UPN))
		for name := range strings.FieldsSeq(person.Name) {
			require.NotRegexp(t, `(?i)\b`+regexp.QuoteMeta(name)+`\b`, text)
		}
	}
	require.NotRegexp(t, `[\w.]+@[\w-]+\.\w`, text, "a sign-in name")
	require.Contains(t, text, p.id("adele"))
}

// gossips says and breaks all that could get into the log.
func (p *play) gossips() {
	p.t.Helper()
	grady, ok := p.Sim.Tenant.Person("grady")
	require.True(p.t, ok)
	for _, words := range []string{
		"help", "requests", "report", "status Grady Archie", "status " + grady.UPN, "why grady", "guide grady", "history joni",
		"status Xylophonist", "status nobody.xylophonist@nordlys.example", "pass Xylophonist for Quetzal", "Xylophonist", "pass grady 60m for Quetzal", "pass patti for Quetzal",
		"pass " + grady.UPN + " for Quetzal", "history " + grady.UPN, "why " + grady.UPN,
	} {
		p.says("adele", words)
	}
	p.says("guest", "help")
	p.says("bianca", "end "+p.ref("megan"))
	p.says("megan", "status grady")
	p.presses("adele", "Send request", map[string]any{"reason": "Wombat", "ticket": "Narwhal", "person": p.id("grady")})
	p.says("adele", "exclude alex from platforms for 1h because Okapi")
	p.presses("adele", "Send request", nil)
	p.presses("lee", "Deny", nil)
	p.presses("lee", "Deny", map[string]any{"why": "Axolotl"})
	for _, fault := range []map[string]any{
		{"path": ".*", "status": 500, "count": 4},
		{"path": ".*", "status": 403, "count": 4},
		{"path": ".*", "status": 404, "count": 2},
		{"path": "/users", "reset": true, "count": 8},
		{"path": "/v3/conversations", "status": 403, "count": 3},
		{"path": "/v3/conversations", "reset": true, "count": 3},
		{"path": "/v3/conversations", "status": 502, "count": 3},
	} {
		p.call(http.MethodPost, "/faults", fault)
		for _, words := range []string{"status " + grady.UPN, "pass " + grady.UPN, "pass Grady", "status " + p.id("grady"), "why grady"} {
			p.try(http.MethodPost, "/activity", map[string]any{"from": "adele", "text": words})
		}
		p.try(http.MethodDelete, "/faults", nil)
	}
	p.says("adele", "pass joni 60m for Quetzal")
	p.presses("adele", "Send request", map[string]any{"replace": "true"})
	p.presses("adele", "Send request", nil)
	click := p.button("megan", "Approve")
	p.call(http.MethodPost, "/people/joni", map[string]any{"manager": "lee"})
	p.invoke("megan", "approve", click) // "you are not her manager any more; Adele Vance can ask again"
	p.clock("3h")
}

// Every line is JSON, and says by the same keys what it is about.
func TestLogSaysWhatItIsAbout(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.asked()
	p.call(http.MethodPost, "/faults", map[string]any{"path": "/users/", "status": 500, "count": 1})
	p.presses("megan", "Approve", nil)
	p.says("adele", "exclude alex from platforms for 1h because new phone")
	p.presses("adele", "Send request", nil)
	p.call(http.MethodDelete, "/faults", nil)
	p.presses("lee", "Approve", nil)
	p.sees("adele", "<Extend>")

	seen := map[string]bool{}
	for text := range strings.Lines(p.logs.String()) {
		var line map[string]any
		require.NoError(t, json.Unmarshal([]byte(text), &line), text)
		kind, _ := line["msg"].(string)
		if line["error"] != nil {
			kind = "error"
		}
		for key := range line {
			seen[kind+" has "+key] = true
		}
		if line["actor"] == p.id("adele") && line["job"] == nil {
			seen[kind+" of adele"] = true
		}
		if request, _ := line["request"].(string); line["job"] == "due" && refPattern.MatchString(request) {
			seen[kind+" of a job"] = true
		}
	}
	for _, want := range []string{"graph call has graph_request", "graph call of adele", "graph call of a job", "graph call has request", "error has graph_request", "error has actor"} {
		require.True(t, seen[want], want)
	}
}

// What others put into their errors does not get through.
func TestDiscreetAboutForeignErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`Resource 'joni.sherman@nordlys.example' does not exist`: `Resource '(sign-in name)' does not exist`,
		`get /users/gudrun_x.example%23EXT%23@nordlys.example`:   `get /users/(sign-in name)`,
		`users/joni%40nordlys.example?x`:                         `users/(sign-in name)?x`,
		`database postgres at 127.0.0.1:5432 is away`:            `database postgres at 127.0.0.1:5432 is away`,
	} {
		require.Equal(t, want, app.Impersonal(text))
	}
	require.Equal(t, "http: TLS handshake error from (address): EOF", app.Addressless("http: TLS handshake error from 203.0.113.9:51234: EOF"))
	require.Equal(t, "http: panic serving (address): x", app.Addressless("http: panic serving [2001:db8::1]:443: x"))
}
