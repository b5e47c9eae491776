package load

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/passdesk/passdesk/internal/sim"
	"github.com/passdesk/passdesk/internal/sim/channel"
)

// Tenant is a simulated tenant whose channel delivers through here, so that
// what it sends can be fired again.
type Tenant struct {
	*sim.Sim
	Config string // the bot's configuration file

	tap   *http.Server
	proxy *httputil.ReverseProxy

	mu     sync.Mutex
	header http.Header
	body   []byte
}

// Open starts a tenant whose bot will listen at an address.
func Open(ctx context.Context, dir, bot string) (*Tenant, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening for the channel: %w", err)
	}
	t := &Tenant{Config: filepath.Join(dir, sim.ConfigFile)}
	t.proxy = &httputil.ReverseProxy{
		Rewrite:  func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: "http", Host: bot}) },
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug),
	}
	t.tap = &http.Server{Handler: http.HandlerFunc(t.deliver), ReadHeaderTimeout: patience}
	t.Sim, err = sim.Start(ctx, sim.Options{Bot: "http://" + listener.Addr().String() + "/api/messages", Dir: dir, Calm: true})
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	go func() { _ = t.tap.Serve(listener) }() // until Close
	return t, nil
}

// deliver lets an activity through and keeps it.
func (t *Tenant) deliver(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	t.mu.Lock()
	t.header, t.body = r.Header.Clone(), body
	t.mu.Unlock()
	r.Body = io.NopCloser(bytes.NewReader(body))
	t.proxy.ServeHTTP(w, r)
}

// Close ends the tenant.
func (t *Tenant) Close() error { return errors.Join(t.Sim.Close(), t.tap.Close()) }

// Ask plays the story up to the card that waits for Megan's decision.
func (t *Tenant) Ask(ctx context.Context) error {
	for _, alias := range []string{"adele", "megan"} { // as an administrator's roll-out would
		if _, err := t.Channel.Greet(ctx, alias); err != nil {
			return err
		}
	}
	if _, err := t.Channel.Say(ctx, "adele", "", "pass joni 60m for a new laptop, starts on Monday"); err != nil {
		return err
	}
	if err := t.press(ctx, "adele", "Send request"); err != nil {
		return err
	}
	_, _, err := t.card(ctx)
	return err
}

// press presses a button by its title, by the control port, as soon as it is
// there.
func (t *Tenant) press(ctx context.Context, who, title string) error {
	body, err := json.Marshal(map[string]string{"person": who, "title": title})
	if err != nil {
		return err
	}
	return eventually(ctx, func() error {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.Addresses.Control+"/press", bytes.NewReader(body))
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("%s sees no button %q", who, title)
		}
		return nil
	})
}

// card waits for the card that refreshes when Megan looks at it.
func (t *Tenant) card(ctx context.Context) (chat channel.Chat, card channel.Message, err error) {
	err = eventually(ctx, func() error {
		for _, chat = range t.Channel.Chats("megan") {
			for _, card = range chat.Messages {
				if chat.Type == channel.Personal && strings.Contains(string(card.Card), `"Approve"`) {
					return nil
				}
			}
		}
		return errors.New("megan has got no card")
	})
	return chat, card, err
}

// View lets Megan look at the request, and returns that click as a shot, with
// the answer that she got.
func (t *Tenant) View(ctx context.Context) (Shot, []byte, error) {
	chat, message, err := t.card(ctx)
	if err != nil {
		return Shot{}, nil, err
	}
	var stored struct {
		Refresh struct {
			Action json.RawMessage `json:"action"`
		} `json:"refresh"`
	}
	var action struct {
		Data struct {
			Ref string `json:"ref"`
		} `json:"data"`
	}
	if err := errors.Join(json.Unmarshal(message.Card, &stored), json.Unmarshal(stored.Refresh.Action, &action)); err != nil {
		return Shot{}, nil, fmt.Errorf("megan's card does not refresh: %w", err)
	}
	answer, err := t.Channel.Press(ctx, "megan", chat.ID, message.ID, stored.Refresh.Action, nil)
	body, _ := answer.Body.(json.RawMessage)
	if err != nil || answer.Card == nil {
		return Shot{}, nil, errors.Join(fmt.Errorf("megan's view was not answered: %s", answer.Error), err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	s, err := NewShot(t.header, t.body, fmt.Sprintf("%q", action.Data.Ref))
	return s, body, err
}

// eventually tries again and again until there is no error, or too much time
// has passed.
func eventually(ctx context.Context, try func() error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ticks := time.NewTicker(20 * time.Millisecond)
	defer ticks.Stop()
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ticks.C:
		case <-ctx.Done():
			return err
		}
	}
}
