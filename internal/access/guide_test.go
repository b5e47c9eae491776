package access

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What the policies of tests ask for.
var (
	strongOnly = Outcome{Policy: PolicyRef{ID: "strong", Name: "Strong"}, State: PolicyOn, Applies: true, Needs: []string{"Phishing-strongOnly MFA"}, Strength: true, Any: true, Accepts: []string{"windowsHelloForBusiness", "fido2"}}
	passOrKey  = Outcome{Policy: PolicyRef{ID: "register", Name: "Register"}, State: PolicyOn, Applies: true, Needs: []string{"Pass or passkey"}, Strength: true, Any: true, Accepts: []string{"fido2", "temporaryAccessPassOneTime"}}
	blocks     = Outcome{Policy: PolicyRef{ID: "platforms", Name: "Platforms"}, State: PolicyOn, Applies: true, Block: true}
	wantsMFA   = Outcome{Policy: PolicyRef{ID: "mfa", Name: "MFA"}, State: PolicyOn, Applies: true, Needs: []string{"MFA"}, Controls: []string{"mfa"}, Any: true}
	compliant  = Outcome{Policy: PolicyRef{ID: "managed", Name: "Managed"}, State: PolicyOn, Applies: true, Needs: []string{"a compliant device"}, Controls: []string{"compliantDevice"}, Any: true}
	eitherOr   = Outcome{Policy: PolicyRef{ID: "either", Name: "Either"}, State: PolicyOn, Applies: true, Needs: []string{"one of"}, Controls: []string{"mfa", "compliantDevice"}, Any: true}
	bothOf     = Outcome{Policy: PolicyRef{ID: "both", Name: "Both"}, State: PolicyOn, Applies: true, Needs: []string{"both"}, Controls: []string{"mfa", "compliantDevice"}}
	protected  = Outcome{Policy: PolicyRef{ID: "apps", Name: "Apps"}, State: PolicyOn, Applies: true, Needs: []string{"an app with a protection policy"}, Controls: []string{"compliantApplication"}, Any: true}
	reportOnly = Outcome{Policy: PolicyRef{ID: "later", Name: "Later"}, State: PolicyReportOnly, Applies: true, Block: true}
	aboutOther = Outcome{Policy: PolicyRef{ID: "other", Name: "Other"}, State: PolicyOn, Block: true}
)

func on(outcomes ...Outcome) []Outcome { return outcomes }

// with is what somebody has, in a tenant where everybody may have a pass.
func with(c Credentials) way {
	c.PassPolicy = PassPolicy{Known: true, Enabled: true, IncludeAll: true}
	return way{c: c, phone: "iOS", now: noon}
}

func (w way) android() way { w.phone = "android"; return w }

func (w way) facing(registering, computer, app []Outcome) way {
	w.registering, w.computer, w.app = registering, computer, app
	return w
}

func attesting(p PasskeyPolicy) PasskeyPolicy {
	p.Profiles = []PasskeyProfile{{Attested: true, Keys: p.Profiles[0].Keys}}
	return p
}

const yubiKey = "19083c3d-8383-4b18-bc03-8f1c9ab2fd1b"

