package teams

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func requireError(t *testing.T, err error, status int, code string, action Action) {
	t.Helper()
	e := explained(t, err)
	require.Equal(t, status, e.Status, e)
	require.Equal(t, code, e.Code)
	require.Equal(t, action, e.Action)
}

func explained(t *testing.T, err error) Error {
	t.Helper()
	var e *Error
	require.ErrorAs(t, err, &e)
	return *e
}

func TestConnectorCalls(t *testing.T) {
	t.Parallel()
	s := newScript(t,
		answers(201, `{"id":"a:new"}`), answers(200, `{"id":"1"}`), answers(201, `{"id":"2"}`), answers(200, `{"id":"2"}`), answers(204, ""),
		answers(200, `{"id":"29:joni","name":"Joni","objectId":"`+strings.ToUpper(adele)+`","userPrincipalName":"joni@x","userRole":"user"}`))
	c, ctx := s.connector(t), t.Context()

	chat, err := c.Create(ctx, s.URL+"/teams", "29:joni")
	require.NoError(t, err)
	require.Equal(t, "a:new", chat)
	p := Place{s.URL + "/teams/", "19:x/../y;messageid=1"}
	id, err := c.Send(ctx, p, Message{Text: "<b>*hello*</b>", Alert: true, Summary: "Hello"})
	require.NoError(t, err)
	require.Equal(t, "1", id)
	id, err = c.Reply(ctx, p, "f:1 a", Message{Card: json.RawMessage(`{"type":"AdaptiveCard"}`)})
	require.NoError(t, err)
	require.Equal(t, "2", id)
	require.NoError(t, c.Update(ctx, p, "2", Message{Text: "bye"}))
	require.NoError(t, c.Delete(ctx, p, "2"))
	who, err := c.Member(ctx, p, "29:joni")
	require.NoError(t, err)
	require.Equal(t, Account{ID: "29:joni", Name: "Joni", ObjectID: adele, UPN: "joni@x", Role: "user"}, who)

	chatPath := "/teams/v3/conversations/19:x%2F..%2Fy%3Bmessageid=1"
	head := `{"type":"message",%"from":{"id":"28:` + ourApp + `"},"conversation":{"id":"19:x/../y;messageid=1"},`
	with := func(id string) string { return strings.Replace(head, "%", id, 1) }
	require.Equal(t, []received{
		{"POST", "/teams/v3/conversations", `{"bot":{"id":"28:` + ourApp + `"},"members":[{"id":"29:joni"}],"tenantId":"` + ourTenant + `","isGroup":false}`},
		{"POST", chatPath + "/activities", with("") + `"textFormat":"plain","text":"<b>*hello*</b>","summary":"Hello","channelData":{"notification":{"alert":true}}}`},
		{"POST", chatPath + "/activities/f:1%20a", with("") + `"replyToId":"f:1 a","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","content":{"type":"AdaptiveCard"}}]}`},
		{"PUT", chatPath + "/activities/2", with(`"id":"2",`) + `"textFormat":"plain","text":"bye"}`},
		{"DELETE", chatPath + "/activities/2", ""},
		{"GET", chatPath + "/members/29:joni", ""},
	}, s.seen())
	require.Equal(t, "https://api.botframework.com/.default", s.purse.asked[0])
	require.Len(t, s.purse.asked, 6, "the credential is asked before every call")
}

// TestConnectorErrorTable walks through the table of Teams' documentation.
func TestConnectorErrorTable(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status int
		code   string
		action Action
		calls  int // of a message
	}{
		{400, "Bad Argument", Fix, 1},
		{401, "BotNotRegistered", Fix, 1},
		{401, "Unauthorized", Fix, 2},
		{403, "BotNotInConversationRoster", StopUntilInstalled, 1},
		{403, "ConversationBlockedByUser", StopUntilWritten, 1},
		{403, "MessageWritesBlocked", StopUntilWritten, 1},
		{403, "BotDisabledByAdmin", StopUntilWritten, 1},
		{403, "ForbiddenOperationException", Install, 1},
		{403, "InvalidBotApiHost", OtherHost, 1},
		{403, "NotEnoughPermissions", ReadMessage, 1},
		{403, "SomethingNew", Fix, 1},
		{404, "ConversationNotFound", SendAnew, 1},
		{404, "ActivityNotFoundInConversation", SendAnew, 1},
		{412, "PreconditionFailed", Retry, maxTries},
		{413, "MessageSizeTooBig", Shrink, 1},
		{429, "Throttled", Wait, maxTries},
		{500, "ServiceError", GiveUp, 1},
		{502, "BadGateway", Uncertain, 1},
		{503, "ServiceUnavailable", Uncertain, 1},
		{504, "GatewayTimeout", Uncertain, 1},
		{302, "Found", Fix, 1},
		{501, "NotImplemented", GiveUp, 1},
	} {
		t.Run(c.code, func(t *testing.T) {
			t.Parallel()
			s := newScript(t, answers(c.status, `{"error":{"code":"`+c.code+`","message":"line 1\nline 2"}}`,
				"X-Correlating-OperationId", "op-7", "Location", "https://evil.example/"))
			_, err := s.connector(t).Send(t.Context(), s.place(), Message{Text: "hello"})
			requireError(t, err, c.status, c.code, c.action)
			e := explained(t, err)
			require.Equal(t, "send", e.Call)
			require.Equal(t, "line 1 line 2", e.Message)
			require.Equal(t, "op-7", e.Operation)
			require.Contains(t, err.Error(), c.code)
			require.Len(t, s.seen(), c.calls)
		})
	}
}

