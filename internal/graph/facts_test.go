package graph_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/graph"
)

var everybody = access.Question{Person: joni, Asker: adele, Actor: adele}

func member(id access.ID, name string, groups ...access.ID) access.Member {
	return access.Member{Person: access.Person{ID: id, Name: name, UPN: name + "@nordlys.example"}, Found: true, Enabled: true, Groups: groups}
}

func TestFacts(t *testing.T) {
	t.Parallel()
	answers := ordinary()
	answers["GET /users/"+string(joni)+"?"] = ok(userJSON(joni, "Joni", `,"department":"Marketing","manager":`+userJSON(megan, "Megan", `,"@odata.type":"#microsoft.graph.user"`)))
	unit := `{"@odata.type":"#microsoft.graph.administrativeUnit","id":"` + strings.ToUpper(string(admins)) + `","displayName":null}`
	answers["GET /users/"+string(joni)+"/transitiveMemberOf"] = listOf(groupJSON(desk, "Crew", "false"), unit, `{"@odata.type":"#microsoft.graph.administrativeUnit","id":"of-the-crew"}`)
	answers["GET /users/"+string(joni)+"/memberOf"] = listOf(groupJSON(desk, "Crew", "false"), unit)
	answers["GET /users/"+string(joni)+"/authentication/methods"] = listOf(
		`{"@odata.type":"#microsoft.graph.passwordAuthenticationMethod","id":"p","password":null}`,
		`{"@odata.type":"#microsoft.graph.fido2AuthenticationMethod","id":"k","passkeyType":"deviceBound"}`,
		`{"@odata.type":"#microsoft.graph.fromTheFutureAuthenticationMethod","id":"f"}`,
		passJSON("pass-1", `,"@odata.type":"#microsoft.graph.temporaryAccessPassAuthenticationMethod","temporaryAccessPass":null`))
	answers[eligibleGroups+groupOf(admins)] = listOf()
	f := newFake(t, answers)
	d := f.directory(t)
	require.NoError(t, d.Ready(t.Context()))
	got, err := d.Facts(t.Context(), everybody)
	require.NoError(t, err)

	manager := member(megan, "Megan")
	want := access.Facts{
		At: noon,
		Person: access.Subject{
			Member: member(joni, "Joni", desk), Manager: &manager, Department: "Marketing", Units: []access.ID{admins},
			Passes: []access.LivePass{livePass}, Methods: []string{"password", "fido2", "fromTheFuture", "temporaryAccessPass"},
		},
		Asker: member(adele, "Adele", desk), Actor: member(adele, "Adele", desk),
		PassPolicy: access.PassPolicy{
			Known: true, Enabled: true, MinMinutes: 60, MaxMinutes: 480, DefaultMinutes: 60, OnceOnly: true,
			IncludeAll: true, Exclude: []access.ID{admins},
		},
	}
	require.Empty(t, cmp.Diff(want, got))
	require.Len(t, f.received(), 2, "more than one round trip after Ready")
}

// asked are the requests within the batch of the nth call.
func asked(t *testing.T, f *fake, n int) []string {
	t.Helper()
	var batch struct {
		Requests []struct{ ID, Method, URL string }
	}
	require.NoError(t, json.Unmarshal([]byte(f.received()[n].body), &batch))
	require.LessOrEqual(t, len(batch.Requests), 20)
	var urls []string
	ids := map[string]bool{}
	for _, r := range batch.Requests {
		require.Equal(t, "GET", r.Method)
		ids[r.ID] = true
		urls = append(urls, r.URL)
	}
	require.Len(t, ids, len(urls), "an id twice")
	return urls
}

