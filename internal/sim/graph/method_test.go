package graph_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/graph"
)

const passes = "/users/{joni}/authentication/temporaryAccessPassMethods"

func TestAPassIsShownOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	made := w.call("POST", passes, `{"@odata.type":"#microsoft.graph.temporaryAccessPassAuthenticationMethod","lifetimeInMinutes":60,"isUsableOnce":true}`)
	require.Equal(t, http.StatusCreated, made.status, made.text)
	held, _ := w.tenant.PassOf("joni")
	require.Empty(t, cmp.Diff(map[string]any{
		"@odata.context": fmt.Sprintf("%s/v1.0/$metadata#users('%s')/authentication/temporaryAccessPassMethods/$entity", w.server.URL, w.id("joni")),
		"id":             held.ID, "temporaryAccessPass": held.Code, "createdDateTime": "2026-02-03T09:15:22.0000000Z", "startDateTime": "2026-02-03T09:15:22.0000000Z",
		"lifetimeInMinutes": 60.0, "isUsableOnce": true, "isUsable": true, "methodUsabilityReason": "EnabledByPolicy",
	}, made.body))

	for _, path := range []string{passes, passes + "/" + held.ID, "/users/{joni}/authentication/methods"} {
		a := w.get(path)
		require.Equal(t, http.StatusOK, a.status)
		require.NotContains(t, a.text, held.Code)
		require.Contains(t, a.text, `"temporaryAccessPass":null`)
	}
}

func TestPassesThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		who, body     string
		policy        func(*entra.PassPolicy)
		code, message string
	}{
		"too short":        {body: `{"lifetimeInMinutes":30}`, code: "badRequest", message: "Invalid LifetimeInMinutes specified. The valid range between 60 and 480."},
		"too long":         {body: `{"lifetimeInMinutes":481}`, code: "badRequest", message: "Invalid LifetimeInMinutes specified. The valid range between 60 and 480."},
		"guest":            {who: "guest", code: "badRequest", message: "Temporary Access Pass cannot be added to an external guest user."},
		"out of scope":     {policy: func(p *entra.PassPolicy) { p.Include = nil }, code: "badRequest", message: "Converged UserCredentialPolicy does not allow creating or updating credential of type TemporaryAccessPass."},
		"method off":       {policy: func(p *entra.PassPolicy) { p.Enabled = false }, code: "badRequest", message: "Converged UserCredentialPolicy does not allow creating or updating credential of type TemporaryAccessPass."},
		"one-time forced":  {body: `{"isUsableOnce":false}`, policy: func(p *entra.PassPolicy) { p.OneTime = true }, code: "badRequest", message: "Invalid IsUsableOnce specified. The policy allows one-time use only."},
		"no number":        {body: `{"lifetimeInMinutes":"60"}`, code: "BadRequest", message: `Cannot convert the literal '"60"' to the expected type 'Edm.Int32'.`},
		"no time":          {body: `{"startDateTime":"soon"}`, code: "BadRequest", message: "Cannot convert the literal 'soon' to the expected type 'Edm.DateTimeOffset'."},
		"unknown property": {body: `{"colour":"red"}`, code: "BadRequest", message: "The property 'colour' does not exist on type 'microsoft.graph.temporaryAccessPassAuthenticationMethod'. Make sure to only use property names that are defined by the type."},
		"own code":         {body: `{"temporaryAccessPass":"letmein"}`, code: "badRequest", message: "The property 'temporaryAccessPass' cannot be set."},
		"no JSON":          {body: `lifetime`, code: "BadRequest", message: "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 0)
			if c.policy != nil {
				w.tenant.SetTAPPolicy(c.policy)
			}
			if c.who == "" {
				c.who = "joni"
			}
			a := w.call("POST", "/users/"+w.id(c.who)+"/authentication/temporaryAccessPassMethods", c.body)
			require.Equal(t, http.StatusBadRequest, a.status)
			require.Equal(t, c.code, a.code())
			require.Equal(t, c.message, a.message())
			if c.code == "badRequest" {
				failure, _ := a.body["error"].(map[string]any)
				inner, _ := failure["innerError"].(map[string]any)
				require.Equal(t, c.message, inner["message"])
			}
			_, there := w.tenant.PassOf(c.who)
			require.False(t, there)
		})
	}
}

func TestPassesEndAndAreReplaced(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	first := w.call("POST", passes, "")
	second := w.call("POST", passes, `{"startDateTime":null,"isUsableOnce":null}`)
	require.NotEqual(t, first.body["id"], second.body["id"])
	require.Equal(t, []any{second.body["id"]}, w.get(passes).each("id"))

	w.tenant.Advance(time.Hour)
	a := w.get(passes)
	require.Equal(t, []any{"Expired"}, a.each("methodUsabilityReason"))
	require.Equal(t, []any{false}, a.each("isUsable"))

	a = w.call("DELETE", fmt.Sprintf("%s/%s", passes, first.body["id"]), "")
	require.Equal(t, http.StatusNotFound, a.status)
	require.Equal(t, "resourceNotFound", a.code())
	require.Equal(t, http.StatusNoContent, w.call("DELETE", fmt.Sprintf("%s/%s", passes, second.body["id"]), "").status)
	require.Empty(t, w.get(passes).values())
}

func TestMethodsAreTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	a := w.get("/users/{joni}/authentication/methods")
	require.Empty(t, cmp.Diff([]map[string]any{{
		"@odata.type": "#microsoft.graph.passwordAuthenticationMethod", "id": "28c10230-6103-485e-b985-444c60001490",
		"password": nil, "createdDateTime": "2026-02-03T09:15:22Z",
	}}, a.values()))

	a = w.get("/users/{alex}/authentication/methods")
	require.Equal(t, []any{
		"#microsoft.graph.passwordAuthenticationMethod", "#microsoft.graph.microsoftAuthenticatorAuthenticationMethod", "#microsoft.graph.fido2AuthenticationMethod",
	}, a.each("@odata.type"))
	key := w.get("/users/{alex}/authentication/fido2Methods").values()[0]
	require.Equal(t, entra.AuthenticatorIOS, key["aaGuid"])
	require.Equal(t, "attested", key["attestationLevel"])
	require.Equal(t, "deviceBound", key["passkeyType"])
	require.NotContains(t, key, "@odata.type")
	require.Len(t, w.get("/users/{eli}/authentication/phoneMethods").values(), 1)

	w.graph.Metadata = graph.Metadata2025
	require.NotContains(t, w.get("/users/{alex}/authentication/fido2Methods").values()[0], "passkeyType")
}

func TestAPasskeyIsDeleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	path := fmt.Sprintf("/users/{alex}/authentication/fido2Methods/%s", w.get("/users/{alex}/authentication/fido2Methods").each("id")[0])
	require.Equal(t, http.StatusOK, w.get(path).status)
	require.Equal(t, http.StatusNoContent, w.call("DELETE", path, "").status)
	require.Equal(t, http.StatusNotFound, w.get(path).status)
	require.Equal(t, http.StatusMethodNotAllowed, w.call("DELETE", "/users/{alex}/authentication/passwordMethods/"+entra.CommonMethodID, "").status)
}

func TestTheMethodsOfADeletedUserAreDenied(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	joni := w.id("joni")
	require.NoError(t, w.tenant.RemovePerson("joni"))
	a := w.get("/users/" + joni + "/authentication/methods")
	require.Equal(t, http.StatusForbidden, a.status)
	require.Equal(t, "accessDenied", a.code())
	require.Equal(t, http.StatusNotFound, w.get("/users/"+joni).status)
}

func TestPoliciesOfMethods(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	w.tenant.SetTAPPolicy(func(p *entra.PassPolicy) {
		p.OneTime, p.Exclude = true, []entra.Target{{Type: "group", ID: w.id("auditors")}}
	})
	a := w.get("/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/temporaryAccessPass")
	require.Equal(t, "#microsoft.graph.temporaryAccessPassAuthenticationMethodConfiguration", a.body["@odata.type"])
	require.Equal(t, "enabled", a.body["state"])
	require.Equal(t, true, a.body["isUsableOnce"])
	require.InDelta(t, 60, a.body["minimumLifetimeInMinutes"], 0)
	require.InDelta(t, 480, a.body["maximumLifetimeInMinutes"], 0)
	require.Equal(t, []any{map[string]any{"targetType": "group", "id": w.id("auditors")}}, a.body["excludeTargets"])
	require.Equal(t, []any{map[string]any{"targetType": "group", "id": "all_users", "isRegistrationRequired": false}}, a.body["includeTargets"])

	whole := w.get("/policies/authenticationMethodsPolicy")
	inline, _ := whole.body["authenticationMethodConfigurations"].([]any)
	require.Len(t, inline, 5)
	require.Equal(t, http.StatusNotFound, w.get("/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/semaphore").status)

	strengths := w.get("/policies/authenticationStrengthPolicies")
	require.Equal(t, []any{entra.StrengthMFA, entra.StrengthPasswordless, entra.StrengthPhishingResistant}, strengths.each("id"))
	require.Equal(t, []any{"windowsHelloForBusiness", "fido2", "x509CertificateMultiFactor"}, strengths.values()[2]["allowedCombinations"])
	require.Contains(t, strengths.values()[0]["allowedCombinations"], "temporaryAccessPassOneTime")
	require.NotContains(t, strengths.values()[1]["allowedCombinations"], "temporaryAccessPassOneTime")
}

func TestConditionalAccessPolicies(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	a := w.get("/identity/conditionalAccess/policies")
	require.Equal(t, []any{"Passkey test: enforcement", "Passkey test: unsupported platforms"}, a.each("displayName"))

	platforms, _ := w.tenant.Policy("platforms")
	a = w.get("/identity/conditionalAccess/policies/" + platforms.ID)
	conditions, _ := a.body["conditions"].(map[string]any)
	require.Equal(t, map[string]any{"includePlatforms": []any{"all"}, "excludePlatforms": []any{"windows"}}, conditions["platforms"])
	users, _ := conditions["users"].(map[string]any)
	require.Equal(t, []any{w.id("exclude-platforms")}, users["excludeGroups"])
	grant, _ := a.body["grantControls"].(map[string]any)
	require.Equal(t, []any{"block"}, grant["builtInControls"])
	require.Nil(t, grant["authenticationStrength"])

	enforcement, _ := w.tenant.Policy("enforcement")
	a = w.get("/identity/conditionalAccess/policies/" + enforcement.ID)
	grant, _ = a.body["grantControls"].(map[string]any)
	strength, _ := grant["authenticationStrength"].(map[string]any)
	require.Equal(t, entra.StrengthPhishingResistant, strength["id"])
	require.Equal(t, http.StatusNotFound, w.get("/identity/conditionalAccess/policies/enforcement").status)
}
