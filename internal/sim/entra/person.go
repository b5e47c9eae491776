package entra

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Person is a user object of the tenant. People whom the seed does not name
// have no Alias.
type Person struct {
	ID         string `json:"id"`
	Alias      string `json:"alias,omitempty"`
	UPN        string `json:"userPrincipalName"`
	Name       string `json:"displayName"`
	GivenName  string `json:"givenName"`
	Surname    string `json:"surname"`
	Mail       string `json:"mail"`
	JobTitle   string `json:"jobTitle"`
	Department string `json:"department"`
	// Mobile and Office are mobilePhone and the one of businessPhones.
	Mobile string `json:"mobilePhone,omitempty"`
	Office string `json:"businessPhone,omitempty"`
	// Locale is a language tag ("en-GB"), Zone an IANA time zone.
	Locale string `json:"locale"`
	Zone   string `json:"zone"`
	// Teams is the person's id in Teams ("29:…").
	Teams string `json:"teams"`
	// Guest is an external guest: userType Guest, with a home elsewhere.
	Guest   bool `json:"guest"`
	Enabled bool `json:"accountEnabled"`
	// Manager is an object id, or empty.
	Manager string `json:"manager,omitempty"`
	// Restricted is isManagementRestricted: the person is in a restricted
	// management administrative unit.
	Restricted bool      `json:"isManagementRestricted"`
	Created    time.Time `json:"createdDateTime"`
	// PasswordExpired: the password is right, and must be changed all the same.
	PasswordExpired bool `json:"passwordExpired,omitempty"`
	// SessionsFrom is signInSessionsValidFromDateTime: older sessions are revoked.
	SessionsFrom time.Time `json:"signInSessionsValidFromDateTime"`
}

type person struct {
	Person
	methods []Method
	pass    *Pass
	seen    history[belongings]
	revoked history[time.Time] // SessionsFrom
}

// People lists everybody: first the seeded aliases, in a fixed order. In a big
// tenant prefer EachPerson.
func (t *Tenant) People() []Person {
	t.mu.RLock()
	defer t.mu.RUnlock()
	all := make([]Person, len(t.people))
	for i, p := range t.people {
		all[i] = p.Person
	}
	return all
}

// EachPerson calls yield for everybody in the order of People until yield
// returns false. The person must be neither changed nor kept, and yield must
// not call the tenant.
func (t *Tenant) EachPerson(yield func(*Person) bool) { t.EachPersonAfter(0, yield) }

// EachPersonAfter is EachPerson without the first so many, for a later page.
func (t *Tenant) EachPersonAfter(skip int, yield func(*Person) bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, p := range t.people[min(skip, len(t.people)):] {
		if !yield(&p.Person) {
			return
		}
	}
}

// Person finds somebody by alias, object id, UPN or Teams id; case does not
// matter.
func (t *Tenant) Person(key string) (Person, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	p, ok := t.byKey[strings.ToLower(key)]
	if !ok {
		return Person{}, false
	}
	return p.Person, true
}

// WasPerson says whether the id belonged to somebody who has been removed.
func (t *Tenant) WasPerson(id string) bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.removed[strings.ToLower(id)]
}

// SetEnabled enables or disables an account. Unknown people are ErrUnknown, as
// in every method here that takes a person's key.
func (t *Tenant) SetEnabled(key string, enabled bool) error {
	return t.change(key, func(p *person) error { p.Enabled = enabled; return nil })
}

// SetPasswordExpired lets somebody's password expire, or renews it.
func (t *Tenant) SetPasswordExpired(key string, expired bool) error {
	return t.change(key, func(p *person) error { p.PasswordExpired = expired; return nil })
}

// SetPhones gives somebody numbers; empty ones take them away.
func (t *Tenant) SetPhones(key, mobile, office string) error {
	return t.change(key, func(p *person) error { p.Mobile, p.Office = mobile, office; return nil })
}

// SetDepartment moves somebody to a department.
func (t *Tenant) SetDepartment(key, department string) error {
	return t.change(key, func(p *person) error { p.Department = department; return nil })
}

// ResetPassword gives somebody a new password.
func (t *Tenant) ResetPassword(key string) error {
	return t.change(key, func(p *person) error {
		for i := range p.methods {
			if p.methods[i].Kind == Password {
				p.methods[i].Created = t.now()
			}
		}
		return nil
	})
}

// SetManager gives somebody a manager, by any key; an empty one takes it away.
func (t *Tenant) SetManager(key, manager string) error {
	return t.change(key, func(p *person) error {
		if manager == "" {
			p.Manager = ""
			return nil
		}
		m, err := t.find(manager)
		if err != nil {
			return err
		}
		p.Manager = m.ID
		return nil
	})
}

// SetManagementRestricted puts somebody into a restricted management
// administrative unit, or takes them out.
func (t *Tenant) SetManagementRestricted(key string, restricted bool) error {
	return t.change(key, func(p *person) error { p.Restricted = restricted; return nil })
}

