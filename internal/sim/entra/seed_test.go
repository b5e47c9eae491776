package entra_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// morning is when the tests' tenants are made.
var morning = time.Date(2026, 2, 3, 9, 0, 0, 0, time.UTC)

func tenant(t *testing.T) *entra.Tenant {
	t.Helper()
	return entra.New(entra.Options{Now: func() time.Time { return morning }})
}

func person(t *testing.T, of *entra.Tenant, key string) entra.Person {
	t.Helper()
	p, ok := of.Person(key)
	require.True(t, ok, "nobody is %q", key)
	return p
}

func TestSeededPeopleComeFirstAndInOrder(t *testing.T) {
	t.Parallel()
	var aliases []string
	for _, p := range tenant(t).People() {
		if p.Alias != "" {
			aliases = append(aliases, p.Alias)
		}
	}
	require.Equal(t, []string{"adele", "bianca", "megan", "lee", "joni", "grady", "alex", "patti", "eli", "breakglass", "guest"}, aliases)
}

func TestIDsFollowFromTheSeed(t *testing.T) {
	t.Parallel()
	ids := func(seed int64) []string {
		tn := entra.New(entra.Options{Seed: seed, Users: 3})
		all := []string{tn.ID(), tn.AppID(), tn.ClientSecret(), tn.CatalogAppID(), tn.ManifestID()}
		for _, p := range tn.People() {
			all = append(all, p.ID, p.Teams, p.UPN)
		}
		for _, g := range tn.Groups() {
			all = append(all, g.ID)
		}
		for _, p := range tn.Policies() {
			all = append(all, p.ID, p.ExclusionGroup)
		}
		return all
	}
	require.Empty(t, cmp.Diff(ids(7), ids(7)))
	require.Empty(t, cmp.Diff(ids(0), ids(0)))
	require.NotEqual(t, ids(7)[0], ids(8)[0])
}

func TestEverybodyIsFoundByEveryKey(t *testing.T) {
	t.Parallel()
	tn := tenant(t)
	joni := person(t, tn, "joni")
	for _, key := range []string{"JONI", joni.ID, joni.UPN, joni.Teams, "Joni.Sherman@" + entra.Domain} {
		require.Equal(t, joni.ID, person(t, tn, key).ID, key)
	}
	_, ok := tn.Person("nobody")
	require.False(t, ok)
}

func TestManagersOfTheSeed(t *testing.T) {
	t.Parallel()
	tn := tenant(t)
	for who, manager := range map[string]string{
		"joni": "megan", "grady": "megan", "alex": "megan", "adele": "lee", "bianca": "lee", "lee": "patti", "megan": "patti",
		"patti": "", "eli": "", "breakglass": "", "guest": "",
	} {
		want := ""
		if manager != "" {
			want = person(t, tn, manager).ID
		}
		require.Equal(t, want, person(t, tn, who).Manager, who)
	}
}

func TestTheAppIsInstalledForThoseWhoUseIt(t *testing.T) {
	t.Parallel()
	tn := tenant(t)
	for _, p := range tn.People() {
		want := p.Alias != "" && !slices.Contains([]string{"joni", "grady", "alex", "guest"}, p.Alias)
		require.Equal(t, want, tn.Installed(p.ID), p.Name)
	}
}

func TestWhoIsPrivileged(t *testing.T) {
	t.Parallel()
	tn := tenant(t)
	global := func(alias string) bool {
		return slices.ContainsFunc(tn.RolesOf(person(t, tn, alias).ID, true), func(r entra.Role) bool { return r.Template == entra.GlobalAdministrator })
	}
	require.True(t, global("patti"))
	require.True(t, global("breakglass"))
	require.False(t, global("eli"))
	require.Equal(t, person(t, tn, "eli").ID, tn.Eligibilities()[0].Principal)

	admins, ok := tn.Group("roleadmins")
	require.True(t, ok)
	require.True(t, admins.Assignable)
	require.Len(t, admins.Members, 1)
	robin := person(t, tn, admins.Members[0])
	require.Empty(t, robin.Alias)
	require.Empty(t, tn.RolesOf(robin.ID, false))
	require.Equal(t, "Helpdesk Administrator", tn.RolesOf(robin.ID, true)[0].Name)
}

func TestMethodsOfTheSeed(t *testing.T) {
	t.Parallel()
	tn := tenant(t)
	for alias, want := range map[string][]string{
		"joni":  {entra.Password},
		"grady": {entra.Password, entra.Authenticator},
		"alex":  {entra.Password, entra.Authenticator, entra.Passkey},
	} {
		var kinds []string
		for _, m := range tn.Methods(alias) {
			kinds = append(kinds, m.Kind)
		}
		require.Equal(t, want, kinds, alias)
	}
}

func TestPoliciesOfTheSeed(t *testing.T) {
	t.Parallel()
	tn := tenant(t)
	for alias, name := range map[string]string{"enforcement": "Passkey test: enforcement", "platforms": "Passkey test: unsupported platforms"} {
		p, ok := tn.Policy(alias)
		require.True(t, ok, alias)
		require.Equal(t, name, p.Name)
		require.Contains(t, p.Conditions.ExcludeGroups, p.ExclusionGroup)
		g, ok := tn.Group(p.ExclusionGroup)
		require.True(t, ok)
		require.Empty(t, g.Members)
	}
}

func TestTheCrowdHasTheSharesOfACompany(t *testing.T) {
	t.Parallel()
	const users = 4000
	tn := entra.New(entra.Options{Users: users})
	upns, guests, disabled, keys, managed := map[string]bool{}, 0, 0, 0, 0
	for _, p := range tn.People()[12:] {
		upns[p.UPN] = true
		count(&guests, p.Guest)
		count(&disabled, !p.Enabled)
		count(&managed, p.Manager != "")
		count(&keys, slices.ContainsFunc(tn.Methods(p.ID), func(m entra.Method) bool { return m.Kind == entra.Passkey }))
	}
	require.Len(t, upns, users)
	require.InDelta(t, 0.02*users, guests, 0.01*users)
	require.InDelta(t, 0.03*users, disabled, 0.01*users)
	require.InDelta(t, 0.35*users, keys, 0.03*users)
	require.Equal(t, users-guests, managed)
}

func count(n *int, yes bool) {
	if yes {
		*n++
	}
}

func BenchmarkNewWith100000People(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		entra.New(entra.Options{Users: 100_000})
	}
}
