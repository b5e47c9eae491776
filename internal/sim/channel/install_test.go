package channel_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/channel"
)

func types(calls []received) []string {
	var out []string
	for _, call := range calls {
		out = append(out, text(call.activity["type"]))
	}
	return out
}

func TestInstallTellsTheBot(t *testing.T) {
	t.Parallel()
	o := open(t)
	joni := o.person(t, "joni")
	o.tenant.Install("joni")
	o.until(t, "both activities", func() bool { return len(o.bot.got()) == 2 })
	calls := o.bot.got()
	require.Equal(t, []string{"installationUpdate", "conversationUpdate"}, types(calls))
	first, second := calls[0].activity, calls[1].activity
	require.Equal(t, "add", first["action"])
	require.Equal(t, joni.ID, dig(first, "from", "aadObjectId"))
	require.Equal(t, o.ChatID(joni.ID), dig(first, "conversation", "id"))
	require.Equal(t, []any{map[string]any{"id": "28:" + o.tenant.AppID()}}, second["membersAdded"])
	require.Len(t, o.Chats("joni"), 2, "the personal chat and the channel")
}

// Whoever writes to the bot has added it first: the bot hears of that before
// the message, and can answer.
func TestWritingInstalls(t *testing.T) {
	t.Parallel()
	o := open(t)
	_, err := o.Say(t.Context(), "alex", "", "pass joni")
	require.NoError(t, err)
	require.Equal(t, []string{"installationUpdate", "conversationUpdate", "message"}, types(o.bot.got()))
	require.True(t, o.tenant.Installed("alex"))
	o.send(t, o.chat(t, "alex"), card("no"))
}

func TestRemoveTellsTheBot(t *testing.T) {
	t.Parallel()
	o := open(t)
	_, err := o.Remove(t.Context(), "adele")
	require.NoError(t, err)
	calls := o.bot.got()
	require.Equal(t, "remove", calls[0].activity["action"])
	require.NotEmpty(t, calls[1].activity["membersRemoved"])
	require.False(t, o.tenant.Installed("adele"))
}

func TestActivityIsCompleted(t *testing.T) {
	t.Parallel()
	o := open(t)
	adele := o.person(t, "adele")
	const mallory = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
	for name, test := range map[string]struct {
		raw   string
		check func(t *testing.T, got map[string]any)
	}{
		"a person's words": {`{"from":"adele","text":"help"}`, func(t *testing.T, got map[string]any) {
			t.Helper()
			require.Equal(t, "message", got["type"])
			require.Equal(t, adele.Teams, dig(got, "from", "id"))
		}},
		"a name makes an invoke": {`{"from":"adele","name":"task/fetch","value":{}}`, func(t *testing.T, got map[string]any) {
			t.Helper()
			require.Equal(t, "invoke", got["type"])
		}},
		"in the channel": {`{"from":"adele","text":"help","conversation":"channel"}`, func(t *testing.T, got map[string]any) {
			t.Helper()
			require.Equal(t, "<at>Passdesk</at> help", got["text"])
			require.Equal(t, "channel", dig(got, "conversation", "conversationType"))
		}},
		"in the group": {`{"from":"adele","text":"help","conversation":"group"}`, func(t *testing.T, got map[string]any) {
			t.Helper()
			require.Equal(t, "groupChat", dig(got, "conversation", "conversationType"))
		}},
		"overrides stay": {`{"from":"adele","text":"x","serviceUrl":"https://evil.example/","channelId":"emulator","conversation":{"tenantId":"other"}}`, func(t *testing.T, got map[string]any) {
			t.Helper()
			require.Equal(t, "https://evil.example/", got["serviceUrl"])
			require.Equal(t, "emulator", got["channelId"])
			require.Equal(t, "other", dig(got, "conversation", "tenantId"))
			require.Equal(t, o.ChatID(adele.ID), dig(got, "conversation", "id"))
		}},
		"null leaves out": {`{"from":{"id":"` + adele.Teams + `","aadObjectId":null},"text":"x","channelData":null,"serviceUrl":null,"conversation":null}`, func(t *testing.T, got map[string]any) {
			t.Helper()
			require.NotContains(t, got, "channelData")
			require.NotContains(t, got, "serviceUrl")
			require.NotContains(t, got, "conversation")
			require.NotContains(t, got["from"], "aadObjectId")
		}},
		"a stranger": {`{"from":{"id":"29:mallory","aadObjectId":"` + mallory + `","name":"Mallory"},"text":"help"}`, func(t *testing.T, got map[string]any) {
			t.Helper()
			require.Equal(t, mallory, dig(got, "from", "aadObjectId"))
			require.Equal(t, "personal", dig(got, "conversation", "conversationType"))
			require.NotEmpty(t, dig(got, "conversation", "id"))
		}},
	} {
		answer, err := o.Activity(t.Context(), json.RawMessage(test.raw))
		require.NoError(t, err, name)
		require.Equal(t, 200, answer.Status, name)
		test.check(t, o.bot.last(t))
	}
}

func TestActivityIsRefused(t *testing.T) {
	t.Parallel()
	o := open(t)
	for raw, want := range map[string]error{
		`[]`: channel.ErrActivity, `null`: channel.ErrActivity, `{"text":"x"}`: channel.ErrActivity,
		`{"from":"nobody","text":"x"}`:                         channel.ErrNoPerson,
		`{"from":"adele","text":"x","conversation":"a:other"}`: channel.ErrNoConversation,
		`{"from":"adele","text":"x","conversation":7}`:         channel.ErrActivity,
	} {
		_, err := o.Activity(t.Context(), json.RawMessage(raw))
		require.ErrorIs(t, err, want, raw)
	}
	require.Empty(t, o.bot.got())
}

func TestActivityDeliveredTwiceIsOneMessage(t *testing.T) {
	t.Parallel()
	o := open(t)
	for range 2 {
		_, err := o.Activity(t.Context(), json.RawMessage(`{"from":"adele","id":"1700000000000","text":"help"}`))
		require.NoError(t, err)
	}
	require.Len(t, o.bot.got(), 2)
	require.Len(t, o.Chats("adele")[0].Messages, 1)
}

func TestActivityUpdatesTheView(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.bot.shows("yours")
	chat := o.chat(t, "adele")
	id := o.send(t, chat, card("stored"))
	answer, err := o.Activity(t.Context(), json.RawMessage(`{"from":"adele","name":"adaptiveCard/action","replyToId":"`+id+`","value":{"action":{"type":"Action.Execute","verb":"view"},"trigger":"manual"}}`))
	require.NoError(t, err)
	require.NotEmpty(t, answer.Headers["Content-Type"])
	require.Equal(t, "yours", o.view(t, "adele", chat, id))
}

// An installation that the test itself delivers is not delivered once more.
func TestActivityThatInstalls(t *testing.T) {
	t.Parallel()
	o := open(t)
	_, err := o.Activity(t.Context(), json.RawMessage(`{"from":"joni","type":"installationUpdate","action":"add"}`))
	require.NoError(t, err)
	o.Close()
	require.Equal(t, []string{"installationUpdate"}, types(o.bot.got()))
	require.True(t, o.tenant.Installed("joni"))
}
