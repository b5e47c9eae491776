package app_test

import (
	"bytes"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/passdesk/passdesk"

// deps lists what a package is built from, itself included.
func deps(t *testing.T, pkg string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", module+pkg)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, stderr.String())
	return strings.Fields(string(out))
}

// ours keeps the packages of this module, without its path.
func ours(all []string) []string {
	var found []string
	for _, d := range all {
		if rest, ok := strings.CutPrefix(d, module); ok {
			found = append(found, rest)
		}
	}
	slices.Sort(found)
	return found
}

func has(all []string, prefix string) bool {
	return slices.ContainsFunc(all, func(d string) bool { return strings.HasPrefix(d, prefix) })
}

// Imports point one way: the domain knows no adapter, adapters do not know each
// other, and what is simulated is not in what runs in production.
func TestImportsPointOneWay(t *testing.T) {
	t.Parallel()
	leaf := map[string][]string{
		"/internal/audit":      {},
		"/internal/access":     {"/internal/audit"},
		"/internal/crash":      {},
		"/internal/teams":      {"/internal/crash"},
		"/manifest":            {},
		"/internal/credential": {},
		"/internal/graph":      {"/internal/access", "/internal/audit", "/internal/crash"},
		"/internal/store":      {"/internal/access", "/internal/audit", "/internal/crash"},
		"/bot":                 {"/internal/access", "/internal/audit", "/internal/crash", "/internal/teams"},
	}
	for pkg, allowed := range leaf {
		t.Run(strings.TrimPrefix(pkg, "/"), func(t *testing.T) {
			t.Parallel()
			for _, d := range ours(deps(t, pkg)) {
				within := d == pkg || strings.HasPrefix(d, pkg+"/")
				require.True(t, within || slices.Contains(allowed, d), "%s imports %s", pkg, d)
			}
		})
	}
}

func TestDomainKnowsNoTechnology(t *testing.T) {
	t.Parallel()
	all := deps(t, "/internal/access")
	for _, forbidden := range []string{"github.com/gin-gonic", "net/http", "database/sql", "github.com/riverqueue", "github.com/microsoft", "github.com/Azure", "github.com/infracloudio", "modernc.org"} {
		require.False(t, has(all, forbidden), "access contains %s", forbidden)
	}
}

func TestOneImporterEach(t *testing.T) {
	t.Parallel()
	require.False(t, has(deps(t, "/internal/teams"), "github.com/microsoftgraph"))
	require.False(t, has(deps(t, "/internal/graph"), "github.com/infracloudio"))
	require.False(t, has(deps(t, "/internal/store"), "github.com/infracloudio"))
	require.False(t, has(deps(t, "/internal/store"), "github.com/microsoftgraph"))
}

// The check stands between the programs and the app: nobody else knows of it.
func TestOnlyProgramsImportTheCheck(t *testing.T) {
	t.Parallel()
	for _, pkg := range []string{"/internal/app", "/internal/playground", "/bot", "/internal/graph", "/internal/store", "/internal/teams"} {
		require.NotContains(t, ours(deps(t, pkg)), "/internal/check", pkg)
	}
	require.False(t, has(deps(t, "/internal/check"), module+"/internal/sim"))
}

func TestProductionDoesNotContainTheSimulator(t *testing.T) {
	t.Parallel()
	all := deps(t, "/cmd/passdesk")
	require.False(t, has(all, module+"/internal/sim"))
	require.False(t, has(all, module+"/cmd/playground"))
	require.False(t, has(all, "github.com/evanw/esbuild"))
	require.False(t, has(all, "testing"))
	require.False(t, has(all, "github.com/stretchr"))
}

func TestSimulatorSharesNothing(t *testing.T) {
	t.Parallel()
	for _, d := range ours(deps(t, "/internal/sim")) {
		require.True(t, strings.HasPrefix(d, "/internal/sim"), "sim imports %s", d)
	}
}
