package access_test

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// tenant is a Directory made of data: people, their passes, and what goes wrong
// next. It behaves as Entra does where it matters: one pass per person, a new
// one replaces the last.
type tenant struct {
	mu       sync.Mutex
	now      func() time.Time
	members  map[access.ID]access.Member
	managers map[access.ID]access.ID
	privs    map[access.ID][]string
	passes   map[access.ID]access.LivePass
	relaxed  relaxed
	passkeys map[access.ID][]access.Passkey
	made     int
	deleted  int
	// Each of these happens to the next call and is then gone.
	factsErr, issueErr, deleteErr, keysErr error
	// lost makes the pass and loses the answer.
	lost bool
	// during runs while Graph is making the pass.
	during func()
}

func newTenant(now func() time.Time) *tenant {
	t := &tenant{
		now: now, members: map[access.ID]access.Member{}, managers: map[access.ID]access.ID{},
		privs: map[access.ID][]string{}, passes: map[access.ID]access.LivePass{},
		relaxed: newRelaxed(), passkeys: map[access.ID][]access.Passkey{},
	}
	for _, id := range []access.ID{"adele", "bianca", "megan", "joni", "lee", "hermit"} {
		t.members[id] = access.Member{Person: access.Person{ID: id, Name: string(id)}, Found: true, Enabled: true}
	}
	t.set("adele", func(m *access.Member) { m.Groups = []access.ID{"helpdesk"} })
	t.set("bianca", func(m *access.Member) { m.Groups = []access.ID{"helpdesk"} })
	t.set("lee", func(m *access.Member) { m.Groups = []access.ID{"owners"} })
	t.members["grady"] = access.Member{Person: access.Person{ID: "grady", Name: "grady"}, Found: true, Enabled: true}
	t.managers["joni"] = "megan"
	return t
}

func (t *tenant) set(id access.ID, change func(*access.Member)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	m := t.members[id]
	change(&m)
	t.members[id] = m
}

func (t *tenant) member(id access.ID) access.Member {
	m := t.members[id]
	m.ID = id
	return m
}

func take(err *error) error {
	e := *err
	*err = nil
	return e
}

func (t *tenant) Find(context.Context, string) ([]access.Person, error) { return nil, nil }

func (t *tenant) Facts(_ context.Context, q access.Question) (access.Facts, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := take(&t.factsErr); err != nil {
		return access.Facts{}, err
	}
	f := access.Facts{At: t.now(), Asker: t.member(q.Asker), Actor: t.member(q.Actor)}
	f.Person = access.Subject{Member: t.member(q.Person), Privilege: t.privs[q.Person]}
	for _, id := range q.Others {
		f.Others = append(f.Others, t.member(id))
	}
	if id, ok := t.managers[q.Person]; ok {
		m := t.member(id)
		f.Person.Manager = &m
	}
	if p, ok := t.passes[q.Person]; ok {
		f.Person.Passes = []access.LivePass{p}
	}
	if q.Policy != nil {
		f.Policy = t.policyFacts(*q.Policy, q.Person)
	}
	f.PassPolicy = access.PassPolicy{Known: true, Enabled: true, MinMinutes: 60, MaxMinutes: 480, IncludeAll: true}
	return f, nil
}

func (t *tenant) IssuePass(_ context.Context, person access.ID, terms access.Terms) (access.LivePass, access.Secret, error) {
	if t.during != nil {
		t.during()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := take(&t.issueErr); err != nil {
		return access.LivePass{}, access.Secret{}, err
	}
	t.made++
	start := terms.Start
	if start.IsZero() {
		start = t.now()
	}
	p := access.LivePass{
		ID: fmt.Sprintf("tap-%d", t.made), Created: t.now(), Start: start, Minutes: terms.Minutes,
		Once: terms.Once, Usable: true, Usability: "EnabledByPolicy",
	}
	t.passes[person] = p
	if t.lost {
		t.lost = false
		return access.LivePass{}, access.Secret{}, access.Fail(access.Uncertain, "Entra did not answer.")
	}
	return p, access.NewSecret(fmt.Sprintf("code-%d", t.made)), nil
}

func (t *tenant) Passes(_ context.Context, person access.ID) ([]access.LivePass, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.live(person), nil
}

func (t *tenant) live(person access.ID) []access.LivePass {
	if p, ok := t.passes[person]; ok {
		return []access.LivePass{p}
	}
	return nil
}

func (t *tenant) DeletePass(_ context.Context, person access.ID, pass string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := take(&t.deleteErr); err != nil {
		return err
	}
	if t.passes[person].ID == pass {
		delete(t.passes, person)
		t.deleted++
	}
	return nil
}
