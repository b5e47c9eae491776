package graph_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/graph"
)

func eligibleJSON(group, principal access.ID, how string) string {
	return `{"groupId":"` + strings.ToUpper(string(group)) + `","accessId":"` + how + `","principalId":"` + string(principal) + `"}`
}

// inCrew is a tenant in which Joni belongs to an ordinary group, of which more is
// to be known.
func inCrew(eligible ...string) map[string]answer {
	answers := ordinary()
	answers["GET /users/"+string(joni)+"/transitiveMemberOf"] = listOf(groupJSON(crew, "Crew", "false"))
	answers[eligibleGroups+groupOf(admins)] = listOf(eligible...)
	return answers
}

// TestI8PrivilegedThroughAGroup: an ordinary group that may join or own a
// role-assignable group makes everybody in it privileged.
func TestI8PrivilegedThroughAGroup(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answers map[string]answer
		want    []string
	}{
		"member":                  {inCrew(eligibleJSON(admins, crew, "member")), []string{"is eligible to join the role-assignable group Directory operators through the group Crew"}},
		"owner":                   {inCrew(eligibleJSON(admins, crew, "owner")), []string{"is eligible to own the role-assignable group Directory operators through the group Crew"}},
		"other people and groups": {inCrew(eligibleJSON(admins, desk, "member"), eligibleJSON(admins, adele, "owner")), nil},
		"nobody":                  {inCrew(), nil},
		"a group that she may join": {func() map[string]answer {
			answers := inCrew(eligibleJSON(admins, desk, "member"))
			answers[eligibleGroups+principal(joni)] = listOf(eligibleJSON(desk, joni, "member"))
			return answers
		}(), []string{"is eligible to join the role-assignable group Directory operators through the group " + string(desk)}},
		"no group at all": {func() map[string]answer {
			answers := ordinary()
			answers[eligibleGroups+groupOf(admins)] = listOf(eligibleJSON(admins, crew, "member"))
			return answers
		}(), nil},
	}
	for name, tt := range tests {
		for _, warm := range []bool{true, false} {
			t.Run(fmt.Sprint(name, " warm ", warm), func(t *testing.T) {
				t.Parallel()
				d := newFake(t, tt.answers).directory(t)
				if warm {
					require.NoError(t, d.Ready(t.Context()))
				}
				got, err := d.Facts(t.Context(), everybody)
				require.NoError(t, err)
				require.Equal(t, tt.want, got.Person.Privilege)
				require.Empty(t, got.Person.Unknown)
			})
		}
	}
}

func principal(id access.ID) string { return "?$filter=principalId%20eq%20'" + string(id) + "'" }

// Who is eligible is asked for in the same round trip, and kept for a minute.
func TestGroupsAreAskedForBesideThePerson(t *testing.T) {
	t.Parallel()
	f := newFake(t, inCrew(eligibleJSON(admins, crew, "member")))
	d := f.directory(t)
	require.NoError(t, d.Ready(t.Context()))
	trips := func() []string {
		t.Helper()
		before := len(f.received())
		got, err := d.Facts(t.Context(), access.Question{Person: joni, Asker: adele, Actor: megan})
		require.NoError(t, err)
		require.Len(t, got.Person.Privilege, 1)
		require.Len(t, f.received(), before+1, "more than one round trip")
		return asked(t, f, before)
	}
	const groups, who = "/groups?", "groupId"
	require.ElementsMatch(t, []string{groups, who}, held(strings.Join(trips(), "\n"), groups, who))
	require.Empty(t, held(strings.Join(trips(), "\n"), groups, who), "asked for what is kept")
	f.advance(59 * time.Second)
	require.Empty(t, held(strings.Join(trips(), "\n"), groups, who), "asked for what is kept")
	f.advance(2 * time.Second)
	require.ElementsMatch(t, []string{groups, who}, held(strings.Join(trips(), "\n"), groups, who))
}

// Without Ready, and where groups have become role-assignable, it takes another
// round trip; what was true before decides nothing.
func TestGroupsThatAreNewCostARoundTrip(t *testing.T) {
	t.Parallel()
	f := newFake(t, inCrew())
	d := f.directory(t)
	facts := func(trips int) access.Facts {
		t.Helper()
		before := len(f.received())
		got, err := d.Facts(t.Context(), access.Question{Person: joni})
		require.NoError(t, err)
		require.Empty(t, got.Person.Unknown)
		require.Len(t, f.received(), before+trips)
		return got
	}
	require.Empty(t, facts(2).Person.Privilege)
	require.Empty(t, facts(1).Person.Privilege)

	f.advance(61 * time.Second)
	f.set("GET /groups", listOf(groupJSON(admins, "Directory operators", "true"), groupJSON(desk, "New operators", "true")))
	f.set(eligibleGroups+groupOf(desk), listOf(eligibleJSON(desk, crew, "member")))
	require.Len(t, facts(2).Person.Privilege, 1)
	require.Len(t, facts(1).Person.Privilege, 1)

	f.advance(61 * time.Second)
	f.set("GET /groups", listOf(groupJSON(admins, "Directory operators", "true")))
	require.Empty(t, facts(1).Person.Privilege, "decided by what was true before")
}

// crowd is a tenant with many role-assignable groups.
func crowded(groups int) (map[string]answer, access.ID) {
	answers := inCrew()
	entries := make([]string, groups)
	var last access.ID
	for i := range entries {
		last = access.ID(fmt.Sprintf("%08d-bbbb-4bbb-8bbb-bbbbbbbbbbbb", i))
		entries[i] = groupJSON(last, "Operators", "true")
	}
	answers["GET /groups"] = listOf(entries...)
	answers[eligibleGroups+"?$filter=groupId"] = listOf()
	return answers, last
}

