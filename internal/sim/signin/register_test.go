package signin_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/manners"
	"github.com/passdesk/passdesk/internal/sim/signin"
)

// Every condition of a registration: what is arranged after a sign-in with a
// pass on Windows, and why the registration then fails.
func TestPreconditions(t *testing.T) {
	t.Parallel()
	type try = signin.Registration
	rule := func(change func(*entra.PasskeyPolicy)) func(*place, *try) {
		return func(p *place, _ *try) { p.tenant.SetPasskeyPolicy(change) }
	}
	wait := func(d time.Duration) func(*place, *try) { return func(p *place, _ *try) { p.tenant.Advance(d) } }
	for name, c := range map[string]struct {
		once    bool
		arrange func(*place, *try)
		why     string
	}{
		"as it should be":   {true, func(*place, *try) {}, ""},
		"a reusable pass":   {false, func(*place, *try) {}, ""},
		"no session":        {true, func(_ *place, r *try) { r.Session = "" }, signin.WhySession},
		"another's session": {true, func(_ *place, r *try) { r.Session += "x" }, signin.WhySession},
		"sessions revoked": {true, func(p *place, _ *try) {
			p.tenant.Advance(time.Second)
			require.NoError(p.t, p.tenant.RevokeSessions("joni"))
		}, signin.WhySession},
		"disabled since":  {true, func(p *place, _ *try) { require.NoError(p.t, p.tenant.SetEnabled("joni", false)) }, signin.WhySession},
		"deleted since":   {true, func(p *place, _ *try) { require.NoError(p.t, p.tenant.RemovePerson("joni")) }, signin.WhySession},
		"pass deleted":    {true, func(p *place, _ *try) { require.NoError(p.t, p.tenant.DeletePass("joni", "")) }, signin.WhySession},
		"pass replaced":   {true, func(p *place, _ *try) { p.pass("joni", true) }, signin.WhySession},
		"pass expired":    {false, wait(time.Hour), signin.WhySession},
		"4:59, reusable":  {false, wait(4*time.Minute + 59*time.Second), ""},
		"5:00, reusable":  {false, wait(5 * time.Minute), ""},
		"5:01, reusable":  {false, wait(5*time.Minute + time.Second), signin.WhyMFA},
		"5:01, one-time":  {true, wait(5*time.Minute + time.Second), ""},
		"10:00, one-time": {true, wait(10 * time.Minute), ""},
		"10:01, one-time": {true, wait(10*time.Minute + time.Second), signin.WhyPassWindow},
		"policy off":      {true, rule(func(r *entra.PasskeyPolicy) { r.Enabled = false }), signin.WhyScope},
		"out of scope":    {true, rule(func(r *entra.PasskeyPolicy) { r.Include = []entra.Target{{Type: "group", ID: "of nobody"}} }), signin.WhyScope},
		"excluded from scope": {true, func(p *place, _ *try) {
			joni := p.person("joni").ID
			p.tenant.SetPasskeyPolicy(func(r *entra.PasskeyPolicy) { r.Exclude = []entra.Target{{Type: "user", ID: joni}} })
		}, signin.WhyScope},
		"no self-service":    {true, rule(func(r *entra.PasskeyPolicy) { r.SelfService = false }), signin.WhySelfService},
		"attestation, by QR": {true, rule(func(r *entra.PasskeyPolicy) { r.Attested = true }), signin.WhyAttestation},
		"attestation, by key": {true, func(p *place, r *try) {
			p.tenant.SetPasskeyPolicy(func(r *entra.PasskeyPolicy) { r.Attested = true })
			r.Model, r.Platform = "YubiKey 5 Series with NFC", "windows"
		}, ""},
		"attestation, synced": {true, func(p *place, r *try) {
			p.tenant.SetPasskeyPolicy(func(r *entra.PasskeyPolicy) { r.Attested, r.Keys.Enforced = true, false })
			r.Model, r.Platform = "Bitwarden", "windows"
		}, signin.WhyAttestation},
		"wrong vault":          {true, func(_ *place, r *try) { r.Model = "iCloud Keychain" }, signin.WhyVault},
		"wrong vault, Android": {true, func(_ *place, r *try) { r.Model, r.Platform = "Google Password Manager", "android" }, signin.WhyVault},
		"wrong key":            {true, func(_ *place, r *try) { r.Model, r.Platform = "Security Key NFC by Yubico", "" }, signin.WhyVault},
		"vault on the block":   {true, rule(func(r *entra.PasskeyPolicy) { r.Keys.Block = true }), signin.WhyVault},
		"any vault": {true, func(p *place, r *try) {
			p.tenant.SetPasskeyPolicy(func(r *entra.PasskeyPolicy) { r.Keys.Enforced = false })
			r.Model = "icloud keychain"
		}, ""},
		"by AAGUID":          {true, func(_ *place, r *try) { r.Model = strings.ToUpper(entra.AuthenticatorIOS) }, ""},
		"unknown vault":      {true, func(_ *place, r *try) { r.Model = "a drawer" }, signin.WhyRequest},
		"no vault":           {true, func(_ *place, r *try) { r.Model = "" }, signin.WhyRequest},
		"a name beyond all":  {true, func(_ *place, r *try) { r.Name = strings.Repeat("é", 121) }, signin.WhyRequest},
		"vault elsewhere":    {true, func(_ *place, r *try) { r.Model, r.Platform = "Microsoft Authenticator", "windows" }, signin.WhyPlatform},
		"Apple's on Android": {true, func(_ *place, r *try) { r.Model, r.Platform = "iCloud Keychain", "android" }, signin.WhyPlatform},
		"Bluetooth off":      {true, func(_ *place, r *try) { r.Bluetooth = false }, signin.WhyBluetooth},
		"Bluetooth off, key": {true, func(_ *place, r *try) { r.Bluetooth, r.Model, r.Platform = false, entra.YubiKey5, "" }, ""},
		"blocked by now": {true, func(p *place, _ *try) {
			require.NoError(p.t, p.tenant.ChangePolicy("platforms", func(c *entra.Policy) { c.Conditions.ExcludePlatforms = nil }))
		}, signin.WhyBlocked},
		"action blocked":        {true, func(p *place, _ *try) { p.policy(onRegistering(entra.Grant{Controls: []string{"block"}}, "windows")) }, signin.WhyBlocked},
		"action blocked on iOS": {true, func(p *place, _ *try) { p.policy(onRegistering(entra.Grant{Controls: []string{"block"}}, "iOS")) }, ""},
		"action wants strength": {true, func(p *place, _ *try) {
			p.policy(onRegistering(entra.Grant{Strength: entra.StrengthPhishingResistant}, "all"))
		}, signin.WhyBlocked},
		"action wants a device": {true, func(p *place, _ *try) {
			p.policy(onRegistering(entra.Grant{Controls: []string{"compliantDevice"}}, "all"))
		}, signin.WhyBlocked},
		"action wants MFA": {true, func(p *place, _ *try) { p.policy(onRegistering(entra.Grant{Controls: []string{"mfa"}}, "all")) }, ""},
		"ten passkeys":     {true, func(p *place, _ *try) { tenPasskeys(p, "joni") }, signin.WhyTooMany},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := open(t)
			r := iPhone(p.begin("joni", c.once))
			c.arrange(p, &r)
			before := len(p.tenant.Methods("joni"))
			got := p.Register(r)
			require.Equal(t, c.why, got.Why, "%+v", got)
			require.Equal(t, c.why == "", got.OK)
			require.Equal(t, c.why == "", got.Reason == "", "a refusal has words, a success has none")
			if c.why == "" {
				before++
			}
			if c.why != signin.WhySession {
				require.Len(t, p.tenant.Methods("joni"), before)
			}
		})
	}
}

