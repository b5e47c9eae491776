package control_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/channel"
	"github.com/passdesk/passdesk/internal/sim/control"
	"github.com/passdesk/passdesk/internal/sim/entra"
)

// desk is a control port on a tenant, with a bot that answers every invoke with
// a card and everything else with nothing.
type desk struct {
	*httptest.Server
	tenant  *entra.Tenant
	channel *channel.Channel
	moved   time.Duration
}

func open(t *testing.T) *desk {
	t.Helper()
	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var activity struct{ Type string }
		if json.NewDecoder(r.Body).Decode(&activity) == nil && activity.Type == "invoke" {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"statusCode":200,"type":"application/vnd.microsoft.card.adaptive","value":{"type":"AdaptiveCard","id":"answer"}}`)
		}
	}))
	t.Cleanup(bot.Close)
	d := &desk{tenant: entra.New(entra.Options{Seed: 7})}
	var err error
	d.channel, err = channel.New(channel.Options{
		Tenant: d.tenant, ServiceURL: "https://127.0.0.1:4443/teams/", Bot: bot.URL,
		Check: func(authorization string) error {
			if authorization != "Bearer good" {
				return errors.New("not good")
			}
			return nil
		},
	})
	require.NoError(t, err)
	t.Cleanup(d.channel.Close)
	d.Server = httptest.NewServer(control.New(control.Options{
		Tenant: d.tenant, Channel: d.channel, Requests: func() any { return []string{"a call"} },
		OnAdvance: func(by time.Duration) { d.moved += by },
	}))
	t.Cleanup(d.Close)
	return d
}

func (d *desk) call(t *testing.T, method, path, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, d.URL+path, strings.NewReader(body))
	require.NoError(t, err)
	return exchange(t, request)
}

func exchange(t *testing.T, request *http.Request) (int, string) {
	t.Helper()
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Contains(t, response.Header.Get("Content-Type"), "application/json")
	return response.StatusCode, string(text)
}

func (d *desk) get(t *testing.T, method, path, body string, into any) {
	t.Helper()
	status, text := d.call(t, method, path, body)
	require.Equal(t, http.StatusOK, status, text)
	require.NoError(t, json.Unmarshal([]byte(text), into))
}

// send posts a card to adele's chat as the bot does, and returns its id.
func (d *desk) send(t *testing.T, card string) (conversation, id string) {
	t.Helper()
	adele, _ := d.tenant.Person("adele")
	for _, call := range []struct{ path, body string }{
		{"", `{"members":[{"id":"` + adele.ID + `"}],"tenantId":"` + d.tenant.ID() + `"}`},
		{"/" + d.channel.ChatID(adele.ID) + "/activities", `{"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","content":` + card + `}]}`},
	} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/teams/v3/conversations"+call.path, strings.NewReader(call.body))
		request.Header.Set("Authorization", "Bearer good")
		recorder := httptest.NewRecorder()
		d.channel.ServeHTTP(recorder, request)
		require.Equal(t, http.StatusCreated, recorder.Code, recorder.Body.String())
		var body struct{ ID string }
		require.NoError(t, json.Unmarshal(recorder.Body.Bytes(), &body))
		id = body.ID
	}
	return d.channel.ChatID(adele.ID), id
}

func TestActivityAndConversations(t *testing.T) {
	t.Parallel()
	d := open(t)
	var answer struct {
		Status  int
		Headers map[string]string
		Body    json.RawMessage
	}
	d.get(t, http.MethodPost, "/activity", `{"from":"adele","text":"help"}`, &answer)
	require.Equal(t, http.StatusOK, answer.Status)
	require.JSONEq(t, `""`, string(answer.Body))
	conversation, id := d.send(t, `{"type":"AdaptiveCard","id":"stored"}`)
	d.get(t, http.MethodPost, "/activity", `{"from":"adele","name":"adaptiveCard/action","replyToId":"`+id+`","value":{"action":{"type":"Action.Execute","verb":"view"},"trigger":"manual"}}`, &answer)
	require.Equal(t, "application/json", answer.Headers["Content-Type"])
	require.Contains(t, string(answer.Body), `"statusCode": 200`)

	var chats []struct {
		ID, Type string
		Members  []struct{ Alias, ID, Name, Teams string }
		Messages []struct {
			ID, From, Text, Summary string
			At                      time.Time
			Attachments             []any
			Card                    struct{ ID string }
			Views                   map[string]struct{ ID string }
			Alert, Deleted          bool
		}
	}
	d.get(t, http.MethodGet, "/conversations", "", &chats)
	for _, chat := range chats {
		if chat.ID != conversation {
			continue
		}
		require.Equal(t, "personal", chat.Type)
		require.Equal(t, "adele", chat.Members[0].Alias)
		require.Equal(t, "help", chat.Messages[0].Text)
		require.Equal(t, "adele", chat.Messages[0].From)
		require.Equal(t, "stored", chat.Messages[1].Card.ID)
		require.Equal(t, "answer", chat.Messages[1].Views["adele"].ID)
		require.Len(t, chat.Messages[1].Attachments, 1)
		return
	}
	t.Fatal("adele has no chat")
}

func TestPressByTitle(t *testing.T) {
	t.Parallel()
	d := open(t)
	_, _ = d.send(t, `{"type":"AdaptiveCard","body":[{"type":"ActionSet","actions":[{"type":"Action.Execute","title":"Approve","verb":"approve","data":{"ref":"PD-1"},"fallback":{"type":"Action.Submit","title":"Deny"}}]}]}`)
	var answer struct {
		Status int
		Card   struct{ ID string }
	}
	d.get(t, http.MethodPost, "/press", `{"person":"adele","title":"Approve","inputs":{"reason":"x"}}`, &answer)
	require.Equal(t, "answer", answer.Card.ID)
	status, text := d.call(t, http.MethodPost, "/press", `{"person":"adele","title":"Deny"}`)
	require.Equal(t, http.StatusBadRequest, status, text)
}

func TestOpen(t *testing.T) {
	t.Parallel()
	d := open(t)
	conversation, id := d.send(t, `{"type":"AdaptiveCard","refresh":{"action":{"type":"Action.Execute","verb":"view"}}}`)
	var answer struct{ Refreshed []struct{ Message string } }
	d.get(t, http.MethodPost, "/open", `{"person":"adele","conversation":"`+conversation+`"}`, &answer)
	require.Len(t, answer.Refreshed, 1)
	require.Equal(t, id, answer.Refreshed[0].Message)
	d.get(t, http.MethodPost, "/open", `{"person":"adele","close":true}`, &answer)
	require.Empty(t, answer.Refreshed)
}

func TestClockAndKeys(t *testing.T) {
	t.Parallel()
	d := open(t)
	before := d.tenant.Now()
	var clock struct{ Now time.Time }
	d.get(t, http.MethodPost, "/clock", `{"advance":"2h"}`, &clock)
	require.GreaterOrEqual(t, clock.Now.Sub(before), 2*time.Hour)
	require.Equal(t, 2*time.Hour, d.moved)
	var first, second struct{ Kid string }
	d.get(t, http.MethodPost, "/keys/rotate", "", &first)
	d.get(t, http.MethodPost, "/keys/rotate", `{"withdraw":true}`, &second)
	require.NotEqual(t, first.Kid, second.Kid)
}

func TestPeopleAndGroups(t *testing.T) {
	t.Parallel()
	d := open(t)
	bianca, _ := d.tenant.Person("bianca")
	var person entra.Person
	d.get(t, http.MethodPost, "/people/adele", `{"enabled":false,"manager":"bianca","addRoles":["User Administrator"]}`, &person)
	require.False(t, person.Enabled)
	require.Equal(t, bianca.ID, person.Manager)
	require.NotEmpty(t, d.tenant.RolesOf(person.ID, true))
	var changed entra.Person
	d.get(t, http.MethodPost, "/people/adele", `{"manager":"","installed":false}`, &changed)
	require.Empty(t, changed.Manager)
	require.False(t, d.tenant.Installed("adele"))

	var group entra.Group
	d.get(t, http.MethodPost, "/groups/helpdesk", `{"add":["alex"],"remove":["bianca"],"addOwners":["lee"]}`, &group)
	alex, _ := d.tenant.Person("alex")
	require.Contains(t, group.Members, alex.ID)
	require.NotContains(t, group.Members, bianca.ID)
	require.Len(t, group.Owners, 1)
}

func TestPassBehindTheBotsBack(t *testing.T) {
	t.Parallel()
	d := open(t)
	var pass struct{ ID, Code string }
	d.get(t, http.MethodPost, "/people/joni/pass", `{"minutes":60,"once":true}`, &pass)
	require.NotEmpty(t, pass.Code)
	_, state := d.call(t, http.MethodGet, "/state", "")
	require.Contains(t, state, pass.Code)
	d.get(t, http.MethodDelete, "/people/joni/pass", "", &pass)
	_, state = d.call(t, http.MethodGet, "/state", "")
	require.NotContains(t, state, pass.Code)

	var policy struct {
		Max     int
		OneTime bool
	}
	d.get(t, http.MethodPost, "/pass-policy", `{"max":90,"oneTime":true}`, &policy)
	require.Equal(t, 90, policy.Max)
	require.True(t, policy.OneTime)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	d := open(t)
	for _, test := range []struct {
		method, path, body string
		status             int
		code               string
	}{
		{"POST", "/activity", `{`, 400, "BadRequest"},
		{"POST", "/activity", `{"from":"nobody","text":"x"}`, 400, "BadRequest"},
		{"POST", "/clock", `{"advance":"soon"}`, 400, "BadRequest"},
		{"POST", "/clock", `{"advance":"-2h"}`, 400, "BadRequest"},
		{"POST", "/clock", `{"forward":"2h"}`, 400, "BadRequest"},
		{"POST", "/open", `{"person":"nobody"}`, 400, "BadRequest"},
		{"POST", "/open", `[]`, 400, "BadRequest"},
		{"POST", "/people/nobody", `{"enabled":true}`, 404, "NotFound"},
		{"POST", "/people/adele", `{"manager":"nobody"}`, 400, "BadRequest"},
		{"POST", "/groups/nothing", `{"add":["adele"]}`, 404, "NotFound"},
		{"POST", "/groups/helpdesk", `{"add":["nobody"]}`, 400, "BadRequest"},
		{"DELETE", "/people/joni/pass", ``, 400, "BadRequest"},
		{"DELETE", "/people/nobody", ``, 404, "NotFound"},
		{"POST", "/policies/nothing", `{"state":"disabled"}`, 404, "NotFound"},
		{"DELETE", "/policies/nothing", ``, 404, "NotFound"},
		{"POST", "/policies/platforms", `{"state":"off"}`, 400, "BadRequest"},
		{"POST", "/policies/platforms", `{"addExcludeUsers":["nobody"]}`, 404, "NotFound"},
		{"POST", "/policies/platforms", `{"excludeUsers":["joni"]}`, 400, "BadRequest"},
		{"POST", "/use-session", `{"name":"x"}`, 400, "BadRequest"},
		{"POST", "/faults", `{}`, 400, "BadRequest"},
		{"POST", "/faults", `{"path":"(","status":503}`, 400, "BadRequest"},
		{"POST", "/faults", `{"path":"/users","status":503,"twice":true}`, 400, "BadRequest"},
		{"POST", "/manners", `{"troubles":true}`, 400, "BadRequest"},
		{"POST", "/manners", `{"throttling":"no"}`, 400, "BadRequest"},
		{"POST", "/sign-in", `{}`, 400, "BadRequest"},
		{"POST", "/sign-in", `{"user":"joni","platform":"windows","method":"guess"}`, 400, "BadRequest"},
		{"POST", "/register-passkey", `{"vault":"x"}`, 400, "BadRequest"},
		{"GET", "/nothing", ``, 404, "NotFound"},
		{"GET", "/clock", ``, 404, "NotFound"},
	} {
		status, text := d.call(t, test.method, test.path, test.body)
		require.Equal(t, test.status, status, "%s %s: %s", test.method, test.path, text)
		var body struct {
			Error struct{ Code, Message string }
		}
		require.NoError(t, json.Unmarshal([]byte(text), &body))
		require.Equal(t, test.code, body.Error.Code)
		require.NotEmpty(t, body.Error.Message)
	}
	d.channel.SetBot("http://127.0.0.1:1")
	status, text := d.call(t, http.MethodPost, "/activity", `{"from":"adele","text":"x"}`)
	require.Equal(t, http.StatusBadGateway, status, text)
}

func TestListsItsCalls(t *testing.T) {
	t.Parallel()
	_, text := open(t).call(t, http.MethodGet, "/", "")
	for _, call := range []string{"GET /state", "POST /activity", "POST /keys/rotate"} {
		require.Contains(t, text, call)
	}
}

// A web page in a browser on this machine must not reach the port.
func TestOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	d := open(t)
	for name, adapt := range map[string]func(*http.Request){
		"rebound name":   func(r *http.Request) { r.Host = "attacker.example" },
		"other origin":   func(r *http.Request) { r.Header.Set("Origin", "https://attacker.example") },
		"another number": func(r *http.Request) { r.Host = "192.0.2.1:80" },
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.URL+"/state", http.NoBody)
		require.NoError(t, err)
		adapt(request)
		status, _ := exchange(t, request)
		require.Equal(t, http.StatusForbidden, status, name)
	}
}
