package teams

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
)

// Options say how to reach Teams.
type Options struct {
	// Credential gives the connector's token. It is asked before every call and
	// keeps tokens itself.
	Credential azcore.TokenCredential
	// Scope is asked for; empty means the public cloud's.
	Scope string
	// ServiceHosts are the hosts that may see the token, as host or host:port,
	// subdomains included; https only.
	ServiceHosts []string
	// FileHosts are the hosts that files may be put to, as host or host:port,
	// subdomains included; https only. Empty: none, and Upload is refused.
	FileHosts []string
	// AppID is the bot's application id.
	AppID string
	// Tenant is where conversations are created.
	Tenant string
	// HTTP carries the calls; redirects are never followed. Nil means a client
	// with time-outs.
	HTTP *http.Client
	// Patience is the longest that a call waits by itself, for a pace or a
	// Retry-After, before it returns Wait; zero means 5 s.
	Patience time.Duration
	// Now is the clock for paces; nil means the real one.
	Now func() time.Time
	// Observe hears of every try of a call: its name, and what is to be done about
	// its failure, empty for a success; both of a fixed set. A call that was taken
	// back is none. Nil means nobody.
	Observe func(call string, failure Action)
	// Log hears about calls that fail; nil means silence.
	Log *slog.Logger
}

// Scope is what a bot's token is asked for in the public cloud (Bot Framework:
// Connector authentication, "Bot to Connector").
const Scope = "https://api.botframework.com/.default"

const (
	callTime        = 15 * time.Second
	defaultPatience = 5 * time.Second
)

// Connector sends to Teams: one call at a time per conversation, within Teams'
// limits. It is safe for concurrent use. The error of every call is an [*Error].
type Connector struct {
	options Options
	hosts   hosts
	files   hosts
	http    *http.Client
	upload  *http.Client
	lanes   *lanes
	overall overall
	bot     string
	moved   atomic.Pointer[string] // the host that sent us to the government's
	wait    func(context.Context, time.Duration) error
}

// NewConnector checks its options and connects to nothing.
func NewConnector(o Options) (*Connector, error) {
	var faults []error
	if o.Credential == nil {
		faults = append(faults, errors.New("no credential"))
	}
	if !guid(o.AppID) {
		faults = append(faults, fmt.Errorf("app id %q is not a GUID", o.AppID))
	}
	if !guid(o.Tenant) {
		faults = append(faults, fmt.Errorf("tenant %q is not a GUID", o.Tenant))
	}
	allowed, err := parseHosts(o.ServiceHosts)
	faults = append(faults, err)
	var files hosts
	if len(o.FileHosts) > 0 {
		files, err = parseHosts(o.FileHosts)
		faults = append(faults, err)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("connector: %w", err)
	}
	o = o.filled()
	return &Connector{
		options: o, hosts: allowed, files: files, http: closed(o.HTTP, callTime), upload: closed(o.HTTP, uploadTime), lanes: newLanes(o.Now),
		overall: overall{pace: pace{windows: overallPace[:]}}, bot: "28:" + o.AppID, wait: sleep,
	}, nil
}

