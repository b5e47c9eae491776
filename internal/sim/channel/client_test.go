package channel_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/channel"
)

func TestSayReachesTheBotAsTeamsSendsIt(t *testing.T) {
	t.Parallel()
	o := open(t)
	lee := o.person(t, "lee")
	answer, err := o.Say(t.Context(), "lee", "", "help")
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.Status)

	got := o.bot.last(t)
	chat := o.ChatID(lee.ID)
	want := map[string]any{
		"type": "message", "text": "help", "textFormat": "plain",
		"channelId": "msteams", "serviceUrl": serviceURL, "locale": "fr-FR", "localTimezone": "Europe/Paris",
		"from":         map[string]any{"id": lee.Teams, "name": lee.Name, "aadObjectId": lee.ID},
		"recipient":    map[string]any{"id": "28:" + o.tenant.AppID(), "name": "Passdesk"},
		"conversation": map[string]any{"id": chat, "conversationType": "personal", "tenantId": o.tenant.ID()},
		"channelData":  map[string]any{"tenant": map[string]any{"id": o.tenant.ID()}},
		"entities": []any{map[string]any{
			"type": "clientInfo", "locale": "fr-FR", "country": "FR", "platform": "Web", "timezone": "Europe/Paris",
		}},
	}
	for _, changing := range []string{"id", "timestamp", "localTimestamp"} {
		require.NotEmpty(t, got[changing])
		delete(got, changing)
	}
	require.Empty(t, cmp.Diff(want, got))
	require.Equal(t, "help", o.Chats("lee")[0].Messages[0].Text)
}

func TestTokenOfTheChannel(t *testing.T) {
	t.Parallel()
	now := time.Now()
	o := open(t, func(options *channel.Options) { options.Now = func() time.Time { return now } })
	say := func() string {
		_, err := o.Say(t.Context(), "adele", "", "help")
		require.NoError(t, err)
		calls := o.bot.got()
		return strings.TrimPrefix(calls[len(calls)-1].authorization, "Bearer ")
	}
	first := say()
	claims := jwt.MapClaims{}
	token, _, err := jwt.NewParser().ParseUnverified(first, claims)
	require.NoError(t, err)
	require.Equal(t, "RS256", token.Header["alg"])
	require.Empty(t, cmp.Diff(jwt.MapClaims{
		"aud": o.tenant.AppID(), "iss": "https://api.botframework.com", "serviceurl": serviceURL,
		"nbf": float64(now.Unix()), "exp": float64(now.Add(time.Hour).Unix()),
	}, claims))

	now = now.Add(50 * time.Minute)
	require.Equal(t, first, say(), "a token serves for about an hour")
	_, err = o.Rotate(false)
	require.NoError(t, err)
	second := say()
	require.NotEqual(t, first, second, "a new key signs a new token")
	now = now.Add(56 * time.Minute)
	require.NotEqual(t, second, say(), "a token is not used until its last minute")
}

func TestPressShowsTheAnswerToOnePerson(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.bot.shows("approved")
	group := groupID(t, o)
	id := o.send(t, group, card("decide"))
	action := json.RawMessage(`{"type":"Action.Execute","title":"Approve","verb":"approve","data":{"ref":"PD-1","rev":3}}`)
	answer, err := o.Press(t.Context(), "megan", group, id, action, map[string]any{"reason": "new phone", "rev": "4"})
	require.NoError(t, err)
	require.Empty(t, answer.Error)
	require.Equal(t, "approved", title(t, answer.Card))

	got := o.bot.last(t)
	require.Equal(t, "invoke", got["type"])
	require.Equal(t, "adaptiveCard/action", got["name"])
	require.Equal(t, id, got["replyToId"])
	require.Empty(t, cmp.Diff(map[string]any{
		"trigger": "manual",
		"action": map[string]any{
			"type": "Action.Execute", "title": "Approve", "verb": "approve",
			"data": map[string]any{"ref": "PD-1", "rev": "4", "reason": "new phone"},
		},
	}, got["value"]))

	require.Equal(t, "approved", o.view(t, "megan", group, id))
	require.Equal(t, "decide", o.view(t, "adele", group, id))

	status, _ := o.connector(t, http.MethodPut, message(card("over")), group, "activities", id)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "over", o.view(t, "megan", group, id), "an update replaces what is on every screen")
}

