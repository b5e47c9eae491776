package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/app"
	"github.com/passdesk/passdesk/manifest"
)

const azure = "../../docs/azure"

// What the example leaves to be filled in is told, and nothing else is wrong with
// it, the lines that it leaves out included.
func TestAzureExampleIsUnderstood(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(azure, "passdesk.yaml"))
	require.NoError(t, err)
	load := func(text string) error {
		file := filepath.Join(t.TempDir(), "passdesk.yaml")
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		_, err := app.Load(file, app.Overrides{})
		return err
	}
	require.ErrorContains(t, load(string(text)), "tenant: ")
	filled := strings.ReplaceAll(string(text), "00000000-0000-0000-0000-000000000000", "11111111-1111-4111-8111-111111111111")
	require.NoError(t, load(filled))
	whole := strings.Replace(filled, "policies: []\n", "policies:\n", 1)
	whole = regexp.MustCompile(`(?m)^#(  [- ])`).ReplaceAllString(whole, "$1")
	whole = strings.Replace(whole, "# catalog_app_id", "catalog_app_id", 1)
	require.NoError(t, load(whole))
	require.Contains(t, whole, "\n    exclusion_group: 1")
	require.Contains(t, whole, "\n  catalog_app_id: 1")
}

// The variables that Azure is told to set are Passdesk's.
func TestAzureSetsKnownVariables(t *testing.T) {
	t.Parallel()
	parser, err := kong.New(&cli{}, kong.Vars{"app_version": manifest.Version})
	require.NoError(t, err)
	known := map[string]bool{app.CodeKeyVariable: true} // a secret, so that there is no flag for it
	for _, leaf := range parser.Model.Leaves(false) {
		for _, flag := range leaf.Flags {
			for _, name := range flag.Envs {
				known[name] = true
			}
		}
	}
	for _, file := range []string{"../../Dockerfile", "../../docs/install.md", filepath.Join(azure, "passdesk.bicep")} {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		names := regexp.MustCompile(`PASSDESK_[A-Z_]+`).FindAllString(string(text), -1)
		require.NotEmpty(t, names, file)
		for _, name := range names {
			require.True(t, known[name], "%s: %s", file, name)
		}
	}
}
