package entra

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Kinds of authentication methods, as Graph names their types.
const (
	Password      = "password"
	Passkey       = "fido2"
	Authenticator = "microsoftAuthenticator"
	Phone         = "phone"
	Hello         = "windowsHelloForBusiness"
	SoftwareOath  = "softwareOath"
	Email         = "email"
)

// CommonMethodID is the id of everybody's password, the same for all (Graph:
// passwordAuthenticationMethod).
const CommonMethodID = "28c10230-6103-485e-b985-444c60001490"

// Method is one authentication method of a person. Which fields mean
// something depends on the kind.
type Method struct {
	ID      string
	Kind    string
	Name    string
	Created time.Time
	// Of a passkey: the authenticator's AAGUID and model, whether it was
	// attested, and whether it is synced between devices.
	AAGUID   string
	Model    string
	Attested bool
	Synced   bool
	// Of an authenticator app.
	DeviceTag, AppVersion string
	// Of a phone: number, and mobile, alternateMobile or office.
	Number, PhoneType string
	// Address is that of an email method.
	Address string
}

// password is what everybody has. The account's age is the password's.
func password(created time.Time) Method {
	return Method{ID: CommonMethodID, Kind: Password, Created: created}
}

// Methods lists somebody's methods, passes aside.
func (t *Tenant) Methods(key string) []Method {
	t.mu.RLock()
	defer t.mu.RUnlock()
	p, err := t.find(key)
	if err != nil {
		return nil
	}
	return slices.Clone(p.methods)
}

// PutMethod gives somebody a method, or replaces the one with that id. An
// empty id and a zero time are filled in; the method is returned as stored.
func (t *Tenant) PutMethod(key string, m Method) (Method, error) {
	err := t.change(key, func(p *person) error {
		if m.Kind == "" {
			return errors.New("adding a method: no kind")
		}
		if m.ID == "" {
			m.ID = t.derive(fmt.Sprintf("method %s %s %d %s", p.ID, m.Kind, len(p.methods), m.Name))
		}
		if m.Created.IsZero() {
			m.Created = t.now()
		}
		i := slices.IndexFunc(p.methods, func(other Method) bool { return other.ID == m.ID })
		if i >= 0 {
			p.methods[i] = m
			return nil
		}
		p.methods = append(p.methods, m)
		return nil
	})
	return m, err
}

// DeleteMethod takes a method away. An unknown id is ErrUnknown.
func (t *Tenant) DeleteMethod(key, id string) error {
	return t.change(key, func(p *person) error {
		i := slices.IndexFunc(p.methods, func(m Method) bool { return strings.EqualFold(m.ID, id) })
		if i < 0 {
			return fmt.Errorf("method %q: %w", id, ErrUnknown)
		}
		p.methods = slices.Delete(p.methods, i, i+1)
		return nil
	})
}
