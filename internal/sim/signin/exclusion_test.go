package signin_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/signin"
)

// phone tries somebody's phone, with a passkey.
func (p *place) phone(alias string) signin.Outcome {
	p.t.Helper()
	return p.SignIn.SignIn(signin.Attempt{User: alias, Platform: "iOS", Method: signin.Passkey})
}

// An exclusion, however it is made, takes effect once the change has got to the
// place where people sign in, and so does its end.
func TestAnExclusionTakesEffectLate(t *testing.T) {
	t.Parallel()
	const late = 10 * time.Second
	member := func(change func(*entra.Tenant, string, string) error, group, who string) func(*place) error {
		return func(p *place) error {
			return p.tenant.Replicate(group, late, func() error { return change(p.tenant, group, who) })
		}
	}
	policy := func(change func(*entra.Conditions, string)) func(*place) error {
		return func(p *place) error {
			return p.tenant.Replicate("platforms", late, func() error {
				id := p.person("alex").ID
				return p.tenant.ChangePolicy("platforms", func(c *entra.Policy) { change(&c.Conditions, id) })
			})
		}
	}
	for name, c := range map[string]struct {
		arrange    func(*place)
		start, end func(*place) error
	}{
		"by group": {
			func(*place) {},
			member((*entra.Tenant).AddMember, "exclude-platforms", "alex"), member((*entra.Tenant).RemoveMember, "exclude-platforms", "alex"),
		},
		"nested": {
			func(p *place) {
				_, err := p.tenant.AddGroup(entra.Group{Alias: "travellers"})
				require.NoError(p.t, err)
				p.exclude("travellers", "exclude-platforms")
			},
			member((*entra.Tenant).AddMember, "travellers", "alex"), member((*entra.Tenant).RemoveMember, "travellers", "alex"),
		},
		"a group of groups": {
			func(p *place) {
				_, err := p.tenant.AddGroup(entra.Group{Alias: "travellers", Members: []string{"alex"}})
				require.NoError(p.t, err)
			},
			member((*entra.Tenant).AddMember, "exclude-platforms", "travellers"), member((*entra.Tenant).RemoveMember, "exclude-platforms", "travellers"),
		},
		"directly": {
			func(*place) {},
			policy(func(c *entra.Conditions, id string) { c.ExcludeUsers = append(c.ExcludeUsers, id) }),
			policy(func(c *entra.Conditions, _ string) { c.ExcludeUsers = c.ExcludeUsers[:1] }),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := open(t)
			c.arrange(p)
			code := func() int { return p.phone("alex").ErrorCode }
			require.Equal(t, 53003, code(), "before")
			require.NoError(t, c.start(p))
			require.Equal(t, 53003, code(), "on its way")
			p.tenant.Advance(late)
			require.Zero(t, code(), "during")
			require.NoError(t, c.end(p))
			require.Zero(t, code(), "its end on its way")
			p.tenant.Advance(late)
			require.Equal(t, 53003, code(), "after")
		})
	}
}

// A session that an exclusion let begin goes on when it ends, until it is revoked.
func TestASessionOutlivesItsExclusion(t *testing.T) {
	t.Parallel()
	p := open(t)
	p.exclude("alex", "exclude-platforms")
	session := p.phone("alex").Session
	require.Equal(t, signin.Usage{OK: true, GoodFor: signin.Everything, Message: "The session goes on."}, p.Use(session))
	require.NoError(t, p.tenant.RemoveMember("exclude-platforms", "alex"))
	require.Equal(t, 53003, p.phone("alex").ErrorCode)
	p.tenant.Advance(time.Hour)
	require.True(t, p.Use(session).OK)

	require.NoError(t, p.tenant.RevokeSessionsLate("alex", 2*time.Minute))
	require.True(t, p.Use(session).OK, "not heard of yet")
	p.tenant.Advance(2 * time.Minute)
	ended := p.Use(session)
	require.False(t, ended.OK)
	require.Equal(t, 50074, ended.ErrorCode)
	require.False(t, p.Use("no session").OK)
}

func TestASessionGoesOnForADay(t *testing.T) {
	t.Parallel()
	p := open(t)
	session := p.try("alex", signin.Passkey, "").Session
	p.tenant.Advance(24 * time.Hour)
	require.True(t, p.Use(session).OK)
	p.tenant.Advance(time.Second)
	require.False(t, p.Use(session).OK)
}

// A guest's sessions are begun at home, and end there.
func TestAGuestsSessionIsNotRevoked(t *testing.T) {
	t.Parallel()
	p := open(t).relaxed()
	session := p.try("guest", signin.Password, "").Session
	require.NotEmpty(t, session)
	p.tenant.Advance(time.Minute)
	require.NoError(t, p.tenant.RevokeSessionsLate("guest", 0))
	require.True(t, p.Use(session).OK)
}
