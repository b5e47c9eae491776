package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/passdesk/passdesk/internal/app"
)

// healthcheckCmd asks the Passdesk on this machine whether it is well: for a
// container engine, whose image has no other program in it.
type healthcheckCmd struct {
	settings
	Live bool `help:"Ask only whether the process answers, as /healthz does, and not whether people can be answered."`
}

// healthWait is a little longer than /readyz takes at the longest.
const healthWait = 7 * time.Second

// Run ends well when the answer is 200.
func (c *healthcheckCmd) Run(ctx context.Context) error {
	config, err := app.Load(c.Config, c.Overrides)
	if err != nil {
		return err
	}
	address, err := onLoopback(config.Listen)
	if err != nil {
		return err
	}
	path := "/readyz"
	if c.Live {
		path = "/healthz"
	}
	return askHealth(ctx, "http://"+address+path)
}

// onLoopback is where an address to listen at is reached from this machine. One
// that loopback does not reach is refused: nobody else is asked.
func onLoopback(listen string) (string, error) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "", fmt.Errorf("listen: %w", err)
	}
	if host == "" || host == "localhost" {
		return net.JoinHostPort("127.0.0.1", port), nil
	}
	switch addr, err := netip.ParseAddr(host); {
	case err != nil:
	case addr.IsLoopback():
		return listen, nil
	case addr.IsUnspecified():
		return net.JoinHostPort("127.0.0.1", port), nil
	}
	return "", fmt.Errorf("listen %s: the health check asks on loopback only; listen on :%s to be reached there", listen, port)
}

// askHealth tells what /readyz says of its parts where it is not well.
func askHealth(ctx context.Context, url string) (err error) {
	ctx, cancel := context.WithTimeout(ctx, healthWait)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultTransport.RoundTrip(request) // no redirect is followed
	if err != nil {
		return fmt.Errorf("health check: %w", err)
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	if response.StatusCode == http.StatusOK {
		return nil
	}
	said, err := io.ReadAll(io.LimitReader(response.Body, 4<<10))
	return errors.Join(fmt.Errorf("health check: %s: %s", response.Status, said), err)
}
