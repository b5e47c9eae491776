package graph

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

const registrations = "reports/authenticationMethods/userRegistrationDetails"

// reported are the options of the report: its pages are as long as the service
// likes (Graph: List userRegistrationDetails).
var reported = []string{"filter", "orderby", "skiptoken", longPages}

func (g *Graph) reportRoutes() []route {
	return []route{
		on("GET", registrations, reported, g.registrations),
		on("GET", registrations+"/{user}", nil, g.registration),
	}
}

// registrations lists how everybody can sign in, a page at a time: with a filter
// or an order by looking at all of them.
func (g *Graph) registrations(a *ask) (Reply, error) {
	k, q := registrationKind(), a.query
	if err := k.checkFilter(q); err != nil {
		return Reply{}, err
	}
	if q.orderBy != "" && q.orderBy != "userDisplayName" && q.orderBy != "userPrincipalName" {
		return Reply{}, unsupported("Unsupported sort property '" + q.orderBy + "' for 'UserRegistrationDetails'.")
	}
	page, next := g.registrationPage(q, k)
	body, values := object{"@odata.context": a.base + "/$metadata#" + registrations}, make([]object, len(page))
	for i := range page {
		values[i] = k.show(&page[i], nil)
	}
	if next > 0 {
		body["@odata.nextLink"] = a.nextLink(next)
	}
	body["value"] = values
	return Reply{Status: http.StatusOK, Body: body}, nil
}

// registrationPage is a page, and where the next one begins if there is one.
// Without an order that is a place among the people, so that a page costs what it
// holds.
func (g *Graph) registrationPage(q query, k *kind) (page []entra.Registration, next int) {
	late, after := g.Manners.Now().LogDelay, q.skip
	if q.orderBy != "" {
		after = 0
	}
	at := after
	g.tenant.EachRegistration(after, late, func(r *entra.Registration) bool {
		switch {
		case !r.Known() || !k.matches(q, r):
		case q.orderBy == "" && len(page) == q.top:
			next = at
			return false
		default:
			page = append(page, *r)
		}
		at++
		return true
	})
	if q.orderBy == "" {
		return page, next
	}
	slices.SortStableFunc(page, func(a, b entra.Registration) int {
		if q.reverse {
			a, b = b, a
		}
		return cmp.Compare(sortKey(a, q.orderBy), sortKey(b, q.orderBy))
	})
	if end := q.skip + q.top; end < len(page) {
		return page[q.skip:end], end
	}
	return page[min(q.skip, len(page)):], 0
}

func sortKey(r entra.Registration, property string) string {
	if property == "userDisplayName" {
		return strings.ToLower(r.Person.Name)
	}
	return strings.ToLower(r.Person.UPN)
}

func (g *Graph) registration(a *ask) (Reply, error) {
	r, ok := g.tenant.RegistrationOf(a.params["user"], g.Manners.Now().LogDelay)
	if !ok || !strings.EqualFold(a.params["user"], r.Person.ID) {
		return Reply{}, notFound(a.params["user"])
	}
	o := registrationKind().show(&r, nil)
	o["@odata.context"] = a.base + "/$metadata#" + registrations + "/$entity"
	return Reply{Status: http.StatusOK, Body: o}, nil
}

// registrationKind is Graph's userRegistrationDetails. Only what is listed as
// filterable is; methodsRegistered by any(m:m eq '…').
func registrationKind() *kind {
	type R = *entra.Registration
	return &kind{name: "userRegistrationDetails", properties: []property{
		of("id", true, "", func(r R) any { return r.Person.ID }),
		of("userPrincipalName", true, opening, func(r R) any { return r.Person.UPN }),
		of("userDisplayName", true, opening, func(r R) any { return r.Person.Name }),
		of("userType", true, "", func(r R) any { return strings.ToLower(userType(&r.Person)) }),
		of("isAdmin", true, "", func(r R) any { return r.Admin }),
		of("isSsprRegistered", true, equal, func(r R) any { return canReset(r) }),
		of("isSsprEnabled", true, equal, func(r R) any { return !r.Person.Guest }),
		of("isSsprCapable", true, equal, func(r R) any { return canReset(r) }),
		of("isMfaRegistered", true, equal, func(r R) any { return canMFA(r) }),
		of("isMfaCapable", true, equal, func(r R) any { return canMFA(r) }),
		of("isPasswordlessCapable", true, equal, func(r R) any { return slices.ContainsFunc(r.Methods, isPasswordless) }),
		of("methodsRegistered", true, "", func(r R) any { return list(r.Methods) }),
		of("methodsRegistered/", false, equal, func(R) any { return nil }),
		of("isSystemPreferredAuthenticationMethodEnabled", true, "", func(R) any { return true }),
		of("systemPreferredAuthenticationMethods", true, "", func(r R) any { return preferred(r) }),
		of("userPreferredMethodForSecondaryAuthentication", true, "", func(r R) any { return chosen(r) }),
		of("lastUpdatedDateTime", true, "", func(r R) any { return ticks(r.Refreshed) }),
	}}
}

func isPasswordless(method string) bool {
	return strings.HasPrefix(method, "passKey") || slices.Contains([]string{"fido2SecurityKey", "windowsHelloForBusiness"}, method)
}

// canMFA tells whether one of the methods is more than a way to reset a password.
func canMFA(r *entra.Registration) bool {
	return slices.ContainsFunc(r.Methods, func(m string) bool { return m != "email" && m != "temporaryAccessPass" })
}

// canReset tells whether there are two methods with which a password can be reset.
func canReset(r *entra.Registration) bool {
	n := 0
	for _, m := range r.Methods {
		if !isPasswordless(m) && m != "temporaryAccessPass" {
			n++
		}
	}
	return n >= 2 && !r.Person.Guest
}

// chosen is the second factor that the person is asked for first
// (Graph: userDefaultAuthenticationMethod).
func chosen(r *entra.Registration) string {
	for _, known := range []struct{ method, word string }{
		{"microsoftAuthenticatorPush", "push"},
		{"softwareOneTimePasscode", "oath"},
		{"mobilePhone", "sms"},
		{"alternateMobilePhone", "voiceAlternateMobile"},
		{"officePhone", "voiceOffice"},
	} {
		if slices.Contains(r.Methods, known.method) {
			return known.word
		}
	}
	return "none"
}

// preferred are the system's own choice, which is none without a method.
func preferred(r *entra.Registration) []string {
	if slices.ContainsFunc(r.Methods, isPasswordless) {
		return []string{"fido2"}
	}
	if word := chosen(r); word != "none" {
		return []string{word}
	}
	return []string{}
}
