package graph_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// policyPath is a policy's, by alias.
func (w *world) policyPath(alias string) string {
	w.t.Helper()
	p, ok := w.tenant.Policy(alias)
	require.True(w.t, ok, alias)
	return "/identity/conditionalAccess/policies/" + p.ID
}

// part is what a reply has at a path such as "conditions.users".
func (a answer) at(path string) any {
	var here any = a.body
	for name := range strings.SplitSeq(path, ".") {
		o, _ := here.(map[string]any)
		here = o[name]
	}
	return here
}

// patched sends a change that is to be accepted.
func (w *world) patched(alias, body string) {
	w.t.Helper()
	a := w.call("PATCH", w.policyPath(alias), body)
	require.Equal(w.t, http.StatusNoContent, a.status, a.text)
	require.Empty(w.t, a.text)
}

func TestWhatAPatchNamesIsReplaced(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	path := w.policyPath("platforms")
	joni, breakglass := w.id("joni"), w.id("breakglass")
	before := w.get(path)
	require.Nil(t, before.body["modifiedDateTime"])
	require.Equal(t, []any{breakglass}, before.at("conditions.users.excludeUsers"))

	w.patched("platforms", `{"conditions":{"users":{"includeUsers":["All"],"excludeUsers":["`+breakglass+`","`+joni+`"],"excludeGroups":["`+w.id("exclude-platforms")+`"]}}}`)
	after := w.get(path)
	require.Equal(t, []any{breakglass, joni}, after.at("conditions.users.excludeUsers"))
	require.NotNil(t, after.body["modifiedDateTime"])
	for _, same := range []string{"displayName", "state", "createdDateTime", "conditions.applications", "conditions.platforms", "conditions.clientAppTypes", "grantControls"} {
		require.Equal(t, before.at(same), after.at(same), same)
	}

	w.patched("platforms", `{"state":"disabled"}`)
	require.Equal(t, "disabled", w.get(path).body["state"])
	require.Equal(t, after.body["conditions"], w.get(path).body["conditions"])
	require.NotEqual(t, after.body["modifiedDateTime"], w.get(path).body["modifiedDateTime"])
}

// Whoever sends the list that matters alone loses its neighbours.
func TestAPatchWipesSiblings(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	w.patched("platforms", `{"conditions":{"users":{"excludeUsers":["`+w.id("joni")+`"]}}}`)
	a := w.get(w.policyPath("platforms"))
	require.Equal(t, []any{w.id("joni")}, a.at("conditions.users.excludeUsers"), "lists are replaced")
	require.Equal(t, []any{}, a.at("conditions.users.includeUsers"))
	require.Equal(t, []any{}, a.at("conditions.users.excludeGroups"))
	require.Equal(t, []any{"all"}, a.at("conditions.platforms.includePlatforms"))

	w.patched("platforms", `{"conditions":{"platforms":{"includePlatforms":["iOS"]}},"grantControls":{"operator":"AND"}}`)
	a = w.get(w.policyPath("platforms"))
	require.Equal(t, []any{}, a.at("conditions.platforms.excludePlatforms"))
	require.Equal(t, []any{}, a.at("grantControls.builtInControls"))
}

