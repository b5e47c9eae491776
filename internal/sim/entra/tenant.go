// Package entra holds the state of a simulated Microsoft Entra tenant: its
// people, groups, roles, authentication methods, passes, policies, installed
// apps and its clock. It speaks no protocol; the rooms beside it do.
package entra

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"
)

// Company and Domain name the simulated organisation. The domain ends in
// .example, which belongs to nobody.
const (
	Company = "Nordlys Maritime"
	Domain  = "nordlys.example"
)

// defaultSeed is used when Options.Seed is 0, so that a tenant started without
// a seed has the same ids every time.
const defaultSeed = 20260203

// ErrUnknown means that the tenant holds nobody and nothing by that key.
var ErrUnknown = errors.New("not in the tenant")

// Options shape a tenant.
type Options struct {
	// Seed decides every id. 0 means a fixed default.
	Seed int64
	// Users is how many people are generated beside the seeded ones.
	Users int
	// Now is the clock under the tenant's own. Nil means time.Now.
	Now func() time.Time
}

// Tenant is the state. All its methods are safe for concurrent use.
type Tenant struct {
	seed    int64
	base    func() time.Time
	root    uuid.UUID
	started time.Time

	mu        sync.RWMutex
	offset    time.Duration
	changed   chan struct{}
	onInstall []func(personID string)

	replicating sync.Mutex // one change at a time is on its way to the replicas

	people     []*person
	byKey      map[string]*person
	removed    map[string]bool
	groups     []*group
	groupByKey map[string]*group
	units      []*unit

	assignments   []RoleAssignment
	eligibilities []RoleEligibility
	inGroup       []GroupEligibility
	premium       bool
	secretEnds    time.Time

	passPolicy    PassPolicy
	passkeyPolicy PasskeyPolicy
	strengths     []Strength
	policies      []*policy
	signIns       signInLog
	audits        auditLog
	installed     map[string]string
}

// New makes a tenant. The same seed gives the same ids; the times in it count
// from the moment it is made.
func New(o Options) *Tenant {
	if o.Seed == 0 {
		o.Seed = defaultSeed
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	t := &Tenant{
		seed:       o.Seed,
		base:       o.Now,
		root:       uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://"+Domain+"/"+strconv.FormatInt(o.Seed, 10))),
		changed:    make(chan struct{}),
		byKey:      make(map[string]*person, 3*o.Users+64),
		removed:    map[string]bool{},
		groupByKey: map[string]*group{},
		installed:  map[string]string{},
		premium:    true,
	}
	t.started = t.now()
	t.secretEnds = t.started.Add(secretLasts)
	t.fill(o.Users)
	return t
}

// ID is the tenant's guid.
func (t *Tenant) ID() string { return t.id("tenant") }

// AppID is the bot's application (client) id.
func (t *Tenant) AppID() string { return t.id("app") }

// ServicePrincipalID is the object id of the bot's application in the tenant.
func (t *Tenant) ServicePrincipalID() string { return t.id("service principal") }

// CatalogAppID is the id of the Passdesk app in the tenant's Teams app catalogue.
func (t *Tenant) CatalogAppID() string { return t.id("catalogue app") }

// ManifestID is the id in the manifest of the Passdesk app, which Graph calls
// the app's externalId.
func (t *Tenant) ManifestID() string { return t.id("manifest") }

// ClientSecret is the application's one secret, derived from the seed: it
// guards nothing but a simulation.
func (t *Tenant) ClientSecret() string {
	s := t.derive("client secret")
	return s[:3] + "8Q~" + s[3:37]
}

// id is the guid of the thing so named in this tenant.
func (t *Tenant) id(name string) string {
	return uuid.NewSHA1(t.root, []byte(name)).String()
}

// derive is 43 characters of A-Z, a-z, 0-9, - and _ that follow from the seed
// and the name.
func (t *Tenant) derive(name string) string {
	mac := hmac.New(sha256.New, t.root[:])
	mac.Write([]byte(name))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Now is the tenant's time, in UTC.
func (t *Tenant) Now() time.Time {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.now()
}

func (t *Tenant) now() time.Time { return t.base().Add(t.offset).UTC() }

// Advance moves the tenant's clock by d.
func (t *Tenant) Advance(d time.Duration) {
	t.write(func() { t.offset += d })
}

// Changed returns a channel that is closed at the next change of anything in
// the tenant. Ask again after each change.
func (t *Tenant) Changed() <-chan struct{} {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.changed
}

// write runs f alone and tells those who wait for a change.
func (t *Tenant) write(f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f()
	close(t.changed)
	t.changed = make(chan struct{})
}

// try is write for a change that may be refused; a refusal is no change.
func (t *Tenant) try(f func() error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := f(); err != nil {
		return err
	}
	close(t.changed)
	t.changed = make(chan struct{})
	return nil
}

// Started is when the tenant was made, by its own clock.
func (t *Tenant) Started() time.Time { return t.started }
