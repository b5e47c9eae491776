// Package signin signs people into a simulated tenant and lets them register
// passkeys: first factor, Conditional Access, interrupts, the sign-in log, and
// the conditions under which Entra takes a new passkey.
package signin

import (
	"slices"
	"sync"

	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/manners"
)

// Options shape the sign-ins.
type Options struct {
	// Manners switch what the page does: PasskeyFirst, Courtesies and Rescan. Nil is calm.
	Manners *manners.Switches
	// Courtesies are interrupts that come before every success, such as 50125
	// (register for password reset) and 50203 (set up the authenticator app).
	// The switch courtesies adds 50140 (stay signed in?).
	Courtesies []int
}

// SignIn is the place where people sign in. It is safe for concurrent use.
type SignIn struct {
	tenant  *entra.Tenant
	options Options

	mu       sync.Mutex
	sessions map[string]*session
	order    []string
	wrong    map[string]attempts
}

// New makes the sign-ins of a tenant.
func New(t *entra.Tenant, o Options) *SignIn {
	return &SignIn{tenant: t, options: o, sessions: map[string]*session{}, wrong: map[string]attempts{}}
}

// courtesies are the interrupts that come before a success.
func (s *SignIn) courtesies() []int {
	if !s.options.Manners.Now().Courtesies {
		return s.options.Courtesies
	}
	return append(slices.Clone(s.options.Courtesies), staySignedIn)
}
