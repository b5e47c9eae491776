package image_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// step is one instruction of the Dockerfile, its continued lines joined.
type step struct {
	line       int
	verb, rest string
}

// steps reads the Dockerfile.
func steps(t *testing.T, file string) []step {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var all []step
	joined, begun := "", 0
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "#") || line == "" {
			continue
		}
		if joined == "" {
			begun = i + 1
		}
		more, continues := strings.CutSuffix(line, `\`)
		joined += more
		if continues {
			continue
		}
		verb, rest, _ := strings.Cut(joined, " ")
		all = append(all, step{begun, strings.ToUpper(verb), strings.TrimSpace(rest)})
		joined = ""
	}
	return all
}

// stage is what the steps since a FROM have made.
type stage struct {
	dir string // its root
	// tools says that the stage begins with somebody's image. This machine stands
	// for it: its programs run the steps, and its files are beneath the stage's.
	tools   bool
	workdir string
	env     map[string]string
	labels  map[string]string
	user    string
	// What is run, and how an engine asks after it.
	entrypoint, cmd, health []string
}

// replay does what the Dockerfile says, in clean folders, and returns the stages
// by name. What it does not know it refuses, lest it pass over a step.
type replay struct {
	t       *testing.T
	context string // the repository
	stages  map[string]*stage
	on      *stage
}

func replayed(t *testing.T, repository string) map[string]*stage {
	t.Helper()
	r := &replay{t: t, context: clean(t, repository), stages: map[string]*stage{}}
	for _, s := range steps(t, filepath.Join(repository, "Dockerfile")) {
		t.Logf("Dockerfile:%d: %s %s", s.line, s.verb, s.rest)
		r.do(s)
	}
	return r.stages
}

var label = regexp.MustCompile(`([\w.]+)="([^"]*)"`)

func (r *replay) do(s step) {
	r.t.Helper()
	switch s.verb {
	case "FROM":
		r.from(s)
	case "WORKDIR":
		r.on.workdir = path.Join(r.on.workdir, s.rest)
		require.NoError(r.t, os.MkdirAll(filepath.Join(r.on.dir, r.on.workdir), 0o755))
	case "ENV", "ARG":
		name, value, ok := strings.Cut(s.rest, "=")
		require.True(r.t, ok && !strings.ContainsAny(value, " $"), "Dockerfile:%d: one name and a plain value, please", s.line)
		r.on.env[name] = value
	case "LABEL":
		for _, pair := range label.FindAllStringSubmatch(s.rest, -1) {
			r.on.labels[pair[1]] = pair[2]
		}
	case "COPY":
		r.copy(s)
	case "RUN":
		r.run(s)
	case "USER":
		r.on.user = s.rest
	case "EXPOSE":
	case "ENTRYPOINT":
		r.on.entrypoint = r.words(s, s.rest)
	case "CMD":
		r.on.cmd = r.words(s, s.rest)
	case "HEALTHCHECK":
		_, command, _ := strings.Cut(s.rest, "CMD ")
		r.on.health = r.words(s, command)
	default:
		require.Fail(r.t, "an instruction that the replay does not know", "Dockerfile:%d: %s", s.line, s.verb)
	}
}

// words reads the exec form, the only one that works without a shell.
func (r *replay) words(s step, text string) (words []string) {
	r.t.Helper()
	require.NoError(r.t, json.Unmarshal([]byte(text), &words), "Dockerfile:%d", s.line)
	return words
}

// from begins a stage: empty, or with the files of an earlier one.
func (r *replay) from(s step) {
	r.t.Helper()
	words := strings.Fields(s.rest)
	require.Len(r.t, words, 3, "Dockerfile:%d: FROM base AS name", s.line)
	next := &stage{dir: r.t.TempDir(), workdir: "/", env: map[string]string{}, labels: map[string]string{}}
	require.NoError(r.t, os.Chmod(next.dir, 0o755))
	switch base, earlier := r.stages[words[0]]; {
	case earlier:
		next.tools, next.workdir = base.tools, base.workdir
		for name, value := range base.env {
			next.env[name] = value
		}
		copyTree(r.t, base.dir, next.dir, nil)
	case words[0] != "scratch":
		next.tools = true
	}
	r.stages[words[2]], r.on = next, next
}

// run runs a step with this machine's programs.
func (r *replay) run(s step) {
	r.t.Helper()
	require.True(r.t, r.on.tools, "Dockerfile:%d: there is no shell on scratch", s.line)
	require.NotRegexp(r.t, `(^|[\s="'])/`, s.rest, "Dockerfile:%d: an absolute path leads out of the replay", s.line)
	command := exec.CommandContext(r.t.Context(), "sh", "-c", s.rest)
	command.Dir = filepath.Join(r.on.dir, r.on.workdir)
	command.Env = os.Environ() // the caches of this machine, and how it reaches its registries
	for name, value := range r.on.env {
		command.Env = append(command.Env, name+"="+value)
	}
	said, err := command.CombinedOutput()
	require.NoError(r.t, err, "Dockerfile:%d: %s\n%s", s.line, s.rest, said)
}

// copy copies from the repository, or from an earlier stage and what is beneath it.
func (r *replay) copy(s step) {
	r.t.Helper()
	words := strings.Fields(s.rest)
	from, beneath, owner := r.context, "", "0:0"
	for ; strings.HasPrefix(words[0], "--"); words = words[1:] {
		switch flag, value, _ := strings.Cut(words[0], "="); flag {
		case "--from":
			earlier := r.stages[value]
			require.NotNil(r.t, earlier, "Dockerfile:%d: no stage %s", s.line, value)
			from = earlier.dir
			if earlier.tools {
				beneath = "/"
			}
		case "--chown":
			owner = value
		default:
			require.Fail(r.t, "a flag that the replay does not know", "Dockerfile:%d: %s", s.line, flag)
		}
	}
	last := len(words) - 1
	to := words[last]
	if !path.IsAbs(to) {
		to = path.Join(r.on.workdir, to)
	}
	into := strings.HasSuffix(words[last], "/") || strings.HasSuffix(words[last], ".")
	for _, name := range words[:last] {
		source := filepath.Join(from, name)
		if _, err := os.Lstat(source); err != nil && beneath != "" {
			source = filepath.Join(beneath, name)
		}
		info, err := os.Stat(source) // a link in the base is followed, as its file is what counts
		require.NoError(r.t, err, "Dockerfile:%d", s.line)
		target := filepath.Join(r.on.dir, to)
		if into && !info.IsDir() {
			target = filepath.Join(target, filepath.Base(name))
		}
		copyTree(r.t, source, target, ids(r.t, owner))
	}
}
