package teams

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/infracloudio/msbotbuilder-go/core/activity"
	"github.com/infracloudio/msbotbuilder-go/schema"
	"github.com/stretchr/testify/require"
)

// clerk answers everything the same way.
type clerk struct {
	message Message
	err     error
	heard   []string
}

func (c *clerk) Message(_ context.Context, a *Activity) (Message, error) {
	c.heard = append(c.heard, "message "+a.Text)
	return c.message, c.err
}

func (c *clerk) ConversationUpdate(_ context.Context, a *Activity) (Message, error) {
	c.heard = append(c.heard, "update "+a.ID)
	return c.message, c.err
}

func routed(t *testing.T, answer http.HandlerFunc) (*Router, *script, func(kind string) *Activity) {
	t.Helper()
	s := newScript(t, answer)
	f := newForge(t)
	return NewRouter(f.receiver(t), s.connector(t)), s, func(kind string) *Activity {
		return &Activity{
			Type: kind, ID: "f:7", Text: "help", ServiceURL: s.URL + "/teams/", ChannelID: "msteams",
			From: Account{ID: "29:adele", ObjectID: adele}, Recipient: Account{ID: "28:" + ourApp},
			Conversation: Conversation{ID: "19:a/b", TenantID: ourTenant},
		}
	}
}

func TestRouterSendsTheAnswer(t *testing.T) {
	t.Parallel()
	router, s, said := routed(t, answers(201, `{"id":"made"}`))
	h := &clerk{message: Message{Text: "<b>hello</b>", Card: json.RawMessage(`{"type":"AdaptiveCard"}`), Summary: "Hello", Alert: true}}
	id, err := router.Route(t.Context(), said(TypeMessage), h)
	require.NoError(t, err)
	require.Equal(t, "made", id)
	require.Equal(t, []string{"message help"}, h.heard)
	require.Equal(t, []received{{"POST", "/teams/v3/conversations/19:a%2Fb/activities/f:7", `{"type":"message","from":{"id":"28:` + ourApp +
		`"},"conversation":{"id":"19:a/b"},"replyToId":"f:7","textFormat":"plain","text":"<b>hello</b>","summary":"Hello",` +
		`"attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","content":{"type":"AdaptiveCard"}}],` +
		`"channelData":{"notification":{"alert":true}}}`}}, s.seen())

	a := said(TypeConversationUpdate)
	a.ID = ""
	_, err = router.Route(t.Context(), a, h)
	require.NoError(t, err)
	require.Equal(t, "/teams/v3/conversations/19:a%2Fb/activities", s.seen()[1].path, "without an id there is nothing to reply to")
}

func TestRouterSendsNothing(t *testing.T) {
	t.Parallel()
	router, s, said := routed(t, answers(201, `{"id":"made"}`))
	id, err := router.Route(t.Context(), said(TypeConversationUpdate), &clerk{})
	require.NoError(t, err)
	require.Empty(t, id)

	broken := errors.New("store is away")
	_, err = router.Route(t.Context(), said(TypeMessage), &clerk{err: broken, message: Message{Text: "hello"}})
	require.Equal(t, broken, err, "the handler's error comes back as it is")

	for _, kind := range []string{TypeInvoke, TypeInstallationUpdate, TypeMessageReaction, "event"} {
		h := &clerk{message: Message{Text: "hello"}}
		_, err = router.Route(t.Context(), said(kind), h)
		require.ErrorIs(t, err, ErrNotRouted)
		require.Empty(t, h.heard)
	}
	require.Empty(t, s.seen())
}

func TestRouterReturnsTheConnectorsError(t *testing.T) {
	t.Parallel()
	router, _, said := routed(t, answers(403, `{"error":{"code":"BotNotInConversationRoster"}}`))
	_, err := router.Route(t.Context(), said(TypeMessage), &clerk{message: Message{Text: "hello"}})
	requireError(t, err, 403, "BotNotInConversationRoster", StopUntilInstalled)
	require.NotContains(t, err.Error(), "Failed", "the library's words stay out")
}

func TestRouterHonoursTheContext(t *testing.T) {
	t.Parallel()
	router, s, said := routed(t, answers(201, `{"id":"made"}`))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := router.Route(ctx, said(TypeMessage), &clerk{message: Message{Text: "hello"}})
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, s.seen())
}

// TestLibraryIsGuarded takes the way through the library that is not used here:
// its own ParseRequest lets in no more than the receiver does.
func TestLibraryIsGuarded(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	s := newScript(t, answers(200, `{"id":"2"}`))
	router := NewRouter(f.receiver(t), s.connector(t))
	adapter := router.adapter(func(method string, act *schema.Activity) error {
		_, err := router.deliver(t.Context(), method, act)
		return err
	})
	parse := func(header string, body map[string]any) (schema.Activity, error) {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(encoded(t, body)))
		req.Header.Set("Authorization", header)
		return adapter.ParseRequest(t.Context(), req)
	}
	a, err := parse("Bearer "+f.good(t), press())
	require.NoError(t, err)
	require.Equal(t, schema.Invoke, a.Type)

	foreign := press()
	foreign["channelData"] = map[string]any{"tenant": map[string]any{"id": otherTenant}}
	_, err = parse("Bearer "+f.good(t), foreign)
	requireRefusal(t, err, 403, "tenant")
	_, err = parse(f.good(t), press())
	requireRefusal(t, err, 401, "token malformed")
	c := f.claims()
	delete(c, "aud")
	_, err = parse("Bearer "+sign(t, jwtRS256, goodKey(), map[string]any{"kid": "good"}, c), press())
	requireRefusal(t, err, 401, "token without claim")

	act := schema.Activity{ID: "1", Text: "bye", ServiceURL: s.URL, Conversation: schema.ConversationAccount{ID: "a/b"}}
	require.NoError(t, adapter.UpdateActivity(t.Context(), act))
	ref := activity.GetCoversationReference(act)
	require.NoError(t, adapter.DeleteActivity(t.Context(), "1", ref))
	require.Equal(t, "PUT", s.seen()[0].method)
	require.Equal(t, received{"DELETE", "/v3/conversations/a%2Fb/activities/1", ""}, s.seen()[1])
}
