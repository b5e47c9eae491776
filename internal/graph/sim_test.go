package graph_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/graph"
	"github.com/passdesk/passdesk/internal/sim"
	"github.com/passdesk/passdesk/internal/sim/entra"
	simgraph "github.com/passdesk/passdesk/internal/sim/graph"
)

// tenant is a simulated tenant over TLS, and a Directory that signs in to it
// with azidentity.
type tenant struct {
	*sim.Sim
	t         testing.TB
	directory *graph.Directory
	log       *safeLog
}

type safeLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *safeLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *safeLog) String() string { l.mu.Lock(); defer l.mu.Unlock(); return l.text.String() }

func newTenant(t *testing.T, change ...func(*graph.Options)) *tenant {
	t.Helper()
	return newTenantOf(t, sim.Options{Calm: true}, change...)
}

func newTenantOf(tb testing.TB, shape sim.Options, change ...func(*graph.Options)) *tenant {
	tb.Helper()
	s, err := sim.Start(tb.Context(), shape)
	require.NoError(tb, err)
	s.Graph.OnCall(func(c simgraph.Call) { note(c.Method, c.Path) })
	tb.Cleanup(func() { require.NoError(tb, s.Close()) })
	signIn, err := azidentity.NewClientSecretCredential(s.Tenant.ID(), s.Tenant.AppID(), s.Tenant.ClientSecret(), &azidentity.ClientSecretCredentialOptions{
		ClientOptions: azcore.ClientOptions{
			Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: s.Addresses.Login}, Transport: s.HTTPClient(),
		},
		DisableInstanceDiscovery: true,
	})
	require.NoError(tb, err)
	log := &safeLog{}
	o := graph.Options{
		URL: s.Addresses.Graph, Credential: signIn, HTTP: s.HTTPClient(), PIM: true, Now: s.Tenant.Now,
		Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, c := range change {
		c(&o)
	}
	d, err := graph.New(o)
	require.NoError(tb, err)
	return &tenant{s, tb, d, log}
}

func (n *tenant) id(alias string) access.ID {
	p, ok := n.Tenant.Person(alias)
	require.True(n.t, ok, alias)
	return access.NewID(p.ID)
}

func (n *tenant) group(alias string) access.ID {
	g, ok := n.Tenant.Group(alias)
	require.True(n.t, ok, alias)
	return access.NewID(g.ID)
}

func (n *tenant) facts(person, asker, actor string) access.Facts {
	n.t.Helper()
	var q access.Question
	for alias, id := range map[string]*access.ID{person: &q.Person, asker: &q.Asker, actor: &q.Actor} {
		if alias != "" {
			*id = n.id(alias)
		}
	}
	f, err := n.directory.Facts(n.t.Context(), q)
	require.NoError(n.t, err)
	return f
}

// trips counts the round trips: what came within a batch is not one.
func (n *tenant) trips() int {
	count := 0
	for _, c := range n.Graph.Requests() {
		if c.Batch == "" {
			count++
		}
	}
	return count
}

func TestSimFacts(t *testing.T) {
	t.Parallel()
	n := newTenant(t)
	require.NoError(t, n.directory.Ready(t.Context()))
	before := n.trips()
	f := n.facts("joni", "adele", "megan")
	require.Equal(t, 1, n.trips()-before)
	for _, c := range n.Graph.Requests() {
		require.Equal(t, http.StatusOK, c.Status, "%s %s", c.Method, c.Path)
	}

	require.True(t, f.Person.MayAct())
	require.False(t, f.Person.External)
	require.Equal(t, "Joni Sherman", f.Person.Name)
	require.NotNil(t, f.Person.Manager)
	require.Equal(t, n.id("megan"), f.Person.Manager.ID)
	require.True(t, f.Person.Manager.MayAct())
	require.Empty(t, f.Person.Privilege)
	require.Empty(t, f.Person.Unknown)
	require.Empty(t, f.Person.Passes)
	require.Equal(t, []string{"password"}, f.Person.Methods)
	require.True(t, f.Asker.MayAct())
	require.True(t, f.Asker.In([]access.ID{n.group("helpdesk")}))
	require.True(t, f.Actor.MayAct())
	require.False(t, f.Actor.In([]access.ID{n.group("helpdesk")}))
	require.Equal(t, access.PassPolicy{Known: true, Enabled: true, MinMinutes: 60, MaxMinutes: 480, DefaultMinutes: 60, IncludeAll: true}, f.PassPolicy)
}

