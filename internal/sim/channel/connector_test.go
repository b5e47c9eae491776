package channel_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/channel"
)

func TestCreatePersonalConversation(t *testing.T) {
	t.Parallel()
	o := open(t)
	adele := o.person(t, "adele")
	first := o.chat(t, "adele")
	require.True(t, strings.HasPrefix(first, "a:1"))
	require.Equal(t, o.ChatID(adele.ID), first)

	status, body := o.connector(t, http.MethodPost, o.parameters(adele.ID))
	require.Equal(t, http.StatusCreated, status)
	require.Equal(t, first, body["id"], "the object id opens the same chat")

	with := o.parameters(adele.ID)
	with["activity"] = map[string]any{"type": "message", "text": "hello"}
	_, body = o.connector(t, http.MethodPost, with)
	require.NotEmpty(t, body["activityId"])
}

func TestConnectorRefusals(t *testing.T) {
	t.Parallel()
	o := open(t)
	adele := o.person(t, "adele")
	chat := o.chat(t, "adele")
	_, err := o.Say(t.Context(), "adele", "", "mine")
	require.NoError(t, err)
	said := o.Chats("adele")[0].Messages[0].ID
	gone := o.send(t, chat, card("short-lived"))
	status, _ := o.connector(t, http.MethodDelete, nil, chat, "activities", gone)
	require.Equal(t, http.StatusOK, status)

	foreign := o.parameters(adele.Teams)
	foreign["tenantId"] = "99999999-9999-4999-8999-999999999999"
	otherBot := o.parameters(adele.Teams)
	otherBot["bot"] = map[string]any{"id": "28:another"}
	crowd := o.parameters(adele.Teams)
	crowd["members"] = []any{map[string]any{"id": adele.Teams}, map[string]any{"id": adele.ID}}
	hello := map[string]any{"type": "message", "text": "hello"}

	for _, test := range []struct {
		name   string
		method string
		body   any
		parts  []string
		status int
		code   string
	}{
		{"app not installed", http.MethodPost, o.parameters(o.person(t, "joni").Teams), nil, 403, "ForbiddenOperationException"},
		{"unknown member", http.MethodPost, o.parameters("29:nobody"), nil, 400, "BadArgument"},
		{"member by UPN", http.MethodPost, o.parameters(adele.UPN), nil, 400, "BadArgument"},
		{"member by alias", http.MethodPost, o.parameters("adele"), nil, 400, "BadArgument"},
		{"foreign tenant", http.MethodPost, foreign, nil, 400, "BadArgument"},
		{"another bot", http.MethodPost, otherBot, nil, 400, "BadArgument"},
		{"two members", http.MethodPost, crowd, nil, 400, "BadSyntax"},
		{"not JSON", http.MethodPost, "{", nil, 400, "BadSyntax"},
		{"unknown conversation", http.MethodPost, hello, []string{"a:1unknown", "activities"}, 404, "ConversationNotFound"},
		{"unknown thread", http.MethodPost, hello, []string{channelID(t, o) + ";messageid=1", "activities"}, 404, "ConversationNotFound"},
		{"thread of a personal chat", http.MethodPost, hello, []string{chat + ";messageid=" + said, "activities"}, 404, "ConversationNotFound"},
		{"empty message", http.MethodPost, map[string]any{"type": "message"}, []string{chat, "activities"}, 400, "BadSyntax"},
		{"unknown type", http.MethodPost, map[string]any{"type": "trace"}, []string{chat, "activities"}, 400, "BadArgument"},
		{"update of nothing", http.MethodPut, hello, []string{chat, "activities", "1:1no"}, 404, "ActivityNotFoundInConversation"},
		{"update of what is deleted", http.MethodPut, hello, []string{chat, "activities", gone}, 404, "ActivityNotFoundInConversation"},
		{"delete twice", http.MethodDelete, nil, []string{chat, "activities", gone}, 404, "ActivityNotFoundInConversation"},
		{"update of a person's message", http.MethodPut, hello, []string{chat, "activities", said}, 403, "NotEnoughPermissions"},
		{"stranger as member", http.MethodGet, nil, []string{chat, "members", o.person(t, "megan").ID}, 404, "MemberNotFoundInConversation"},
		{"wrong method", http.MethodPatch, hello, []string{chat, "activities", gone}, 405, "MethodNotAllowed"},
		{"too long", http.MethodPost, map[string]any{"type": "message", "text": strings.Repeat("a", 52_000)}, []string{chat, "activities"}, 413, "MessageSizeTooBig"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			status, body := o.connector(t, test.method, test.body, test.parts...)
			require.Equal(t, test.status, status, body)
			told, _ := body["error"].(map[string]any)
			require.Equal(t, test.code, told["code"])
			require.NotEmpty(t, told["message"])
		})
	}
}

// The limit counts UTF-16: what is short in bytes of ASCII fits.
func TestSizeIsCountedAsUTF16(t *testing.T) {
	t.Parallel()
	o := open(t)
	chat := o.chat(t, "adele")
	status, _ := o.connector(t, http.MethodPost, map[string]any{"type": "message", "text": strings.Repeat("€", 50_000)}, chat, "activities")
	require.Equal(t, http.StatusCreated, status, "50 000 units, although 150 000 bytes of UTF-8")
	status, _ = o.connector(t, http.MethodPost, map[string]any{"type": "message", "text": strings.Repeat("𝄞", 26_000)}, chat, "activities")
	require.Equal(t, http.StatusRequestEntityTooLarge, status, "two units each")
}

