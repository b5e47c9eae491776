package manifest_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/page/bundle"
	"github.com/passdesk/passdesk/manifest"
)

// validate has Microsoft's schemas read files, and returns what they find wrong.
func validate(t *testing.T, files map[string][]byte) (string, error) {
	t.Helper()
	schema := filepath.Join("testdata", "schema")
	if !bundle.Installed(schema, "@microsoft/app-manifest") {
		require.NoError(t, bundle.Install(t.Context(), schema, true))
	}
	node, err := exec.LookPath("node")
	require.NoError(t, err)
	args, dir := []string{filepath.Join(schema, "validate.mjs")}, t.TempDir()
	for name, content := range files {
		if strings.HasSuffix(name, ".json") {
			args = append(args, filepath.Join(dir, name))
			require.NoError(t, os.WriteFile(args[len(args)-1], content, 0o600))
		}
	}
	require.Greater(t, len(args), 1)
	said, err := exec.CommandContext(t.Context(), node, args...).CombinedOutput()
	return string(said), err
}

func TestOfficialSchemaAccepts(t *testing.T) {
	t.Parallel()
	least := app()
	least.Domain = ""
	for _, a := range []manifest.App{app(), least} {
		said, err := validate(t, packed(t, a))
		require.NoError(t, err, said)
	}
}

// The check is one: what Teams would refuse is found.
func TestOfficialSchemaRefuses(t *testing.T) {
	t.Parallel()
	for name, wrong := range map[string]struct{ file, old, fresh, fault string }{
		"unknown key":          {"manifest.json", `"accentColor"`, `"colour"`, "must NOT have additional properties"},
		"id that is none":      {"manifest.json", botID, "passdesk", "/id must match pattern"},
		"short name too long":  {"manifest.json", `"short": "Passdesk"`, fmt.Sprintf("%q: %q", "short", strings.Repeat("x", 31)), "/name/short must NOT have more than 30 characters"},
		"scope that is none":   {"manifest.json", `"team"`, `"tenant"`, "must be equal to one of the allowed values"},
		"text of no command":   {"fr.json", "commands[9].title", "commands[12].title", "must NOT have additional properties"},
		"name is missing":      {"fr.json", `"name.short"`, `"name.brief"`, "must have required property 'name.short'"},
		"version of no schema": {"manifest.json", "teams/v1.30/", "teams/v1.18/", "is not in the package"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := packed(t, app())
			changed := strings.ReplaceAll(string(files[wrong.file]), wrong.old, wrong.fresh)
			require.NotEqual(t, string(files[wrong.file]), changed)
			files[wrong.file] = []byte(changed)
			said, err := validate(t, files)
			require.Error(t, err)
			require.Contains(t, said, wrong.fault)
		})
	}
}

// A lock file that names a host would not install elsewhere.
func TestSchemaLockNamesNoHost(t *testing.T) {
	t.Parallel()
	lock, err := os.ReadFile(filepath.Join("testdata", "schema", "package-lock.json"))
	require.NoError(t, err)
	require.NotContains(t, string(lock), "resolved")
}