func TestFactsAskNothingTwice(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		q    access.Question
		want int
	}{
		"everything":              {everybody, 12},
		"three people":            {access.Question{Person: joni, Asker: adele, Actor: megan}, 14},
		"asker is the person":     {access.Question{Person: joni, Asker: joni, Actor: joni}, 10},
		"actor is the person":     {access.Question{Person: joni, Asker: adele, Actor: joni}, 12},
		"what changed, too":       {access.Question{Person: joni, Asker: adele, Actor: adele, Changes: noon}, 13},
		"changes of nobody":       {access.Question{Actor: adele, Changes: noon}, 2},
		"the actor alone":         {access.Question{Actor: adele}, 2},
		"asker and actor are one": {access.Question{Asker: adele, Actor: adele}, 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answers := ordinary()
			answers["GET /users/"+string(megan)+"?"] = ok(userJSON(megan, "Megan", ""))
			answers["GET /users/"+string(megan)+"/transitiveMemberOf"] = listOf()
			f := newFake(t, answers)
			_, err := f.directory(t).Facts(t.Context(), tt.q)
			require.NoError(t, err)
			require.Len(t, f.received(), 1)
			urls := asked(t, f, 0)
			require.Len(t, urls, tt.want)
			require.Len(t, slices.Compact(slices.Sorted(slices.Values(urls))), tt.want, "an address twice")
		})
	}
}

func TestFactsOfNobodyAskNothing(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string]answer{})
	got, err := f.directory(t).Facts(t.Context(), access.Question{})
	require.NoError(t, err)
	require.Equal(t, access.Facts{At: noon}, got)
	require.Empty(t, f.received())
}

func TestFactsOfThePersonWhoAsks(t *testing.T) {
	t.Parallel()
	answers := ordinary()
	answers["GET /users/"+string(joni)+"/transitiveMemberOf"] = listOf(groupJSON(desk, "Help desk", "false"))
	got, err := newFake(t, answers).directory(t).Facts(t.Context(), access.Question{Person: joni, Asker: joni})
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(member(joni, "Joni", desk), got.Asker))
}

func TestFactsKeepWhatIsTheTenants(t *testing.T) {
	t.Parallel()
	f := newFake(t, ordinary())
	d := f.directory(t)
	facts := func() string {
		got, err := d.Facts(t.Context(), access.Question{Person: joni})
		require.NoError(t, err)
		require.True(t, got.PassPolicy.Known)
		require.Empty(t, got.Person.Unknown)
		return strings.Join(asked(t, f, len(f.received())-1), "\n")
	}
	const policy, groups = "/policies/", "/groups?"
	require.Subset(t, []string{policy, groups}, held(facts(), policy, groups))
	require.Empty(t, held(facts(), policy, groups), "asked for what is kept")
	f.advance(61 * time.Second)
	require.Equal(t, []string{groups}, held(facts(), policy, groups))
	f.advance(5 * time.Minute)
	require.Equal(t, []string{policy, groups}, held(facts(), policy, groups))
	f.advance(-time.Hour) // a clock that is set back keeps nothing alive
	require.Equal(t, []string{policy, groups}, held(facts(), policy, groups))
}

func held(text string, parts ...string) []string {
	return slices.DeleteFunc(parts, func(p string) bool { return !strings.Contains(text, p) })
}

func TestFactsDoNotKeepFailures(t *testing.T) {
	t.Parallel()
	answers := ordinary()
	policy := "GET /policies/authenticationMethodsPolicy/authenticationMethodConfigurations/temporaryAccessPass"
	known := answers[policy]
	for _, bad := range []answer{{status: 403}, ok(`[]`), ok(`{}`), ok(`{"state":"enabled"}`)} {
		answers[policy], answers["GET /groups"] = bad, answer{status: 403}
		f := newFake(t, maps.Clone(answers))
		d := f.directory(t)
		got, err := d.Facts(t.Context(), access.Question{Person: joni})
		require.NoError(t, err)
		require.Equal(t, access.PassPolicy{}, got.PassPolicy)
		require.Equal(t, []string{"role-assignable groups"}, got.Person.Unknown)
		f.set(policy, known)
		f.set("GET /groups", listOf())
		got, err = d.Facts(t.Context(), access.Question{Person: joni})
		require.NoError(t, err)
		require.True(t, got.PassPolicy.Known)
		require.Empty(t, got.Person.Unknown)
	}
}

func TestARefusedPassDropsThePolicy(t *testing.T) {
	t.Parallel()
	answers := ordinary()
	answers[issue] = refusal(400, "badRequest", "Invalid LifetimeInMinutes specified. The valid range between 10 and 20.")
	f := newFake(t, answers)
	d := f.directory(t)
	_, err := d.Facts(t.Context(), access.Question{Person: joni})
	require.NoError(t, err)
	_, _, err = d.IssuePass(t.Context(), joni, access.Terms{Minutes: 60})
	wants(t, err, access.Refused)
	_, err = d.Facts(t.Context(), access.Question{Person: joni})
	require.NoError(t, err)
	require.Contains(t, strings.Join(asked(t, f, 2), "\n"), "/policies/")
}

