package page_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/channel"
	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/page"
)

// office is a page on a simulated Teams with a bot of a few fixed cards.
type office struct {
	*channel.Channel
	tenant *entra.Tenant
	bot    *bot
	url    string
}

func open(t *testing.T, assets fs.FS) *office {
	t.Helper()
	return furnish(t, page.Options{Assets: assets})
}

// furnish opens an office with what else the page is to show.
func furnish(t *testing.T, with page.Options) *office {
	t.Helper()
	o := &office{tenant: with.Tenant}
	if o.tenant == nil {
		o.tenant = entra.New(entra.Options{})
	}
	o.bot = &bot{t: t, office: o, sent: map[string]string{}, let: make(chan struct{})}
	messages := httptest.NewServer(o.bot)
	t.Cleanup(messages.Close)
	t.Cleanup(func() { close(o.bot.let) })
	var connector http.Handler
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { connector.ServeHTTP(w, r) }))
	t.Cleanup(host.Close)
	var err error
	o.Channel, err = channel.New(channel.Options{
		Tenant: o.tenant, ServiceURL: host.URL + "/teams/", Bot: messages.URL, Patience: patience,
		Check: func(string) error { return nil },
	})
	require.NoError(t, err)
	t.Cleanup(o.Close)
	connector, o.bot.connector = o.Channel, host.URL+"/teams/v3/conversations/"
	ctx, cancel := context.WithCancel(t.Context())
	with.Tenant, with.Teams = o.tenant, o.Channel
	server := httptest.NewServer(page.New(ctx, with))
	t.Cleanup(func() { cancel(); server.Close() })
	o.url = server.URL
	return o
}

// bot answers everything with cards from testdata: enough of a request's life
// to see every kind of answer on the page.
type bot struct {
	t         *testing.T
	office    *office
	connector string
	let       chan struct{} // a late answer waits for it

	mu     sync.Mutex
	reason string
	sent   map[string]string // message ids by card
	said   []map[string]any  // data of every press, in order
}

func (b *bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var a struct {
		Type, Text   string
		Conversation struct{ ID string }
		Value        struct {
			Action struct {
				Verb string
				Data map[string]any
			}
			By string
		}
	}
	if json.NewDecoder(r.Body).Decode(&a) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	switch {
	case a.Type == "invoke":
		b.mu.Lock()
		b.said = append(b.said, a.Value.Action.Data)
		b.mu.Unlock()
		b.pressed(w, a.Value.Action.Verb, a.Value.Action.Data)
	case a.Type != "message":
	case a.Value.By != "":
		b.post("adele", map[string]any{"type": "message", "text": "Submitted by **" + a.Value.By + "**", "textFormat": "markdown"})
	case strings.HasPrefix(a.Text, "pass"):
		b.post("adele", card("form.json", ""))
	case a.Text == "teams":
		b.post("adele", card("teams.json", ""))
	case a.Text == "break":
		w.WriteHeader(http.StatusInternalServerError)
	default:
		b.call(http.MethodPost, b.connector+url.PathEscape(a.Conversation.ID)+"/activities", map[string]any{"type": "message", "text": "Say *help*.\nOr not.", "textFormat": "plain"})
	}
}

// pressed is the answer to each verb.
func (b *bot) pressed(w http.ResponseWriter, verb string, data map[string]any) {
	switch verb {
	case "send":
		b.reason, _ = data["reason"].(string)
		b.show(w, "waiting.json")
		asked := card("approve.json", b.reason)
		asked["summary"] = "Adele Vance asks for a pass for Joni Sherman"
		asked["channelData"] = map[string]any{"notification": map[string]any{"alert": true}}
		b.post("megan", asked)
	case "approve":
		b.show(w, "decided.json")
		b.put("adele", "form.json", card("ready.json", ""))
	case "show":
		b.show(w, "code.json")
	case "hide":
		b.show(w, "ready.json")
	case "error":
		reply(w, http.StatusBadRequest, "application/vnd.microsoft.error", map[string]string{"code": "BadRequest", "message": "That <b>cannot</b> be done."})
	case "word":
		reply(w, http.StatusOK, "application/vnd.microsoft.activity.message", "Noted.")
	case "late":
		<-b.let
	default:
		w.WriteHeader(http.StatusNotImplemented)
	}
}

func (b *bot) show(w http.ResponseWriter, name string) {
	reply(w, http.StatusOK, "application/vnd.microsoft.card.adaptive", content(name, b.reason))
}

func reply(w http.ResponseWriter, status int, kind string, value any) {
	_ = json.NewEncoder(w).Encode(map[string]any{"statusCode": status, "type": kind, "value": value})
}

// post sends an activity to somebody's chat and remembers its id by its card.
func (b *bot) post(alias string, activity map[string]any) {
	id := b.call(http.MethodPost, b.chat(alias), activity)
	if name, ok := activity["name"].(string); ok {
		b.sent[name] = id
	}
}

// put replaces the message that a card was sent with.
func (b *bot) put(alias, sent string, activity map[string]any) {
	b.call(http.MethodPut, b.chat(alias)+"/"+url.PathEscape(b.sent[sent]), activity)
}

func (b *bot) chat(alias string) string {
	return b.connector + url.PathEscape(b.office.Chats(alias)[0].ID) + "/activities"
}

func (b *bot) call(method, address string, activity map[string]any) string {
	body, err := json.Marshal(activity)
	if err != nil {
		b.t.Error(err)
		return ""
	}
	request, err := http.NewRequestWithContext(b.t.Context(), method, address, bytes.NewReader(body))
	if err != nil {
		b.t.Error(err)
		return ""
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		b.t.Error(err)
		return ""
	}
	defer func() { _ = response.Body.Close() }()
	var made struct{ ID string }
	if json.NewDecoder(response.Body).Decode(&made) != nil || response.StatusCode/100 != 2 {
		b.t.Errorf("%s %s: %s", method, address, response.Status)
	}
	return made.ID
}

func card(name, reason string) map[string]any {
	return map[string]any{"type": "message", "name": name, "attachments": []any{
		map[string]any{"contentType": "application/vnd.microsoft.card.adaptive", "content": content(name, reason)},
	}}
}

func content(name, reason string) json.RawMessage {
	file, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		return nil
	}
	quoted, err := json.Marshal(reason)
	if err != nil {
		return nil
	}
	return bytes.ReplaceAll(file, []byte(`"{{REASON}}"`), quoted)
}
