package access

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// applyRules finds the rule that decides, and what it needs. That none matches
// refuses, as does one of which it cannot be told whether it does.
func (s Settings) applyRules(v *Verdict, c Case) {
	s.apply(v, s.variablesOf(c), c.Terms.Lifetime(), c.Escalated)
}

func (s Settings) apply(v *Verdict, f facts, lifetime time.Duration, escalated []string) {
	rule, ok := v.match(s.rules(), f)
	switch {
	case !ok:
		return
	case rule.Refuse != "":
		v.add(Refusal, "rule.refuses", rule.Refuse)
		return
	case rule.Longest > 0 && lifetime > rule.Longest:
		v.add(Refusal, "rule.longest", fmt.Sprintf("By the rule “%s” this may last %s at the longest. Choose a shorter time.", rule.Name, inWords(rule.Longest)))
	}
	v.Within, v.Escalate, v.Place = rule.Within, rule.Escalate, rule.Place
	if v.Within == 0 {
		v.Within = askedLasts
	}
	v.need(rule, f, escalated)
}

// match tries the rules in their order, and notes what became of each.
func (v *Verdict) match(rules []Rule, f facts) (decides Rule, ok bool) {
	for _, r := range rules {
		if v.Rule != "" {
			v.Tried = append(v.Tried, Tried{r.Name, Skipped, "“" + v.Rule + "” comes first"})
			continue
		}
		yes, err := r.When.holds(f)
		switch {
		case err != nil:
			v.Rule = r.Name
			v.bar(r.Name, err)
		case yes:
			v.Rule, decides, ok = r.Name, r, true
			v.Tried = append(v.Tried, Tried{Rule: r.Name, Outcome: Matched, Why: r.When.String()})
		default:
			v.Tried = append(v.Tried, Tried{r.Name, Skipped, "not: " + r.When.String()})
		}
	}
	if v.Rule == "" {
		v.add(Refusal, "rule.none", "No rule allows this. Tell the people who run Passdesk if one should.")
	}
	return decides, ok
}

// bar refuses because of a condition that cannot be told.
func (v *Verdict) bar(rule string, err error) {
	v.Tried = append(v.Tried, Tried{rule, Barred, err.Error()})
	if errors.Is(err, errUnlearnt) {
		v.add(Refusal, "facts.unknown", "The rule “"+rule+"” "+err.Error()+", and what is not known is refused. Try again in a minute.")
		return
	}
	v.add(Refusal, "rule.barred", "The rule “"+rule+"” cannot be applied. Tell the people who run Passdesk.")
}

// need notes the agreements that a rule asks for. A rule that asks for none by its
// conditions refuses: nothing is given that nobody agreed to.
func (v *Verdict) need(rule Rule, f facts, escalated []string) {
	for i, a := range rule.Approve {
		yes, err := a.When.holds(f)
		if err != nil {
			v.bar(rule.Name, err)
			continue
		}
		if !yes {
			continue
		}
		n := Need{Key: rule.Name + " " + strconv.Itoa(i+1), From: a.From, Count: max(1, a.Count), Caller: a.Caller}
		if has(escalated, n.Key) {
			n.From = append(append([]Source(nil), a.From...), rule.Escalate.To...)
		}
		v.Needs = append(v.Needs, n)
	}
	if len(v.Needs) == 0 && !v.Refused() {
		v.add(Refusal, "rule.nobody", "The rule “"+rule.Name+"” names nobody who could agree to this. Tell the people who run Passdesk.")
	}
}
