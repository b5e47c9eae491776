package channel_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/channel"
	"github.com/passdesk/passdesk/internal/sim/entra"
)

// serviceURL is what the channel says its address is; nothing listens there.
const serviceURL = "https://127.0.0.1:4443/teams/"

// received is one call that the bot got.
type received struct {
	authorization string
	activity      map[string]any
}

// bot is a bot that remembers what it got and answers what the test says.
type bot struct {
	mu     sync.Mutex
	calls  []received
	answer func(w http.ResponseWriter, activity map[string]any)
}

func (b *bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var activity map[string]any
	if err := json.NewDecoder(r.Body).Decode(&activity); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	b.calls = append(b.calls, received{r.Header.Get("Authorization"), activity})
	answer := b.answer
	b.mu.Unlock()
	if answer != nil {
		answer(w, activity)
	}
}

func (b *bot) reply(answer func(w http.ResponseWriter, activity map[string]any)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answer = answer
}

func (b *bot) got() []received {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]received(nil), b.calls...)
}

func (b *bot) last(t *testing.T) map[string]any {
	t.Helper()
	calls := b.got()
	require.NotEmpty(t, calls)
	return calls[len(calls)-1].activity
}

// office is a channel on a tenant with a bot behind it.
type office struct {
	*channel.Channel
	tenant *entra.Tenant
	bot    *bot
	host   *httptest.Server
}

func open(t *testing.T, adapt ...func(*channel.Options)) *office {
	t.Helper()
	o := &office{tenant: entra.New(entra.Options{Seed: 7}), bot: &bot{}}
	server := httptest.NewServer(o.bot)
	t.Cleanup(server.Close)
	options := channel.Options{
		Tenant: o.tenant, ServiceURL: serviceURL, Bot: server.URL + "/api/messages",
		Check: func(authorization string) error {
			if authorization != "Bearer good" {
				return errors.New("not good")
			}
			return nil
		},
	}
	for _, f := range adapt {
		f(&options)
	}
	var err error
	o.Channel, err = channel.New(options)
	require.NoError(t, err)
	t.Cleanup(o.Close)
	o.host = httptest.NewServer(o.Channel)
	t.Cleanup(o.host.Close)
	return o
}

func (o *office) person(t *testing.T, alias string) entra.Person {
	t.Helper()
	p, ok := o.tenant.Person(alias)
	require.True(t, ok, alias)
	return p
}

// connector calls the connector with a good token; the parts are escaped.
func (o *office) connector(t *testing.T, method string, body any, parts ...string) (int, map[string]any) {
	t.Helper()
	path := []string{"/teams/v3/conversations"}
	for _, part := range parts {
		path = append(path, url.PathEscape(part))
	}
	return o.call(t, method, strings.Join(path, "/"), "Bearer good", body)
}

func (o *office) call(t *testing.T, method, path, authorization string, body any) (int, map[string]any) {
	t.Helper()
	var encoded io.Reader
	switch body := body.(type) {
	case nil:
	case string:
		encoded = bytes.NewBufferString(body)
	default:
		text, err := json.Marshal(body)
		require.NoError(t, err)
		encoded = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, o.host.URL+path, encoded)
	require.NoError(t, err)
	request.Header.Set("Authorization", authorization)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	var decoded map[string]any
	_ = json.Unmarshal(text, &decoded)
	return response.StatusCode, decoded
}

// chat opens the person's 1:1 chat through the connector.
func (o *office) chat(t *testing.T, alias string) string {
	t.Helper()
	status, body := o.connector(t, http.MethodPost, o.parameters(o.person(t, alias).Teams))
	require.Equal(t, http.StatusCreated, status, body)
	return text(body["id"])
}

func (o *office) parameters(member string) map[string]any {
	return map[string]any{
		"bot": map[string]any{"id": "28:" + o.tenant.AppID()}, "members": []any{map[string]any{"id": member}},
		"tenantId": o.tenant.ID(), "isGroup": false,
	}
}

// send posts a card to a conversation and returns the message's id.
func (o *office) send(t *testing.T, conversation string, card map[string]any) string {
	t.Helper()
	status, body := o.connector(t, http.MethodPost, message(card), conversation, "activities")
	require.Equal(t, http.StatusCreated, status, body)
	return text(body["id"])
}

// message is a bot's activity with one card.
func message(card map[string]any) map[string]any {
	return map[string]any{"type": "message", "attachments": []any{
		map[string]any{"contentType": "application/vnd.microsoft.card.adaptive", "content": card},
	}}
}

func card(title string) map[string]any {
	return map[string]any{"type": "AdaptiveCard", "version": "1.5", "body": []any{map[string]any{"type": "TextBlock", "text": title}}}
}

// refreshing is a card that refreshes for the people with the given 29: ids.
func refreshing(title string, ids ...string) map[string]any {
	c := card(title)
	c["refresh"] = map[string]any{"action": map[string]any{"type": "Action.Execute", "verb": "view", "data": map[string]any{"ref": "PD-1"}}, "userIds": ids}
	return c
}

// shows makes the bot answer every invoke with a card.
func (b *bot) shows(title string) {
	b.reply(func(w http.ResponseWriter, activity map[string]any) {
		if activity["type"] != "invoke" {
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": card(title)})
	})
}

// view is what the person sees of the chat's message.
func (o *office) view(t *testing.T, alias, conversation, id string) string {
	t.Helper()
	for _, chat := range o.Chats(alias) {
		for _, m := range chat.Messages {
			if chat.ID == conversation && m.ID == id {
				return title(t, m.View)
			}
		}
	}
	t.Fatalf("%s sees no message %s", alias, id)
	return ""
}

func title(t *testing.T, raw json.RawMessage) string {
	t.Helper()
	var c struct{ Body []struct{ Text string } }
	require.NoError(t, json.Unmarshal(raw, &c))
	return c.Body[0].Text
}

// until waits for the condition, looking again after each change.
func (o *office) until(t *testing.T, what string, condition func() bool) {
	t.Helper()
	require.Eventually(t, condition, 10*time.Second, 2*time.Millisecond, what)
}

// dig goes down into decoded JSON by names and indexes; nil where it ends.
func dig(value any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := value.(map[string]any)
			value = object[step]
		case int:
			list, _ := value.([]any)
			if step >= len(list) {
				return nil
			}
			value = list[step]
		}
	}
	return value
}

// text is a decoded string; empty where it is none.
func text(value any) string {
	text, _ := value.(string)
	return text
}