func TestPatchesThatDoNotMatchTheSchema(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	path := w.policyPath("enforcement")
	before := w.get(path).text
	whole := w.get(path)
	delete(whole.body, "@odata.context")
	echo, err := json.Marshal(whole.body)
	require.NoError(t, err)
	conditions, err := json.Marshal(map[string]any{"conditions": whole.body["conditions"]})
	require.NoError(t, err)
	for name, body := range map[string]string{
		"the whole policy again":  string(echo),
		"its conditions again":    string(conditions),
		"null in conditions":      `{"conditions":{"locations":null}}`,
		"null in users":           `{"conditions":{"users":{"includeUsers":["All"],"includeGuestsOrExternalUsers":null}}}`,
		"conditions null":         `{"conditions":null}`,
		"foreign":                 `{"partialEnablementStrategy":"x"}`,
		"foreign in conditions":   `{"conditions":{"times":{}}}`,
		"foreign in users":        `{"conditions":{"users":{"excludeGuests":[]}}}`,
		"read-only":               `{"modifiedDateTime":"2026-02-03T09:15:22Z"}`,
		"state":                   `{"state":"on"}`,
		"not told":                `{"grantControls":{"operator":"OR","builtInControls":["unknownFutureValue"]}}`,
		"alias for an id":         `{"conditions":{"users":{"excludeUsers":["joni"]}}}`,
		"no list":                 `{"conditions":{"users":{"excludeUsers":"All"}}}`,
		"no object":               `{"conditions":{"users":[]}}`,
		"strength that is none":   `{"grantControls":{"authenticationStrength":{"id":"x"}}}`,
		"nothing":                 `{}`,
		"no JSON":                 `{`,
		"good and bad is nothing": `{"state":"disabled","conditions":{"users":null}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := w.in(t)
			a := w.call("PATCH", path, body)
			require.Equal(t, http.StatusBadRequest, a.status)
			require.Equal(t, "BadRequest", a.code())
			require.Contains(t, a.message(), "1007: Incoming ConditionalAccessPolicy object is null or does not match the schema")
			require.Equal(t, before, w.get(path).text)
		})
	}
	require.Equal(t, http.StatusNotFound, w.call("PATCH", "/identity/conditionalAccess/policies/"+w.id("joni"), `{"state":"disabled"}`).status)
}

func TestAPolicyOfTheBetaVersion(t *testing.T) {
	t.Parallel()
	w := rude(t, 0, "unknowns")
	require.NoError(t, w.tenant.ChangePolicy("platforms", func(p *entra.Policy) { p.Beta = true }))
	drafts := w.get("/identity/conditionalAccess/policies?$filter=state eq 'disabled'").values()
	require.Len(t, drafts, 1)
	draft, _ := drafts[0]["id"].(string)
	for _, path := range []string{w.policyPath("platforms"), "/identity/conditionalAccess/policies/" + draft} {
		a := w.call("PATCH", path, `{"state":"enabled"}`)
		require.Equal(t, http.StatusBadRequest, a.status)
		require.Contains(t, a.message(), "1038: ")
		require.Equal(t, http.StatusOK, w.get(path).status)
	}
}

// What a client does not know stays as it was, if the client leaves it alone.
func TestAPatchKeepsUnknownMembers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	locations := `{"includeLocations":["All"],"excludeLocations":["AllTrusted"]}`
	guests := `{"guestOrExternalUserTypes":"b2bCollaborationGuest","externalTenants":{"@odata.type":"#microsoft.graph.conditionalAccessAllExternalTenants","membershipKind":"all"}}`
	w.patched("platforms", `{"@odata.type":"#microsoft.graph.conditionalAccessPolicy","sessionControls":{"signInFrequency":{"value":1,"type":"hours","isEnabled":true}},
		"conditions":{"locations":`+locations+`,"signInRiskLevels":["high"],"users":{"@odata.type":"microsoft.graph.conditionalAccessUsers","includeUsers":["All"],"excludeGuestsOrExternalUsers":`+guests+`},
		"platforms":{"includePlatforms":["linux"]}},"grantControls":{"operator":"OR","builtInControls":["riskRemediation"],"termsOfUse":["`+w.id("joni")+`"],"authenticationStrength":{"id":"`+entra.StrengthMFA+`"}}}`)
	show := func() answer { return w.get(w.policyPath("platforms"), "Prefer", "include-unknown-enum-members") }
	before := show()
	require.Equal(t, []any{"riskRemediation"}, before.at("grantControls.builtInControls"))
	require.Equal(t, []any{"linux"}, before.at("conditions.platforms.includePlatforms"))
	require.Equal(t, []any{w.id("joni")}, before.at("grantControls.termsOfUse"))
	require.Equal(t, entra.StrengthMFA, before.at("grantControls.authenticationStrength.id"))
	require.Equal(t, []any{"high"}, before.at("conditions.signInRiskLevels"))
	require.InDelta(t, 1, before.at("sessionControls.signInFrequency.value"), 0)
	shown, err := json.Marshal(before.at("conditions.locations"))
	require.NoError(t, err)
	require.JSONEq(t, locations, string(shown))
	shown, err = json.Marshal(before.at("conditions.users.excludeGuestsOrExternalUsers"))
	require.NoError(t, err)
	require.JSONEq(t, guests, string(shown))
	require.Equal(t, []any{"unknownFutureValue"}, w.get(w.policyPath("platforms")).at("grantControls.builtInControls"))

	w.patched("platforms", `{"conditions":{"users":{"includeUsers":["All"],"excludeUsers":["`+w.id("joni")+`"]}}}`)
	after := show()
	for _, same := range []string{"grantControls", "sessionControls", "conditions.locations", "conditions.signInRiskLevels", "conditions.platforms"} {
		require.Equal(t, before.at(same), after.at(same), same)
	}
	require.Nil(t, after.at("conditions.users.excludeGuestsOrExternalUsers"), "within users it is a sibling like others")
	w.patched("platforms", `{"sessionControls":null,"grantControls":null}`)
	require.Nil(t, show().body["sessionControls"])
	require.Nil(t, show().body["grantControls"])
}

func TestDelayOfAPolicy(t *testing.T) {
	t.Parallel()
	w := rude(t, 0, "policyDelay")
	states := func() [2]any {
		return [2]any{w.get(w.policyPath("platforms")).body["state"], w.get("/identity/conditionalAccess/policies").each("state")[1]}
	}
	old, changed := [2]any{"enabled", "enabled"}, [2]any{"disabled", "disabled"}
	w.patched("platforms", `{"state":"disabled"}`)
	w.tenant.Advance(8*time.Second - time.Millisecond)
	require.Equal(t, old, states())
	require.Nil(t, w.get(w.policyPath("platforms")).body["modifiedDateTime"])
	w.tenant.Advance(4 * time.Second)
	require.Equal(t, changed, states())
	require.NotNil(t, w.get(w.policyPath("platforms")).body["modifiedDateTime"])
}

func TestThrottlingCountsEveryPolicyCall(t *testing.T) {
	t.Parallel()
	w := rude(t, 0, "throttling")
	path := w.policyPath("platforms")
	require.Equal(t, http.StatusNoContent, w.call("PATCH", path, `{"state":"disabled"}`).status)
	for _, call := range []struct{ method, path string }{{"GET", path}, {"PATCH", path}, {"POST", "/identity/conditionalAccess/evaluate"}} {
		require.Zero(t, tooMany(t, w.call(call.method, call.path, "{}")))
	}
	w.tenant.Advance(time.Second)
	require.Equal(t, http.StatusBadRequest, w.call("POST", "/identity/conditionalAccess/evaluate", "{}").status)
	require.Zero(t, tooMany(t, w.get(path)), "a question that is refused for what it says has counted")
	w.tenant.Advance(time.Second)
	replies := w.batch(`{"requests":[{"id":"1","method":"GET","url":"` + path + `"},{"id":"2","method":"GET","url":"` + path + `"}]}`)
	require.ElementsMatch(t, []int{http.StatusOK, http.StatusTooManyRequests}, []int{replies["1"].status, replies["2"].status})
}

func TestPolicyChangesAreInTheLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	w.patched("platforms", `{"state":"disabled"}`)
	line := w.get("/auditLogs/directoryAudits").values()[0]
	require.Equal(t, "Update conditional access policy", line["activityDisplayName"])
	require.Equal(t, "Conditional Access", line["loggedByService"])
	require.Contains(t, w.get("/auditLogs/directoryAudits").text, "Passkey test: unsupported platforms")
}
