// Package check finds what is wrong with a Passdesk in a tenant: everything in one
// run, each thing with what to do. It asks, and changes nothing.
package check

import (
	"context"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/app"
	"github.com/passdesk/passdesk/internal/credential"
	"github.com/passdesk/passdesk/internal/graph"
)

// Level is how much a finding weighs.
type Level string

// Fine is as it should be. A Note is good to know. With a Warning Passdesk works,
// but not for long, not wholly, or not as safely as it could. An Error keeps it, or
// a part of it, from working.
const (
	Fine    Level = "ok"
	Note    Level = "note"
	Warning Level = "warning"
	Error   Level = "error"
)

// Status is the exit status for a level: 0 for what is fine or a note, 1 for a
// warning, 2 for an error.
func (l Level) Status() int {
	switch l {
	case Error:
		return 2
	case Warning:
		return 1
	default:
		return 0
	}
}

// Finding is one thing that was looked at.
type Finding struct {
	Level Level  `json:"level"`
	Part  string `json:"part"` // what it is about: "configuration", "permission", …
	Say   string `json:"say"`
	Do    string `json:"do,omitempty"` // what to do about it
}

// Report is all that was found.
type Report struct {
	Worst    Level     `json:"worst"`
	Findings []Finding `json:"findings"`
}

// Options are what to check, and by what.
type Options struct {
	File string // the configuration
	Over app.Overrides
	// Now is this machine's clock; nil: time.Now.
	Now func() time.Time
	// Unpaced calls Graph without waiting for its limits: for a tenant that has
	// none.
	Unpaced bool
}

// run is one check: what the parts learn, and what they find.
type run struct {
	Options
	config   app.Config
	settings access.Settings
	parts    []graph.Part
	faults   []app.Fault
	unread   bool // the configuration says nothing at all

	client    *http.Client
	cred      azcore.TokenCredential
	directory *graph.Directory
	token     credential.Token         // of Graph
	entered   bool                     // Graph takes the token
	clocks    map[string]time.Duration // how far this machine is ahead of whom

	part   string
	report Report
}

// section is a part of the check. It is left out where a key that it depends on is
// faulty, or an earlier part has not let it in.
type section struct {
	part  string
	needs []string
	reach reach
	look  func(*run, context.Context)
}

// reach is how far a section goes.
type reach int

const (
	here    reach = iota // this machine, and the database
	outside              // login, Teams
	inside               // Graph, with a token that it takes
)

// sections are the parts in the order in which an engineer would put them right.
var sections = []section{
	{"configuration", []string{"desk"}, here, (*run).advise},
	{"database", []string{"database"}, here, (*run).lookAtDatabase},
	{"endpoint", []string{"listen", "metrics"}, here, (*run).lookAtEndpoint},
	{"public address", []string{"bot.domain", "entra.ca_file"}, outside, (*run).lookAtPublic},
	{"channel keys", []string{"bot", "entra.ca_file", "tenant"}, outside, (*run).lookAtKeys},
	{"login", toSignIn, outside, (*run).lookAtLogin},
	{"credential", toSignIn, outside, (*run).lookAtCredential},
	{"connector", toSignIn, outside, (*run).lookAtConnector},
	{"clock", toSignIn, outside, (*run).lookAtClock},
	{"permission", append([]string{"policies"}, toSignIn...), inside, (*run).lookAtPermissions},
	{"eligible roles", toSignIn, inside, (*run).lookAtEligible},
	{"passes", toSignIn, inside, (*run).lookAtPasses},
	{"groups", append([]string{"desk", "policies", "rules"}, toSignIn...), inside, (*run).lookAtGroups},
	{"policies", append([]string{"policies"}, toSignIn...), inside, (*run).lookAtPolicies},
}

// toSignIn are the keys without which nobody can sign in.
var toSignIn = []string{"tenant", "bot.app_id", "bot.scope", "graph", "entra", "credential"}

// Run checks everything.
func Run(ctx context.Context, o Options) Report {
	if o.Now == nil {
		o.Now = time.Now
	}
	r := &run{Options: o, part: "configuration", report: Report{Worst: Fine}}
	r.configure()
	for _, s := range sections {
		r.part = s.part
		switch missing := r.missing(s); {
		case r.unread:
		case missing != "":
			r.find(Note, "Not looked at.", missing)
		default:
			s.look(r, ctx)
		}
	}
	if r.client != nil {
		r.client.CloseIdleConnections()
	}
	return r.report
}

// missing says what has to be put right before a section can be looked at.
func (r *run) missing(s section) string {
	for _, f := range r.faults {
		for _, key := range s.needs {
			if f.Key == key || strings.HasPrefix(f.Key, key+".") || strings.HasPrefix(f.Key, key+"[") {
				return "Correct " + f.Key + " in the configuration first."
			}
		}
	}
	switch {
	case s.reach > here && r.client == nil:
		return "Correct entra.ca_file in the configuration first."
	case s.reach == inside && !r.entered:
		return "See to it first that Passdesk can sign in, and that Graph takes its token."
	}
	return ""
}

// find notes a finding of the part that is looked at.
func (r *run) find(l Level, say, do string) {
	r.report.Findings = append(r.report.Findings, Finding{l, r.part, say, do})
	if l.Status() > r.report.Worst.Status() {
		r.report.Worst = l
	}
}

// fine notes what is as it should be.
func (r *run) fine(say string) { r.find(Fine, say, "") }

// free tells whether an address can be listened at.
func free(ctx context.Context, address string) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	return l.Close()
}