func TestConnectorWantsItsToken(t *testing.T) {
	t.Parallel()
	o := open(t)
	for _, authorization := range []string{"", "Bearer bad", "good"} {
		status, body := o.call(t, http.MethodPost, "/teams/v3/conversations", authorization, o.parameters(o.person(t, "adele").Teams))
		require.Equal(t, http.StatusUnauthorized, status)
		require.Equal(t, "Authorization has been denied for this request.", body["message"])
	}
}

func TestUninstalledPersonCannotBeWrittenTo(t *testing.T) {
	t.Parallel()
	o := open(t)
	chat := o.chat(t, "megan")
	o.tenant.Uninstall("megan")
	status, body := o.connector(t, http.MethodPost, map[string]any{"type": "message", "text": "hello"}, chat, "activities")
	require.Equal(t, http.StatusForbidden, status)
	require.Equal(t, "BotNotInConversationRoster", dig(body, "error", "code"))
}

func TestSendUpdateDelete(t *testing.T) {
	t.Parallel()
	o := open(t)
	chat := o.chat(t, "megan")
	sent := message(card("first"))
	sent["summary"], sent["channelData"] = "A pass for Joni", map[string]any{"notification": map[string]any{"alert": true}}
	status, body := o.connector(t, http.MethodPost, sent, chat, "activities")
	require.Equal(t, http.StatusCreated, status)
	id := text(body["id"])
	require.Equal(t, "first", o.view(t, "megan", chat, id))
	stored := o.Chats("megan")[0].Messages[0]
	require.True(t, stored.Alert)
	require.Equal(t, "A pass for Joni", stored.Summary)
	require.Equal(t, "bot", stored.From)
	require.Nil(t, stored.EditedAt)

	status, body = o.connector(t, http.MethodPut, message(card("second")), chat, "activities", id)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, id, body["id"])
	require.Equal(t, "second", o.view(t, "megan", chat, id))
	require.NotNil(t, o.Chats("megan")[0].Messages[0].EditedAt)

	status, body = o.connector(t, http.MethodDelete, nil, chat, "activities", id)
	require.Equal(t, http.StatusOK, status)
	require.Empty(t, body)
	require.True(t, o.Chats("megan")[0].Messages[0].Deleted)
}

func TestMembers(t *testing.T) {
	t.Parallel()
	o := open(t)
	chat, adele := o.chat(t, "adele"), o.person(t, "adele")
	for _, key := range []string{adele.Teams, adele.ID, adele.UPN} {
		status, body := o.connector(t, http.MethodGet, nil, chat, "members", key)
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, adele.Teams, body["id"])
		require.Equal(t, adele.ID, body["aadObjectId"])
		require.Equal(t, o.tenant.ID(), body["tenantId"])
	}
	status, body := o.connector(t, http.MethodGet, nil, channelID(t, o), "pagedmembers")
	require.Equal(t, http.StatusOK, status)
	require.Len(t, body["members"], 9)
	require.NotContains(t, body, "continuationToken")
}

func TestChannelThread(t *testing.T) {
	t.Parallel()
	o := open(t)
	general := channelID(t, o)
	status, body := o.connector(t, http.MethodPost, map[string]any{
		"isGroup": true, "channelData": map[string]any{"channel": map[string]any{"id": general}}, "activity": message(card("news")),
	})
	require.Equal(t, http.StatusCreated, status, body)
	thread := text(body["id"])
	require.Equal(t, general+";messageid="+text(body["activityId"]), thread)

	reply := o.send(t, thread, card("more"))
	require.Equal(t, "more", o.view(t, "lee", general, reply))
	for _, chat := range o.Conversations() {
		if chat.ID == general {
			require.Equal(t, chat.Messages[0].ID, chat.Messages[1].Thread)
		}
	}
}

func TestMetadataLeadsToEndorsedKeys(t *testing.T) {
	t.Parallel()
	o := open(t)
	status, body := o.call(t, http.MethodGet, "/v1/.well-known/openidconfiguration", "", nil)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "https://api.botframework.com", body["issuer"])
	require.Equal(t, "https://127.0.0.1:4443/v1/.well-known/keys", body["jwks_uri"])

	_, body = o.call(t, http.MethodGet, "/v1/.well-known/keys", "", nil)
	require.Len(t, body["keys"], 1)
	require.Equal(t, []any{"msteams"}, dig(body, "keys", 0, "endorsements"))

	id, err := o.Rotate(false)
	require.NoError(t, err)
	_, body = o.call(t, http.MethodGet, "/v1/.well-known/keys", "", nil)
	require.Len(t, body["keys"], 2)
	require.Equal(t, id, dig(body, "keys", 1, "kid"))

	_, err = o.Rotate(true)
	require.NoError(t, err)
	_, body = o.call(t, http.MethodGet, "/v1/.well-known/keys", "", nil)
	require.Len(t, body["keys"], 1)
}

func TestConversationsShowStoredAndSeen(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.bot.shows("yours")
	chat := o.chat(t, "adele")
	id := o.send(t, chat, card("everybody's"))
	_, err := o.Press(t.Context(), "adele", chat, id, json.RawMessage(`{"type":"Action.Execute","verb":"view"}`), nil)
	require.NoError(t, err)
	for _, c := range o.Conversations() {
		if c.ID == chat {
			require.Equal(t, channel.Personal, c.Type)
			require.Equal(t, "adele", c.Members[0].Alias)
			require.Equal(t, "everybody's", title(t, c.Messages[0].Card))
			require.Equal(t, "yours", title(t, c.Messages[0].Views["adele"]))
		}
	}
}

// channelID is the id of the seeded team channel.
func channelID(t *testing.T, o *office) string {
	t.Helper()
	for _, chat := range o.Conversations() {
		if chat.Type == channel.Team {
			return chat.ID
		}
	}
	t.Fatal("no channel")
	return ""
}
