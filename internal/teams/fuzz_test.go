package teams

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzActivity holds the decoder against encoding/json: whatever it lets in is
// JSON, and both see the same activity in it.
func FuzzActivity(f *testing.F) {
	f.Add([]byte(channelMessage))
	f.Add([]byte(encoded(f, press())))
	f.Add([]byte(`{"type":"message","text":"\ud83d\ude00 \ud800","value":[1e9,-0.5,"\u0000"],"from":{"id":""}}`))
	f.Add([]byte(`{"type":"message","type":"invoke"}`))
	f.Add([]byte(`{"type":"x","entities":[{"type":"mention","mentioned":{"id":"a"}}],}`))
	f.Add([]byte("{\"type\":\"\xff\"}"))
	f.Fuzz(func(t *testing.T, body []byte) {
		a, err := decode(body)
		if err != nil {
			requireRefusal(t, err, http.StatusBadRequest, bodyCodeOf(t, err))
			return
		}
		var other map[string]any
		require.NoError(t, json.Unmarshal(body, &other), "%q", body)
		for key, got := range map[string]string{"type": a.Type, "id": a.ID, "text": a.Text, "serviceUrl": a.ServiceURL, "channelId": a.ChannelID} {
			want, _ := other[key].(string)
			require.Equal(t, want, got, "%s of %q", key, body)
		}
		from, _ := other["from"].(map[string]any)
		object, _ := from["aadObjectId"].(string)
		if object != "" {
			require.Equal(t, strings.ToLower(object), a.From.ObjectID)
		}
		conversation, _ := other["conversation"].(map[string]any)
		tenant, _ := conversation["tenantId"].(string)
		require.Equal(t, tenant, a.Conversation.TenantID)
		if _, present := other["value"]; present {
			require.True(t, json.Valid(a.Value), "%q", a.Value)
		}
		action, err := a.Invoke()
		if err != nil {
			var refusal *Refusal
			require.ErrorAs(t, err, &refusal)
		}
		var want map[string]json.RawMessage
		fields, ok := action.Fields()
		require.Equal(t, len(action.Data) == 0 || json.Unmarshal(action.Data, &want) == nil, ok, "%q", action.Data)
		for key := range want {
			require.Equal(t, want[key], fields[key], "%q of %q", key, action.Data)
		}
		require.Len(t, fields, len(want), "%q", action.Data)
	})
}

func bodyCodeOf(t *testing.T, err error) string {
	t.Helper()
	var refusal *Refusal
	require.ErrorAs(t, err, &refusal)
	require.Contains(t, []string{
		"body is not an activity", "body is not JSON", "body too deep", "body has duplicate keys", "field out of bounds",
	}, refusal.Code)
	return refusal.Code
}

// FuzzAuthorization sends any header to the door: only a genuine token opens it.
func FuzzAuthorization(f *testing.F) {
	forge := &forge{}
	forge.now.Store(1_763_888_400)
	good := sign(f, jwtRS256, goodKey(), map[string]any{"kid": "good"}, forge.claims())
	f.Add("Bearer " + good)
	f.Add("bearer " + good)
	f.Add("Bearer  " + good)
	f.Add("Basic " + good)
	f.Add(good)
	f.Add("Bearer eyJhbGciOiJub25lIn0.e30.")
	f.Add("Bearer " + strings.Repeat(".", 3))
	f.Add("Bearer " + sign(f, jwtRS256, attackerKey(), map[string]any{"kid": "good"}, forge.claims()))
	r := offline(f, forge)
	f.Fuzz(func(t *testing.T, header string) {
		raw, err := bearer(http.Header{"Authorization": {header}})
		if err == nil {
			_, err = r.tokens.verify(t.Context(), raw)
		}
		scheme, token, _ := strings.Cut(header, " ")
		if genuine := strings.EqualFold(scheme, "Bearer") && token == good; genuine {
			require.NoError(t, err)
			return
		}
		var refusal *Refusal
		require.ErrorAs(t, err, &refusal, "%q", header)
		require.Equal(t, http.StatusUnauthorized, refusal.Status, refusal.Detail)
	})
}
