package graph_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/manners"
)

// slowest is longer than any change takes to be seen.
const slowest = 10 * time.Second

// delayed finds the moment from which something is seen, and checks that it is
// within the bounds of replication.
func (w *world) delayed(seen func() bool) {
	w.t.Helper()
	for waited := time.Duration(0); waited <= slowest; waited += 100 * time.Millisecond {
		if seen() {
			require.GreaterOrEqual(w.t, waited, 2*time.Second)
			return
		}
		w.tenant.Advance(100 * time.Millisecond)
	}
	w.t.Fatal("never seen")
}

func TestDelayOfAPass(t *testing.T) {
	t.Parallel()
	w := rude(t, 0, "delay")
	path := "/users/{joni}/authentication/temporaryAccessPassMethods"
	made := w.call("POST", path, "{}")
	require.Equal(t, http.StatusCreated, made.status)
	require.NotEmpty(t, made.body["temporaryAccessPass"])
	id, _ := made.body["id"].(string)
	require.Empty(t, w.get(path).values())
	require.Len(t, w.get("/users/{joni}/authentication/methods").values(), 1)
	require.Equal(t, http.StatusNotFound, w.get(path+"/"+id).status)
	w.delayed(func() bool { return len(w.get(path).values()) == 1 })
	require.Equal(t, http.StatusOK, w.get(path+"/"+id).status)

	require.Equal(t, http.StatusNoContent, w.call("DELETE", path+"/"+id, "").status)
	require.Equal(t, http.StatusNotFound, w.call("DELETE", path+"/"+id, "").status, "a change meets the truth")
	require.Len(t, w.get(path).values(), 1)
	w.delayed(func() bool { return len(w.get(path).values()) == 0 })
}

func TestDelayOfAMembership(t *testing.T) {
	t.Parallel()
	w := rude(t, 0, "delay")
	group, body := "/groups/{exclude-platforms}/members", `{"@odata.id":"https://graph.microsoft.com/v1.0/directoryObjects/`+w.id("joni")+`"}`
	require.Equal(t, http.StatusNoContent, w.call("POST", group+"/$ref", body).status)
	require.Equal(t, http.StatusBadRequest, w.call("POST", group+"/$ref", body).status)
	seen := func() bool {
		listed := len(w.get(group).values()) == 1
		require.Equal(t, listed, len(w.get("/users/{joni}/transitiveMemberOf").values()) == 1)
		checked := w.call("POST", "/users/{joni}/checkMemberGroups", `{"groupIds":["`+w.id("exclude-platforms")+`"]}`)
		list, _ := checked.body["value"].([]any)
		require.Equal(t, listed, len(list) == 1)
		return listed
	}
	require.False(t, seen())
	w.delayed(seen)
	require.Equal(t, http.StatusNoContent, w.call("DELETE", group+"/{joni}/$ref", "").status)
	require.True(t, seen())
	w.delayed(func() bool { return !seen() })
}

func TestDelayOfAMethod(t *testing.T) {
	t.Parallel()
	w := rude(t, 0, "delay")
	list := w.get("/users/{alex}/authentication/fido2Methods")
	require.Len(t, list.values(), 1)
	id, _ := list.values()[0]["id"].(string)
	require.Equal(t, http.StatusNoContent, w.call("DELETE", "/users/{alex}/authentication/fido2Methods/"+id, "").status)
	require.Equal(t, http.StatusOK, w.get("/users/{alex}/authentication/fido2Methods/"+id).status)
	w.delayed(func() bool { return len(w.get("/users/{alex}/authentication/fido2Methods").values()) == 0 })
}

// What is changed past Graph, on the control port, is seen at once.
func TestNoDelayPastGraph(t *testing.T) {
	t.Parallel()
	w := rude(t, 0, "delay", "lag")
	require.NoError(t, w.tenant.AddMember("exclude-platforms", "joni"))
	_, err := w.tenant.IssuePass("joni", entra.PassWish{})
	require.NoError(t, err)
	require.Len(t, w.get("/groups/{exclude-platforms}/members").values(), 1)
	require.Len(t, w.get("/groups/{exclude-platforms}/members/graph.user", eventual...).values(), 1)
	require.Len(t, w.get("/users/{joni}/authentication/temporaryAccessPassMethods").values(), 1)
}

func TestLag(t *testing.T) {
	t.Parallel()
	w := rude(t, 0, "delay", "lag")
	members := "/groups/{exclude-platforms}/members"
	require.Equal(t, http.StatusNoContent, w.call("POST", members+"/$ref", `{"@odata.id":"https://graph.microsoft.com/v1.0/users/`+w.id("joni")+`"}`).status)
	w.tenant.Advance(slowest)
	require.Len(t, w.get(members).values(), 1)
	require.Empty(t, w.get(members+"/graph.user", eventual...).values())
	count := func() string { return w.get("/users/{joni}/transitiveMemberOf/$count", eventual...).text }
	require.Equal(t, "0", count())
	w.tenant.Advance(20 * time.Second)
	require.Len(t, w.get(members+"/graph.user", eventual...).values(), 1)
	require.Equal(t, "1", count())
}

