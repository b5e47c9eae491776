package image_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// copyTree copies a file, or the contents of a folder, with their modes. They get
// an owner; without one they keep theirs.
func copyTree(t *testing.T, from, to string, owner []int) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o755))
	require.NoError(t, filepath.WalkDir(from, func(name string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		if below == "." && entry.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		return copyOne(name, filepath.Join(to, below), owner)
	}))
}

func copyOne(from, to string, owner []int) error {
	info, err := os.Lstat(from)
	if err != nil {
		return err
	}
	switch {
	case info.IsDir():
		if err := os.MkdirAll(to, 0o755); err != nil {
			return err
		}
	case info.Mode()&os.ModeSymlink != 0:
		target, err := os.Readlink(from)
		if err != nil {
			return err
		}
		return os.Symlink(target, to)
	default:
		content, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		if err := os.WriteFile(to, content, 0o600); err != nil {
			return err
		}
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && owner == nil {
		owner = []int{int(stat.Uid), int(stat.Gid)}
	}
	if os.Geteuid() == 0 {
		if err := os.Chown(to, owner[0], owner[1]); err != nil {
			return err
		}
	}
	return os.Chmod(to, info.Mode())
}

// ids reads "user:group", both as numbers: scratch knows no names.
func ids(t *testing.T, owner string) []int {
	t.Helper()
	words := strings.Split(owner, ":")
	require.Len(t, words, 2, owner)
	numbers := make([]int, 0, 2)
	for _, word := range words {
		n, err := strconv.Atoi(word)
		require.NoError(t, err, owner)
		numbers = append(numbers, n)
	}
	return numbers
}

// clean is a copy of the repository without what .dockerignore names.
func clean(t *testing.T, repository string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, ".dockerignore"))
	require.NoError(t, err)
	patterns := slices.DeleteFunc(strings.Split(strings.TrimSpace(string(text)), "\n"), func(line string) bool { return strings.HasPrefix(line, "#") })
	for _, p := range patterns {
		require.NotContains(t, strings.TrimPrefix(p, "**/"), "/", ".dockerignore: the replay knows names and **/names")
		require.NotContains(t, p, "!", ".dockerignore: the replay knows no exceptions")
	}
	to := t.TempDir()
	require.NoError(t, filepath.WalkDir(repository, func(name string, entry os.DirEntry, err error) error {
		if err != nil || name == repository {
			return err
		}
		below, err := filepath.Rel(repository, name)
		if err != nil {
			return err
		}
		for _, p := range patterns {
			anywhere, isAnywhere := strings.CutPrefix(p, "**/")
			subject := below
			if isAnywhere {
				subject = filepath.Base(below)
			}
			ignored, err := filepath.Match(anywhere, subject)
			if err != nil {
				return fmt.Errorf(".dockerignore: %s: %w", p, err)
			}
			if ignored && entry.IsDir() {
				return filepath.SkipDir
			}
			if ignored {
				return nil
			}
		}
		return copyOne(name, filepath.Join(to, below), nil)
	}))
	return to
}
