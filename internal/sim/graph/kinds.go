package graph

import (
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// kinds are the types that more than one call shows.
type kinds struct {
	directoryObject, user, group, role, unit     *kind
	assignment, eligibility, groupEligibility    *kind
	roleDefinition, policy, installation, tenant *kind
	servicePrincipal, application                *kind
}

func (g *Graph) makeKinds() kinds {
	k := kinds{
		directoryObject: &kind{name: "directoryObject", properties: []property{
			of("id", true, exact, idOf),
			{name: "displayName", filters: prefix, value: func(any) any { return nil }},
		}},
		user: userKind(), group: groupKind(), role: roleKind(), unit: unitKind(),
		roleDefinition: roleDefinitionKind(), policy: g.policyKind(),
		tenant: organizationKind(), servicePrincipal: servicePrincipalKind(), application: applicationKind(),
	}
	k.user.links = map[string]func(any) (linked, bool){"manager": g.managerOf}
	k.assignment, k.eligibility, k.groupEligibility = g.roleKinds()
	k.installation = g.installationKind()
	return k
}

// idOf is the id of a directory object.
func idOf(v any) any {
	switch o := v.(type) {
	case *entra.Person:
		return o.ID
	case *entra.Group:
		return o.ID
	case *entra.Role:
		return o.ID
	case *entra.Unit:
		return o.ID
	}
	return nil
}

// userKind is Graph's user resource. Null and empty are what this company has
// not filled in.
func userKind() *kind {
	type P = *entra.Person
	k := &kind{name: "user", own: func(v any) any {
		p, ok := v.(P)
		if !ok {
			return v
		}
		c := *p
		return &c
	}}
	k.properties = append(k.properties,
		of("id", true, exact, func(p P) any { return p.ID }),
		of("displayName", true, prefix, func(p P) any { return p.Name }),
		of("givenName", true, prefix, func(p P) any { return orNull(p.GivenName) }),
		of("surname", true, prefix, func(p P) any { return orNull(p.Surname) }),
		of("userPrincipalName", true, affix, func(p P) any { return p.UPN }),
		of("mail", true, affix, func(p P) any { return orNull(p.Mail) }),
		of("jobTitle", true, prefix, func(p P) any { return orNull(p.JobTitle) }),
		of("preferredLanguage", true, prefix, func(p P) any { return orNull(p.Locale) }),
		of("mobilePhone", true, "", func(p P) any { return orNull(p.Mobile) }),
		of("businessPhones", true, "", businessPhones),
		of("accountEnabled", false, exact, func(p P) any { return p.Enabled }),
		of("userType", false, exact, func(p P) any { return userType(p) }),
		of("department", false, prefix, func(p P) any { return orNull(p.Department) }),
		of("companyName", false, prefix, func(p P) any { return entra.Company }),
		of("createdDateTime", false, times, func(p P) any { return stamp(p.Created) }),
		of("lastPasswordChangeDateTime", false, "", func(p P) any { return stamp(p.Created) }),
		of("signInSessionsValidFromDateTime", false, "", func(p P) any { return stamp(p.SessionsFrom) }),
		of("isManagementRestricted", false, "", func(p P) any { return nullUnless(p.Restricted) }),
		of("externalUserState", false, exact, func(p P) any { return guestOnly(p, "Accepted") }),
		of("externalUserStateChangeDateTime", false, "", guestTime),
		of("creationType", false, exact, func(p P) any { return guestOnly(p, "Invitation") }),
		of("identities", false, "", identities),
		of("mailNickname", false, prefix, func(p P) any { return strings.SplitN(p.UPN, "@", 2)[0] }),
	)
	k.properties = append(k.properties, void(true, "officeLocation")...)
	k.properties = append(k.properties, empty(false, "assignedLicenses assignedPlans imAddresses licenseAssignmentStates otherMails provisionedPlans proxyAddresses onPremisesProvisioningErrors serviceProvisioningErrors")...)
	k.properties = append(k.properties, void(false, `ageGroup city consentProvidedForMinor country deletedDateTime employeeHireDate
		employeeId employeeOrgData employeeType faxNumber legalAgeGroupClassification isResourceAccount
		onPremisesDistinguishedName onPremisesDomainName onPremisesExtensionAttributes onPremisesImmutableId
		onPremisesLastSyncDateTime onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled
		onPremisesUserPrincipalName passwordPolicies postalCode preferredDataLocation securityIdentifier
		showInAddressList state streetAddress usageLocation`)...)
	return k
}

func businessPhones(p *entra.Person) any {
	if p.Office == "" {
		return []any{}
	}
	return []any{p.Office}
}

func userType(p *entra.Person) string {
	if p.Guest {
		return "Guest"
	}
	return "Member"
}

func guestOnly(p *entra.Person, value string) any {
	if p.Guest {
		return value
	}
	return nil
}

func guestTime(p *entra.Person) any {
	if p.Guest {
		return stamp(p.Created)
	}
	return nil
}

// nullUnless is true or null: the directory does not write false here.
func nullUnless(yes bool) any {
	if yes {
		return true
	}
	return nil
}

func identities(p *entra.Person) any {
	own := object{"signInType": "userPrincipalName", "issuer": entra.Domain, "issuerAssignedId": p.UPN}
	if !p.Guest {
		return []object{own}
	}
	return []object{{"signInType": "federated", "issuer": "ExternalAzureAD", "issuerAssignedId": nil}, own}
}

// groupKind is Graph's group resource, of security groups.
func groupKind() *kind {
	type G = *entra.Group
	k := &kind{name: "group"}
	k.properties = append(k.properties,
		of("id", true, exact, func(g G) any { return g.ID }),
		of("displayName", true, prefix, func(g G) any { return g.Name }),
		of("description", true, prefix, func(g G) any { return orNull(g.Description) }),
		of("createdDateTime", true, times, func(g G) any { return stamp(g.Created) }),
		of("groupTypes", true, "", groupTypes),
		of("isAssignableToRole", true, exact, func(g G) any { return nullUnless(g.Assignable) }),
		of("isManagementRestricted", false, "", func(g G) any { return nullUnless(g.Restricted) }),
		of("mailEnabled", true, exact, func(G) any { return false }),
		of("mailNickname", true, prefix, func(g G) any { return strings.SplitN(g.ID, "-", 2)[0] }),
		of("membershipRule", true, prefix, func(g G) any { return orNull(g.Rule) }),
		of("membershipRuleProcessingState", true, exact, func(g G) any { return dynamicOnly(g, "On") }),
		of("onPremisesSyncEnabled", true, exact, func(g G) any { return nullUnless(g.Synced) }),
		of("onPremisesLastSyncDateTime", true, "", syncedAt),
		of("securityEnabled", true, exact, func(G) any { return true }),
		of("securityIdentifier", true, exact, func(g G) any { return nil }),
		of("renewedDateTime", true, times, func(g G) any { return stamp(g.Created) }),
	)
	k.properties = append(k.properties, empty(true, "proxyAddresses onPremisesProvisioningErrors serviceProvisioningErrors")...)
	k.properties = append(k.properties, void(true, `classification deletedDateTime expirationDateTime mail onPremisesDomainName
		onPremisesNetBiosName onPremisesSamAccountName onPremisesSecurityIdentifier preferredDataLocation
		preferredLanguage theme uniqueName visibility`)...)
	k.properties = append(k.properties, empty(false, "assignedLabels assignedLicenses")...)
	return k
}

func groupTypes(g *entra.Group) any {
	if g.Rule != "" {
		return []string{"DynamicMembership"}
	}
	return []string{}
}

func dynamicOnly(g *entra.Group, value string) any {
	if g.Rule != "" {
		return value
	}
	return nil
}

func syncedAt(g *entra.Group) any {
	if g.Synced {
		return stamp(g.Created.Add(time.Hour))
	}
	return nil
}

// roleKind is Graph's directoryRole resource: an activated role.
func roleKind() *kind {
	type R = *entra.Role
	return &kind{name: "directoryRole", properties: append([]property{
		of("id", true, exact, func(r R) any { return r.ID }),
		of("displayName", true, prefix, func(r R) any { return r.Name }),
		of("description", true, "", func(r R) any { return "Members of the role " + r.Name + "." }),
		of("roleTemplateId", true, exact, func(r R) any { return r.Template }),
	}, void(true, "deletedDateTime")...)}
}

// unitKind is Graph's administrativeUnit resource, as the app may see it: without
// AdministrativeUnit.Read.All the id alone (Graph: limited information for
// inaccessible member objects).
func unitKind() *kind {
	return &kind{name: "administrativeUnit", properties: append([]property{
		of("id", true, exact, func(u *entra.Unit) any { return u.ID }),
	}, void(true, `deletedDateTime description displayName isMemberManagementRestricted membershipRule
		membershipRuleProcessingState membershipType visibility`)...)}
}
