package graph_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/manners"
	"github.com/passdesk/passdesk/internal/sim/signin"
)

// signedIn is a world in which people have tried to sign in, a minute apart.
func signedIn(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, 0)
	page := signin.New(w.tenant, signin.Options{})
	for _, attempt := range []signin.Attempt{
		{User: "grady", Platform: "iOS", Method: signin.Authenticator},
		{User: "joni", Platform: "windows", Method: signin.Password},
		{User: "alex", Platform: "windows", Method: signin.Passkey},
		{User: "grady", Platform: "windows", Method: signin.Password, Code: "wrong"},
	} {
		page.SignIn(attempt)
		w.tenant.Advance(time.Minute)
	}
	return w
}

func (a answer) errorCodes() []int {
	codes := []int{}
	for _, v := range a.values() {
		status, _ := v["status"].(map[string]any)
		code, _ := status["errorCode"].(float64)
		codes = append(codes, int(code))
	}
	return codes
}

func TestSignInsFiltered(t *testing.T) {
	t.Parallel()
	w := signedIn(t)
	all := []int{50126, 0, 50079, 50076, 50072, 53003}
	for filter, want := range map[string][]int{
		"":                                  all,
		"userId eq '" + w.id("grady") + "'": {50126, 53003},
		"userPrincipalName eq 'joni.sherman@nordlys.example'":                           {50079, 50076, 50072},
		"startsWith(userPrincipalName,'JONI')":                                          {50079, 50076, 50072},
		"startswith(ipAddress,'203.0.113.')":                                            all,
		"status/errorCode eq 53003":                                                     {53003},
		"status/errorCode eq 0":                                                         {0},
		"conditionalAccessStatus eq 'failure'":                                          {50079, 50076, 50072, 53003},
		"conditionalAccessStatus eq 'success'":                                          {0},
		"appId eq '19db86c3-b2b9-44cc-b339-36da233a3be2'":                               all,
		"createdDateTime ge 2026-02-03T09:17:00Z":                                       {50126, 0},
		"createdDateTime le 2026-02-03T09:15:22Z":                                       {53003},
		"userId eq '" + w.id("grady") + "' and createdDateTime ge 2026-02-03T09:16:00Z": {50126},
		"userId eq '" + w.id("lee") + "'":                                               {},
	} {
		a := w.get("/auditLogs/signIns?$filter=" + url.QueryEscape(filter))
		if filter == "" {
			a = w.get("/auditLogs/signIns")
		}
		require.Equal(t, http.StatusOK, a.status, "%s: %s", filter, a.text)
		require.Equal(t, want, a.errorCodes(), filter)
	}
	joni := w.get("/auditLogs/signIns?$filter=" + url.QueryEscape("userId eq '"+w.id("joni")+"'")).values()
	id, _ := joni[0]["correlationId"].(string)
	a := w.get("/auditLogs/signIns?$filter=" + url.QueryEscape("correlationId eq '"+id+"'"))
	require.Equal(t, []int{50079, 50076, 50072}, a.errorCodes(), "interrupts carry the correlation id of what they end in")
	one, _ := joni[0]["id"].(string)
	require.Equal(t, one, w.get("/auditLogs/signIns/" + one).body["id"])
	require.Equal(t, http.StatusNotFound, w.get("/auditLogs/signIns/"+id).status)
}

