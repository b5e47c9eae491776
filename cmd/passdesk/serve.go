package main

import (
	"context"
	"errors"
	"fmt"
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

type verifyCmd struct {
	settings
	Expect string `help:"A head that the log has told, as number:hash. A chain that no longer holds it was rewritten or cut off." placeholder:"N:HASH"`
}

// Run verifies the audit and prints what it found.
func (v *verifyCmd) Run(ctx context.Context) error {
	c, err := app.Load(v.Config, v.Overrides)
	if err != nil {
		return err
	}
	report, err := app.VerifyAudit(ctx, c, v.Expect)
	if err != nil {
		return err
	}
	if report.Break != nil {
		return fmt.Errorf("the audit is broken: %w", report.Break)
	}
	fmt.Printf("the audit is whole: entries %d to %d, head %s\n", report.First, report.Last, report.Head)
	return nil
}