func TestErrorBodies(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][2]string{
		`{"error":{"code":"A","message":"b"}}`: {"A", "b"},
		`{"errorCode":209,"message":"{\r\n  \"subCode\": \"MessageWritesBlocked\",\r\n  \"details\": \"blocked\",\r\n  \"errorCode\": null\r\n}"}`: {"MessageWritesBlocked", "blocked"},
		`{"errorCode":209,"message":"plain words"}`:   {"209", "plain words"},
		`{"message":"Authorization has been denied"}`: {"", "Authorization has been denied"},
		`<html>502</html>`:                            {"", ""},
		``:                                            {"", ""},
		`{"error":"unusual"}`:                         {"", ""},
		`{"error":{"code":"A","message":"` + strings.Repeat("é", 500) + `"}}`: {"A", strings.Repeat("é", 200) + "…"},
	} {
		code, message := errorBody([]byte(body))
		require.Equal(t, want, [2]string{code, message}, body)
	}
	s := newScript(t, answers(403, `{"errorCode":209,"message":"{\"subCode\":\"MessageWritesBlocked\"}"}`))
	_, err := s.connector(t).Send(t.Context(), s.place(), Message{Text: "hello"})
	requireError(t, err, 403, "MessageWritesBlocked", StopUntilWritten)
}

func TestRepeatableCallsAreRepeated(t *testing.T) {
	t.Parallel()
	for name, failure := range map[string]http.HandlerFunc{
		"412": answers(412, ""), "502": answers(502, ""), "503": answers(503, ""), "504": answers(504, ""), "429": answers(429, ""), "no answer": hangUp,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t, failure, failure, answers(200, ""))
			require.NoError(t, s.connector(t).Update(t.Context(), s.place(), "1", Message{Text: "hello"}))
			require.Len(t, s.seen(), 3)
			require.Len(t, s.slept, 2)
			require.Positive(t, s.slept[0])
		})
	}
}

func TestRepetitionEnds(t *testing.T) {
	t.Parallel()
	s := newScript(t, answers(503, ""))
	requireError(t, s.connector(t).Update(t.Context(), s.place(), "1", Message{Text: "hello"}), 503, "service unavailable", Retry)
	require.Len(t, s.seen(), maxTries)
}

func TestDeleteIsContentWhenTheMessageIsGone(t *testing.T) {
	t.Parallel()
	s := newScript(t, hangUp, answers(404, `{"error":{"code":"ActivityNotFoundInConversation"}}`))
	require.NoError(t, s.connector(t).Delete(t.Context(), s.place(), "1"))
	s = newScript(t, answers(404, `{"error":{"code":"ConversationNotFound"}}`))
	requireError(t, s.connector(t).Delete(t.Context(), s.place(), "1"), 404, "ConversationNotFound", SendAnew)
}

func TestLostAnswerToAMessageIsUncertain(t *testing.T) {
	t.Parallel()
	s := newScript(t, hangUp, answers(200, `{"id":"1"}`))
	_, err := s.connector(t).Send(t.Context(), s.place(), Message{Text: "hello"})
	requireError(t, err, 0, "no answer", Uncertain)
	require.Len(t, s.seen(), 1, "a message is not sent twice")
}

