package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/passdesk/passdesk/internal/sim/page/bundle"
)

// demoCmd runs the bot, the tenant and the page in one process.
type demoCmd struct {
	Listen string `default:"127.0.0.1:3979" help:"Address of the page; loopback only." placeholder:"HOST:PORT"`
	Users  int    `default:"0" help:"People to make up beside the seeded ones." placeholder:"N"`
	Seed   int64  `default:"0" help:"Decides every id; 0 is a fixed default." placeholder:"S"`

	Page      string `type:"existingdir" help:"Folder with the page's files, as 'page' builds them; without it they are built when they are needed." placeholder:"DIR"`
	Container bool   `help:"Let --listen name every address of a container, whose port is published on loopback: docker run -p 127.0.0.1:3979:3979."`
}

// Run serves everything until the process is told to stop. Nothing is kept: the
// tenant and the database begin anew each time.
func (c *demoCmd) Run(ctx context.Context) (err error) {
	listener, err := c.listen(ctx)
	if err != nil {
		return err
	}
	assets, err := c.assets(ctx)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	s := &stage{Assets: assets, Seed: c.Seed, Users: c.Users, Log: log}
	if err := s.Open(ctx); err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	fmt.Printf("\n  Passdesk and its tenant are ready:  http://%s\n\n  Write “pass joni 60m for a new laptop” as Adele, approve as Megan. Ctrl-C ends it.\n\n", toOpen(listener.Addr()))
	return serveUntil(ctx, listener, s)
}

// assets are the page's files.
func (c *demoCmd) assets(ctx context.Context) (fs.FS, error) {
	if c.Page != "" {
		return os.DirFS(c.Page), nil
	}
	return bundle.Prepare(ctx, say)
}

func say(line string) { fmt.Println(line) }

// listen opens the page's address. In a container loopback is the container's
// own, so that whoever publishes its port decides who gets there; the page
// answers to a loopback name alone, there as well.
func (c *demoCmd) listen(ctx context.Context) (net.Listener, error) {
	if !c.Container {
		return listenLoopback(ctx, c.Listen)
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return nil, fmt.Errorf("listening for the page: %w", err)
	}
	return l, nil
}

// listenLoopback refuses an address that others than this machine could reach.
func listenLoopback(ctx context.Context, address string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listening for the page: %w", err)
	}
	if a, ok := l.Addr().(*net.TCPAddr); !ok || !a.IP.IsLoopback() {
		return nil, errors.Join(fmt.Errorf("--listen %s: the page is served on loopback only", address), l.Close())
	}
	return l, nil
}

// toOpen is the address for a browser on this machine.
func toOpen(a net.Addr) string {
	if tcp, ok := a.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return net.JoinHostPort("localhost", strconv.Itoa(tcp.Port))
	}
	return a.String()
}

func serveUntil(ctx context.Context, l net.Listener, on *stage) error {
	s := &http.Server{Handler: on, ReadHeaderTimeout: 5 * time.Second}
	s.RegisterOnShutdown(on.Leave)
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return s.Shutdown(end)
}
