package graph_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/manners"
)

// A portrait costs one round trip and one Conditional Access call, and tells how
// somebody is excluded.
func TestSimPortrait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t, manners.Real())
		policies := []access.Policy{p.relaxed("platforms", true), p.relaxed("enforcement", true)}
		require.NoError(t, p.directory.Exclude(t.Context(), of(policies[0], p.id("alex"))))
		p.Advance(15 * time.Second)
		_, err := p.PutMethod("alex", entra.Method{Kind: entra.Phone, Number: "+47 99 88 77 42", PhoneType: "mobile"})
		require.NoError(t, err)
		since := len(p.graph.Requests())
		all, err := p.directory.Portraits(t.Context(), []access.ID{p.id("alex")}, policies)
		require.NoError(t, err)
		trips, units := p.trips(since)
		require.Equal(t, []int{1, 1}, []int{trips, units})

		alex := all[0]
		require.True(t, alex.Known && alex.Ruled && alex.PassPolicy.Known)
		require.Equal(t, []access.Exempt{{Listed: true}, {}}, alex.Exempt)
		require.Len(t, alex.Passkeys, 1)
		key := alex.Passkeys[0]
		require.Equal(t, access.DeviceBound, key.Kind)
		require.True(t, key.Attested)
		require.Equal(t, entra.AuthenticatorIOS, key.AAGUID)
		require.Contains(t, alex.Methods, access.Method{Kind: "phone", Name: "ends in 42"}, "no more of a number than is needed")
		require.Contains(t, alex.Methods, access.Method{Kind: "external", Name: "Northwind MFA"}, "a kind that the generated models drop")
		require.Equal(t, access.Ready, alex.Readiness(time.Now()).Ability)
	})
}

// Several people cost one round trip, too; who is gone does not disturb the others.
func TestSimPortraitOfSeveral(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t, manners.Real())
		gone := access.ID("99999999-9999-4999-8999-999999999999")
		since := len(p.graph.Requests())
		all, err := p.directory.Portraits(t.Context(), []access.ID{p.id("joni"), p.id("grady"), gone, p.id("alex"), p.id("guest")}, nil)
		require.NoError(t, err)
		trips, units := p.trips(since)
		require.Equal(t, []int{1, 0}, []int{trips, units})
		var abilities []access.Ability
		for _, one := range all {
			abilities = append(abilities, one.Readiness(time.Now()).Ability)
		}
		require.Equal(t, []access.Ability{access.NeedsPass, access.CanAdd, access.NotOurs, access.Ready, access.NotOurs}, abilities)
	})
}

// A tenant that has gone over to passkey profiles, and one whose replies are of an
// older vintage, tell the same.
func TestSimPortraitOfAnyVintage(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*manners.Manners){
		"profiles": func(m *manners.Manners) { m.PasskeyProfiles = true },
		"older":    func(m *manners.Manners) { m.Types2025 = true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := manners.Real()
				change(&m)
				p := newPlace(t, m)
				p.SetPasskeyPolicy(func(rule *entra.PasskeyPolicy) { rule.Keys.AAGUIDs = []string{entra.YubiKey5} })
				all, err := p.directory.Portraits(t.Context(), []access.ID{p.id("alex")}, nil)
				require.NoError(t, err)
				r := all[0].Readiness(time.Now())
				require.Equal(t, access.Outlawed, r.Ability, r.Why)
				require.Equal(t, name == "older", all[0].Passkeys[0].Kind == "", "an older reply does not tell the kind")
			})
		})
	}
}
