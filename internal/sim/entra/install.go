package entra

import (
	"encoding/base64"
	"strings"
)

// Installed says whether the person (any key) has the Passdesk app in Teams.
func (t *Tenant) Installed(key string) bool {
	_, ok := t.Installation(key)
	return ok
}

// Installation is the id of the app's installation for the person, if there is one.
func (t *Tenant) Installation(key string) (string, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	p, err := t.find(key)
	if err != nil {
		return "", false
	}
	id, ok := t.installed[p.ID]
	return id, ok
}

// Install installs the app for the person and returns the installation's id,
// and whether it was there already. Nobody is installed for an unknown person:
// the id is empty then. Those who asked with OnInstall are told.
func (t *Tenant) Install(key string) (installationID string, already bool) {
	var who string
	var told []func(string)
	err := t.change(key, func(p *person) error {
		installationID, already = t.installed[p.ID]
		if !already {
			installationID = t.installationID(p.ID)
			t.installed[p.ID] = installationID
			who, told = p.ID, t.onInstall
		}
		return nil
	})
	if err != nil {
		return "", false
	}
	for _, tell := range told {
		tell(who)
	}
	return installationID, already
}

// Uninstall takes the app away from the person.
func (t *Tenant) Uninstall(key string) {
	t.write(func() {
		if p, err := t.find(key); err == nil {
			delete(t.installed, p.ID)
		}
	})
}

// OnInstall asks to be told about each new installation, on the goroutine that
// installs and with the tenant unlocked.
func (t *Tenant) OnInstall(tell func(personID string)) {
	t.write(func() { t.onInstall = append(t.onInstall, tell) })
}

// installationID is opaque to clients, and made of the two ids as Teams makes it.
func (t *Tenant) installationID(personID string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join([]string{personID, t.CatalogAppID()}, "##")))
}
