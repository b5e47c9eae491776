package entra

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Policy is a Conditional Access policy.
type Policy struct {
	ID    string
	Alias string
	Name  string
	// State is enabled, disabled or enabledForReportingButNotEnforced.
	State string
	// ExclusionGroup is the id of the group made for exclusions from it.
	ExclusionGroup    string
	Created, Modified time.Time
	Conditions        Conditions
	Grant             Grant
	// Beta says that it uses what the beta version of Graph alone can write.
	Beta bool
	// Rest is what this tenant keeps as it was written, by the path in Graph's
	// conditionalAccessPolicy: "conditions.locations", "sessionControls".
	Rest map[string]json.RawMessage
}

// policy is a policy with how it is seen while a change is on its way.
type policy struct {
	Policy
	seen history[Policy]
}

// tick is how finely the time of a modification is told.
const tick = 100 * time.Nanosecond

// Conditions say when a policy applies. Lists are those of Graph's
// conditionalAccessConditionSet.
type Conditions struct {
	IncludeUsers, ExcludeUsers   []string
	IncludeGroups, ExcludeGroups []string
	IncludeRoles, ExcludeRoles   []string
	IncludeApps, ExcludeApps     []string
	UserActions                  []string
	// AuthContexts are authentication contexts, such as "c1".
	AuthContexts []string
	ClientApps   []string
	// Platforms is empty for any.
	IncludePlatforms, ExcludePlatforms []string
	// Risk levels are empty for any.
	UserRisks, SignInRisks []string
}

// Grant says what a policy demands: AND or OR of controls, and a strength by id.
type Grant struct {
	Operator string
	Controls []string
	Strength string
}

// Policies lists the Conditional Access policies.
func (t *Tenant) Policies() []Policy {
	t.mu.RLock()
	defer t.mu.RUnlock()
	all := make([]Policy, len(t.policies))
	for i, p := range t.policies {
		all[i] = p.clone()
	}
	return all
}

// Policy finds a policy by alias or id.
func (t *Tenant) Policy(key string) (Policy, bool) {
	for _, p := range t.Policies() {
		if strings.EqualFold(key, p.ID) || strings.EqualFold(key, p.Alias) {
			return p, true
		}
	}
	return Policy{}, false
}

// ChangePolicy changes a policy and its time of modification; id and alias
// stay. The function must not call the tenant.
func (t *Tenant) ChangePolicy(key string, f func(*Policy)) error {
	return t.try(func() error {
		i := t.policyAt(key)
		if i < 0 {
			return fmt.Errorf("policy %q: %w", key, ErrUnknown)
		}
		p := t.policies[i]
		changed := p.clone()
		f(&changed)
		changed.ID, changed.Alias, changed.Modified = p.ID, p.Alias, t.modified(p.Modified)
		p.Policy = changed
		p.seen.settle()
		return nil
	})
}

// DeletePolicy deletes a policy, which nobody sees from then on.
func (t *Tenant) DeletePolicy(key string) error {
	return t.try(func() error {
		i := t.policyAt(key)
		if i < 0 {
			return fmt.Errorf("policy %q: %w", key, ErrUnknown)
		}
		t.policies = slices.Delete(t.policies, i, i+1)
		return nil
	})
}

// policyAt is where a policy stands, by alias or id, or -1.
func (t *Tenant) policyAt(key string) int {
	return slices.IndexFunc(t.policies, func(p *policy) bool {
		return key != "" && (strings.EqualFold(key, p.ID) || strings.EqualFold(key, p.Alias))
	})
}

// modified is now, and later than the modification before.
func (t *Tenant) modified(before time.Time) time.Time {
	if now := t.now().Truncate(tick); now.After(before) {
		return now
	}
	return before.Add(tick)
}

func (p *Policy) clone() Policy {
	c := *p
	for _, list := range []*[]string{
		&c.Conditions.IncludeUsers, &c.Conditions.ExcludeUsers,
		&c.Conditions.IncludeGroups, &c.Conditions.ExcludeGroups,
		&c.Conditions.IncludeRoles, &c.Conditions.ExcludeRoles,
		&c.Conditions.IncludeApps, &c.Conditions.ExcludeApps,
		&c.Conditions.UserActions, &c.Conditions.AuthContexts, &c.Conditions.ClientApps,
		&c.Conditions.IncludePlatforms, &c.Conditions.ExcludePlatforms,
		&c.Conditions.UserRisks, &c.Conditions.SignInRisks,
		&c.Grant.Controls,
	} {
		*list = slices.Clone(*list)
	}
	c.Rest = maps.Clone(p.Rest)
	return c
}

// newID is a random guid.
func newID() (string, error) {
	id, err := uuid.NewRandom()
	if err != nil {
		return "", fmt.Errorf("new id: %w", err)
	}
	return id.String(), nil
}