func onRegistering(grant entra.Grant, platform string) entra.Policy {
	grant.Operator = "OR"
	return entra.Policy{Name: "Register", Grant: grant, Conditions: entra.Conditions{
		IncludeUsers: []string{"All"}, UserActions: []string{"urn:user:registersecurityinfo"}, IncludePlatforms: []string{platform},
	}}
}

func tenPasskeys(p *place, alias string) {
	for range 10 {
		p.passkey(alias)
	}
}

func TestRegistrationNeedsMFA(t *testing.T) {
	t.Parallel()
	p := open(t).relaxed()
	out := p.try("grady", signin.Password, "")
	require.Equal(t, signin.Everything, out.GoodFor)
	got := p.Register(iPhone(out.Session))
	require.Equal(t, signin.WhyMFA, got.Why)

	p.state("enforcement", "enabled") // since then
	require.Equal(t, signin.WhyBlocked, p.Register(iPhone(out.Session)).Why)

	p.state("enforcement", "disabled")
	out = p.try("grady", signin.Authenticator, "")
	require.Empty(t, out.Interrupts, "nobody demands it")
	require.True(t, p.Register(iPhone(out.Session)).OK)
}

func TestGuestsNeverRegister(t *testing.T) {
	t.Parallel()
	p := open(t).relaxed()
	out := p.try("guest", signin.Authenticator, "")
	require.True(t, out.OK)
	require.Equal(t, signin.WhyGuest, p.Register(iPhone(out.Session)).Why)
}

