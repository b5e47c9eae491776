package access

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Census tells how everybody in the tenant can sign in.
type Census interface {
	// Registrations calls each for everybody whom Entra's report names, in the order
	// of the report, and told as it goes on. It holds a page of them at a time, and
	// lets everybody else's calls go first. An error of each ends it. Unavailable.
	Registrations(ctx context.Context, told func(Progress), each func(Registration) error) error
}

// Progress is how far a reading has come.
type Progress struct {
	Counted int // people found in the directory so far
	Read    int // people of whom it is known how they sign in
	Of      int // people in the directory; 0 until all of them have been counted
}

// Registration is what Entra's report says of one person
// (Graph: userRegistrationDetails), with what the directory knows of them.
type Registration struct {
	Person
	Department string
	// Listed is false for somebody who is not in the directory any more.
	Listed  bool
	Enabled bool
	Guest   bool
	// Methods are Graph's methodsRegistered, a password left out.
	Methods []string
	// MFA is Graph's isMfaCapable: any second factor that the tenant allows.
	MFA bool
	// Updated is when Entra made its report, which is hours behind.
	Updated time.Time
}

// method is a kind of sign-in that cannot be phished, as people call it.
type method struct {
	is   func(registered string) bool
	name string
}

// resistant are the methods that satisfy phishing-resistant MFA
// (Entra: authentication strengths). Graph's isPasswordlessCapable is no such
// thing: it counts phone sign-in, too. A certificate is seldom registered, and
// then the report need not name it.
var resistant = []method{
	{oneOf("passKeyDeviceBoundAuthenticator"), "Passkey in Authenticator"},
	{oneOf("passKeySynced"), "Synced passkey"},
	{oneOf("passKeyDeviceBoundWindowsHello"), "Passkey in Windows Hello"},
	{oneOf("passKeyDeviceBound", "fido2SecurityKey"), "Security key"},
	{func(m string) bool { return strings.HasPrefix(m, "passKey") }, "Another passkey"},
	{oneOf("windowsHelloForBusiness"), "Windows Hello for Business"},
	{oneOf("macOsSecureEnclaveKey"), "Secure Enclave of a Mac"},
	{oneOf("x509CertificateMultiFactor", "certificateBasedAuthentication"), "Certificate"},
}

func oneOf(names ...string) func(string) bool {
	return func(m string) bool { return slices.Contains(names, m) }
}

// kinds are the methods of a registration that cannot be phished, as places in
// resistant, each once. They are added to those given.
func (r Registration) kinds(found []int) []int {
	for _, registered := range r.Methods {
		i := slices.IndexFunc(resistant, func(m method) bool { return m.is(registered) })
		if i >= 0 && !slices.Contains(found, i) {
			found = append(found, i)
		}
	}
	return found
}

// counts tells whether the person is one of those whom the rollout is about.
// Guests sign in at home, and a disabled account nowhere.
func (r Registration) counts() bool { return r.Listed && r.Enabled && !r.Guest }
