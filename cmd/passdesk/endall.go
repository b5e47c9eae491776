package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/app"
	"github.com/passdesk/passdesk/internal/crash"
)

// endAllCmd ends everything that is in force.
type endAllCmd struct {
	settings
	Within time.Duration `default:"30m" help:"How long to wait for the ends." placeholder:"DURATION"`
}

// Run ends everything and waits. Nobody is answered at its address, which is one
// of its own, so that it can run beside those who serve.
func (c *endAllCmd) Run(ctx context.Context) error {
	config, err := app.Load(c.Config, c.Overrides)
	if err != nil {
		return err
	}
	nowhere, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("ending everything: %w", err)
	}
	a, err := app.New(ctx, config, app.Options{Log: slog.New(slog.NewTextHandler(os.Stderr, nil)), Now: crash.Now, Unpaced: crash.Unpaced, Listener: nowhere})
	if err != nil {
		return err
	}
	defer a.Close() //nolint:errcheck // the end of the process
	ctx, cancel := context.WithTimeout(ctx, c.Within)
	defer cancel()
	ended := 0
	err = a.EndAll(ctx, func(r access.Request) {
		ended++
		fmt.Println(r.Ref, r.Kind, "for", r.Person.Name+":", r.State)
	})
	fmt.Println(ended, "ended")
	return err
}