func TestGuide(t *testing.T) {
	t.Parallel()
	joni, grady := having(kindPassword), having(kindPassword, kindAuthenticator)
	holding := having(kindPassword)
	holding.Passes = []LivePass{hourly}
	guest, unread := having(kindPassword), having()
	guest.Person.Guest, unread.Known = true, false
	off, scoped, byOthers := open(), open(), open()
	off.Enabled, scoped.Include, byOthers.SelfService = false, []PasskeyTarget{{ID: "pilots"}}, false
	noPass := with(joni)
	noPass.c.PassPolicy.Enabled = false
	for name, c := range map[string]struct {
		way       way
		route     Route
		withPass  bool
		obstacles []string
		device    []string
	}{
		"story 1: nothing yet, the phone is blocked":   {with(joni).facing(nil, on(strongOnly), on(blocks)), ByPass, true, []string{"blocked"}, nil},
		"nothing yet, no policy":                       {with(joni), ByPass, true, nil, nil},
		"nothing yet, a pass is there":                 {with(holding), ByPass, true, nil, nil},
		"nothing yet, passes are off":                  {noPass, Impossible, true, []string{"noPass", "noPass"}, nil},
		"nothing yet, passes are off, one is there":    {func() way { w := noPass; w.c.Passes = holding.Passes; return w }(), ByPass, true, nil, nil},
		"story 2: methods, the phone is blocked":       {with(grady).facing(nil, on(strongOnly), on(blocks)), ByTrouble, false, []string{"blocked"}, nil},
		"methods, nothing in the way":                  {with(grady), InApp, false, nil, nil},
		"methods, an Android phone":                    {with(grady).android(), InApp, false, nil, nil},
		"methods, MFA is enough":                       {with(grady).facing(on(wantsMFA), on(wantsMFA), on(wantsMFA)), InApp, false, nil, nil},
		"the Authenticator loop, a computer is there":  {with(grady).facing(nil, on(strongOnly), on(strongOnly)), ByTrouble, false, []string{"loop"}, nil},
		"the loop, attestation":                        {with(under(grady, attesting(allowing(authenticatorIOS)))).facing(nil, on(strongOnly), on(strongOnly)), Impossible, false, []string{"attestation", "loop"}, nil},
		"attestation, nothing in the way":              {with(under(grady, attesting(allowing(authenticatorIOS)))), InApp, false, nil, nil},
		"attestation, nothing yet":                     {with(under(joni, attesting(allowing(authenticatorIOS)))), InApp, true, nil, nil},
		"attestation, keys are allowed, phone blocked": {with(under(joni, attesting(allowing(authenticatorIOS, yubiKey)))).facing(nil, nil, on(blocks)), BySecurity, true, []string{"blocked"}, nil},
		"only keys": {with(under(grady, allowing(yubiKey))), BySecurity, false, nil, nil},
		"only Android's Authenticator, an iPhone":   {with(under(grady, allowing(authenticatorAndroid))), Impossible, false, []string{"vault"}, nil},
		"only Android's Authenticator, and Android": {with(under(grady, allowing(authenticatorAndroid))).android(), InApp, false, nil, nil},
		"only what is synced":                       {with(under(grady, allowing("fbfc3007-154e-4ecc-8c0b-6e020557d7bd"))), ByTrouble, false, nil, nil},
		"a model that nobody here knows":            {with(under(grady, allowing("00000000-0000-0000-0000-000000000001"))), Impossible, false, []string{"vault"}, nil},
		"registering wants a pass or a passkey":     {with(grady).facing(on(passOrKey), on(strongOnly), on(passOrKey)), ByPass, true, nil, nil},
		"registering wants what nobody can show":    {with(grady).facing(on(strongOnly), nil, on(blocks)), Impossible, true, []string{"needs", "blocked"}, nil},
		"a passkey holder adds another":             {with(keyed(grady, inCloud)).facing(on(strongOnly), on(strongOnly), on(strongOnly)), InApp, false, nil, nil},
		"the computer is blocked, too":              {with(joni).facing(nil, on(blocks), on(blocks)), Impossible, true, []string{"blocked", "blocked"}, nil},
		"the computer must be compliant":            {with(joni).facing(nil, on(compliant), on(blocks)), ByPass, true, []string{"blocked"}, []string{"compliant"}},
		"compliant or MFA":                          {with(joni).facing(nil, on(eitherOr), on(blocks)), ByPass, true, []string{"blocked"}, nil},
		"compliant and MFA":                         {with(joni).facing(nil, on(bothOf), on(blocks)), ByPass, true, []string{"blocked"}, []string{"compliant"}},
		"the app must be protected":                 {with(grady).facing(nil, nil, on(protected)), InApp, false, nil, []string{"protectedApp"}},
		"what only reports, or is about others":     {with(grady).facing(on(reportOnly), on(aboutOther), on(reportOnly, aboutOther)), InApp, false, nil, nil},
		"a guest":                                   {with(guest), Impossible, false, []string{"outside"}, nil},
		"methods not told":                          {with(unread), Impossible, false, []string{"unknown"}, nil},
		"passkeys are off":                          {with(under(grady, off)), Impossible, false, []string{"off"}, nil},
		"out of scope":                              {with(under(grady, scoped)), Impossible, false, []string{"scope"}, nil},
		"nobody registers by themselves":            {with(under(grady, byOthers)), Impossible, false, []string{"selfService"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := c.way.guide()
			var codes []string
			for _, o := range g.Obstacles {
				codes = append(codes, o.Code)
			}
			require.Equal(t, c.route, g.Route)
			require.Equal(t, c.obstacles, codes)
			require.Equal(t, c.device, g.Device)
			if c.route != Impossible {
				require.Equal(t, c.withPass, g.WithPass)
			}
		})
	}
}
