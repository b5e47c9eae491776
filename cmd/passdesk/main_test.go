package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim"
)

// TestMain lets this test binary be run as passdesk.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"passdesk": main})
}

// process is passdesk in a process of its own.
type process struct {
	*exec.Cmd
	mu  sync.Mutex
	out bytes.Buffer
}

func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.Write(b)
}

func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String()
}

func passdesk(t *testing.T, env map[string]string, args ...string) *process {
	t.Helper()
	path, err := exec.LookPath("passdesk") // as testscript.Main has laid it
	require.NoError(t, err)
	p := &process{Cmd: exec.CommandContext(t.Context(), path, args...)}
	p.Stdout, p.Stderr = p, p
	p.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
	for name, value := range env {
		p.Env = append(p.Env, name+"="+value)
	}
	return p
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close() //nolint:errcheck // only its number is wanted
	return l.Addr().String()
}

// A newcomer's second way: the tenant in one process, the bot in another, and
// nothing between them but the files that the tenant wrote.
func TestServeAsAProcess(t *testing.T) {
	t.Parallel()
	dir, bot := t.TempDir(), freePort(t)
	tenant, err := sim.Start(t.Context(), sim.Options{Dir: dir, Bot: "http://" + bot + "/api/messages"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, tenant.Close()) })
	config := filepath.Join(dir, sim.ConfigFile)

	p := passdesk(t, tenant.Environment(), "serve", "--config", config)
	require.NoError(t, p.Start())
	require.Eventually(t, func() bool { return get(t, "http://"+bot+"/readyz") == http.StatusOK }, 20*time.Second, 20*time.Millisecond, p.said())
	require.Equal(t, http.StatusOK, get(t, "http://"+bot+"/healthz"))
	require.Equal(t, http.StatusMethodNotAllowed, get(t, "http://"+bot+"/api/messages"))

	control := tenant.Addresses.Control
	post(t, control+"/activity", `{"from":"adele","text":"pass joni 60m once for new laptop"}`)
	press(t, control, "adele", "Send request")
	press(t, control, "megan", "Approve")
	press(t, control, "adele", "Show pass")
	answer := press(t, control, "adele", "Create and show")
	var state struct {
		Users map[string]struct{ Passes []struct{ Code string } }
	}
	require.NoError(t, json.Unmarshal(fetch(t, control+"/state"), &state))
	joni, _ := tenant.Tenant.Person("joni")
	require.Len(t, state.Users[joni.ID].Passes, 1)
	require.Contains(t, strings.ReplaceAll(string(answer), " ", ""), state.Users[joni.ID].Passes[0].Code)

	require.NoError(t, p.Process.Signal(syscall.SIGTERM))
	require.NoError(t, p.Wait(), p.said())
	require.NotContains(t, p.said(), state.Users[joni.ID].Passes[0].Code)

	v := passdesk(t, nil, "audit", "verify", "--config", config)
	require.NoError(t, v.Run(), v.said())
	require.Regexp(t, `the audit is whole: entries 1 to 5, from \d{4}-\d\d-\d\dT\S+Z to \d{4}-\d\d-\d\dT\S+Z, head 5:[0-9a-f]{64}\n`, v.said())
	v = passdesk(t, nil, "audit", "verify", "--config", config, "--expect", "9:"+strings.Repeat("0", 64))
	require.Error(t, v.Run())
	require.Contains(t, v.said(), "cut off")
	exports(t, config)
}

