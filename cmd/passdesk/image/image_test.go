// Package image_test builds the images of the Dockerfile without a container
// engine, which a test cannot count on: its steps are replayed in clean folders,
// and what they make is run in a chroot, as the user that the image names.
package image_test

import (
	"crypto/x509"
	"debug/elf"
	"io"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim"
	"github.com/passdesk/passdesk/internal/store/pgtest"
)

// TestMain takes PostgreSQL along when the tests end.
func TestMain(m *testing.M) { os.Exit(pgtest.Suite{M: m}.Run()) }

const (
	repository = "../../.."
	// long is how long a machine that is busy may take to start a process.
	long = 60 * time.Second
)

func TestImages(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Log("not root: the images are run where they lie, without a chroot and without their user")
	}
	stages := replayed(t, repository)
	t.Run("passdesk on SQLite", func(t *testing.T) {
		t.Parallel()
		i := imageOf(t, stages["passdesk"])
		i.isBare("passdesk", "passdesk", "data", "tmp", "etc/ssl/certs/ca-certificates.crt")
		i.knowsRoots()
		i.serves(nil)
		require.FileExists(t, filepath.Join(i.dir, "data", "passdesk.db"))
	})
	t.Run("passdesk on PostgreSQL writes nothing", func(t *testing.T) {
		t.Parallel()
		i := imageOf(t, stages["passdesk"])
		i.lock("data", "tmp")
		i.serves(map[string]string{"PASSDESK_DATABASE": pgtest.Address(t)})
	})
	t.Run("playground", func(t *testing.T) {
		t.Parallel()
		i := imageOf(t, stages["playground"])
		i.isBare("playground", "playground", "tmp", "page/index.html", "page/page.js", "page/page.css", "page/icon.svg")
		i.plays()
	})
}

// The Go that the Dockerfile builds with is the one that go.mod asks for.
func TestImageIsBuiltWithTheModulesGo(t *testing.T) {
	t.Parallel()
	module, err := os.ReadFile(filepath.Join(repository, "go.mod"))
	require.NoError(t, err)
	_, wants, _ := strings.Cut(string(module), "\ngo ")
	wants, _, _ = strings.Cut(wants, "\n")
	minor := strings.Join(strings.Split(wants, ".")[:2], ".")
	froms := slices.DeleteFunc(steps(t, filepath.Join(repository, "Dockerfile")), func(s step) bool { return s.verb != "FROM" })
	require.Equal(t, "golang:"+minor+" AS build", froms[0].rest)
	require.Equal(t, "scratch AS passdesk", froms[len(froms)-1].rest, "what is built when no target is named")
}

// Zone data is in the binary: an image has none.
func TestBinaryKnowsZones(t *testing.T) {
	t.Parallel()
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "../../../cmd/passdesk")
	deps, err := list.Output()
	require.NoError(t, err)
	require.Contains(t, strings.Split(string(deps), "\n"), "time/tzdata")
}

// isBare looks at what is in the image: one static binary, what it needs, and
// nothing else.
func (i *image) isBare(binary string, files ...string) {
	i.t.Helper()
	var have []string
	require.NoError(i.t, filepath.WalkDir(i.dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || name == i.dir {
			return err
		}
		inside, err := os.ReadDir(name)
		if entry.IsDir() && (err != nil || len(inside) > 0) {
			return err
		}
		below, err := filepath.Rel(i.dir, name)
		have = append(have, below)
		return err
	}))
	require.ElementsMatch(i.t, files, have)
	program, err := elf.Open(filepath.Join(i.dir, binary))
	require.NoError(i.t, err)
	defer program.Close() //nolint:errcheck // only read
	require.Nil(i.t, program.Section(".interp"), "a static binary needs no loader")
	require.Nil(i.t, program.Section(".symtab"), "stripped")
}

func (i *image) knowsRoots() {
	i.t.Helper()
	pem, err := os.ReadFile(filepath.Join(i.dir, "etc/ssl/certs/ca-certificates.crt"))
	require.NoError(i.t, err)
	require.True(i.t, x509.NewCertPool().AppendCertsFromPEM(pem))
}

