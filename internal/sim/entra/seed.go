package entra

import (
	"strings"
	"time"
)

// seeded are the people with a part in the stories, in a fixed order.
var seeded = []struct {
	alias, given, surname, title, department, manager string
}{
	{"adele", "Adele", "Vance", "Help Desk Specialist", "IT Support", "lee"},
	{"bianca", "Bianca", "Pisani", "Help Desk Specialist", "IT Support", "lee"},
	{"megan", "Megan", "Bowen", "Marketing Manager", "Marketing", "patti"},
	{"lee", "Lee", "Gu", "Head of Identity", "IT Security", "patti"},
	{"joni", "Joni", "Sherman", "Paralegal", "Marketing", "megan"},
	{"grady", "Grady", "Archie", "Designer", "Marketing", "megan"},
	{"alex", "Alex", "Wilber", "Marketing Assistant", "Marketing", "megan"},
	{"patti", "Patti", "Fernandez", "President", "Executive", ""},
	{"eli", "Eli", "Larsson", "Systems Engineer", "IT Operations", ""},
	{"breakglass", "Emergency", "Access", "", "", ""},
	{"guest", "Gudrun", "Winther", "Consultant", "", ""},
}

// fill makes the tenant as it is at the start.
func (t *Tenant) fill(users int) {
	started := t.now().AddDate(0, -9, 0).Truncate(time.Second)
	t.seedPeople(started)
	t.seedGroups(started)
	t.seedRoles(started)
	t.seedMethods(started)
	t.seedPolicies(started)
	t.seedPasskeyPolicy()
	t.crowd(users, started)
}

func (t *Tenant) seedPeople(created time.Time) {
	for _, s := range seeded {
		p := Person{
			Alias: s.alias, GivenName: s.given, Surname: s.surname, JobTitle: s.title, Department: s.department,
			UPN:     strings.ToLower(s.given) + "." + strings.ToLower(s.surname) + "@" + Domain,
			Enabled: true, Created: created,
		}
		switch s.alias {
		case "lee":
			p.Locale, p.Zone = "fr-FR", "Europe/Paris"
		case "joni":
			p.Created = t.now().Truncate(time.Second)
		case "breakglass":
			p.UPN = "breakglass@" + Domain
		case "guest":
			p.Guest, p.Mail = true, "gudrun@northwind.example"
			p.UPN = "gudrun_northwind.example#EXT#@" + Domain
			p.Zone = "Europe/Copenhagen"
		}
		t.complete(&p)
		t.put(&person{Person: p})
		if s.alias != "joni" && s.alias != "grady" && s.alias != "alex" && !p.Guest {
			t.installed[p.ID] = t.installationID(p.ID)
		}
	}
	for _, s := range seeded {
		if s.manager != "" {
			t.byKey[s.alias].Manager = t.byKey[s.manager].ID
		}
	}
	robin := Person{
		GivenName: "Robin", Surname: "Kline", UPN: "robin.kline@" + Domain, JobTitle: "Directory Engineer",
		Department: "IT Operations", Enabled: true, Created: created, Manager: t.byKey["lee"].ID,
	}
	t.complete(&robin)
	t.put(&person{Person: robin})
}

func (t *Tenant) seedGroups(created time.Time) {
	for _, g := range []Group{
		{Alias: "helpdesk", Name: "Help desk", Description: "May ask for passes and exclusions", Members: []string{"adele", "bianca"}},
		{Alias: "auditors", Name: "Access auditors", Description: "May read what was done", Members: []string{"lee"}},
		{Alias: "policyowners", Name: "Conditional Access owners", Description: "Agree to exclusions", Members: []string{"lee"}},
		{Alias: "exclude-enforcement", Name: "CA exclusion: passkey enforcement", Description: "Excluded for a while from the enforcement"},
		{Alias: "exclude-platforms", Name: "CA exclusion: unsupported platforms", Description: "Excluded for a while from the block of platforms"},
		{Alias: "roleadmins", Name: "Directory operators", Description: "Holds a directory role", Assignable: true, Members: []string{"robin.kline@" + Domain}},
	} {
		g.ID, g.Created = t.id("group "+g.Alias), created
		stored := &group{Group: g}
		for _, key := range g.Members {
			stored.members.add(t.byKey[key].ID)
		}
		stored.Members = nil
		t.fileGroup(stored)
	}
}

