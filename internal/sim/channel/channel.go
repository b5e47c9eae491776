// Package channel is the simulated Teams: the connector to which a bot sends
// messages, the OpenID metadata and keys of the channel, the chats as people
// see them, and the delivery of what they say and press to the bot. It follows
// Microsoft's "Bot Connector REST API" and the Teams pages on conversations.
package channel

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/fault"
	"github.com/passdesk/passdesk/internal/sim/keyring"
	"github.com/passdesk/passdesk/internal/sim/manners"
)

// Times that the documentation gives or that are seen in the field: a client
// gives up on a card action after about 5 s, Bot Service ends a turn with 504
// after 10 to 15 s.
const (
	defaultPatience = 5 * time.Second
	defaultDeadline = 15 * time.Second
)

// BotName is the display name of the bot in every chat.
const BotName = "Passdesk"

// Options are what a Channel needs.
type Options struct {
	Tenant     *entra.Tenant
	ServiceURL string // the connector's public address, ending in "/teams/"
	Bot        string // address of the bot's messaging endpoint; empty: none yet, see SetBot

	// Check verifies the Authorization header of calls to the connector.
	Check func(authorization string) error
	// Middleware wraps every connector call that carries a good token; nil: none.
	Middleware func(http.Handler) http.Handler
	Manners    *manners.Switches // the inconveniences; nil: none
	Faults     *fault.Set        // trouble on purpose, here and with the keys; nil: none
	HTTP       *http.Client      // to reach the bot; nil: a client without redirects
	Now        func() time.Time  // real time, for tokens; nil: time.Now
	Patience   time.Duration     // how long a person's client waits for a card; 0: 5 s
	Deadline   time.Duration     // how long the channel waits for the bot; 0: 15 s
}

// Channel is the simulated Teams. It is safe for concurrent use.
type Channel struct {
	options   Options
	tenant    *entra.Tenant
	ring      *keyring.Ring
	now       func() time.Time
	connector http.Handler
	openID    http.Handler
	traffic   traffic

	background context.Context //nolint:containedctx // ends with Close, not with a call
	stop       context.CancelFunc
	running    sync.WaitGroup
	closing    sync.Mutex // no work begins once background has ended

	mu          sync.Mutex
	bot         string
	chats       map[string]*chat         // by conversation id, without a thread
	order       []string                 // ids of chats, oldest first
	lastID      int64                    // newest message id that is a time
	uploads     map[string]*upload       // files on their way, by the id in their address
	open        map[string]string        // by object id: the conversation on the person's screen
	welcomes    map[string]chan struct{} // by object id: closed when the bot has heard of the installation
	silent      map[string]bool          // by object id: the bot hears of the installation another way
	subscribers map[chan struct{}]struct{}

	tokenMu sync.Mutex
	token   channelToken
}

// New makes a Teams with one channel and one group chat; personal chats appear
// as people get the app. Tenant, ServiceURL and Check are required.
func New(o Options) (*Channel, error) {
	if o.Tenant == nil || o.Check == nil || !strings.HasSuffix(o.ServiceURL, "/teams/") {
		return nil, errors.New("channel: tenant, check and a service URL ending in /teams/ are required")
	}
	ring, err := keyring.New("botframework.com")
	if err != nil {
		return nil, err
	}
	c := &Channel{
		options: withDefaults(o), tenant: o.Tenant, ring: ring, bot: o.Bot,
		chats: map[string]*chat{}, open: map[string]string{}, welcomes: map[string]chan struct{}{},
		silent: map[string]bool{}, uploads: map[string]*upload{}, subscribers: map[chan struct{}]struct{}{},
	}
	c.now = c.options.Now
	c.background, c.stop = context.WithCancel(context.Background())
	c.connector = http.Handler(http.HandlerFunc(c.route))
	if o.Middleware != nil {
		c.connector = o.Middleware(c.connector)
	}
	c.connector = c.limited(fault.Layer(o.Faults, fail, c.connector))
	c.openID = fault.Layer(o.Faults, failKeys, http.HandlerFunc(c.published))
	c.seed()
	o.Tenant.OnInstall(c.arriving)
	return c, nil
}

func withDefaults(o Options) Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Patience == 0 {
		o.Patience = defaultPatience
	}
	if o.Deadline == 0 {
		o.Deadline = defaultDeadline
	}
	if o.HTTP == nil {
		o.HTTP = &http.Client{
			Transport:     &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	return o
}

// SetBot says where activities are delivered from now on.
func (c *Channel) SetBot(address string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bot = address
}

// Close ends deliveries that still run, and returns when they have ended.
func (c *Channel) Close() {
	c.closing.Lock()
	c.stop()
	c.closing.Unlock()
	c.running.Wait()
	c.options.HTTP.CloseIdleConnections()
}

// later runs a delivery beside its caller until Close ends it.
func (c *Channel) later(deliver func(ctx context.Context)) {
	c.closing.Lock()
	defer c.closing.Unlock()
	if c.background.Err() == nil {
		c.running.Go(func() { deliver(c.background) })
	}
}

// Subscribe tells of every change to a chat; changes that follow each other
// fast are told once. Cancel ends it and may be called more than once.
func (c *Channel) Subscribe() (<-chan struct{}, func()) {
	changed := make(chan struct{}, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.subscribers[changed] = struct{}{}
	return changed, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.subscribers, changed)
	}
}

// changed wakes the subscribers; the caller holds the lock.
func (c *Channel) changed() {
	for subscriber := range c.subscribers {
		select {
		case subscriber <- struct{}{}:
		default:
		}
	}
}

// ServeHTTP answers below the host's root: /teams/v3/… is the connector,
// /v1/.well-known/… the channel's OpenID metadata and keys, /files/… takes files.
func (c *Channel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, filesPath) {
		fault.Layer(c.options.Faults, fail, http.HandlerFunc(c.put)).ServeHTTP(w, r)
		return
	}
	if strings.HasPrefix(r.URL.Path, "/v1/.well-known/") {
		c.openID.ServeHTTP(w, r)
		return
	}
	c.authorized(w, r)
}

// published answers what needs no token: the metadata and the keys.
func (c *Channel) published(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/v1/.well-known/openidconfiguration":
		c.metadata(w, r)
	case "/v1/.well-known/keys":
		c.keys(w, r)
	default:
		c.authorized(w, r)
	}
}

// authorized lets a call with a connector token through to the connector.
func (c *Channel) authorized(w http.ResponseWriter, r *http.Request) {
	if err := c.options.Check(r.Header.Get("Authorization")); err != nil {
		w.Header().Set("WWW-Authenticate", "Bearer")
		reply(w, http.StatusUnauthorized, map[string]string{"message": "Authorization has been denied for this request."})
		return
	}
	c.connector.ServeHTTP(w, r)
}
