package app_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// promtool runs Prometheus' own tool in docs. Where it is not there, it is installed
// as make test does it, or that says what is missing.
func promtool(t *testing.T, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("promtool"); err != nil {
		out, err := exec.CommandContext(t.Context(), "make", "-s", "-C", "../..", ".cache/promtool").CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	cmd := exec.CommandContext(t.Context(), "promtool", args...)
	cmd.Dir = filepath.Join("..", "..", "docs")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return string(out)
}

// The alerts that are shipped are what Prometheus takes, and fire when they should.
func TestAlertRules(t *testing.T) {
	t.Parallel()
	require.Contains(t, promtool(t, "check", "rules", "alerts.yaml"), "5 rules found")
	promtool(t, "test", "rules", "alerts_test.yaml")
}

// rules is the text of the alerts.
func rules(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "alerts.yaml"))
	require.NoError(t, err)
	return string(text)
}