func TestCancelledMessageIsUncertain(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := newScript(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	_, err := s.connector(t).Send(ctx, s.place(), Message{Text: "hello"})
	requireError(t, err, 0, "no answer", Uncertain)
	require.ErrorIs(t, err, context.Canceled)
}

func TestRefusedConnectionIsTriedAgain(t *testing.T) {
	t.Parallel()
	s := newScript(t, answers(200, `{"id":"1"}`))
	c := s.connector(t)
	s.Close()
	_, err := c.Send(t.Context(), s.place(), Message{Text: "hello"})
	requireError(t, err, 0, "not sent", Retry)
	require.Len(t, s.slept, maxTries-1)
}

func TestUntrustedCertificateSendsNothing(t *testing.T) {
	t.Parallel()
	s := newScript(t, answers(200, `{"id":"1"}`))
	c := s.connector(t)
	c.http.Transport = &http.Transport{}
	_, err := c.Send(t.Context(), s.place(), Message{Text: "hello"})
	requireError(t, err, 0, "not sent", Retry)
	require.Empty(t, s.seen())
}

func TestUnauthorizedIsTriedOnceMore(t *testing.T) {
	t.Parallel()
	s := newScript(t, answers(401, ""), answers(200, `{"id":"1"}`))
	id, err := s.connector(t).Send(t.Context(), s.place(), Message{Text: "hello"})
	require.NoError(t, err)
	require.Equal(t, "1", id)
	require.Empty(t, s.slept)
}

func TestFailingCredential(t *testing.T) {
	t.Parallel()
	s := newScript(t, answers(200, `{"id":"1"}`))
	s.purse.err = errors.New("login is away")
	_, err := s.connector(t).Send(t.Context(), s.place(), Message{Text: "hello"})
	requireError(t, err, 0, codeNoToken, Retry)
	require.ErrorIs(t, err, s.purse.err)
	require.Len(t, s.purse.asked, 1)
	require.Empty(t, s.seen())
}

func TestTokenGoesToAllowedHostsOnly(t *testing.T) {
	t.Parallel()
	s := newScript(t, answers(200, `{"id":"1"}`))
	c := s.connector(t)
	u, err := url.Parse(s.URL)
	require.NoError(t, err)
	for name, address := range map[string]string{
		"http": "http://" + u.Host, "another port": "https://127.0.0.1:1", "another host": "https://localhost:" + u.Port(),
		"user": "https://x@" + u.Host, "host as user": "https://" + u.Host + "@evil.example", "query": s.URL + "?a", "nothing": "", "no scheme": u.Host,
	} {
		_, err := c.Send(t.Context(), Place{address, "a:chat"}, Message{Text: "hello"})
		requireError(t, err, 0, "address refused", Fix)
		_, err = c.Create(t.Context(), address, "29:joni")
		require.Error(t, err, name)
	}
	for _, id := range []string{"", ".", "..", "a\nb", strings.Repeat("a", 600)} {
		_, err := c.Send(t.Context(), Place{s.URL, id}, Message{Text: "hello"})
		requireError(t, err, 0, "address refused", Fix)
		requireError(t, c.Update(t.Context(), s.place(), id, Message{Text: "hello"}), 0, "address refused", Fix)
	}
	require.Empty(t, s.seen())
	require.Empty(t, s.purse.asked, "no token is even asked for")
}

func TestLargeMessagesAreNotSent(t *testing.T) {
	t.Parallel()
	s := newScript(t, answers(200, `{"id":"1"}`))
	c := s.connector(t)
	card := func(n int) json.RawMessage { return json.RawMessage(`"` + strings.Repeat("x", n-2) + `"`) }
	_, err := c.Send(t.Context(), s.place(), Message{Card: card(CardLimit + 1)})
	requireError(t, err, 0, "card too large", Shrink)
	requireError(t, c.Update(t.Context(), s.place(), "1", Message{Card: card(CardLimit + 1)}), 0, "card too large", Shrink)
	_, err = c.Send(t.Context(), s.place(), Message{Text: strings.Repeat("x", 41_000)})
	requireError(t, err, 0, "message too large", Shrink)
	_, err = c.Send(t.Context(), s.place(), Message{})
	requireError(t, err, 0, "empty message", Fix)
	_, err = c.Send(t.Context(), s.place(), Message{Card: json.RawMessage(`{`)})
	requireError(t, err, 0, "unreadable message", Fix)
	require.Empty(t, s.seen())
	_, err = c.Send(t.Context(), s.place(), Message{Card: card(CardLimit)})
	require.NoError(t, err)
	_, err = c.Send(t.Context(), s.place(), Message{Text: strings.Repeat("é", 39_000)})
	require.NoError(t, err, "counted in UTF-16")
}

func TestUnreadableAnswers(t *testing.T) {
	t.Parallel()
	s := newScript(t, answers(200, "<html>"))
	id, err := s.connector(t).Send(t.Context(), s.place(), Message{Text: "hello"})
	require.NoError(t, err, "the message was taken")
	require.Empty(t, id)
	_, err = s.connector(t).Create(t.Context(), s.URL, "29:joni")
	requireError(t, err, 200, "unreadable answer", Retry)
	s = newScript(t, answers(200, `{"name":"nobody"}`))
	_, err = s.connector(t).Create(t.Context(), s.URL, "29:joni")
	requireError(t, err, 0, "no conversation id", GiveUp)
	_, err = s.connector(t).Member(t.Context(), s.place(), "29:joni")
	requireError(t, err, 0, "unreadable answer", GiveUp)
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	good := Options{Credential: &purse{}, ServiceHosts: []string{"smba.trafficmanager.net"}, AppID: ourApp, Tenant: ourTenant}
	_, err := NewConnector(good)
	require.NoError(t, err)
	for name, spoil := range map[string]func(*Options){
		"credential": func(o *Options) { o.Credential = nil }, "hosts": func(o *Options) { o.ServiceHosts = nil },
		"app": func(o *Options) { o.AppID = "" }, "tenant": func(o *Options) { o.Tenant = "" },
	} {
		bad := good
		spoil(&bad)
		_, err := NewConnector(bad)
		require.Error(t, err, name)
	}
}
