package signin

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/passdesk/passdesk/internal/sim/conditional"
)

// Methods of signing in.
const (
	Password      = "password"
	Pass          = "pass"
	Passkey       = "passkey"
	Authenticator = "authenticator"
	Hello         = "hello"
)

// RegisterSecurityInfo is the user action of registering security information
// (Graph: conditionalAccessApplications, includeUserActions).
const RegisterSecurityInfo = conditional.RegisterSecurityInfo

// Attempt is one person's try at signing in.
type Attempt struct {
	// User is an alias, an object id or a UPN.
	User string `json:"user"`
	// Platform is windows, iOS, android, macOS, linux or unknown.
	Platform string `json:"platform"`
	// Method is password, pass, passkey, authenticator (a password and then the
	// app) or hello.
	Method string `json:"method"`
	// Code is what was typed: the pass; for a password nothing (which is the
	// right one) or the words typed; for the app nothing (approved) or "deny"; for
	// a passkey nothing (whichever works) or the id of one.
	Code string `json:"code"`
	// Action is empty for an app, or registersecurityinfo.
	Action string `json:"action,omitempty"`
	// App is the id of the app; empty: the page of one's own sign-ins.
	App string `json:"app,omitempty"`
	// Client is browser or mobileAppsAndDesktopClients; empty: browser.
	Client string `json:"client,omitempty"`
	// Compliant and Joined tell of the device.
	Compliant bool `json:"compliant,omitempty"`
	Joined    bool `json:"joined,omitempty"`
	// OtherWay declines the passkey that is asked for first.
	OtherWay bool `json:"otherWay,omitempty"`
}

// Outcome is what Entra answers.
type Outcome struct {
	// OK says that a session was opened.
	OK bool `json:"ok"`
	// ErrorCode is where it ended; 0 is success.
	ErrorCode int `json:"errorCode"`
	// Interrupts came before that, in order, under the same correlation id.
	Interrupts []int `json:"interrupts"`
	// Policies are all Conditional Access policies and what became of each, for
	// what the person wanted; empty when the first factor failed.
	Policies []PolicyResult `json:"policies"`
	// Session opens what GoodFor says; empty when there is none.
	Session string `json:"session"`
	// GoodFor is "everything" or "registering".
	GoodFor string `json:"goodFor,omitempty"`
	// Asks is the method that the person is asked for instead.
	Asks          string `json:"asks,omitempty"`
	CorrelationID string `json:"correlationId"`
	Message       string `json:"message"`
}

// What a session is good for.
const (
	Everything  = "everything"
	Registering = "registering"
)

// PolicyResult is what became of a policy, in the words of Graph's
// appliedConditionalAccessPolicy.
type PolicyResult struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Result string `json:"result"`
}

var (
	platforms = []string{"windows", "iOS", "android", "macOS", "linux", "unknown"}
	methods   = []string{Password, Pass, Passkey, Authenticator, Hello}
	clients   = []string{"browser", "mobileAppsAndDesktopClients"}
)

// longest is more than anything that is typed into a form.
const longest = 1024

// Checked is the attempt with its words as they are written here, or what is
// wrong with it.
func (a Attempt) Checked() (Attempt, error) {
	if len(a.User)+len(a.Code)+len(a.App) > longest {
		return a, errors.New("sign-in: more text than a form takes")
	}
	if strings.TrimSpace(a.User) == "" {
		return a, errors.New("sign-in: no user")
	}
	a.User = strings.TrimSpace(a.User)
	if a.Client == "" {
		a.Client = clients[0]
	}
	if a.App == "" {
		a.App = mySignIns.id
	}
	a.Action = strings.TrimPrefix(strings.ToLower(a.Action), conditional.ActionPrefix)
	if a.Action != "" && a.Action != RegisterSecurityInfo {
		return a, fmt.Errorf("sign-in: action %q is not %s", a.Action, RegisterSecurityInfo)
	}
	for _, word := range []struct {
		name  string
		value *string
		known []string
	}{{"platform", &a.Platform, platforms}, {"method", &a.Method, methods}, {"client", &a.Client, clients}} {
		i := slices.IndexFunc(word.known, func(one string) bool { return strings.EqualFold(one, *word.value) })
		if i < 0 {
			return a, fmt.Errorf("sign-in: %s %q is none of %s", word.name, *word.value, strings.Join(word.known, ", "))
		}
		*word.value = word.known[i]
	}
	return a, nil
}
