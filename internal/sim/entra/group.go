package entra

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ErrAlready means that what was to be added is there.
var ErrAlready = errors.New("already there")

// Group is a security group. Members may be groups too.
type Group struct {
	ID          string `json:"id"`
	Alias       string `json:"alias,omitempty"`
	Name        string `json:"displayName"`
	Description string `json:"description"`
	// Assignable is isAssignableToRole: whoever is in it may hold a role.
	Assignable bool `json:"isAssignableToRole"`
	// Rule is the membership rule of a dynamic group; empty for an assigned one.
	Rule string `json:"membershipRule,omitempty"`
	// Synced is a group that is mastered on premises.
	Synced bool `json:"onPremisesSyncEnabled"`
	// Restricted is isManagementRestricted.
	Restricted bool      `json:"isManagementRestricted"`
	Created    time.Time `json:"createdDateTime"`
	Members    []string  `json:"members"`
	Owners     []string  `json:"owners"`
}

type group struct {
	Group
	members idSet
	owners  idSet
	seen    history[idSet] // members
}

// snapshot copies the group with its members.
func (g *group) snapshot() Group {
	s := g.Group
	s.Members = slices.Clone(g.members.order)
	s.Owners = slices.Clone(g.owners.order)
	return s
}

// Groups lists all groups with their direct members and owners.
func (t *Tenant) Groups() []Group {
	t.mu.RLock()
	defer t.mu.RUnlock()
	all := make([]Group, len(t.groups))
	for i, g := range t.groups {
		all[i] = g.snapshot()
	}
	return all
}

// Group finds a group by alias or object id; case does not matter.
func (t *Tenant) Group(key string) (Group, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	g, ok := t.groupByKey[strings.ToLower(key)]
	if !ok {
		return Group{}, false
	}
	return g.snapshot(), true
}

// AddGroup adds a group and returns it with its id. Members and owners are
// keys of people or groups.
func (t *Tenant) AddGroup(g Group) (Group, error) {
	var added Group
	err := t.try(func() error {
		stored, err := t.putGroup(g)
		if err != nil {
			return err
		}
		added = stored.snapshot()
		return nil
	})
	return added, err
}

func (t *Tenant) putGroup(g Group) (*group, error) {
	name := g.Alias
	if name == "" {
		name = g.Name
	}
	if g.ID == "" {
		g.ID = t.id("group " + name)
	}
	if g.Created.IsZero() {
		g.Created = t.now()
	}
	if _, taken := t.groupByKey[g.ID]; taken || name == "" {
		return nil, fmt.Errorf("adding group %q: %w", name, ErrAlready)
	}
	stored := &group{Group: g}
	stored.Members, stored.Owners = nil, nil
	for _, key := range g.Members {
		if err := t.join(&stored.members, key); err != nil {
			return nil, err
		}
	}
	for _, key := range g.Owners {
		if err := t.join(&stored.owners, key); err != nil {
			return nil, err
		}
	}
	t.fileGroup(stored)
	return stored, nil
}

func (t *Tenant) fileGroup(g *group) {
	t.groups = append(t.groups, g)
	t.groupByKey[g.ID] = g
	if g.Alias != "" {
		t.groupByKey[strings.ToLower(g.Alias)] = g
	}
}

// AddMember adds a person or group to a group, by any key. An unknown key is
// ErrUnknown, a member ErrAlready.
func (t *Tenant) AddMember(groupKey, member string) error {
	return t.changeGroup(groupKey, func(g *group) error { return t.join(&g.members, member) })
}

// RemoveMember takes a direct member out of a group. Whoever is not in it is
// ErrUnknown.
func (t *Tenant) RemoveMember(groupKey, member string) error {
	return t.changeGroup(groupKey, func(g *group) error { return t.leave(&g.members, member) })
}

// AddOwner makes somebody an owner of a group.
func (t *Tenant) AddOwner(groupKey, owner string) error {
	return t.changeGroup(groupKey, func(g *group) error { return t.join(&g.owners, owner) })
}

// RemoveOwner takes the ownership of a group away.
func (t *Tenant) RemoveOwner(groupKey, owner string) error {
	return t.changeGroup(groupKey, func(g *group) error { return t.leave(&g.owners, owner) })
}