// What is registered, as the tenant holds it.
func TestRegisteredPasskeys(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		model, platform, called string
		want                    entra.Method
	}{
		"Authenticator, scanned": {"Microsoft Authenticator", "iOS", "Joni's iPhone", entra.Method{Name: "Joni's iPhone", AAGUID: entra.AuthenticatorIOS, Model: "Microsoft Authenticator - iOS"}},
		"Authenticator, Android": {"microsoft authenticator", "android", "", entra.Method{Name: "Microsoft Authenticator", AAGUID: entra.AuthenticatorAndroid, Model: "Microsoft Authenticator - Android"}},
		"security key":           {"YubiKey 5 Series with NFC", "", " blue one ", entra.Method{Name: "blue one", AAGUID: entra.YubiKey5NFC, Model: "YubiKey 5 Series with NFC", Attested: true}},
		"synced":                 {"Google Password Manager", "android", "", entra.Method{Name: "Google Password Manager", AAGUID: entra.GooglePasswordManager, Synced: true}},
		"Windows Hello":          {"Windows Hello", "windows", "", entra.Method{Name: "Windows Hello", AAGUID: entra.WindowsHello, Model: "Windows Hello", Attested: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := open(t)
			p.tenant.SetPasskeyPolicy(func(r *entra.PasskeyPolicy) { r.Keys.Enforced = false })
			session := p.begin("joni", true)
			p.tenant.Advance(2 * time.Minute)
			got := p.Register(signin.Registration{Session: session, Model: c.model, Platform: c.platform, Name: c.called, Bluetooth: true})
			require.True(t, got.OK, "%+v", got)
			methods := p.tenant.Methods("joni")
			c.want.ID, c.want.Kind, c.want.Created = got.Method, entra.Passkey, morning.Add(2*time.Minute)
			require.Empty(t, cmp.Diff([]entra.Method{c.want}, methods, cmpopts.IgnoreSliceElements(func(m entra.Method) bool { return m.Kind == entra.Password })))
			require.True(t, p.try("joni", signin.Passkey, got.Method).OK)
		})
	}
}

func TestTwoPasskeysOfOneName(t *testing.T) {
	t.Parallel()
	p := open(t)
	session := p.begin("joni", false)
	first, second := p.Register(iPhone(session)), p.Register(iPhone(session))
	require.True(t, first.OK && second.OK)
	require.NotEqual(t, first.Method, second.Method)
	require.Len(t, p.tenant.Methods("joni"), 3)
}

// The known error: the first scan of a session fails, the second works.
func TestRescan(t *testing.T) {
	t.Parallel()
	p := open(t)
	_, err := p.manners.Change(func(m *manners.Manners) error { m.Rescan = true; return nil })
	require.NoError(t, err)
	session := p.begin("joni", false)
	off := iPhone(session)
	off.Bluetooth = false
	require.Equal(t, signin.WhyBluetooth, p.Register(off).Why, "that was no scan yet")
	first := p.Register(iPhone(session))
	require.Equal(t, signin.WhyRescan, first.Why)
	require.Contains(t, first.Reason, "Something went wrong")
	require.True(t, p.Register(iPhone(session)).OK)
	require.True(t, p.Register(iPhone(session)).OK, "once is enough")

	key := signin.Registration{Session: p.begin("grady", false), Model: entra.YubiKey5}
	require.True(t, p.Register(key).OK, "a key is not scanned")
}

// Where a strength holds for all resources, Authenticator cannot sign in to set
// up the passkey on its own phone, which is why people scan a code elsewhere.
func TestTheAuthenticatorLoop(t *testing.T) {
	t.Parallel()
	p := open(t)
	p.exclude("grady", "exclude-platforms")
	phone := signin.Attempt{User: "grady", Platform: "iOS", Method: signin.Authenticator}
	inApp := func() signin.Result {
		out := p.SignIn.SignIn(phone)
		require.True(t, out.OK, "%+v", out)
		return p.Register(signin.Registration{Session: out.Session, Model: "Microsoft Authenticator", Platform: "iOS"})
	}
	got := inApp()
	require.Equal(t, signin.WhyBlocked, got.Why)
	require.Equal(t, 53003, got.ErrorCode)

	p.exclude("grady", "exclude-enforcement")
	require.True(t, inApp().OK)
	methods := p.tenant.Methods("grady")
	require.True(t, methods[len(methods)-1].Attested, "the app attests what it makes itself")

	again := open(t)
	again.exclude("grady", "exclude-platforms")
	require.NoError(t, again.tenant.ChangePolicy("enforcement", func(c *entra.Policy) {
		c.Conditions.ExcludeApps = []string{"6aa00308-ea33-4caa-90d6-ae905d8cb51b"}
	}))
	p = again
	require.True(t, inApp().OK, "the page's documented way out")
}

func TestASessionLastsADay(t *testing.T) {
	t.Parallel()
	p := open(t).relaxed()
	out := p.try("alex", signin.Passkey, "")
	p.tenant.Advance(24 * time.Hour)
	require.Equal(t, signin.WhyMFA, p.Register(iPhone(out.Session)).Why)
	p.tenant.Advance(time.Second)
	require.Equal(t, signin.WhySession, p.Register(iPhone(out.Session)).Why)
}
