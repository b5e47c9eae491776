package graph_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/fault"
	"github.com/passdesk/passdesk/internal/sim/manners"
)

// relaxed is a policy of the tenant as it is configured.
func (p *place) relaxed(which string, byGroup bool) access.Policy {
	p.t.Helper()
	rule, ok := p.Policy(which)
	require.True(p.t, ok)
	owners, ok := p.Group("policyowners")
	require.True(p.t, ok)
	policy := access.Policy{ID: access.NewID(rule.ID), Owners: []access.ID{access.NewID(owners.ID)}, Longest: 8 * time.Hour}
	if byGroup {
		policy.Group = p.groupID("exclude-" + which)
	}
	return policy
}

func (p *place) groupID(alias string) access.ID {
	p.t.Helper()
	g, ok := p.Group(alias)
	require.True(p.t, ok, alias)
	return access.NewID(g.ID)
}

func of(p access.Policy, person access.ID) access.Exemption {
	return access.Exemption{Person: person, Policy: p.ID, Group: p.Group}
}

// excludeUsers are the ids in a policy, as they are and not as they are shown.
func (p *place) excludeUsers(which string) []string {
	rule, ok := p.Policy(which)
	require.True(p.t, ok)
	return rule.Conditions.ExcludeUsers
}

// trips counts round trips since a number of requests, and the Conditional Access
// calls in them.
func (p *place) trips(since int) (trips, units int) {
	for _, c := range p.graph.Requests()[since:] {
		if c.Batch == "" {
			trips++
		}
		if strings.Contains(c.Path, "/identity/conditionalAccess/") {
			units++
		}
	}
	return trips, units
}

// In a tenant with all its manners somebody is excluded and included again, in
// either way, and Entra is read to say so.
func TestSimExcludeAndInclude(t *testing.T) {
	t.Parallel()
	for name, byGroup := range map[string]bool{"by group": true, "directly": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPlace(t, manners.Real())
				x := of(p.relaxed("platforms", byGroup), p.id("alex"))
				before, _ := p.Policy("platforms")
				require.NoError(t, p.directory.Exclude(t.Context(), x))
				require.NoError(t, p.directory.Exclude(t.Context(), x), "once more is no error")
				p.Advance(15 * time.Second)
				now, err := p.directory.Exempt(t.Context(), x)
				require.NoError(t, err)
				require.Equal(t, access.Exempt{Listed: true}, now)

				require.NoError(t, p.directory.Include(t.Context(), x))
				require.NoError(t, p.directory.Include(t.Context(), x), "once more is no error")
				p.Advance(15 * time.Second)
				now, err = p.directory.Exempt(t.Context(), x)
				require.NoError(t, err)
				require.Equal(t, access.Exempt{}, now)
				after, _ := p.Policy("platforms")
				before.Modified = after.Modified
				require.Equal(t, plainly(t, before), plainly(t, after), "nothing else has changed")
				require.Zero(t, p.statuses()[http.StatusTooManyRequests])
			})
		})
	}
}

// Carrying out by group takes two round trips, of which one holds the only
// Conditional Access call; a read takes one of each.
func TestSimExclusionRoundTrips(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t, manners.Calm())
		policy := p.relaxed("platforms", true)
		q := access.Question{Person: p.id("grady"), Asker: p.id("adele"), Actor: p.id("lee"), Policy: &policy}
		_, err := p.directory.Facts(t.Context(), q) // and what is kept
		require.NoError(t, err)
		since := len(p.graph.Requests())
		f, err := p.directory.Facts(t.Context(), q)
		require.NoError(t, err)
		require.NoError(t, p.directory.Exclude(t.Context(), of(policy, q.Person)))
		trips, units := p.trips(since)
		require.Equal(t, []int{2, 1}, []int{trips, units})

		require.True(t, f.Policy.Known && f.Policy.Found && f.Policy.ExcludesGroup)
		require.Equal(t, access.PolicyOn, f.Policy.State)
		require.Equal(t, "Passkey test: unsupported platforms", f.Policy.Name)
		require.Equal(t, access.Exempt{}, f.Policy.Exempt)
		require.Len(t, f.Policy.Deciders, 1)
		require.Equal(t, p.id("lee"), f.Policy.Deciders[0].ID)
		require.Empty(t, f.Person.Unknown)

		since = len(p.graph.Requests())
		_, err = p.directory.Exempt(t.Context(), of(policy, q.Person))
		require.NoError(t, err)
		trips, units = p.trips(since)
		require.Equal(t, []int{1, 1}, []int{trips, units})
		f, err = p.directory.Facts(t.Context(), q)
		require.NoError(t, err)
		require.True(t, f.Policy.Exempt.Listed)
	})
}

