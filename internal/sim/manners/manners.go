// Package manners are the inconveniences of a simulated tenant, each with a
// switch, and the answers to what nobody has published: where the documentation
// leaves a behaviour open, the likelier one is the default and the other can be
// switched on.
package manners

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Manners say how inconvenient a tenant is. The names in JSON are the names of
// the switches.
type Manners struct {
	// Throttling refuses what exceeds Graph's limits, with 429 (Graph:
	// service-specific throttling limits, identity and access).
	Throttling bool `json:"throttling"`
	// Delay lets reads, and sign-ins, see what the app has changed through Graph
	// some seconds later only.
	Delay bool `json:"delay"`
	// PolicyDelay lets reads, sign-ins and what-if see a Conditional Access policy
	// that the app has changed some ten seconds later only.
	PolicyDelay bool `json:"policyDelay"`
	// RevokeDelay ends sessions some minutes after they were revoked only.
	RevokeDelay bool `json:"revokeDelay"`
	// Lag makes advanced queries (ConsistencyLevel: eventual) read an index that
	// is older still.
	Lag bool `json:"lag"`
	// Paging makes pages shorter than asked for.
	Paging bool `json:"paging"`
	// Noise adds the headers and annotations that nobody asked for.
	Noise bool `json:"noise"`
	// Unknowns shows types, members of enums and properties that are newer than
	// a client's models.
	Unknowns bool `json:"unknowns"`
	// Limits refuses what exceeds the connector's limits per conversation, and
	// in all (Teams: optimize your bot with rate limiting).
	Limits bool `json:"limits"`
	// Conflicts refuses a change in a conversation while another is under way
	// there, with 412.
	Conflicts bool `json:"conflicts"`
	// LogDelay shows sign-ins in the log some minutes later only.
	LogDelay bool `json:"logDelay"`
	// Courtesies asks at every sign-in whether to stay signed in: an interrupt
	// in the log before each success.
	Courtesies bool `json:"courtesies"`
	// Rescan lets the first QR code of a registration fail, and the second work:
	// a known error, which is switched on to be played.
	Rescan bool `json:"rescan"`

	Variants
}

// Variants are behaviours that are not documented, or documented in two ways.
type Variants struct {
	// PasskeyFirst asks whoever has a passkey for it before anything else.
	PasskeyFirst bool `json:"passkeyFirst"`
	// DeletedIsDenied answers 403 instead of 404 for the methods of somebody who
	// was just deleted.
	DeletedIsDenied bool `json:"deletedIsDenied"`
	// PassForAnyone makes passes for people whom the policy leaves out; only the
	// sign-in is refused then. Otherwise the making is.
	PassForAnyone bool `json:"passForAnyone"`
	// ScopeIsDenied refuses such a pass, and one for an external guest, with 403
	// instead of 400.
	ScopeIsDenied bool `json:"scopeIsDenied"`
	// QuietDelete answers 204 instead of 404 to the deletion of an unknown pass.
	QuietDelete bool `json:"quietDelete"`
	// LongChecks lets a check of memberships name more than 20 ids.
	LongChecks bool `json:"longChecks"`
	// MembersNeedUsers lets only apps that may write users add members, which this
	// tenant's app may not.
	MembersNeedUsers bool `json:"membersNeedUsers"`
	// WholeConditions lets a policy's conditions, of which a change sends some,
	// lose the others. Otherwise users, applications and the like are lost only
	// within themselves.
	WholeConditions bool `json:"wholeConditions"`
	// Flicker answers every second read from a replica that has all changes, so
	// that what is on its way comes and goes.
	Flicker bool `json:"flicker"`
	// BetaNulls shows policies with properties of the beta version, all null,
	// which the service refuses when they come back.
	BetaNulls bool `json:"betaNulls"`
	// AppIDInLog names the app in the audit log by its app id, too, as the
	// documentation shows it. Otherwise its service principal is all that tells it.
	AppIDInLog bool `json:"appIdInLog"`
	// BareConflict leaves the body of a repeated installation's 409 empty.
	BareConflict bool `json:"bareConflict"`
	// PasskeyProfiles shows profiles in the policy for passkeys.
	PasskeyProfiles bool `json:"passkeyProfiles"`
	// Types2025 follows the older vintage of Graph's types, which lacks
	// passkeyType, and createdDateTime on every authentication method.
	Types2025 bool `json:"types2025"`
}

// usual are the variants that are likelier than their opposites.
var usual = Variants{PasskeyFirst: true, DeletedIsDenied: true}

// Real is a tenant as inconvenient as the real one always is.
func Real() Manners {
	return Manners{
		Throttling: true, Delay: true, PolicyDelay: true, RevokeDelay: true, Lag: true, Paging: true, Noise: true, Unknowns: true,
		Limits: true, Conflicts: true, LogDelay: true, Courtesies: true, Variants: usual,
	}
}

// Calm is a tenant without inconvenience: nothing waits, and nothing is refused
// for being too much.
func Calm() Manners { return Manners{Variants: usual} }

// With returns m with the switches of these names turned on or off. A name that
// is none is an error, which lists those that are.
func (m Manners) With(on bool, names ...string) (Manners, error) {
	switches, err := m.fields()
	if err != nil {
		return m, err
	}
	for _, name := range names {
		if _, known := switches[name]; !known {
			return m, fmt.Errorf("there is no switch %q; there are %s", name, strings.Join(Names(), ", "))
		}
		switches[name] = on
	}
	text, err := json.Marshal(switches)
	if err != nil {
		return m, fmt.Errorf("switches: %w", err)
	}
	changed := m
	if err := json.Unmarshal(text, &changed); err != nil {
		return m, fmt.Errorf("switches: %w", err)
	}
	return changed, nil
}

// Names lists the switches in alphabetical order.
func Names() []string {
	switches, err := Manners{}.fields()
	if err != nil {
		return nil
	}
	names := make([]string, 0, len(switches))
	for name := range switches {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (m Manners) fields() (map[string]bool, error) {
	text, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("switches: %w", err)
	}
	fields := map[string]bool{}
	if err := json.Unmarshal(text, &fields); err != nil {
		return nil, fmt.Errorf("switches: %w", err)
	}
	return fields, nil
}

// Switches hold the manners of a running tenant. They are safe for concurrent
// use; nil ones are calm and cannot be changed.
type Switches struct {
	mu  sync.RWMutex
	now Manners
}

// New makes switches that stand as given.
func New(m Manners) *Switches { return &Switches{now: m} }

// Now is how they stand.
func (s *Switches) Now() Manners {
	if s == nil {
		return Calm()
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.now
}

// Change turns switches by the function given, and returns how they stand then.
// The function must not use the switches.
func (s *Switches) Change(f func(*Manners) error) (Manners, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	changed := s.now
	if err := f(&changed); err != nil {
		return s.now, err
	}
	s.now = changed
	return changed, nil
}
