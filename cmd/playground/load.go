package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/passdesk/passdesk/internal/load"
)

// loadCmd measures passdesk serve in a process of its own, beside the floor.
type loadCmd struct {
	Passdesk string        `type:"existingfile" help:"The binary to measure; built when it is not given." placeholder:"PATH"`
	Floor    string        `type:"existingfile" help:"The program whose subcommand floor is measured beside; this one when it is not given." placeholder:"PATH" hidden:""`
	Peer     bool          `help:"Measure Microsoft's agents-hosting on Node beside it; needs npm and its registry."`
	Conns    []int         `default:"1,16,64" help:"Numbers of connections." placeholder:"N,…"`
	For      time.Duration `default:"4s" help:"How long each load lasts, at most a minute." placeholder:"TIME"`
	Most     int           `default:"500000" help:"Activities in each load, at most." placeholder:"N"`
	Rounds   int           `default:"3" help:"How often everything is measured, at most ten times." placeholder:"N"`
	Starts   int           `default:"5" help:"How often the start is measured, at most twenty times." placeholder:"N"`
}

// Validate bounds the run: it must end by itself.
func (c *loadCmd) Validate() error {
	switch {
	case c.For <= 0 || c.For > time.Minute:
		return errors.New("--for: at most a minute")
	case c.Rounds < 1 || c.Rounds > 10:
		return errors.New("--rounds: 1 to 10")
	case c.Starts < 1 || c.Starts > 20:
		return errors.New("--starts: 1 to 20")
	case c.Most < 1:
		return errors.New("--most: at least 1")
	}
	for _, n := range c.Conns {
		if n < 1 || n > 256 {
			return errors.New("--conns: 1 to 256 each")
		}
	}
	return nil
}

// Run measures, and prints lines for benchstat and a table for people.
func (c *loadCmd) Run(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "passdesk-load-")
	if err != nil {
		return err
	}
	r := &loadRun{loadCmd: c, dir: dir}
	defer func() { err = errors.Join(err, r.close(), os.RemoveAll(dir)) }()
	for _, step := range []func(context.Context) error{r.binary, r.tenant, r.warm, r.starts, r.others, r.settle, r.fire} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	fmt.Print(r.report.Table())
	return nil
}

// loadRun is one run of the load.
type loadRun struct {
	*loadCmd
	dir       string
	sim       *load.Tenant
	listen    string
	servers   []server
	passdesk  *load.Process
	report    load.Report
	processes []*load.Process
}

// server is a program under load, by its name in the report.
type server struct {
	name string
	*load.Process
}

// binary builds passdesk as it is released, unless one was given.
func (r *loadRun) binary(ctx context.Context) error {
	if r.Passdesk == "" {
		r.Passdesk = filepath.Join(r.dir, "passdesk")
		build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", r.Passdesk, "github.com/passdesk/passdesk/cmd/passdesk") //nolint:gosec // our own path
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("building passdesk: %w: %s", err, out)
		}
	}
	return r.report.Binary(r.Passdesk)
}

func (r *loadRun) tenant(ctx context.Context) (err error) {
	if r.listen, err = freeAddress(ctx); err != nil {
		return err
	}
	r.sim, err = load.Open(ctx, r.dir, r.listen)
	return err
}

// start starts passdesk and waits until it is ready.
func (r *loadRun) start(ctx context.Context) (time.Duration, error) {
	variables := r.sim.Environment()
	environment := make([]string, 0, len(variables))
	for name, value := range variables {
		environment = append(environment, name+"="+value)
	}
	p, err := load.Start(ctx, r.listen, environment, r.Passdesk, "serve", "--config", r.sim.Config, "--listen", r.listen)
	if err != nil {
		return 0, err
	}
	r.passdesk = p
	return p.Ready(ctx, "/readyz")
}

func (r *loadRun) stop() error {
	if r.passdesk == nil {
		return nil
	}
	p := r.passdesk
	r.passdesk = nil
	return p.Stop()
}