func TestPressWithoutInputs(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.bot.shows("seen")
	chat := o.chat(t, "adele")
	id := o.send(t, chat, card("form"))
	action := json.RawMessage(`{"type":"Action.Execute","verb":"hide","associatedInputs":"none","data":{"ref":"PD-1"}}`)
	_, err := o.Press(t.Context(), "adele", "", id, action, map[string]any{"reason": "x"})
	require.NoError(t, err)
	require.Equal(t, map[string]any{"ref": "PD-1"}, dig(o.bot.last(t), "value", "action", "data"))

	_, err = o.Press(t.Context(), "adele", "", id, json.RawMessage(`{"type":"Action.Submit","data":{"ref":"PD-1"}}`), map[string]any{"reason": "x"})
	require.NoError(t, err)
	got := o.bot.last(t)
	require.Equal(t, "message", got["type"])
	require.Equal(t, map[string]any{"ref": "PD-1", "reason": "x"}, got["value"])
	require.Equal(t, id, got["replyToId"])
}

func TestWhatAClientMakesOfAnAnswer(t *testing.T) {
	t.Parallel()
	const sorry = "Something went wrong. Please try again"
	for name, test := range map[string]struct {
		status  int
		body    string
		message string
		err     string
	}{
		"message":      {200, `{"statusCode":200,"type":"application/vnd.microsoft.activity.message","value":"Done"}`, "Done", ""},
		"error":        {200, `{"statusCode":400,"type":"application/vnd.microsoft.error","value":{"code":"x","message":"y"}}`, "", sorry},
		"empty":        {200, ``, "", sorry},
		"not JSON":     {200, `hello`, "", sorry},
		"server error": {500, `{"statusCode":200,"type":"application/vnd.microsoft.activity.message","value":"Done"}`, "", sorry},
		"other type":   {200, `{"statusCode":200,"type":"application/x","value":"Done"}`, "", sorry},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			o.bot.reply(func(w http.ResponseWriter, _ map[string]any) {
				w.WriteHeader(test.status)
				_, _ = w.Write([]byte(test.body))
			})
			chat := o.chat(t, "adele")
			id := o.send(t, chat, card("stays"))
			answer, err := o.Press(t.Context(), "adele", chat, id, json.RawMessage(`{"type":"Action.Execute","verb":"v"}`), nil)
			require.NoError(t, err)
			require.Equal(t, test.status, answer.Status)
			require.Equal(t, test.message, answer.Message)
			require.Equal(t, test.err, answer.Error)
			require.Equal(t, "stays", o.view(t, "adele", chat, id))
		})
	}
}

func TestLateAnswer(t *testing.T) {
	t.Parallel()
	o := open(t, func(options *channel.Options) {
		options.Patience, options.Deadline = 10*time.Millisecond, 200*time.Millisecond
	})
	release, ended := make(chan struct{}), make(chan struct{})
	o.bot.reply(func(http.ResponseWriter, map[string]any) {
		defer close(ended)
		<-release
	})
	chat := o.chat(t, "adele")
	id := o.send(t, chat, card("stays"))
	answer, err := o.Press(t.Context(), "adele", chat, id, json.RawMessage(`{"type":"Action.Execute","verb":"v"}`), nil)
	require.NoError(t, err)
	require.Equal(t, "Something went wrong. Please try again", answer.Error)
	close(release)
	<-ended

	hang := make(chan struct{})
	t.Cleanup(func() { close(hang) })
	o.bot.reply(func(http.ResponseWriter, map[string]any) { <-hang })
	answer, err = o.Say(t.Context(), "adele", "", "help")
	require.NoError(t, err)
	require.Equal(t, http.StatusGatewayTimeout, answer.Status, "the channel ends the turn")
}

func TestRefresh(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.bot.shows("fresh")
	adele := o.person(t, "adele")
	group := groupID(t, o)
	id := o.send(t, group, refreshing("stored", adele.Teams))

	refreshed, err := o.Open(t.Context(), "megan", group)
	require.NoError(t, err)
	require.Empty(t, refreshed, "megan is not in userIds")

	refreshed, err = o.Open(t.Context(), "adele", group)
	require.NoError(t, err)
	require.Len(t, refreshed, 1)
	require.Equal(t, id, refreshed[0].Message)
	require.Equal(t, "automatic", dig(o.bot.last(t), "value", "trigger"))
	require.Equal(t, "fresh", o.view(t, "adele", group, id))

	refreshed, err = o.Open(t.Context(), "adele", group)
	require.NoError(t, err)
	require.Empty(t, refreshed, "the card of the last invoke is under a minute old")

	o.tenant.Advance(time.Minute)
	refreshed, err = o.Open(t.Context(), "adele", group)
	require.NoError(t, err)
	require.Len(t, refreshed, 1)
}