// exports writes the audit of the story out in both forms.
func exports(t *testing.T, config string) {
	t.Helper()
	export := func(args ...string) (*process, error) {
		p := passdesk(t, nil, append([]string{"audit", "export", "--config", config}, args...)...)
		return p, p.Run()
	}
	file := filepath.Join(t.TempDir(), "audit.csv")
	e, err := export("--since", "1d", "--format", "csv", "--out", file)
	require.NoError(t, err, e.said())
	require.Contains(t, e.said(), "5 entries exported\nthe audit is whole: entries 1 to 5, ")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, 6, strings.Count(string(text), "\r\n"))
	require.True(t, strings.HasPrefix(string(text), "\ufeffseq,at,actor,"))
	e, err = export("--since", "1d", "--out", file)
	require.Error(t, err, "what is there is not written over")
	require.Contains(t, e.said(), "--out")

	e, err = export("--since", "24h")
	require.NoError(t, err, e.said())
	require.Equal(t, 5, strings.Count(e.said(), `{"seq":`))
	require.Contains(t, e.said(), `,"action":"ask","outcome":"done"`)
	e, err = export("--since", "2020-01-01", "--until", "2020-01-02T00:00:00Z")
	require.NoError(t, err, e.said())
	require.Contains(t, e.said(), "0 entries exported")
	for _, wrong := range []string{"yesterday", "-1h", ""} {
		e, err = export("--since", wrong)
		require.Error(t, err)
		require.Contains(t, e.said(), "--since")
	}

	db, err := sql.Open("sqlite", filepath.Join(filepath.Dir(config), "passdesk.db"))
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), `UPDATE audit SET body = replace(body, 'new laptop', 'old laptop') WHERE seq = 1`)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	e, err = export("--since", "1d")
	require.Error(t, err)
	require.Contains(t, e.said(), "0 entries exported")
	require.Contains(t, e.said(), "nothing was exported from there on: audit line 1 altered")
	v := passdesk(t, nil, "audit", "verify", "--config", config)
	require.Error(t, v.Run())
	require.Contains(t, v.said(), "whole before the first break: no entries\n")
	require.Contains(t, v.said(), "the audit is broken: audit line 1 altered")
}

func TestABadConfigurationEndsWithStatus2(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "passdesk.yaml")
	require.NoError(t, os.WriteFile(file, []byte("colour: blue\nbot:\n  app_id: \"\"\n"), 0o600))
	p := passdesk(t, nil, "serve", "--config", file)
	var exit *exec.ExitError
	require.ErrorAs(t, p.Run(), &exit)
	require.Equal(t, 2, exit.ExitCode())
	for _, line := range []string{":1:1: colour: is unknown", ":3:3: bot.app_id: is missing", "tenant: is missing", "desk.requesters: is missing"} {
		require.Contains(t, p.said(), line)
	}
}

// The same configuration makes the same package, whatever day it is.
func TestManifestWritesThePackage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config := filepath.Join(dir, "passdesk.yaml")
	require.NoError(t, os.WriteFile(config, []byte(`tenant: 11111111-1111-4111-8111-111111111111
bot: {app_id: 22222222-2222-4222-8222-222222222222, domain: passdesk.contoso.example}
desk: {requesters: [33333333-3333-4333-8333-333333333333]}
`), 0o600))
	pack := func(name string, more ...string) []byte {
		out := filepath.Join(dir, name)
		p := passdesk(t, nil, append([]string{"manifest", "--config", config, "--out", out}, more...)...)
		require.NoError(t, p.Run(), p.said())
		require.Contains(t, p.said(), "the Teams app 22222222-2222-4222-8222-222222222222")
		content, err := os.ReadFile(out)
		require.NoError(t, err)
		return content
	}
	once := pack("once.zip")
	require.Equal(t, once, pack("again.zip"))
	require.NotEqual(t, once, pack("raised.zip", "--app-version", "1.0.1"))

	p := passdesk(t, nil, "manifest", "--config", config, "--out", filepath.Join(dir, "no.zip"), "--app-version", "new")
	require.Error(t, p.Run())
	require.Contains(t, p.said(), "three numbers")
	require.NoFileExists(t, filepath.Join(dir, "no.zip"))
}

func get(t *testing.T, url string) int {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		return 0
	}
	defer resp.Body.Close() //nolint:errcheck // nothing is read
	return resp.StatusCode
}

func fetch(t *testing.T, url string) []byte {
	t.Helper()
	resp, err := http.Get(url)
	require.NoError(t, err)
	defer resp.Body.Close() //nolint:errcheck // read to its end
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return body
}

func post(t *testing.T, url, body string) (int, []byte) {
	t.Helper()
	resp, err := http.Post(url, "application/json", strings.NewReader(body))
	require.NoError(t, err)
	defer resp.Body.Close() //nolint:errcheck // read to its end
	answer, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, answer
}

// press waits for a button and presses it.
func press(t *testing.T, control, who, title string) []byte {
	t.Helper()
	var answer []byte
	require.Eventually(t, func() bool {
		var status int
		status, answer = post(t, control+"/press", fmt.Sprintf(`{"person":%q,"title":%q}`, who, title))
		return status == http.StatusOK
	}, 20*time.Second, 20*time.Millisecond, "%s sees no button %q", who, title)
	return answer
}