func TestSignInQueriesThatAreRefused(t *testing.T) {
	t.Parallel()
	w := signedIn(t)
	for name, path := range map[string]string{
		"select":            "$select=id",
		"orderby":           "$orderby=createdDateTime desc",
		"count":             "$count=true",
		"search":            `$search="userDisplayName:joni"`,
		"expand":            "$expand=user",
		"skip":              "$skip=1",
		"page of 1001":      "$top=1001",
		"page of 0":         "$top=0",
		"display name":      "$filter=userDisplayName eq 'Joni Sherman'",
		"location":          "$filter=location/city eq 'Oslo'",
		"endswith":          "$filter=endswith(userPrincipalName,'example')",
		"startswith of ids": "$filter=startswith(userId,'0')",
		"newer than":        "$filter=createdDateTime gt 2026-02-03T09:17:00Z",
		"greater code":      "$filter=status/errorCode ge 50000",
		"in":                "$filter=status/errorCode in (0,53003)",
		"not":               "$filter=not startswith(userPrincipalName,'joni')",
		"bad token":         "$skiptoken=xyz",
	} {
		a := w.get("/auditLogs/signIns?" + path)
		require.Equal(t, http.StatusBadRequest, a.status, "%s: %s", name, a.text)
		require.NotEmpty(t, a.message(), name)
	}
	require.Equal(t, http.StatusMethodNotAllowed, w.call("DELETE", "/auditLogs/signIns", "").status)
	require.Equal(t, http.StatusOK, w.get("/auditLogs/signIns?$top=1000").status)
}

// Lines that arrive between two pages shift nothing.
func TestSignInsPaged(t *testing.T) {
	t.Parallel()
	w := signedIn(t)
	var codes []int
	path := "/auditLogs/signIns?$top=2&$filter=" + url.QueryEscape("conditionalAccessStatus eq 'failure'")
	for range 2 {
		a := w.get(path)
		codes = append(codes, a.errorCodes()...)
		path, _ = a.body["@odata.nextLink"].(string)
		signin.New(w.tenant, signin.Options{}).SignIn(signin.Attempt{User: "lee", Platform: "iOS", Method: signin.Passkey})
	}
	require.Equal(t, []int{50079, 50076, 50072, 53003}, codes)
	require.Empty(t, path)
}

func TestTheLogDelay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	w.graph.Manners = manners.New(manners.Manners{LogDelay: true})
	signin.New(w.tenant, signin.Options{}).SignIn(signin.Attempt{User: "grady", Platform: "iOS", Method: signin.Authenticator})
	require.Empty(t, w.get("/auditLogs/signIns").values())
	w.tenant.Advance(5 * time.Minute)
	require.Equal(t, []int{53003}, w.get("/auditLogs/signIns").errorCodes())
}

func TestAWholeSignIn(t *testing.T) {
	t.Parallel()
	w := signedIn(t)
	blocked := w.get("/auditLogs/signIns?$filter=" + url.QueryEscape("status/errorCode eq 53003")).values()[0]
	for _, random := range []string{"id", "correlationId", "ipAddress"} {
		require.NotEmpty(t, blocked[random])
		delete(blocked, random)
	}
	enforcement, _ := w.tenant.Policy("enforcement")
	platforms, _ := w.tenant.Policy("platforms")
	require.Equal(t, map[string]any{
		"createdDateTime": "2026-02-03T09:15:22Z", "userDisplayName": "Grady Archie", "userPrincipalName": "grady.archie@nordlys.example",
		"userId": w.id("grady"), "appId": "19db86c3-b2b9-44cc-b339-36da233a3be2", "appDisplayName": "My Sign" + "ins", "clientAppUsed": "Browser",
		"conditionalAccessStatus": "failure", "isInteractive": true, "riskDetail": "none", "riskLevelAggregated": "none",
		"riskLevelDuringSignIn": "none", "riskState": "none", "riskEventTypes": []any{}, "riskEventTypes_v2": []any{},
		"resourceDisplayName": "Microsoft Graph", "resourceId": "00000003-0000-0000-c000-000000000000",
		"status": map[string]any{
			"errorCode": 53003.0, "additionalDetails": nil,
			"failureReason": "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
		},
		"deviceDetail": map[string]any{
			"deviceId": "", "displayName": "", "operatingSystem": "Ios 18.7", "browser": "Mobile Safari 18.7",
			"isCompliant": false, "isManaged": false, "trustType": "",
		},
		"location": map[string]any{
			"city": "Oslo", "state": "Oslo", "countryOrRegion": "NO",
			"geoCoordinates": map[string]any{"altitude": nil, "latitude": 59.91, "longitude": 10.75},
		},
		"appliedConditionalAccessPolicies": []any{
			map[string]any{
				"id": enforcement.ID, "displayName": "Passkey test: enforcement", "result": "failure", "enforcedSessionControls": []any{},
				"enforcedGrantControls": []any{"Require authentication strength - Phishing-resistant MFA"},
			},
			map[string]any{
				"id": platforms.ID, "displayName": "Passkey test: unsupported platforms", "result": "failure",
				"enforcedSessionControls": []any{}, "enforcedGrantControls": []any{"Block"},
			},
		},
	}, blocked)
}

