package access

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
)

// Wish is a request that nobody has sent: who would ask, for whom, and what.
type Wish struct {
	Asker, Person ID
	Kind          Kind
	Terms         Terms
}

// Explain tells what the verdict about a wish would be, by the facts of this
// moment: nothing is stored, and nobody is asked or told. What only Passdesk's own
// records know, such as exclusions in force, is left out. Unavailable as
// Directory.Facts.
func Explain(ctx context.Context, dir Directory, s Settings, w Wish, now time.Time) (Verdict, error) {
	c := Case{Kind: w.Kind, Terms: w.Terms, Now: now, From: latest(now, w.Terms.Start), Sending: true, Hold: Hold{State: Free}}
	q := Question{Person: w.Person, Asker: w.Asker}
	if p, ok := s.policy(w.Terms.Policy.ID); ok {
		q.Policy = &p
	}
	if s.mentions("person.changed_days") {
		q.Changes = now.Add(-changesLookedAt)
	}
	var err error
	if c.Facts, err = dir.Facts(ctx, q); err != nil {
		return Verdict{}, err
	}
	if c.Members, err = members(ctx, dir, s.Judge(c)); err != nil {
		return Verdict{}, err
	}
	return s.Judge(c), nil
}

// Suppose applies the rules alone to values that are given for variables, by name,
// and tells what they would say. What is not given is empty, zero or no; unknown
// names variables that could not be learnt. Invalid for a variable that there is
// not, or a value of the wrong kind.
func (s Settings) Suppose(given map[string]any, unknown []string) (Verdict, error) {
	f := facts{values: make(map[string]any, len(variables))}
	for _, v := range variables {
		f.values[v.Name] = none(v.kind)
	}
	for name, value := range given {
		v, ok := variableOf(name)
		if !ok {
			return Verdict{}, Fail(Invalid, "There is no variable %q.", name)
		}
		fit, ok := fitting(v.kind, value)
		if !ok {
			return Verdict{}, Fail(Invalid, "%s must be %s.", name, v.kind)
		}
		f.values[name] = fit
	}
	for _, name := range unknown {
		if _, ok := variableOf(name); !ok {
			return Verdict{}, Fail(Invalid, "There is no variable %q.", name)
		}
		delete(f.values, name)
		f.unknown, f.names = append(f.unknown, cel.AttributePattern(name)), append(f.names, name)
	}
	v := Verdict{}
	minutes, _ := f.values["minutes"].(int64)
	s.apply(&v, f, time.Duration(minutes)*time.Minute, nil)
	return v, nil
}

func variableOf(name string) (variable, bool) {
	i := slices.IndexFunc(variables, func(v variable) bool { return v.Name == name })
	if i < 0 {
		return variable{}, false
	}
	return variables[i], true
}

// none is the value of a variable that nothing is said of.
func none(kind *cel.Type) any {
	switch kind {
	case cel.BoolType:
		return false
	case cel.IntType:
		return int64(0)
	case cel.StringType:
		return ""
	}
	return []string{}
}

// fitting is a value as it is read from YAML or JSON, in the kind of a variable.
func fitting(kind *cel.Type, value any) (any, bool) {
	switch v := value.(type) {
	case bool:
		return v, kind == cel.BoolType
	case string:
		return v, kind == cel.StringType
	case int:
		return int64(v), kind == cel.IntType
	case int64:
		return v, kind == cel.IntType
	case uint64:
		return int64(v), kind == cel.IntType && v < 1<<31
	case []any:
		list := make([]string, len(v))
		for i, one := range v {
			list[i] = fmt.Sprint(one)
		}
		return list, kind == listOfWords
	}
	return nil, false
}

// Lines explain a verdict, a line each: the rules, what was found, and who must
// agree.
func (v Verdict) Lines() []string {
	var lines []string
	for _, t := range v.Tried {
		line := fmt.Sprintf("rule %q %s", t.Rule, t.Outcome)
		if t.Why != "" {
			line += ": " + strings.Join(strings.Fields(t.Why), " ")
		}
		lines = append(lines, line)
	}
	for _, f := range v.Findings {
		lines = append(lines, fmt.Sprintf("%s %s: %s", f.Level, f.Code, f.Text))
	}
	if v.Refused() {
		return append(lines, "verdict: refused")
	}
	for _, n := range v.Needs {
		lines = append(lines, "needs "+n.String())
	}
	return append(lines, "verdict: may be asked")
}

// String tells how many of whom have to agree, and what is to be proved.
func (n Need) String() string {
	text := fmt.Sprintf("%d of %s", n.Count, strings.Join(words(n.From), " or "))
	if len(n.People) > 0 {
		names := make([]string, len(n.People))
		for i, p := range n.People {
			names[i] = p.Name
		}
		text += " (" + strings.Join(names, ", ") + ")"
	}
	if n.Caller != NoProof {
		text += ", with the caller's proof: " + string(n.Caller)
	}
	return text
}
