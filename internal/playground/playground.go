// Package playground runs Passdesk as production does, against a simulated
// tenant in the same process. Only addresses, a certificate and the clock
// differ, so that what is played or tested here is what a real tenant runs.
package playground

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/passdesk/passdesk/internal/app"
	"github.com/passdesk/passdesk/internal/sim"
)

// Options shape a playground. Dir is required: the files of the tenant and the
// database are in it.
type Options struct {
	Dir   string
	Seed  int64
	Users int
	// Calm makes a tenant without inconvenience: see sim.Options.
	Calm bool
	// Amend may change the configuration file, DIR/passdesk.yaml, once the tenant
	// has written it.
	Amend func(dir string) error
	// Configure may change the configuration before the bot is made.
	Configure func(*app.Config)
	Log       *slog.Logger
}

// Playground is a tenant with a Passdesk in it.
type Playground struct {
	Sim    *sim.Sim
	App    *app.App
	Config app.Config
	// Bot is the address of the bot's endpoint, without a path.
	Bot string

	options Options
	ahead   atomic.Int64 // how far the bot's clock was moved, in nanoseconds
	mu      sync.Mutex
	stop    context.CancelFunc
	done    chan error
}

// Start starts the tenant and the bot. The AZURE_… variables of this process
// are set to the tenant's, as they would be in a real deployment.
func Start(ctx context.Context, o Options) (*Playground, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening for the bot: %w", err)
	}
	p := &Playground{options: o, Bot: "http://" + listener.Addr().String()}
	p.Sim, err = sim.Start(ctx, sim.Options{Seed: o.Seed, Users: o.Users, Bot: p.Bot + "/api/messages", Dir: o.Dir, Log: o.Log, Calm: o.Calm})
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	p.Sim.OnAdvance(p.advance)
	for name, value := range p.Sim.Environment() {
		if err := os.Setenv(name, value); err != nil {
			return nil, errors.Join(err, listener.Close(), p.Sim.Close())
		}
	}
	if o.Amend != nil {
		err = o.Amend(o.Dir)
	}
	if err == nil {
		err = p.start(ctx, listener)
	}
	if err != nil {
		return nil, errors.Join(err, closed(listener), p.Sim.Close())
	}
	return p, nil
}

func (p *Playground) start(ctx context.Context, listener net.Listener) error {
	c, err := app.Load(filepath.Join(p.options.Dir, sim.ConfigFile), app.Overrides{})
	if err != nil {
		return err
	}
	if p.options.Configure != nil {
		p.options.Configure(&c)
	}
	a, err := app.New(ctx, c, app.Options{Listener: listener, Now: p.Now, Log: p.options.Log, Unpaced: p.options.Calm})
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan error, 1)
	go func() { done <- a.Run(running) }()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.App, p.Config, p.stop, p.done = a, c, stop, done
	return nil
}

// Now is the bot's clock, which moves with the tenant's.
func (p *Playground) Now() time.Time { return time.Now().Add(time.Duration(p.ahead.Load())) }

// advance moves the bot's clock, and lets it do what is due by then.
func (p *Playground) advance(by time.Duration) {
	p.ahead.Add(int64(by))
	p.mu.Lock()
	a := p.App
	p.mu.Unlock()
	if a == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := a.Sweep(ctx); err != nil && p.options.Log != nil {
		p.options.Log.Warn("sweeping after the clock was moved", "error", err)
	}
}

// Stop stops the bot and leaves the tenant; Restart starts it again on the same
// database, as after a deployment.
func (p *Playground) Stop() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.App == nil {
		return nil
	}
	p.stop()
	err := errors.Join(<-p.done, p.App.Close())
	p.App = nil
	return err
}

// Restart stops the bot if it runs, and starts it at the same address.
func (p *Playground) Restart(ctx context.Context) error {
	if err := p.Stop(); err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", p.Bot[len("http://"):])
	if err != nil {
		return fmt.Errorf("listening for the bot: %w", err)
	}
	if err := p.start(ctx, listener); err != nil {
		return errors.Join(err, closed(listener))
	}
	return nil
}

// closed closes what a bot that did not start may have closed already.
func closed(l net.Listener) error {
	if err := l.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// Close stops the bot and the tenant.
func (p *Playground) Close() error { return errors.Join(p.Stop(), p.Sim.Close()) }
