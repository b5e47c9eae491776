package signin_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/manners"
	"github.com/passdesk/passdesk/internal/sim/signin"
)

var morning = time.Date(2026, 2, 3, 9, 15, 0, 0, time.UTC)

// place is a tenant with its sign-in page; the clock moves only by Advance.
type place struct {
	*signin.SignIn
	t       *testing.T
	tenant  *entra.Tenant
	manners *manners.Switches
}

func open(t *testing.T) *place {
	t.Helper()
	return openWith(t, signin.Options{})
}

func openWith(t *testing.T, o signin.Options) *place {
	t.Helper()
	tenant := entra.New(entra.Options{Now: func() time.Time { return morning }})
	o.Manners = manners.New(manners.Calm())
	return &place{SignIn: signin.New(tenant, o), t: t, tenant: tenant, manners: o.Manners}
}

func (p *place) person(alias string) entra.Person {
	p.t.Helper()
	person, ok := p.tenant.Person(alias)
	require.True(p.t, ok, alias)
	return person
}

// pass issues a pass of an hour.
func (p *place) pass(alias string, once bool) entra.Pass {
	p.t.Helper()
	pass, err := p.tenant.IssuePass(alias, entra.PassWish{Once: &once})
	require.NoError(p.t, err)
	return pass
}

// passkey gives somebody an Authenticator passkey.
func (p *place) passkey(alias string) entra.Method {
	p.t.Helper()
	m, err := p.tenant.PutMethod(alias, entra.Method{Kind: entra.Passkey, Name: "Authenticator", AAGUID: entra.AuthenticatorIOS, Attested: true})
	require.NoError(p.t, err)
	return m
}

func (p *place) exclude(alias string, groups ...string) {
	p.t.Helper()
	for _, group := range groups {
		require.NoError(p.t, p.tenant.AddMember(group, alias))
	}
}

func (p *place) policy(policy entra.Policy) entra.Policy {
	p.t.Helper()
	added, err := p.tenant.AddPolicy(policy)
	require.NoError(p.t, err)
	return added
}

func (p *place) state(alias, state string) {
	p.t.Helper()
	require.NoError(p.t, p.tenant.ChangePolicy(alias, func(policy *entra.Policy) { policy.State = state }))
}

// relaxed switches both seeded policies off.
func (p *place) relaxed() *place {
	p.t.Helper()
	p.state("enforcement", "disabled")
	p.state("platforms", "disabled")
	return p
}

// try signs somebody in from Windows.
func (p *place) try(alias, method, code string) signin.Outcome {
	p.t.Helper()
	return p.SignIn.SignIn(signin.Attempt{User: alias, Platform: "windows", Method: method, Code: code})
}

// begin signs somebody in with a pass and returns the session.
func (p *place) begin(alias string, once bool) string {
	p.t.Helper()
	out := p.try(alias, signin.Pass, p.pass(alias, once).Code)
	require.True(p.t, out.OK, "%+v", out)
	return out.Session
}

// iPhone is the registration that works in the seeded tenant.
func iPhone(session string) signin.Registration {
	return signin.Registration{Session: session, Model: "Microsoft Authenticator", Platform: "iOS", Name: "My iPhone", Bluetooth: true}
}

// result is what became of a policy, by alias.
func (p *place) result(out signin.Outcome, alias string) string {
	p.t.Helper()
	policy, ok := p.tenant.Policy(alias)
	require.True(p.t, ok, alias)
	for _, r := range out.Policies {
		if r.ID == policy.ID {
			return r.Result
		}
	}
	return ""
}

// codes are those of the log under one correlation id, in order.
func (p *place) codes(correlation string) []int {
	p.t.Helper()
	codes := []int{}
	for _, line := range p.tenant.SignIns() {
		if line.Correlation == correlation {
			codes = append(codes, line.Status.Code)
		}
	}
	return codes
}
