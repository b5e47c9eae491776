package load_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/load"
)

const (
	id       = "f:8d3f5c1e-0000-4000-8000-aaaaaaaaaaaa"
	activity = `{"type":"invoke","conversation":{"id":"a:1"},"id":"` + id + `","value":{"action":{"verb":"view"}}}`
)

func shot(t *testing.T) load.Shot {
	t.Helper()
	s, err := load.NewShot(http.Header{"Authorization": {"Bearer a.b.c"}, "Content-Type": {"application/json"}}, []byte(activity), `"PD-7K3M"`)
	require.NoError(t, err)
	return s
}

// Every activity is the same but for its id, and there are as many as was said.
func TestLoadFiresActivitiesOfTheirOwn(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	ids := map[string]bool{}
	floor := load.Floor([]byte(`{"value":"PD-7K3M","ref":"PD-7K3M"}`))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var a struct{ ID string }
		mu.Lock()
		if err == nil && json.Unmarshal(body, &a) == nil && r.Header.Get("Authorization") == "Bearer a.b.c" &&
			string(bytes.Replace(body, []byte(a.ID), []byte(id), 1)) == activity {
			ids[a.ID] = true
		}
		mu.Unlock()
		r.Body = io.NopCloser(bytes.NewReader(body))
		floor.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	r, err := load.Load{Address: server.Listener.Addr().String(), Conns: 4, For: time.Minute, Most: 200}.Run(t.Context(), shot(t))
	require.NoError(t, err)
	require.Equal(t, 200, r.N)
	require.Len(t, ids, 200)
	require.LessOrEqual(t, r.Quantile(0.5), r.Quantile(0.99))
	require.Positive(t, r.Quantile(0))
}

func TestABadAnswerEndsTheLoad(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"another card": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"ref":"PD-2222"}`) },
		"refused":      func(w http.ResponseWriter, _ *http.Request) { http.Error(w, `"PD-7K3M"`, http.StatusForbidden) },
		"hung up":      func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		server := httptest.NewServer(answer)
		r, err := load.Load{Address: server.Listener.Addr().String(), Conns: 1, For: time.Minute, Most: 1000}.Run(t.Context(), shot(t))
		server.Close()
		require.Error(t, err, name)
		require.LessOrEqual(t, r.N, 1, name)
	}
}

func TestLoadStaysOnThisMachine(t *testing.T) {
	t.Parallel()
	_, err := load.Load{Address: "192.0.2.1:80", Conns: 1, For: time.Second, Most: 1}.Run(t.Context(), shot(t))
	require.ErrorContains(t, err, "loopback only")
}

func TestAShotNeedsAnActivity(t *testing.T) {
	t.Parallel()
	for _, body := range []string{``, `{}`, `{"id":"short"}`, `{"id":"f:8d3f5c1e-0000-4000-8000-aaaaaaaaaaa\u0061"}`} {
		_, err := load.NewShot(http.Header{}, []byte(body), "x")
		require.Error(t, err, body)
	}
}

// The floor does decode: what is no activity is refused.
func TestFloor(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]int{activity: http.StatusOK, `{}`: http.StatusBadRequest, `{"type":`: http.StatusBadRequest} {
		to := httptest.NewRecorder()
		load.Floor([]byte("card")).ServeHTTP(to, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", bytes.NewReader([]byte(body))))
		require.Equal(t, want, to.Code, body)
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	var r load.Report
	self, err := os.Executable()
	require.NoError(t, err)
	require.NoError(t, r.Binary(self))
	r.Start(40 * time.Millisecond)
	m := load.Measurement{Result: load.Result{N: 27_000, Took: 2 * time.Second}, CPU: time.Second, Held: 40 << 20, MostHeld: 50 << 20}
	line := r.Add(load.Passdesk, 16, m)
	require.Contains(t, line, "BenchmarkServe/view/server=passdesk/conns=16 \t   27000\t     74074 ns/op")
	require.Contains(t, line, "27000 req/cpu-s")
	m.CPU = 800 * time.Millisecond
	r.Add(load.TheFloor, 16, m)
	table := r.Table()
	require.Contains(t, table, "1.25\n", "a second over 800 ms")
	require.Contains(t, table, "10.0 times agents-hosting's 2700 requests per CPU second (stated, not measured here)")
	require.Contains(t, table, "40ms (median of 1")
	m.CPU = 12 * time.Second
	r.Add(load.ThePeer, 16, m)
	table = r.Table()
	require.Contains(t, table, "12.0 times agents-hosting's 2250 requests per CPU second (measured here; budget 10 times)")
	require.NotContains(t, table, "stated", "what is measured is not taken from elsewhere")
}
