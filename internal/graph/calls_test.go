package graph_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/graph"
)

// seen are the requests that all tests of this package have made: those that are
// on the list of calls, and those that are not.
var seen = struct {
	sync.Mutex
	listed, absent map[string]bool
}{listed: map[string]bool{}, absent: map[string]bool{}}

// madeUp are links to a next page that the fake Graph gives; Graph's own begin as
// the first page does.
var madeUp = []string{"/next", "/endless", "/dead"}

// note holds a request against the list.
func note(method, path string) {
	if bare, _, _ := strings.Cut(path, "?"); slices.Contains(madeUp, bare) {
		return
	}
	seen.Lock()
	defer seen.Unlock()
	if c, ok := graph.CallOf(method, path); ok {
		seen.listed[c.Method+" "+c.Path] = true
		return
	}
	seen.absent[method+" "+path] = true
}

// TestMain fails where a test has made a call that is not on the list, and where
// the list has one that no test has made.
func TestMain(m *testing.M) {
	status := m.Run()
	for _, fault := range faultsOfTheList() {
		fmt.Println("FAIL: internal/graph/calls.go:", fault)
		status = 1
	}
	os.Exit(status)
}

func faultsOfTheList() []string {
	seen.Lock()
	defer seen.Unlock()
	var faults []string
	for _, one := range slices.Sorted(maps.Keys(seen.absent)) {
		faults = append(faults, one+" is not on the list")
	}
	for _, name := range []string{"test.run", "test.bench", "test.fuzz", "test.list", "test.skip"} {
		if flag.Lookup(name).Value.String() != "" {
			return faults // not every test was run
		}
	}
	for _, c := range graph.Calls() {
		if !seen.listed[c.Method+" "+c.Path] {
			faults = append(faults, c.Method+" "+c.Path+" is on the list, and no test makes it")
		}
	}
	return faults
}

func TestCallsAreFoundByTheirPath(t *testing.T) {
	t.Parallel()
	for request, want := range map[string]string{
		"GET /users?$top=1": "/users", "GET /users/ada@example.com?$select=id": "/users/{id}",
		"GET /users/1/authentication/methods":                         "/users/{id}/authentication/methods",
		"DELETE /groups/1/members/2/$ref":                             "/groups/{id}/members/{id}/$ref",
		"DELETE /users/1/authentication/TemporaryAccessPassMethods/2": "/users/{id}/authentication/temporaryAccessPassMethods/{id}",
		"DELETE /groups/1/members/2":                                  "", // it would delete the member
		"DELETE /users/1":                                             "",
		"GET /users/$count":                                           "",
		"GET /me":                                                     "",
	} {
		method, path, _ := strings.Cut(request, " ")
		c, ok := graph.CallOf(method, path)
		require.Equal(t, want != "", ok, request)
		require.Equal(t, want, c.Path, request)
	}
}

func TestEveryCallSaysWhatItNeeds(t *testing.T) {
	t.Parallel()
	for _, c := range graph.Calls() {
		require.NotEmpty(t, c.Why, c.Path)
		if c.Path == "/$batch" {
			continue
		}
		require.NotEmpty(t, c.Least, c.Path)
		require.NotEmpty(t, c.Without, c.Path)
		for _, p := range c.Least {
			dangerous := graph.Danger(p) != "" && c.Part != graph.Direct
			require.False(t, dangerous, "%s needs %s", c.Path, p)
		}
	}
}

func TestNeeds(t *testing.T) {
	t.Parallel()
	names := func(parts ...graph.Part) []string {
		var all []string
		for _, n := range graph.Needs(parts...) {
			all = append(all, n.Permission)
		}
		slices.Sort(all)
		return all
	}
	least := []string{
		"GroupMember.Read.All", "Policy.Read.AuthenticationMethod", "RoleManagement.Read.Directory",
		"User.Read.All", "UserAuthMethod-TAP.ReadWrite.All", "UserAuthenticationMethod.Read.All",
	}
	require.Equal(t, least, names())
	require.Contains(t, names(graph.PIM), "PrivilegedEligibilitySchedule.Read.AzureADGroup")
	require.NotContains(t, names(graph.PIM), "RoleEligibilitySchedule.Read.Directory", "reading roles brings it along")
	require.Contains(t, names(graph.Insight), "Policy.Read.ConditionalAccess")
	whole := names(graph.Insight, graph.Relax, graph.ByGroup)
	require.NotContains(t, whole, "Policy.Read.ConditionalAccess", "reading policies brings it along")
	require.NotContains(t, whole, "GroupMember.Read.All", "writing members brings it along")
	require.NotContains(t, whole, "Policy.ReadWrite.ConditionalAccess")
	require.Contains(t, names(graph.Relax, graph.Direct), "Policy.ReadWrite.ConditionalAccess")
	by, ok := graph.Allows([]string{"Directory.Read.All"}, "User.Read.All")
	require.True(t, ok)
	require.Equal(t, "Directory.Read.All", by)
	_, ok = graph.Allows([]string{"User.Read.All"}, "GroupMember.Read.All")
	require.False(t, ok)
}

