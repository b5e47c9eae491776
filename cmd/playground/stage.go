package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/passdesk/passdesk/internal/playground"
	"github.com/passdesk/passdesk/internal/sim/page"
)

// stage serves the page of whichever play is on: starting over puts a fresh
// tenant, bot and database in the place of the ones before.
type stage struct {
	Assets fs.FS
	Seed   int64
	Users  int
	Log    *slog.Logger

	changing sync.Mutex // one start over at a time
	mu       sync.RWMutex
	on       *show
}

// show is one tenant with its bot, its database and its page.
type show struct {
	*playground.Playground
	dir   string
	page  http.Handler
	leave context.CancelFunc // ends the page's streams
}

// Open begins, or begins anew. What was on stays on when that fails.
func (s *stage) Open(ctx context.Context) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	next, err := s.prepare(ctx)
	if err != nil {
		return err
	}
	s.mu.Lock()
	last := s.on
	s.on = next
	s.mu.Unlock()
	return last.Close()
}

// ServeHTTP is the page that is on.
func (s *stage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.RLock()
	on := s.on
	s.mu.RUnlock()
	on.page.ServeHTTP(w, r)
}

// Leave ends the streams to browsers, which a server that shuts down waits for.
func (s *stage) Leave() {
	s.mu.RLock()
	defer s.mu.RUnlock()
	s.on.leave()
}

// Close ends what is on.
func (s *stage) Close() error {
	s.changing.Lock()
	defer s.changing.Unlock()
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.on.Close()
}

func (s *stage) prepare(ctx context.Context) (*show, error) {
	dir, err := os.MkdirTemp("", "passdesk-demo-")
	if err != nil {
		return nil, fmt.Errorf("making room for the database: %w", err)
	}
	p, err := playground.Start(ctx, playground.Options{Dir: dir, Seed: s.Seed, Users: s.Users, Log: s.Log})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	for _, alias := range []string{"adele", "megan"} { // as an administrator's roll-out would
		if _, err := p.Sim.Channel.Greet(ctx, alias); err != nil {
			s.Log.Warn("greeting", "person", alias, "error", err)
		}
	}
	running, leave := context.WithCancel(context.WithoutCancel(ctx))
	next := &show{Playground: p, dir: dir, leave: leave}
	next.page = page.New(running, page.Options{
		Tenant: p.Sim.Tenant, Teams: p.Sim.Channel, Graph: p.Sim.Graph, Devices: p.Sim.SignIn, Manners: p.Sim.Manners, Control: p.Sim.Control,
		Assets: s.Assets, Advance: next.advance, Restart: s.Open,
	})
	return next, nil
}

// advance moves both clocks by the tenant's control port, as a test does.
func (s *show) advance(ctx context.Context, by time.Duration) error {
	body, err := json.Marshal(map[string]string{"advance": by.String()})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Sim.Addresses.Control+"/clock", bytes.NewReader(body))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("control port: %w", err)
	}
	if err := response.Body.Close(); err != nil || response.StatusCode != http.StatusOK {
		return errors.Join(fmt.Errorf("control port: %s", response.Status), err)
	}
	return nil
}

// Close ends the show and leaves nothing behind. No show is nothing to end.
func (s *show) Close() error {
	if s == nil {
		return nil
	}
	s.leave()
	return errors.Join(s.Playground.Close(), os.RemoveAll(s.dir))
}
