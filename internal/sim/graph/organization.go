package graph

import "github.com/passdesk/passdesk/internal/sim/entra"

func (g *Graph) organizationRoutes() []route {
	return []route{
		on("GET", "organization", []string{"select"}, g.organization),
		on("GET", "servicePrincipals", plain, g.servicePrincipals),
		on("GET", "applications", plain, g.applications),
	}
}

func (g *Graph) organization(a *ask) (Reply, error) {
	return a.list(listing{context: "organization", declared: g.kinds.tenant, from: g.itself(g.kinds.tenant)})
}

func (g *Graph) servicePrincipals(a *ask) (Reply, error) {
	return a.list(listing{context: "servicePrincipals", declared: g.kinds.servicePrincipal, from: g.itself(g.kinds.servicePrincipal)})
}

func (g *Graph) applications(a *ask) (Reply, error) {
	return a.list(listing{context: "applications", declared: g.kinds.application, from: g.itself(g.kinds.application)})
}

// itself is a collection of one object, which is about the tenant.
func (g *Graph) itself(k *kind) source {
	return func(yield func(*kind, any) bool) { yield(k, g.tenant) }
}

func organizationKind() *kind {
	type T = *entra.Tenant
	return &kind{name: "organization", properties: []property{
		of("id", true, exact, func(t T) any { return t.ID() }),
		of("displayName", true, exact, func(T) any { return entra.Company }),
		of("tenantType", true, "", func(T) any { return "AAD" }),
		of("verifiedDomains", true, "", func(T) any {
			return []object{{"capabilities": "Email, OfficeCommunicationsOnline", "isDefault": true, "isInitial": true, "name": entra.Domain, "type": "Managed"}}
		}),
	}}
}

func servicePrincipalKind() *kind {
	type T = *entra.Tenant
	return &kind{name: "servicePrincipal", properties: []property{
		of("id", true, exact, func(t T) any { return t.ServicePrincipalID() }),
		of("appId", true, exact, func(t T) any { return t.AppID() }),
		of("displayName", true, prefix, func(T) any { return "Passdesk" }),
		of("accountEnabled", true, exact, func(T) any { return true }),
		of("servicePrincipalType", true, exact, func(T) any { return "Application" }),
	}}
}

// applicationKind is the bot's registration. Of its secret nobody is shown more
// than the first three characters (Graph: passwordCredential).
func applicationKind() *kind {
	type T = *entra.Tenant
	return &kind{name: "application", properties: append([]property{
		of("id", true, exact, func(t T) any { return t.ApplicationObjectID() }),
		of("appId", true, exact, func(t T) any { return t.AppID() }),
		of("displayName", true, prefix, func(T) any { return "Passdesk" }),
		of("signInAudience", true, exact, func(T) any { return "AzureADMyOrg" }),
		of("passwordCredentials", true, "", func(t T) any {
			return []object{{
				"customKeyIdentifier": nil, "displayName": "Passdesk", "keyId": t.SecretID(), "hint": t.ClientSecret()[:3],
				"startDateTime": stamp(t.Started()), "endDateTime": stamp(t.SecretEnds()), "secretText": nil,
			}}
		}),
	}, empty(true, "keyCredentials")...)}
}
