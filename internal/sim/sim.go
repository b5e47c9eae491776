// Package sim is a simulated Microsoft tenant on this machine: Entra's login,
// Microsoft Graph, the Teams connector with its keys, all over TLS with a
// certificate authority of its own, and a control port. A bot that talks to it
// cannot tell but by addresses and certificates.
package sim

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/passdesk/passdesk/internal/sim/channel"
	"github.com/passdesk/passdesk/internal/sim/control"
	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/fault"
	"github.com/passdesk/passdesk/internal/sim/graph"
	"github.com/passdesk/passdesk/internal/sim/login"
	"github.com/passdesk/passdesk/internal/sim/manners"
	"github.com/passdesk/passdesk/internal/sim/signin"
)

// DefaultListen is any free port for the control port.
const DefaultListen = "127.0.0.1:0"

// Options shape a simulated tenant. The zero value is usable, and as
// inconvenient as a real one.
type Options struct {
	Seed   int64  // decides every id; 0: a fixed default
	Users  int    // people beside the seeded ones
	Listen string // address of the control port, loopback only; empty: DefaultListen
	Bot    string // address of the bot's endpoint, for example http://127.0.0.1:3978/api/messages; empty: none yet
	Dir    string // where the files for a separate bot are written; empty: none are
	Now    func() time.Time
	Log    *slog.Logger // what the servers complain about; nil: nothing

	// Manners are the inconveniences at the start; nil: all of them.
	Manners *manners.Manners
	// Calm starts without any, whatever Manners says: for tests that count calls
	// or must not wait.
	Calm bool
}

// Addresses are where the rooms are found.
type Addresses struct {
	Login   string `json:"login"`   // the authority, without a tenant
	Graph   string `json:"graph"`   // ends in /v1.0
	Channel string `json:"channel"` // the connector's service URL, ends in /teams/
	OpenID  string `json:"openid"`  // metadata of the channel's keys
	Control string `json:"control"` // plain HTTP
}

// Sim is a running simulated tenant.
type Sim struct {
	Tenant    *entra.Tenant
	Login     *login.Login
	Graph     *graph.Graph
	Channel   *channel.Channel
	SignIn    *signin.SignIn
	Control   *control.Control
	Manners   *manners.Switches // the inconveniences, as they stand
	Faults    *fault.Set        // trouble on purpose, in all rooms
	Addresses Addresses
	CA        *x509.CertPool // trusts the rooms' certificate
	CAPEM     []byte         // the same as PEM

	options Options
	servers []*http.Server
	serving sync.WaitGroup

	mu        sync.Mutex
	onAdvance []func(time.Duration)
}