func TestSimPassFromIssueToEnd(t *testing.T) {
	t.Parallel()
	n := newTenant(t)
	before := n.trips()
	n.facts("joni", "adele", "adele")
	pass, secret, err := n.directory.IssuePass(t.Context(), n.id("joni"), access.Terms{Minutes: 90, Once: true})
	require.NoError(t, err)
	require.Equal(t, 2, n.trips()-before, "pre-flight and issue")

	held, ok := n.Tenant.PassOf("joni")
	require.True(t, ok)
	require.Equal(t, held.Code, secret.Reveal())
	require.Equal(t, held.ID, pass.ID)
	require.Equal(t, 90, pass.Minutes)
	require.True(t, pass.Once)
	require.True(t, pass.Usable)

	listed, err := n.directory.Passes(t.Context(), n.id("joni"))
	require.NoError(t, err)
	require.Equal(t, []access.LivePass{pass}, listed)
	f := n.facts("joni", "", "")
	require.Equal(t, []access.LivePass{pass}, f.Person.Passes, "the methods tell all of a pass")
	require.Empty(t, f.Person.Unknown)

	for range 2 {
		require.NoError(t, n.directory.DeletePass(t.Context(), n.id("joni"), pass.ID))
	}
	_, ok = n.Tenant.PassOf("joni")
	require.False(t, ok)
	require.NotContains(t, n.log.String(), secret.Reveal())
}

func TestSimPassLater(t *testing.T) {
	t.Parallel()
	n := newTenant(t)
	start := n.Tenant.Now().Add(3 * time.Hour).Truncate(time.Second)
	pass, _, err := n.directory.IssuePass(t.Context(), n.id("joni"), access.Terms{Minutes: 60, Start: start})
	require.NoError(t, err)
	require.True(t, start.Equal(pass.Start))
	require.Equal(t, "NotYetValid", pass.Usability)
	require.False(t, pass.Once)
}

func TestSimPassRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		person string
		terms  access.Terms
		policy func(*entra.PassPolicy)
		say    string
	}{
		"too long":       {"joni", access.Terms{Minutes: 481}, nil, "from 60 to 480 minutes"},
		"too short":      {"joni", access.Terms{Minutes: 59}, nil, "from 60 to 480 minutes"},
		"switched off":   {"joni", access.Terms{Minutes: 60}, func(p *entra.PassPolicy) { p.Enabled = false }, "does not allow one"},
		"out of scope":   {"joni", access.Terms{Minutes: 60}, func(p *entra.PassPolicy) { p.Include = nil }, "does not allow one"},
		"once only":      {"joni", access.Terms{Minutes: 60}, func(p *entra.PassPolicy) { p.OneTime = true }, "only once"},
		"external guest": {"guest", access.Terms{Minutes: 60}, nil, "another organisation"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newTenant(t)
			if tt.policy != nil {
				n.Tenant.SetTAPPolicy(tt.policy)
			}
			_, _, err := n.directory.IssuePass(t.Context(), n.id(tt.person), tt.terms)
			require.Contains(t, wants(t, err, access.Refused).Say, tt.say)
		})
	}
}

