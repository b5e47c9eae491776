package access

import (
	"slices"
	"strings"
	"time"
)

// Passkey is a registered passkey or security key
// (Graph: fido2AuthenticationMethod).
type Passkey struct {
	ID      string
	Name    string // what the person called it
	Model   string // Graph's; empty where Entra knows none
	AAGUID  string // of the authenticator that keeps it, in lower case
	Created time.Time
	// Kind says whether it is bound to one device or synced between several;
	// empty where Entra does not tell.
	Kind PasskeyKind
	// Attested tells whether the authenticator has proved its model.
	Attested bool
}

// PasskeyKind is Graph's passkeyType.
type PasskeyKind string

// The kinds of passkeys (Graph: passkeyTypes).
const (
	DeviceBound PasskeyKind = "deviceBound"
	Synced      PasskeyKind = "synced"
)

// PasskeyPolicy is the tenant's policy for passkeys
// (Graph: fido2AuthenticationMethodConfiguration).
type PasskeyPolicy struct {
	Known   bool // false when it could not be read
	Enabled bool
	// SelfService is isSelfServiceRegistrationAllowed.
	SelfService bool
	Include     []PasskeyTarget
	Exclude     []ID // users and groups; Exclude wins
	NotForAll   bool // everyone is excluded
	// Profiles are the ways in which a passkey can be good enough. A policy
	// without profiles of its own has one, with an empty id.
	Profiles []PasskeyProfile
}

// PasskeyTarget is whom a policy includes, and which profiles they may use.
type PasskeyTarget struct {
	ID       ID
	All      bool     // everyone
	Profiles []string // ids; empty: the profile with the empty id
}

// PasskeyProfile says which passkeys are good enough (Entra: passkey profiles).
type PasskeyProfile struct {
	ID       string
	Name     string
	Kinds    []PasskeyKind // empty: any
	Attested bool          // only one that proves its model may be registered
	Keys     KeyRestrictions
}

// KeyRestrictions say which models are let in, at registration and at every
// sign-in (Graph: fido2KeyRestrictions).
type KeyRestrictions struct {
	Enforced bool
	Block    bool // the list names those refused, not those allowed
	AAGUIDs  []string
}

// admits tells whether a model is let in.
func (k KeyRestrictions) admits(aaguid string) bool {
	listed := slices.ContainsFunc(k.AAGUIDs, func(one string) bool { return strings.EqualFold(one, aaguid) })
	return !k.Enforced || listed != k.Block
}

// profiles are those that the person may use: none where the policy does not
// cover them. Exclusion wins.
func (p PasskeyPolicy) profiles(m Member) []PasskeyProfile {
	if !p.Enabled || p.NotForAll || m.within(p.Exclude) {
		return nil
	}
	var usable []PasskeyProfile
	for _, t := range p.Include {
		if !t.All && !m.within([]ID{t.ID}) {
			continue
		}
		for _, one := range p.Profiles {
			if slices.Contains(t.Profiles, one.ID) || (len(t.Profiles) == 0 && one.ID == "") {
				usable = append(usable, one)
			}
		}
	}
	return usable
}

// bars says in words why the policy does not let the person sign in with a
// passkey; empty when it does. Attestation counts at registration only, key
// restrictions at sign-in, too; one profile of the person's is enough (Entra:
// passkey profiles).
func (p PasskeyPolicy) bars(m Member, k Passkey) string {
	usable := p.profiles(m)
	switch {
	case !p.Enabled:
		return "passkeys are switched off in this organisation"
	case len(usable) == 0:
		return "the policy for passkeys does not include this person"
	}
	why := ""
	for _, one := range usable {
		switch {
		case !one.Keys.admits(k.AAGUID):
			why = "its model is not among those allowed"
		case k.Kind != "" && len(one.Kinds) > 0 && !slices.Contains(one.Kinds, k.Kind):
			why = "passkeys that are " + k.Kind.words() + " are not allowed"
		default:
			return ""
		}
	}
	return why
}

func (k PasskeyKind) words() string {
	switch k {
	case DeviceBound:
		return "bound to one device"
	case Synced:
		return "synced between devices"
	}
	return string(k)
}

// takes tells whether somebody with these profiles may register a passkey in a
// vault. Attests says whether the way of registering proves the model: through a
// QR code nothing is proved (Entra: passkeys, attestation).
func takes(usable []PasskeyProfile, v Vault, attests bool) bool {
	return slices.ContainsFunc(usable, func(p PasskeyProfile) bool {
		return (!p.Attested || (attests && v.Attests)) && p.Keys.admits(v.AAGUID) &&
			(len(p.Kinds) == 0 || slices.Contains(p.Kinds, v.Kind))
	})
}
