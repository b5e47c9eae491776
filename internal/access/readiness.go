package access

import (
	"fmt"
	"strings"
	"time"
)

// Ability is what somebody can do about phishing-resistant MFA.
type Ability string

// The abilities.
const (
	Ready      Ability = "ready"      // can satisfy phishing-resistant MFA
	Outlawed   Ability = "outlawed"   // has a passkey that the policy no longer allows
	CanAdd     Ability = "can add"    // has none, and can register one by what is there
	HoldsPass  Ability = "holds pass" // has none, and a pass to register one with
	NeedsPass  Ability = "needs pass" // has nothing to register one with
	CannotAdd  Ability = "cannot add" // may not register one
	NotOurs    Ability = "not ours"   // a guest, a disabled account, or nobody
	NotLearned Ability = "unknown"    // Entra did not tell
)

// Readiness is the verdict on somebody's credentials.
type Readiness struct {
	Ability Ability
	Why     string // a sentence for a person
}

// Readiness judges whether the person can sign in where phishing-resistant MFA is
// demanded, and if not, what is missing.
func (c Credentials) Readiness(now time.Time) Readiness {
	if r, is := c.outside(); is {
		return r
	}
	if !c.Known || !c.PasskeyPolicy.Known {
		return Readiness{NotLearned, "Entra did not tell the authentication methods or the policy for passkeys. Ask again in a minute."}
	}
	if good := c.usable(); len(good) > 0 {
		return Readiness{Ready, "Can satisfy phishing-resistant MFA, with " + titles(good) + "."}
	}
	if m, has := c.first(bound); has {
		return Readiness{Ready, "Can satisfy phishing-resistant MFA, on one computer only: " + MethodName(m) + ". There is no passkey for other devices."}
	}
	if why := c.hindered(); why != "" {
		return Readiness{CannotAdd, "Cannot register a passkey: " + why + "."}
	}
	return c.without(now)
}

// without judges who has no passkey that works, and may register one.
func (c Credentials) without(now time.Time) Readiness {
	_, factor := c.first(secondFactors)
	pass, holds := c.Pass(now)
	r := Readiness{NeedsPass, "Needs a pass: there is no method with which a passkey could be registered."}
	switch {
	case holds && pass.Usable:
		r = Readiness{HoldsPass, "Has no passkey yet, and a pass to register one with."}
	case holds:
		r = Readiness{HoldsPass, "Has no passkey yet, and a pass that is not valid yet."}
	case factor:
		m, _ := c.first(secondFactors)
		r = Readiness{CanAdd, "Has no passkey, and can register one by " + MethodName(m) + "."}
	}
	if len(c.Passkeys) > 0 {
		r = Readiness{Outlawed, fmt.Sprintf("Has a passkey that the policy no longer allows: %s. %s", c.Bars(c.Passkeys[0]), r.Why)}
	}
	return r
}

// outside judges who is none of Passdesk's people.
func (c Credentials) outside() (Readiness, bool) {
	switch p := c.Person; {
	case !p.Found:
		return Readiness{NotOurs, "There is nobody like that in this organisation any more."}, true
	case c.External:
		return Readiness{NotOurs, "A guest from another organisation: passkeys and methods are kept there, so their own help desk has to look."}, true
	case p.Guest:
		return Readiness{NotOurs, "A guest account. Entra does not let guests register a passkey."}, true
	case !p.Enabled:
		return Readiness{NotOurs, "The account is disabled: nothing that it has lets anybody in. Have it enabled first."}, true
	}
	return Readiness{}, false
}

// hindered says why the policy does not let the person register a passkey, without
// a full stop; empty when it does.
func (c Credentials) hindered() string {
	p := c.PasskeyPolicy
	switch {
	case !p.Enabled:
		return "passkeys are switched off in this organisation"
	case len(p.profiles(c.Person)) == 0:
		return "the policy for passkeys does not include this person"
	case !p.SelfService:
		return "the policy does not let people register passkeys by themselves"
	}
	return ""
}

func titles(passkeys []Passkey) string {
	names := make([]string, 0, len(passkeys))
	for _, k := range passkeys {
		names = append(names, k.Title())
	}
	return strings.Join(names, ", ")
}

// Title is how the passkey is called: its name, else what keeps it.
func (k Passkey) Title() string {
	switch {
	case k.Name != "":
		return "“" + k.Name + "”"
	case k.Where() != "":
		return k.Where()
	}
	return "a passkey without a name"
}

// methodNames are the kinds of methods in words.
var methodNames = map[string]string{
	kindPassword: "a password", kindAuthenticator: "the Authenticator app (not a passkey)", kindHello: "Windows Hello for Business",
	kindPlatform: "a platform credential", kindPhone: "a phone number", kindSoftwareOath: "an app with codes",
	kindHardwareOath: "a token with codes", kindExternal: "another organisation's MFA", "email": "an email address (resets the password only)",
	"qrCodePin": "a QR code with a PIN",
}

// MethodName names the kind of a method in words; one that is not known by its
// name in Graph.
func MethodName(m Method) string {
	if words, known := methodNames[m.Kind]; known {
		return words
	}
	return m.Kind
}
