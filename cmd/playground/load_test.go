package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/app"
)

// TestMain lets this test binary be run as passdesk and as playground.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"passdesk": passdesk, "playground": main})
}

// passdesk is passdesk serve, whose own main cannot be imported.
func passdesk() {
	var c struct {
		Serve struct {
			Config        string
			app.Overrides `embed:""`
		} `cmd:""`
	}
	kong.Parse(&c)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	config, err := app.Load(c.Serve.Config, c.Serve.Overrides)
	if err == nil {
		var a *app.App
		if a, err = app.New(ctx, config, app.Options{}); err == nil {
			err = errors.Join(a.Run(ctx), a.Close())
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1) //nolint:gocritic // the process ends, and with it what stop would undo
	}
}

// The load plays the story, measures every server at every number of
// connections, and leaves nothing behind.
func TestLoad(t *testing.T) {
	t.Parallel()
	passdesk, err := exec.LookPath("passdesk") // as testscript.Main has laid it
	require.NoError(t, err)
	playground, err := exec.LookPath("playground")
	require.NoError(t, err)
	load := exec.CommandContext(t.Context(), playground, "load", "--passdesk", passdesk, "--floor", playground,
		"--conns", "1,4", "--for", "1m", "--most", "50", "--rounds", "2", "--starts", "2")
	dir := t.TempDir()
	load.Env = append(os.Environ(), "TMPDIR="+dir)
	var out bytes.Buffer
	load.Stdout, load.Stderr = &out, &out
	require.NoError(t, load.Run(), "%s", &out)
	for line, times := range map[string]int{
		"BenchmarkStart/database=warm":                           2,
		"BenchmarkServe/view/server=passdesk/conns=1 \t      50": 2,
		"BenchmarkServe/view/server=passdesk/conns=4 \t      50": 2,
		"BenchmarkServe/view/server=floor/conns=4 \t      50":    2,
		"(stated, not measured here)":                            6,
	} {
		require.Equal(t, times, bytes.Count(out.Bytes(), []byte(line)), "%s: %s", line, &out)
	}
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestLoadIsBounded(t *testing.T) {
	t.Parallel()
	good := loadCmd{Conns: []int{1}, For: time.Second, Most: 1, Rounds: 1, Starts: 1}
	require.NoError(t, good.Validate())
	for name, change := range map[string]func(*loadCmd){
		"time":        func(c *loadCmd) { c.For = time.Hour },
		"number":      func(c *loadCmd) { c.Most = 0 },
		"rounds":      func(c *loadCmd) { c.Rounds = 1_000 },
		"starts":      func(c *loadCmd) { c.Starts = 0 },
		"connections": func(c *loadCmd) { c.Conns = []int{100_000} },
	} {
		c := good
		change(&c)
		require.Error(t, c.Validate(), name)
	}
}