func TestPaging(t *testing.T) {
	t.Parallel()
	w := rude(t, 60, "paging")
	everybody := len(w.tenant.People())
	seen := map[any]bool{}
	pages := 0
	for path := "/users?$select=id&$top=999"; path != ""; pages++ {
		a := w.get(path)
		require.LessOrEqual(t, len(a.values()), 20)
		for _, id := range a.each("id") {
			require.False(t, seen[id], "twice")
			seen[id] = true
		}
		path, _ = a.body["@odata.nextLink"].(string)
		require.NotContains(t, path, "skip=")
	}
	require.Len(t, seen, everybody)
	require.Equal(t, (everybody+19)/20, pages)
	require.Len(t, w.get("/users?$top=11").values(), 11, "short pages are as asked for")
}

func TestNoise(t *testing.T) {
	t.Parallel()
	w := rude(t, 0, "noise")
	a := w.get("/users/{joni}")
	var diagnostic struct {
		ServerInfo struct{ DataCenter, RoleInstance string }
	}
	require.NoError(t, json.Unmarshal([]byte(a.header.Get("X-Ms-Ags-Diagnostic")), &diagnostic))
	require.NotEmpty(t, diagnostic.ServerInfo.RoleInstance)
	require.Equal(t, "1", a.header.Get("X-Ms-Resource-Unit"))
	require.Equal(t, "4.0", a.header.Get("Odata-Version"))
	require.Contains(t, a.body, "@microsoft.graph.tips")
	require.Contains(t, w.get("/groups").body, "@microsoft.graph.tips")
	require.NotContains(t, w.get("/users/{joni}?$select=id").body, "@microsoft.graph.tips")
	inner := w.batch(`{"requests":[{"id":"1","method":"GET","url":"/users?$expand=manager"}]}`)["1"]
	require.Equal(t, "3", inner.header.Get("X-Ms-Resource-Unit"))
}

func TestUnknowns(t *testing.T) {
	t.Parallel()
	w := rude(t, 0, "unknowns")
	kinds := w.get("/users/{eli}/authentication/methods").each("@odata.type")
	require.Contains(t, kinds, "#microsoft.graph.externalAuthenticationMethod")
	require.Contains(t, w.get("/policies/authenticationMethodsPolicy").text, "#microsoft.graph.qrCodePinAuthenticationMethodConfiguration")
	require.Contains(t, w.get("/roleManagement/directory/roleAssignments").values()[0], "principalOrganizationId")

	draft := func(header ...string) (platforms, controls any) {
		list := w.get("/identity/conditionalAccess/policies", header...).values()
		require.Len(t, list, len(w.tenant.Policies())+1)
		last := list[len(list)-1]
		require.Equal(t, "disabled", last["state"])
		require.Contains(t, last, "deletedDateTime")
		id, _ := last["id"].(string)
		require.Equal(t, last["conditions"], w.get("/identity/conditionalAccess/policies/"+id, header...).body["conditions"])
		conditions, _ := last["conditions"].(map[string]any)
		shown, _ := conditions["platforms"].(map[string]any)
		grant, _ := last["grantControls"].(map[string]any)
		return shown["includePlatforms"], grant["builtInControls"]
	}
	platforms, controls := draft()
	require.Equal(t, []any{"unknownFutureValue"}, platforms)
	require.Equal(t, []any{"unknownFutureValue"}, controls)
	platforms, controls = draft("Prefer", "include-unknown-enum-members")
	require.Equal(t, []any{"linux"}, platforms)
	require.Equal(t, []any{"riskRemediation"}, controls)
}

