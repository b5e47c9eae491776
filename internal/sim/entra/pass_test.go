package entra_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

func TestPassesFollowThePolicy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		who    string
		wish   entra.PassWish
		policy func(*entra.Tenant, *entra.PassPolicy)
		want   entra.PassRefusalKind
	}{
		"as the policy says":    {who: "joni"},
		"shortest":              {who: "joni", wish: entra.PassWish{Minutes: new(60)}},
		"too short":             {who: "joni", wish: entra.PassWish{Minutes: new(59)}, want: entra.RefusedLifetime},
		"longest":               {who: "joni", wish: entra.PassWish{Minutes: new(480)}},
		"too long":              {who: "joni", wish: entra.PassWish{Minutes: new(481)}, want: entra.RefusedLifetime},
		"guest":                 {who: "guest", want: entra.RefusedGuest},
		"method off":            {who: "joni", policy: func(_ *entra.Tenant, p *entra.PassPolicy) { p.Enabled = false }, want: entra.RefusedScope},
		"not included":          {who: "joni", policy: includeGroup("helpdesk"), want: entra.RefusedScope},
		"included by a group":   {who: "adele", policy: includeGroup("helpdesk")},
		"exclusion beats":       {who: "joni", policy: excludeUser("joni"), want: entra.RefusedScope},
		"many times":            {who: "joni", wish: entra.PassWish{Once: new(false)}},
		"many times, forbidden": {who: "joni", wish: entra.PassWish{Once: new(false)}, policy: oneTime, want: entra.RefusedReuse},
		"once is the default":   {who: "joni", policy: oneTime},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tn := tenant(t)
			if c.policy != nil {
				rule := tn.PassPolicy()
				c.policy(tn, &rule)
				tn.SetTAPPolicy(func(p *entra.PassPolicy) { *p = rule })
			}
			_, err := tn.IssuePass(c.who, c.wish)
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			var refused *entra.PassRefusedError
			require.ErrorAs(t, err, &refused)
			require.Equal(t, c.want, refused.Kind)
			_, there := tn.PassOf(c.who)
			require.False(t, there)
		})
	}
}

func includeGroup(alias string) func(*entra.Tenant, *entra.PassPolicy) {
	return func(tn *entra.Tenant, p *entra.PassPolicy) {
		g, _ := tn.Group(alias)
		p.Include = []entra.Target{{Type: "group", ID: g.ID}}
	}
}

func excludeUser(alias string) func(*entra.Tenant, *entra.PassPolicy) {
	return func(tn *entra.Tenant, p *entra.PassPolicy) {
		who, _ := tn.Person(alias)
		p.Exclude = []entra.Target{{Type: "user", ID: who.ID}}
	}
}

func oneTime(_ *entra.Tenant, p *entra.PassPolicy) { p.OneTime = true }

func TestANewPassReplacesTheOld(t *testing.T) {
	t.Parallel()
	tn := tenant(t)
	first, err := tn.IssuePass("joni", entra.PassWish{})
	require.NoError(t, err)
	second, err := tn.IssuePass("joni", entra.PassWish{})
	require.NoError(t, err)
	require.NotEqual(t, first.ID, second.ID)
	require.NotEqual(t, first.Code, second.Code)
	require.Len(t, second.Code, 8)
	require.ErrorIs(t, tn.DeletePass("joni", first.ID), entra.ErrUnknown)
	require.NoError(t, tn.DeletePass("joni", second.ID))
	_, there := tn.PassOf("joni")
	require.False(t, there)
}

func TestUsabilityOfAPass(t *testing.T) {
	t.Parallel()
	later := morning.Add(time.Hour)
	for name, c := range map[string]struct {
		wish entra.PassWish
		then func(*entra.Tenant)
		want string
	}{
		"fresh":          {want: entra.EnabledByPolicy},
		"last moment":    {then: func(tn *entra.Tenant) { tn.Advance(time.Hour - time.Second) }, want: entra.EnabledByPolicy},
		"expired":        {then: func(tn *entra.Tenant) { tn.Advance(time.Hour) }, want: entra.Expired},
		"too early":      {wish: entra.PassWish{Start: &later}, want: entra.NotYetValid},
		"its time comes": {wish: entra.PassWish{Start: &later}, then: func(tn *entra.Tenant) { tn.Advance(time.Hour) }, want: entra.EnabledByPolicy},
		"used once":      {wish: entra.PassWish{Once: new(true)}, then: use, want: entra.OneTimeUsed},
		"used of many":   {wish: entra.PassWish{Once: new(false)}, then: use, want: entra.EnabledByPolicy},
		"method off":     {then: func(tn *entra.Tenant) { tn.SetTAPPolicy(func(p *entra.PassPolicy) { p.Enabled = false }) }, want: entra.DisabledByPolicy},
		"reuse forbidden later": {
			wish: entra.PassWish{Once: new(false)},
			then: func(tn *entra.Tenant) { tn.SetTAPPolicy(func(p *entra.PassPolicy) { p.OneTime = true }) }, want: entra.DisabledByPolicy,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tn := tenant(t)
			_, err := tn.IssuePass("joni", c.wish)
			require.NoError(t, err)
			if c.then != nil {
				c.then(tn)
			}
			pass, ok := tn.PassOf("joni")
			require.True(t, ok)
			require.Equal(t, c.want, pass.Reason)
			require.Equal(t, c.want == entra.EnabledByPolicy, pass.Usable())
		})
	}
}

func use(tn *entra.Tenant) {
	_, _ = tn.UsePass("joni")
}
