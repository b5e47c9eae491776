package entra

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// longestBehind is how old a View may be; versions older than that are forgotten.
const longestBehind = time.Minute

// version is what an object was from a moment on.
type version[T any] struct {
	from  time.Time
	value T
}

// history is how an object looks to whoever reads a replica while its last
// changes are on their way there. An empty one says that everybody sees the
// truth.
type history[T any] struct {
	versions []version[T] // oldest first
	held     bool         // a change is being made
}

// at is the object as seen at a moment.
func (h *history[T]) at(moment time.Time, truth T) T {
	if len(h.versions) == 0 {
		return truth
	}
	seen := h.versions[0].value
	for _, v := range h.versions[1:] {
		if !v.from.After(moment) {
			seen = v.value
		}
	}
	return seen
}

// hold keeps what is seen as it is while the object changes.
func (h *history[T]) hold(now time.Time, truth T) {
	for len(h.versions) > 1 && !h.versions[1].from.After(now.Add(-longestBehind)) {
		h.versions = h.versions[1:]
	}
	if len(h.versions) < 2 {
		h.versions = []version[T]{{value: truth}}
	}
	h.held = true
}

// release lets the change be seen from a moment on, and not before those that
// came before it.
func (h *history[T]) release(from time.Time, truth T) {
	if last := h.versions[len(h.versions)-1].from; from.Before(last) {
		from = last
	}
	h.versions, h.held = append(h.versions, version[T]{from, truth}), false
}

// settle lets everybody see the truth, unless a change is being made.
func (h *history[T]) settle() {
	if !h.held {
		h.versions = nil
	}
}

// belongings are what the app may change of a person.
type belongings struct {
	methods []Method
	pass    *Pass
}

func (p *person) belongings() belongings {
	b := belongings{methods: slices.Clone(p.methods)}
	if p.pass != nil {
		pass := *p.pass
		b.pass = &pass
	}
	return b
}

func (g *group) clonedMembers() idSet {
	return idSet{order: slices.Clone(g.members.order), in: maps.Clone(g.members.in)}
}

// Replicate makes a change to a person, a group or a policy that reads of a View see
// after the given time only; the change itself, what it returns and State are
// right at once. A change that is made without Replicate is seen at once
// everywhere, together with what was on its way to the same object.
func (t *Tenant) Replicate(key string, after time.Duration, change func() error) error {
	t.replicating.Lock()
	defer t.replicating.Unlock()
	release := t.holdBack(key)
	err := change()
	t.mu.Lock()
	defer t.mu.Unlock()
	release(t.now().Add(after))
	return err
}

// holdBack keeps what is seen of an object as it is until release is called,
// under the lock.
func (t *Tenant) holdBack(key string) (release func(from time.Time)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	key = strings.ToLower(key)
	if p, ok := t.byKey[key]; ok {
		p.seen.hold(t.now(), p.belongings())
		return func(from time.Time) { p.seen.release(from, p.belongings()) }
	}
	if g, ok := t.groupByKey[key]; ok {
		g.seen.hold(t.now(), g.clonedMembers())
		return func(from time.Time) { g.seen.release(from, g.clonedMembers()) }
	}
	if i := t.policyAt(key); i >= 0 {
		p := t.policies[i]
		p.seen.hold(t.now(), p.clone())
		return func(from time.Time) { p.seen.release(from, p.clone()) }
	}
	return func(time.Time) {}
}

// View is the tenant as a replica tells it at a moment: changes made with
// Replicate are missing as long as they are on their way.
type View struct {
	tenant *Tenant
	behind time.Duration
	fresh  bool
}

// Seen is the tenant as a replica tells it now, or as an index does that is
// behind by up to a minute.
func (t *Tenant) Seen(behind time.Duration) View {
	return View{tenant: t, behind: min(max(behind, 0), longestBehind)}
}

// Fresh is the tenant as a replica tells it that every change has reached.
func (t *Tenant) Fresh() View { return View{tenant: t, fresh: true} }

// within is what the view has of an object.
func within[T any](v View, h *history[T], truth T) T {
	if v.fresh {
		return truth
	}
	return h.at(v.moment(), truth)
}

func (v View) moment() time.Time { return v.tenant.now().Add(-v.behind) }

// members is what the view has of a group's members.
func (v View) members(g *group) idSet { return within(v, &g.seen, g.members) }

// GroupsOf is Tenant.GroupsOf as the view sees it.
func (v View) GroupsOf(id string, nested bool) []Group {
	v.tenant.mu.RLock()
	defer v.tenant.mu.RUnlock()
	return withoutMembers(v.tenant.groupsThrough(id, nested, v.members))
}

// RolesOf is Tenant.RolesOf as the view sees it.
func (v View) RolesOf(id string, nested bool) []Role {
	v.tenant.mu.RLock()
	defer v.tenant.mu.RUnlock()
	return v.tenant.rolesThrough(id, nested, v.members)
}

// MembersOf is Tenant.MembersOf as the view sees it.
func (v View) MembersOf(groupKey string, nested bool) []string {
	v.tenant.mu.RLock()
	defer v.tenant.mu.RUnlock()
	return v.tenant.membersThrough(groupKey, nested, v.members)
}

// Methods is Tenant.Methods as the view sees it.
func (v View) Methods(key string) []Method {
	v.tenant.mu.RLock()
	defer v.tenant.mu.RUnlock()
	p, err := v.tenant.find(key)
	if err != nil {
		return nil
	}
	return slices.Clone(within(v, &p.seen, belongings{methods: p.methods}).methods)
}

// PassOf is Tenant.PassOf as the view sees it.
func (v View) PassOf(key string) (Pass, bool) {
	v.tenant.mu.RLock()
	defer v.tenant.mu.RUnlock()
	p, err := v.tenant.find(key)
	if err != nil {
		return Pass{}, false
	}
	seen := within(v, &p.seen, belongings{pass: p.pass}).pass
	if seen == nil {
		return Pass{}, false
	}
	return v.tenant.worth(p.ID, *seen), true
}

// Policies is Tenant.Policies as the view sees it.
func (v View) Policies() []Policy {
	v.tenant.mu.RLock()
	defer v.tenant.mu.RUnlock()
	all := make([]Policy, len(v.tenant.policies))
	for i, p := range v.tenant.policies {
		seen := within(v, &p.seen, p.Policy)
		all[i] = seen.clone()
	}
	return all
}

// SessionsFrom is since when somebody's sessions must have begun to hold, as
// far as whoever asks for them to be used has heard.
func (v View) SessionsFrom(key string) time.Time {
	v.tenant.mu.RLock()
	defer v.tenant.mu.RUnlock()
	p, err := v.tenant.find(key)
	if err != nil {
		return time.Time{}
	}
	return within(v, &p.revoked, p.SessionsFrom)
}
