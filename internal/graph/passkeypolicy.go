package graph

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/passdesk/passdesk/internal/access"
)

const passkeyPolicyPath = "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2"

// passkeyConfiguration is the tenant's policy for passkeys (Graph:
// fido2AuthenticationMethodConfiguration). A tenant has either restrictions for
// all, or profiles (Entra: passkey profiles).
type passkeyConfiguration struct {
	State       string           `json:"state"`
	SelfService bool             `json:"isSelfServiceRegistrationAllowed"`
	Attested    bool             `json:"isAttestationEnforced"`
	Keys        *keyRestrictions `json:"keyRestrictions"`
	Include     []passkeyTarget  `json:"includeTargets"`
	Exclude     []target         `json:"excludeTargets"`
	Profiles    []passkeyProfile `json:"passkeyProfiles"`
	Default     string           `json:"defaultPasskeyProfile"`
}

type passkeyTarget struct {
	ID       string   `json:"id"`
	Profiles []string `json:"allowedPasskeyProfiles"`
}

type passkeyProfile struct {
	ID          string           `json:"id"`
	Name        string           `json:"name"`
	Types       string           `json:"passkeyTypes"` // "deviceBound,synced"
	Attestation string           `json:"attestationEnforcement"`
	Keys        *keyRestrictions `json:"keyRestrictions"`
}

type keyRestrictions struct {
	Enforced bool     `json:"isEnforced"`
	Kind     string   `json:"enforcementType"` // allow, block
	AAGUIDs  []string `json:"aaGuids"`
}

var errNoPasskeyPolicy = errors.New("passkey policy without state, or with neither restrictions nor profiles")

func decodePasskeyPolicy(body []byte) (access.PasskeyPolicy, error) {
	var c passkeyConfiguration
	if err := json.Unmarshal(body, &c); err != nil {
		return access.PasskeyPolicy{}, undecodable(0, err)
	}
	if c.State == "" || (c.Keys == nil && len(c.Profiles) == 0) {
		return access.PasskeyPolicy{}, undecodable(0, errNoPasskeyPolicy)
	}
	p := access.PasskeyPolicy{Known: true, Enabled: c.State == "enabled", SelfService: c.SelfService}
	p.Exclude, p.NotForAll = idsOf(c.Exclude)
	for _, one := range c.Profiles {
		p.Profiles = append(p.Profiles, one.profile())
	}
	if len(c.Profiles) == 0 {
		p.Profiles = []access.PasskeyProfile{{Attested: c.Attested, Keys: c.Keys.restrictions()}}
		c.Default = ""
	}
	for _, t := range c.Include {
		p.Include = append(p.Include, t.target(c))
	}
	return p, nil
}

// target is whom the policy includes. Who is given no profile has the default one.
func (t passkeyTarget) target(c passkeyConfiguration) access.PasskeyTarget {
	one := access.PasskeyTarget{ID: access.NewID(t.ID), All: strings.EqualFold(t.ID, allUsers), Profiles: t.Profiles}
	switch {
	case len(c.Profiles) == 0:
		one.Profiles = nil
	case len(t.Profiles) == 0:
		one.Profiles = []string{c.Default}
	}
	return one
}

func (p passkeyProfile) profile() access.PasskeyProfile {
	one := access.PasskeyProfile{ID: p.ID, Name: p.Name, Attested: p.Attestation == "registrationOnly", Keys: p.Keys.restrictions()}
	for kind := range strings.SplitSeq(p.Types, ",") {
		if kind = strings.TrimSpace(kind); kind != "" {
			one.Kinds = append(one.Kinds, access.PasskeyKind(kind))
		}
	}
	return one
}

// restrictions are none where a profile has none.
func (k *keyRestrictions) restrictions() access.KeyRestrictions {
	if k == nil {
		return access.KeyRestrictions{}
	}
	return access.KeyRestrictions{Enforced: k.Enforced, Block: k.Kind == "block", AAGUIDs: k.AAGUIDs}
}

// passkeyPolicy is the policy that was kept, or the one from a batch. One that
// cannot be read is not Known.
func (d *Directory) passkeyPolicy(ctx context.Context, got outcomes) access.PasskeyPolicy {
	if p, _, ok := d.passkeys.get(d.now(), policyKept); ok {
		return p
	}
	o := got[stepPasskeyPolicy]
	p, err := access.PasskeyPolicy{}, o.err
	if err == nil {
		p, err = decodePasskeyPolicy(o.body)
	}
	if err != nil {
		d.notLearnt(ctx, "passkey policy", err)
		return access.PasskeyPolicy{}
	}
	d.passkeys.put(p, d.now())
	return p
}
