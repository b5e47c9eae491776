package signin_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/signin"
)

// Both seeded policies, on every platform, with every method, for people who
// are excluded from neither, either and both.
func TestSeededPolicies(t *testing.T) {
	t.Parallel()
	type end struct {
		code    int
		goodFor string
	}
	all, register := end{0, signin.Everything}, end{0, signin.Registering}
	methods := []string{signin.Password, signin.Authenticator, signin.Pass, signin.Passkey}
	for _, c := range []struct {
		excluded []string
		windows  []end // by method
		phone    []end // every other platform
	}{
		{nil, []end{{50076, ""}, register, register, all}, []end{{53003, ""}, {53003, ""}, {53003, ""}, {53003, ""}}},
		{[]string{"exclude-platforms"}, []end{{50076, ""}, register, register, all}, []end{{50076, ""}, register, register, all}},
		{[]string{"exclude-enforcement"}, []end{all, all, all, all}, []end{{53003, ""}, {53003, ""}, {53003, ""}, {53003, ""}}},
		{[]string{"exclude-enforcement", "exclude-platforms"}, []end{all, all, all, all}, []end{all, all, all, all}},
	} {
		for _, platform := range []string{"windows", "iOS", "android", "macOS", "linux", "unknown"} {
			for i, method := range methods {
				t.Run(fmt.Sprintf("%v/%s/%s", c.excluded, platform, method), func(t *testing.T) {
					t.Parallel()
					p := open(t)
					p.exclude("grady", c.excluded...)
					attempt := signin.Attempt{User: "grady", Platform: platform, Method: method}
					switch method {
					case signin.Pass:
						attempt.Code = p.pass("grady", true).Code
					case signin.Passkey:
						p.passkey("grady")
					}
					want := c.phone[i]
					if platform == "windows" {
						want = c.windows[i]
					}
					out := p.SignIn.SignIn(attempt)
					require.Equal(t, want, end{out.ErrorCode, out.GoodFor}, "%+v", out)
					require.Equal(t, want.code == 0, out.OK)
					require.Equal(t, out.OK, out.Session != "")
					require.Equal(t, append(append([]int{}, out.Interrupts...), out.ErrorCode), p.codes(out.CorrelationID))
				})
			}
		}
	}
}

func TestWhoAPolicyIsFor(t *testing.T) {
	t.Parallel()
	block := entra.Grant{Operator: "OR", Controls: []string{"block"}}
	for name, c := range map[string]struct {
		arrange func(*place) entra.Conditions
		user    string
		result  string
	}{
		"all":           {func(*place) entra.Conditions { return entra.Conditions{IncludeUsers: []string{"All"}} }, "grady", "failure"},
		"none":          {func(*place) entra.Conditions { return entra.Conditions{IncludeUsers: []string{"None"}} }, "grady", "notApplied"},
		"nobody said":   {func(*place) entra.Conditions { return entra.Conditions{} }, "grady", "notApplied"},
		"by id":         {func(p *place) entra.Conditions { return entra.Conditions{IncludeUsers: []string{p.person("grady").ID}} }, "grady", "failure"},
		"somebody else": {func(p *place) entra.Conditions { return entra.Conditions{IncludeUsers: []string{p.person("grady").ID}} }, "adele", "notApplied"},
		"guests": {func(*place) entra.Conditions {
			return entra.Conditions{IncludeUsers: []string{"GuestsOrExternalUsers"}}
		}, "guest", "failure"},
		"no guest": {func(*place) entra.Conditions {
			return entra.Conditions{IncludeUsers: []string{"GuestsOrExternalUsers"}}
		}, "grady", "notApplied"},
		"role": {func(*place) entra.Conditions {
			return entra.Conditions{IncludeRoles: []string{entra.GlobalAdministrator}}
		}, "patti", "failure"},
		"role by group": {func(*place) entra.Conditions {
			return entra.Conditions{IncludeRoles: []string{entra.HelpdeskAdministrator}}
		}, "robin.kline@" + entra.Domain, "failure"},
		"eligible only": {func(*place) entra.Conditions {
			return entra.Conditions{IncludeRoles: []string{entra.UserAdministrator}}
		}, "eli", "notApplied"},
		"excluded role": {func(*place) entra.Conditions {
			return entra.Conditions{IncludeUsers: []string{"All"}, ExcludeRoles: []string{entra.GlobalAdministrator}}
		}, "patti", "notApplied"},
		"excluded user": {func(p *place) entra.Conditions {
			return entra.Conditions{IncludeUsers: []string{"All"}, ExcludeUsers: []string{p.person("grady").ID}}
		}, "grady", "notApplied"},
		"group":          {groups("helpdesk", ""), "adele", "failure"},
		"other group":    {groups("auditors", ""), "adele", "notApplied"},
		"nested group":   {nested(true), "adele", "failure"},
		"nested out":     {nested(false), "adele", "notApplied"},
		"out beats in":   {groups("helpdesk", "helpdesk"), "adele", "notApplied"},
		"excluded group": {groups("helpdesk", "auditors"), "adele", "failure"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := open(t).relaxed()
			when := c.arrange(p)
			when.IncludeApps = []string{"All"}
			p.policy(entra.Policy{Alias: "new", Name: "New", Conditions: when, Grant: block})
			out := p.try(c.user, signin.Password, "")
			require.Equal(t, c.result, p.result(out, "new"), "%+v", out)
			require.Equal(t, c.result != "failure", out.OK)
		})
	}
}

