package access

import "sync"

// DefaultRules are those of a desk that names none: a pass needs the person's
// manager, an exclusion one of the policy's owners. In a configuration they are
//
//	rules:
//	  - name: the manager decides
//	    when: kind == "pass"
//	    approve: [{from: [manager], count: 1}]
//	  - name: an owner of the policy decides
//	    when: kind == "exclusion"
//	    approve: [{from: [policy.owners], count: 1}]
func DefaultRules() []Rule { return defaultRules() }

var defaultRules = sync.OnceValue(func() []Rule {
	return []Rule{
		{Name: "the manager decides", When: mustCondition(`kind == "pass"`), Approve: []Approval{{From: []Source{SourceManager}, Count: 1}}},
		{Name: "an owner of the policy decides", When: mustCondition(`kind == "exclusion"`), Approve: []Approval{{From: []Source{SourceOwners}, Count: 1}}},
	}
})

func mustCondition(source string) *Condition {
	c, err := NewCondition(source)
	if err != nil {
		panic(err) // it is ours, and was tested
	}
	return c
}

// rules are the configured rules, or the default ones.
func (s Settings) rules() []Rule {
	if len(s.Rules) > 0 {
		return s.Rules
	}
	return DefaultRules()
}

// names tells whether a rule names groups whose members may agree.
func (s Settings) namesGroups() bool {
	for _, r := range s.rules() {
		sources := append([]Source(nil), r.Escalate.To...)
		for _, a := range r.Approve {
			sources = append(sources, a.From...)
		}
		for _, from := range sources {
			if _, ok := from.Group(); ok {
				return true
			}
		}
	}
	return false
}

// mentions tells whether a rule's condition asks about a variable.
func (s Settings) mentions(variable string) bool {
	for _, r := range s.rules() {
		if r.When.mentions(variable) {
			return true
		}
		for _, a := range r.Approve {
			if a.When.mentions(variable) {
				return true
			}
		}
	}
	return false
}