func (o Options) filled() Options {
	if o.Scope == "" {
		o.Scope = Scope
	}
	if o.Patience <= 0 {
		o.Patience = defaultPatience
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Observe == nil {
		o.Observe = func(string, Action) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Create opens the 1:1 chat with a person, given by "29:…" id or Entra object
// id, and returns its conversation id. Repeating it returns the same chat.
func (c *Connector) Create(ctx context.Context, serviceURL, member string) (string, error) {
	body := wireConversation{Bot: wireID{c.bot}, Members: []wireID{{member}}, TenantID: c.options.Tenant}
	var made struct {
		ID string `json:"id"`
	}
	k := call{name: "create", method: http.MethodPost, service: serviceURL, lane: "create " + member, path: []string{}, body: body}
	if err := c.do(ctx, k, &made); err != nil {
		return "", err
	}
	if made.ID == "" {
		return "", &Error{Call: k.name, Code: "no conversation id", Action: GiveUp}
	}
	return made.ID, nil
}

// Send says something in a conversation and returns the message's id. The id
// is empty when Teams took the message without telling it.
func (c *Connector) Send(ctx context.Context, p Place, m Message) (string, error) {
	return c.post(ctx, "send", p, []string{p.Conversation, "activities"}, "", m)
}

// Reply is Send in answer to an activity.
func (c *Connector) Reply(ctx context.Context, p Place, activityID string, m Message) (string, error) {
	return c.post(ctx, "reply", p, []string{p.Conversation, "activities", activityID}, activityID, m)
}

func (c *Connector) post(ctx context.Context, name string, p Place, path []string, replyTo string, m Message) (string, error) {
	if err := checkSize(name, m); err != nil {
		return "", err
	}
	var made struct {
		ID string `json:"id"`
	}
	k := call{name: name, method: http.MethodPost, service: p.ServiceURL, lane: p.Conversation, path: path, body: m.wire(c.bot, p, "", replyTo)}
	err := c.do(ctx, k, &made)
	return made.ID, err
}

// Update replaces a message for everybody who sees it.
func (c *Connector) Update(ctx context.Context, p Place, id string, m Message) error {
	return c.UpdateWhile(ctx, p, id, m, nil)
}

// UpdateWhile is Update for a message that may be out of date by the time its turn
// comes: still is asked right before each try, the first included, and its error
// ends the call as Unwanted. A nil still wants it always. What is on its way when
// still would say no is not called back.
func (c *Connector) UpdateWhile(ctx context.Context, p Place, id string, m Message, still func(context.Context) error) error {
	if err := checkSize("update", m); err != nil {
		return err
	}
	return c.do(ctx, call{
		name: "update", method: http.MethodPut, service: p.ServiceURL, lane: p.Conversation,
		path: []string{p.Conversation, "activities", id}, body: m.wire(c.bot, p, id, ""), still: still,
	}, nil)
}

// Delete takes a message away. It is no error if it is gone already.
func (c *Connector) Delete(ctx context.Context, p Place, id string) error {
	err := c.do(ctx, call{
		name: "delete", method: http.MethodDelete, service: p.ServiceURL, lane: p.Conversation,
		path: []string{p.Conversation, "activities", id},
	}, nil)
	var e *Error
	if errors.As(err, &e) && e.Code == "ActivityNotFoundInConversation" {
		return nil
	}
	return err
}

// Member looks up one member of a conversation by "29:…" id, Entra object id or
// UPN.
func (c *Connector) Member(ctx context.Context, p Place, id string) (Account, error) {
	var body json.RawMessage
	k := call{
		name: "member", method: http.MethodGet, service: p.ServiceURL, lane: p.Conversation,
		path: []string{p.Conversation, "members", id},
	}
	if err := c.do(ctx, k, &body); err != nil {
		return Account{}, err
	}
	s := scanner{data: body}
	a := s.account()
	s.end()
	if s.err != nil || a.ID == "" {
		return Account{}, &Error{Call: k.name, Code: "unreadable answer", Action: GiveUp, cause: s.err}
	}
	return a, nil
}

// checkSize refuses what Teams would refuse, before it is sent.
func checkSize(name string, m Message) error {
	if len(m.Card) > CardLimit {
		return &Error{Call: name, Code: "card too large", Message: fmt.Sprintf("%d bytes", len(m.Card)), Action: Shrink}
	}
	if m.Empty() {
		return &Error{Call: name, Code: "empty message", Action: Fix}
	}
	return nil
}

// address joins the service URL with a path whose parts are escaped, each by
// itself, so that no id can climb or split.
func (c *Connector) address(k call) (string, error) {
	base, err := c.base(k.service)
	if err != nil {
		return "", err
	}
	var address strings.Builder
	address.WriteString(base.Scheme + "://" + base.Host + strings.TrimRight(base.EscapedPath(), "/") + "/v3/conversations")
	for _, part := range k.path {
		if part == "" || part == "." || part == ".." || !plain(part) {
			return "", errors.New("id is empty or not usable in a path")
		}
		address.WriteString("/" + url.PathEscape(part))
	}
	return address.String(), nil
}
