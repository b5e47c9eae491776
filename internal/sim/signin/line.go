package signin

import (
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// app is an application that people sign in to.
type app struct{ id, name string }

// mySignIns is the page where people register their methods.
var mySignIns = app{"19db86c3-b2b9-44cc-b339-36da233a3be2", "My Signins"} //nolint:misspell // Entra spells it so

// graphAPI is what its pages ask for.
var graphAPI = app{"00000003-0000-0000-c000-000000000000", "Microsoft Graph"}

var appNames = map[string]string{
	mySignIns.id:                           mySignIns.name,
	credentialRegistration:                 "Microsoft Authenticator Credential Registration",
	"4765445b-32c6-49b0-83e6-1d93765276ca": "OfficeHome",
	"1fec8e78-bce4-4aaf-ab1b-5451cc387264": "Microsoft Teams",
}

// write notes a line of the sign-in log.
func (v *visit) write(code int, all []verdict, appID string) {
	id, upn, name := v.named()
	line := entra.SignIn{
		UserID: id, UPN: upn, UserName: name, AppID: appID, AppName: appNames[appID],
		ResourceID: graphAPI.id, ResourceName: graphAPI.name, IP: addressOf(id),
		Client: "Browser", Correlation: v.outcome.CorrelationID, Interactive: true,
		ConditionalState: stateOf(all), Status: entra.SignInStatus{Code: code, Reason: reason(code)},
		Device: v.device(), Place: placeOf(v.person.Zone), Policies: applied(all),
	}
	if v.attempt.Client != clients[0] {
		line.Client = "Mobile Apps and Desktop clients"
	}
	if code == 0 && v.shown.mfa {
		line.Status.Detail = "MFA completed in Azure AD"
	}
	v.lines = append(v.lines, line)
}

// stateOf is conditionalAccessStatus: policies that only report do not count.
func stateOf(all []verdict) string {
	state := "notApplied"
	for _, one := range all {
		switch one.result() {
		case "failure":
			return "failure"
		case "success":
			state = "success"
		}
	}
	return state
}

func applied(all []verdict) []entra.AppliedPolicy {
	list := make([]entra.AppliedPolicy, len(all))
	for i, one := range all {
		list[i] = entra.AppliedPolicy{ID: one.policy.ID, Name: one.policy.Name, Controls: controlNames(one), Result: one.result()}
	}
	return list
}

// logged is how the log writes controls.
var logged = map[string]string{
	controlBlock: "Block", controlMFA: "Mfa", "compliantDevice": "RequireCompliantDevice", "domainJoinedDevice": "RequireDomainJoinedDevice",
	"approvedApplication": "RequireApprovedApp", "compliantApplication": "RequireCompliantApp", "passwordChange": "PasswordChange",
}

func controlNames(one verdict) []string {
	names := []string{}
	if !one.applies || one.dropped {
		return names
	}
	for _, control := range one.policy.Grant.Controls {
		if name, known := logged[control]; known {
			names = append(names, name)
		}
	}
	if one.strength.ID != "" {
		names = append(names, "Require authentication strength - "+one.strength.Name)
	}
	return names
}

// device is what the browser tells of the device.
func (v *visit) device() entra.SignInDevice {
	d := entra.SignInDevice{Compliant: v.attempt.Compliant, Managed: v.attempt.Compliant}
	if v.attempt.Joined {
		d.Trust = "Hybrid Azure AD joined"
	}
	known := []struct{ platform, system, browser string }{
		{"windows", "Windows 11", "Edge 143.0.0"},
		{"iOS", "Ios 18.7", "Mobile Safari 18.7"},
		{"android", "Android 16", "Chrome Mobile 143.0.0"},
		{"macOS", "MacOs 15.7", "Safari 18.6"},
		{"linux", "Linux", "Firefox 146.0"},
	}
	if i := slices.IndexFunc(known, func(k struct{ platform, system, browser string }) bool { return k.platform == v.attempt.Platform }); i >= 0 {
		d.System, d.Browser = known[i].system, known[i].browser
	}
	return d
}

// addressOf is one of the addresses kept for documentation (RFC 5737).
func addressOf(id string) string {
	sum := sha256.Sum256([]byte(id))
	return fmt.Sprintf("203.0.113.%d", 1+int(sum[0])%254)
}

// placeOf is where somebody of that time zone works.
func placeOf(zone string) entra.SignInPlace {
	at := func(city, state, country string, latitude, longitude float64) entra.SignInPlace {
		return entra.SignInPlace{City: city, State: state, Country: country, Coordinates: entra.Coordinates{Latitude: latitude, Longitude: longitude}}
	}
	switch zone {
	case "Europe/Paris":
		return at("Paris", "Paris", "FR", 48.86, 2.35)
	case "Europe/London":
		return at("London", "London, City of", "GB", 51.51, -0.13)
	case "Europe/Amsterdam":
		return at("Amsterdam", "Noord-Holland", "NL", 52.37, 4.89)
	case "Europe/Berlin":
		return at("Berlin", "Berlin", "DE", 52.52, 13.4)
	case "Europe/Copenhagen":
		return at("Copenhagen", "Hovedstaden", "DK", 55.68, 12.57)
	}
	return at("Oslo", "Oslo", "NO", 59.91, 10.75)
}
