package teams

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// drive is a OneDrive that takes files, and fails as often as it is told.
type drive struct {
	*httptest.Server
	mu    sync.Mutex
	held  strings.Builder
	calls []string // the ranges
	fails []int    // statuses, in the order of the calls
	token string
}

func newDrive(t *testing.T, fails ...int) *drive {
	t.Helper()
	d := &drive{fails: fails}
	d.Server = httptest.NewTLSServer(http.HandlerFunc(d.take))
	t.Cleanup(d.Close)
	return d
}

func (d *drive) take(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls, d.token = append(d.calls, r.Header.Get("Content-Range")), d.token+r.Header.Get("Authorization")
	if len(d.fails) > 0 {
		status := d.fails[0]
		if d.fails = d.fails[1:]; status != 0 {
			w.WriteHeader(status)
			return
		}
	}
	d.held.Write(body)
	w.WriteHeader(http.StatusAccepted)
}

func (d *drive) connector(t *testing.T, hosts ...string) *Connector {
	t.Helper()
	c, err := NewConnector(Options{
		Credential: &purse{}, ServiceHosts: []string{"smba.example"}, FileHosts: hosts, AppID: ourApp, Tenant: ourTenant, HTTP: d.Client(),
	})
	require.NoError(t, err)
	c.wait = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	return c
}

func (d *drive) answer() FileAnswer {
	return FileAnswer{Accepted: true, UploadURL: d.URL + "/up?tempauth=secret", Saved: SavedFile{Name: "a.csv", URL: d.URL + "/a.csv"}}
}

func (d *drive) host() string { return strings.TrimPrefix(d.URL, "https://") }

func TestAFileGoesInFragments(t *testing.T) {
	t.Parallel()
	d := newDrive(t, http.StatusServiceUnavailable, 0, http.StatusTooManyRequests)
	text := strings.Repeat("0123456789abcdef", (fragment+64)/16)
	require.NoError(t, d.connector(t, d.host()).Upload(t.Context(), d.answer(), strings.NewReader(text), int64(len(text))))
	require.Equal(t, text, d.held.String())
	require.Equal(t, []string{
		"bytes 0-5242879/5242944", "bytes 0-5242879/5242944", "bytes 5242880-5242943/5242944", "bytes 5242880-5242943/5242944",
	}, d.calls)
	require.Empty(t, d.token, "the address is the permission")
}

func TestAFileIsNotPutForEver(t *testing.T) {
	t.Parallel()
	for status, calls := range map[int]int{http.StatusNotFound: 1, http.StatusForbidden: 1, http.StatusServiceUnavailable: uploadTries, http.StatusRequestedRangeNotSatisfiable: 1} {
		d := newDrive(t, status, status, status, status)
		err := d.connector(t, d.host()).Upload(t.Context(), d.answer(), strings.NewReader("x"), 1)
		require.Error(t, err)
		require.Len(t, d.calls, calls, status)
	}
	d := newDrive(t, http.StatusServiceUnavailable, http.StatusRequestedRangeNotSatisfiable)
	require.NoError(t, d.connector(t, d.host()).Upload(t.Context(), d.answer(), strings.NewReader("x"), 1), "it was taken the first time")
}

// A client says where a file goes, and so it goes to hosts that are allowed only.
func TestFilesGoToAllowedHostsOnly(t *testing.T) {
	t.Parallel()
	d := newDrive(t)
	c := d.connector(t, "sharepoint.com", d.host())
	for _, address := range []string{
		"", "http://contoso.sharepoint.com/up", "https://sharepoint.com.evil.example/up", "https://evilsharepoint.com/up", "https://contoso.sharepoint.com:8443/up",
		"https://user@contoso.sharepoint.com/up", "https://contoso.sharepoint.com./up", "https://169.254.169.254/up", "https://contoso.sharepoint.com/up#x", "//contoso.sharepoint.com/up", "https:contoso.sharepoint.com",
	} {
		upload, shown := d.answer(), d.answer()
		upload.UploadURL, shown.Saved.URL = address, address
		for _, to := range []FileAnswer{upload, shown} {
			err := c.Upload(t.Context(), to, strings.NewReader("x"), 1)
			requireError(t, err, 0, "address refused", Fix)
			require.NotContains(t, err.Error(), "secret")
		}
	}
	require.Empty(t, d.calls)
	require.Error(t, d.connector(t).Upload(t.Context(), d.answer(), strings.NewReader("x"), 1), "no host is allowed")
	_, err := c.fileURL("https://contoso-my.sharepoint.com/personal/up?tempauth=1&x=2")
	require.NoError(t, err)
}

func TestFileAnswersAreRead(t *testing.T) {
	t.Parallel()
	got, err := (&Activity{Type: TypeInvoke, Name: InvokeFileConsent, Value: json.RawMessage(`{"type":"fileUpload","action":"accept","context":{"a":1},
		"uploadInfo":{"contentUrl":"https://c.sharepoint.com/a.csv","name":"a.csv","uploadUrl":"https://c.sharepoint.com/up","uniqueId":"1","fileType":"csv"}}`)}).FileAnswer()
	require.NoError(t, err)
	require.Equal(t, FileAnswer{
		Accepted: true, Context: json.RawMessage(`{"a":1}`), UploadURL: "https://c.sharepoint.com/up",
		Saved: SavedFile{Name: "a.csv", URL: "https://c.sharepoint.com/a.csv", ID: "1", Type: "csv"},
	}, got)
	for _, a := range []Activity{
		{Type: TypeInvoke, Name: InvokeCardAction},
		{Type: TypeMessage, Name: InvokeFileConsent},
		{Type: TypeInvoke, Name: InvokeFileConsent, Value: json.RawMessage(`{"action":"steal"}`)},
		{Type: TypeInvoke, Name: InvokeFileConsent, Value: json.RawMessage(`[]`)},
	} {
		_, err := a.FileAnswer()
		require.Error(t, err)
	}
}

func TestMessagesAboutFiles(t *testing.T) {
	t.Parallel()
	m := Message{
		Offer: &Offer{Name: "a.csv", Description: "who is left", Size: 12, Context: json.RawMessage(`{"n":1}`)},
		Saved: &SavedFile{Name: "a.csv", URL: "https://c.sharepoint.com/a.csv", ID: "1", Type: "csv"},
	}
	require.False(t, m.Empty())
	got, err := encode(m.wire("28:bot", Place{Conversation: "a:1"}, "", ""))
	require.NoError(t, err)
	require.JSONEq(t, `{"type":"message","from":{"id":"28:bot"},"conversation":{"id":"a:1"},"attachments":[
		{"contentType":"application/vnd.microsoft.teams.card.file.consent","name":"a.csv","content":{"description":"who is left","sizeInBytes":12,"acceptContext":{"n":1},"declineContext":{"n":1}}},
		{"contentType":"application/vnd.microsoft.teams.card.file.info","contentUrl":"https://c.sharepoint.com/a.csv","name":"a.csv","content":{"uniqueId":"1","fileType":"csv"}}]}`, string(got))
}
