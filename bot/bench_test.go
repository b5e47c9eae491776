package bot

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/load"
)

// click is a click of Megan's that views a stored request, as the channel sent
// it, and the endpoint that answered.
func (w *world) click(tb testing.TB) (handler http.Handler, header http.Header, body []byte, ref access.Ref) {
	tb.Helper()
	ref = w.asked()
	handler = w.bot.Handler()
	tap := httptest.NewServer(http.HandlerFunc(func(to http.ResponseWriter, r *http.Request) {
		header = r.Header.Clone()
		body, _ = io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		handler.ServeHTTP(to, r)
	}))
	tb.Cleanup(tap.Close)
	w.sim.Channel.SetBot(tap.URL + "/api/messages")
	chat := w.chat("megan")
	data, err := json.Marshal(map[string]any{"verb": "view", "type": "Action.Execute", "data": map[string]any{"ref": ref, "rev": w.request(ref).Rev}})
	require.NoError(tb, err)
	answer, err := w.sim.Channel.Press(tb.Context(), string(w.id("megan")), chat.ID, w.last("megan").ID, data, nil)
	require.NoError(tb, err)
	require.Contains(tb, string(answer.Card), string(ref))
	return handler, header, body, ref
}

// BenchmarkView is a verified click that views a stored request: the endpoint,
// the token's cache, the standing's cache, SQLite and the card.
func BenchmarkView(b *testing.B) {
	handler, header, body, ref := newWorld(b, nil).click(b)
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	defer spent(b)()
	for b.Loop() {
		req := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/api/messages", bytes.NewReader(body))
		req.Header = header
		to := httptest.NewRecorder()
		handler.ServeHTTP(to, req)
		if to.Code != http.StatusOK || !bytes.Contains(to.Body.Bytes(), []byte(fmt.Sprintf("%q", ref))) {
			b.Fatal(to.Code, to.Body)
		}
	}
}

// BenchmarkViewServed is the same over connections, for a profile of all that a
// server does: go tool pprof -focus 'conn..serve'. BenchmarkFloorServed answers
// the same bytes without a bot.
func BenchmarkViewServed(b *testing.B) {
	handler, header, body, ref := newWorld(b, nil).click(b)
	served(b, handler, header, body, ref)
}

func BenchmarkFloorServed(b *testing.B) {
	handler, header, body, ref := newWorld(b, nil).click(b)
	to := httptest.NewRecorder()
	req := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/api/messages", bytes.NewReader(body))
	req.Header = header
	handler.ServeHTTP(to, req)
	served(b, load.Floor(to.Body.Bytes()), header, body, ref)
}

// spent reports processor time beside the time of a machine that does more than
// this.
func spent(b *testing.B) func() {
	b.Helper()
	used := func() int64 {
		var u syscall.Rusage
		require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
		return u.Utime.Nano() + u.Stime.Nano()
	}
	before := used()
	return func() { b.ReportMetric(float64(used()-before)/float64(b.N), "cpu-ns/op") }
}

func served(b *testing.B, handler http.Handler, header http.Header, body []byte, ref access.Ref) {
	b.Helper()
	server := httptest.NewServer(handler)
	defer server.Close()
	shot, err := load.NewShot(header, body, fmt.Sprintf("%q", ref))
	require.NoError(b, err)
	l := load.Load{Address: server.Listener.Addr().String(), Conns: 8, For: time.Hour, Most: b.N}
	b.ReportAllocs()
	b.ResetTimer()
	defer spent(b)()
	result, err := l.Run(b.Context(), shot)
	require.NoError(b, err)
	require.Equal(b, b.N, result.N)
}
