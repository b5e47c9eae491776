package app_test

import (
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/app"
	"github.com/passdesk/passdesk/internal/audit"
	"github.com/passdesk/passdesk/internal/store/pgtest"
)

// collector is a server that takes the audit over TLS, and fails as it is told.
type collector struct {
	*httptest.Server
	mu       sync.Mutex
	failures []string     // what becomes of the next calls; empty: they are taken
	down     bool         // all fail
	taken    []audit.Line // in the order of their arrival
	strayed  bool         // a redirect was followed
	calls    int
}

func newCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{}
	c.Server = httptest.NewTLSServer(c)
	t.Cleanup(c.Close)
	return c
}

func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	c.mu.Lock()
	defer c.mu.Unlock()
	if r.URL.Path == "/elsewhere" {
		c.strayed = true
		return
	}
	c.calls++
	failure := ""
	if len(c.failures) > 0 {
		failure, c.failures = c.failures[0], c.failures[1:]
	}
	switch {
	case c.down || failure == "busy":
		w.WriteHeader(http.StatusServiceUnavailable)
	case err != nil || r.Method != http.MethodPost || r.Header.Get("Authorization") != "Bearer hunter2" || r.Header.Get("Content-Type") != "application/x-ndjson":
		w.WriteHeader(http.StatusBadRequest)
	case failure == "cut off":
		panic(http.ErrAbortHandler)
	case failure == "moved":
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	default:
		c.taken = append(c.taken, lines(string(body))...)
		if failure == "taken and lost" {
			w.WriteHeader(http.StatusBadGateway)
		}
	}
}

func (c *collector) fails(how ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failures = how
}

func (c *collector) is(down bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.down = down
}

func (c *collector) has() []audit.Line {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]audit.Line(nil), c.taken...)
}

// lines reads lines as they are streamed and exported; what is no line has no
// number.
func lines(text string) []audit.Line {
	var all []audit.Line
	for one := range strings.Lines(text) {
		var line struct {
			Seq   int64
			Hash  string
			Entry json.RawMessage
		}
		_ = json.Unmarshal([]byte(one), &line)
		hash, _ := audit.ParseHash(line.Hash)
		all = append(all, audit.Line{Seq: line.Seq, Hash: hash, Body: line.Entry})
	}
	return all
}

// streaming sends the audit of a play to a collector. Its certificate is trusted by
// entra.ca_file alone.
func (c *collector) streaming(t *testing.T) func(*app.Config) {
	t.Helper()
	return func(config *app.Config) {
		roots, err := os.ReadFile(config.Entra.CAFile)
		require.NoError(t, err)
		roots = append(roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate().Raw})...)
		config.Entra.CAFile = filepath.Join(t.TempDir(), "roots.pem")
		require.NoError(t, os.WriteFile(config.Entra.CAFile, roots, 0o600))
		config.AuditStream.To, config.AuditStream.Token = c.URL+"/audit", "hunter2"
	}
}

// arrives waits until a collector has the whole audit, proves that by its hashes,
// and that each line came for the first time when the one before it was there.
func (p *play) arrives(has func() []audit.Line) {
	p.t.Helper()
	want, err := app.VerifyAudit(p.t.Context(), p.Config, "")
	require.NoError(p.t, err)
	require.Positive(p.t, want.Last)
	var first []audit.Line
	p.until(func() bool {
		first = nil
		for _, line := range has() {
			require.LessOrEqual(p.t, line.Seq, int64(len(first)+1), "a line came before the one before it")
			if line.Seq == int64(len(first)+1) {
				first = append(first, line)
			}
		}
		return int64(len(first)) >= want.Last
	}, func() string { return "the audit does not arrive\n" + p.tail() })
	got, err := audit.Verify(func(yield func(audit.Line, error) bool) {
		for _, line := range first {
			if !yield(line, nil) {
				return
			}
		}
	}, want.Head)
	require.NoError(p.t, err)
	require.Nil(p.t, got.Break)
}

// The collector fails in every way, Passdesk is restarted, and every entry arrives,
// at least once and in order.
func TestAuditStreamArrives(t *testing.T) {
	t.Parallel()
	for engine, on := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			c, configure := newCollector(t), on(t)
			p := newPlay(t, func(config *app.Config) { configure(config); c.streaming(t)(config) })
			for _, failure := range []string{"busy", "taken and lost", "cut off", "moved"} {
				c.fails(failure)
				p.asked()
				p.arrives(c.has)
				p.becomes(`"audit stream":"ok"`)
			}
			require.False(t, c.strayed, "a redirect carries the audit to an address nobody chose")
			require.Greater(t, len(c.has()), len(first(c.has())), "what was taken and not answered comes again")

			c.is(true)
			p.asked()
			p.becomes(`"audit stream":"failing"`)
			before := len(c.has())
			require.NoError(t, p.Restart(t.Context()))
			c.is(false)
			p.asked()
			p.arrives(c.has)
			require.NotContains(t, numbers(c.has()[before:]), int64(1), "the cursor outlives the process")
			require.NotContains(t, p.logs.String(), "hunter2")
		})
	}
}

// first are the lines without those that came again.
func first(all []audit.Line) map[int64]bool {
	seen := map[int64]bool{}
	for _, l := range all {
		seen[l.Seq] = true
	}
	return seen
}

func numbers(all []audit.Line) []int64 {
	var n []int64
	for _, l := range all {
		n = append(n, l.Seq)
	}
	return n
}

// Of two replicas one sends, and the other when that one is gone.
func TestAuditStreamOfTwoReplicas(t *testing.T) {
	t.Parallel()
	c, address := newCollector(t), pgtest.Address(t)
	configure := func(config *app.Config) { config.Database = address; c.streaming(t)(config) }
	one, two := newPlay(t, configure), newPlay(t, configure)
	ask := func(p *play) { // the card may go out in the other's tenant
		p.says("adele", "pass joni 60m once for new laptop")
		p.presses("adele", "Send request", nil)
	}
	for range 3 {
		ask(one)
		ask(two)
		one.arrives(c.has)
	}
	require.Len(t, c.has(), len(first(c.has())), "nothing came twice")
	require.NoError(t, one.Stop())
	ask(two)
	two.arrives(c.has)
	require.Len(t, c.has(), len(first(c.has())), "nothing came twice")
}

// A file gets the audit, too, and a line that a crash has torn is ended there.
func TestAuditStreamToAFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "audit.jsonl")
	p := newPlay(t, func(c *app.Config) { c.AuditStream.To = "file:" + file })
	has := func() []audit.Line {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var whole []audit.Line
		for _, l := range lines(string(text)) {
			if l.Seq > 0 {
				whole = append(whole, l)
			}
		}
		return whole
	}
	p.asked()
	p.until(func() bool { _, err := os.Stat(file); return err == nil }, func() string { return "there is no file" })
	p.arrives(has)
	require.NoError(t, p.Stop())
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	torn, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = torn.WriteString(`{"seq":2,"ha`)
	require.NoError(t, err)
	require.NoError(t, torn.Close())
	require.NoError(t, p.Restart(t.Context()))
	p.asked()
	p.arrives(has)
}
