package main

import (
	"encoding/json"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim"
)

// The exit status is the worst of what is found, and JSON tells the same as the
// table.
func TestCheckAsAProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	tenant, err := sim.Start(t.Context(), sim.Options{Dir: dir, Bot: "http://" + freePort(t) + "/api/messages"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, tenant.Close()) })
	config := filepath.Join(dir, sim.ConfigFile)
	checked := func(args ...string) (status int, said string) {
		p := passdesk(t, tenant.Environment(), append([]string{"check", "--config", config}, args...)...)
		if err := p.Run(); err != nil {
			var exit *exec.ExitError
			require.ErrorAs(t, err, &exit)
			status = exit.ExitCode()
		}
		return status, p.said()
	}

	status, said := checked()
	require.Zero(t, status, said)
	require.Contains(t, said, "0 errors, 0 warnings.")

	post(t, tenant.Addresses.Control+"/pass-policy", `{"max":43200}`)
	status, said = checked("--json")
	require.Equal(t, 1, status, said)
	var report struct {
		Worst    string
		Findings []struct{ Level, Part, Say, Do string }
	}
	require.NoError(t, json.Unmarshal([]byte(said), &report), said)
	require.Equal(t, "warning", report.Worst)
	require.Greater(t, len(report.Findings), 12)

	code, _ := post(t, tenant.Addresses.Control+"/app", `{"removeRoles":["User.Read.All"]}`)
	require.Equal(t, http.StatusOK, code)
	status, said = checked("--entra-pim", "absent")
	require.Equal(t, 2, status, said)
	require.Contains(t, said, "User.Read.All is missing.")
	require.Contains(t, strings.Join(strings.Fields(said), " "), "Set entra.pim: required.")
	require.NotContains(t, said, "passdesk:", "what was found is said once")
}
