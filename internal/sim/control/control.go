// Package control is the simulated tenant's control port: plain HTTP with JSON
// on loopback, for tests and for whoever plays with the tenant. It shows
// everything, secrets included, and is no part of what a bot may use.
package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/sim/channel"
	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/fault"
	"github.com/passdesk/passdesk/internal/sim/login"
	"github.com/passdesk/passdesk/internal/sim/manners"
	"github.com/passdesk/passdesk/internal/sim/signin"
)

// maxBody is more than any call needs.
const maxBody = 1 << 20

// Options are the rooms that are controlled. Tenant, Channel and Requests are
// required.
type Options struct {
	Tenant   *entra.Tenant
	SignIn   *signin.SignIn // nil: one of the port's own
	Channel  *channel.Channel
	Requests func() any        // the Graph calls received, in order
	Manners  *manners.Switches // nil: some of the port's own
	Faults   *fault.Set        // nil: a set of the port's own
	Login    *login.Login      // nil: the app cannot be changed
	// OnAdvance is told by how much the tenant's clock was moved.
	OnAdvance func(time.Duration)
}

// Control is the handler.
type Control struct {
	Options
	mux   *http.ServeMux
	calls []call
}

// call is one line of the port's own description.
type call struct {
	Pattern string `json:"call"`
	Does    string `json:"does"`
	serve   func(r *http.Request) (any, error)
}

// New makes the port's handler.
func New(o Options) *Control {
	if o.Manners == nil {
		o.Manners = manners.New(manners.Calm())
	}
	if o.SignIn == nil {
		o.SignIn = signin.New(o.Tenant, signin.Options{Manners: o.Manners})
	}
	if o.Faults == nil {
		o.Faults = &fault.Set{}
	}
	c := &Control{Options: o, mux: http.NewServeMux()}
	c.calls = []call{
		{"GET /state", "everything that the tenant holds, secrets included", c.state},
		{"GET /conversations", "every chat, with cards as stored and as each person sees them", c.conversations},
		{"GET /requests", "every Graph call received, in order", c.requests},
		{"POST /activity", `deliver an activity: {"from":"adele","text":"help"}, or a whole one without its envelope`, c.activity},
		{"POST /press", `press a button: {"person","conversation","message","title" or "action","inputs"}`, c.press},
		{"POST /consent", `answer the newest card that offers a file, or that of a message: {"person","message","accept":true}`, c.consent},
		{"POST /open", `open a chat as a person: {"person","conversation"}; {"person","close":true} leaves it`, c.open},
		{"POST /clock", `move the tenant's clock: {"advance":"2h"}`, c.clock},
		{"POST /keys/rotate", `new signing key of the channel; {"withdraw":true} unpublishes the old one`, c.rotate},
		{"POST /people/{key}", `change a person: {"enabled","manager","mobilePhone","businessPhone","department","administrativeUnits":[…],"resetPassword","restricted","installed","passwordExpired","addRoles","removeRoles","eligibleRoles"}`, c.person},
		{"POST /people/{key}/methods", `give a person a method: {"kind":"phone|microsoftAuthenticator|softwareOath|email|windowsHelloForBusiness","name","number","phoneType","address","self"}`, c.addMethod},
		{"DELETE /people/{key}/methods/{method}", `take a method away: {"self"}`, c.deleteMethod},
		{"DELETE /people/{key}", "delete a person, memberships and all", c.removePerson},
		{"POST /people/{key}/pass", `make a pass behind the bot's back: {"minutes","once"}`, c.pass},
		{"DELETE /people/{key}/pass", "delete the person's pass", c.deletePass},
		{"POST /groups/{key}", `change a group: {"add":[…],"remove":[…],"addOwners":[…],"removeOwners":[…],"eligibleMembers":[…],"eligibleOwners":[…],"displayName","membershipRule","onPremisesSyncEnabled","isAssignableToRole","isManagementRestricted"}`, c.group},
		{"POST /policies/{key}", `change a Conditional Access policy: {"state","displayName","addExcludeUsers":[…],"removeExcludeUsers":[…],"addExcludeGroups":[…],"removeExcludeGroups":[…],"includePlatforms":[…],"builtInControls":[…],"beta"}`, c.policy},
		{"DELETE /policies/{key}", "delete a Conditional Access policy", c.deletePolicy},
		{"POST /pass-policy", `change the policy for passes: {"enabled","min","max","default","oneTime","include":[…],"exclude":[…]}, in minutes; "all_users" is everybody`, c.passPolicy},
		{"POST /app", `change the bot's registration: {"roles":[…],"addRoles":[…],"removeRoles":[…],"secretEnds":"72h","audience"}; tokens keep what they were issued with`, c.app},
		{"POST /licence", `change the tenant's licence: {"p2":false} has no eligible roles`, c.licence},
		{"GET /manners", "the tenant's inconveniences, as they are switched", c.manners},
		{"POST /manners", `switch inconveniences: {"throttling":false,…}`, c.setManners},
		{"GET /faults", "the faults that were added, with how many requests each has met", c.faults},
		{"POST /faults", `add a fault: {"path":"<regexp>","method","status","retryAfter","delayMs","afterCommit","count","reset","code","message"}`, c.addFault},
		{"DELETE /faults", "take all faults away", c.clearFaults},
		{"POST /passkey-policy", `change the policy for passkeys: {"enabled","selfService","attestation","restricted","block","aaGuids":[…]}`, c.passkeyPolicy},
		{"POST /sign-in", `sign in: {"user","platform","method":"password|pass|passkey|authenticator|hello","code","action":"registersecurityinfo","otherWay"}`, c.signIn},
		{"POST /use-session", `go on with a session: {"session"}`, c.useSession},
		{"POST /register-passkey", `register a passkey: {"session","model","platform","name","bluetooth":true}`, c.registerPasskey},
	}
	for _, listed := range c.calls {
		c.mux.HandleFunc(listed.Pattern, func(w http.ResponseWriter, r *http.Request) { c.answer(w, r, listed.serve) })
	}
	c.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusOK, map[string]any{"calls": c.calls})
	})
	c.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		reply(w, http.StatusNotFound, failure("NotFound", r.Method+" "+r.URL.Path+" is no call of this port; GET / lists them"))
	})
	return c
}

