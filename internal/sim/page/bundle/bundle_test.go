package bundle

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// sources copies what the page is made of, without npm's packages.
func sources(t *testing.T) string {
	t.Helper()
	web, err := Sources()
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, copyLock(web, dir))
	require.NoError(t, os.CopyFS(filepath.Join(dir, "src"), os.DirFS(filepath.Join(web, "src"))))
	return dir
}

func silent(string) {}

func TestPrepareTellsThatNodeIsMissing(t *testing.T) {
	web := sources(t)
	t.Setenv("PATH", t.TempDir())
	_, err := prepare(t.Context(), web, t.TempDir(), silent)
	require.ErrorIs(t, err, ErrNoNode)
	require.ErrorContains(t, err, "npm")
}

func TestSecondStartNeedsNothing(t *testing.T) {
	web, cache := sources(t), t.TempDir()
	var told []string
	page, err := prepare(t.Context(), web, cache, func(line string) { told = append(told, line) })
	require.NoError(t, err)
	require.Len(t, told, 1)
	require.NoDirExists(t, filepath.Join(web, modules, "playwright-core"), "the demo needs no test tools")
	require.NoError(t, os.RemoveAll(filepath.Join(web, modules)))
	t.Setenv("PATH", t.TempDir())
	again, err := prepare(t.Context(), web, cache, func(line string) { t.Error(line) })
	require.NoError(t, err)
	require.Equal(t, page, again)
	for _, name := range []string{"index.html", "page.js", "page.css", "icon.svg"} {
		info, err := fs.Stat(again, name)
		require.NoError(t, err)
		require.NotZero(t, info.Size(), name)
	}
	left, err := os.ReadDir(cache)
	require.NoError(t, err)
	require.Len(t, left, 1, "nothing half-built is left")
}

// A container's page is built once, into a folder that is named.
func TestMakeBuildsIntoAFolder(t *testing.T) {
	out := filepath.Join(t.TempDir(), "page")
	require.NoError(t, Make(t.Context(), out, silent))
	for _, name := range []string{"index.html", "page.js", "page.css", "icon.svg"} {
		require.FileExists(t, filepath.Join(out, name))
	}
}

func TestSourcesDecideWhatIsServed(t *testing.T) {
	t.Parallel()
	web := sources(t)
	before, err := keyOf(web)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(web, "src", "page.css"), []byte("body{}"), 0o600))
	after, err := keyOf(web)
	require.NoError(t, err)
	require.NotEqual(t, before, after)
}

func TestBuildTellsWhereAFaultIs(t *testing.T) {
	t.Parallel()
	web := sources(t)
	require.NoError(t, os.WriteFile(filepath.Join(web, "src", "page.js"), []byte("\nlet ="), 0o600))
	require.ErrorContains(t, Build(web, t.TempDir()), "src/page.js:2:")
}

func TestInstalledComparesVersions(t *testing.T) {
	t.Parallel()
	web := sources(t)
	require.False(t, Installed(web, "adaptivecards"))
	dir := filepath.Join(web, modules, "adaptivecards")
	require.NoError(t, os.MkdirAll(dir, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "package.json"), []byte(`{"version":"3.0.6"}`), 0o600))
	require.True(t, Installed(web, "adaptivecards"))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "package.json"), []byte(`{"version":"3.0.5"}`), 0o600))
	require.False(t, Installed(web, "adaptivecards"))
}

// A lock file that names a host would not install elsewhere.
func TestLockNamesNoHost(t *testing.T) {
	t.Parallel()
	web, err := Sources()
	require.NoError(t, err)
	lock, err := os.ReadFile(filepath.Join(web, "package-lock.json"))
	require.NoError(t, err)
	require.NotContains(t, string(lock), "resolved")
	require.NotContains(t, string(lock), "://")
}