// Each variant is one switch, which is off by default or, where the likelier
// behaviour has a name, on.
func TestVariants(t *testing.T) {
	t.Parallel()
	const passes = "/users/{joni}/authentication/temporaryAccessPassMethods"
	leaveOut := func(w *world) {
		w.tenant.SetTAPPolicy(func(p *entra.PassPolicy) { p.Exclude = []entra.Target{{Type: "user", ID: w.id("joni")}} })
	}
	status := func(method, path, body string) func(w *world) any {
		return func(w *world) any { return w.call(method, path, body).status }
	}
	for name, test := range map[string]struct {
		before  func(w *world)
		see     func(w *world) any
		off, on any
	}{
		"deletedIsDenied": {
			func(w *world) { require.NoError(w.t, w.tenant.RemovePerson("alex")) },
			func(w *world) any {
				gone := entra.New(entra.Options{Now: func() time.Time { return morning }})
				p, _ := gone.Person("alex")
				return w.get("/users/" + p.ID + "/authentication/methods").status
			}, 404, 403,
		},
		"passForAnyone": {leaveOut, func(w *world) any {
			made := w.call("POST", passes, "{}")
			return [2]any{made.status, made.body["methodUsabilityReason"]}
		}, [2]any{400, nil}, [2]any{201, "DisabledByPolicy"}},
		"scopeIsDenied": {leaveOut, func(w *world) any {
			refused := w.call("POST", passes, "{}")
			require.Contains(w.t, refused.message(), "UserCredentialPolicy")
			return [2]any{refused.status, refused.code()}
		}, [2]any{400, "badRequest"}, [2]any{403, "accessDenied"}},
		"membersNeedUsers": {nil, func(w *world) any {
			body := `{"@odata.id":"https://graph.microsoft.com/v1.0/users/` + w.id("joni") + `"}`
			return w.call("POST", "/groups/{exclude-platforms}/members/$ref", body).status
		}, 204, 403},
		"wholeConditions": {nil, func(w *world) any {
			w.patched("platforms", `{"conditions":{"users":{"includeUsers":["All"]}}}`)
			return w.get(w.policyPath("platforms")).at("conditions.applications.includeApplications")
		}, []any{"All"}, []any{}},
		"flicker": {func(w *world) {
			require.NoError(w.t, w.tenant.Replicate("exclude-platforms", time.Minute, func() error { return w.tenant.AddMember("exclude-platforms", "joni") }))
			require.NoError(w.t, w.tenant.Replicate("platforms", time.Minute, func() error {
				return w.tenant.ChangePolicy("platforms", func(p *entra.Policy) { p.State = "disabled" })
			}))
		}, func(w *world) any {
			var seen []any
			for range 2 {
				seen = append(seen, len(w.get("/groups/{exclude-platforms}/members").values()))
			}
			for range 2 {
				seen = append(seen, w.get(w.policyPath("platforms")).body["state"])
			}
			return seen
		}, []any{0, 0, "enabled", "enabled"}, []any{1, 0, "disabled", "enabled"}},
		"betaNulls": {nil, func(w *world) any {
			policy := w.get(w.policyPath("platforms"))
			conditions, _ := policy.body["conditions"].(map[string]any)
			_, strategy := policy.body["partialEnablementStrategy"]
			_, times := conditions["times"]
			return strategy && times && w.whatIf("joni", anyApp, "{}", false).status == http.StatusOK
		}, false, true},
		"quietDelete": {nil, status("DELETE", passes+"/11111111-2222-3333-4444-555555555555", ""), 404, 204},
		"longChecks": {nil, func(w *world) any {
			ids, err := json.Marshal(strings.Fields(strings.Repeat(w.id("helpdesk")+" ", 21)))
			require.NoError(w.t, err)
			return w.call("POST", "/users/{joni}/checkMemberGroups", `{"groupIds":`+string(ids)+`}`).status
		}, 400, 200},
		"bareConflict": {nil, func(w *world) any {
			again := w.call("POST", "/users/{adele}/teamwork/installedApps", `{"teamsApp@odata.bind":"https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/`+w.tenant.CatalogAppID()+`"}`)
			require.Equal(w.t, http.StatusConflict, again.status)
			return again.text == ""
		}, false, true},
		"passkeyProfiles": {nil, func(w *world) any {
			policy := w.get("/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2")
			_, shown := policy.body["passkeyProfiles"]
			return shown
		}, false, true},
		"types2025": {nil, func(w *world) any {
			_, shown := w.get("/users/{alex}/authentication/fido2Methods").values()[0]["passkeyType"]
			return shown
		}, true, false},
	} {
		for _, on := range []bool{false, true} {
			w, want := newWorld(t, 0), test.off
			if on {
				want = test.on
			}
			m, err := manners.Calm().With(on, name)
			require.NoError(t, err)
			w.graph.Manners = manners.New(m)
			if test.before != nil {
				test.before(w)
			}
			require.Equal(t, want, test.see(w), "%s %t", name, on)
		}
	}
}

// A calm tenant has none of it.
func TestCalm(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 60)
	for range 10 {
		require.Equal(t, http.StatusOK, w.get("/identity/conditionalAccess/policies").status)
		a := w.get("/users/{eli}/authentication/methods")
		require.NotContains(t, a.each("@odata.type"), "#microsoft.graph.externalAuthenticationMethod")
		require.Empty(t, a.header.Get("X-Ms-Ags-Diagnostic"))
	}
	list := w.get("/users?$top=999")
	require.Len(t, list.values(), len(w.tenant.People()))
	require.NotContains(t, list.body, "@microsoft.graph.tips")
	require.Empty(t, list.header.Get("X-Ms-Resource-Unit"))
	require.Equal(t, http.StatusCreated, w.call("POST", "/users/{joni}/authentication/temporaryAccessPassMethods", "{}").status)
	require.Len(t, w.get("/users/{joni}/authentication/temporaryAccessPassMethods").values(), 1)
}
