package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

// told are the entries about drifts, oldest first.
func (h *house) told() []string {
	h.t.Helper()
	entries, err := h.store.Entries(h.t.Context(), "", "", 100)
	require.NoError(h.t, err)
	var list []string
	for _, e := range entries {
		if kind := e.Detail["kind"]; kind != "" {
			list = append([]string{e.Action + ": " + kind}, list...)
		}
	}
	return list
}

// Each way in which Entra and the records can differ is told once, and cleared
// when it is gone. In all of them a lease of Grady's is in force.
func TestDrift(t *testing.T) {
	t.Parallel()
	grady, joni := exemption("grady", platforms), exemption("joni", platforms)
	facts := func(change func(*access.PolicyFacts)) func(*house) {
		return func(h *house) {
			f := h.tenant.relaxed.facts[platforms]
			change(&f)
			h.tenant.relaxed.facts[platforms] = f
		}
	}
	person := func(id access.ID, found bool) func(*house) {
		return func(h *house) { h.tenant.set(id, func(m *access.Member) { m.Found = found }) }
	}
	exclude := func(x access.Exemption) func(*house) { return func(h *house) { h.tenant.relaxed.excluded[x] = true } }
	include := func(x access.Exemption) func(*house) { return func(h *house) { delete(h.tenant.relaxed.excluded, x) } }
	group := func(change func(*access.GroupFacts)) func(*house) {
		return facts(func(f *access.PolicyFacts) { change(&f.Group) })
	}
	tests := map[string]struct {
		kind        access.DriftKind
		spoil, heal func(*house)
	}{
		"excluded outside Passdesk":   {access.Stranger, exclude(joni), include(joni)},
		"the lease's effect vanished": {access.Vanished, include(grady), exclude(grady)},
		"the group is not excluded": {
			access.Unlinked, facts(func(f *access.PolicyFacts) { f.ExcludesGroup = false }),
			facts(func(f *access.PolicyFacts) { f.ExcludesGroup = true }),
		},
		"the policy is disabled": {
			access.PolicyIdle, facts(func(f *access.PolicyFacts) { f.State = access.PolicyOff }),
			facts(func(f *access.PolicyFacts) { f.State = access.PolicyOn }),
		},
		"the policy only reports": {
			access.PolicyIdle, facts(func(f *access.PolicyFacts) { f.State = access.PolicyReportOnly }),
			facts(func(f *access.PolicyFacts) { f.State = access.PolicyOn }),
		},
		"the policy is deleted": {
			access.PolicyGone, facts(func(f *access.PolicyFacts) { f.Found = false }),
			facts(func(f *access.PolicyFacts) { f.Found = true }),
		},
		"the group is dynamic": {
			access.GroupUnfit, group(func(g *access.GroupFacts) { g.Dynamic = true }),
			group(func(g *access.GroupFacts) { g.Dynamic = false }),
		},
		"the group is deleted": {
			access.GroupUnfit, group(func(g *access.GroupFacts) { g.Found = false }),
			group(func(g *access.GroupFacts) { g.Found = true }),
		},
		"the group has a strange owner": {
			access.GroupUnfit, group(func(g *access.GroupFacts) { g.Owners = []access.Person{{ID: "megan", Name: "megan"}} }),
			group(func(g *access.GroupFacts) { g.Owners = nil }),
		},
		"the person is deleted": {access.PersonGone, person("grady", false), person("grady", true)},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.excluded(exclusionTerms(platforms))
			h.goes(10 * time.Minute)
			require.NoError(t, h.SweepDrift(t.Context()))
			require.Empty(t, h.told())
			c.spoil(h)
			for range 3 {
				require.NoError(t, h.SweepDrift(t.Context()))
			}
			require.Equal(t, []string{"find drift: " + string(c.kind)}, h.told())
			open, err := h.store.Drifts(t.Context())
			require.NoError(t, err)
			require.Equal(t, []access.Person{{ID: "lee", Name: "lee"}}, open[0].Told)
			c.heal(h)
			for range 3 {
				require.NoError(t, h.SweepDrift(t.Context()))
			}
			require.Equal(t, []string{"find drift: " + string(c.kind), "drift gone: " + string(c.kind)}, h.told())
		})
	}
}

// What is just changing is no drift: Entra may show it late.
func TestDriftWaitsUntilEntraHasSettled(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := h.excluded(exclusionTerms(platforms))
	x := exemption("grady", platforms)
	delete(h.tenant.relaxed.excluded, x) // not shown yet
	require.NoError(t, h.SweepDrift(t.Context()))
	h.tenant.relaxed.excluded[x] = true
	h.goes(5 * time.Hour)
	h.is(r, access.Ended)
	h.clock = h.store.hold(t, x).Since
	h.tenant.relaxed.excluded[x] = true // still shown
	require.NoError(t, h.SweepDrift(t.Context()))
	require.Empty(t, h.told())
	h.later(5 * time.Minute)
	require.NoError(t, h.SweepDrift(t.Context()))
	require.Equal(t, []string{"find drift: stranger"}, h.told())
}

// A database that was restored from before a lease knows nothing of it: the
// person is a stranger, and is left alone.
func TestDriftOfARestoredDatabase(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.excluded(exclusionTerms(platforms))
	old := newHouse(t)
	old.tenant.relaxed = h.tenant.relaxed
	old.later(time.Hour)
	require.NoError(t, old.SweepDrift(t.Context()))
	require.Equal(t, []string{"find drift: stranger"}, old.told())
	require.Len(t, old.tenant.relaxed.excluded, 1)
}

func (f *flaky) hold(t *testing.T, x access.Exemption) access.Hold {
	t.Helper()
	h, err := f.Hold(t.Context(), x.Person, x.Policy)
	require.NoError(t, err)
	return h
}