// What is wrong with a group or a policy is told as it is.
func TestSimPolicyFacts(t *testing.T) {
	t.Parallel()
	group := func(change func(*entra.Group)) func(*place) error {
		return func(p *place) error { return p.ChangeGroup("exclude-platforms", change) }
	}
	rule := func(change func(*entra.Policy)) func(*place) error {
		return func(p *place) error { return p.ChangePolicy("platforms", change) }
	}
	for name, c := range map[string]struct {
		spoil func(*place) error
		shown func(access.PolicyFacts) bool
	}{
		"as it should be": {func(*place) error { return nil }, func(f access.PolicyFacts) bool { return f.Group.Found && len(f.Group.Owners) == 0 }},
		"dynamic":         {group(func(g *entra.Group) { g.Rule = "user.department -eq \"x\"" }), func(f access.PolicyFacts) bool { return f.Group.Dynamic }},
		"synced":          {group(func(g *entra.Group) { g.Synced = true }), func(f access.PolicyFacts) bool { return f.Group.Synced }},
		"gives roles":     {group(func(g *entra.Group) { g.Assignable = true }), func(f access.PolicyFacts) bool { return f.Group.RoleAssignable }},
		"restricted":      {group(func(g *entra.Group) { g.Restricted = true }), func(f access.PolicyFacts) bool { return f.Group.Restricted }},
		"owned":           {func(p *place) error { return p.AddOwner("exclude-platforms", "bianca") }, func(f access.PolicyFacts) bool { return f.Group.Owners[0].Name == "Bianca Pisani" }},
		"disabled":        {rule(func(p *entra.Policy) { p.State = access.PolicyOff }), func(f access.PolicyFacts) bool { return f.State == access.PolicyOff }},
		"unlinked":        {rule(func(p *entra.Policy) { p.Conditions.ExcludeGroups = nil }), func(f access.PolicyFacts) bool { return !f.ExcludesGroup }},
		"deleted":         {func(p *place) error { return p.DeletePolicy("platforms") }, func(f access.PolicyFacts) bool { return f.Known && !f.Found }},
		"in it": {func(p *place) error { return p.AddMember("exclude-platforms", "grady") }, func(f access.PolicyFacts) bool {
			return f.Exempt.Listed && len(f.Exempt.Otherwise) == 0
		}},
		"in a group within": {func(p *place) error {
			_, err := p.AddGroup(entra.Group{Alias: "inner", Name: "Inner", Members: []string{"grady"}})
			require.NoError(p.t, err)
			return p.AddMember("exclude-platforms", "inner")
		}, func(f access.PolicyFacts) bool {
			return !f.Exempt.Listed && slices.Equal(f.Exempt.Otherwise, []string{"through a group within the exclusion group"})
		}},
		"in another group": {func(p *place) error {
			g, err := p.AddGroup(entra.Group{Alias: "sales", Name: "Sales", Members: []string{"grady"}})
			require.NoError(p.t, err)
			return p.ChangePolicy("platforms", func(r *entra.Policy) { r.Conditions.ExcludeGroups = append(r.Conditions.ExcludeGroups, g.ID) })
		}, func(f access.PolicyFacts) bool {
			return slices.Equal(f.Exempt.Otherwise, []string{"through the group Sales"})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPlace(t, manners.Calm())
				policy := p.relaxed("platforms", true)
				require.NoError(t, c.spoil(p))
				f, err := p.directory.Facts(t.Context(), access.Question{Person: p.id("grady"), Asker: p.id("adele"), Policy: &policy})
				require.NoError(t, err)
				require.True(t, f.Policy.Known)
				require.True(t, c.shown(f.Policy), "%+v", f.Policy)
				stocks, err := p.directory.Survey(t.Context(), []access.Policy{policy})
				require.NoError(t, err)
				f.Policy.Exempt = access.Exempt{}
				require.Equal(t, f.Policy, stocks[0].Facts, "a survey tells the same")
			})
		})
	}
}

