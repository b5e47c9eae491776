package signin_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/signin"
)

// Whatever is sent, a session is opened only with code 0, and what is logged is
// what was answered.
func FuzzSignIn(f *testing.F) {
	for _, seed := range []string{
		`{"user":"joni","platform":"windows","method":"password"}`,
		`{"user":"grady","platform":"IOS","method":"authenticator","code":"deny"}`,
		`{"user":"alex","platform":"windows","method":"passkey","action":"urn:user:registersecurityinfo","otherWay":true}`,
		`{"user":"guest","platform":"unknown","method":"pass","code":"\u0000","app":"x","client":"browser"}`,
		`{}`, `null`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var attempt signin.Attempt
		if json.Unmarshal(body, &attempt) != nil {
			return
		}
		tenant := entra.New(entra.Options{Now: func() time.Time { return morning }})
		out := signin.New(tenant, signin.Options{}).SignIn(attempt)
		require.Equal(t, out.OK, out.ErrorCode == 0)
		require.Equal(t, out.OK, out.Session != "")
		require.NotEmpty(t, out.Message)
		_, wrong := attempt.Checked()
		lines := tenant.SignIns()
		require.Equal(t, wrong == nil, len(lines) > 0)
		if wrong == nil {
			require.Equal(t, out.ErrorCode, lines[len(lines)-1].Status.Code)
			require.Len(t, lines, len(out.Interrupts)+1)
		}
	})
}

// Whatever is sent, a passkey appears if and only if the answer says so, and it
// is of a model that the policy lets in.
func FuzzRegister(f *testing.F) {
	for _, seed := range []string{
		`{"model":"Microsoft Authenticator","platform":"iOS","name":"x","bluetooth":true}`,
		`{"model":"iCloud Keychain","platform":"iOS","bluetooth":true}`,
		`{"model":"YubiKey 5Ci"}`, `{"model":"","platform":"\u0000"}`, `{}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var r signin.Registration
		if json.Unmarshal(body, &r) != nil {
			return
		}
		p := open(t)
		r.Session = p.begin("joni", true)
		got := p.Register(r)
		require.Equal(t, got.OK, got.Reason == "")
		keys := slices.DeleteFunc(p.tenant.Methods("joni"), func(m entra.Method) bool { return m.Kind != entra.Passkey })
		require.Equal(t, got.OK, len(keys) == 1)
		if got.OK {
			require.True(t, p.tenant.PasskeyPolicy().Keys.Admit(keys[0].AAGUID))
			require.NotEmpty(t, keys[0].Name)
		}
	})
}