// TestI8WhatCannotBeLearntIsNamed: each inner request fails in each way, and the
// fact that it would have told is unknown.
func TestI8WhatCannotBeLearntIsNamed(t *testing.T) {
	t.Parallel()
	u := "GET /users/" + string(joni)
	facts := map[string]string{
		u + "/transitiveMemberOf":                                                     "group memberships",
		"GET /roleManagement/directory/roleAssignments":                               "directory roles",
		"GET /roleManagement/directory/roleEligibilityScheduleInstances":              "eligible roles",
		"GET /identityGovernance/privilegedAccess/group/eligibilityScheduleInstances": "eligible group memberships",
		u + "/memberOf":               "administrative units",
		u + "/ownedObjects":           "owned groups",
		u + "/authentication/methods": "authentication methods",
		"GET /groups":                 "role-assignable groups",
	}
	failures := map[string]answer{
		"403":          refusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
		"404":          refusal(404, "Request_ResourceNotFound", "Resource does not exist."),
		"unlicensed":   refusal(400, "AadPremiumLicenseRequired", "The tenant needs to have Microsoft Entra ID P2."),
		"no list":      ok(`{"error":null}`),
		"not JSON":     ok(`"PGh0bWw+"`),
		"nothing":      {status: 200},
		"204":          {status: 204},
		"odd entry":    listOf(`7`),
		"a lost page":  ok(`{"value":[],"@odata.nextLink":"https://graph.invalid/v1.0/next"}`),
		"a dead page":  ok(`{"value":[],"@odata.nextLink":"{base}/v1.0/dead"}`),
		"endless list": ok(`{"value":[],"@odata.nextLink":"{base}/v1.0/endless"}`),
	}
	for key, fact := range facts {
		for kind, failure := range failures {
			t.Run(fact+" "+kind, func(t *testing.T) {
				t.Parallel()
				answers := ordinary()
				f := newFake(t, answers)
				failure.body = strings.ReplaceAll(failure.body, "{base}", f.URL)
				f.set(key, failure)
				f.set("GET /endless", ok(`{"value":[],"@odata.nextLink":"`+f.URL+`/v1.0/endless"}`))
				got, err := f.directory(t).Facts(t.Context(), everybody)
				require.NoError(t, err)
				require.Equal(t, []string{fact}, got.Person.Unknown)
				require.True(t, got.Person.Found)
				require.Contains(t, f.log(), fact, "the engineer is not told")
			})
		}
	}
}

func TestI8OddObjectsAreUnknown(t *testing.T) {
	t.Parallel()
	u := "GET /users/" + string(joni)
	tests := map[string]struct{ key, entry, fact string }{
		"membership of a new type":   {u + "/transitiveMemberOf", `{"@odata.type":"#microsoft.graph.superRole","id":"x"}`, "group memberships"},
		"membership without a type":  {u + "/transitiveMemberOf", `{"id":"x"}`, "group memberships"},
		"membership without an id":   {u + "/transitiveMemberOf", `{"@odata.type":"#microsoft.graph.group"}`, "group memberships"},
		"unit without an id":         {u + "/memberOf", `{"@odata.type":"#microsoft.graph.administrativeUnit"}`, "administrative units"},
		"method without a type":      {u + "/authentication/methods", `{"id":"x"}`, "authentication methods"},
		"pass without its lifetime":  {u + "/authentication/methods", `{"@odata.type":"#microsoft.graph.temporaryAccessPassAuthenticationMethod","id":"x","startDateTime":"2026-02-03T12:00:00Z"}`, "authentication methods"},
		"pass with an odd lifetime":  {u + "/authentication/methods", `{"@odata.type":"#microsoft.graph.temporaryAccessPassAuthenticationMethod","id":"x","startDateTime":"2026-02-03T12:00:00Z","lifetimeInMinutes":"x"}`, "authentication methods"},
		"owned thing without an id":  {u + "/ownedObjects", `{"@odata.type":"#microsoft.graph.group"}`, "owned groups"},
		"listed group without an id": {"GET /groups", `{"displayName":"x"}`, "role-assignable groups"},
		"eligibility for nothing":    {"GET /identityGovernance/privilegedAccess/group/eligibilityScheduleInstances", `{"accessId":"owner"}`, "eligible group memberships"},
		"owned thing without a type": {u + "/ownedObjects", `{"id":"x"}`, "owned groups"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answers := ordinary()
			answers[tt.key] = listOf(tt.entry)
			got, err := newFake(t, answers).directory(t).Facts(t.Context(), access.Question{Person: joni})
			require.NoError(t, err)
			require.Equal(t, []string{tt.fact}, got.Person.Unknown)
			require.Empty(t, got.Person.Passes)
		})
	}
}