// Start makes the tenant, listens on loopback and, where Options.Dir is set,
// writes the files for a bot; tenant.json is written last. The context bounds
// the start only; Close ends what was started.
func Start(ctx context.Context, o Options) (*Sim, error) {
	if o.Listen == "" {
		o.Listen = DefaultListen
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if err := loopback(o.Listen); err != nil {
		return nil, err
	}
	s := &Sim{
		options: o, Tenant: entra.New(entra.Options{Seed: o.Seed, Users: o.Users, Now: o.Now}),
		Manners: manners.New(o.manners()), Faults: &fault.Set{},
	}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (o Options) manners() manners.Manners {
	switch {
	case o.Calm:
		return manners.Calm()
	case o.Manners != nil:
		return *o.Manners
	}
	return manners.Real()
}

func (s *Sim) start(ctx context.Context) error {
	certificate, authority, err := certify()
	if err != nil {
		return err
	}
	s.CAPEM, s.CA = authority, x509.NewCertPool()
	s.CA.AppendCertsFromPEM(authority)
	var listening net.ListenConfig
	rooms, err := listening.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listening for the rooms: %w", err)
	}
	ports, err := listening.Listen(ctx, "tcp", s.options.Listen)
	if err != nil {
		return errors.Join(fmt.Errorf("listening for control: %w", err), rooms.Close())
	}
	s.Addresses = addresses(rooms.Addr().String(), ports.Addr().String())
	if err := s.furnish(); err != nil {
		return errors.Join(err, rooms.Close(), ports.Close())
	}
	s.serve(tls.NewListener(rooms, &tls.Config{
		Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
	}), http.HandlerFunc(s.room))
	s.serve(ports, s.Control)
	if s.options.Dir == "" {
		return nil
	}
	return s.write(s.options.Dir)
}

// furnish makes the rooms, which need to know their addresses.
func (s *Sim) furnish() error {
	var err error
	s.Login, err = login.New(login.Options{
		Tenant: s.Tenant.ID(), Name: entra.Company, Domains: []string{entra.Domain},
		App: s.Tenant.AppID(), Object: s.Tenant.ServicePrincipalID(), Secret: s.Tenant.ClientSecret(), SecretEnds: s.Tenant.SecretEnds, Roles: permissions, Now: s.options.Now,
		GraphAddress: s.Addresses.Login,
	})
	if err != nil {
		return fmt.Errorf("login: %w", err)
	}
	s.Channel, err = channel.New(channel.Options{
		Tenant: s.Tenant, ServiceURL: s.Addresses.Channel, Bot: s.options.Bot, Check: s.Login.Check(login.Connector), Now: s.options.Now,
		Manners: s.Manners, Faults: s.Faults,
	})
	if err != nil {
		return fmt.Errorf("channel: %w", err)
	}
	s.Graph = graph.New(s.Tenant, s.Login.Check(login.Graph))
	s.Graph.ChatID, s.Graph.Manners, s.Graph.Faults = s.Channel.ChatID, s.Manners, s.Faults
	s.Graph.Granted = s.Login.Granted
	s.SignIn = signin.New(s.Tenant, signin.Options{Manners: s.Manners})
	s.Control = control.New(control.Options{
		Tenant: s.Tenant, Channel: s.Channel, SignIn: s.SignIn, OnAdvance: s.advanced,
		Requests: func() any { return s.Graph.Requests() }, Manners: s.Manners, Faults: s.Faults, Login: s.Login,
	})
	return nil
}

// permissions are the application permissions that an administrator has
// consented to (Graph: permissions reference).
var permissions = []string{
	"User.Read.All", "User.RevokeSessions.All", "RoleEligibilitySchedule.Read.Directory", "PrivilegedEligibilitySchedule.Read.AzureADGroup", "GroupMember.ReadWrite.All", "RoleManagement.Read.Directory",
	"UserAuthenticationMethod.Read.All", "UserAuthMethod-TAP.ReadWrite.All", "Policy.Read.All", "Policy.Read.AuthenticationMethod",
	"Policy.Read.ConditionalAccess", "Policy.ReadWrite.ConditionalAccess", "Application.Read.All",
	"AuditLog.Read.All", "TeamsAppInstallation.ReadWriteSelfForUser.All",
}

// room finds the handler by the path: the rooms share one address.
func (s *Sim) room(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.Path; {
	case strings.HasPrefix(path, "/v1.0/"):
		s.Graph.ServeHTTP(w, r)
	case strings.HasPrefix(path, "/teams/"), strings.HasPrefix(path, "/files/"), strings.HasPrefix(path, "/v1/.well-known/"):
		s.Channel.ServeHTTP(w, r)
	default:
		fault.Layer(s.Faults, s.Login.Fail, s.Login).ServeHTTP(w, r)
	}
}

func (s *Sim) serve(listener net.Listener, handler http.Handler) {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(s.options.Log.Handler(), slog.LevelWarn),
	}
	s.servers = append(s.servers, server)
	s.serving.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.options.Log.Error("serving", "error", err)
		}
	})
}

// Close stops listening and waits for what is being served or delivered.
func (s *Sim) Close() error {
	failures := make([]error, 0, len(s.servers))
	if s.Channel != nil {
		s.Channel.Close()
	}
	for _, server := range s.servers {
		failures = append(failures, server.Close())
	}
	s.serving.Wait()
	return errors.Join(failures...)
}

// OnAdvance asks to be told by how much the tenant's clock is moved from the
// control port, so that a bot in the same process can move its own.
func (s *Sim) OnAdvance(tell func(time.Duration)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onAdvance = append(s.onAdvance, tell)
}

func (s *Sim) advanced(by time.Duration) {
	s.mu.Lock()
	told := s.onAdvance
	s.mu.Unlock()
	for _, tell := range told {
		tell(by)
	}
}

// HTTPClient is a client that trusts the rooms' certificate.
func (s *Sim) HTTPClient() *http.Client {
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: s.CA, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true, IdleConnTimeout: time.Minute,
	}}
}

func addresses(rooms, control string) Addresses {
	base := "https://" + rooms
	return Addresses{
		Login: base, Graph: base + "/v1.0", Channel: base + "/teams/",
		OpenID: base + "/v1/.well-known/openidconfiguration", Control: "http://" + control,
	}
}

// loopback refuses an address that others than this machine could reach.
func loopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("listen address %q: %w", address, err)
	}
	if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
		return fmt.Errorf("listen address %q: the simulated tenant serves loopback only", address)
	}
	return nil
}
