package access

import "slices"

// Scene is a sign-in about which Entra is asked what its policies would do
// (Graph: conditionalAccessRoot evaluate).
type Scene struct {
	// Platform is the kind of device, in Graph's words: "android", "iOS",
	// "windows", "macOS", "linux".
	Platform string
	// App is what is signed in to; empty: any application.
	App string
	// Registering asks about the registration of security information instead.
	Registering bool
}

// Controls of a policy that depend on what somebody shows (Graph:
// conditionalAccessGrantControl). The others depend on the device.
const controlMFA = "mfa"

// proofs are the ways in which somebody can prove who they are, as an
// authentication strength writes them (Graph: authenticationMethodModes).
type proofs struct {
	combinations []string
	mfa          bool
}

// proofsOf are the combinations that go with each kind of method.
var proofsOf = map[string][]string{
	kindAuthenticator: {"password,microsoftAuthenticatorPush", "deviceBasedPush"},
	kindPhone:         {"password,sms", "password,voice"},
	kindSoftwareOath:  {"password,softwareOath"},
	kindHardwareOath:  {"password,hardwareOath"},
	kindHello:         {"windowsHelloForBusiness"},
	kindPlatform:      {"windowsHelloForBusiness"},
	kindExternal:      {"federatedMultiFactor"},
}

// byPass are the combinations of a pass.
func byPass() proofs {
	return proofs{[]string{"temporaryAccessPassOneTime", "temporaryAccessPassMultiUse"}, true}
}

// own are the proofs of what the person has.
func (c Credentials) own() proofs {
	var p proofs
	for _, m := range c.Methods {
		p.combinations = append(p.combinations, proofsOf[m.Kind]...)
	}
	if len(c.usable()) > 0 {
		p.combinations = append(p.combinations, "fido2")
	}
	p.mfa = len(p.combinations) > 0
	return p
}

// hindrance is a policy that stands in the way of a route, and how.
type hindrance struct {
	policy PolicyRef
	block  bool
	needs  []string // in words
}

// hindrances are the policies that somebody with these proofs does not satisfy,
// and what the device must be like for the others.
func (p proofs) hindrances(outcomes []Outcome, registering bool) (in []hindrance, device []string) {
	for _, o := range outcomes {
		if !o.Applies || o.State != PolicyOn {
			continue
		}
		if o.Block {
			in = append(in, hindrance{policy: o.Policy, block: true})
			continue
		}
		met, left := p.meets(o, registering)
		switch {
		case met:
		case len(left) > 0:
			device = append(device, left...)
		default:
			in = append(in, hindrance{policy: o.Policy, needs: o.Needs})
		}
	}
	return in, device
}

// meets tells whether the proofs satisfy a policy; left is what the device must be
// like besides. While somebody registers, a strength that is demanded of all
// resources is forgiven: they are there to register what it demands (Entra:
// authentication strengths, known issues).
func (p proofs) meets(o Outcome, registering bool) (met bool, left []string) {
	met = true
	shown := 0
	for _, control := range o.Controls {
		if control == controlMFA && p.mfa {
			shown++
			continue
		}
		met = false
		if control != controlMFA {
			left = append(left, controlName(control))
		}
	}
	if o.Strength {
		if registering || slices.ContainsFunc(o.Accepts, func(c string) bool { return slices.Contains(p.combinations, c) }) {
			shown++
		} else {
			met = false
			if !o.Any {
				return false, nil // nothing that the device is like helps
			}
		}
	}
	return met || (o.Any && shown > 0), left
}

// controlNames are conditions on the device or the app, in words.
var controlNames = map[string]string{
	"compliantDevice": "compliant", "domainJoinedDevice": "joined",
	"approvedApplication": "approvedApp", "compliantApplication": "protectedApp",
}

func controlName(control string) string {
	if known := controlNames[control]; known != "" {
		return known
	}
	return control
}
