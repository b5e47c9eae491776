package entra

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"
)

// Why a pass can or cannot be used (Graph: temporaryAccessPassAuthenticationMethod,
// methodUsabilityReason).
const (
	EnabledByPolicy  = "EnabledByPolicy"
	DisabledByPolicy = "DisabledByPolicy"
	Expired          = "Expired"
	NotYetValid      = "NotYetValid"
	OneTimeUsed      = "OneTimeUsed"
)

// Pass is a Temporary Access Pass. Everybody has at most one.
type Pass struct {
	ID      string
	Code    string
	Created time.Time
	Start   time.Time
	Minutes int
	Once    bool
	Used    bool
	// Reason is the usability at the moment of asking.
	Reason string
}

// Usable says whether the pass opens a session now.
func (p Pass) Usable() bool { return p.Reason == EnabledByPolicy }

// PassWish is what somebody asks for; nil means as the policy says.
type PassWish struct {
	Start   *time.Time
	Minutes *int
	Once    *bool
	// Anyone makes the pass for somebody whom the policy leaves out, too.
	Anyone bool
}

// PassRefusedError is why a pass is not made.
type PassRefusedError struct {
	Kind     PassRefusalKind
	Min, Max int // of the policy, in minutes
}

// PassRefusalKind tells the refusals apart.
type PassRefusalKind string

// The refusals of a pass.
const (
	RefusedGuest    PassRefusalKind = "external guest"
	RefusedScope    PassRefusalKind = "policy does not allow it"
	RefusedLifetime PassRefusalKind = "lifetime out of range"
	RefusedReuse    PassRefusalKind = "policy forces one-time use"
)

func (r *PassRefusedError) Error() string { return "temporary access pass refused: " + string(r.Kind) }

// IssuePass makes a pass for somebody and replaces the one there was, usable or
// not. The code is random. A pass that the policy forbids is a *PassRefusedError.
func (t *Tenant) IssuePass(key string, wish PassWish) (Pass, error) {
	var made Pass
	err := t.change(key, func(p *person) error {
		pass, err := t.makePass(p, wish)
		if err != nil {
			return err
		}
		p.pass = &pass
		made = t.judged(p)
		return nil
	})
	return made, err
}

func (t *Tenant) makePass(p *person, wish PassWish) (Pass, error) {
	rule := t.passPolicy
	pass := Pass{Created: t.now(), Start: t.now(), Minutes: rule.Default, Once: rule.OneTime}
	if wish.Start != nil {
		pass.Start = wish.Start.UTC()
	}
	if wish.Minutes != nil {
		pass.Minutes = *wish.Minutes
	}
	if wish.Once != nil {
		pass.Once = *wish.Once
	}
	if kind := t.refusal(p, pass, wish.Anyone); kind != "" {
		return Pass{}, &PassRefusedError{Kind: kind, Min: rule.Min, Max: rule.Max}
	}
	code, err := newCode(rule.Length)
	if err != nil {
		return Pass{}, err
	}
	pass.Code = code
	pass.ID, err = newID()
	return pass, err
}

func (t *Tenant) refusal(p *person, pass Pass, anyone bool) PassRefusalKind {
	switch {
	case p.Guest:
		return RefusedGuest
	case !anyone && (!t.passPolicy.Enabled || !t.inScope(p.ID)):
		return RefusedScope
	case pass.Minutes < t.passPolicy.Min || pass.Minutes > t.passPolicy.Max:
		return RefusedLifetime
	case t.passPolicy.OneTime && !pass.Once:
		return RefusedReuse
	}
	return ""
}

// PassOf is somebody's pass, if there is one, expired or not.
func (t *Tenant) PassOf(key string) (Pass, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	p, err := t.find(key)
	if err != nil || p.pass == nil {
		return Pass{}, false
	}
	return t.judged(p), true
}