// Where there are more groups than a batch has room for, the fewer are asked
// about: the person's.
func TestTheFewerGroupsAreAskedAbout(t *testing.T) {
	t.Parallel()
	answers, last := crowded(45)
	answers[eligibleGroups+principal(crew)] = listOf(eligibleJSON(last, crew, "owner"), eligibleJSON(desk, crew, "owner"))
	f := newFake(t, answers)
	d := f.directory(t)
	require.NoError(t, d.Ready(t.Context()))
	got, err := d.Facts(t.Context(), everybody)
	require.NoError(t, err)
	require.Equal(t, []string{"is eligible to own the role-assignable group Operators through the group Crew"}, got.Person.Privilege)
	require.Len(t, f.received(), 3)
	require.Len(t, asked(t, f, 1), 20, "no room is wasted")
	require.Equal(t, []string{strings.TrimPrefix(eligibleGroups+principal(crew), "GET ")}, asked(t, f, 2))
}

func TestManyGroupsAreAskedAboutInBatches(t *testing.T) {
	t.Parallel()
	answers, last := crowded(45)
	mine := make([]string, 60)
	for i := range mine {
		mine[i] = groupJSON(access.ID(fmt.Sprintf("%08d-cccc-4ccc-8ccc-cccccccccccc", i)), "Mine", "null")
	}
	answers["GET /users/"+string(joni)+"/transitiveMemberOf"] = listOf(mine...)
	answers[eligibleGroups+groupOf(last)] = listOf(eligibleJSON(last, "00000059-cccc-4ccc-8ccc-cccccccccccc", "member"))
	f := newFake(t, answers)
	d := f.directory(t)
	for i, trips := range []int{4, 1} { // 45 groups in three batches after the first; then all are kept
		before := len(f.received())
		got, err := d.Facts(t.Context(), everybody)
		require.NoError(t, err)
		require.Equal(t, []string{"is eligible to join the role-assignable group Operators through the group Mine"}, got.Person.Privilege, i)
		require.Len(t, f.received(), before+trips)
	}
}

// TestI8WhoIsEligibleThroughGroupsMustBeKnown: and of a busy Graph, nothing is
// said about the person.
func TestI8WhoIsEligibleThroughGroupsMustBeKnown(t *testing.T) {
	t.Parallel()
	key := eligibleGroups + groupOf(admins)
	for name, bad := range map[string]answer{
		"denied": refusal(403, "Authorization_RequestDenied", ""), "odd": listOf(`{"groupId":"x"}`), "no list": ok(`{}`), "busy": after(429, "40"),
	} {
		for _, warm := range []bool{true, false} {
			t.Run(fmt.Sprint(name, " warm ", warm), func(t *testing.T) {
				t.Parallel()
				answers := inCrew()
				answers[key] = bad
				f := newFake(t, answers)
				d := f.directory(t)
				if warm {
					require.NoError(t, d.Ready(t.Context()))
				}
				before := len(f.received())
				got, err := d.Facts(t.Context(), everybody)
				if name == "busy" {
					require.Equal(t, 40*time.Second, wants(t, err, access.Unavailable).After)
				} else {
					require.NoError(t, err)
					require.Equal(t, []string{"eligible group memberships"}, got.Person.Unknown)
				}
				if warm {
					require.Len(t, f.received(), before+1, "asked for twice what was refused")
				}
				f.set(key, listOf(eligibleJSON(admins, crew, "member"))) // no failure is kept
				got, err = d.Facts(t.Context(), everybody)
				require.NoError(t, err)
				require.Len(t, got.Person.Privilege, 1)
			})
		}
	}
}

// Whoever belongs to no group needs no answer about groups.
func TestWhoIsInNoGroupNeedsNoAnswerAboutGroups(t *testing.T) {
	t.Parallel()
	answers := ordinary()
	answers[eligibleGroups+groupOf(admins)] = refusal(403, "Authorization_RequestDenied", "")
	f := newFake(t, answers)
	d := f.directory(t)
	require.NoError(t, d.Ready(t.Context()))
	got, err := d.Facts(t.Context(), everybody)
	require.NoError(t, err)
	require.Empty(t, got.Person.Unknown)
	require.Len(t, f.received(), 2)
}

// Where it changes nothing, nobody is kept waiting for it.
func TestGroupsOfThePrivilegedAreNotAskedAbout(t *testing.T) {
	t.Parallel()
	answers := inCrew()
	answers[roles] = listOf(`{"roleDefinitionId":"x","directoryScopeId":"/"}`)
	f := newFake(t, answers)
	got, err := f.directory(t).Facts(t.Context(), everybody)
	require.NoError(t, err)
	require.Len(t, got.Person.Privilege, 1)
	require.Len(t, f.received(), 1)
}

func TestWithoutPIMNoGroupIsAskedAbout(t *testing.T) {
	t.Parallel()
	f := newFake(t, inCrew())
	d := f.directory(t, func(o *graph.Options) { o.PIM = false })
	require.NoError(t, d.Ready(t.Context()))
	for range 2 {
		got, err := d.Facts(t.Context(), everybody)
		require.NoError(t, err)
		require.Empty(t, got.Person.Unknown)
	}
	require.Len(t, f.received(), 3)
	require.NotContains(t, strings.Join(asked(t, f, 1), "\n"), "ligib")
	require.NotContains(t, strings.Join(asked(t, f, 2), "\n"), "/groups?", "the list is kept without PIM, too")
}
