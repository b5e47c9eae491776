package signin

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// Windows in which a passkey can be registered (Entra: register a passkey;
// configure Temporary Access Pass).
const (
	freshMFA  = 5 * time.Minute
	freshPass = 10 * time.Minute
)

// Bounds of what is registered (Entra: passkeys per user).
const (
	passkeysMost = 10
	nameLongest  = 120
)

// Registration is one try at registering a passkey.
type Registration struct {
	// Session is that of a sign-in.
	Session string `json:"session"`
	// Model is the vault or security key, by name or AAGUID: "Microsoft
	// Authenticator", "iCloud Keychain", "YubiKey 5 Series with NFC".
	Model string `json:"model"`
	// Platform is that of the device with the vault. If it is another than the
	// session's, a QR code is scanned. Empty: the session's own device.
	Platform string `json:"platform"`
	// Name is what the person calls the passkey; empty: the vault's name.
	Name string `json:"name"`
	// Bluetooth says that it is on at both ends.
	Bluetooth bool `json:"bluetooth"`
}

// Result is what became of a registration.
type Result struct {
	OK bool `json:"ok"`
	// Reason is what the page says when it did not work.
	Reason string `json:"reason"`
	// Why is the same for programs, one of the Why constants; empty when it did.
	Why string `json:"why,omitempty"`
	// ErrorCode is Entra's, where it has one.
	ErrorCode int `json:"errorCode,omitempty"`
	// Method is the id of the new passkey.
	Method string `json:"method,omitempty"`
}

// Why a registration failed.
const (
	WhyRequest     = "request"     // nothing that a page could send
	WhySession     = "session"     // ended, or never was
	WhyGuest       = "guest"       // guests cannot have passkeys here
	WhyScope       = "scope"       // the passkey policy does not cover the person
	WhySelfService = "selfService" // people may not register by themselves
	WhyBlocked     = "blocked"     // Conditional Access
	WhyMFA         = "mfa"         // none within the last five minutes
	WhyPassWindow  = "passWindow"  // a one-time pass, more than ten minutes ago
	WhyPlatform    = "platform"    // the vault does not run there
	WhyBluetooth   = "bluetooth"   // off at one end
	WhyRescan      = "rescan"      // the known error of the first scan
	WhyAttestation = "attestation" // wanted, and not to be had
	WhyVault       = "vault"       // not let in by the key restrictions
	WhyTooMany     = "tooMany"     // passkeys
)

// failed is a registration that did not work; it is an error only on its way.
type failed struct {
	why, reason string
	code        int
}

// Register lets somebody who is signed in register a passkey. The passkey is in
// the tenant when it returns.
func (s *SignIn) Register(r Registration) Result {
	s.mu.Lock()
	defer s.mu.Unlock()
	method, wrong := s.register(r)
	if wrong != nil {
		return Result{Reason: wrong.reason, Why: wrong.why, ErrorCode: wrong.code}
	}
	return Result{OK: true, Method: method}
}

func (s *SignIn) register(r Registration) (string, *failed) {
	if len(r.Model)+len(r.Session)+len(r.Platform) > longest || utf8.RuneCountInString(r.Name) > nameLongest {
		return "", &failed{why: WhyRequest, reason: "That is longer than the page takes."}
	}
	opened, known := s.sessions[r.Session]
	if !known {
		return "", &failed{why: WhySession, reason: "Your session has ended. Sign in again."}
	}
	p, code := s.alive(opened)
	if code != 0 {
		return "", &failed{WhySession, "Your session has ended. Sign in again. " + reason(code), code}
	}
	for _, check := range []func() *failed{
		func() *failed { return s.allowed(p) },
		func() *failed { return s.admitted(p, opened) },
		func() *failed { return s.recent(opened) },
	} {
		if wrong := check(); wrong != nil {
			return "", wrong
		}
	}
	return s.keep(p, opened, r)
}

// allowed: what the policy for passkeys says of the person.
func (s *SignIn) allowed(p entra.Person) *failed {
	switch {
	case p.Guest:
		return &failed{why: WhyGuest, reason: "Guests can't set up a passkey in this organization."}
	case !s.tenant.MayUsePasskeys(p.ID):
		return &failed{why: WhyScope, reason: "Your organization's policy doesn't let you set up a passkey. Contact your administrator."}
	case !s.tenant.PasskeyPolicy().SelfService:
		return &failed{why: WhySelfService, reason: "Your organization doesn't let people set up passkeys by themselves. Contact your administrator."}
	}
	return nil
}

// admitted: what Conditional Access says of registering security information,
// now, from the device of the session.
func (s *SignIn) admitted(p entra.Person, opened *session) *failed {
	all := s.judgeRegistering(s.sceneOf(p, opened.attempt), opened.shown)
	if opened.shown.mfa {
		all = tolerate(all)
	}
	want := demanded(all)
	switch {
	case want.blocked, len(want.strengths) > 0:
		return &failed{WhyBlocked, "You can't set up a passkey from here. " + reason(blocked), blocked}
	case want.refused != 0:
		return &failed{WhyBlocked, reason(want.refused), want.refused}
	case want.mfa:
		return &failed{WhyMFA, "You must sign in with multifactor authentication first. " + reason(mfaDemanded), mfaDemanded}
	}
	return nil
}

