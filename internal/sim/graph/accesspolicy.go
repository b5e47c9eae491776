package graph

import (
	"encoding/json"
	"strings"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

const accessPath = "identity/conditionalAccess/policies"

func (g *Graph) accessRoutes() []route {
	return []route{
		on("GET", accessPath, plain, g.accessPolicies),
		on("GET", accessPath+"/{policy}", []string{"select"}, g.accessPolicy),
		on("PATCH", accessPath+"/{policy}", nil, g.amendPolicy),
		on("POST", "identity/conditionalAccess/evaluate", nil, g.whatIf),
	}
}

func (g *Graph) accessPolicies(a *ask) (Reply, error) {
	reply, err := a.list(listing{context: accessPath, declared: g.kinds.policy, from: each(g.kinds.policy, a.policies())})
	return a.likeBeta(reply, err)
}

func (g *Graph) accessPolicy(a *ask) (Reply, error) {
	p, err := a.policy()
	if err != nil {
		return Reply{}, err
	}
	reply, err := a.one(accessPath, g.kinds.policy, &p)
	return a.likeBeta(reply, err)
}

// policy is the one that the path names, as the request sees it.
func (a *ask) policy() (entra.Policy, error) {
	for _, p := range a.policies() {
		if strings.EqualFold(p.ID, a.params["policy"]) {
			return p, nil
		}
	}
	return entra.Policy{}, notFound(a.params["policy"])
}

// likeBeta adds to policies what is newer than clients' models, and the nulls of
// the beta version.
func (a *ask) likeBeta(reply Reply, err error) (Reply, error) {
	reply, err = a.withNewer("deletedDateTime", nil, reply, err)
	body, isObject := reply.Body.(object)
	if err != nil || !isObject || !a.graph.Manners.Now().BetaNulls {
		return reply, err
	}
	items, isCollection := body["value"].([]object)
	if !isCollection {
		items = []object{body}
	}
	for _, item := range items {
		item["partialEnablementStrategy"] = nil
		if conditions, shown := item["conditions"].(object); shown {
			conditions["times"], conditions["deviceStates"] = nil, nil
		}
	}
	return reply, nil
}

// policyKind is Graph's conditionalAccessPolicy resource.
func (g *Graph) policyKind() *kind {
	type P = *entra.Policy
	return &kind{name: "conditionalAccessPolicy", properties: append([]property{
		of("id", true, exact, func(p P) any { return p.ID }),
		of("displayName", true, prefix, func(p P) any { return p.Name }),
		of("state", true, exact, func(p P) any { return p.State }),
		of("createdDateTime", true, times, func(p P) any { return ticks(p.Created) }),
		of("modifiedDateTime", true, times, func(p P) any { return ticks(p.Modified) }),
		of("conditions", true, "", func(p P) any { return overlay(showConditions(p.Conditions), p.Rest, "conditions.") }),
		of("grantControls", true, "", func(p P) any { return g.showGrant(*p) }),
		of("sessionControls", true, "", func(p P) any { return p.Rest["sessionControls"] }),
	}, void(true, "templateId")...)}
}

func showConditions(c entra.Conditions) object {
	var platforms any
	if len(c.IncludePlatforms)+len(c.ExcludePlatforms) > 0 {
		platforms = object{"includePlatforms": list(c.IncludePlatforms), "excludePlatforms": list(c.ExcludePlatforms)}
	}
	return object{
		"userRiskLevels": list(c.UserRisks), "signInRiskLevels": list(c.SignInRisks), "servicePrincipalRiskLevels": []string{},
		"insiderRiskLevels": nil, "locations": nil, "devices": nil, "clientApplications": nil, "authenticationFlows": nil,
		"clientAppTypes": list(c.ClientApps), "platforms": platforms,
		"applications": object{
			"includeApplications": list(c.IncludeApps), "excludeApplications": list(c.ExcludeApps), "includeUserActions": list(c.UserActions),
			"includeAuthenticationContextClassReferences": list(c.AuthContexts), "applicationFilter": nil,
		},
		"users": object{
			"includeUsers": list(c.IncludeUsers), "excludeUsers": list(c.ExcludeUsers),
			"includeGroups": list(c.IncludeGroups), "excludeGroups": list(c.ExcludeGroups),
			"includeRoles": list(c.IncludeRoles), "excludeRoles": list(c.ExcludeRoles),
			"includeGuestsOrExternalUsers": nil, "excludeGuestsOrExternalUsers": nil,
		},
	}
}

// showGrant is null for a policy that demands nothing.
func (g *Graph) showGrant(p entra.Policy) any {
	grant := p.Grant
	if grant.Operator == "" && len(grant.Controls) == 0 && grant.Strength == "" {
		return nil
	}
	var strength any
	if s, demanded := g.tenant.Strength(grant.Strength); demanded {
		strength = showStrength(s)
	}
	return overlay(object{
		"operator": grant.Operator, "builtInControls": list(grant.Controls), "customAuthenticationFactors": []string{},
		"termsOfUse": []string{}, "authenticationStrength": strength,
	}, p.Rest, "grantControls.")
}

// overlay puts what a policy keeps as it was written over what is shown usually.
func overlay(o object, rest map[string]json.RawMessage, prefix string) object {
	for path, raw := range rest {
		names, within := strings.CutPrefix(path, prefix)
		if !within {
			continue
		}
		inner, name := o, names
		if outer, last, nested := strings.Cut(names, "."); nested {
			inner, _ = o[outer].(object)
			name = last
		}
		if inner != nil {
			inner[name] = raw
		}
	}
	return o
}

// list is never null: Graph writes empty collections.
func list(values []string) []string { return append([]string{}, values...) }
