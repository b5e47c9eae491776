package access

import (
	"slices"
	"time"
)

// Credentials are what a person can sign in with, as Entra tells it at one moment,
// and the tenant's policies for it.
type Credentials struct {
	At       time.Time
	Person   Member // with groups
	External bool   // a guest from another organisation
	// Manager is nil where Entra names none.
	Manager *Member
	// Known is false where the methods could not be read.
	Known         bool
	Methods       []Method // all but passkeys and passes
	Passkeys      []Passkey
	Passes        []LivePass // none or one, expired ones included
	PassPolicy    PassPolicy
	PasskeyPolicy PasskeyPolicy
}

// Method is an authentication method that is neither a passkey nor a pass.
type Method struct {
	// Kind is Graph's @odata.type without prefix and suffix: "password",
	// "microsoftAuthenticator", …. One that Passdesk does not know is kept.
	Kind string
	// Name is what tells one from another of its kind: a device, an address, the
	// last digits of a number; may be empty.
	Name string
}

// Kinds of methods (Graph: authenticationMethod and its derived types).
const (
	kindPassword      = "password"
	kindAuthenticator = "microsoftAuthenticator"
	kindHello         = "windowsHelloForBusiness"
	kindPlatform      = "platformCredential"
	kindPhone         = "phone"
	kindSoftwareOath  = "softwareOath"
	kindHardwareOath  = "hardwareOath"
	kindExternal      = "external"
)

// secondFactors are the kinds with which somebody can pass multifactor
// authentication beside a password. An email address resets passwords, and no
// more (Entra: authentication methods).
var secondFactors = []string{
	kindAuthenticator, kindPhone, kindSoftwareOath, kindHardwareOath, kindExternal, kindHello, kindPlatform,
}

// bound are the kinds that resist phishing on the one computer that holds them.
var bound = []string{kindHello, kindPlatform}

// first is the first method of one of some kinds.
func (c Credentials) first(kinds []string) (Method, bool) {
	i := slices.IndexFunc(c.Methods, func(m Method) bool { return slices.Contains(kinds, m.Kind) })
	if i < 0 {
		return Method{}, false
	}
	return c.Methods[i], true
}

// Pass is the pass that works at a moment, or will.
func (c Credentials) Pass(now time.Time) (LivePass, bool) {
	for _, p := range c.Passes {
		if now.Before(p.Ends()) && p.Usability != "OneTimeUsed" && p.Usability != "Expired" && p.Usability != "DisabledByPolicy" {
			return p, true
		}
	}
	return LivePass{}, false
}

// Bars says in words why a passkey of the person's is not good enough any more;
// empty when it is, or when the policy is not known.
func (c Credentials) Bars(k Passkey) string {
	if !c.PasskeyPolicy.Known {
		return ""
	}
	return c.PasskeyPolicy.bars(c.Person, k)
}

// usable are the passkeys that the person can sign in with.
func (c Credentials) usable() []Passkey {
	var good []Passkey
	for _, k := range c.Passkeys {
		if c.Bars(k) == "" {
			good = append(good, k)
		}
	}
	return good
}
