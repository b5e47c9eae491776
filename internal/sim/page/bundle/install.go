package bundle

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// modules is where Node looks for packages.
const modules = "node_modules"

// ErrNoNode is returned where Node or npm is missing.
var ErrNoNode = errors.New("the page needs Node.js 20 or newer with npm on the PATH (Debian: apt-get install nodejs npm)")

// Installed says whether the named npm packages are there, in the locked
// versions.
func Installed(web string, names ...string) bool {
	var lock struct{ Packages map[string]pkg }
	if readJSON(filepath.Join(web, "package-lock.json"), &lock) != nil {
		return false
	}
	for _, name := range names {
		var have pkg
		if readJSON(filepath.Join(web, modules, name, "package.json"), &have) != nil {
			return false
		}
		if have.Version != lock.Packages[modules+"/"+name].Version {
			return false
		}
	}
	return true
}

type pkg struct{ Version string }

func readJSON(path string, into any) error {
	content, err := os.ReadFile(path) //nolint:gosec // a file of the repository
	if err != nil {
		return err
	}
	return json.Unmarshal(content, into)
}

// Install fetches the locked npm packages into the page's node_modules; with
// tests, those that its tests need too. It works beside the final place and
// moves the result there, so that several programs may install at once.
func Install(ctx context.Context, web string, tests bool) error {
	if _, err := exec.LookPath("node"); err != nil {
		return ErrNoNode
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		return ErrNoNode
	}
	room, err := os.MkdirTemp(web, ".install-")
	if err != nil {
		return fmt.Errorf("making room for npm packages: %w", err)
	}
	defer func() { _ = os.RemoveAll(room) }() // scraps only
	if err := copyLock(web, room); err != nil {
		return err
	}
	if err := fetch(ctx, npm, room, tests); err != nil {
		return err
	}
	return exchange(web, room)
}

// fetch runs npm, whose words are told only when it fails.
func fetch(ctx context.Context, npm, room string, tests bool) error {
	args := []string{"ci", "--no-audit", "--no-fund", "--ignore-scripts"}
	if !tests {
		args = append(args, "--omit=dev")
	}
	command := exec.CommandContext(ctx, npm, args...)
	command.Dir = room
	var said bytes.Buffer
	command.Stdout, command.Stderr = &said, &said
	if err := command.Run(); err != nil {
		return fmt.Errorf("npm ci: %w\n%s", err, bytes.TrimSpace(said.Bytes()))
	}
	return nil
}

// exchange puts freshly installed packages where the old ones were.
func exchange(web, room string) error {
	target := filepath.Join(web, modules)
	if err := os.Rename(target, filepath.Join(room, "old")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("removing old npm packages: %w", err)
	}
	if err := os.Rename(filepath.Join(room, modules), target); err != nil && !exists(target) {
		return fmt.Errorf("putting npm packages in place: %w", err)
	}
	return nil
}

func copyLock(web, room string) error {
	for _, name := range []string{"package.json", "package-lock.json", ".npmrc"} {
		content, err := os.ReadFile(filepath.Join(web, name)) //nolint:gosec // a file of the repository
		if err != nil {
			return fmt.Errorf("reading npm lock: %w", err)
		}
		if err := os.WriteFile(filepath.Join(room, name), content, 0o600); err != nil { //nolint:gosec // a constant name in a folder of our own
			return fmt.Errorf("copying npm lock: %w", err)
		}
	}
	return nil
}
