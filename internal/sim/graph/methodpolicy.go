package graph

import (
	"net/http"
	"strings"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

const methodPolicyPath = "policies/authenticationMethodsPolicy"

func (g *Graph) methodPolicyRoutes() []route {
	return []route{
		on("GET", methodPolicyPath, nil, g.methodPolicy),
		on("GET", methodPolicyPath+"/authenticationMethodConfigurations", nil, g.configurations),
		on("GET", methodPolicyPath+"/authenticationMethodConfigurations/{method}", nil, g.configuration),
	}
}

func (g *Graph) methodPolicy(a *ask) (Reply, error) {
	campaign := object{
		"snoozeDurationInDays": 1, "state": "default", "excludeTargets": []object{},
		"includeTargets": []object{{"id": "all_users", "targetType": "group", "targetedAuthenticationMethod": "microsoftAuthenticator"}},
	}
	return Reply{Status: http.StatusOK, Body: object{
		"@odata.context": a.base + "/$metadata#authenticationMethodsPolicy", "id": "authenticationMethodsPolicy",
		"displayName": "Authentication Methods Policy", "description": "The tenant-wide policy that controls which authentication methods are allowed in the tenant.",
		"lastModifiedDateTime": ticks(g.tenant.Started()), "policyVersion": "1.5", "policyMigrationState": "migrationComplete", "reconfirmationInDays": nil,
		"registrationEnforcement":                          object{"authenticationMethodsRegistrationCampaign": campaign},
		"authenticationMethodConfigurations@odata.context": a.base + "/$metadata#" + methodPolicyPath + "/authenticationMethodConfigurations",
		"authenticationMethodConfigurations":               g.showConfigurations(a),
	}}, nil
}

func (g *Graph) configurations(a *ask) (Reply, error) {
	return Reply{Status: http.StatusOK, Body: object{
		"@odata.context": a.base + "/$metadata#" + methodPolicyPath + "/authenticationMethodConfigurations",
		"value":          g.showConfigurations(a),
	}}, nil
}

func (g *Graph) configuration(a *ask) (Reply, error) {
	for _, c := range g.showConfigurations(a) {
		if id, _ := c["id"].(string); strings.EqualFold(id, a.params["method"]) {
			c["@odata.context"] = a.base + "/$metadata#" + methodPolicyPath + "/authenticationMethodConfigurations/$entity"
			return Reply{Status: http.StatusOK, Body: c}, nil
		}
	}
	return Reply{}, notFound(a.params["method"])
}

func (g *Graph) showConfigurations(a *ask) []object {
	app := config(a, "MicrosoftAuthenticator", "microsoftAuthenticator", true, entra.AllUsers)
	app["isSoftwareOathEnabled"] = false
	nobody := object{"targetType": "group", "id": "00000000-0000-0000-0000-000000000000"}
	everybody := object{"targetType": "group", "id": "all_users"}
	shown := object{"state": "default", "includeTarget": everybody, "excludeTarget": nobody}
	app["featureSettings"] = object{"displayAppInformationRequiredState": shown, "displayLocationInformationRequiredState": shown}
	addToTargets(app, "authenticationMode", "any")
	sms := config(a, "Sms", "sms", false, entra.AllUsers)
	addToTargets(sms, "isUsableForSignIn", false)
	return g.newerConfigurations(a, []object{
		g.passkeyConfiguration(a), app, sms, g.passConfiguration(a), config(a, "SoftwareOath", "softwareOath", true, entra.AllUsers),
	})
}

func (g *Graph) passConfiguration(a *ask) object {
	rule := g.tenant.PassPolicy()
	c := config(a, "TemporaryAccessPass", "temporaryAccessPass", rule.Enabled, rule.Include...)
	c["excludeTargets"] = showTargets(rule.Exclude)
	c["minimumLifetimeInMinutes"], c["maximumLifetimeInMinutes"], c["defaultLifetimeInMinutes"] = rule.Min, rule.Max, rule.Default
	c["defaultLength"], c["isUsableOnce"] = rule.Length, rule.OneTime
	return c
}

// config is what all configurations have.
func config(a *ask, id, kind string, enabled bool, include ...entra.Target) object {
	state := "disabled"
	if enabled {
		state = "enabled"
	}
	targets := make([]object, 0, len(include))
	for _, target := range include {
		targets = append(targets, object{"targetType": target.Type, "id": target.ID, "isRegistrationRequired": false})
	}
	typeName := "microsoft.graph." + kind + "AuthenticationMethodConfiguration"
	return object{
		"@odata.type": "#" + typeName, "id": id, "state": state, "excludeTargets": []object{}, "includeTargets": targets,
		"includeTargets@odata.context": a.base + "/$metadata#" + methodPolicyPath + "/authenticationMethodConfigurations('" + id + "')/" + typeName + "/includeTargets",
	}
}

func addToTargets(c object, name string, value any) {
	targets, ok := c["includeTargets"].([]object)
	for i := range targets {
		if ok {
			targets[i][name] = value
		}
	}
}
