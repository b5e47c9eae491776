package conditional_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/conditional"
	"github.com/passdesk/passdesk/internal/sim/entra"
)

// everything is a scene in which all is known.
func everything(p entra.Person, view entra.View) conditional.Scene {
	s := conditional.Of(p, view)
	s.Target = conditional.Target{Apps: []string{"mail"}}
	s.Client, s.Platform, s.Flow = "browser", "iOS", "none"
	s.SignInRisk, s.UserRisk, s.InsiderRisk = "none", "none", "none"
	s.Placed, s.Device = true, true
	return s
}

// Each condition keeps a policy from applying, under its own name, and is passed
// over while nobody knows what it is about.
func TestConditionsAndTheirReasons(t *testing.T) {
	t.Parallel()
	tenant := entra.New(entra.Options{})
	joni, _ := tenant.Person("joni")
	helpdesk, _ := tenant.Group("helpdesk")
	rest := func(path, value string) func(*entra.Policy) {
		return func(p *entra.Policy) { p.Rest = map[string]json.RawMessage{path: json.RawMessage(value)} }
	}
	for name, c := range map[string]struct {
		change func(*entra.Policy)
		reason string // empty: it applies
		always bool   // whatever is known
	}{
		"as it is": {func(*entra.Policy) {}, "", true},
		"other users": {func(p *entra.Policy) {
			p.Conditions.IncludeUsers = nil
			p.Conditions.IncludeGroups = []string{helpdesk.ID}
		}, "users", true},
		"excluded": {func(p *entra.Policy) { p.Conditions.ExcludeUsers = []string{joni.ID} }, "users", true},
		"guests in": {func(p *entra.Policy) {
			p.Conditions.IncludeUsers = nil
			rest("conditions.users.includeGuestsOrExternalUsers", `{}`)(p)
		}, "users", true},
		"guests out":        {rest("conditions.users.excludeGuestsOrExternalUsers", `{}`), "", true},
		"other app":         {func(p *entra.Policy) { p.Conditions.IncludeApps = []string{"files"} }, "application", true},
		"excluded app":      {func(p *entra.Policy) { p.Conditions.ExcludeApps = []string{"mail"} }, "application", true},
		"other platform":    {func(p *entra.Policy) { p.Conditions.IncludePlatforms = []string{"windows"} }, "devicePlatform", false},
		"excluded platform": {func(p *entra.Policy) { p.Conditions.ExcludePlatforms = []string{"iOS"} }, "devicePlatform", false},
		"device filter":     {rest("conditions.devices", `{"deviceFilter":{"mode":"include","rule":"device.x"}}`), "devices", false},
		"device filter out": {rest("conditions.devices", `{"deviceFilter":{"mode":"exclude","rule":"device.x"}}`), "", true},
		"other client":      {func(p *entra.Policy) { p.Conditions.ClientApps = []string{"other"} }, "clientApps", false},
		"named location":    {rest("conditions.locations", `{"includeLocations":["x"],"excludeLocations":[]}`), "location", false},
		"any but trusted":   {rest("conditions.locations", `{"includeLocations":["All"],"excludeLocations":["AllTrusted"]}`), "", true},
		"no location":       {rest("conditions.locations", `null`), "", true},
		"sign-in risk":      {func(p *entra.Policy) { p.Conditions.SignInRisks = []string{"high"} }, "signInRisk", false},
		"user risk":         {func(p *entra.Policy) { p.Conditions.UserRisks = []string{"high"} }, "userRisk", false},
		"insider risk":      {rest("conditions.insiderRiskLevels", `"moderate,elevated"`), "insiderRisk", false},
		"device code":       {rest("conditions.authenticationFlows", `{"transferMethods":"deviceCodeFlow"}`), "authenticationFlow", false},
		"off":               {func(p *entra.Policy) { p.State = "disabled" }, "policyNotEnabled", true},
		"reporting":         {func(p *entra.Policy) { p.State = "enabledForReportingButNotEnforced" }, "", true},
		"about a user action": {func(p *entra.Policy) {
			p.Conditions.IncludeApps = nil
			p.Conditions.UserActions = []string{"urn:user:registerdevice"}
		}, "application", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			policy := entra.Policy{State: "enabled", Conditions: entra.Conditions{IncludeUsers: []string{"All"}, IncludeApps: []string{"All"}}}
			c.change(&policy)
			want := []string(nil)
			if c.reason != "" {
				want = []string{c.reason}
			}
			s := everything(joni, tenant.Seen(0))
			require.Equal(t, want, s.Misses(policy))
			unknown := conditional.Of(joni, tenant.Seen(0))
			unknown.Target = s.Target
			if !c.always {
				want = nil
			}
			require.Equal(t, want, unknown.Misses(policy), "nothing known")
		})
	}
}

func TestTargets(t *testing.T) {
	t.Parallel()
	tenant := entra.New(entra.Options{})
	joni, _ := tenant.Person("joni")
	s := conditional.Of(joni, tenant.Seen(0))
	all := entra.Conditions{IncludeUsers: []string{"All"}}
	misses := func(target conditional.Target, change func(*entra.Conditions)) []string {
		when := all
		change(&when)
		s.Target = target
		return s.Misses(entra.Policy{State: "enabled", Conditions: when})
	}
	action, guarded := conditional.Target{Action: conditional.RegisterSecurityInfo}, conditional.Target{Context: "c1"}
	require.Empty(t, misses(action, func(c *entra.Conditions) { c.UserActions = []string{"urn:user:registersecurityinfo"} }))
	require.Equal(t, []string{"userActions"}, misses(action, func(c *entra.Conditions) { c.IncludeApps = []string{"All"} }))
	require.Empty(t, misses(guarded, func(c *entra.Conditions) { c.AuthContexts = []string{"C1"} }))
	require.Equal(t, []string{"authenticationContext"}, misses(guarded, func(c *entra.Conditions) { c.AuthContexts = []string{"c2"} }))
	require.Empty(t, misses(conditional.Target{Apps: []string{"mail", "files"}}, func(c *entra.Conditions) {
		c.IncludeApps, c.ExcludeApps = []string{"All"}, []string{"mail"}
	}), "one app is enough")
}

func TestReasonsAddUp(t *testing.T) {
	t.Parallel()
	tenant := entra.New(entra.Options{})
	joni, _ := tenant.Person("joni")
	s := everything(joni, tenant.Seen(0))
	require.Equal(t, []string{"users", "application", "devicePlatform", "policyNotEnabled"}, s.Misses(entra.Policy{
		State: "disabled", Conditions: entra.Conditions{IncludePlatforms: []string{"windows"}},
	}))
}
