// Package trial_test runs passdesk as processes against the simulated tenant:
// killed at every step of its work, as several replicas at once, and stopped in
// the midst of work. With PASSDESK_SOAK everything is tried, and for longer.
package trial_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/passdesk/passdesk/internal/store/pgtest"
)

// soak tells whether everything is tried.
var soak = os.Getenv("PASSDESK_SOAK") != ""

// binary is passdesk as it is built for trials.
var binary string

// inParallel is how many trials run at a time. They wait for others far more
// than they compute.
const inParallel = "8"

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", inParallel); err != nil {
		panic(err)
	}
	dir, err := os.MkdirTemp("", "passdesk-trial-")
	if err != nil {
		panic(err)
	}
	if err := build(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status := pgtest.Suite{M: m}.Run()
	_ = os.RemoveAll(dir)
	os.Exit(status)
}

func build(dir string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	binary = filepath.Join(dir, "passdesk")
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", "crash", "-o", binary, "github.com/passdesk/passdesk/cmd/passdesk")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building passdesk: %w\n%s", err, out)
	}
	return nil
}