func groups(in, out string) func(*place) entra.Conditions {
	return func(p *place) entra.Conditions {
		g, _ := p.tenant.Group(in)
		when := entra.Conditions{IncludeGroups: []string{g.ID}}
		if g, ok := p.tenant.Group(out); ok {
			when.ExcludeGroups = []string{g.ID}
		}
		return when
	}
}

// nested puts the help desk into a group within a group.
func nested(include bool) func(*place) entra.Conditions {
	return func(p *place) entra.Conditions {
		inner, err := p.tenant.AddGroup(entra.Group{Alias: "inner", Name: "Inner", Members: []string{"helpdesk"}})
		require.NoError(p.t, err)
		outer, err := p.tenant.AddGroup(entra.Group{Alias: "outer", Name: "Outer", Members: []string{inner.ID}})
		require.NoError(p.t, err)
		if include {
			return entra.Conditions{IncludeGroups: []string{outer.ID}}
		}
		return entra.Conditions{IncludeUsers: []string{"All"}, ExcludeGroups: []string{outer.ID}}
	}
}

func TestWhereAPolicyIsFor(t *testing.T) {
	t.Parallel()
	const teams = "1fec8e78-bce4-4aaf-ab1b-5451cc387264"
	action := []string{"urn:user:registersecurityinfo"}
	for name, c := range map[string]struct {
		when    entra.Conditions
		attempt signin.Attempt
		applies bool
	}{
		"all apps":          {entra.Conditions{IncludeApps: []string{"All"}}, signin.Attempt{}, true},
		"no app":            {entra.Conditions{IncludeApps: []string{"None"}}, signin.Attempt{}, false},
		"the app":           {entra.Conditions{IncludeApps: []string{teams}}, signin.Attempt{App: teams}, true},
		"another app":       {entra.Conditions{IncludeApps: []string{teams}}, signin.Attempt{}, false},
		"excluded app":      {entra.Conditions{IncludeApps: []string{"All"}, ExcludeApps: []string{teams}}, signin.Attempt{App: teams}, false},
		"action":            {entra.Conditions{UserActions: action}, signin.Attempt{Action: "registersecurityinfo"}, true},
		"action in full":    {entra.Conditions{UserActions: action}, signin.Attempt{Action: "urn:user:registerSecurityInfo"}, true},
		"action, at an app": {entra.Conditions{UserActions: action}, signin.Attempt{}, false},
		"apps, for action":  {entra.Conditions{IncludeApps: []string{"All"}}, signin.Attempt{Action: "registersecurityinfo"}, true},
		"another action":    {entra.Conditions{UserActions: []string{"urn:user:registerdevice"}}, signin.Attempt{Action: "registersecurityinfo"}, false},
		"browser":           {entra.Conditions{IncludeApps: []string{"All"}, ClientApps: []string{"browser"}}, signin.Attempt{}, true},
		"not a browser":     {entra.Conditions{IncludeApps: []string{"All"}, ClientApps: []string{"browser"}}, signin.Attempt{Client: "mobileAppsAndDesktopClients"}, false},
		"named platform":    {entra.Conditions{IncludeApps: []string{"All"}, IncludePlatforms: []string{"windows", "iOS"}}, signin.Attempt{}, true},
		"other platform":    {entra.Conditions{IncludeApps: []string{"All"}, IncludePlatforms: []string{"iOS"}}, signin.Attempt{}, false},
		"excluded platform": {entra.Conditions{IncludeApps: []string{"All"}, IncludePlatforms: []string{"all"}, ExcludePlatforms: []string{"windows"}}, signin.Attempt{}, false},
		"excluded only":     {entra.Conditions{IncludeApps: []string{"All"}, ExcludePlatforms: []string{"windows"}}, signin.Attempt{}, false},
		"platform, in caps": {entra.Conditions{IncludeApps: []string{"All"}, IncludePlatforms: []string{"ios"}}, signin.Attempt{Platform: "IOS"}, true},
		"untold, of all":    {entra.Conditions{IncludeApps: []string{"All"}, IncludePlatforms: []string{"all"}, ExcludePlatforms: []string{"windows"}}, signin.Attempt{Platform: "unknown"}, true},
		"conditions add up": {entra.Conditions{IncludeApps: []string{"All"}, ClientApps: []string{"browser"}, IncludePlatforms: []string{"iOS"}}, signin.Attempt{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := open(t).relaxed()
			c.when.IncludeUsers = []string{"All"}
			p.policy(entra.Policy{Alias: "new", Name: "New", Conditions: c.when, Grant: entra.Grant{Operator: "OR", Controls: []string{"block"}}})
			c.attempt.User, c.attempt.Method = "grady", signin.Password
			if c.attempt.Platform == "" {
				c.attempt.Platform = "windows"
			}
			out := p.SignIn.SignIn(c.attempt)
			want := map[bool]int{true: 53003, false: 0}[c.applies]
			require.Equal(t, want, out.ErrorCode, "%+v", out)
		})
	}
}

