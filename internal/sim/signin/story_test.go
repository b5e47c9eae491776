package signin_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/signin"
)

// Joni's first day, from "more information" to the passkey in the tenant.
func TestStoryJonisFirstDay(t *testing.T) {
	t.Parallel()
	p := open(t)

	out := p.try("joni", signin.Password, "")
	require.False(t, out.OK)
	require.Equal(t, []int{50072, 50076}, out.Interrupts, "more information, and then MFA that she does not have")
	require.Equal(t, 50079, out.ErrorCode)
	require.Equal(t, "failure", p.result(out, "enforcement"))
	require.Equal(t, "notApplied", p.result(out, "platforms"))

	pass := p.pass("joni", true)
	p.tenant.Advance(3 * time.Minute) // told by voice
	out = p.try("joni", signin.Pass, pass.Code)
	require.True(t, out.OK)
	require.Equal(t, signin.Registering, out.GoodFor)
	require.Equal(t, "failure", p.result(out, "enforcement"), "a pass is not phishing-resistant")
	require.Equal(t, []int{50072, 0}, p.codes(out.CorrelationID))

	p.tenant.Advance(4 * time.Minute)
	keychain := iPhone(out.Session)
	keychain.Model = "iCloud Keychain"
	require.Equal(t, signin.WhyVault, p.Register(keychain).Why)
	got := p.Register(iPhone(out.Session))
	require.True(t, got.OK, "%+v", got)

	require.NoError(t, p.tenant.DeletePass("joni", pass.ID))
	require.Equal(t, signin.WhySession, p.Register(iPhone(out.Session)).Why, "the pass has ended its session")
	out = p.try("joni", signin.Passkey, "")
	require.Equal(t, signin.Everything, out.GoodFor)
	require.Equal(t, "success", p.result(out, "enforcement"))
	phone := p.SignIn.SignIn(signin.Attempt{User: "joni", Platform: "iOS", Method: signin.Passkey})
	require.Equal(t, 53003, phone.ErrorCode, "not even a passkey opens an unsupported platform")
}

// Grady has methods, but his phone may not sign in, until he is excluded.
func TestStoryGradysExclusion(t *testing.T) {
	t.Parallel()
	p := open(t)
	phone := signin.Attempt{User: "grady", Platform: "iOS", Method: signin.Authenticator}

	out := p.SignIn.SignIn(phone)
	require.Equal(t, 53003, out.ErrorCode)
	require.Equal(t, "failure", p.result(out, "platforms"))

	desk := p.try("grady", signin.Authenticator, "")
	require.Equal(t, signin.Registering, desk.GoodFor, "from Windows he gets to the page where methods are added")

	p.exclude("grady", "exclude-platforms")
	out = p.SignIn.SignIn(phone)
	require.True(t, out.OK)
	require.Equal(t, "notApplied", p.result(out, "platforms"))
	require.Equal(t, "failure", p.result(out, "enforcement"))
	require.True(t, p.Register(signin.Registration{Session: out.Session, Model: "Microsoft Authenticator", Platform: "android", Bluetooth: true}).OK)
	out = p.SignIn.SignIn(signin.Attempt{User: "grady", Platform: "iOS", Method: signin.Passkey})
	require.Equal(t, signin.Everything, out.GoodFor)

	require.NoError(t, p.tenant.RemoveMember("exclude-platforms", "grady"))
	out = p.SignIn.SignIn(phone)
	require.Equal(t, 50074, out.ErrorCode, "he has a passkey now, and is asked for it")
	out = p.SignIn.SignIn(signin.Attempt{User: "grady", Platform: "iOS", Method: signin.Passkey})
	require.Equal(t, 53003, out.ErrorCode)
	require.Equal(t, entra.Passkey, p.tenant.Methods("grady")[2].Kind)
}
