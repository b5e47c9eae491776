package page_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/manners"
	"github.com/passdesk/passdesk/internal/sim/page"
	"github.com/passdesk/passdesk/internal/sim/page/pagetest"
)

// patience is how long a client waits for a card here.
const patience = 2 * time.Second

var plain = fstest.MapFS{
	"index.html": {Data: []byte("<!doctype html><title>page</title>")},
	"page.js":    {Data: []byte("export {};")},
}

// ask sends a request and returns its answer's status, headers and body.
func (o *office) ask(t *testing.T, method, path, body string, headers ...string) (int, http.Header, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, o.url+path, strings.NewReader(body))
	require.NoError(t, err)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			request.Host = headers[i+1]
		}
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, response.Header, string(answer)
}

func TestOnlyThisMachineAndThisPage(t *testing.T) {
	t.Parallel()
	o := open(t, plain)
	say := `{"person":"nobody"}`
	cases := []struct {
		name, method, path, body string
		headers                  []string
		want                     int
	}{
		{"page", "GET", "/", "", nil, 200},
		{"asset", "GET", "/assets/page.js", "", nil, 200},
		{"localhost", "GET", "/people", "", []string{"Host", "localhost:8080"}, 200},
		{"IPv6", "GET", "/people", "", []string{"Host", "[::1]:8080"}, 200},
		{"another loopback address", "GET", "/people", "", []string{"Host", "127.8.8.8"}, 200},
		{"rebound name", "GET", "/people", "", []string{"Host", "evil.example"}, 403},
		{"rebound name that looks local", "GET", "/people", "", []string{"Host", "127.0.0.1.evil.example:80"}, 403},
		{"rebound page", "GET", "/", "", []string{"Host", "evil.example"}, 403},
		{"private address", "GET", "/people", "", []string{"Host", "192.168.1.4"}, 403},
		{"read by another origin", "GET", "/people", "", []string{"Origin", "https://evil.example"}, 403},
		{"read by an opaque origin", "GET", "/people", "", []string{"Origin", "null"}, 403},
		{"read by another site", "GET", "/people", "", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"}, 403},
		{"read by another port", "GET", "/people", "", []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "cors"}, 403},
		{"link from elsewhere", "GET", "/", "", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 200},
		{"link to somebody's chats", "GET", "/chats?person=adele", "", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 403},
		{"form of another site", "POST", "/say", say, []string{"Origin", "https://evil.example"}, 403},
		{"navigation by another site's form", "POST", "/say", say, []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 403},
		{"not JSON", "POST", "/say", say, []string{"Content-Type", "text/plain"}, 415},
		{"own", "POST", "/say", say, []string{"Origin", o.url, "Sec-Fetch-Site", "same-origin"}, 404},
		{"too much", "POST", "/say", `{"text":"` + strings.Repeat("x", 300<<10) + `"}`, nil, 413},
		{"no shape", "POST", "/say", `[]`, nil, 400},
		{"nothing to say", "POST", "/say", `{"person":"adele","text":" "}`, nil, 400},
		{"nothing to press", "POST", "/press", `{"person":"adele"}`, nil, 400},
		{"no file to answer", "POST", "/consent", `{"person":"adele","accept":true}`, nil, 200},
		{"nobody's chats", "GET", "/chats?person=nobody", "", nil, 404},
		{"changing by reading", "GET", "/say", "", nil, 405},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			status, header, _ := o.ask(t, c.method, c.path, c.body, c.headers...)
			require.Equal(t, c.want, status)
			require.Contains(t, header.Get("Content-Security-Policy"), "default-src 'self'")
			require.NotContains(t, header.Get("Content-Security-Policy"), "unsafe")
			require.Empty(t, header.Get("Access-Control-Allow-Origin"))
		})
	}
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	pagetest.Node(t, "--test", "testdata/markdown.test.mjs")
}

func TestPeople(t *testing.T) {
	t.Parallel()
	o := open(t, plain)
	_, _, body := o.ask(t, "GET", "/people", "")
	var people []struct {
		Alias, Name string
		Installed   bool
	}
	require.NoError(t, json.Unmarshal([]byte(body), &people))
	require.Equal(t, "adele", people[0].Alias)
	installed := map[string]bool{}
	for _, p := range people {
		installed[p.Alias] = p.Installed
	}
	require.True(t, installed["megan"])
	require.False(t, installed["joni"])
	require.NotContains(t, installed, "")
}

