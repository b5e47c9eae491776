package entra

import (
	"slices"
	"strings"
)

// PasskeyPolicy is the tenant's policy for passkeys (Graph:
// fido2AuthenticationMethodConfiguration).
type PasskeyPolicy struct {
	Enabled bool
	// SelfService is isSelfServiceRegistrationAllowed.
	SelfService bool
	// Attested is isAttestationEnforced: only a vault that proves its model may
	// be registered. It says nothing about passkeys that are there.
	Attested         bool
	Keys             KeyRestrictions
	Include, Exclude []Target
}

// KeyRestrictions say which models are let in, at registration and at every
// sign-in (Entra: passkey key restrictions).
type KeyRestrictions struct {
	Enforced bool
	// Block turns the list from those allowed into those refused.
	Block   bool
	AAGUIDs []string
}

// Admit says whether a passkey of that model may be used.
func (k KeyRestrictions) Admit(aaguid string) bool {
	listed := slices.ContainsFunc(k.AAGUIDs, func(one string) bool { return strings.EqualFold(one, aaguid) })
	return !k.Enforced || listed != k.Block
}

// seedPasskeyPolicy lets in the Authenticator app and the company's security
// keys, and nothing that is synced.
func (t *Tenant) seedPasskeyPolicy() {
	t.passkeyPolicy = PasskeyPolicy{
		Enabled: true, SelfService: true, Include: []Target{AllUsers},
		Keys: KeyRestrictions{Enforced: true, AAGUIDs: []string{
			AuthenticatorAndroid, AuthenticatorIOS, YubiKey5, YubiKey5NFC, YubiKey5NFCNew, YubiKey5Ci,
		}},
	}
}

// PasskeyPolicy is the policy in force.
func (t *Tenant) PasskeyPolicy() PasskeyPolicy {
	t.mu.RLock()
	defer t.mu.RUnlock()
	rule := t.passkeyPolicy
	rule.Keys.AAGUIDs = slices.Clone(rule.Keys.AAGUIDs)
	rule.Include = slices.Clone(rule.Include)
	rule.Exclude = slices.Clone(rule.Exclude)
	return rule
}

// SetPasskeyPolicy changes the policy by the function given, which gets a copy.
// Of two changes at the same time, the later one stands.
func (t *Tenant) SetPasskeyPolicy(f func(*PasskeyPolicy)) {
	rule := t.PasskeyPolicy()
	f(&rule)
	t.write(func() { t.passkeyPolicy = rule })
}

// MayUsePasskeys says whether the policy covers the person (an id); an
// exclusion beats an inclusion.
func (t *Tenant) MayUsePasskeys(personID string) bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	rule := t.passkeyPolicy
	return rule.Enabled && t.targeted(rule.Include, personID) && !t.targeted(rule.Exclude, personID)
}
