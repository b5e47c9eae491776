// Package graph is the desk's view of Entra on Microsoft Graph v1.0: an
// access.Directory, and the installation of Passdesk for a person who has no
// chat with it yet.
//
// Where Graph's generated models are exact, for passes, they are used. Where
// they lose facts, an unknown type or an enum's new member, the JSON is read as
// it came. Calls are sent by its own rules, not a library's: a change that Graph
// may have made is never sent again, and whatever Graph had no time for is, as
// long as somebody waits for it.
package graph

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/passdesk/passdesk/internal/access"
)

const (
	// policyKept is how long the tenant's policy for passes may be served from
	// memory: administrators change it rarely, and Graph lets little be read of
	// it (Graph: throttling limits, identity and access).
	policyKept = 5 * time.Minute
	// groupsKept is how long the list of role-assignable groups may be served
	// from memory. It decides who is privileged, so it is short.
	groupsKept = time.Minute
)

// Options say where Graph is and how to get in.
type Options struct {
	// URL is Graph's address with its version, such as
	// https://graph.microsoft.com/v1.0. Only https.
	URL string
	// Credential gives the tokens, for the scope "<scheme and host of URL>/.default".
	Credential azcore.TokenCredential
	// AppID is the application's own: what it did itself is no change of a person.
	AppID string
	// HTTP carries the calls; nil means the default. A private cloud brings its
	// own certificate authority here.
	HTTP *http.Client
	// PIM says that the tenant has eligible roles and groups to be asked for
	// (Entra ID P2). Without it nobody counts as eligible.
	PIM bool
	// Paced keeps calls within the limits that Graph is known to have for one app
	// in one tenant: a call beyond them waits for its turn instead of being
	// refused. Calls marked by Background let others go first.
	Paced bool
	// Shared lets all replicas keep to those limits together; nil: this process is
	// alone.
	Shared Shared
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Observe hears of every call as Graph counts it, each request within a batch on
	// its own: its bucket and its outcome, both of a fixed set. Nil means nobody.
	Observe func(bucket string, o Outcome)
	// Took hears how long Graph took for each round trip, whatever its outcome. Nil
	// means nobody.
	Took func(time.Duration)
	// Log gets a line per call; nil means none.
	Log *slog.Logger
}

// Directory is Entra as the desk sees it. It is safe for concurrent use.
type Directory struct {
	line *line
	self self
	pim  bool
	now  func() time.Time
	log  *slog.Logger

	policy      kept[access.PassPolicy]
	passkeys    kept[access.PasskeyPolicy]
	roleGroups  kept[roleGroups]
	policyNames kept[[]access.PolicyRef]
	members     kept[membersOf]
	// roleGroupsBefore are the role-assignable groups as last seen: for plans,
	// never for verdicts.
	roleGroupsBefore atomic.Pointer[roleGroups]
	recent           *recent
}

var _ access.Directory = (*Directory)(nil)

// New makes a Directory. It calls nobody: see Ready.
func New(o Options) (*Directory, error) {
	base, err := address(o.URL)
	if err != nil {
		return nil, err
	}
	if o.Credential == nil {
		return nil, errors.New("graph credential: none given")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Observe == nil {
		o.Observe = func(string, Outcome) {}
	}
	if o.Took == nil {
		o.Took = func(time.Duration) {}
	}
	l, err := newLine(base, o)
	if err != nil {
		return nil, fmt.Errorf("graph request adapter: %w", err)
	}
	own := self{app: o.AppID, credential: o.Credential, scope: scope(base)}
	return &Directory{line: l, self: own, pim: o.PIM, now: o.Now, log: o.Log, recent: newRecent()}, nil
}

// scope is what a token for Graph is asked for.
func scope(base *url.URL) string { return base.Scheme + "://" + base.Host + "/.default" }

// address checks Graph's address. Without https the token and the passes would
// travel in the clear.
func address(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(text, "/"))
	switch {
	case err != nil:
		return nil, fmt.Errorf("graph url: %w", err)
	case u.Scheme != "https" || u.Host == "":
		return nil, fmt.Errorf("graph url %q: https is required", text)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("graph url %q: only scheme, host and path are allowed", u.Redacted())
	}
	return u, nil
}

// Ready makes one cheap call that proves address, token and permission. It reads
// which groups may hold roles, so that the first Facts can ask for all in one
// batch. Unavailable.
func (d *Directory) Ready(ctx context.Context) error {
	got, err := d.line.get(ctx, roleGroupsPath)
	_, err = d.readRoleGroups(ctx, outcome{got.body, err})
	return unavailable(err)
}
