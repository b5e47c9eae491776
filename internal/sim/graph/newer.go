package graph

import (
	"slices"
	"strings"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// external is a kind of method that is newer than many clients' models: somebody
// else's MFA (Graph: externalAuthenticationMethod).
const external = "external"

// metadata is the vintage of types that replies follow now.
func (g *Graph) metadata() Metadata {
	if g.Manners.Now().Types2025 {
		return Metadata2025
	}
	return g.Metadata
}

// unknowns says whether replies have what is newer than a client's models.
func (g *Graph) unknowns() bool {
	return g.Manners.Now().Unknowns && g.metadata() == Metadata2026
}

// newer adds to the methods of some one that clients may not know: everybody
// with a phone has it.
func (g *Graph) newer(p entra.Person, methods []entra.Method) []entra.Method {
	phone := slices.IndexFunc(methods, func(m entra.Method) bool { return m.Kind == entra.Phone })
	if phone < 0 || !g.unknowns() {
		return methods
	}
	return append(methods, entra.Method{
		ID: p.ID, Kind: external, Name: "Northwind MFA", AAGUID: g.tenant.ID(), Created: methods[phone].Created,
	})
}

// policies are the tenant's, and one that is switched off and has words that
// clients may not know, all as the request may see them.
func (a *ask) policies() []entra.Policy {
	all := a.seen().Policies()
	if a.graph.unknowns() {
		all = append(all, a.graph.draft())
	}
	for i := range all {
		c, grant := &all[i].Conditions, &all[i].Grant
		c.IncludePlatforms = a.evolved(c.IncludePlatforms, newPlatforms)
		c.ExcludePlatforms = a.evolved(c.ExcludePlatforms, newPlatforms)
		grant.Controls = a.evolved(grant.Controls, newControls)
	}
	return all
}

// draft is a policy that somebody prepares with what v1.0 cannot write yet.
func (g *Graph) draft() entra.Policy {
	return entra.Policy{
		ID: g.tenant.ServicePrincipalID(), Name: "Draft: risky Linux", State: "disabled", Created: g.tenant.Started(),
		Conditions: entra.Conditions{
			IncludeUsers: []string{"All"}, IncludeApps: []string{"All"}, ClientApps: []string{"all"}, IncludePlatforms: []string{"linux"},
		},
		Grant: entra.Grant{Operator: "OR", Controls: []string{"riskRemediation"}}, Beta: true,
	}
}

// Members of enums that came after unknownFutureValue. Only who asks for them
// gets them (Graph: working with evolvable enumerations).
var (
	newPlatforms = []string{"linux"}
	newControls  = []string{"riskRemediation"}
)

// evolved are members of an enum as the request may see them.
func (a *ask) evolved(members, newer []string) []string {
	all := list(members)
	for i, member := range all {
		if slices.Contains(newer, member) && !a.wantsNewMembers() {
			all[i] = "unknownFutureValue"
		}
	}
	return all
}

func (a *ask) wantsNewMembers() bool {
	return slices.ContainsFunc(a.Header.Values("Prefer"), func(p string) bool {
		return strings.Contains(strings.ToLower(p), "include-unknown-enum-members")
	})
}

// withNewer adds a property that is newer than clients' models to an object, or
// to each of a collection, unless the request selects what it wants.
func (a *ask) withNewer(name string, value any, reply Reply, err error) (Reply, error) {
	body, isObject := reply.Body.(object)
	if err != nil || !isObject || !a.graph.unknowns() || len(a.query.selected) > 0 {
		return reply, err
	}
	items, isCollection := body["value"].([]object)
	if !isCollection {
		items = []object{body}
	}
	for _, item := range items {
		item[name] = value
	}
	return reply, nil
}

// newerConfigurations adds to the configurations of authentication methods one
// that clients may not know, and to that of passkeys its profiles (Entra: passkey
// profiles), which nobody has said to be shown in v1.0.
func (g *Graph) newerConfigurations(a *ask, all []object) []object {
	if g.unknowns() {
		pin := config(a, "QRCodePin", "qrCodePin", false, entra.AllUsers)
		pin["standardQRCodeLifetimeInDays"], pin["pinLength"] = 365, 8
		all = append(all, pin)
	}
	if !g.Manners.Now().PasskeyProfiles {
		return all
	}
	profile := g.tenant.CatalogAppID()
	for _, c := range all {
		if c["id"] != "Fido2" {
			continue
		}
		attestation := "disabled"
		if c["isAttestationEnforced"] == true {
			attestation = "registrationOnly"
		}
		c["passkeyProfiles"] = []object{{
			"id": profile, "name": "Default passkey profile", "passkeyTypes": "deviceBound,synced",
			"attestationEnforcement": attestation, "keyRestrictions": c["keyRestrictions"],
		}}
		c["defaultPasskeyProfile"] = profile
		addToTargets(c, "allowedPasskeyProfiles", []string{profile})
	}
	return all
}
