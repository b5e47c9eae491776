package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"runtime/debug"

	"github.com/passdesk/passdesk/internal/app"
	"github.com/passdesk/passdesk/internal/crash"
)

type serveCmd struct {
	settings
	Verbose bool `env:"PASSDESK_VERBOSE" help:"Log every call to Graph and Teams."`
}

// roomy is how far the heap may grow, in per cent of what is in use, before it
// is collected. Two megabytes are in use: at Go's own 100 per cent they would be
// gone through forty times a second under load, for the sake of some megabytes.
const roomy = 400

// Run serves until the process is told to stop.
func (s *serveCmd) Run(ctx context.Context) (err error) {
	if os.Getenv("GOGC") == "" { // else the operator has said it
		debug.SetGCPercent(roomy)
	}
	c, err := app.Load(s.Config, s.Overrides)
	if err != nil {
		return err
	}
	a, err := app.New(ctx, c, app.Options{Log: newLog(s.Verbose), Now: crash.Now, Unpaced: crash.Unpaced})
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return nil // told to stop before it had begun, which is no failure
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return a.Run(ctx)
}

// newLog writes JSON for machines, and text where somebody is looking.
func newLog(verbose bool) *slog.Logger {
	o := &slog.HandlerOptions{Level: slog.LevelInfo}
	if verbose {
		o.Level = slog.LevelDebug
	}
	if info, err := os.Stdout.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		return slog.New(slog.NewTextHandler(os.Stdout, o))
	}
	return slog.New(slog.NewJSONHandler(os.Stdout, o))
}
