package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/passdesk/passdesk/bot"
	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/credential"
	"github.com/passdesk/passdesk/internal/graph"
	"github.com/passdesk/passdesk/internal/store"
	"github.com/passdesk/passdesk/internal/teams"
)

// Options are what a caller may bring instead of what App would take itself.
type Options struct {
	// Listener is where the endpoint is served; nil: Config.Listen is opened.
	Listener net.Listener
	// Now is the desk's clock; nil: time.Now. Tokens always keep real time.
	Now func() time.Time
	Log *slog.Logger // nil: nothing is logged
	// Out is where the audit goes that is streamed to stdout; nil: os.Stdout.
	Out io.Writer
	// Unpaced calls Graph without waiting for its limits: for a tenant that has
	// none.
	Unpaced bool
}

// App is a whole Passdesk. New prepares it, Run serves until its context ends,
// Close gives back what New took.
type App struct {
	config    Config
	options   Options
	client    *http.Client
	store     *store.Store
	directory *graph.Directory
	receiver  *teams.Receiver
	connector *teams.Connector
	post      *bot.Post
	desk      *access.Desk
	bot       *bot.Bot
	health    *health
	replica   *replica
	counts    *counts
	stream    *stream // nil: the audit is not streamed
	listener  net.Listener
	server    *http.Server

	comparing sync.Mutex
	compared  time.Time // when exclusions were compared with Entra last
}

// New opens the database and wires all parts. It calls nobody outside, so that
// Passdesk starts although login, Graph or Teams are down.
func New(ctx context.Context, c Config, o Options) (*App, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Log = slog.New(discreet{o.Log.Handler()})
	if o.Out == nil {
		o.Out = os.Stdout
	}
	a := &App{config: c, options: o, counts: newCounts(), replica: newReplica(c)}
	for _, step := range []func(context.Context) error{a.openStore, a.openOutside, a.openStream, a.openDesk, a.openBot, a.openMetrics, a.listen} {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, a.Close())
		}
	}
	return a, nil
}

// openOutside makes the clients of login, Graph and the connector.
func (a *App) openOutside(context.Context) error {
	c := a.config
	client, err := newClient(c.Entra.CAFile)
	if err != nil {
		return err
	}
	a.client = client
	cred, err := credential.New(c.Credential, c.Entra.Authority, c.Tenant, c.Bot.AppID, a.client)
	if err != nil {
		return err
	}
	a.directory, err = graph.New(graph.Options{
		URL: c.Graph.URL, Credential: cred, AppID: c.Bot.AppID, HTTP: a.client, PIM: c.Entra.PIM == "required", Log: a.options.Log,
		Paced: !a.options.Unpaced, Shared: a.shared(), Observe: a.counts.graphCalled,
		Took: func(d time.Duration) { a.counts.graphTook.Observe(d.Seconds()) },
	})
	if err != nil {
		return err
	}
	a.connector, err = teams.NewConnector(teams.Options{
		Credential: cred, Scope: c.Bot.Scope, ServiceHosts: c.Bot.ServiceHosts, FileHosts: c.Bot.FileHosts,
		AppID: c.Bot.AppID, Tenant: c.Tenant, HTTP: a.client, Observe: a.counts.connectorCalled, Log: a.options.Log,
	})
	if err != nil {
		return err
	}
	a.receiver, err = teams.NewReceiver(teams.Trust{
		AppID: c.Bot.AppID, Tenant: c.Tenant, Metadata: c.Bot.OpenIDMetadata,
		ServiceHosts: c.Bot.ServiceHosts, HTTP: a.client, Log: a.options.Log,
	})
	a.health = newHealth(a, cred)
	return err
}

func (a *App) openStore(ctx context.Context) error {
	var err error
	a.store, err = store.Open(ctx, a.config.Database, store.Options{
		Now: a.options.Now, Log: a.options.Log, Run: a.work, Changed: a.counts.changed,
	})
	return err
}

// shared lets replicas keep to Graph's limits together. A file has one process.
func (a *App) shared() graph.Shared {
	if strings.HasPrefix(a.config.Database, "sqlite:") {
		return nil
	}
	return a.store.Shared
}