// What Graph answers to a change is told to the desk as what is known after it.
func TestSimExclusionFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault    fault.Fault
		code     access.Code
		excluded bool
	}{
		"no permission":        {fault.Fault{Method: "POST", Path: "/members/", Status: 403}, access.Refused, false},
		"refused":              {fault.Fault{Method: "POST", Path: "/members/", Status: 400}, access.Refused, false},
		"throttled for a time": {fault.Fault{Method: "POST", Path: "/members/", Status: 429, RetryAfter: 2, Count: 2}, "", true},
		"throttled":            {fault.Fault{Method: "POST", Path: "/members/", Status: 429, RetryAfter: 2}, access.Unavailable, false},
		"broken":               {fault.Fault{Method: "POST", Path: "/members/", Status: 500}, access.Uncertain, false},
		"away for a time":      {fault.Fault{Method: "POST", Path: "/members/", Status: 503, Count: 2}, "", true},
		"the answer is lost":   {fault.Fault{Method: "POST", Path: "/members/", Status: 500, AfterCommit: true}, access.Uncertain, true},
		"made, said timed out": {fault.Fault{Method: "POST", Path: "/members/", Status: 504, AfterCommit: true, Count: 1}, "", true},
		"connection lost":      {fault.Fault{Method: "POST", Path: "/members/", Reset: true}, access.Uncertain, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPlace(t, manners.Calm())
				policy := p.relaxed("platforms", true)
				p.fail(c.fault)
				ctx, cancel := context.WithTimeout(t.Context(), 45*time.Second)
				defer cancel()
				err := p.directory.Exclude(ctx, of(policy, p.id("grady")))
				require.Equal(t, c.code, access.CodeOf(err), err)
				g, _ := p.Group("exclude-platforms")
				require.Equal(t, c.excluded, len(g.Members) == 1)
			})
		})
	}
}

// Somebody else writes the policy at the same time: what they wrote stays, and
// the person is excluded all the same.
func TestSimAConcurrentEdit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t, manners.Calm())
		x := of(p.relaxed("platforms", false), p.id("alex"))
		edits, joni := 0, string(p.id("joni"))
		p.graph.Manners.Change(func(m *manners.Manners) error { m.PolicyDelay = true; return nil }) //nolint:errcheck // it is one that there is
		go func() {                                                                                 // an administrator with a page that is older than the write
			for ; edits == 0; <-time.After(500 * time.Millisecond) {
				if slices.Contains(p.excludeUsers("platforms"), string(x.Person)) {
					edits++
					_ = p.ChangePolicy("platforms", func(r *entra.Policy) { r.Conditions.ExcludeUsers = []string{joni} })
				}
			}
		}()
		require.NoError(t, p.directory.Exclude(t.Context(), x))
		require.Equal(t, 1, edits)
		require.ElementsMatch(t, []string{joni, string(x.Person)}, p.excludeUsers("platforms"))
	})
}