// Results of report-only policies are newer than the enum: callers must ask.
func TestReportOnlyResults(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	for _, policy := range w.tenant.Policies() {
		require.NoError(t, w.tenant.ChangePolicy(policy.ID, func(p *entra.Policy) { p.State = "enabledForReportingButNotEnforced" }))
	}
	signin.New(w.tenant, signin.Options{}).SignIn(signin.Attempt{User: "grady", Platform: "iOS", Method: signin.Password})
	results := func(a answer) []string {
		var found []string
		policies, _ := a.values()[0]["appliedConditionalAccessPolicies"].([]any)
		for _, p := range policies {
			one, _ := p.(map[string]any)
			found = append(found, fmt.Sprint(one["result"]))
		}
		return found
	}
	require.Equal(t, []string{"unknownFutureValue", "unknownFutureValue"}, results(w.get("/auditLogs/signIns")))
	asked := w.get("/auditLogs/signIns", "Prefer", "include-unknown-enum-members")
	require.Equal(t, []string{"reportOnlyInterrupted", "reportOnlyFailure"}, results(asked))
}

func TestThePasskeyPolicyIsShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	w.tenant.SetPasskeyPolicy(func(r *entra.PasskeyPolicy) {
		r.SelfService, r.Attested, r.Exclude = false, true, []entra.Target{{Type: "group", ID: w.id("auditors")}}
		r.Keys = entra.KeyRestrictions{Enforced: true, Block: true, AAGUIDs: []string{entra.Bitwarden}}
	})
	a := w.get("/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2")
	require.Equal(t, map[string]any{"isEnforced": true, "enforcementType": "block", "aaGuids": []any{entra.Bitwarden}}, a.body["keyRestrictions"])
	require.Equal(t, []any{map[string]any{"targetType": "group", "id": w.id("auditors")}}, a.body["excludeTargets"])
	require.Equal(t, true, a.body["isAttestationEnforced"])
	require.Equal(t, false, a.body["isSelfServiceRegistrationAllowed"])
}

func TestOwnStrengthsAreShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	own, err := w.tenant.AddStrength(entra.Strength{Name: "Keys", Combinations: []string{"fido2"}, AAGUIDs: []string{entra.YubiKey5}})
	require.NoError(t, err)
	require.NoError(t, w.tenant.ChangePolicy("enforcement", func(p *entra.Policy) { p.Grant.Strength = own.ID }))
	require.Len(t, w.get("/policies/authenticationStrengthPolicies").values(), 4)
	a := w.get("/policies/authenticationStrengthPolicies/" + own.ID)
	require.Equal(t, "custom", a.body["policyType"])
	require.Equal(t, []any{map[string]any{
		"@odata.type": "#microsoft.graph.fido2CombinationConfiguration", "id": own.ID,
		"appliesToCombinations": []any{"fido2"}, "allowedAAGUIDs": []any{entra.YubiKey5},
	}}, a.body["combinationConfigurations"])
	policies := w.get("/identity/conditionalAccess/policies").values()
	grant, _ := policies[0]["grantControls"].(map[string]any)
	strength, _ := grant["authenticationStrength"].(map[string]any)
	require.Equal(t, own.ID, strength["id"])
	require.Equal(t, http.StatusNotFound, w.get("/policies/authenticationStrengthPolicies/none").status)
}
