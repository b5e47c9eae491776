package graph

import (
	"slices"
	"strings"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

func (g *Graph) signInRoutes() []route {
	return []route{
		on("GET", "auditLogs/signIns", logged, g.signIns),
		on("GET", "auditLogs/signIns/{line}", nil, g.signIn),
	}
}

// signIns lists the log.
func (g *Graph) signIns(a *ask) (Reply, error) {
	lines := g.tenant.VisibleSignIns(g.Manners.Now().LogDelay)
	return logPage(a, "auditLogs/signIns", signInKind(a.wantsUnknown()), lines, func(line *entra.SignIn) int { return line.Number })
}

func (g *Graph) signIn(a *ask) (Reply, error) {
	lines := g.tenant.VisibleSignIns(g.Manners.Now().LogDelay)
	return logLine(a, "auditLogs/signIns", signInKind(a.wantsUnknown()), lines, func(line *entra.SignIn) string { return line.ID })
}

// wantsUnknown says whether the caller takes enum members that came after
// unknownFutureValue (Graph: handling future members in evolvable enums).
func (a *ask) wantsUnknown() bool {
	return slices.ContainsFunc(a.Header.Values("Prefer"), func(v string) bool {
		return strings.Contains(strings.ToLower(v), "include-unknown-enum-members")
	})
}

// signInKind is Graph's signIn resource. Only what is listed as filterable is.
func signInKind(unknown bool) *kind {
	type S = *entra.SignIn
	none := func(name string) property {
		return of(name, true, "", func(S) any { return "none" })
	}
	return &kind{name: "signIn", properties: slices.Concat([]property{
		of("id", true, "", func(s S) any { return s.ID }),
		of("createdDateTime", true, since, func(s S) any { return stamp(s.Created) }),
		of("userDisplayName", true, "", func(s S) any { return orNull(s.UserName) }),
		of("userPrincipalName", true, opening, func(s S) any { return s.UPN }),
		of("userId", true, equal, func(s S) any { return s.UserID }),
		of("appId", true, equal, func(s S) any { return s.AppID }),
		of("appDisplayName", true, "", func(s S) any { return orNull(s.AppName) }),
		of("resourceId", true, "", func(s S) any { return s.ResourceID }),
		of("resourceDisplayName", true, "", func(s S) any { return s.ResourceName }),
		of("ipAddress", true, opening, func(s S) any { return s.IP }),
		of("clientAppUsed", true, "", func(s S) any { return s.Client }),
		of("correlationId", true, equal, func(s S) any { return s.Correlation }),
		of("conditionalAccessStatus", true, equal, func(s S) any { return s.ConditionalState }),
		of("isInteractive", true, "", func(s S) any { return s.Interactive }),
		of("status", true, "", func(s S) any {
			return object{"errorCode": s.Status.Code, "failureReason": s.Status.Reason, "additionalDetails": orNull(s.Status.Detail)}
		}),
		of("status/errorCode", false, equal, func(s S) any { return s.Status.Code }),
		of("deviceDetail", true, "", func(s S) any { return showDevice(s.Device) }),
		of("location", true, "", func(s S) any { return showPlace(s.Place) }),
		of("appliedConditionalAccessPolicies", true, "", func(s S) any { return showApplied(s.Policies, unknown) }),
		none("riskDetail"), none("riskLevelAggregated"), none("riskLevelDuringSignIn"), none("riskState"),
	}, empty(true, "riskEventTypes riskEventTypes_v2"))}
}

func showDevice(d entra.SignInDevice) object {
	return object{
		"deviceId": "", "displayName": "", "operatingSystem": d.System, "browser": d.Browser,
		"isCompliant": d.Compliant, "isManaged": d.Managed, "trustType": d.Trust,
	}
}

func showPlace(p entra.SignInPlace) object {
	return object{
		"city": p.City, "state": p.State, "countryOrRegion": p.Country,
		"geoCoordinates": object{"altitude": nil, "latitude": p.Coordinates.Latitude, "longitude": p.Coordinates.Longitude},
	}
}

// showApplied hides the results of report-only policies from callers that have
// not asked for enum members of later years.
func showApplied(policies []entra.AppliedPolicy, unknown bool) []object {
	shown := make([]object, len(policies))
	for i, p := range policies {
		result := p.Result
		if !unknown && strings.HasPrefix(result, "reportOnly") {
			result = "unknownFutureValue"
		}
		shown[i] = object{
			"id": p.ID, "displayName": p.Name, "enforcedGrantControls": list(p.Controls), "enforcedSessionControls": []string{}, "result": result,
		}
	}
	return shown
}
