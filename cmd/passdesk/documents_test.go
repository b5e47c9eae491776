package main

import (
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim"
)

const root = "../.."

// command is a command of a document: alone on an indented line, or in backquotes.
var command = regexp.MustCompile("(?m)^ {4,}(?:\\./)?((?:passdesk|make|go) .*)$|`(?:\\./)?((?:passdesk|make|go) [a-z][^`]*)`")

// documentedCommands are all commands in README.md and docs, each with the first
// document that has it.
func documentedCommands(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	require.NoError(t, err)
	all := map[string]string{}
	for _, file := range append(files, filepath.Join(root, "README.md")) {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, found := range command.FindAllStringSubmatch(string(data), -1) {
			all[strings.TrimSpace(found[1]+found[2])] = filepath.Base(file)
		}
	}
	return all
}

// plain is a command without what its reader may leave out or choose.
func plain(line string) []string {
	line = regexp.MustCompile(`\[[^\]]*\]`).ReplaceAllString(line, "")
	var words []string
	for _, w := range regexp.MustCompile(`'[^']*'|"[^"]*"|\S+`).FindAllString(line, -1) {
		if !strings.ContainsAny(w, `'"`) {
			w, _, _ = strings.Cut(w, "|")
		}
		words = append(words, strings.Trim(w, `'"`))
	}
	return words
}

// TestDocumentedCommands runs the commands of passdesk that the documents name
// against a simulated tenant, and looks whether those of make and go are there.
func TestDocumentedCommands(t *testing.T) { //nolint:tparallel // they share one database
	t.Parallel()
	d, stop := newDocumented(t)
	defer stop()
	commands := documentedCommands(t)
	require.Greater(t, len(commands), 20)
	for line, file := range commands {
		t.Run(line, func(t *testing.T) {
			words := plain(line)
			switch words[0] {
			case "passdesk":
				d.passdesk(t, file, words[1:])
			case "make":
				out, err := exec.CommandContext(t.Context(), "make", "-n", "-C", root, words[1]).CombinedOutput()
				require.NoError(t, err, "%s: %s", file, out)
			default:
				goHas(t, file, words)
			}
		})
	}
}

// documented is a tenant with a Passdesk that serves in it.
type documented struct {
	config, bot string
	env         map[string]string
}

func newDocumented(t *testing.T) (d documented, stop func()) {
	t.Helper()
	dir, bot := t.TempDir(), freePort(t)
	tenant, err := sim.Start(t.Context(), sim.Options{Dir: dir, Bot: "http://" + bot + "/api/messages"})
	require.NoError(t, err)
	d = documented{filepath.Join(dir, sim.ConfigFile), bot, tenant.Environment()}
	cases := "cases: [{name: a pass, given: {kind: pass}, expect: {verdict: ask, rule: the manager decides}}]\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "passdesk.cases.yaml"), []byte(cases), 0o600))
	serving := d.start(t)
	post(t, tenant.Addresses.Control+"/activity", `{"from":"adele","text":"pass joni 60m once for new laptop"}`)
	press(t, tenant.Addresses.Control, "adele", "Send request") // so that there is something in the audit
	return d, func() {
		require.NoError(t, serving.Process.Signal(syscall.SIGTERM))
		require.NoError(t, serving.Wait(), serving.said())
		require.NoError(t, tenant.Close())
	}
}

func (d documented) start(t *testing.T) *process {
	t.Helper()
	p := passdesk(t, d.env, "serve", "--config", d.config)
	require.NoError(t, p.Start())
	require.Eventually(t, func() bool { return get(t, "http://"+d.bot+"/readyz") == http.StatusOK }, 30*time.Second, 20*time.Millisecond, p.said())
	return p
}

// passdesk runs a command as it is written, but for the files' places. That a
// check warns is no failure of the document.
func (d documented) passdesk(t *testing.T, file string, words []string) {
	t.Helper()
	if words[0] == "serve" {
		return // it serves all the while
	}
	var args []string
	configured := false
	for _, w := range words {
		switch {
		case strings.HasSuffix(w, "passdesk.yaml"):
			w, configured = d.config, true
		case w == "passdesk.zip" || strings.HasPrefix(w, "/") || strings.HasSuffix(w, ".csv") || strings.HasSuffix(w, ".jsonl"):
			w = filepath.Join(t.TempDir(), filepath.Base(w))
		case w == "N:hash":
			w = d.head(t)
		}
		args = append(args, w)
	}
	if !configured {
		args = append(args, "--config", d.config)
	}
	p := passdesk(t, d.env, args...)
	err := p.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && words[0] == "check" && exit.ExitCode() == 1 {
		return
	}
	require.NoError(t, err, "%s: passdesk %s\n%s", file, strings.Join(args, " "), p.said())
}

// head is the audit's head, as verifying tells it.
func (d documented) head(t *testing.T) string {
	t.Helper()
	p := passdesk(t, nil, "audit", "verify", "--config", d.config)
	require.NoError(t, p.Run(), p.said())
	head := regexp.MustCompile(`\d+:[0-9a-f]{64}`).FindString(p.said())
	require.NotEmpty(t, head, p.said())
	return head
}

// goHas looks whether the packages and benchmarks are there that a command of go
// names.
func goHas(t *testing.T, file string, words []string) {
	t.Helper()
	for i, w := range words {
		if strings.HasPrefix(w, "./") {
			require.DirExists(t, filepath.Join(root, strings.TrimSuffix(w, "/...")), file)
		}
		if w == "-bench" && words[i+1] != "." {
			pkg := words[2]
			found, err := exec.CommandContext(t.Context(), "grep", "-rlE", "func Benchmark.*"+words[i+1], filepath.Join(root, pkg)).Output()
			require.NoError(t, err, "%s: no benchmark %s in %s", file, words[i+1], pkg)
			require.NotEmpty(t, found)
		}
	}
}
