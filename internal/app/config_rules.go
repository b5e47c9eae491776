package app

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// RuleConfig says who must agree to the requests that it matches.
type RuleConfig struct {
	Name     string           `yaml:"name"`
	When     string           `yaml:"when"`   // CEL; empty: always
	Refuse   string           `yaml:"refuse"` // no, in these words
	Approve  []ApprovalConfig `yaml:"approve"`
	Within   Duration         `yaml:"within"` // for each agreement; empty: 1h
	Escalate EscalationConfig `yaml:"escalate"`
	Longest  Duration         `yaml:"longest"`
	Place    string           `yaml:"place"` // conversation id of a channel in which it is decided, too
}

// ApprovalConfig is one agreement that a rule asks for.
type ApprovalConfig struct {
	From   []string `yaml:"from"`   // manager, policy.owners, group:<id>
	Count  int      `yaml:"count"`  // how many different people; empty: 1
	Caller string   `yaml:"caller"` // confirm, attest or code; empty: nothing is to be proved
	When   string   `yaml:"when"`   // CEL; empty: always
}

// EscalationConfig says who may agree, too, when nobody has for a while.
type EscalationConfig struct {
	After Duration `yaml:"after"`
	To    []string `yaml:"to"`
}

// ScopeConfig lets some of those who may ask do so for some people.
type ScopeConfig struct {
	Requesters  []string `yaml:"requesters"`
	Kinds       []string `yaml:"kinds"`
	Groups      []string `yaml:"groups"`
	Departments []string `yaml:"departments"`
	Units       []string `yaml:"units"`
}

// The bounds of how long people may have to decide, and of how many have to.
const (
	leastWithin  = 5 * time.Minute
	mostWithin   = 24 * time.Hour
	mostApproval = 10
)

// rules checks the rules, and keeps them compiled.
func (r *reading) rules(c *Config) {
	names := map[string]bool{}
	for i, rule := range c.Rules {
		key := fmt.Sprintf(".rules[%d]", i)
		switch name := strings.ToLower(rule.Name); {
		case name == "":
			r.fault(key+".name", "is missing: people read it in every verdict")
		case names[name]:
			r.fault(key+".name", "is used twice: %q", rule.Name)
		default:
			names[name] = true
		}
		r.rule(key, rule)
	}
	for i, s := range c.Desk.Scopes {
		r.scope(fmt.Sprintf(".desk.scopes[%d]", i), s)
	}
}

func (r *reading) rule(key string, rule RuleConfig) {
	r.condition(key+".when", rule.Name, rule.When)
	switch {
	case rule.Refuse != "" && len(rule.Approve) > 0:
		r.fault(key+".refuse", "and approve exclude one another")
	case rule.Refuse == "" && len(rule.Approve) == 0:
		r.fault(key, "must say approve or refuse")
	}
	for i, a := range rule.Approve {
		r.approval(fmt.Sprintf("%s.approve[%d]", key, i), rule.Name, a)
	}
	within := time.Duration(rule.Within)
	if within != 0 && (within < leastWithin || within > mostWithin) {
		r.fault(key+".within", "must be from 5m to 24h")
	}
	if longest := time.Duration(rule.Longest); longest != 0 && longest < leastLongest {
		r.fault(key+".longest", "must be 10m or longer")
	}
	r.escalation(key+".escalate", rule)
	r.place(key+".place", rule)
}

// channelID is the form of a channel's conversation id; older channels end in skype.
var channelID = regexp.MustCompile(`^19:[A-Za-z0-9_-]+@thread\.(tacv2|skype)$`)

func (r *reading) place(key string, rule RuleConfig) {
	switch {
	case rule.Place == "":
	case rule.Refuse != "":
		r.fault(key, "is for what is decided, and this rule refuses")
	case !channelID.MatchString(rule.Place):
		r.fault(key, "%q must be a channel's conversation id, 19:…@thread.tacv2: it is in the channel's link, from which %%3A has to become : and %%40 @", rule.Place)
	}
}

func (r *reading) escalation(key string, rule RuleConfig) {
	within, after := time.Duration(rule.Within), time.Duration(rule.Escalate.After)
	if within == 0 {
		within = time.Hour
	}
	switch {
	case after == 0 && len(rule.Escalate.To) == 0:
	case after == 0:
		r.fault(key+".after", "is missing: after how long?")
	case len(rule.Escalate.To) == 0:
		r.fault(key+".to", "is missing: to whom?")
	case after >= within:
		r.fault(key+".after", "must be shorter than the time to decide, which is %s", within)
	default:
		r.sources(key+".to", rule.Escalate.To)
	}
}

