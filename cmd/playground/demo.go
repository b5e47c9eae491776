package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/passdesk/passdesk/internal/sim/page/bundle"
)

// demoCmd runs the bot, the tenant and the page in one process.
type demoCmd struct {
	Listen string `default:"127.0.0.1:3979" help:"Address of the page; loopback only." placeholder:"HOST:PORT"`
	Users  int    `default:"0" help:"People to make up beside the seeded ones." placeholder:"N"`
	Seed   int64  `default:"0" help:"Decides every id; 0 is a fixed default." placeholder:"S"`
}

// Run serves everything until the process is told to stop. Nothing is kept: the
// tenant and the database begin anew each time.
func (c *demoCmd) Run(ctx context.Context) (err error) {
	listener, err := listenLoopback(ctx, c.Listen)
	if err != nil {
		return err
	}
	assets, err := bundle.Prepare(ctx, func(line string) { fmt.Println(line) })
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	s := &stage{Assets: assets, Seed: c.Seed, Users: c.Users, Log: log}
	if err := s.Open(ctx); err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	fmt.Printf("\n  Passdesk and its tenant are ready:  http://%s\n\n  Write “pass joni 60m for a new laptop” as Adele, approve as Megan. Ctrl-C ends it.\n\n", listener.Addr())
	return serveUntil(ctx, listener, s)
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