func (a *App) openDesk(context.Context) error {
	p := bot.PostOptions{
		Store: a.store, Connector: a.connector, Now: a.options.Now, Log: a.options.Log,
		// Where no activity has told a better one, chats are created at the first
		// host that may see the token.
		ServiceURL: (&url.URL{Scheme: "https", Host: a.config.Bot.ServiceHosts[0], Path: "/teams/"}).String(),
	}
	if id := a.config.Bot.CatalogAppID; id != "" {
		p.Install = func(ctx context.Context, person access.ID) error { return a.directory.Install(ctx, person, id) }
	}
	var err error
	if a.post, err = bot.NewPost(p); err != nil {
		return err
	}
	a.desk, err = access.NewDesk(access.Options{
		Directory: a.directory, Census: a.directory, Store: a.store, Settings: a.config.settings(),
		CodeKey: a.config.CodeKey, Reach: a.post.Reach, Now: a.options.Now, Log: a.options.Log,
	})
	return err
}

func (a *App) openBot(context.Context) error {
	var err error
	a.bot, err = bot.New(bot.Options{
		Desk: a.desk, Store: a.store, Post: a.post, Receiver: a.receiver, Connector: a.connector,
		Router: teams.NewRouter(a.receiver, a.connector),
		Ready:  a.health.report, Busy: a.directory.Busy, Count: a.counts.refused, Now: a.options.Now, Log: a.options.Log,
	})
	return err
}

func (a *App) listen(ctx context.Context) error {
	a.listener = a.options.Listener
	if a.listener == nil {
		var err error
		if a.listener, err = new(net.ListenConfig).Listen(ctx, "tcp", a.config.Listen); err != nil {
			return fmt.Errorf("listening: %w", err)
		}
	}
	a.server = newServer(a.bot.Handler(), a.options.Log)
	return nil
}

// newServer bounds everything that a stranger could make long.
func newServer(h http.Handler, to *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    teams.HeaderLimit,
		ErrorLog:          log.New(addressless{to}, "", 0),
	}
}

// Addr is the address at which the endpoint is served.
func (a *App) Addr() net.Addr { return a.listener.Addr() }

// Sweep does what is overdue, and forgets what is long past; for whoever moves
// the clock.
func (a *App) Sweep(ctx context.Context) error {
	return errors.Join(a.sweep(ctx), a.compare(ctx), a.prune(ctx), a.store.Wake(ctx))
}

// compare compares who is excluded with Entra, where that was long ago.
func (a *App) compare(ctx context.Context) error {
	a.comparing.Lock()
	defer a.comparing.Unlock()
	now := a.options.Now()
	if !a.compared.IsZero() && now.Sub(a.compared) < time.Duration(a.config.Sweep) {
		return nil
	}
	if err := a.desk.SweepDrift(graph.Background(ctx)); err != nil {
		return err
	}
	a.compared = now
	return nil
}

// sweep lets people's calls go first.
func (a *App) sweep(ctx context.Context) error { return a.desk.Sweep(graph.Background(ctx)) }

// work does one job.
func (a *App) work(ctx context.Context, j access.Job) error {
	ctx = graph.Background(ctx) // whoever waits at a screen goes first
	switch j.Kind {
	case access.Due:
		return a.desk.Due(ctx, j.Ref)
	case access.Watch:
		return a.desk.Watch(ctx, j.Ref)
	case access.Undo:
		return a.desk.Undo(ctx, j.Ref)
	case access.Sound:
		return a.desk.Sound(ctx, j.Ref)
	case access.ReadBack:
		return a.desk.ReadBack(ctx, j.Ref)
	default:
		return a.post.Run(ctx, j)
	}
}

// Close gives back what New took. Run must have returned.
func (a *App) Close() error {
	var faults []error
	if a.listener != nil {
		if err := a.listener.Close(); !errors.Is(err, net.ErrClosed) {
			faults = append(faults, err)
		}
	}
	if a.bot != nil {
		ctx, cancel := context.WithTimeout(context.Background(), drain)
		defer cancel()
		faults = append(faults, a.bot.Close(ctx))
	}
	if a.desk != nil {
		a.desk.Close()
	}
	if a.post != nil {
		a.post.Close()
	}
	if a.store != nil {
		faults = append(faults, a.store.Close())
	}
	if a.client != nil {
		a.client.CloseIdleConnections()
	}
	return errors.Join(faults...)
}
