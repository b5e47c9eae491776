package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/passdesk/passdesk/internal/sim"
	"github.com/passdesk/passdesk/internal/sim/manners"
)

// tenantCmd runs the tenant until the process is told to stop.
type tenantCmd struct {
	Dir    string `required:"" type:"path" help:"Where passdesk.yaml, ca.pem, env and tenant.json are written." placeholder:"DIR"`
	Listen string `default:"127.0.0.1:0" help:"Address of the control port; loopback only." placeholder:"HOST:PORT"`
	Users  int    `default:"0" help:"People to make up beside the seeded ones." placeholder:"N"`
	Seed   int64  `default:"0" help:"Decides every id; 0 is a fixed default." placeholder:"S"`
	Bot    string `default:"http://127.0.0.1:3978/api/messages" help:"The bot's messaging endpoint." placeholder:"URL"`

	Calm    bool     `help:"Start without any of a real tenant's inconveniences."`
	Without []string `help:"Inconveniences to start without, such as throttling,delay; GET /manners lists them." placeholder:"NAME,…"`
	With    []string `help:"Switches to turn on, such as passForAnyone, or throttling after --calm." placeholder:"NAME,…"`
}

// manners are the inconveniences that the flags leave.
func (c *tenantCmd) manners() (manners.Manners, error) {
	m := manners.Real()
	if c.Calm {
		m = manners.Calm()
	}
	m, err := m.With(true, c.With...)
	if err != nil {
		return m, fmt.Errorf("--with: %w", err)
	}
	if m, err = m.With(false, c.Without...); err != nil {
		return m, fmt.Errorf("--without: %w", err)
	}
	return m, nil
}

// Run starts the tenant and says where everything is.
func (c *tenantCmd) Run(ctx context.Context) error {
	if c.Users < 0 {
		return fmt.Errorf("--users %d: must not be negative", c.Users)
	}
	chosen, err := c.manners()
	if err != nil {
		return err
	}
	s, err := sim.Start(ctx, sim.Options{
		Seed: c.Seed, Users: c.Users, Listen: c.Listen, Bot: c.Bot, Dir: c.Dir, Manners: &chosen,
		Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	if err != nil {
		return err
	}
	for _, line := range []struct{ name, address string }{
		{"login", s.Addresses.Login},
		{"graph", s.Addresses.Graph},
		{"channel", s.Addresses.Channel},
		{"openid", s.Addresses.OpenID},
		{"control", s.Addresses.Control},
		{"bot", c.Bot},
		{"files", c.Dir},
	} {
		fmt.Printf("%-8s %s\n", line.name, line.address)
	}
	<-ctx.Done()
	return s.Close()
}
