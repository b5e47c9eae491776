package graph

import (
	"net/http"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

const strengthPath = "policies/authenticationStrengthPolicies"

func (g *Graph) strengthRoutes() []route {
	return []route{
		on("GET", strengthPath, nil, g.strengths),
		on("GET", strengthPath+"/{strength}", nil, g.strength),
	}
}

func (g *Graph) strengths(a *ask) (Reply, error) {
	all := g.tenant.Strengths()
	values := make([]object, len(all))
	for i, s := range all {
		values[i] = showStrength(s)
	}
	return Reply{Status: http.StatusOK, Body: object{"@odata.context": a.base + "/$metadata#" + strengthPath, "value": values}}, nil
}

func (g *Graph) strength(a *ask) (Reply, error) {
	s, ok := g.tenant.Strength(a.params["strength"])
	if !ok {
		return Reply{}, notFound(a.params["strength"])
	}
	o := showStrength(s)
	o["@odata.context"] = a.base + "/$metadata#" + strengthPath + "/$entity"
	return Reply{Status: http.StatusOK, Body: o}, nil
}

// showStrength is Graph's authenticationStrengthPolicy resource.
func showStrength(s entra.Strength) object {
	kind, narrowed := "builtIn", []object{}
	if s.Custom {
		kind = "custom"
	}
	if len(s.AAGUIDs) > 0 {
		narrowed = append(narrowed, object{
			"@odata.type": "#microsoft.graph.fido2CombinationConfiguration", "id": s.ID,
			"appliesToCombinations": []string{"fido2"}, "allowedAAGUIDs": list(s.AAGUIDs),
		})
	}
	return object{
		"id": s.ID, "createdDateTime": stamp(s.Created), "modifiedDateTime": stamp(s.Created),
		"displayName": s.Name, "description": orNull(s.Description), "policyType": kind, "requirementsSatisfied": "mfa",
		"allowedCombinations": list(s.Combinations), "combinationConfigurations": narrowed,
	}
}