// ServeHTTP answers callers on this machine; a web page that a browser shows is
// none, so a foreign Host or any other site's Origin is refused.
func (c *Control) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if origin := r.Header.Get("Origin"); !local(r.Host) || origin != "" && origin != "http://"+r.Host {
		reply(w, http.StatusForbidden, failure("Forbidden", "only for callers on this machine"))
		return
	}
	c.mux.ServeHTTP(w, r)
}

// local tells whether a Host header names this machine.
func local(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && address.IsLoopback()
}

// answer writes what a call returns, or its error with the status that fits.
func (c *Control) answer(w http.ResponseWriter, r *http.Request, serve func(*http.Request) (any, error)) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	body, err := serve(r)
	var refused *refusal
	switch {
	case err == nil:
		reply(w, http.StatusOK, body)
	case errors.As(err, &refused):
		reply(w, refused.status, failure(refused.code, refused.Error()))
	case errors.Is(err, channel.ErrUnreachable), errors.Is(err, channel.ErrNoBot):
		reply(w, http.StatusBadGateway, failure("BotUnreachable", err.Error()))
	default:
		reply(w, http.StatusBadRequest, failure("BadRequest", err.Error()))
	}
}

// refusal is an error with a status of its own.
type refusal struct {
	status  int
	code    string
	message string
}

func (r *refusal) Error() string { return r.message }

func failure(code, message string) any {
	return map[string]any{"error": map[string]string{"code": code, "message": message}}
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	// A caller that has gone away needs no answer.
	_ = encoder.Encode(body)
}

// decode reads a body strictly; an empty one is an empty object.
func decode(r *http.Request, into any) error {
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("request body: %w", err)
	}
	if decoder.More() {
		return errors.New("request body: more than one JSON value")
	}
	return nil
}

// key is the {key} of the path: an alias, or any other name of the thing.
func key(r *http.Request) string {
	text := r.PathValue("key")
	if unescaped, err := url.PathUnescape(text); err == nil {
		return unescaped
	}
	return text
}
