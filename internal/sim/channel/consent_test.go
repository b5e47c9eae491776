package channel_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// asks is a message with a card that asks for consent.
func asks(name string) map[string]any {
	return map[string]any{"type": "message", "attachments": []any{map[string]any{
		"contentType": "application/vnd.microsoft.teams.card.file.consent", "name": name,
		"content": map[string]any{"sizeInBytes": 10, "acceptContext": map[string]any{"n": 1}, "declineContext": map[string]any{"n": 2}},
	}}}
}

// put puts a fragment to an address of an upload, on the test's own server.
func (o *office) put(t *testing.T, address, ranged, fragment string, header ...string) int {
	t.Helper()
	_, below, _ := strings.Cut(address, "/files/")
	address = o.host.URL + "/files/" + below
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, address, bytes.NewReader([]byte(fragment)))
	require.NoError(t, err)
	req.Header.Set("Content-Range", ranged)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp.StatusCode
}

func TestAFileIsPutAfterConsent(t *testing.T) {
	t.Parallel()
	o := open(t)
	status, made := o.connector(t, http.MethodPost, asks("left.csv"), o.chat(t, "lee"), "activities")
	require.Equal(t, http.StatusCreated, status)

	answer, err := o.Consent(t.Context(), "lee", "", true)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.Status)
	got := o.bot.last(t)
	require.Equal(t, "fileConsent/invoke", got["name"])
	require.Equal(t, made["id"], got["replyToId"])
	value, _ := got["value"].(map[string]any)
	require.Equal(t, "accept", value["action"])
	require.Equal(t, map[string]any{"n": 1.0}, value["context"])
	info, _ := value["uploadInfo"].(map[string]any)
	require.Equal(t, "csv", info["fileType"])
	address, _ := info["uploadUrl"].(string)
	require.True(t, strings.HasPrefix(address, "https://127.0.0.1:4443/files/upload/"), address)

	first := strings.Repeat("a", 320<<10)
	require.Equal(t, http.StatusUnauthorized, o.put(t, address, "bytes 0-9/10", "0123456789", "Authorization", "Bearer good"))
	require.Equal(t, http.StatusNotFound, o.put(t, "/files/upload/nothing?tempauth=x", "bytes 0-9/10", "0123456789"))
	require.Equal(t, http.StatusBadRequest, o.put(t, address, "bytes 0-9/20", "0123456789"), "not a multiple of 320 KiB")
	require.Equal(t, http.StatusBadRequest, o.put(t, address, "bytes 0-8/20", "0123456789"))
	require.Equal(t, http.StatusAccepted, o.put(t, address, "bytes 0-327679/327682", first))
	require.Equal(t, http.StatusRequestedRangeNotSatisfiable, o.put(t, address, "bytes 0-327679/327682", first))
	require.Empty(t, o.Chats("lee")[0].Files)
	require.Equal(t, http.StatusCreated, o.put(t, address, "bytes 327680-327681/327682", "zz"))
	require.Equal(t, http.StatusNotFound, o.put(t, address, "bytes 0-9/10", "0123456789"), "over is over")
	files := o.Chats("lee")[0].Files
	require.Len(t, files, 1)
	require.Equal(t, "left.csv", files[0].Name)
	require.Equal(t, first+"zz", string(files[0].Content))
}

func TestConsentIsDeclined(t *testing.T) {
	t.Parallel()
	o := open(t)
	chat := o.chat(t, "lee")
	_, err := o.Consent(t.Context(), "lee", "", false)
	require.Error(t, err, "nothing was asked")
	_, _ = o.connector(t, http.MethodPost, asks("left.csv"), chat, "activities")
	_, err = o.Consent(t.Context(), "lee", "", false)
	require.NoError(t, err)
	value, _ := o.bot.last(t)["value"].(map[string]any)
	require.Equal(t, map[string]any{"type": "fileUpload", "action": "decline", "context": map[string]any{"n": 2.0}}, value)
}

// OneDrive is a person's own: nobody is asked in a shared place.
func TestConsentIsForPersonalChats(t *testing.T) {
	t.Parallel()
	o := open(t)
	for _, chat := range o.Conversations() {
		if chat.Type != "personal" {
			status, _ := o.connector(t, http.MethodPost, asks("left.csv"), chat.ID, "activities")
			require.Equal(t, http.StatusBadRequest, status, chat.Type)
		}
	}
}
