package image_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// image is a copy of a stage, as a container of its own.
type image struct {
	*stage
	t   *testing.T
	dir string
	env map[string]string
}

func imageOf(t *testing.T, s *stage) *image {
	t.Helper()
	require.NotNil(t, s)
	require.False(t, s.tools, "an image with somebody's tools in it")
	require.NotEmpty(t, s.labels["org.opencontainers.image.title"])
	require.NotEmpty(t, s.labels["org.opencontainers.image.licenses"])
	for _, id := range ids(t, s.user) {
		require.NotZero(t, id, "root")
	}
	// An engine starts from the files of the stage, for each container anew.
	i := &image{stage: s, t: t, dir: t.TempDir(), env: maps.Clone(s.env)}
	require.NoError(t, os.Chmod(i.dir, 0o755))
	copyTree(t, s.dir, i.dir, nil)
	return i
}

// mount puts a file into the container, readable for everybody.
func (i *image) mount(name string, content []byte) {
	i.t.Helper()
	name = filepath.Join(i.dir, name)
	require.NoError(i.t, os.MkdirAll(filepath.Dir(name), 0o755))
	require.NoError(i.t, os.WriteFile(name, content, 0o644))
}

// inside is a path of the container as its processes name it.
func (i *image) inside(name string) string {
	if os.Geteuid() == 0 {
		return name
	}
	return filepath.Join(i.dir, name)
}

// process runs in the container.
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

// command is a command line in the container: its root is the image, its user the
// image's, and nothing of this process's environment is in it.
func (i *image) command(words ...string) *process {
	i.t.Helper()
	p := &process{Cmd: exec.Command(i.inside(words[0]), words[1:]...)}
	p.Stdout, p.Stderr = p, p
	p.Dir, p.Env = i.inside(i.workdir), []string{}
	for name, value := range i.env {
		p.Env = append(p.Env, name+"="+value)
	}
	if os.Geteuid() == 0 {
		user := ids(i.t, i.user)
		p.SysProcAttr = &syscall.SysProcAttr{
			Chroot:     i.dir,
			Credential: &syscall.Credential{Uid: uint32(user[0]), Gid: uint32(user[1])},
		}
	}
	return p
}

// start runs the image as an engine does, with further words on its command line.
func (i *image) start(words ...string) *process {
	i.t.Helper()
	p := i.command(slices.Concat(i.entrypoint, i.cmd, words)...)
	require.NoError(i.t, p.Start())
	i.t.Cleanup(func() {
		_ = p.Process.Kill()
		_ = p.Wait() // has been waited for when all went well
	})
	return p
}

func (i *image) runsAsItsUser(p *process) {
	i.t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	root, err := os.Readlink(fmt.Sprintf("/proc/%d/root", p.Process.Pid))
	require.NoError(i.t, err)
	require.Equal(i.t, i.dir, root)
	info, err := os.Stat(fmt.Sprintf("/proc/%d", p.Process.Pid))
	require.NoError(i.t, err)
	stat, ok := info.Sys().(*syscall.Stat_t)
	require.True(i.t, ok)
	require.Equal(i.t, i.user, fmt.Sprintf("%d:%d", stat.Uid, stat.Gid))
}

// files are those outside of /data, each with when it was changed.
func (i *image) files() map[string]time.Time {
	i.t.Helper()
	all := map[string]time.Time{}
	require.NoError(i.t, filepath.WalkDir(i.dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name == filepath.Join(i.dir, "data") {
			return filepath.SkipDir
		}
		info, err := entry.Info()
		if err == nil {
			all[name] = info.ModTime()
		}
		return err
	}))
	return all
}
