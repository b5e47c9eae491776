package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/app"
)

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
	r, err := app.VerifyAudit(ctx, c, v.Expect)
	if err != nil {
		return err
	}
	if r.Break != nil {
		fmt.Println("whole before the first break:", r.Range())
		return fmt.Errorf("the audit is broken: %w", r.Break)
	}
	fmt.Println("the audit is whole:", r.Range())
	return nil
}

type exportCmd struct {
	settings
	Since  string `required:"" help:"From when on: a day such as 2026-11-01, a time such as 2026-11-01T08:00:00Z, or how long ago, such as 30d." placeholder:"TIME"`
	Until  string `help:"Until when, not included; without it, to the end." placeholder:"TIME"`
	Format string `default:"jsonl" enum:"jsonl,csv" help:"jsonl, with the hashes and every entry as it was hashed, or csv, for spreadsheets." placeholder:"jsonl|csv"`
	Out    string `help:"File to write, which must not be there; without it, standard output." placeholder:"FILE"`
}

// Run exports the audit. What it has to say goes to standard error.
func (e *exportCmd) Run(ctx context.Context) (err error) {
	c, err := app.Load(e.Config, e.Overrides)
	if err != nil {
		return err
	}
	what := app.Export{Format: e.Format}
	now := time.Now()
	if what.Since, err = when(e.Since, now); err != nil {
		return fmt.Errorf("--since: %w", err)
	}
	if e.Until != "" {
		if what.Until, err = when(e.Until, now); err != nil {
			return fmt.Errorf("--until: %w", err)
		}
	}
	to := io.Writer(os.Stdout)
	if e.Out != "" {
		file, fault := os.OpenFile(e.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if fault != nil {
			return fmt.Errorf("--out: %w", fault)
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		to = file
	}
	n, r, err := app.ExportAudit(ctx, c, what, to)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%d entries exported\n", n)
	if r.Break != nil {
		return fmt.Errorf("the audit is broken, and nothing was exported from there on: %w", r.Break)
	}
	fmt.Fprintln(os.Stderr, "the audit is whole:", r.Range())
	return nil
}

// when reads a day, a time, or how long ago.
func when(text string, now time.Time) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil {
			return now.AddDate(0, 0, -int(n)), nil
		}
	}
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return now.Add(-ago), nil
	}
	return time.Time{}, fmt.Errorf("%q must be a day such as 2026-11-01, a time such as 2026-11-01T08:00:00Z, or how long ago, such as 30d", text)
}
