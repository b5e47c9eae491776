package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

func condition(tb testing.TB, source string) *access.Condition {
	tb.Helper()
	c, err := access.NewCondition(source)
	require.NoError(tb, err)
	return c
}

// desksRules are rules as a desk may write them.
func desksRules(tb testing.TB) access.Settings {
	tb.Helper()
	s := settings
	s.Rules = []access.Rule{
		{Name: "administrators", When: condition(tb, "person.privileged || person.protected"), Refuse: "The identity team, in person."},
		{
			Name: "first day", When: condition(tb, `kind == "pass" && size(person.methods) == 0 && minutes <= 480`),
			Approve: []access.Approval{{From: []access.Source{access.SourceManager}, Count: 1, Caller: access.Attest}},
		},
		{
			Name: "lost phone", When: condition(tb, `kind == "pass"`), Longest: 4 * time.Hour, Within: 30 * time.Minute,
			Approve: []access.Approval{
				{From: []access.Source{access.SourceManager, "group:leads"}, Count: 1},
				{From: []access.Source{"group:guards"}, Count: 2, When: condition(tb, "person.changed_days < 7")},
			},
			Escalate: access.Escalation{After: 10 * time.Minute, To: []access.Source{"group:duty"}},
		},
	}
	return s
}

func groupMembers() map[access.ID][]access.Person {
	return map[access.ID][]access.Person{
		"leads":  {{ID: "lead"}, {ID: "adele"}},
		"guards": {{ID: "guard1"}, {ID: "guard2"}, {ID: "joni"}},
		"duty":   {{ID: "duty"}},
	}
}

func ids(people []access.Person) []access.ID {
	var list []access.ID
	for _, p := range people {
		list = append(list, p.ID)
	}
	return list
}

func TestRulesDecideWhoMustAgree(t *testing.T) {
	t.Parallel()
	grown := func(c *access.Case) { c.Facts.Person.Methods = []string{"password"} }
	fresh := func(c *access.Case) {
		grown(c)
		c.Facts.Person.ChangesKnown, c.Facts.Person.Changes = true, []access.Change{{At: noon.Add(-time.Hour), What: "phone number"}}
	}
	tests := map[string]struct {
		spoil    func(*access.Case)
		rule     string
		refusals []string
		asked    [][]access.ID
	}{
		"the first that matches decides": {rule: "first day", asked: [][]access.ID{{"megan"}}},
		"a rule that refuses":            {func(c *access.Case) { c.Facts.Person.ID = "breakglass" }, "administrators", []string{"person.protected", "rule.refuses"}, nil},
		"a second need by its condition": {fresh, "lost phone", nil, [][]access.ID{{"megan", "lead"}, {"guard1", "guard2"}}},
		"without it one is enough":       {func(c *access.Case) { grown(c); c.Facts.Person.ChangesKnown = true }, "lost phone", nil, [][]access.ID{{"megan", "lead"}}},
		"a fact that was not learnt":     {grown, "lost phone", []string{"facts.unknown"}, [][]access.ID{{"megan", "lead"}}},
		"longer than the rule allows":    {func(c *access.Case) { fresh(c); c.Terms.Minutes = 300 }, "lost phone", []string{"rule.longest"}, [][]access.ID{{"megan", "lead"}, {"guard1", "guard2"}}},
		"too few could agree":            {func(c *access.Case) { fresh(c); c.Members["guards"] = nil }, "lost phone", []string{"approver.few"}, [][]access.ID{{"megan", "lead"}, nil}},
		"one cannot be two": {func(c *access.Case) {
			fresh(c)
			c.Facts.Person.Manager = nil
			c.Members["leads"] = []access.Person{{ID: "guard1"}}
		}, "lost phone", []string{"approver.few"}, [][]access.ID{{"guard1"}, {"guard1", "guard2"}}},
		"those who are asked later": {func(c *access.Case) { fresh(c); c.Escalated = []string{"lost phone 1"} }, "lost phone", nil, [][]access.ID{{"megan", "lead", "duty"}, {"guard1", "guard2"}}},
		"no rule matches":           {func(c *access.Case) { c.Kind = access.Exclusion; *c = asExclusion(*c) }, "", []string{"rule.none"}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := aCase()
			c.Members = groupMembers()
			if test.spoil != nil {
				test.spoil(&c)
			}
			v := desksRules(t).Judge(c)
			require.Equal(t, test.rule, v.Rule)
			require.Equal(t, test.refusals, v.Codes(access.Refusal), v.Findings)
			var asked [][]access.ID
			for _, n := range v.Needs {
				asked = append(asked, ids(n.People))
			}
			require.Equal(t, test.asked, asked)
			if len(asked) > 0 && len(asked[0]) > 0 {
				require.Equal(t, asked[0], ids(v.Approvers))
			}
		})
	}
}

// asExclusion is an exclusion in whose way nothing stands.
func asExclusion(c access.Case) access.Case {
	x := anExclusion()
	x.Facts.Person.Manager = c.Facts.Person.Manager
	return x
}

func TestVerdictTellsOfEveryRule(t *testing.T) {
	t.Parallel()
	c := aCase()
	v := desksRules(t).Judge(c)
	require.Equal(t, []access.Tried{
		{Rule: "administrators", Outcome: access.Skipped, Why: "not: person.privileged || person.protected"},
		{Rule: "first day", Outcome: access.Matched, Why: `kind == "pass" && size(person.methods) == 0 && minutes <= 480`},
		{Rule: "lost phone", Outcome: access.Skipped, Why: "“first day” comes first"},
	}, v.Tried)
	c.Facts.Person.Unknown = []string{"authentication methods"}
	v = desksRules(t).Judge(c)
	require.Equal(t, access.Barred, v.Tried[0].Outcome, "whether somebody is privileged is not known when anything is not")
	require.Contains(t, v.Tried[0].Why, "person.privileged")
	require.Empty(t, v.Needs)
}

func TestScopesBoundWhoMayAskForWhom(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		scope access.Scope
		may   bool
	}{
		"anybody":          {access.Scope{Requesters: []access.ID{"helpdesk"}}, true},
		"other requesters": {access.Scope{Requesters: []access.ID{"elsewhere"}}, false},
		"their group":      {access.Scope{Requesters: []access.ID{"helpdesk"}, Groups: []access.ID{"staff"}}, true},
		"another group":    {access.Scope{Requesters: []access.ID{"helpdesk"}, Groups: []access.ID{"board"}}, false},
		"their department": {access.Scope{Requesters: []access.ID{"helpdesk"}, Departments: []string{"LEGAL"}}, true},
		"no department":    {access.Scope{Requesters: []access.ID{"helpdesk"}, Departments: []string{""}}, false},
		"their unit":       {access.Scope{Requesters: []access.ID{"helpdesk"}, Units: []access.ID{"north"}}, true},
		"another unit":     {access.Scope{Requesters: []access.ID{"helpdesk"}, Units: []access.ID{"south"}}, false},
		"another kind":     {access.Scope{Requesters: []access.ID{"helpdesk"}, Kinds: []access.Kind{access.Exclusion}}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := settings
			s.Scopes = []access.Scope{test.scope}
			c := aCase()
			c.Facts.Person.Department, c.Facts.Person.Units = "Legal", []access.ID{"north"}
			want := []string{"asker.scope"}
			if test.may {
				want = nil
			}
			require.Equal(t, want, s.Judge(c).Codes(access.Refusal))
		})
	}
}