// ChangeGroup changes what a group is (name, kind, restriction); its id, alias,
// members and owners stay. The function must not call the tenant.
func (t *Tenant) ChangeGroup(groupKey string, f func(*Group)) error {
	return t.changeGroup(groupKey, func(g *group) error {
		id, alias := g.ID, g.Alias
		f(&g.Group)
		g.ID, g.Alias = id, alias
		return nil
	})
}

func (t *Tenant) changeGroup(key string, f func(*group) error) error {
	return t.try(func() error {
		g, ok := t.groupByKey[strings.ToLower(key)]
		if !ok {
			return fmt.Errorf("group %q: %w", key, ErrUnknown)
		}
		if err := f(g); err != nil {
			return err
		}
		g.seen.settle()
		return nil
	})
}

func (t *Tenant) join(set *idSet, key string) error {
	id, err := t.principal(key)
	if err != nil {
		return err
	}
	if !set.add(id) {
		return fmt.Errorf("member %q: %w", key, ErrAlready)
	}
	return nil
}

func (t *Tenant) leave(set *idSet, key string) error {
	id, err := t.principal(key)
	if err != nil {
		return err
	}
	if !set.remove(id) {
		return fmt.Errorf("member %q: %w", key, ErrUnknown)
	}
	return nil
}

// principal is the object id of a person or group.
func (t *Tenant) principal(key string) (string, error) {
	if p, ok := t.byKey[strings.ToLower(key)]; ok {
		return p.ID, nil
	}
	if g, ok := t.groupByKey[strings.ToLower(key)]; ok {
		return g.ID, nil
	}
	return "", fmt.Errorf("object %q: %w", key, ErrUnknown)
}

// GroupsOf lists the groups that the object (an id) is a member of; with
// nested, also those it is in through other groups. Their members are left out.
func (t *Tenant) GroupsOf(id string, nested bool) []Group {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return withoutMembers(t.groupsOf(id, nested))
}

func withoutMembers(groups []*group) []Group {
	all := make([]Group, len(groups))
	for i, g := range groups {
		all[i] = g.Group
	}
	return all
}

// members of a group, as they are or as a View sees them.
type members func(*group) idSet

func truly(g *group) idSet { return g.members }

func (t *Tenant) groupsOf(id string, nested bool) []*group { return t.groupsThrough(id, nested, truly) }

func (t *Tenant) groupsThrough(id string, nested bool, of members) []*group {
	var found []*group
	queue := []string{id}
	for len(queue) > 0 {
		for _, g := range t.groups {
			if within := of(g); within.has(queue[0]) && !slices.Contains(found, g) {
				found = append(found, g)
				queue = append(queue, g.ID)
			}
		}
		queue = queue[1:]
		if !nested {
			break
		}
	}
	return found
}

// OwnedBy lists the groups that the object owns, without their members.
func (t *Tenant) OwnedBy(id string) []Group {
	t.mu.RLock()
	defer t.mu.RUnlock()
	var owned []Group
	for _, g := range t.groups {
		if g.owners.has(id) {
			owned = append(owned, g.Group)
		}
	}
	return owned
}

// MembersOf lists the ids in a group (a key); with nested, also those in it
// through other groups. An unknown group has none.
func (t *Tenant) MembersOf(groupKey string, nested bool) []string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.membersThrough(groupKey, nested, truly)
}

func (t *Tenant) membersThrough(groupKey string, nested bool, of members) []string {
	g, ok := t.groupByKey[strings.ToLower(groupKey)]
	if !ok {
		return nil
	}
	if !nested {
		return slices.Clone(of(g).order)
	}
	var all idSet
	queue := []*group{g}
	for ; len(queue) > 0; queue = queue[1:] {
		for _, id := range of(queue[0]).order {
			inner, isGroup := t.groupByKey[id]
			if all.add(id) && isGroup {
				queue = append(queue, inner)
			}
		}
	}
	return all.order
}

// idSet is a set of object ids that keeps the order of joining.
type idSet struct {
	order []string
	in    map[string]bool
}

func (s *idSet) has(id string) bool { return s.in[id] }

func (s *idSet) add(id string) bool {
	if s.in[id] {
		return false
	}
	if s.in == nil {
		s.in = map[string]bool{}
	}
	s.in[id] = true
	s.order = append(s.order, id)
	return true
}

func (s *idSet) remove(id string) bool {
	if !s.in[id] {
		return false
	}
	delete(s.in, id)
	s.order = slices.DeleteFunc(s.order, func(other string) bool { return other == id })
	return true
}