func TestWhatAPolicyDemands(t *testing.T) {
	t.Parallel()
	const none = ""
	for name, c := range map[string]struct {
		grant   entra.Grant
		attempt signin.Attempt
		code    int
		goodFor string
	}{
		"mfa, password":         {entra.Grant{Operator: "OR", Controls: []string{"mfa"}}, signin.Attempt{Method: signin.Password}, 50076, none},
		"mfa, app":              {entra.Grant{Operator: "OR", Controls: []string{"mfa"}}, signin.Attempt{Method: signin.Authenticator}, 0, signin.Everything},
		"mfa, pass":             {entra.Grant{Operator: "OR", Controls: []string{"mfa"}}, signin.Attempt{Method: signin.Pass}, 0, signin.Everything},
		"strength 2, pass":      {entra.Grant{Operator: "OR", Strength: entra.StrengthMFA}, signin.Attempt{Method: signin.Pass}, 0, signin.Everything},
		"strength 2, app":       {entra.Grant{Operator: "OR", Strength: entra.StrengthMFA}, signin.Attempt{Method: signin.Authenticator}, 0, signin.Everything},
		"strength 3, pass":      {entra.Grant{Operator: "OR", Strength: entra.StrengthPasswordless}, signin.Attempt{Method: signin.Pass}, 0, signin.Registering},
		"strength 4, pass":      {entra.Grant{Operator: "OR", Strength: entra.StrengthPhishingResistant}, signin.Attempt{Method: signin.Pass}, 0, signin.Registering},
		"strength 4, app":       {entra.Grant{Operator: "OR", Strength: entra.StrengthPhishingResistant}, signin.Attempt{Method: signin.Authenticator}, 0, signin.Registering},
		"device, plain":         {entra.Grant{Operator: "OR", Controls: []string{"compliantDevice"}}, signin.Attempt{Method: signin.Password}, 53000, none},
		"device, good":          {entra.Grant{Operator: "OR", Controls: []string{"compliantDevice"}}, signin.Attempt{Method: signin.Password, Compliant: true}, 0, signin.Everything},
		"joined, plain":         {entra.Grant{Operator: "OR", Controls: []string{"domainJoinedDevice"}}, signin.Attempt{Method: signin.Password}, 53001, none},
		"joined, good":          {entra.Grant{Operator: "OR", Controls: []string{"domainJoinedDevice"}}, signin.Attempt{Method: signin.Password, Joined: true}, 0, signin.Everything},
		"approved app":          {entra.Grant{Operator: "OR", Controls: []string{"approvedApplication"}}, signin.Attempt{Method: signin.Password}, 53002, none},
		"protected app":         {entra.Grant{Operator: "OR", Controls: []string{"compliantApplication"}}, signin.Attempt{Method: signin.Password}, 53009, none},
		"a control of tomorrow": {entra.Grant{Operator: "OR", Controls: []string{"riskRemediation"}}, signin.Attempt{Method: signin.Pass}, 53003, none},
		"or: one is enough":     {entra.Grant{Operator: "OR", Controls: []string{"mfa", "compliantDevice"}}, signin.Attempt{Method: signin.Password, Compliant: true}, 0, signin.Everything},
		"or: neither":           {entra.Grant{Operator: "OR", Controls: []string{"mfa", "compliantDevice"}}, signin.Attempt{Method: signin.Password}, 50076, none},
		"or: the app will do":   {entra.Grant{Operator: "OR", Controls: []string{"mfa"}, Strength: entra.StrengthPhishingResistant}, signin.Attempt{Method: signin.Authenticator}, 0, signin.Everything},
		"and: both":             {entra.Grant{Operator: "AND", Controls: []string{"mfa", "compliantDevice"}}, signin.Attempt{Method: signin.Authenticator, Compliant: true}, 0, signin.Everything},
		"and: device wanting":   {entra.Grant{Operator: "AND", Controls: []string{"mfa", "compliantDevice"}}, signin.Attempt{Method: signin.Authenticator}, 53000, none},
		"and: mfa wanting":      {entra.Grant{Operator: "AND", Controls: []string{"mfa", "compliantDevice"}}, signin.Attempt{Method: signin.Password, Compliant: true}, 50076, none},
		"nothing":               {entra.Grant{Operator: "OR"}, signin.Attempt{Method: signin.Password}, 0, signin.Everything},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := open(t).relaxed()
			p.policy(entra.Policy{Alias: "new", Name: "New", Conditions: everybody(), Grant: c.grant})
			c.attempt.User, c.attempt.Platform = "grady", "windows"
			if c.attempt.Method == signin.Pass {
				c.attempt.Code = p.pass("grady", false).Code
			}
			out := p.SignIn.SignIn(c.attempt)
			require.Equal(t, c.code, out.ErrorCode, "%+v", out)
			require.Equal(t, c.goodFor, out.GoodFor)
		})
	}
}

