package bot

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/page/pagetest"
)

// The official renderer parses every card with no event but those of a written
// list of what is Teams' own.
func TestOfficialRendererParsesEveryCard(t *testing.T) {
	t.Parallel()
	web := pagetest.Web(t)
	node, err := exec.LookPath("node")
	require.NoError(t, err)
	cards, err := filepath.Glob(golden("*"))
	require.NoError(t, err)
	require.NotEmpty(t, cards)
	told, err := exec.CommandContext(t.Context(), node, append([]string{filepath.Join(web, "validate.mjs")}, cards...)...).CombinedOutput()
	require.NoError(t, err, "%s", told)

	wrong := filepath.Join(t.TempDir(), "wrong.json")
	require.NoError(t, os.WriteFile(wrong, []byte(`{"type":"AdaptiveCard","version":"1.5","body":[{"type":"Unheard"}]}`), 0o600))
	told, err = exec.CommandContext(t.Context(), node, filepath.Join(web, "validate.mjs"), wrong).CombinedOutput()
	require.Error(t, err, "a wrong card must be found: %s", told)
	require.True(t, bytes.Contains(told, []byte("Unheard")), "%s", told)
}