func TestFactsUnavailable(t *testing.T) {
	t.Parallel()
	busy := answer{status: 429, header: map[string]string{"retry-after": "7"}}
	tests := map[string]struct {
		key   string
		bad   answer
		after time.Duration
		trips int
	}{
		"the batch is refused":       {"POST /$batch", busy, 7 * time.Second, 4},
		"the batch fails":            {"POST /$batch", answer{status: 500}, 0, 1},
		"the batch is not JSON":      {"POST /$batch", ok("<html>"), 0, 1},
		"the batch answers nothing":  {"POST /$batch", ok(`{"responses":[]}`), 0, 1},
		"hung up":                    {"POST /$batch", answer{hangUp: true}, 0, 1},
		"the person's account":       {"GET /users/" + string(joni) + "?", busy, 7 * time.Second, 4},
		"an account that is none":    {"GET /users/" + string(joni) + "?", ok(`{}`), 0, 1},
		"an account that is a list":  {"GET /users/" + string(joni) + "?", listOf(), 0, 1},
		"the asker's account":        {"GET /users/" + string(adele) + "?", busy, 7 * time.Second, 4},
		"the asker's account denied": {"GET /users/" + string(adele) + "?", refusal(403, "Authorization_RequestDenied", ""), 0, 1},
		"the asker's groups":         {"GET /users/" + string(adele) + "/transitiveMemberOf", busy, 7 * time.Second, 4},
		"odd groups of the asker":    {"GET /users/" + string(adele) + "/transitiveMemberOf", listOf(`{"id":"x"}`), 0, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				answers := ordinary()
				answers[tt.key] = tt.bad
				f := newUntimed(answers)
				got, err := f.directory(t).Facts(t.Context(), everybody)
				require.Equal(t, tt.after, wants(t, err, access.Unavailable).After)
				require.Equal(t, access.Facts{}, got)
				require.Len(t, f.received(), tt.trips)
			})
		})
	}
}

func TestFactsOfAnAskerWhoseGroupsFailAsPerson(t *testing.T) {
	t.Parallel()
	for _, bad := range []answer{{status: 403}, listOf(`{"id":"x"}`), ok(`{}`)} {
		answers := ordinary()
		answers["GET /users/"+string(joni)+"/transitiveMemberOf"] = bad
		_, err := newFake(t, answers).directory(t).Facts(t.Context(), access.Question{Person: joni, Actor: joni})
		wants(t, err, access.Unavailable)
	}
}

func TestFactsOfNobodyThere(t *testing.T) {
	t.Parallel()
	answers := ordinary()
	for key := range answers {
		if strings.HasPrefix(key, "GET /users/"+string(joni)) {
			delete(answers, key)
		}
	}
	// Graph answers so for somebody who was deleted a moment ago.
	answers["GET /users/"+string(joni)+"/authentication/methods"] = refusal(403, "accessDenied", "Request Authorization failed")
	delete(answers, "GET /users/"+string(adele)+"?")
	delete(answers, "GET /users/"+string(adele)+"/transitiveMemberOf")
	got, err := newFake(t, answers).directory(t).Facts(t.Context(), everybody)
	require.NoError(t, err)
	require.Equal(t, access.Subject{Member: access.Member{Person: access.Person{ID: joni}}}, got.Person)
	require.Equal(t, access.Member{Person: access.Person{ID: adele}}, got.Asker)
	require.False(t, got.Asker.MayAct())
}