// warm fills the database by the ordinary story.
func (r *loadRun) warm(ctx context.Context) error {
	if _, err := r.start(ctx); err != nil {
		return err
	}
	return r.sim.Ask(ctx)
}

// starts measures the start on the warm database, and leaves the last one.
func (r *loadRun) starts(ctx context.Context) error {
	for range r.Starts {
		if err := r.stop(); err != nil {
			return err
		}
		took, err := r.start(ctx)
		if err != nil {
			return err
		}
		fmt.Println(r.report.Start(took))
	}
	r.servers = append(r.servers, server{load.Passdesk, r.passdesk})
	return nil
}

// others starts what passdesk is measured beside.
func (r *loadRun) others(ctx context.Context) error {
	_, answer, err := r.sim.View(ctx)
	if err != nil {
		return err
	}
	file := filepath.Join(r.dir, "answer.json")
	if err := os.WriteFile(file, answer, 0o600); err != nil {
		return err
	}
	if r.Floor == "" {
		if r.Floor, err = os.Executable(); err != nil {
			return err
		}
	}
	listen, err := freeAddress(ctx)
	if err != nil {
		return err
	}
	p, err := load.Start(ctx, listen, nil, r.Floor, "floor", "--listen", listen, "--answer", file)
	if err != nil {
		return err
	}
	r.add(load.TheFloor, p)
	if _, err := p.Ready(ctx, "/"); err != nil || !r.Peer {
		return err
	}
	return r.peer(ctx, file)
}

func (r *loadRun) peer(ctx context.Context, answer string) error {
	listen, err := freeAddress(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "installing the peer …")
	p, err := load.StartPeer(ctx, filepath.Join(r.dir, "peer"), listen, r.sim, answer)
	if p != nil {
		r.add(load.ThePeer, p)
	}
	return err
}

func (r *loadRun) add(name string, p *load.Process) {
	r.processes = append(r.processes, p)
	r.servers = append(r.servers, server{name, p})
}

// settled is how many requests a server gets before it is measured, or for how
// long: one that compiles itself while it runs needs some thousands.
const (
	settled    = 5_000
	settleTime = 20 * time.Second
)

// settle lets every server reach the pace that it keeps.
func (r *loadRun) settle(ctx context.Context) error {
	for _, s := range r.servers {
		if _, err := r.measure(ctx, s, load.Load{Conns: 16, For: settleTime, Most: min(r.Most, settled)}); err != nil {
			return err
		}
	}
	return nil
}

// fire measures everything in turn, so that what else the machine does spreads
// over all.
func (r *loadRun) fire(ctx context.Context) error {
	for range r.Rounds {
		for _, n := range r.Conns {
			for _, s := range r.servers {
				m, err := r.measure(ctx, s, load.Load{Conns: n, For: r.For, Most: r.Most})
				if err != nil {
					return err
				}
				fmt.Println(r.report.Add(s.name, n, m))
			}
		}
	}
	return nil
}

// measure fires at one server, with a token that is good for long enough.
func (r *loadRun) measure(ctx context.Context, s server, l load.Load) (load.Measurement, error) {
	shot, _, err := r.sim.View(ctx)
	if err != nil {
		return load.Measurement{}, err
	}
	l.Address = s.Address
	m, err := load.Measure(ctx, s.Process, l, shot)
	if err != nil {
		return m, fmt.Errorf("%s: %w", s.name, err)
	}
	return m, nil
}

func (r *loadRun) close() error {
	err := r.stop()
	for _, p := range r.processes {
		err = errors.Join(err, p.Stop())
	}
	if r.sim != nil {
		err = errors.Join(err, r.sim.Close())
	}
	return err
}

// freeAddress is a port of this machine that nobody listens on.
func freeAddress(ctx context.Context) (string, error) {
	l, err := listenLoopback(ctx, "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