// With no more than what is needed, everything that does no harm is allowed; and
// without any one of it something is not.
func TestSimTheLeastIsEnough(t *testing.T) {
	t.Parallel()
	n := newTenant(t)
	policy, _ := n.Tenant.Policy("platforms")
	samples := graph.Samples{Person: n.id("adele"), Group: n.group("helpdesk"), Policy: access.NewID(policy.ID)}
	parts := []graph.Part{graph.Insight, graph.PIM, graph.Relax, graph.ByGroup}
	var least []string
	for _, need := range graph.Needs(parts...) {
		least = append(least, need.Permission)
	}
	n.Login.Grant(least)
	for _, one := range n.tries(samples, parts) {
		require.Equal(t, graph.Allowed, one.Answer, "%s: %v", one.Call.Path, one.Err)
	}
	written := map[string]bool{"UserAuthMethod-TAP.ReadWrite.All": true, "User.RevokeSessions.All": true}
	for _, missing := range least {
		other := newTenant(t)
		other.Login.Grant(slices.DeleteFunc(slices.Clone(least), func(p string) bool { return p == missing }))
		denied := slices.ContainsFunc(other.tries(samples, parts), func(one graph.Trial) bool {
			return one.Answer == graph.Denied && slices.ContainsFunc(one.Call.Least, func(p string) bool { by, ok := graph.Allows([]string{missing}, p); return ok && by != "" })
		})
		require.Equal(t, !written[missing], denied, missing)
	}
}

func (n *tenant) tries(s graph.Samples, parts []graph.Part) []graph.Trial {
	n.t.Helper()
	all, err := n.directory.Try(n.t.Context(), s, parts...)
	require.NoError(n.t, err)
	require.NotEmpty(n.t, all)
	return all
}

func TestSimInspection(t *testing.T) {
	t.Parallel()
	n := newTenant(t)
	at, err := n.directory.Greet(t.Context())
	require.NoError(t, err)
	require.WithinDuration(t, n.Tenant.Now(), at, 5e9)

	nobody := access.ID("12121212-1212-4212-8212-121212121212")
	things, err := n.directory.Things(t.Context(), []access.ID{n.group("helpdesk"), n.id("lee"), nobody})
	require.NoError(t, err)
	require.True(t, things[0].Group)
	require.Equal(t, graph.Thing{ID: n.id("lee"), Name: "Lee Gu", Person: true}, things[1])
	require.Equal(t, graph.Thing{ID: nobody}, things[2])

	require.Contains(t, []access.ID{n.id("adele"), n.id("bianca")}, n.directory.Someone(t.Context(), []access.ID{n.group("helpdesk")}))
	require.NotEmpty(t, n.directory.Someone(t.Context(), nil))

	ends, err := n.directory.SecretEnds(t.Context(), n.Tenant.AppID(), n.Tenant.ClientSecret()[:3])
	require.NoError(t, err)
	require.WithinDuration(t, n.Tenant.SecretEnds(), ends, 1e9)
	_, err = n.directory.SecretEnds(t.Context(), n.Tenant.AppID(), "no!")
	require.Error(t, err)

	answer, err := n.directory.Eligible(t.Context())
	require.NoError(t, err)
	require.Equal(t, graph.Allowed, answer)
	n.Tenant.SetPremium(false)
	answer, _ = n.directory.Eligible(t.Context())
	require.Equal(t, graph.Unlicensed, answer)

	policy, err := n.directory.PassPolicy(t.Context())
	require.NoError(t, err)
	require.True(t, policy.Enabled)
}