// lock leaves the image's user no place to write at, as a read-only root does.
func (i *image) lock(folders ...string) {
	i.t.Helper()
	for _, name := range folders {
		name = filepath.Join(i.dir, name)
		require.NoError(i.t, os.Chmod(name, 0o555))
		if os.Geteuid() == 0 {
			require.NoError(i.t, os.Chown(name, 0, 0))
		}
	}
}

// serves runs passdesk in a simulated tenant, and asks after it as an engine does.
func (i *image) serves(env map[string]string) {
	i.t.Helper()
	address, shared := freePort(i.t), i.t.TempDir()
	tenant, err := sim.Start(i.t.Context(), sim.Options{Dir: shared, Bot: "http://" + address + "/api/messages"})
	require.NoError(i.t, err)
	i.t.Cleanup(func() { require.NoError(i.t, tenant.Close()) })
	config, err := os.ReadFile(filepath.Join(shared, sim.ConfigFile))
	require.NoError(i.t, err)
	i.mount(i.env["PASSDESK_CONFIG"], config)
	i.mount("/etc/passdesk/ca.pem", tenant.CAPEM)
	maps.Copy(i.env, tenant.Environment())
	maps.Copy(i.env, map[string]string{
		"PASSDESK_CONFIG":        i.inside(i.env["PASSDESK_CONFIG"]),
		"PASSDESK_ENTRA_CA_FILE": i.inside("/etc/passdesk/ca.pem"),
		"PASSDESK_DATABASE":      "sqlite:passdesk.db",
	})
	maps.Copy(i.env, env)

	i.finds("connection refused") // nobody is there yet
	before := i.files()
	p := i.start()
	require.Eventually(i.t, func() bool { return i.command(i.health...).Run() == nil }, long, 50*time.Millisecond, "%s", lazily(p.said))
	status, body := get(i.t, "http://"+address+"/readyz")
	require.Equal(i.t, http.StatusOK, status, body)
	i.runsAsItsUser(p)
	require.Equal(i.t, before, i.files(), "written outside of /data")

	require.NoError(i.t, p.Process.Signal(syscall.SIGTERM))
	require.NoError(i.t, p.Wait(), p.said())
	i.finds("connection refused")
}

// finds runs the health check that finds a fault.
func (i *image) finds(fault string) {
	i.t.Helper()
	p := i.command(i.health...)
	require.Error(i.t, p.Run())
	require.Equal(i.t, 1, p.ProcessState.ExitCode())
	require.Contains(i.t, p.said(), fault)
}

// plays runs the demo, where there is neither Node nor the page's sources.
func (i *image) plays() {
	i.t.Helper()
	address := freePort(i.t)
	i.env["TMPDIR"] = i.inside("/tmp")
	for n, word := range i.cmd {
		if word == "/page" {
			i.cmd = slices.Replace(slices.Clone(i.cmd), n, n+1, i.inside(word))
		}
	}
	p := i.start("--listen", address)
	require.Eventually(i.t, func() bool { return strings.Contains(p.said(), "are ready") }, long, 50*time.Millisecond, "%s", lazily(p.said))
	for _, path := range []string{"/", "/assets/page.js", "/people"} {
		status, body := get(i.t, "http://"+address+path)
		require.Equal(i.t, http.StatusOK, status, path)
		require.NotEmpty(i.t, body, path)
	}
	i.runsAsItsUser(p)
	require.NoError(i.t, p.Process.Signal(syscall.SIGTERM))
	require.NoError(i.t, p.Wait(), p.said())
}

// lazily is read when a failure is told, and not before.
type lazily func() string

func (l lazily) String() string { return l() }

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	response, err := http.Get(url)
	require.NoError(t, err)
	defer response.Body.Close() //nolint:errcheck // read to its end
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(body)
}

// freePort is an address on loopback where nobody listens.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close() //nolint:errcheck // only its number is wanted
	return l.Addr().String()
}