// recent: any registration needs MFA of the last five minutes; a one-time pass,
// which cannot be shown again, gives ten.
func (s *SignIn) recent(opened *session) *failed {
	age := s.tenant.Now().Sub(opened.at)
	switch {
	case !opened.shown.mfa:
		return &failed{WhyMFA, "To set up a passkey, sign in with multifactor authentication first.", strongAuth}
	case opened.once && age > freshPass:
		return &failed{WhyPassWindow, "The sign-in with the one-time Temporary Access Pass was more than 10 minutes ago. You need a new pass.", strongAuth}
	case !opened.once && age > freshMFA:
		return &failed{WhyMFA, "To set up a passkey, you must have signed in with multifactor authentication in the past 5 minutes. Sign in again.", strongAuth}
	}
	return nil
}

// keep makes the passkey, if the vault is good enough.
func (s *SignIn) keep(p entra.Person, opened *session, r Registration) (string, *failed) {
	r.Platform = cmp.Or(r.Platform, opened.attempt.Platform)
	vault, known := entra.FindVault(r.Model, r.Platform)
	if !known {
		return "", &failed{why: WhyRequest, reason: fmt.Sprintf("No vault or security key is called %q.", r.Model)}
	}
	scanned := !vault.Carried && !strings.EqualFold(r.Platform, opened.attempt.Platform)
	if wrong := s.reach(opened, r, vault, scanned); wrong != nil {
		return "", wrong
	}
	if wrong := s.accept(p, opened, vault, scanned); wrong != nil {
		return "", wrong
	}
	id, err := newPasskeyID()
	if err != nil {
		return "", &failed{why: WhyRequest, reason: err.Error()}
	}
	m, err := s.tenant.PutMethod(p.ID, entra.Method{
		ID: id, Kind: entra.Passkey, Name: cmp.Or(strings.TrimSpace(r.Name), vault.Name), AAGUID: vault.AAGUID, Model: vault.Model,
		Attested: vault.Attests && !scanned, Synced: vault.Synced,
	})
	if err != nil {
		return "", &failed{why: WhySession, reason: err.Error()}
	}
	s.tenant.AuditMethod(p, p.ID, entra.Registered, "Fido2 passkey")
	return m.ID, nil
}

// reach: whether the vault can be got at from the page, over a QR code and
// Bluetooth if it is on another device.
func (s *SignIn) reach(opened *session, r Registration, vault entra.Vault, scanned bool) *failed {
	switch {
	case !vault.RunsOn(r.Platform):
		return &failed{why: WhyPlatform, reason: vault.Name + " isn't available on this device."}
	case !scanned:
		return nil
	case s.tenant.PasskeyPolicy().Attested:
		return &failed{why: WhyAttestation, reason: "Your organization requires attestation, so a passkey can't be set up with a QR code. Set it up in the app on your phone."}
	case !r.Bluetooth:
		return &failed{why: WhyBluetooth, reason: "Your devices couldn't connect. Turn on Bluetooth on both devices and try again."}
	}
	first := !opened.scanned
	opened.scanned = true
	if first && s.options.Manners.Now().Rescan {
		return &failed{why: WhyRescan, reason: "Something went wrong. Scan the QR code and try again."}
	}
	return nil
}

// accept: whether Entra takes what the vault sends.
func (s *SignIn) accept(p entra.Person, opened *session, vault entra.Vault, scanned bool) *failed {
	rule, phone := s.tenant.PasskeyPolicy(), opened.attempt.Platform == "iOS" || opened.attempt.Platform == "android"
	inApp := phone && !scanned && vault.Name == "Microsoft Authenticator"
	switch {
	case rule.Attested && !vault.Attests:
		return &failed{why: WhyAttestation, reason: "Your organization requires attestation, which " + vault.Name + " doesn't provide. Choose another place for your passkey."}
	case !rule.Keys.Admit(vault.AAGUID):
		return &failed{WhyVault, "This passkey can't be used. Your organization doesn't allow passkeys in " + vault.Name + ". Choose another place for your passkey.", passkeyBlocked}
	case inApp && s.loops(p, opened):
		return &failed{WhyBlocked, "You can't sign in to Microsoft Authenticator to set up the passkey. " + reason(blocked), blocked}
	}
	count := 0
	for _, m := range s.tenant.Methods(p.ID) {
		if m.Kind == entra.Passkey {
			count++
		}
	}
	if count >= passkeysMost {
		return &failed{why: WhyTooMany, reason: "You have the maximum number of passkeys. Delete one first."}
	}
	return nil
}

// credentialRegistration is the app that Authenticator signs in to when it sets
// up a passkey on the phone it runs on.
const credentialRegistration = "6aa00308-ea33-4caa-90d6-ae905d8cb51b" //nolint:gosec // the public id of an app

// loops says whether a strength for all resources keeps the person out of the
// app in which they would register what the strength demands (Entra: passkeys in
// Authenticator, known issues).
func (s *SignIn) loops(p entra.Person, opened *session) bool {
	inApp := opened.attempt
	inApp.App, inApp.Client = credentialRegistration, clients[1]
	return !demanded(s.judge(s.sceneOf(p, inApp), opened.shown)).nothing()
}

func newPasskeyID() (string, error) {
	raw := make([]byte, 24)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("id of a passkey: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}