func (t *Tenant) seedRoles(created time.Time) {
	give := func(principal, role string) {
		t.assignments = append(t.assignments, RoleAssignment{
			ID: t.derive("assignment " + principal + role + WholeTenant), Principal: principal, Role: role, Scope: WholeTenant,
		})
	}
	give(t.byKey["patti"].ID, GlobalAdministrator)
	give(t.byKey["breakglass"].ID, GlobalAdministrator)
	give(t.groupByKey["roleadmins"].ID, HelpdeskAdministrator)
	eli := t.byKey["eli"].ID
	t.eligibilities = append(t.eligibilities, RoleEligibility{
		ID: t.derive("eligibility " + eli + UserAdministrator + WholeTenant), Principal: eli, Role: UserAdministrator, Scope: WholeTenant, Start: created,
	})
}

func (t *Tenant) seedMethods(created time.Time) {
	app := Method{Kind: Authenticator, Name: "iPhone 15", DeviceTag: "SoftwareTokenActivated", AppVersion: "6.8.40"}
	phoneKey := Method{Kind: Passkey, Name: "Authenticator - iPhone", AAGUID: AuthenticatorIOS, Model: "Microsoft Authenticator - iOS", Attested: true}
	pixelKey := Method{Kind: Passkey, Name: "Authenticator - Pixel 9", AAGUID: AuthenticatorAndroid, Model: "Microsoft Authenticator - Android", Attested: true}
	stick := Method{Kind: Passkey, Name: "YubiKey", AAGUID: YubiKey5NFC, Model: "YubiKey 5 Series with NFC", Attested: true}
	spare := stick
	spare.Name = "YubiKey in the safe"
	hello := Method{Kind: Hello, Name: "NL-LAPTOP-0412"}
	phone := Method{Kind: Phone, Number: "+47 22225550", PhoneType: "mobile"}
	for alias, methods := range map[string][]Method{
		"adele": {phoneKey, hello}, "bianca": {pixelKey}, "megan": {app, phoneKey}, "lee": {stick},
		"grady": {app}, "alex": {app, phoneKey}, "patti": {stick, spare}, "eli": {app, phone}, "breakglass": {stick, spare},
	} {
		for _, m := range methods {
			p := t.byKey[alias]
			m.ID, m.Created = t.derive("method "+alias+m.Kind+m.Name), created.AddDate(0, 0, 3)
			p.methods = append(p.methods, m)
		}
	}
	for _, p := range t.people {
		p.methods = append([]Method{password(p.Created)}, p.methods...)
	}
}

func (t *Tenant) seedPolicies(created time.Time) {
	t.passPolicy = PassPolicy{Enabled: true, Min: 60, Max: 480, Default: 60, Length: 8, Include: []Target{AllUsers}}
	breakglass := []string{t.byKey["breakglass"].ID}
	outOf := func(alias string) (string, Conditions) {
		g := t.groupByKey[alias].ID
		return g, Conditions{
			IncludeUsers: []string{"All"}, ExcludeUsers: breakglass, ExcludeGroups: []string{g},
			IncludeApps: []string{"All"}, ClientApps: []string{"all"},
		}
	}
	g, when := outOf("exclude-enforcement")
	t.policies = append(t.policies, &policy{Policy: Policy{
		ID: t.id("policy enforcement"), Alias: "enforcement", Name: "Passkey test: enforcement", State: "enabled",
		ExclusionGroup: g, Created: created, Conditions: when,
		Grant: Grant{Operator: "OR", Strength: StrengthPhishingResistant},
	}})
	g, when = outOf("exclude-platforms")
	when.IncludePlatforms, when.ExcludePlatforms = []string{"all"}, []string{"windows"}
	t.policies = append(t.policies, &policy{Policy: Policy{
		ID: t.id("policy platforms"), Alias: "platforms", Name: "Passkey test: unsupported platforms", State: "enabled",
		ExclusionGroup: g, Created: created, Conditions: when,
		Grant: Grant{Operator: "OR", Controls: []string{"block"}},
	}})
}
