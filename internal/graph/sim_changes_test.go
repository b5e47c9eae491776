package graph_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/fault"
	"github.com/passdesk/passdesk/internal/sim/manners"
	"github.com/passdesk/passdesk/internal/sim/signin"
)

// changes asks for what changed about somebody since the tenant began.
func (n *tenant) changes(alias string) access.Subject {
	n.t.Helper()
	before := n.trips()
	f, err := n.directory.Facts(n.t.Context(), access.Question{Person: n.id(alias), Asker: n.id("adele"), Actor: n.id("megan"), Changes: n.Tenant.Started().Add(-time.Hour)})
	require.NoError(n.t, err)
	require.Equal(n.t, 1, n.trips()-before, "round trips")
	require.Empty(n.t, f.Person.Unknown)
	return f.Person
}

func (n *tenant) control(method, path, body string) string {
	n.t.Helper()
	request, err := http.NewRequestWithContext(n.t.Context(), method, n.Addresses.Control+path, strings.NewReader(body))
	require.NoError(n.t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(n.t, err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	require.NoError(n.t, err)
	require.Equal(n.t, http.StatusOK, response.StatusCode, string(text))
	return string(text)
}

func whats(s access.Subject) []string {
	all := []string{}
	for _, c := range s.Changes {
		all = append(all, c.What)
	}
	return all
}

func TestSimChanges(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		path, body string
		want       []string
	}{
		"mobile":                {"/people/grady", `{"mobilePhone":"+47 22225551"}`, []string{"phone number"}},
		"office":                {"/people/grady", `{"businessPhone":"+47 22225552"}`, []string{"phone number"}},
		"manager":               {"/people/grady", `{"manager":"lee"}`, []string{"manager"}},
		"the same manager":      {"/people/grady", `{"manager":"megan"}`, []string{}},
		"of somebody else":      {"/people/lee", `{"manager":"grady"}`, []string{}},
		"department":            {"/people/grady", `{"department":"Sales"}`, []string{}},
		"password":              {"/people/grady", `{"resetPassword":true}`, []string{"password"}},
		"an admin's method":     {"/people/grady/methods", `{"kind":"phone","number":"+47 22225553"}`, []string{"sign-in methods"}},
		"a method of one's own": {"/people/grady/methods", `{"kind":"softwareOath","self":true}`, []string{"sign-in methods"}},
		"somebody else's pass":  {"/people/grady/pass", `{}`, []string{"sign-in methods"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newTenant(t)
			require.NoError(t, n.directory.Ready(t.Context()))
			require.Empty(t, n.changes("grady").Changes)
			n.control(http.MethodPost, tt.path, tt.body)
			s := n.changes("grady")
			require.True(t, s.ChangesKnown)
			require.Equal(t, tt.want, whats(s))
		})
	}
}

func TestSimDepartmentAndUnits(t *testing.T) {
	t.Parallel()
	n := newTenant(t)
	require.Equal(t, "Marketing", n.facts("joni", "", "").Person.Department)
	require.Empty(t, n.facts("joni", "", "").Person.Units)
	n.control(http.MethodPost, "/people/joni", `{"department":"","administrativeUnits":["Nordics","Legal"]}`)
	require.NoError(t, n.Tenant.SetUnits("helpdesk", []string{"Crew"}))
	n.control(http.MethodPost, "/groups/helpdesk", `{"add":["joni"]}`)
	s := n.facts("joni", "", "").Person
	require.Empty(t, s.Department)
	require.Len(t, s.Units, 2, "the group's unit is not hers")
	n.control(http.MethodPost, "/people/joni", `{"administrativeUnits":["legal"]}`)
	require.Equal(t, s.Units[1:], n.facts("joni", "", "").Person.Units)
}

// Making and deleting a pass is Passdesk's own doing, however the log calls it;
// what the person registers with it is not.
func TestSimPassdeskIsNoThief(t *testing.T) {
	t.Parallel()
	for name, appID := range map[string]bool{"by its service principal": false, "by its app id, too": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newTenant(t)
			_, err := n.Manners.Change(func(m *manners.Manners) error { m.AppIDInLog = appID; return nil })
			require.NoError(t, err)
			pass, code, err := n.directory.IssuePass(t.Context(), n.id("joni"), access.Terms{Minutes: 60})
			require.NoError(t, err)
			out := n.SignIn.SignIn(signin.Attempt{User: "joni", Platform: "windows", Method: signin.Pass, Code: code.Reveal()})
			require.True(t, out.OK, out.Message)
			require.NoError(t, n.directory.DeletePass(t.Context(), n.id("joni"), pass.ID))
			require.Len(t, n.Tenant.VisibleAudits(false), 2)
			s := n.changes("joni")
			require.True(t, s.ChangesKnown)
			require.Empty(t, s.Changes)
		})
	}
	n := newTenant(t)
	_, code, err := n.directory.IssuePass(t.Context(), n.id("joni"), access.Terms{Minutes: 60})
	require.NoError(t, err)
	out := n.SignIn.SignIn(signin.Attempt{User: "joni", Platform: "windows", Method: signin.Pass, Code: code.Reveal()})
	result := n.SignIn.Register(signin.Registration{Session: out.Session, Model: "Microsoft Authenticator", Platform: "iOS", Bluetooth: true})
	require.True(t, result.OK, result.Reason)
	require.Equal(t, []string{"sign-in methods"}, whats(n.changes("joni")))
}

// Without the log the facts are answered all the same.
func TestSimChangesUnknown(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]fault.Fault{
		"no licence":    {Status: 403, Code: "Authentication_RequestFromNonPremiumTenantOrB2CTenant", Message: "Neither tenant is B2C or tenant doesn't have premium license"},
		"no permission": {Status: 403},
		"an outage":     {Status: 500},
		"throttled":     {Status: 429, RetryAfter: 120},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPlace(t, manners.Calm())
				f.Path = "/auditLogs/directoryAudits"
				p.fail(f)
				got, err := p.directory.Facts(t.Context(), access.Question{Person: p.id("grady"), Asker: p.id("adele"), Changes: time.Now().Add(-time.Hour)})
				require.NoError(t, err)
				require.False(t, got.Person.ChangesKnown)
				require.Empty(t, got.Person.Unknown)
				require.True(t, got.Person.MayAct() && got.Asker.MayAct() && got.PassPolicy.Known)
				require.NotEmpty(t, got.Person.Methods)
			})
		})
	}
}

// The log is late, and is in the bucket of the methods: two of five calls.
func TestSimChangesWithManners(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t, manners.Real())
		patti, _ := p.Person("patti")
		p.AuditUser(patti, "grady", entra.AuditChange{Name: "Mobile", New: "+47 1", Listed: true})
		read := func() []access.Change {
			f, err := p.directory.Facts(t.Context(), access.Question{Person: p.id("grady"), Changes: time.Now().Add(-time.Hour)})
			require.NoError(t, err)
			require.True(t, f.Person.ChangesKnown)
			return f.Person.Changes
		}
		require.Empty(t, read())
		p.Advance(15 * time.Minute)
		for range 4 {
			require.Len(t, read(), 1)
		}
		require.Zero(t, p.statuses()[http.StatusTooManyRequests])
	})
}
