package entra

import (
	"slices"
	"time"
)

// Registration is a line of the report on how people can sign in, in the words of
// Graph's userRegistrationDetails.
type Registration struct {
	Person Person
	Admin  bool // has a role that is active
	// Methods are the registered ones as the report names them, without the password.
	Methods   []string
	Refreshed time.Time // when the report was made, which is later than what it tells
}

// How the report lags (Entra: authentication methods activity, "a few hours"): it
// is made so often, and shown so much later.
const (
	reportEvery = 2 * time.Hour
	reportShown = time.Hour
)

// EachRegistration calls yield for everybody in the report, after so many of them,
// until it returns false. A late report lacks what came after it was made. The
// registration must not be kept, and yield must not call the tenant.
func (t *Tenant) EachRegistration(after int, late bool, yield func(*Registration) bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	made := t.reported(late)
	for _, p := range t.people[min(after, len(t.people)):] {
		r := t.registration(p, made)
		if !yield(&r) {
			return
		}
	}
}

// RegistrationOf is somebody's line, found by any key.
func (t *Tenant) RegistrationOf(key string, late bool) (Registration, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	p, err := t.find(key)
	if err != nil {
		return Registration{}, false
	}
	r := t.registration(p, t.reported(late))
	return r, r.Known()
}

// reported is when the report that is shown now was made.
func (t *Tenant) reported(late bool) time.Time {
	if !late {
		return t.now()
	}
	return t.now().Add(-reportShown).Truncate(reportEvery)
}

// Known tells whether the person was there when the report was made.
func (r *Registration) Known() bool { return !r.Person.Created.After(r.Refreshed) }

func (t *Tenant) registration(p *person, made time.Time) Registration {
	r := Registration{Person: p.Person, Refreshed: made}
	r.Admin = slices.ContainsFunc(t.assignments, func(a RoleAssignment) bool { return a.Principal == p.ID })
	for _, m := range p.methods {
		if !m.Created.After(made) {
			r.Methods = append(r.Methods, reportedAs(m)...)
		}
	}
	if p.pass != nil && !p.pass.Created.After(made) && t.worth(p.ID, *p.pass).Usable() {
		r.Methods = append(r.Methods, "temporaryAccessPass")
	}
	slices.Sort(r.Methods)
	r.Methods = slices.Compact(r.Methods)
	return r
}

// reportedAs are the words of the report for a method. The app can always make
// codes, too.
func reportedAs(m Method) []string {
	switch m.Kind {
	case Passkey:
		return []string{passkeyReportedAs(m)}
	case Authenticator:
		return []string{"microsoftAuthenticatorPush", "softwareOneTimePasscode"}
	case Phone:
		return []string{map[string]string{"mobile": "mobilePhone", "alternateMobile": "alternateMobilePhone", "office": "officePhone"}[m.PhoneType]}
	case Hello:
		return []string{"windowsHelloForBusiness"}
	case SoftwareOath:
		return []string{"softwareOneTimePasscode"}
	case Email:
		return []string{"email"}
	}
	return nil
}

func passkeyReportedAs(m Method) string {
	switch {
	case m.Synced:
		return "passKeySynced"
	case m.AAGUID == AuthenticatorIOS, m.AAGUID == AuthenticatorAndroid:
		return "passKeyDeviceBoundAuthenticator"
	case m.AAGUID == WindowsHello:
		return "passKeyDeviceBoundWindowsHello"
	case slices.ContainsFunc(Vaults(), func(v Vault) bool { return v.AAGUID == m.AAGUID && v.Carried }):
		return "fido2SecurityKey"
	}
	return "passKeyDeviceBound"
}
