// Package bundle makes the playground's page ready to be served: it installs
// the locked npm packages and joins them with the page's sources by esbuild.
// Nothing that it makes is committed; a second call finds the first one's work.
package bundle

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// version is part of every key; raise it when Build makes something else from
// the same sources.
const version = "1"

// Prepare finds the page's sources in the module that the program was built
// from or is run in, and returns the files to serve. The first time it needs
// Node with npm and takes some seconds; after that, as long as the sources stay
// the same, it needs neither. Tell is called with one line before anything slow.
func Prepare(ctx context.Context, tell func(line string)) (fs.FS, error) {
	web, err := Sources()
	if err != nil {
		return nil, err
	}
	return prepare(ctx, web, cacheDir(), tell)
}

func prepare(ctx context.Context, web, cache string, tell func(string)) (fs.FS, error) {
	key, err := keyOf(web)
	if err != nil {
		return nil, fmt.Errorf("reading the page's sources: %w", err)
	}
	out := filepath.Join(cache, "page-"+key)
	if exists(filepath.Join(out, "index.html")) {
		return os.DirFS(out), nil
	}
	if err := fetchRenderer(ctx, web, tell); err != nil {
		return nil, err
	}
	if err := publish(web, out); err != nil {
		return nil, err
	}
	return os.DirFS(out), nil
}

// Make builds the files to serve into out, for a machine that has neither the
// sources nor Node: a container. It needs npm only where the locked packages are
// not installed.
func Make(ctx context.Context, out string, tell func(line string)) error {
	web, err := Sources()
	if err != nil {
		return err
	}
	if out, err = filepath.Abs(out); err != nil {
		return fmt.Errorf("making room for the page: %w", err)
	}
	if err := fetchRenderer(ctx, web, tell); err != nil {
		return err
	}
	return Build(web, out)
}

// fetchRenderer installs the card renderer where it is missing.
func fetchRenderer(ctx context.Context, web string, tell func(string)) error {
	if Installed(web, "adaptivecards") {
		return nil
	}
	tell("Fetching the card renderer with npm; this happens once.")
	return Install(ctx, web, false)
}

// publish builds beside the final place and moves the result there, so that two
// playgrounds that start at once never serve half a page.
func publish(web, out string) error {
	if err := os.MkdirAll(filepath.Dir(out), 0o700); err != nil {
		return fmt.Errorf("making room for the page: %w", err)
	}
	fresh, err := os.MkdirTemp(filepath.Dir(out), "building-")
	if err != nil {
		return fmt.Errorf("making room for the page: %w", err)
	}
	defer func() { _ = os.RemoveAll(fresh) }() // has moved when all went well
	if err := Build(web, fresh); err != nil {
		return err
	}
	if err := os.Rename(fresh, out); err != nil && !exists(out) {
		return fmt.Errorf("putting the page in its place: %w", err)
	}
	return nil
}

// Sources is the folder with the page's package.json.
func Sources() (string, error) {
	inModule := filepath.Join("internal", "sim", "page", "web")
	var starts []string
	if here, err := os.Getwd(); err == nil {
		starts = append(starts, here)
	}
	if _, file, _, ok := runtime.Caller(0); ok && filepath.IsAbs(file) {
		starts = append(starts, filepath.Dir(file))
	}
	for _, dir := range starts {
		for ; ; dir = filepath.Dir(dir) {
			if web := filepath.Join(dir, inModule); exists(filepath.Join(web, "package-lock.json")) {
				return web, nil
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	return "", errors.New("the page's sources are not here: run the playground inside its repository")
}

// keyOf is a hash of everything that the page is made of.
func keyOf(web string) (string, error) {
	sum := sha256.New()
	add := func(path string) error {
		content, err := os.ReadFile(path) //nolint:gosec // a file of the repository
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(sum, "%s %d\n%s", filepath.Base(path), len(content), content)
		return err
	}
	if _, err := fmt.Fprintln(sum, version); err != nil {
		return "", err
	}
	if err := add(filepath.Join(web, "package-lock.json")); err != nil {
		return "", err
	}
	err := filepath.WalkDir(filepath.Join(web, "src"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		return add(path)
	})
	return hex.EncodeToString(sum.Sum(nil)[:12]), err
}

func cacheDir() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	return filepath.Join(dir, "passdesk")
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
