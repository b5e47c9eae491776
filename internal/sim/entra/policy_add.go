package entra

import (
	"errors"
	"fmt"
)

// AddPolicy adds a Conditional Access policy and returns it with its id. A name
// or an alias is the least that must be given; an empty state is enabled.
func (t *Tenant) AddPolicy(p Policy) (Policy, error) {
	err := t.try(func() error {
		name := p.Alias
		if name == "" {
			name = p.Name
		}
		if name == "" {
			return errors.New("adding a policy: neither name nor alias")
		}
		p.ID, p.Created = t.id("policy "+name), t.now()
		if p.State == "" {
			p.State = "enabled"
		}
		for _, other := range t.policies {
			if other.ID == p.ID {
				return fmt.Errorf("adding policy %q: %w", name, ErrAlready)
			}
		}
		t.policies = append(t.policies, &policy{Policy: p.clone()})
		return nil
	})
	return p, err
}