func TestRefreshForEverybodyAndNobody(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.bot.shows("fresh")
	chat := o.chat(t, "adele")
	everybody := refreshing("stored")
	everybody["refresh"] = map[string]any{"action": dig(everybody, "refresh", "action")}
	o.send(t, chat, everybody)
	nobody := refreshing("stored")
	nobody["refresh"] = map[string]any{"action": dig(nobody, "refresh", "action"), "userIds": []string{}}
	o.send(t, chat, nobody)
	o.send(t, chat, card("never"))
	refreshed, err := o.Open(t.Context(), "adele", "")
	require.NoError(t, err)
	require.Len(t, refreshed, 1)
}

func TestUpdateRefreshesWhoIsLooking(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.bot.shows("fresh")
	adele, megan := o.person(t, "adele"), o.person(t, "megan")
	group := groupID(t, o)
	id := o.send(t, group, card("first"))
	_, err := o.Open(t.Context(), "adele", group)
	require.NoError(t, err)

	status, _ := o.connector(t, http.MethodPut, message(refreshing("second", adele.Teams, megan.Teams)), group, "activities", id)
	require.Equal(t, http.StatusOK, status)
	o.until(t, "adele's client refreshes", func() bool { return o.view(t, "adele", group, id) == "fresh" })
	require.Equal(t, "second", o.view(t, "megan", group, id), "megan is not looking")

	o.Leave("adele")
	o.tenant.Advance(time.Hour)
	status, _ = o.connector(t, http.MethodPut, message(refreshing("third", adele.Teams)), group, "activities", id)
	require.Equal(t, http.StatusOK, status)
	o.Close()
	require.Equal(t, "third", o.view(t, "adele", group, id))
}

func TestSharedPlaceNeedsAMention(t *testing.T) {
	t.Parallel()
	o := open(t)
	_, err := o.Say(t.Context(), "adele", channel.ChannelAlias, "good morning")
	require.NoError(t, err)
	require.Empty(t, o.bot.got())

	_, err = o.Say(t.Context(), "adele", channel.ChannelAlias, "@Passdesk help")
	require.NoError(t, err)
	got := o.bot.last(t)
	require.Equal(t, "<at>Passdesk</at> help", got["text"])
	require.Equal(t, "channel", dig(got, "conversation", "conversationType"))
	require.Equal(t, channelID(t, o)+";messageid="+text(got["id"]), dig(got, "conversation", "id"))
	require.Equal(t, channelID(t, o), dig(got, "channelData", "teamsChannelId"))
	mention := dig(got, "entities", 0)
	require.Equal(t, "mention", dig(mention, "type"))
	require.Equal(t, "28:"+o.tenant.AppID(), dig(mention, "mentioned", "id"))
}

func TestErrorsOfWhatPeopleDo(t *testing.T) {
	t.Parallel()
	o := open(t)
	_, err := o.Say(t.Context(), "nobody", "", "help")
	require.ErrorIs(t, err, channel.ErrNoPerson)
	_, err = o.Say(t.Context(), "adele", o.ChatID(o.person(t, "megan").ID), "help")
	require.ErrorIs(t, err, channel.ErrNoConversation, "somebody else's chat")
	_, err = o.Press(t.Context(), "adele", "", "1:1no", json.RawMessage(`{}`), nil)
	require.ErrorIs(t, err, channel.ErrNoMessage)
	o.SetBot("http://127.0.0.1:1/api/messages")
	_, err = o.Say(t.Context(), "adele", "", "help")
	require.ErrorIs(t, err, channel.ErrUnreachable)
	o.SetBot("")
	_, err = o.Say(t.Context(), "adele", "", "help")
	require.ErrorIs(t, err, channel.ErrNoBot)
}

func groupID(t *testing.T, o *office) string {
	t.Helper()
	for _, chat := range o.Conversations() {
		if chat.Type == channel.Group {
			return chat.ID
		}
	}
	t.Fatal("no group chat")
	return ""
}