func TestFactsReadLongListsToTheEnd(t *testing.T) {
	t.Parallel()
	f := newFake(t, ordinary())
	next := `],"@odata.nextLink":"` + f.URL + `/v1.0/next?$skiptoken=abc%2Bdef"}`
	f.set("GET /users/"+string(adele)+"/transitiveMemberOf", ok(`{"value":[`+groupJSON("aa", "one", "null")+next))
	f.set("GET /next?$skiptoken=abc%2Bdef", listOf(groupJSON(desk, "Help desk", "null")))
	got, err := f.directory(t).Facts(t.Context(), everybody)
	require.NoError(t, err)
	require.Equal(t, []access.ID{"aa", desk}, got.Asker.Groups)
	require.Equal(t, []access.ID{"aa", desk}, got.Actor.Groups)
}

func TestStanding(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		account  string
		want     access.Member
		external bool
	}{
		"member":              {`"accountEnabled":true,"userType":"Member"`, access.Member{Enabled: true}, false},
		"disabled":            {`"accountEnabled":false,"userType":"Member"`, access.Member{}, false},
		"not told if enabled": {`"accountEnabled":null,"userType":"Member"`, access.Member{}, false},
		"not told what":       {`"accountEnabled":true,"userType":null`, access.Member{Enabled: true, Guest: true}, false},
		"nothing told":        {`"mail":null`, access.Member{Guest: true}, false},
		"internal guest":      {`"accountEnabled":true,"userType":"Guest"`, access.Member{Enabled: true, Guest: true}, false},
		"invited guest":       {`"accountEnabled":true,"userType":"Guest","externalUserState":"PendingAcceptance"`, access.Member{Enabled: true, Guest: true}, true},
		"guest by name":       {`"accountEnabled":true,"userType":"Guest","userPrincipalName":"g_x.example#EXT#@y.example"`, access.Member{Enabled: true, Guest: true, Person: access.Person{UPN: "g_x.example#EXT#@y.example"}}, true},
		"external member":     {`"accountEnabled":true,"userType":"Member","externalUserState":"Accepted"`, access.Member{Enabled: true}, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answers := ordinary()
			answers["GET /users/"+string(joni)+"?"] = ok(`{"id":"` + string(joni) + `",` + tt.account + `}`)
			got, err := newFake(t, answers).directory(t).Facts(t.Context(), access.Question{Person: joni})
			require.NoError(t, err)
			tt.want.ID, tt.want.Found, tt.want.Groups = joni, true, []access.ID{}
			require.Empty(t, cmp.Diff(tt.want, got.Person.Member))
			require.Equal(t, tt.external, got.Person.External)
			require.Nil(t, got.Person.Manager)
		})
	}
}

func TestAContactIsNoManager(t *testing.T) {
	t.Parallel()
	for kind, has := range map[string]bool{"orgContact": false, "user": true} {
		answers := ordinary()
		manager := fmt.Sprintf(`,"manager":{"@odata.type":"#microsoft.graph.%s","id":"%s","displayName":"Megan"}`, kind, megan)
		answers["GET /users/"+string(joni)+"?"] = ok(userJSON(joni, "Joni", manager))
		got, err := newFake(t, answers).directory(t).Facts(t.Context(), access.Question{Person: joni})
		require.NoError(t, err)
		require.Equal(t, has, got.Person.Manager != nil)
	}
}

func TestWithoutPIMNobodyIsAskedForEligibility(t *testing.T) {
	t.Parallel()
	answers := ordinary()
	for _, path := range []string{"/roleManagement/directory/roleEligibilityScheduleInstances", "/identityGovernance"} {
		answers["GET "+path] = refusal(400, "AadPremiumLicenseRequired", "The tenant needs to have Microsoft Entra ID P2.")
	}
	f := newFake(t, answers)
	d := f.directory(t, func(o *graph.Options) { o.PIM = false })
	got, err := d.Facts(t.Context(), access.Question{Person: joni})
	require.NoError(t, err)
	require.Empty(t, got.Person.Unknown)
	require.NotContains(t, strings.Join(asked(t, f, 0), "\n"), "ligib")
}
