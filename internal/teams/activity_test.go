package teams

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

const channelMessage = `{
  "text": "<at>Passdesk</at> pass <at>Joni Sherman</at> 60m\n", "textFormat": "plain", "type": "message",
  "timestamp": "2026-11-23T09:00:00.000Z", "id": "1700000000001", "channelId": "msteams",
  "serviceUrl": "https://smba.trafficmanager.net/emea/", "x": [1.5e+3, -0, true, false, null, {"": []}],
  "from": {"id": "29:adele", "name": "Adele \"Del\" Vance", "aadObjectId": "AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA"},
  "conversation": {"isGroup": true, "conversationType": "channel", "tenantId": "t", "id": "19:x@thread.tacv2;messageid=1", "name": "General"},
  "recipient": {"id": "28:bot", "name": "Passdesk"},
  "entities": [
    {"mentioned": {"id": "28:bot", "name": "Passdesk"}, "text": "<at>Passdesk</at>", "type": "mention"},
    {"type": "https://schema.org/Message", "text": {"no": "text"}, "mentioned": 7},
    {"type": "mention", "text": "<at>Joni Sherman</at>", "mentioned": {"id": "29:joni", "name": "Joni Sherman"}},
    {"locale": "fr-FR", "country": "FR", "timezone": "Europe/Paris", "type": "clientInfo"}],
  "channelData": {"teamsChannelId": "19:x", "channel": {"id": "19:x"}, "team": {"id": "19:team", "name": "Desk"}, "tenant": {"id": "t"}, "eventType": "e"},
  "locale": null
}`

func TestDecodeMessage(t *testing.T) {
	t.Parallel()
	a, err := decode([]byte(channelMessage))
	require.NoError(t, err)
	want := &Activity{
		Type: "message", ID: "1700000000001", Text: "<at>Passdesk</at> pass <at>Joni Sherman</at> 60m\n", TextFormat: "plain",
		Locale: "fr-FR", Timezone: "Europe/Paris", ServiceURL: "https://smba.trafficmanager.net/emea/", ChannelID: "msteams",
		From:         Account{ID: "29:adele", Name: `Adele "Del" Vance`, ObjectID: adele},
		Recipient:    Account{ID: "28:bot", Name: "Passdesk"},
		Conversation: Conversation{ID: "19:x@thread.tacv2;messageid=1", Type: Team, TenantID: "t", Name: "General"},
		Channel:      Channel{TenantID: "t", TeamID: "19:team", ID: "19:x", EventType: "e"},
		Mentions: []Mention{
			{ID: "28:bot", Name: "Passdesk", Text: "<at>Passdesk</at>"},
			{ID: "29:joni", Name: "Joni Sherman", Text: "<at>Joni Sherman</at>"},
		},
		Raw: json.RawMessage(channelMessage),
	}
	require.Empty(t, cmp.Diff(want, a))
	require.Equal(t, "pass <at>Joni Sherman</at> 60m", a.Words())
	require.False(t, a.Private())
	require.Equal(t, "19:x@thread.tacv2;messageid=1\n1700000000001", a.Key())
	require.Equal(t, Place{"https://smba.trafficmanager.net/emea/", "19:x@thread.tacv2;messageid=1"}, a.Place())
}

func TestDecodeMembers(t *testing.T) {
	t.Parallel()
	a, err := decode([]byte(`{"type":"conversationUpdate","recipient":{"id":"28:bot"},
		"membersAdded":[{"id":"29:joni"},{"id":"28:bot","name":"Passdesk"}],"membersRemoved":[{"id":"29:megan","aadObjectId":"M"}]}`))
	require.NoError(t, err)
	require.Equal(t, []Account{{ID: "29:joni"}, {ID: "28:bot", Name: "Passdesk"}}, a.MembersAdded)
	require.Equal(t, []Account{{ID: "29:megan", ObjectID: "m"}}, a.MembersRemoved)
	require.True(t, a.BotAdded())
	require.Empty(t, a.Key())
}

func TestInstallationUpdate(t *testing.T) {
	t.Parallel()
	a, err := decode([]byte(`{"type":"installationUpdate","action":"add","recipient":{},"membersAdded":null,"entities":null,"from":null}`))
	require.NoError(t, err)
	require.Equal(t, "add", a.Action)
	require.False(t, a.BotAdded())
}