func (r *reading) approval(key, rule string, a ApprovalConfig) {
	if len(a.From) == 0 {
		r.fault(key+".from", "is missing: manager, policy.owners or group:<object id>")
	}
	r.sources(key+".from", a.From)
	if a.Count < 0 || a.Count > mostApproval {
		r.fault(key+".count", "must be from 1 to %d", mostApproval)
	}
	if !slices.Contains(access.Proofs(), access.Proof(a.Caller)) {
		r.fault(key+".caller", "must be one of confirm, attest, code")
	}
	r.condition(key+".when", rule, a.When)
}

func (r *reading) sources(key string, list []string) {
	for _, text := range list {
		id, group := strings.CutPrefix(text, "group:")
		switch {
		case group:
			r.guid(key, id, "names a group without an id")
		case text != string(access.SourceManager) && text != string(access.SourceOwners):
			r.fault(key, "%q must be manager, policy.owners or group:<object id>", text)
		}
	}
}

// condition names rule, line and column of what is wrong with an expression.
func (r *reading) condition(key, rule, text string) {
	if text == "" {
		return
	}
	_, err := access.NewCondition(text)
	wrong, ok := errors.AsType[*access.ConditionError](err)
	if !ok {
		return
	}
	at := r.inText(key, wrong.Line, wrong.Column)
	r.faults = append(r.faults, Fault{at.line, at.column, strings.TrimPrefix(key, "."), fmt.Sprintf("rule %q, line %d, column %d of its expression: %s", rule, wrong.Line, wrong.Column, wrong.Say)})
}

func (r *reading) scope(key string, s ScopeConfig) {
	if len(s.Requesters) == 0 {
		r.fault(key+".requesters", "is missing: name at least one group")
	}
	for name, list := range map[string][]string{"requesters": s.Requesters, "groups": s.Groups, "units": s.Units} {
		for _, id := range list {
			r.guid(key+"."+name, id, "has an empty entry")
		}
	}
	for _, k := range s.Kinds {
		r.oneOf(key+".kinds", k, string(access.Pass), string(access.Exclusion))
	}
}

// rules are the compiled rules of a configuration that was checked.
func (c Config) rules() []access.Rule {
	rules := make([]access.Rule, 0, len(c.Rules))
	for _, one := range c.Rules {
		rule := access.Rule{
			Name: one.Name, When: compiled(one.When), Refuse: one.Refuse, Within: time.Duration(one.Within), Longest: time.Duration(one.Longest), Place: one.Place,
			Escalate: access.Escalation{After: time.Duration(one.Escalate.After), To: sources(one.Escalate.To)},
		}
		for _, a := range one.Approve {
			rule.Approve = append(rule.Approve, access.Approval{
				From: sources(a.From), Count: max(1, a.Count), Caller: access.Proof(a.Caller), When: compiled(a.When),
			})
		}
		rules = append(rules, rule)
	}
	return rules
}

func (c Config) scopes() []access.Scope {
	scopes := make([]access.Scope, 0, len(c.Desk.Scopes))
	for _, s := range c.Desk.Scopes {
		scope := access.Scope{Requesters: ids(s.Requesters), Groups: ids(s.Groups), Departments: s.Departments, Units: ids(s.Units)}
		for _, k := range s.Kinds {
			scope.Kinds = append(scope.Kinds, access.Kind(k))
		}
		scopes = append(scopes, scope)
	}
	return scopes
}

// compiled is an expression that was checked when it was read; empty: always.
func compiled(text string) *access.Condition {
	if text == "" {
		return nil
	}
	c, err := access.NewCondition(text)
	if err != nil {
		panic(fmt.Sprintf("a condition was not checked: %v", err)) // refusing to start is better than skipping a rule
	}
	return c
}

func sources(list []string) []access.Source {
	var out []access.Source
	for _, text := range list {
		if id, ok := strings.CutPrefix(text, "group:"); ok {
			out = append(out, access.GroupSource(access.NewID(id)))
			continue
		}
		out = append(out, access.Source(text))
	}
	return out
}
