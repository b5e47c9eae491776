package main

import (
	"context"
	"fmt"
	"os"

	"github.com/passdesk/passdesk/internal/check"
)

// checkCmd finds what is wrong. Without a subcommand everything is looked at.
type checkCmd struct {
	Rules rulesCmd    `cmd:"" help:"Explain what the rules say, or try them on example cases."`
	All   checkAllCmd `cmd:"" default:"withargs" help:"Find everything that is wrong, with what to do. Ends with 0 where all is well, 1 after a warning, 2 after an error."`
}

// checkAllCmd looks at everything.
type checkAllCmd struct {
	settings
	JSON bool `name:"json" help:"Write JSON instead of a table."`
}

// Run checks, and writes what was found. A finding is no failure of the check, but
// its exit status.
func (c *checkAllCmd) Run(ctx context.Context) error {
	report := check.Run(ctx, check.Options{File: c.Config, Over: c.Overrides})
	write := report.Table
	if c.JSON {
		write = report.JSON
	}
	if err := write(os.Stdout); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	if status := report.Worst.Status(); status != 0 {
		return statusError(status)
	}
	return nil
}

// statusError ends the process with a status, after everything was said.
type statusError int

// Error implements error.
func (s statusError) Error() string { return fmt.Sprintf("ended with status %d", int(s)) }
