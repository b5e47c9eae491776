// Package pagetest plays stories on the page in a real browser, for tests.
package pagetest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/page/bundle"
)

// limit is for one story: a browser's start and some tens of steps.
const limit = 4 * time.Minute

// Play runs a story (see web/story.mjs) on the page at url and returns the
// folder with its screenshots: PASSDESK_SHOTS, or a temporary one. The story is
// a path relative to the test's folder. Chromium and Node must be there; the
// npm packages are installed when they are missing.
func Play(t *testing.T, story, url string, args ...string) string {
	t.Helper()
	shots := os.Getenv("PASSDESK_SHOTS")
	if shots == "" {
		shots = t.TempDir()
	}
	path, err := filepath.Abs(story)
	require.NoError(t, err)
	Node(t, append([]string{path, url, shots}, args...)...)
	return shots
}

// Node runs a Node script that needs the page's npm packages, and fails the
// test with the script's words when it does not exit with 0.
func Node(t *testing.T, args ...string) {
	t.Helper()
	require.NoError(t, Try(t, args...))
}

// Try is Node without failing the test: the error holds the script's words.
func Try(t *testing.T, args ...string) error {
	t.Helper()
	Web(t)
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	said, err := exec.CommandContext(ctx, "node", args...).CombinedOutput() //nolint:gosec // a test's own script
	t.Logf("%s", said)
	if err != nil {
		return fmt.Errorf("node %v: %w\n%s", args, err, said)
	}
	return nil
}

// Web is the folder of the page's sources, with all npm packages installed.
func Web(t *testing.T) string {
	t.Helper()
	web, err := bundle.Sources()
	require.NoError(t, err)
	if !bundle.Installed(web, "adaptivecards", "playwright-core") {
		require.NoError(t, bundle.Install(t.Context(), web, true))
	}
	return web
}