// DeletePass deletes somebody's pass. Another id than that of the pass there
// is, is ErrUnknown; an empty one means whichever there is.
func (t *Tenant) DeletePass(key, id string) error {
	return t.change(key, func(p *person) error {
		if p.pass == nil || id != "" && !strings.EqualFold(p.pass.ID, id) {
			return fmt.Errorf("pass %q: %w", id, ErrUnknown)
		}
		p.pass = nil
		return nil
	})
}

// UsePass records that somebody signed in with their pass. It returns what the
// pass was worth before that; only a usable one is marked.
func (t *Tenant) UsePass(key string) (Pass, error) {
	var before Pass
	err := t.change(key, func(p *person) error {
		if p.pass == nil {
			return fmt.Errorf("pass of %q: %w", key, ErrUnknown)
		}
		before = t.judged(p)
		if before.Usable() {
			p.pass.Used = true
		}
		return nil
	})
	return before, err
}

// judged is the person's pass with its usability now.
func (t *Tenant) judged(p *person) Pass { return t.worth(p.ID, *p.pass) }

// worth is a pass of the person (an id) with its usability now.
func (t *Tenant) worth(personID string, pass Pass) Pass {
	now := t.now()
	end := pass.Start.Add(time.Duration(pass.Minutes) * time.Minute)
	switch {
	case pass.Once && pass.Used:
		pass.Reason = OneTimeUsed
	case !now.Before(end):
		pass.Reason = Expired
	case now.Before(pass.Start):
		pass.Reason = NotYetValid
	case !t.passPolicy.Enabled || !t.inScope(personID) || t.passPolicy.OneTime && !pass.Once:
		pass.Reason = DisabledByPolicy
	default:
		pass.Reason = EnabledByPolicy
	}
	return pass
}

// Target is whom a policy of authentication methods includes or excludes. Type
// is "user" or "group"; the group "all_users" is everybody.
type Target struct {
	Type string `json:"targetType"`
	ID   string `json:"id"`
}

// AllUsers is the target that is everybody.
var AllUsers = Target{Type: "group", ID: "all_users"}

// PassPolicy is the tenant's policy for Temporary Access Passes. Minutes may be
// 10 to 43200, the length of a code 8 to 48.
type PassPolicy struct {
	Enabled           bool
	Min, Max, Default int
	Length            int
	// OneTime forces passes that work once.
	OneTime          bool
	Include, Exclude []Target
}

// PassPolicy is the policy in force.
func (t *Tenant) PassPolicy() PassPolicy {
	t.mu.RLock()
	defer t.mu.RUnlock()
	rule := t.passPolicy
	rule.Include = slices.Clone(rule.Include)
	rule.Exclude = slices.Clone(rule.Exclude)
	return rule
}

// SetTAPPolicy changes the policy by the function given, which gets a copy. Of
// two changes at the same time, the later one stands.
func (t *Tenant) SetTAPPolicy(f func(*PassPolicy)) {
	rule := t.PassPolicy()
	f(&rule)
	t.write(func() { t.passPolicy = rule })
}

// inScope says whether the policy covers the person; an exclusion beats an
// inclusion (Entra: authentication methods policy).
func (t *Tenant) inScope(id string) bool {
	return t.targeted(t.passPolicy.Include, id) && !t.targeted(t.passPolicy.Exclude, id)
}

func (t *Tenant) targeted(targets []Target, id string) bool {
	if slices.Contains(targets, AllUsers) {
		return true
	}
	in := map[string]bool{id: true}
	for _, g := range t.groupsOf(id, true) {
		in[g.ID] = true
	}
	return slices.ContainsFunc(targets, func(target Target) bool { return in[target.ID] })
}

// codeAlphabet has letters, digits and signs as real passes have, some of which
// mean something in Markdown; none is written differently in JSON or HTML.
const codeAlphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789!#$%*+-=?@_"

// newCode is a random code, never derived from the seed: it is a secret.
func newCode(length int) (string, error) {
	code := make([]byte, length)
	for i := range code {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(codeAlphabet))))
		if err != nil {
			return "", fmt.Errorf("code of a pass: %w", err)
		}
		code[i] = codeAlphabet[n.Int64()]
	}
	return string(code), nil
}
