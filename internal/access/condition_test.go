package access

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestConditionIsCheckedWhenItIsMade(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		source       string
		line, column int
		say          string
	}{
		"unknown variable": {`kind == "pass" && person.shoe > 40`, 1, 19, "undeclared reference"},
		"wrong type":       {`minutes <= "480"`, 1, 9, "no matching overload"},
		"second line":      {"kind == \"pass\" &&\n  person.privilegd", 2, 9, "undeclared reference"},
		"not yes or no":    {`minutes + 1`, 1, 1, "must be yes or no"},
		"not closed":       {`size(person.methods`, 1, 20, "Syntax error"},
		"empty":            {``, 1, 1, "Syntax error"},
		"too long":         {strings.Repeat("true || ", 300) + "true", 1, 1, "longer than"},
		"too deep":         {strings.Repeat("(", 200) + "true" + strings.Repeat(")", 200), 0, 0, "recursion"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := NewCondition(test.source)
			wrong, ok := err.(*ConditionError) //nolint:errorlint // it promises this very type
			require.True(t, ok, "%v", err)
			require.Contains(t, wrong.Say, test.say)
			if test.line > 0 {
				require.Equal(t, [2]int{test.line, test.column}, [2]int{wrong.Line, wrong.Column})
			}
		})
	}
}

var aFriday = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

// somebody is a case of which everything is known.
func somebody() Case {
	return Case{Kind: Pass, Now: aFriday, Terms: Terms{Minutes: 60, Once: true}, Facts: Facts{
		Asker: Member{Person: Person{ID: "adele"}, Found: true, Enabled: true, Groups: []ID{"helpdesk"}},
		Person: Subject{
			Member: Member{Person: Person{ID: "joni"}, Found: true, Enabled: true, Groups: []ID{"staff"}}, Department: "Marketing", Methods: []string{"password"},
			ChangesKnown: true, Changes: []Change{{aFriday.Add(-50 * time.Hour), "phone number"}, {aFriday.Add(-20 * 24 * time.Hour), "manager"}},
		},
	}}
}

func TestConditionHolds(t *testing.T) {
	t.Parallel()
	bomb := "[1,2,3,4,5,6,7,8,9].all(a, [1,2,3,4,5,6,7,8,9].all(b, [1,2,3,4,5,6,7,8,9].all(c, [1,2,3,4,5,6,7,8,9].all(d, [1,2,3,4,5,6,7,8,9].all(e, a+b+c+d+e < minutes)))))"
	unlearnt := func(c *Case) { c.Facts.Person.ChangesKnown = false }
	tests := map[string]struct {
		source string
		spoil  func(*Case)
		holds  bool
		err    string
	}{
		"yes":                                {source: `kind == "pass" && minutes <= 480 && "staff" in person.groups`, holds: true},
		"no":                                 {source: `kind == "exclusion"`},
		"an empty list":                      {source: `size(person.methods) == 0`},
		"changed two days ago":               {source: `person.changed_days == 2`, holds: true},
		"nothing changed":                    {source: `person.changed_days >= 1000`, spoil: func(c *Case) { c.Facts.Person.Changes = nil }, holds: true},
		"not learnt":                         {source: `person.changed_days < 7`, spoil: unlearnt, err: "person.changed_days"},
		"not learnt, and it does not matter": {source: `kind == "exclusion" && person.changed_days < 7`, spoil: unlearnt},
		"not learnt, and it holds anyway":    {source: `person.changed_days < 7 || kind == "pass"`, spoil: unlearnt, holds: true},
		"methods are not read":               {source: `size(person.methods) == 0`, spoil: func(c *Case) { c.Kind = Exclusion }, err: "person.methods"},
		"privilege half known":               {source: `person.privileged`, spoil: func(c *Case) { c.Facts.Person.Unknown = []string{"eligible roles"} }, err: "person.privileged"},
		"a bomb":                             {source: bomb, spoil: func(c *Case) { c.Terms.Minutes = 1000 }, err: "cost limit"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			condition, err := NewCondition(test.source)
			require.NoError(t, err)
			c := somebody()
			if test.spoil != nil {
				test.spoil(&c)
			}
			holds, err := condition.holds(Settings{}.variablesOf(c))
			if test.err != "" {
				require.ErrorContains(t, err, test.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.holds, holds)
		})
	}
}
