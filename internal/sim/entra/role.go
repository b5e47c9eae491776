package entra

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Role templates that the seed uses. The ids are the same in every tenant
// (Entra: built-in roles).
const (
	GlobalAdministrator            = "62e90394-69f5-4237-9190-012177145e10"
	UserAdministrator              = "fe930be7-5e62-47db-91af-98c3a49a38b1"
	HelpdeskAdministrator          = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
	AuthenticationAdministrator    = "c4e39bd9-1100-46d3-8c65-fb160da0071f"
	PrivilegedAuthenticationAdmin  = "7be44c8a-adaf-4e2a-84d6-ab2649e08a13"
	ConditionalAccessAdministrator = "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9"
	PrivilegedRoleAdministrator    = "e8611ab8-c189-46e8-94e1-60213ab1f814"
	DirectoryReaders               = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"
)

// WholeTenant is the directory scope of a role that holds everywhere.
const WholeTenant = "/"

// Role is a directory role: its template id, and the id of the role's object
// in this tenant.
type Role struct {
	Template, ID, Name string
}

// RoleAssignment is an active role. Scope is "/" or "/administrativeUnits/{id}".
type RoleAssignment struct {
	ID, Principal, Role, Scope string
}

// RoleEligibility is a role that the principal may activate in Privileged
// Identity Management.
type RoleEligibility struct {
	ID, Principal, Role, Scope string
	Start                      time.Time
}

// GroupEligibility is a group that the principal may join by activation.
// Access is "member" or "owner".
type GroupEligibility struct {
	ID, Group, Principal, Access string
	Start                        time.Time
}

// Roles lists the built-in roles that this tenant knows.
func (t *Tenant) Roles() []Role {
	names := []struct{ template, name string }{
		{GlobalAdministrator, "Global Administrator"},
		{UserAdministrator, "User Administrator"},
		{HelpdeskAdministrator, "Helpdesk Administrator"},
		{AuthenticationAdministrator, "Authentication Administrator"},
		{PrivilegedAuthenticationAdmin, "Privileged Authentication Administrator"},
		{ConditionalAccessAdministrator, "Conditional Access Administrator"},
		{PrivilegedRoleAdministrator, "Privileged Role Administrator"},
		{DirectoryReaders, "Directory Readers"},
	}
	roles := make([]Role, len(names))
	for i, r := range names {
		roles[i] = Role{Template: r.template, Name: r.name, ID: t.id("role " + r.template)}
	}
	return roles
}

// role finds a role by template id or name.
func (t *Tenant) role(key string) (Role, error) {
	for _, r := range t.Roles() {
		if strings.EqualFold(key, r.Template) || strings.EqualFold(key, r.Name) {
			return r, nil
		}
	}
	return Role{}, fmt.Errorf("role %q: %w", key, ErrUnknown)
}

// AddRole gives a person or group an active role, by template id or name. An
// empty scope is the whole tenant. A role held already is ErrAlready.
func (t *Tenant) AddRole(principal, role, scope string) error {
	return t.try(func() error {
		who, r, err := t.holder(principal, role)
		if err != nil {
			return err
		}
		scope = orWholeTenant(scope)
		id := t.derive("assignment " + who + r.Template + scope)
		if slices.ContainsFunc(t.assignments, func(a RoleAssignment) bool { return a.ID == id }) {
			return fmt.Errorf("role %q of %q: %w", role, principal, ErrAlready)
		}
		t.assignments = append(t.assignments, RoleAssignment{ID: id, Principal: who, Role: r.Template, Scope: scope})
		return nil
	})
}

// RemoveRole takes an active role away.
func (t *Tenant) RemoveRole(principal, role, scope string) error {
	return t.try(func() error {
		who, r, err := t.holder(principal, role)
		if err != nil {
			return err
		}
		scope = orWholeTenant(scope)
		kept := slices.DeleteFunc(t.assignments, func(a RoleAssignment) bool {
			return a.Principal == who && a.Role == r.Template && a.Scope == scope
		})
		if len(kept) == len(t.assignments) {
			return fmt.Errorf("role %q of %q: %w", role, principal, ErrUnknown)
		}
		t.assignments = kept
		return nil
	})
}

// AddEligibleRole makes a person or group eligible for a role.
func (t *Tenant) AddEligibleRole(principal, role, scope string) error {
	return t.try(func() error {
		who, r, err := t.holder(principal, role)
		if err != nil {
			return err
		}
		scope = orWholeTenant(scope)
		id := t.derive("eligibility " + who + r.Template + scope)
		t.eligibilities = append(t.eligibilities, RoleEligibility{ID: id, Principal: who, Role: r.Template, Scope: scope, Start: t.now()})
		return nil
	})
}

// AddEligibleGroup makes somebody eligible to become a "member" or "owner" of a
// group.
func (t *Tenant) AddEligibleGroup(principal, groupKey, access string) error {
	return t.try(func() error {
		if access != "member" && access != "owner" {
			return fmt.Errorf("eligible access %q is neither member nor owner", access)
		}
		who, err := t.principal(principal)
		if err != nil {
			return err
		}
		g, ok := t.groupByKey[strings.ToLower(groupKey)]
		if !ok {
			return fmt.Errorf("group %q: %w", groupKey, ErrUnknown)
		}
		id := g.ID + "_" + access + "_" + t.id("eligible "+who+g.ID+access)
		t.inGroup = append(t.inGroup, GroupEligibility{ID: id, Group: g.ID, Principal: who, Access: access, Start: t.now()})
		return nil
	})
}

func (t *Tenant) holder(principal, role string) (string, Role, error) {
	who, err := t.principal(principal)
	if err != nil {
		return "", Role{}, err
	}
	r, err := t.role(role)
	return who, r, err
}

func orWholeTenant(scope string) string {
	if scope == "" {
		return WholeTenant
	}
	return scope
}

// Assignments lists all active roles.
func (t *Tenant) Assignments() []RoleAssignment {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return slices.Clone(t.assignments)
}

// Eligibilities lists all roles that somebody may activate.
func (t *Tenant) Eligibilities() []RoleEligibility {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return slices.Clone(t.eligibilities)
}

// GroupEligibilities lists all groups that somebody may join by activation.
func (t *Tenant) GroupEligibilities() []GroupEligibility {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return slices.Clone(t.inGroup)
}

// RolesOf lists the roles that the object (an id) holds in the whole tenant;
// with nested, also those it holds through groups. Roles in one administrative
// unit are not among them (Graph: List a user's memberships).
func (t *Tenant) RolesOf(id string, nested bool) []Role {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.rolesThrough(id, nested, truly)
}

func (t *Tenant) rolesThrough(id string, nested bool, of members) []Role {
	holders := map[string]bool{id: true}
	if nested {
		for _, g := range t.groupsThrough(id, true, of) {
			holders[g.ID] = true
		}
	}
	var held []Role
	for _, r := range t.Roles() {
		if slices.ContainsFunc(t.assignments, func(a RoleAssignment) bool {
			return a.Role == r.Template && a.Scope == WholeTenant && holders[a.Principal]
		}) {
			held = append(held, r)
		}
	}
	return held
}

// SetPremium says whether the tenant has the P2 licence that eligible roles
// need. It has at the start.
func (t *Tenant) SetPremium(premium bool) { t.write(func() { t.premium = premium }) }

// Premium says whether the tenant has the P2 licence.
func (t *Tenant) Premium() bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.premium
}
