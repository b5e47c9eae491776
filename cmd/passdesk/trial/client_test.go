package trial_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// client speaks to a tenant through its control port alone.
type client struct {
	t       *testing.T
	control string
}

// call calls the control port; the status is its own, not the bot's.
func (c *client) call(method, path string, body any) (int, []byte) {
	c.t.Helper()
	data, err := json.Marshal(body)
	require.NoError(c.t, err)
	req, err := http.NewRequest(method, c.control+path, bytes.NewReader(data))
	require.NoError(c.t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(c.t, err)
	defer resp.Body.Close() //nolint:errcheck // read to its end
	got, err := io.ReadAll(resp.Body)
	require.NoError(c.t, err)
	return resp.StatusCode, got
}

func (c *client) read(path string, into any) {
	c.t.Helper()
	status, got := c.call(http.MethodGet, path, nil)
	require.Equal(c.t, http.StatusOK, status, "%s", got)
	require.NoError(c.t, json.Unmarshal(got, into))
}

// says writes to the bot; whether that arrived nobody tells.
func (c *client) says(who, text string) {
	c.t.Helper()
	c.call(http.MethodPost, "/activity", map[string]any{"from": who, "text": text})
}

// presses lets somebody press the newest button of that title that they see, and
// returns what is readable in the answer.
func (c *client) presses(who, title string) string {
	c.t.Helper()
	_, got := c.call(http.MethodPost, "/press", map[string]any{"person": who, "title": title})
	var answer struct {
		Card json.RawMessage `json:"card"`
		Body json.RawMessage `json:"body"`
	}
	if json.Unmarshal(got, &answer) == nil && answer.Card != nil {
		return words(answer.Card)
	}
	return string(answer.Body)
}

// message is what a chat holds.
type message struct {
	ID   string                     `json:"id"`
	From string                     `json:"from"`
	Text string                     `json:"text"`
	Card json.RawMessage            `json:"card"`
	View map[string]json.RawMessage `json:"views"`
}

// seen is the card of a message as somebody sees it.
func (m message) seen(who string) json.RawMessage {
	if view := m.View[who]; view != nil {
		return view
	}
	return m.Card
}

type chat struct {
	ID      string `json:"id"`
	Type    string `json:"type"`
	Members []struct {
		Alias string `json:"alias"`
	} `json:"members"`
	Messages []message `json:"messages"`
}

// chat is somebody's 1:1 chat with the bot.
func (c *client) chat(who string) chat {
	c.t.Helper()
	var all []chat
	c.read("/conversations", &all)
	for _, one := range all {
		if one.Type == "personal" && one.Members[0].Alias == who {
			return one
		}
	}
	return chat{}
}

// sees tells whether somebody's chat shows a pattern.
func (c *client) sees(who, pattern string) bool {
	c.t.Helper()
	return regexp.MustCompile(pattern).MatchString(c.screen(who))
}

// screen is what somebody reads in their chat, a message a line.
func (c *client) screen(who string) string {
	c.t.Helper()
	var lines []string
	for _, m := range c.chat(who).Messages {
		lines = append(lines, m.From+": "+m.Text+words(m.seen(who)))
	}
	return strings.Join(lines, "\n")
}

// pass is a pass as the tenant holds it.
type pass struct {
	ID     string `json:"id"`
	Code   string `json:"code"`
	Usable bool   `json:"isUsable"`
}

// passes are the usable passes in the tenant, by the id of their person.
func (c *client) passes() map[string]pass {
	c.t.Helper()
	var state struct {
		Users map[string]struct {
			Passes []pass `json:"passes"`
		} `json:"users"`
	}
	c.read("/state", &state)
	live := map[string]pass{}
	for id, u := range state.Users {
		for _, p := range u.Passes {
			if p.Usable {
				live[id] = p
			}
		}
	}
	return live
}

// graphCall is a call that Graph received.
type graphCall struct {
	At     time.Time `json:"at"`
	Method string    `json:"method"`
	Path   string    `json:"path"`
	Status int       `json:"status"`
}

// made counts the passes that Graph has made.
func (c *client) made() int {
	c.t.Helper()
	var all []graphCall
	c.read("/requests", &all)
	n := 0
	for _, g := range all {
		if g.Method == http.MethodPost && strings.HasSuffix(g.Path, "/temporaryAccessPassMethods") && g.Status == http.StatusCreated {
			n++
		}
	}
	return n
}
