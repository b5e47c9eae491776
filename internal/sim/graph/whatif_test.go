package graph_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// whatIf asks for somebody, in a context and under conditions, each as JSON.
func (w *world) whatIf(alias, context, conditions string, applied bool) answer {
	w.t.Helper()
	only := ""
	if applied {
		only = `,"appliedPoliciesOnly":true`
	}
	return w.call("POST", "/identity/conditionalAccess/evaluate",
		`{"signInIdentity":{"@odata.type":"#microsoft.graph.userSignIn","userId":"`+w.id(alias)+`"},"signInContext":`+context+`,"signInConditions":`+conditions+only+`}`)
}

const (
	anyApp      = `{"@odata.type":"#microsoft.graph.applicationContext","includeApplications":["00000003-0000-0ff1-ce00-000000000000"]}`
	registering = `{"@odata.type":"#microsoft.graph.userActionContext","userAction":"registerSecurityInformation"}`
	onPhone     = `{"devicePlatform":"iOS","clientAppType":"browser","country":"NO","ipAddress":"203.0.113.7","signInRiskLevel":"none","userRiskLevel":"none","deviceInfo":{"isCompliant":false}}`
)

func TestWhatIf(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	for name, c := range map[string]struct {
		who, context, conditions string
		applies, reasons         []any // enforcement, platforms
	}{
		"on a phone":         {"joni", anyApp, onPhone, []any{true, true}, []any{"notSet", "notSet"}},
		"on Windows":         {"joni", anyApp, `{"devicePlatform":"windows"}`, []any{true, false}, []any{"notSet", "devicePlatform"}},
		"nothing told":       {"joni", anyApp, `{}`, []any{true, true}, []any{"notSet", "notSet"}},
		"excluded":           {"breakglass", anyApp, onPhone, []any{false, false}, []any{"users", "users"}},
		"registering":        {"joni", registering, `{"devicePlatform":"windows"}`, []any{false, false}, []any{"userActions", "userActions,devicePlatform"}},
		"another context":    {"joni", `{"@odata.type":"#microsoft.graph.authContext","authenticationContextValue":"c1"}`, `{}`, []any{false, false}, []any{"authenticationContext", "authenticationContext"}},
		"without namespaces": {"joni", `{"@odata.type":"microsoft.graph.applicationContext","includeApplications":["All"]}`, `{"@odata.type":"microsoft.graph.signInConditions"}`, []any{true, true}, []any{"notSet", "notSet"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := w.in(t).whatIf(c.who, c.context, c.conditions, false)
			require.Equal(t, http.StatusOK, a.status, a.text)
			require.Equal(t, w.server.URL+"/v1.0/$metadata#Collection(microsoft.graph.whatIfAnalysisResult)", a.body["@odata.context"])
			require.Equal(t, c.applies, a.each("policyApplies"))
			require.Equal(t, c.reasons, a.each("analysisReasons"))
			require.Equal(t, w.get("/identity/conditionalAccess/policies").each("conditions"), a.each("conditions"))
		})
	}
}

func TestWhatIfOfAppliedPoliciesOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	require.Len(t, w.whatIf("joni", anyApp, `{"devicePlatform":"windows"}`, true).values(), 1)
	require.Equal(t, []any{}, w.whatIf("breakglass", anyApp, onPhone, true).body["value"])
}

// A policy that only reports is said to apply; its state says that it does not count.
func TestWhatIfShowsReportingPolicies(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	require.NoError(t, w.tenant.ChangePolicy("platforms", func(p *entra.Policy) { p.State = "enabledForReportingButNotEnforced" }))
	require.NoError(t, w.tenant.ChangePolicy("enforcement", func(p *entra.Policy) { p.State = "disabled" }))
	a := w.whatIf("joni", anyApp, onPhone, false)
	require.Equal(t, []any{false, true}, a.each("policyApplies"))
	require.Equal(t, []any{"policyNotEnabled", "notSet"}, a.each("analysisReasons"))
	require.Equal(t, []any{"disabled", "enabledForReportingButNotEnforced"}, a.each("state"))
}

func TestWhatIfSeesChangesLate(t *testing.T) {
	t.Parallel()
	w := rude(t, 0, "delay", "policyDelay")
	applied := func() int { return len(w.whatIf("joni", anyApp, onPhone, true).values()) }
	require.Equal(t, 2, applied())
	require.Equal(t, http.StatusNoContent, w.call("POST", "/groups/{exclude-platforms}/members/$ref", `{"@odata.id":"https://graph.microsoft.com/v1.0/directoryObjects/`+w.id("joni")+`"}`).status)
	require.Equal(t, 2, applied())
	w.tenant.Advance(slowest)
	require.Equal(t, 1, applied())
	w.patched("enforcement", `{"state":"disabled"}`)
	require.Equal(t, 1, applied())
	w.tenant.Advance(12 * time.Second)
	require.Zero(t, applied())
}

func TestQuestionsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	who := `{"@odata.type":"#microsoft.graph.userSignIn","userId":"` + w.id("joni") + `"}`
	for name, c := range map[string]struct {
		body   string
		status int
	}{
		"nothing":    {`{}`, 400},
		"nobody":     {`{"signInContext":` + anyApp + `}`, 400},
		"no context": {`{"signInIdentity":` + who + `}`, 400},
		"a workload": {`{"signInIdentity":{"@odata.type":"#microsoft.graph.servicePrincipalSignIn"},"signInContext":` + anyApp + `}`, 400},
		"a stranger": {`{"signInIdentity":{"@odata.type":"#microsoft.graph.userSignIn","userId":"00000000-0000-4000-8000-000000000000"},"signInContext":` + anyApp + `}`, 404},
		"an alias":   {`{"signInIdentity":{"@odata.type":"#microsoft.graph.userSignIn","userId":"joni"},"signInContext":` + anyApp + `}`, 404},
		"no action":  {`{"signInIdentity":` + who + `,"signInContext":{"@odata.type":"#microsoft.graph.userActionContext","userAction":"registersecurityinfo"}}`, 400},
		"no apps":    {`{"signInIdentity":` + who + `,"signInContext":{"@odata.type":"#microsoft.graph.applicationContext","includeApplications":[]}}`, 400},
		"platform":   {`{"signInIdentity":` + who + `,"signInContext":` + anyApp + `,"signInConditions":{"devicePlatform":"ios"}}`, 400},
		"foreign":    {`{"signInIdentity":` + who + `,"signInContext":` + anyApp + `,"conditionalAccessWhatIfSubject":{}}`, 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.status, w.in(t).call("POST", "/identity/conditionalAccess/evaluate", c.body).status)
		})
	}
}