func TestInvoke(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		name, value string
		want        CardAction
		status      int
	}{
		"press": {
			InvokeCardAction, `{"trigger":"manual","action":{"type":"Action.Execute","id":"a1","verb":"approve","data":{"ref":"PD-7K3M"}}}`,
			CardAction{Trigger: "manual", Verb: "approve", ID: "a1", Data: json.RawMessage(`{"ref":"PD-7K3M"}`)},
			0,
		},
		"refresh":          {InvokeCardAction, `{"action":{"verb":"view","data":null},"trigger":"automatic"}`, CardAction{Trigger: "automatic", Verb: "view", Data: json.RawMessage("null")}, 0},
		"another invoke":   {"task/fetch", `{"action":{}}`, CardAction{}, 501},
		"no action":        {InvokeCardAction, `{"trigger":"manual"}`, CardAction{}, 400},
		"no value":         {InvokeCardAction, `null`, CardAction{}, 400},
		"value is a text":  {InvokeCardAction, `"approve"`, CardAction{}, 400},
		"action is a text": {InvokeCardAction, `{"action":"approve"}`, CardAction{}, 400},
		"verb is a number": {InvokeCardAction, `{"action":{"verb":1}}`, CardAction{}, 400},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, err := decode([]byte(`{"type":"invoke","name":"` + c.name + `","value":` + c.value + `}`))
			require.NoError(t, err)
			got, err := a.Invoke()
			if c.status != 0 {
				requireRefusal(t, err, c.status, map[int]string{501: "invoke unknown", 400: "invoke without action"}[c.status])
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, got)
			require.Equal(t, c.want.Trigger == "automatic", got.Automatic())
		})
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]map[string]json.RawMessage{
		``:     nil,
		`null`: {},
		`{}`:   {},
		`{ "ref" : "PD-7K3M" , "rev":2, "d\u0061te":{"a":[1, 2]}}`: {"ref": json.RawMessage(`"PD-7K3M"`), "rev": json.RawMessage(`2`), "date": json.RawMessage(`{"a":[1, 2]}`)},
	} {
		got, ok := CardAction{Data: json.RawMessage(data)}.Fields()
		require.True(t, ok, data)
		require.Equal(t, want, got, data)
	}
	for _, data := range []string{`[]`, `"text"`, `1`, `true`, `{"a":1,"a":2}`, `{"a":1}{}`, `{"a"`} {
		_, ok := CardAction{Data: json.RawMessage(data)}.Fields()
		require.False(t, ok, data)
	}
}

func TestReply(t *testing.T) {
	t.Parallel()
	drawn := DrawnReply(1, func(b []byte) []byte { return append(b, `{"type":"AdaptiveCard"}`...) })
	require.Equal(t, CardReply(json.RawMessage(`{"type":"AdaptiveCard"}`)), drawn)
	for want, reply := range map[string]Reply{
		`{"statusCode":200,"type":"application/vnd.microsoft.card.adaptive","value":{"type":"AdaptiveCard"}}`:               CardReply(json.RawMessage(`{"type":"AdaptiveCard"}`)),
		`{"statusCode":200,"type":"application/vnd.microsoft.activity.message","value":"being \"made\""}`:                   TextReply(`being "made"`),
		`{"statusCode":500,"type":"application/vnd.microsoft.error","value":{"code":"Busy","message":"Please try again."}}`: ErrorReply(500, "Busy", "Please try again."),
		`{"statusCode":400,"type":"application/vnd.microsoft.error","value":{"code":"\u003c","message":"line\nbreak"}}`:     ErrorReply(400, "<", "line\nbreak"),
	} {
		w := httptest.NewRecorder()
		require.NoError(t, reply.Write(w))
		require.Equal(t, want, w.Body.String())
		require.Equal(t, want, string(reply.Body()))
		require.True(t, json.Valid(w.Body.Bytes()))
		require.Equal(t, http.StatusOK, w.Code)
		require.Equal(t, "application/json; charset=utf-8", w.Header().Get("Content-Type"))
	}
}

func TestServiceHosts(t *testing.T) {
	t.Parallel()
	hs, err := parseHosts([]string{"smba.trafficmanager.net", "127.0.0.1:8443", "LOCALHOST:9", "[::1]:7"})
	require.NoError(t, err)
	for address, want := range map[string]bool{
		"https://smba.trafficmanager.net/emea/t/":          true,
		"https://SMBA.TrafficManager.net/":                 true,
		"https://smba.trafficmanager.net:443/":             true,
		"https://eu.smba.trafficmanager.net/":              true,
		"https://127.0.0.1:8443/teams/":                    true,
		"https://localhost:9":                              true,
		"https://[::1]:7/":                                 true,
		"http://smba.trafficmanager.net/":                  false,
		"https://smba.trafficmanager.net:8443/":            false,
		"https://evilsmba.trafficmanager.net/":             false,
		"https://trafficmanager.net/":                      false,
		"https://smba.trafficmanager.net.evil.example/":    false,
		"https://smba.trafficmanager.net@evil.example/":    false,
		"https://evil.example/@smba.trafficmanager.net":    false,
		"https://evil.example#smba.trafficmanager.net":     false,
		"https://evil.example?.smba.trafficmanager.net":    false,
		`https://evil.example\@smba.trafficmanager.net/`:   false,
		"https://user@smba.trafficmanager.net/":            false,
		"https://smba.trafficmanager.net./":                false,
		"https://smbа.trafficmanager.net/":                 false, // a Cyrillic а
		"https://smba.trafficmanager.net%00.evil.example/": false,
		"https://smba。trafficmanager.net/":                 false,
		"https://smba.trafficmanager.net/?next=evil":       false,
		"https:smba.trafficmanager.net":                    false,
		"//smba.trafficmanager.net/":                       false,
		"https:///emea":                                    false,
		"https://127.0.0.1/":                               false,
		"https://1.127.0.0.1:8443/":                        false,
		"https://..smba.trafficmanager.net/":               false,
		"":                                                 false,
	} {
		_, err := hs.allowed(address)
		require.Equal(t, want, err == nil, "%s: %v", address, err)
	}
}
