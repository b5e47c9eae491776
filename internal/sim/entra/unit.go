package entra

import (
	"slices"
	"strings"
)

// Unit is an administrative unit.
type Unit struct {
	ID   string `json:"id"`
	Name string `json:"displayName"`
}

type unit struct {
	Unit
	members idSet // people and groups
}

// SetUnits lets a person or group, by any key, belong to these administrative
// units, by name or id, and to no others. A name that no unit has makes one.
func (t *Tenant) SetUnits(key string, names []string) error {
	return t.try(func() error {
		id, err := t.principal(key)
		if err != nil {
			return err
		}
		for _, u := range t.units {
			u.members.remove(id)
		}
		for _, name := range names {
			t.unit(name).members.add(id)
		}
		return nil
	})
}

func (t *Tenant) unit(key string) *unit {
	for _, u := range t.units {
		if strings.EqualFold(key, u.ID) || strings.EqualFold(key, u.Name) {
			return u
		}
	}
	made := &unit{Unit: Unit{ID: t.id("unit " + strings.ToLower(key)), Name: key}}
	t.units = append(t.units, made)
	return made
}

// UnitsOf lists the administrative units that the object (an id) belongs to; with
// nested, also those that its groups belong to. Its own are those whose
// administrators may manage it (Entra: administrative units, groups). The
// documentation does not say whether a nested list has the others: the unpleasant
// answer is given.
func (v View) UnitsOf(id string, nested bool) []Unit {
	v.tenant.mu.RLock()
	defer v.tenant.mu.RUnlock()
	holders := []string{id}
	if nested {
		for _, g := range v.tenant.groupsThrough(id, true, v.members) {
			holders = append(holders, g.ID)
		}
	}
	var units []Unit
	for _, u := range v.tenant.units {
		if slices.ContainsFunc(holders, u.members.has) {
			units = append(units, u.Unit)
		}
	}
	return units
}
