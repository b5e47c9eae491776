package channel_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/channel"
	"github.com/passdesk/passdesk/internal/sim/fault"
)

// plan opens a calm office, and returns how to put a fault in the place of the
// one before.
func plan(t *testing.T) (o *office, next func(fault.Fault)) {
	t.Helper()
	faults := &fault.Set{}
	o = open(t, func(options *channel.Options) { options.Faults = faults })
	return o, func(f fault.Fault) {
		t.Helper()
		faults.Clear()
		_, err := faults.Add(f)
		require.NoError(t, err)
	}
}

// Every status and code of Teams' table, in the connector's words.
func TestFaultsInTheConnectorsWords(t *testing.T) {
	t.Parallel()
	o, next := plan(t)
	for _, test := range []struct {
		status        int
		ask           string // code asked for
		code, message string
	}{
		{400, "", "Bad Argument", "Unknown attachment type"},
		{401, "", "BotNotRegistered", "No registration found for this bot."},
		{403, "", "BotNotInConversationRoster", "The bot is not part of the conversation roster."},
		{403, "BotDisabledByAdmin", "BotDisabledByAdmin", "The tenant admin disabled this bot"},
		{403, "ConversationBlockedByUser", "ConversationBlockedByUser", "User blocked the conversation with the bot."},
		{403, "ForbiddenOperationException", "ForbiddenOperationException", "Bot is not installed in user's personal scope"},
		{403, "InvalidBotApiHost", "InvalidBotApiHost", "Invalid bot api host. For GCC tenants, please call https://smba.infra.gcc.teams.microsoft.com."},
		{403, "NotEnoughPermissions", "NotEnoughPermissions", "The bot does not have the permission for this operation."},
		{404, "", "ConversationNotFound", "Conversation not found."},
		{404, "ActivityNotFoundInConversation", "ActivityNotFoundInConversation", "Conversation not found."},
		{412, "", "PreconditionFailed", "Precondition failed, please try again."},
		{413, "", "MessageSizeTooBig", "Message size too large."},
		{429, "", "Throttled", "Too many requests."},
		{500, "", "ServiceError", "An internal error occurred."},
		{502, "", "ServiceError", "A service that this one needs has failed."},
		{503, "", "ServiceUnavailable", "Service is unavailable."},
		{504, "", "GatewayTimeout", "Gateway Timeout."},
		{418, "", "ServiceError", "I'm a teapot"},
		{403, "Odd", "Odd", "Forbidden"},
	} {
		next(fault.Fault{Path: "^/teams/", Status: test.status, Code: test.ask, RetryAfter: 4})
		a := o.ask(t, http.MethodPost, o.parameters(o.person(t, "adele").Teams))
		require.Equal(t, test.status, a.status)
		require.Equal(t, test.code, a.code)
		require.Equal(t, test.message, dig(a.body, "error", "message"))
		require.Equal(t, 4, a.after)
		require.NotEmpty(t, a.operation)
	}
	next(fault.Fault{Status: 403, Code: "MessageWritesBlocked"})
	a := o.ask(t, http.MethodPost, o.parameters(o.person(t, "adele").Teams))
	require.EqualValues(t, 209, a.body["errorCode"])
	require.JSONEq(t, `{"subCode":"MessageWritesBlocked","details":"User blocked the conversation with the bot."}`, text(a.body["message"]))
}

// The message is in the chat, and the bot is told that it is not.
func TestFaultsAfterTheMessage(t *testing.T) {
	t.Parallel()
	o, next := plan(t)
	next(fault.Fault{Path: "/activities$", Method: "POST", Status: 502, AfterCommit: true, Count: 1})
	adele := o.chat(t, "adele")
	body := map[string]any{"type": "message", "text": "twice"}
	require.Equal(t, http.StatusBadGateway, o.ask(t, http.MethodPost, body, adele, "activities").status)
	require.Equal(t, http.StatusCreated, o.ask(t, http.MethodPost, body, adele, "activities").status)
	for _, chat := range o.Chats("adele") {
		if chat.ID == adele {
			require.Len(t, chat.Messages, 2)
		}
	}
}

func TestFaultsOfTheKeys(t *testing.T) {
	t.Parallel()
	o, next := plan(t)
	next(fault.Fault{Path: "/.well-known/keys$", Status: 503, Message: "<gone>", Count: 1})
	get := func(path string) (int, string) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, o.host.URL+path, http.NoBody)
		require.NoError(t, err)
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		defer func() { _ = response.Body.Close() }()
		page, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		return response.StatusCode, string(page)
	}
	status, _ := get("/v1/.well-known/openidconfiguration")
	require.Equal(t, http.StatusOK, status)
	status, page := get("/v1/.well-known/keys")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Contains(t, page, "&lt;gone&gt;")
	status, page = get("/v1/.well-known/keys")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, `"keys"`)
}
