package access

import (
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
)

// Variable is something that a condition can ask about.
type Variable struct {
	Name  string
	Type  string // in CEL's words
	Means string
}

// changesLookedAt is how far back changes of a person are looked for: as long as
// the tenant's log is kept (Microsoft Entra data retention).
const changesLookedAt = 30 * 24 * time.Hour

// longUnchanged is person.changed_days of somebody about whom nothing changed.
const longUnchanged = 1000

// variable is a row of the table of all variables: its value in a case, and
// whether that was learnt.
type variable struct {
	Name, Means string
	kind        *cel.Type
	of          func(Settings, Case) (value any, known bool)
}

var listOfWords = cel.ListType(cel.StringType)

var variables = []variable{
	{"kind", `"pass" or "exclusion"`, cel.StringType, known(func(c Case) any { return string(c.Kind) })},
	{"minutes", "how long it is asked for", cel.IntType, known(func(c Case) any { return c.Terms.Minutes })},
	{"starts_in", "minutes until it is to start; 0: at once", cel.IntType, known(startsIn)},
	{"once", "the pass can be used once", cel.BoolType, known(func(c Case) any { return c.Terms.Once })},
	{"replace", "a live pass may be overwritten", cel.BoolType, known(func(c Case) any { return c.Terms.Replace })},
	{"registers", "the exclusion is for registering a passkey", cel.BoolType, known(func(c Case) any { return c.Terms.Register })},
	{"extends", "the exclusion goes on with one that is in force", cel.BoolType, known(func(c Case) any { return c.Terms.Extends != "" })},
	{"platform", "what the exclusion is for: iOS, android, windows, macOS, linux", cel.StringType, known(func(c Case) any { return c.Terms.Platform })},
	{"reason", "what the asker wrote", cel.StringType, known(func(c Case) any { return c.Terms.Reason })},
	{"ticket", "the ticket's number, as the asker wrote it", cel.StringType, known(func(c Case) any { return c.Terms.Ticket })},
	{"policy.id", "object id of the policy that an exclusion is from", cel.StringType, known(func(c Case) any { return string(c.Terms.Policy.ID) })},
	{"policy.alias", "what the configuration calls that policy", cel.StringType, aliasOf},
	{"asker.id", "object id of who asks", cel.StringType, known(func(c Case) any { return string(c.Facts.Asker.ID) })},
	{"asker.groups", "object ids of the asker's groups, nested ones included", listOfWords, known(func(c Case) any { return words(c.Facts.Asker.Groups) })},
	{"person.id", "object id of whom it is for", cel.StringType, known(func(c Case) any { return string(c.Facts.Person.ID) })},
	{"person.department", "what the directory says, or nothing", cel.StringType, known(func(c Case) any { return c.Facts.Person.Department })},
	{"person.groups", "object ids of the person's groups, nested ones included", listOfWords, learnt("group memberships", func(c Case) any { return words(c.Facts.Person.Groups) })},
	{"person.units", "object ids of the person's administrative units", listOfWords, learnt("administrative units", func(c Case) any { return words(c.Facts.Person.Units) })},
	{"person.methods", `registered sign-in methods, such as "password" or "fido2"; of passes only`, listOfWords, methodsOf},
	{"person.has_manager", "the directory names a manager", cel.BoolType, known(func(c Case) any { return c.Facts.Person.Manager != nil })},
	{"person.has_pass", "there is a pass that still works; of passes only", cel.BoolType, hasPass},
	{"person.privileged", "in or eligible for a directory role, or the like (I8)", cel.BoolType, isPrivileged},
	{"person.protected", "listed in desk.protected", cel.BoolType, isProtected},
	{"person.changed_days", "whole days since phone number, manager, sign-in methods, password or alternate mail address changed; 1000: not within 30 days", cel.IntType, changedDays},
}

// Variables lists all that a condition can ask about.
func Variables() []Variable {
	list := make([]Variable, len(variables))
	for i, v := range variables {
		list[i] = Variable{v.Name, v.kind.String(), v.Means}
	}
	return list
}

// facts are the variables of one case, and patterns for those that were not learnt.
type facts struct {
	values  map[string]any
	unknown []*cel.AttributePatternType
	names   []string // of the unknown
}

func (s Settings) variablesOf(c Case) facts {
	f := facts{values: make(map[string]any, len(variables))}
	for _, v := range variables {
		value, known := v.of(s, c)
		if !known {
			f.unknown = append(f.unknown, cel.AttributePattern(v.Name))
			f.names = append(f.names, v.Name)
			continue
		}
		f.values[v.Name] = value
	}
	return f
}

// missing are the unknown variables that a condition asks about.
func (f facts) missing(c *Condition) []string {
	return slices.DeleteFunc(slices.Clone(f.names), func(name string) bool { return !c.mentions(name) })
}

func known(of func(Case) any) func(Settings, Case) (any, bool) {
	return func(_ Settings, c Case) (any, bool) { return of(c), true }
}

// learnt is a fact that is known unless Entra did not tell it.
func learnt(what string, of func(Case) any) func(Settings, Case) (any, bool) {
	return func(_ Settings, c Case) (any, bool) { return of(c), !slices.Contains(c.Facts.Person.Unknown, what) }
}

func startsIn(c Case) any { return max(0, int(c.Terms.Start.Sub(c.Now)/time.Minute)) }

func aliasOf(s Settings, c Case) (any, bool) {
	p, _ := s.policy(c.Terms.Policy.ID)
	return p.Alias, true
}

// methodsOf: what an exclusion does not depend on is not read for it.
func methodsOf(_ Settings, c Case) (any, bool) {
	return slices.Clone(c.Facts.Person.Methods), c.Kind == Pass && !slices.Contains(c.Facts.Person.Unknown, "authentication methods")
}

func hasPass(_ Settings, c Case) (any, bool) {
	live := slices.ContainsFunc(c.Facts.Person.Passes, func(p LivePass) bool { return p.live(c.Now) })
	return live, c.Kind == Pass && !slices.Contains(c.Facts.Person.Unknown, "authentication methods")
}

// isPrivileged: found to be so it is known, whatever else was not learnt.
func isPrivileged(_ Settings, c Case) (any, bool) {
	p := c.Facts.Person
	return len(p.Privilege) > 0, len(p.Privilege) > 0 || len(p.Unknown) == 0
}

func isProtected(s Settings, c Case) (any, bool) {
	p := c.Facts.Person
	is := p.within(s.Protected)
	return is, is || !slices.Contains(p.Unknown, "group memberships")
}

func changedDays(_ Settings, c Case) (any, bool) {
	p := c.Facts.Person
	if len(p.Changes) == 0 {
		return longUnchanged, p.ChangesKnown
	}
	newest := slices.MaxFunc(p.Changes, func(a, b Change) int { return a.At.Compare(b.At) })
	return max(0, int(c.Now.Sub(newest.At)/(24*time.Hour))), p.ChangesKnown
}

func words[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = string(w)
	}
	return out
}

func has[T comparable](list []T, one T) bool { return slices.Contains(list, one) }

func hasAny[T comparable](list, some []T) bool {
	return slices.ContainsFunc(list, func(one T) bool { return slices.Contains(some, one) })
}

func hasFold(list []string, one string) bool {
	return one != "" && slices.ContainsFunc(list, func(w string) bool { return strings.EqualFold(w, one) })
}
