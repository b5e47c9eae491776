// Playground runs Passdesk's simulated tenant on this machine: alone, for a bot
// in another process, or together with the bot and a page to play with.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

type cli struct {
	Demo   demoCmd   `cmd:"" default:"withargs" help:"Run the bot, the tenant and a page to try them on (the default)."`
	Tenant tenantCmd `cmd:"" help:"Run the tenant alone, for a bot in another process."`
	Page   pageCmd   `cmd:"" help:"Build the page's files into a folder, for a demo where there is no Node."`
	Load   loadCmd   `cmd:"" help:"Measure passdesk serve under the load of a channel, beside the floor."`
	Floor  floorCmd  `cmd:"" hidden:"" help:"The floor: net/http and encoding/json, no bot."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	run := kong.Parse(&c,
		kong.Name("playground"),
		kong.Description("A simulated Microsoft tenant for Passdesk, on this machine only."),
		kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err := run.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "playground:", err)
		os.Exit(1) //nolint:gocritic // the process ends, and with it what stop would undo
	}
}