func TestSearch(t *testing.T) {
	t.Parallel()
	o := open(t, plain)
	joni, _ := o.tenant.Person("joni")
	for words, want := range map[string][]string{
		"joni": {"Joni Sherman"}, "SHER": {"Joni Sherman"}, "joni sher": {"Joni Sherman"}, "sherman joni": {"Joni Sherman"},
		"oni": nil, joni.UPN: {"Joni Sherman"}, joni.ID: {"Joni Sherman"}, "o'brien": nil,
	} {
		_, _, body := o.ask(t, "GET", "/people/search?q="+strings.ReplaceAll(words, " ", "+"), "")
		var found []struct{ Title, Value string }
		require.NoError(t, json.Unmarshal([]byte(body), &found))
		var names []string
		for _, f := range found {
			names = append(names, f.Title)
		}
		require.Empty(t, cmp.Diff(want, names), words)
	}
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	o := open(t, plain)
	_, _, said := o.ask(t, "POST", "/say", `{"person":"adele","text":"teams"}`)
	require.JSONEq(t, `{"outcome":"done"}`, said)
	id := o.Chats("adele")[0].Messages[1].ID
	press := func(action string) string {
		body, err := json.Marshal(map[string]any{"person": "adele", "message": id, "action": json.RawMessage(action), "inputs": map[string]any{"a": "1"}})
		require.NoError(t, err)
		_, _, answer := o.ask(t, "POST", "/press", string(body))
		return answer
	}
	require.JSONEq(t, `{"outcome":"failed","text":"That <b>cannot</b> be done."}`, press(`{"type":"Action.Execute","verb":"error"}`))
	require.JSONEq(t, `{"outcome":"message","text":"Noted."}`, press(`{"type":"Action.Execute","verb":"word"}`))
	require.JSONEq(t, `{"outcome":"failed","text":"Something went wrong. Please try again"}`, press(`{"type":"Action.Execute","verb":"late"}`))
	require.JSONEq(t, `{"outcome":"done"}`, press(`{"type":"Action.Execute","verb":"show"}`))
	require.Equal(t, "1", o.bot.said[0]["a"])
	_, _, said = o.ask(t, "POST", "/say", `{"person":"adele","text":"break"}`)
	require.JSONEq(t, `{"outcome":"failed","text":"Passdesk did not take the message (HTTP 500)."}`, said)
	o.SetBot("http://127.0.0.1:1/")
	_, _, said = o.ask(t, "POST", "/say", `{"person":"adele","text":"hello"}`)
	require.JSONEq(t, `{"outcome":"failed","text":"Unable to reach app. Please try again."}`, said)
	require.JSONEq(t, `{"outcome":"failed","text":"Unable to reach app. Please try again."}`, press(`{"type":"Action.Execute","verb":"word"}`))
}

func TestEventsTellOfChanges(t *testing.T) {
	t.Parallel()
	switches := manners.New(manners.Real())
	o := furnish(t, page.Options{Assets: plain, Manners: switches})
	next := o.stream(t)
	first := next("run")
	require.Len(t, first, len(`"00000000-0000-4000-8000-000000000000"`))
	next("changed")
	next("tenant")
	_, err := o.Say(t.Context(), "adele", "", "hello")
	require.NoError(t, err)
	next("changed")
	_, err = o.tenant.IssuePass("joni", entra.PassWish{})
	require.NoError(t, err)
	next("tenant")
	o.ask(t, "POST", "/manners", `{"delay":false}`)
	next("tenant")
	require.Equal(t, first, o.stream(t)("run"), "the same page says the same")
	require.NotEqual(t, first, open(t, plain).stream(t)("run"), "another one does not")
}

// stream listens to the page; the function returned waits for an event of that
// name, and gives its data.
func (o *office) stream(t *testing.T) (next func(name string) string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, o.url+"/events", nil)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	t.Cleanup(func() { _ = response.Body.Close() })
	require.Equal(t, "text/event-stream", response.Header.Get("Content-Type"))
	lines := bufio.NewScanner(response.Body)
	return func(name string) string {
		t.Helper()
		for lines.Scan() {
			if lines.Text() == "event: "+name && lines.Scan() {
				return strings.TrimPrefix(lines.Text(), "data: ")
			}
		}
		t.Fatal("the stream ended")
		return ""
	}
}