func TestSimPolicyWithGroups(t *testing.T) {
	t.Parallel()
	n := newTenant(t)
	include := []entra.Target{{Type: "group", ID: string(n.group("helpdesk"))}, {Type: "user", ID: string(n.id("joni"))}}
	exclude := []entra.Target{{Type: "user", ID: string(n.id("adele"))}}
	n.Tenant.SetTAPPolicy(func(p *entra.PassPolicy) { p.Include, p.Exclude = include, exclude })
	p := n.facts("joni", "", "").PassPolicy
	require.ElementsMatch(t, []access.ID{n.group("helpdesk"), n.id("joni")}, p.Include)
	require.Equal(t, []access.ID{n.id("adele")}, p.Exclude)
	require.False(t, p.IncludeAll)
}

// TestI8SimPrivileged: every kind of privilege, in a tenant where it is the only
// one that the person has.
func TestI8SimPrivileged(t *testing.T) {
	t.Parallel()
	unit := "/administrativeUnits/0f0f0f0f-1111-4222-8333-444444444444"
	tests := map[string]struct {
		person string
		change func(*entra.Tenant) error
		want   string
	}{
		"seeded administrator":      {"patti", nil, "is Global Administrator"},
		"seeded eligible role":      {"eli", nil, "is eligible for User Administrator"},
		"active role":               {"joni", func(e *entra.Tenant) error { return e.AddRole("joni", entra.HelpdeskAdministrator, "") }, "is Helpdesk Administrator"},
		"role over a unit":          {"joni", func(e *entra.Tenant) error { return e.AddRole("joni", entra.UserAdministrator, unit) }, "is User Administrator of a part of the organisation"},
		"through a group":           {"joni", func(e *entra.Tenant) error { return e.AddMember("roleadmins", "joni") }, "belongs to the role-assignable group Directory operators"},
		"owner":                     {"joni", func(e *entra.Tenant) error { return e.AddOwner("roleadmins", "joni") }, "owns the role-assignable group Directory operators"},
		"eligible role":             {"joni", func(e *entra.Tenant) error { return e.AddEligibleRole("joni", entra.DirectoryReaders, "") }, "is eligible for Directory Readers"},
		"eligible role over a unit": {"joni", func(e *entra.Tenant) error { return e.AddEligibleRole("joni", entra.DirectoryReaders, unit) }, "is eligible for Directory Readers of a part of the organisation"},
		"eligible member":           {"joni", func(e *entra.Tenant) error { return e.AddEligibleGroup("joni", "roleadmins", "member") }, "is eligible to join the role-assignable group Directory operators"},
		"eligible owner":            {"joni", func(e *entra.Tenant) error { return e.AddEligibleGroup("joni", "roleadmins", "owner") }, "is eligible to own the role-assignable group Directory operators"},
		"restricted":                {"joni", func(e *entra.Tenant) error { return e.SetManagementRestricted("joni", true) }, "is management-restricted"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newTenant(t)
			if tt.change != nil {
				require.NoError(t, tt.change(n.Tenant))
			}
			before := n.trips()
			f := n.facts(tt.person, "adele", "adele")
			require.Contains(t, f.Person.Privilege, tt.want)
			require.Empty(t, f.Person.Unknown)
			require.Equal(t, 1, n.trips()-before)
		})
	}
}

func TestI8SimWithoutLicence(t *testing.T) {
	t.Parallel()
	n := newTenant(t)
	n.Tenant.SetPremium(false)
	require.Equal(t, []string{"eligible roles", "eligible group memberships"}, n.facts("joni", "", "").Person.Unknown)
	n = newTenant(t, func(o *graph.Options) { o.PIM = false })
	n.Tenant.SetPremium(false)
	require.Empty(t, n.facts("joni", "", "").Person.Unknown)
}

