package entra

import "time"

// secretLasts is how long the application's secret is good from the start on:
// what Entra's portal offers first.
const secretLasts = 180 * 24 * time.Hour

// SecretEnds is when the application's secret stops working.
func (t *Tenant) SecretEnds() time.Time {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.secretEnds
}

// SetSecretEnds lets the application's secret end at another time.
func (t *Tenant) SetSecretEnds(at time.Time) { t.write(func() { t.secretEnds = at }) }

// ApplicationObjectID is the object id of the bot's application, which is not its
// client id.
func (t *Tenant) ApplicationObjectID() string { return t.id("application") }

// SecretID is the id of the application's secret.
func (t *Tenant) SecretID() string { return t.id("secret") }
