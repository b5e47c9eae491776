// Passdesk is the help desk's bot in Microsoft Teams for passkeys, Temporary
// Access Passes and Conditional Access exclusions.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/passdesk/passdesk/internal/app"
	"github.com/passdesk/passdesk/manifest"
)

type cli struct {
	Serve       serveCmd       `cmd:"" help:"Run the bot."`
	Check       checkCmd       `cmd:"" help:"Find what is wrong, and what to do."`
	Manifest    manifestCmd    `cmd:"" help:"Make the app package for Teams."`
	EndAll      endAllCmd      `cmd:"" help:"End everything that is in force, and wait until Entra shows it."`
	Healthcheck healthcheckCmd `cmd:"" help:"Ask the Passdesk on this machine whether people can be answered; for a container engine."`
	Audit       struct {
		Verify verifyCmd `cmd:"" help:"Check that nothing in the audit was changed, taken out or cut off."`
		Export exportCmd `cmd:"" help:"Write entries of the audit to a file or to standard output."`
	} `cmd:"" help:"Read the audit."`
}

// settings are the flags of every command that needs the configuration.
type settings struct {
	Config        string `default:"passdesk.yaml" env:"PASSDESK_CONFIG" help:"Configuration file." placeholder:"FILE"`
	app.Overrides `embed:""`
}

func main() {
	if err := run(); err != nil {
		status := exitStatus(err)
		if _, said := errors.AsType[statusError](err); !said {
			fmt.Fprintln(os.Stderr, "passdesk:", err)
		}
		os.Exit(status)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	command := kong.Parse(&c,
		kong.Name("passdesk"),
		kong.Description("The help desk's bot in Microsoft Teams for passes and passkeys."),
		kong.UsageOnError(),
		kong.Vars{"app_version": manifest.Version},
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	return command.Run()
}

// exitStatus is 2 for a configuration that cannot be used, so that a supervisor
// need not try again, and 1 for everything else, unless the command says it.
func exitStatus(err error) int {
	if status, ok := errors.AsType[statusError](err); ok {
		return int(status)
	}
	if _, ok := errors.AsType[*app.FaultsError](err); ok {
		return 2
	}
	return 1
}