func everybody() entra.Conditions {
	return entra.Conditions{IncludeUsers: []string{"All"}, IncludeApps: []string{"All"}}
}

// Every policy that applies must be satisfied, and a block is never satisfied.
func TestPoliciesAddUp(t *testing.T) {
	t.Parallel()
	p := open(t).relaxed()
	p.policy(entra.Policy{Alias: "mfa", Name: "MFA", Conditions: everybody(), Grant: entra.Grant{Operator: "OR", Controls: []string{"mfa"}}})
	p.policy(entra.Policy{Alias: "device", Name: "Device", Conditions: everybody(), Grant: entra.Grant{Operator: "OR", Controls: []string{"compliantDevice"}}})
	out := p.try("grady", signin.Authenticator, "")
	require.Equal(t, 53000, out.ErrorCode)
	require.Equal(t, []string{"failure", "failure"}, []string{p.result(out, "mfa"), p.result(out, "device")})
	attempt := signin.Attempt{User: "grady", Platform: "windows", Method: signin.Authenticator, Compliant: true}
	out = p.SignIn.SignIn(attempt)
	require.True(t, out.OK)
	require.Equal(t, []string{"success", "success"}, []string{p.result(out, "mfa"), p.result(out, "device")})

	p.policy(entra.Policy{Alias: "stop", Name: "Stop", Conditions: everybody(), Grant: entra.Grant{Operator: "OR", Controls: []string{"block", "mfa"}}})
	out = p.SignIn.SignIn(attempt)
	require.Equal(t, 53003, out.ErrorCode)
	require.Equal(t, "failure", p.result(out, "stop"))
	require.Empty(t, out.Interrupts, "nobody is asked for MFA to be refused")
}