// RevokeSessions makes every session that began before now invalid.
func (t *Tenant) RevokeSessions(key string) error {
	return t.change(key, func(p *person) error {
		p.SessionsFrom = t.now()
		p.revoked.settle()
		return nil
	})
}

// RevokeSessionsLate is RevokeSessions of which the sessions hear after a while.
// Guests, who are signed in at home, keep theirs.
func (t *Tenant) RevokeSessionsLate(key string, after time.Duration) error {
	return t.try(func() error {
		p, err := t.find(key)
		if err != nil || p.Guest {
			return err
		}
		now := t.now()
		p.revoked.hold(now, p.SessionsFrom)
		p.SessionsFrom = now
		p.revoked.release(now.Add(after), now)
		return nil
	})
}

// AddPerson adds somebody and returns the person with what was missing filled
// in. An alias, a UPN or a name is the least that must be given; a password
// comes along. Enabled is taken as it stands.
func (t *Tenant) AddPerson(p Person) (Person, error) {
	var added Person
	err := t.try(func() error {
		if p.Alias == "" && p.UPN == "" && p.Name+p.GivenName+p.Surname == "" {
			return errors.New("adding a person: neither alias nor UPN nor name")
		}
		t.complete(&p)
		for _, key := range p.keys() {
			if _, taken := t.byKey[key]; taken {
				return fmt.Errorf("adding a person: %q is taken", key)
			}
		}
		t.put(&person{Person: p, methods: []Method{password(t.now())}})
		added = p
		return nil
	})
	return added, err
}

// RemovePerson deletes somebody, with all memberships, roles and methods.
func (t *Tenant) RemovePerson(key string) error {
	return t.try(func() error {
		p, err := t.find(key)
		if err != nil {
			return err
		}
		t.people = slices.DeleteFunc(t.people, func(other *person) bool { return other == p })
		for _, k := range p.keys() {
			delete(t.byKey, k)
		}
		t.removed[p.ID] = true
		t.removed[strings.ToLower(p.UPN)] = true
		t.forget(p.ID)
		return nil
	})
}

// forget drops every reference to an object that no longer exists.
func (t *Tenant) forget(id string) {
	for _, p := range t.people {
		if p.Manager == id {
			p.Manager = ""
		}
	}
	for _, g := range t.groups {
		g.members.remove(id)
		g.owners.remove(id)
	}
	for _, u := range t.units {
		u.members.remove(id)
	}
	t.assignments = slices.DeleteFunc(t.assignments, func(a RoleAssignment) bool { return a.Principal == id })
	t.eligibilities = slices.DeleteFunc(t.eligibilities, func(e RoleEligibility) bool { return e.Principal == id })
	t.inGroup = slices.DeleteFunc(t.inGroup, func(e GroupEligibility) bool { return e.Principal == id })
	delete(t.installed, id)
}

// find is Person under the lock, with an error that names the key.
func (t *Tenant) find(key string) (*person, error) {
	if p, ok := t.byKey[strings.ToLower(key)]; ok {
		return p, nil
	}
	return nil, fmt.Errorf("person %q: %w", key, ErrUnknown)
}

func (t *Tenant) change(key string, f func(*person) error) error {
	return t.try(func() error {
		p, err := t.find(key)
		if err != nil {
			return err
		}
		if err := f(p); err != nil {
			return err
		}
		p.seen.settle()
		return nil
	})
}

// put files a person under every key.
func (t *Tenant) put(p *person) {
	t.people = append(t.people, p)
	for _, key := range p.keys() {
		t.byKey[key] = p
	}
}

// keys are the lower-case names that somebody is found by.
func (p *Person) keys() []string {
	keys := []string{p.ID, strings.ToLower(p.UPN), strings.ToLower(p.Teams)}
	if p.Alias != "" {
		keys = append(keys, strings.ToLower(p.Alias))
	}
	return keys
}

// complete fills in what a new person lacks.
func (t *Tenant) complete(p *Person) {
	if p.Name == "" {
		p.Name = strings.TrimSpace(p.GivenName + " " + p.Surname)
	}
	switch {
	case p.UPN != "":
	case p.Alias != "":
		p.UPN = strings.ToLower(p.Alias) + "@" + Domain
	default: // namesakes are told apart by a number
		p.UPN = fmt.Sprintf("%s.%d@%s", strings.ToLower(strings.Join(strings.Fields(p.Name), ".")), len(t.people), Domain)
	}
	name := p.Alias
	if name == "" {
		name = p.UPN
	}
	fallback := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	fallback(&p.ID, t.id("person "+name))
	fallback(&p.Teams, t.teamsID(name))
	fallback(&p.Name, name)
	fallback(&p.Mail, p.UPN)
	fallback(&p.Locale, "en-GB")
	fallback(&p.Zone, "Europe/Oslo")
	if p.Created.IsZero() {
		p.Created = t.now()
	}
	if p.SessionsFrom.IsZero() {
		p.SessionsFrom = p.Created
	}
}

// teamsID is the id by which Teams knows somebody towards this bot.
func (t *Tenant) teamsID(name string) string {
	return "29:1" + t.derive("teams "+name)
}