// A policy with parts that Passdesk does not know is not written.
func TestSimAForeignPolicyIsNotWritten(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string]answer{
		"GET /identity/conditionalAccess/policies/p": {status: 200, body: `{"id":"p","displayName":"P","state":"enabled","modifiedDateTime":"2026-02-03T00:00:00Z",
			"conditions":{"users":{"excludeUsers":[],"includeAgents":["x"]}}}`},
	})
	err := f.directory(t).Exclude(t.Context(), access.Exemption{Person: "alex", Policy: "p"})
	require.Equal(t, access.Refused, access.CodeOf(err))
	for _, c := range f.calls {
		require.Equal(t, http.MethodGet, c.method)
	}
}

// What is written is whom the policy is about, whole, without nulls.
func TestSimWhatIsWritten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, err := manners.Real().With(true, "betaNulls")
		require.NoError(t, err)
		p := newPlace(t, m)
		require.NoError(t, p.ChangePolicy("platforms", func(r *entra.Policy) {
			r.Grant.Controls = []string{"riskRemediation"} // which this version is not told
			r.Conditions.IncludePlatforms = []string{"linux", "iOS"}
			r.Conditions.ExcludeRoles = []string{"62e90394-69f5-4237-9190-012177145e10"}
		}))
		before, _ := p.Policy("platforms")
		require.NoError(t, p.directory.Exclude(t.Context(), of(p.relaxed("platforms", false), p.id("alex"))))
		after, _ := p.Policy("platforms")
		require.Contains(t, after.Conditions.ExcludeUsers, string(p.id("alex")))
		after.Conditions.ExcludeUsers, after.Modified = before.Conditions.ExcludeUsers, before.Modified
		require.Equal(t, plainly(t, before), plainly(t, after))
	})
}

// plainly is a policy without the difference between no list and an empty one.
func plainly(t *testing.T, p entra.Policy) string {
	t.Helper()
	text, err := json.Marshal(p)
	require.NoError(t, err)
	return strings.ReplaceAll(string(text), "null", "[]")
}

func TestSimWhatIf(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t, manners.Real())
		outcomes, err := p.directory.WhatIf(t.Context(), p.id("grady"), access.Scene{Platform: "iOS"})
		require.NoError(t, err)
		for _, o := range outcomes {
			switch o.Policy.Name {
			case "Passkey test: unsupported platforms":
				require.True(t, o.Applies && o.Block)
			case "Passkey test: enforcement":
				require.True(t, o.Applies && !o.Block)
				require.Equal(t, []string{"Phishing-resistant MFA"}, o.Needs)
			}
		}
		require.Len(t, outcomes, 3, "one of them is a draft")
		outcomes, err = p.directory.WhatIf(t.Context(), p.id("grady"), access.Scene{Platform: "windows"})
		require.NoError(t, err)
		for _, o := range outcomes {
			require.Equal(t, o.Policy.Name == "Passkey test: enforcement", o.Applies, o.Policy.Name)
		}
	})
}

func TestSimWhoIsThere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t, manners.Real())
		members, err := p.directory.Members(t.Context(), []access.ID{p.groupID("policyowners"), p.groupID("helpdesk")})
		require.NoError(t, err)
		require.Len(t, members, 3)
		refs, err := p.directory.Policies(t.Context())
		require.NoError(t, err)
		require.Len(t, refs, 3, "one of them is a draft")
		grady := p.id("grady")
		require.NoError(t, p.RemovePerson("grady"))
		missing, err := p.directory.Missing(t.Context(), []access.ID{p.id("joni"), grady})
		require.NoError(t, err)
		require.Equal(t, []access.ID{grady}, missing)
		require.NoError(t, p.directory.RevokeSessions(t.Context(), grady), "who is gone has no sessions")
		require.NoError(t, p.directory.Include(t.Context(), of(p.relaxed("platforms", true), grady)))
		now, err := p.directory.Exempt(t.Context(), of(p.relaxed("platforms", true), grady))
		require.NoError(t, err)
		require.Equal(t, access.Exempt{}, now)
	})
}
