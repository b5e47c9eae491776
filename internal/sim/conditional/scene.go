// Package conditional says which Conditional Access policies of a simulated
// tenant apply, and for those that do not, why: for sign-ins and for the
// question what would happen, so that both get the same answer.
package conditional

import (
	"slices"
	"strings"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// Scene is what the conditions of policies look at. What is empty is not known,
// and no condition is about it (Graph: conditionalAccessRoot, evaluate).
type Scene struct {
	Person entra.Person
	Groups map[string]bool // ids
	Roles  map[string]bool // templates
	Target Target
	// Client is browser or mobileAppsAndDesktopClients, Platform as Graph's
	// conditionalAccessDevicePlatform, or "unknown".
	Client, Platform string
	// Risks are levels; "none" is known.
	SignInRisk, UserRisk, InsiderRisk string
	// Flow is how a sign-in moves between devices: deviceCodeFlow,
	// authenticationTransfer or "none".
	Flow string
	// Placed and Device say that the address and the device are known. No place
	// is among the tenant's named locations, and no device among its own.
	Placed, Device bool
}

// Target is what somebody wants: apps, a user action, or what is guarded by an
// authentication context. One of them is set.
type Target struct {
	Apps []string
	// Action is registersecurityinfo or registerdevice.
	Action  string
	Context string
}

// Actions of people that policies can be about (Graph:
// conditionalAccessApplications, includeUserActions).
const (
	RegisterSecurityInfo = "registersecurityinfo"
	RegisterDevice       = "registerdevice"
)

// ActionPrefix is how a policy writes user actions.
const ActionPrefix = "urn:user:"

// Of is the scene of a person with the memberships that the view has of them.
func Of(p entra.Person, view entra.View) Scene {
	s := Scene{Person: p, Groups: map[string]bool{}, Roles: map[string]bool{}}
	for _, g := range view.GroupsOf(p.ID, true) {
		s.Groups[g.ID] = true
	}
	for _, r := range view.RolesOf(p.ID, true) {
		s.Roles[r.Template] = true
	}
	return s
}

// Misses are the reasons why a policy does not apply, in the words of Graph's
// whatIfAnalysisReasons and their order. It applies when there are none, which
// for a policy in report-only mode means that it reports.
func (s Scene) Misses(p entra.Policy) []string {
	when := p.Conditions
	var reasons []string
	for _, condition := range []struct {
		reason string
		met    bool
	}{
		{"users", s.isAmong(p)},
		{s.Target.reason(), s.Target.fits(when)},
		{"devicePlatform", s.fitsPlatform(when)},
		{"devices", s.fitsDevice(p)},
		{"clientApps", s.fitsClient(when)},
		{"location", s.fitsPlace(p)},
		{"signInRisk", fitsRisk(s.SignInRisk, when.SignInRisks)},
		{"policyNotEnabled", p.State != "disabled"},
		{"userRisk", fitsRisk(s.UserRisk, when.UserRisks)},
		{"insiderRisk", fitsWords(s.InsiderRisk, wordsOf(p, "conditions.insiderRiskLevels"))},
		{"authenticationFlow", s.fitsFlow(p)},
	} {
		if !condition.met {
			reasons = append(reasons, condition.reason)
		}
	}
	return reasons
}

// isAmong: an exclusion beats an inclusion.
func (s Scene) isAmong(p entra.Policy) bool {
	among := func(users, groups, roles []string, guests string) bool {
		return slices.ContainsFunc(users, s.isUser) ||
			slices.ContainsFunc(groups, func(id string) bool { return s.Groups[strings.ToLower(id)] }) ||
			slices.ContainsFunc(roles, func(id string) bool { return s.Roles[strings.ToLower(id)] }) ||
			s.Person.Guest && says(p, guests)
	}
	when := p.Conditions
	return among(when.IncludeUsers, when.IncludeGroups, when.IncludeRoles, "conditions.users.includeGuestsOrExternalUsers") &&
		!among(when.ExcludeUsers, when.ExcludeGroups, when.ExcludeRoles, "conditions.users.excludeGuestsOrExternalUsers")
}

func (s Scene) isUser(word string) bool {
	switch word {
	case "All":
		return true
	case "GuestsOrExternalUsers":
		return s.Person.Guest
	}
	return strings.EqualFold(word, s.Person.ID)
}

// fits: a policy is about apps, user actions or contexts, never two of them.
func (t Target) fits(when entra.Conditions) bool {
	switch {
	case t.Action != "":
		return slices.ContainsFunc(when.UserActions, func(one string) bool {
			return strings.EqualFold(strings.TrimPrefix(one, ActionPrefix), t.Action)
		})
	case t.Context != "":
		return slices.ContainsFunc(when.AuthContexts, func(one string) bool { return strings.EqualFold(one, t.Context) })
	}
	return slices.ContainsFunc(t.Apps, func(app string) bool {
		is := func(word string) bool { return word == "All" || strings.EqualFold(word, app) }
		return slices.ContainsFunc(when.IncludeApps, is) && !slices.ContainsFunc(when.ExcludeApps, is)
	})
}

func (t Target) reason() string {
	switch {
	case t.Action != "":
		return "userActions"
	case t.Context != "":
		return "authenticationContext"
	}
	return "application"
}