func TestSimPeople(t *testing.T) {
	t.Parallel()
	n := newTenant(t)
	guest := n.facts("guest", "", "").Person
	require.True(t, guest.Guest)
	require.True(t, guest.External)
	require.Nil(t, n.facts("patti", "", "").Person.Manager)
	require.NoError(t, n.Tenant.SetEnabled("joni", false))
	require.False(t, n.facts("joni", "", "").Person.Enabled)

	joni := n.id("joni")
	require.NoError(t, n.Tenant.RemovePerson("joni"))
	f, err := n.directory.Facts(t.Context(), access.Question{Person: joni, Asker: joni, Actor: "99999999-9999-4999-8999-999999999999"})
	require.NoError(t, err)
	require.False(t, f.Person.Found || f.Asker.Found || f.Actor.Found)
	require.Empty(t, f.Person.Unknown)
	passes, err := n.directory.Passes(t.Context(), joni)
	require.NoError(t, err)
	require.Empty(t, passes)
	require.NoError(t, n.directory.DeletePass(t.Context(), joni, "any"))
	_, _, err = n.directory.IssuePass(t.Context(), joni, access.Terms{Minutes: 60})
	wants(t, err, access.Refused)
}

func TestSimFind(t *testing.T) {
	t.Parallel()
	n := newTenant(t)
	_, err := n.Tenant.AddPerson(entra.Person{GivenName: "Siobhán", Surname: "O'Brien", UPN: "siobhan.o'brien@" + entra.Domain, Enabled: true})
	require.NoError(t, err)
	for range 12 {
		_, err := n.Tenant.AddPerson(entra.Person{GivenName: "Ola", Surname: "Nordmann", Enabled: true})
		require.NoError(t, err)
	}
	guest, _ := n.Tenant.Person("guest")
	for words, want := range map[string]int{
		"O'Brien": 1, "o'b": 1, "Siobhán": 1, "siobhan.o'brien@" + entra.Domain: 1, "joni": 1, "Joni Sherman": 1, "sherman": 1, "SHERMAN": 1,
		string(n.id("joni")): 1, strings.ToUpper(string(n.id("joni"))): 1, guest.UPN: 1, "gudrun": 1, "Ola": 11,
		"nobody": 0, "nobody@" + entra.Domain: 0, "99999999-9999-4999-8999-999999999999": 0, "') or startswith(displayName,'": 0, "x&$top=999": 0,
	} {
		got, err := n.directory.Find(t.Context(), words)
		require.NoError(t, err, words)
		require.Len(t, got, want, words)
	}
	require.NoError(t, n.Tenant.SetEnabled("joni", false))
	got, err := n.directory.Find(t.Context(), "joni")
	require.NoError(t, err)
	require.Equal(t, []access.Person{{ID: n.id("joni"), Name: "Joni Sherman", UPN: "joni.sherman@" + entra.Domain}}, got)
}

func TestSimInstall(t *testing.T) {
	t.Parallel()
	n := newTenant(t)
	_, err := n.directory.InstalledChat(t.Context(), n.id("joni"), n.Tenant.ManifestID())
	wants(t, err, access.NotFound)
	for range 2 { // the second is a 409
		require.NoError(t, n.directory.Install(t.Context(), n.id("joni"), n.Tenant.CatalogAppID()))
	}
	require.True(t, n.Tenant.Installed("joni"))
	chat, err := n.directory.InstalledChat(t.Context(), n.id("joni"), n.Tenant.ManifestID())
	require.NoError(t, err)
	require.Equal(t, n.Channel.ChatID(string(n.id("joni"))), chat)
	wants(t, n.directory.Install(t.Context(), n.id("alex"), "another-app"), access.Refused)
}

func TestSimWrongSecret(t *testing.T) {
	t.Parallel()
	n := newTenant(t, func(o *graph.Options) { o.Credential = credential{} })
	wants(t, n.directory.Ready(t.Context()), access.Unavailable)
	_, _, err := n.directory.IssuePass(t.Context(), n.id("joni"), access.Terms{Minutes: 60})
	wants(t, err, access.Unavailable)
	require.NotContains(t, n.log.String(), bearer)
}
