package entra

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Authentication strengths that every tenant has (Entra: built-in
// authentication strengths).
const (
	StrengthMFA               = "00000000-0000-0000-0000-000000000002"
	StrengthPasswordless      = "00000000-0000-0000-0000-000000000003"
	StrengthPhishingResistant = "00000000-0000-0000-0000-000000000004"
)

// Strength is an authentication strength: the combinations of methods that are
// good enough, each as Graph writes it ("fido2", "password,softwareOath").
type Strength struct {
	ID, Name, Description string
	Custom                bool
	Combinations          []string
	// AAGUIDs narrow the combination "fido2" to these models; empty: any.
	AAGUIDs []string
	Created time.Time
}

// Allows says whether one of the combinations is good enough. The AAGUID is
// that of the passkey shown, if one was.
func (s Strength) Allows(combinations []string, aaguid string) bool {
	return slices.ContainsFunc(combinations, func(shown string) bool {
		if shown == "fido2" && len(s.AAGUIDs) > 0 && !slices.ContainsFunc(s.AAGUIDs, func(one string) bool { return strings.EqualFold(one, aaguid) }) {
			return false
		}
		return slices.Contains(s.Combinations, shown)
	})
}

// Strengths lists the built-in strengths, then the tenant's own.
func (t *Tenant) Strengths() []Strength {
	t.mu.RLock()
	defer t.mu.RUnlock()
	all := builtInStrengths()
	for _, s := range t.strengths {
		s.Combinations, s.AAGUIDs = slices.Clone(s.Combinations), slices.Clone(s.AAGUIDs)
		all = append(all, s)
	}
	return all
}

// Strength finds a strength by id.
func (t *Tenant) Strength(id string) (Strength, bool) {
	all := t.Strengths()
	i := slices.IndexFunc(all, func(s Strength) bool { return strings.EqualFold(s.ID, id) })
	if i < 0 {
		return Strength{}, false
	}
	return all[i], true
}

// AddStrength adds a strength of the tenant's own and returns it with its id.
func (t *Tenant) AddStrength(s Strength) (Strength, error) {
	err := t.try(func() error {
		if s.Name == "" || len(s.Combinations) == 0 {
			return errors.New("adding a strength: it needs a name and a combination")
		}
		s.ID, s.Custom, s.Created = t.id("strength "+s.Name), true, t.now()
		if slices.ContainsFunc(t.strengths, func(other Strength) bool { return other.ID == s.ID }) {
			return fmt.Errorf("adding strength %q: %w", s.Name, ErrAlready)
		}
		t.strengths = append(t.strengths, s)
		return nil
	})
	return s, err
}

func builtInStrengths() []Strength {
	created := time.Date(2021, 12, 1, 8, 0, 0, 0, time.UTC)
	resistant := []string{"windowsHelloForBusiness", "fido2", "x509CertificateMultiFactor"}
	passwordless := slices.Concat(resistant, []string{"deviceBasedPush"})
	mfa := slices.Concat(passwordless, []string{
		"temporaryAccessPassOneTime", "temporaryAccessPassMultiUse",
		"password,microsoftAuthenticatorPush", "password,softwareOath", "password,hardwareOath", "password,sms", "password,voice",
		"federatedMultiFactor", "microsoftAuthenticatorPush,federatedSingleFactor", "softwareOath,federatedSingleFactor",
		"hardwareOath,federatedSingleFactor", "sms,federatedSingleFactor", "voice,federatedSingleFactor",
	})
	return []Strength{
		{ID: StrengthMFA, Name: "Multifactor authentication", Description: "Combinations of methods that satisfy strong authentication, such as a password + SMS", Combinations: mfa, Created: created},
		{ID: StrengthPasswordless, Name: "Passwordless MFA", Description: "Passwordless methods that satisfy strong authentication, such as Passwordless sign-in with the Microsoft Authenticator", Combinations: passwordless, Created: created},
		{ID: StrengthPhishingResistant, Name: "Phishing-resistant MFA", Description: "Phishing-resistant, Passwordless methods for the strongest authentication, such as a FIDO2 security key", Combinations: resistant, Created: created},
	}
}
