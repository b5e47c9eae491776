package graph

import "github.com/passdesk/passdesk/internal/sim/entra"

// passkeyConfiguration is Graph's fido2AuthenticationMethodConfiguration.
func (g *Graph) passkeyConfiguration(a *ask) object {
	rule := g.tenant.PasskeyPolicy()
	c := config(a, "Fido2", "fido2", rule.Enabled, rule.Include...)
	c["excludeTargets"] = showTargets(rule.Exclude)
	c["isSelfServiceRegistrationAllowed"], c["isAttestationEnforced"] = rule.SelfService, rule.Attested
	c["keyRestrictions"] = showKeys(rule.Keys)
	return c
}

func showKeys(keys entra.KeyRestrictions) object {
	kind := "allow"
	if keys.Block {
		kind = "block"
	}
	return object{"isEnforced": keys.Enforced, "enforcementType": kind, "aaGuids": list(keys.AAGUIDs)}
}

func showTargets(targets []entra.Target) []object {
	shown := make([]object, 0, len(targets))
	for _, target := range targets {
		shown = append(shown, object{"targetType": target.Type, "id": target.ID})
	}
	return shown
}
