package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/passdesk/passdesk/internal/load"
)

// floorCmd is what passdesk serve is measured against, in a process of its own.
type floorCmd struct {
	Listen string `required:"" help:"Address to serve; loopback only." placeholder:"HOST:PORT"`
	Answer string `required:"" type:"existingfile" help:"What every activity is answered with." placeholder:"FILE"`
}

// Run serves until the process is told to stop.
func (c *floorCmd) Run(ctx context.Context) error {
	answer, err := os.ReadFile(c.Answer)
	if err != nil {
		return err
	}
	l, err := listenLoopback(ctx, c.Listen)
	if err != nil {
		return err
	}
	s := &http.Server{Handler: load.Floor(answer), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		_ = s.Close() // Serve tells that it was closed
	}()
	if err := s.Serve(l); ctx.Err() == nil {
		return fmt.Errorf("floor: %w", err)
	}
	return nil
}