func TestPolicyStates(t *testing.T) {
	t.Parallel()
	p := open(t)
	p.state("enforcement", "enabledForReportingButNotEnforced")
	p.state("platforms", "disabled")
	for method, want := range map[string]string{signin.Password: "reportOnlyInterrupted", signin.Pass: "reportOnlyInterrupted", signin.Passkey: "reportOnlySuccess"} {
		code := ""
		if method == signin.Pass {
			code = p.pass("joni", false).Code
		}
		user := "joni"
		if method == signin.Passkey {
			user = "alex"
		}
		out := p.try(user, method, code)
		require.Equal(t, signin.Everything, out.GoodFor, "a policy that only reports stops nobody")
		require.Equal(t, want, p.result(out, "enforcement"), method)
		require.Equal(t, "notEnabled", p.result(out, "platforms"))
		lines := p.tenant.SignIns()
		require.Equal(t, "notApplied", lines[len(lines)-1].ConditionalState)
	}
	p.state("platforms", "enabledForReportingButNotEnforced")
	out := p.SignIn.SignIn(signin.Attempt{User: "breakglass", Platform: "iOS", Method: signin.Password})
	require.Equal(t, "reportOnlyNotApplied", p.result(out, "platforms"))
	out = p.SignIn.SignIn(signin.Attempt{User: "joni", Platform: "iOS", Method: signin.Password})
	require.Equal(t, "reportOnlyFailure", p.result(out, "platforms"))
	lines := p.tenant.SignIns()
	require.Equal(t, "notApplied", lines[len(lines)-1].ConditionalState)
	require.Equal(t, []string{"Block"}, lines[len(lines)-1].Policies[1].Controls)
	require.Empty(t, lines[0].Policies[1].Controls, "a policy that is off enforces nothing")
}

// A strength of the tenant's own, on the user action, takes precedence over the
// one for all resources; other grants for all resources still count.
func TestStrengthOfTheUserAction(t *testing.T) {
	t.Parallel()
	p := open(t)
	own, err := p.tenant.AddStrength(entra.Strength{Name: "Pass or passkey", Combinations: []string{"temporaryAccessPassOneTime", "temporaryAccessPassMultiUse", "fido2"}})
	require.NoError(t, err)
	action := entra.Conditions{IncludeUsers: []string{"All"}, UserActions: []string{"urn:user:registersecurityinfo"}}
	p.policy(entra.Policy{Alias: "action", Name: "Register", Conditions: action, Grant: entra.Grant{Operator: "OR", Strength: own.ID}})
	register := func(method, code, platform string) signin.Outcome {
		return p.SignIn.SignIn(signin.Attempt{User: "grady", Platform: platform, Method: method, Code: code, Action: signin.RegisterSecurityInfo})
	}
	code := p.pass("grady", false).Code
	out := register(signin.Pass, code, "windows")
	require.Equal(t, signin.Registering, out.GoodFor, "%+v", out)
	require.Equal(t, "success", p.result(out, "action"))
	require.Equal(t, "notApplied", p.result(out, "enforcement"))

	out = register(signin.Authenticator, "", "windows")
	require.Equal(t, 53003, out.ErrorCode, "the app is not in the strength")
	require.Equal(t, "failure", p.result(out, "action"))
	require.Equal(t, 53003, register(signin.Pass, code, "iOS").ErrorCode, "the block of platforms is no strength")

	app := p.try("grady", signin.Authenticator, "")
	require.Equal(t, 53003, app.ErrorCode, "there is nothing to be sent to")
}

// A strength may be narrowed to models of passkeys.
func TestStrengthOfModels(t *testing.T) {
	t.Parallel()
	p := open(t).relaxed()
	own, err := p.tenant.AddStrength(entra.Strength{Name: "YubiKeys", Combinations: []string{"fido2"}, AAGUIDs: []string{entra.YubiKey5NFC}})
	require.NoError(t, err)
	p.policy(entra.Policy{Alias: "keys", Name: "Keys", Conditions: everybody(), Grant: entra.Grant{Operator: "OR", Strength: own.ID}})
	require.Equal(t, signin.Everything, p.try("lee", signin.Passkey, "").GoodFor)
	require.Equal(t, signin.Registering, p.try("alex", signin.Passkey, "").GoodFor)
}

// Memberships that are still on their way through the directory do not count.
func TestAnExclusionOnItsWay(t *testing.T) {
	t.Parallel()
	p := open(t)
	phone := signin.Attempt{User: "grady", Platform: "iOS", Method: signin.Authenticator}
	require.NoError(t, p.tenant.Replicate("exclude-platforms", 5e9, func() error { return p.tenant.AddMember("exclude-platforms", "grady") }))
	require.Equal(t, 53003, p.SignIn.SignIn(phone).ErrorCode)
	p.tenant.Advance(5e9)
	require.True(t, p.SignIn.SignIn(phone).OK)
}
