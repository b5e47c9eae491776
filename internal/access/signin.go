package access

import (
	"strings"
	"time"
)

// SignInsShown is how many lines of the sign-in log are read at most.
const SignInsShown = 50

// SignInLog is what the sign-in log told of a person.
type SignInLog struct {
	Lines []SignIn // newest first, at most SignInsShown
	// More tells that there are older lines in the time that was asked about.
	More bool
}

// SignIn is one line of the sign-in log (Graph: signIn). Whatever Entra left out
// is empty, and words that Passdesk does not know are kept as they came.
type SignIn struct {
	At          time.Time // in whole seconds
	Correlation string    // the same for all lines of one attempt
	App, AppID  string
	System      string // the operating system in the client's own words: "Ios 18.7"
	City        string
	Country     string // two letters
	// Code is Entra's errorCode, 0 for success, where Coded; without that the
	// line tells no code.
	Code  int
	Coded bool
	// Reason is Entra's own text for the code (Graph: signInStatus failureReason).
	Reason string
	// Access is conditionalAccessStatus: "success", "failure", "notApplied".
	Access   string
	Policies []AppliedPolicy
}

// AppliedPolicy is what became of one policy at a sign-in
// (Graph: appliedConditionalAccessPolicy).
type AppliedPolicy struct {
	Policy PolicyRef
	Result string
	// Controls are what the policy wants, in the words of the log: "Block", "Mfa",
	// "Require authentication strength - Phishing-resistant MFA".
	Controls []string
}

// Results of a policy, of which failures alone keep somebody out: those that
// only report begin with another word.
const policyFailed = "failure"

// failed tells whether the line itself is no success.
func (s SignIn) failed() bool {
	if !s.Coded {
		return s.Access == policyFailed
	}
	return s.Code != 0
}

// Platform is the kind of device in Graph's words ("iOS", "android", "windows",
// "macOS", "linux"), as far as the system's name tells; else empty.
func (s SignIn) Platform() string {
	system := strings.ToLower(s.System)
	for _, p := range []struct{ word, platform string }{
		{"ios", "iOS"},
		{"ipad", "iOS"},
		{"iphone", "iOS"},
		{"android", "android"},
		{"windows", "windows"},
		{"mac", "macOS"},
		{"linux", "linux"},
	} {
		if strings.Contains(system, p.word) {
			return p.platform
		}
	}
	return ""
}

// OnPhone tells whether the sign-in came from a phone or a tablet.
func (s SignIn) OnPhone() bool { return s.Platform() == "iOS" || s.Platform() == "android" }

// Applications in which a passkey is registered (Microsoft: first-party
// applications).
var registering = map[string]bool{
	"19db86c3-b2b9-44cc-b339-36da233a3be2": true, // the page of one's own sign-ins
	"4813382a-8fa7-425e-ab75-3b753aab3abb": true, // Microsoft Authenticator
	CredentialRegistration:                 true,
}

// CredentialRegistration is the id of the application "Microsoft Authenticator
// Credential Registration", in which a phone registers its passkey.
//
//nolint:gosec // the id of an application, no credential
const CredentialRegistration = "6aa00308-ea33-4caa-90d6-ae905d8cb51b"

// registers tells whether the sign-in was to register something.
func (s SignIn) registers() bool { return registering[strings.ToLower(s.AppID)] }
