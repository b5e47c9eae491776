// Package page is the browser's view of the simulated tenant: two people's
// chats with the bot side by side, live, with cards drawn by the official
// Adaptive Cards renderer and pressed as in Teams, and beside them the tenant
// itself with everybody's laptop and phone. It is meant for loopback and
// refuses every other host name, so that no web site can reach it by DNS
// rebinding.
package page

import (
	"context"
	"encoding/json"
	"io/fs"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/passdesk/passdesk/internal/sim/channel"
	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/graph"
	"github.com/passdesk/passdesk/internal/sim/manners"
)

// Teams is what the page needs of the simulated Teams; *channel.Channel is one.
// People are named by any key of the tenant. Open, Say and Press wait for the
// bot's answer.
type Teams interface {
	Chats(key string) []channel.Chat
	Open(ctx context.Context, personID, conversation string) ([]channel.Refreshed, error)
	Say(ctx context.Context, personID, conversation, text string) (channel.Answer, error)
	Press(ctx context.Context, personID, conversation, messageID string, action json.RawMessage, inputs map[string]any) (channel.Answer, error)
	Consent(ctx context.Context, person, message string, accept bool) (channel.Answer, error)
	Subscribe() (changed <-chan struct{}, cancel func())
}

// Graph is what the page needs of the simulated Graph; *graph.Graph is one.
type Graph interface {
	Requests() []graph.Call
	OnCall(tell func(graph.Call))
	Buckets() []graph.Bucket
}

// Options are what a page is made of. Tenant, Teams and Assets are required;
// what else is missing is not shown.
type Options struct {
	Tenant *entra.Tenant
	Teams  Teams
	Assets fs.FS // index.html and what it loads, see package bundle
	// Graph is whose calls are shown as they happen.
	Graph Graph
	// Devices sign people in and register their passkeys.
	Devices Devices
	// Control is the tenant's control port, by which the page changes people,
	// policies and groups behind Passdesk's back.
	Control http.Handler
	// Manners are the tenant's inconveniences.
	Manners *manners.Switches
	// Advance moves the tenant's clock, and the bot's with it.
	Advance func(ctx context.Context, by time.Duration) error
	// Restart begins anew with another tenant and another page. This page is
	// of no use afterwards; the context is not the request's.
	Restart func(ctx context.Context) error
}

// Page is the handler. It is safe for concurrent use.
type Page struct {
	Options
	run     string // tells the browser when it looks at another tenant than before
	traffic *traffic
	done    <-chan struct{}
	mux     *http.ServeMux
}

// New makes the page. Event streams end when ctx does, so that a server that
// shuts down need not wait for browsers to leave.
func New(ctx context.Context, o Options) http.Handler {
	p := &Page{Options: o, run: uuid.NewString(), traffic: newTraffic(), done: ctx.Done(), mux: http.NewServeMux()}
	if o.Graph != nil {
		p.traffic.catchUp(o.Graph.Requests())
		o.Graph.OnCall(p.traffic.add)
	}
	p.mux.HandleFunc("GET /people", p.people)
	p.mux.HandleFunc("GET /people/search", p.search)
	p.mux.HandleFunc("GET /chats", p.chats)
	p.mux.HandleFunc("POST /open", p.open)
	p.mux.HandleFunc("POST /say", p.say)
	p.mux.HandleFunc("POST /press", p.press)
	p.mux.HandleFunc("POST /consent", p.consent)
	p.mux.HandleFunc("GET /tenant", p.look)
	p.mux.HandleFunc("POST /clock", p.clock)
	p.mux.HandleFunc("POST /manners", p.behave)
	p.mux.HandleFunc("POST /sign-in", p.signIn)
	p.mux.HandleFunc("POST /use-session", p.useSession)
	p.mux.HandleFunc("POST /register-passkey", p.register)
	for _, pattern := range []string{"POST /policies/{key}", "DELETE /policies/{key}", "POST /groups/{key}", "DELETE /people/{key}"} {
		p.mux.HandleFunc(pattern, p.behind)
	}
	p.mux.HandleFunc("POST /restart", p.restart)
	p.mux.HandleFunc("GET /events", p.events)
	files := http.FileServerFS(o.Assets)
	p.mux.Handle("GET /{$}", files)
	p.mux.Handle("GET /assets/", http.StripPrefix("/assets", files))
	return guard(p.mux)
}
