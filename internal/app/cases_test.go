package app_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/app"
)

// documented are the blocks of YAML in the document about rules that begin with a
// key.
func documented(t *testing.T, key string) []string {
	t.Helper()
	data, err := os.ReadFile("../../docs/rules.md")
	require.NoError(t, err)
	var blocks []string
	for _, found := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(data), -1) {
		if strings.HasPrefix(found[1], key+":") {
			blocks = append(blocks, found[1])
		}
	}
	return blocks
}

// The document's own rules can be used, and its examples come out as it says.
func TestDocumentedRulesAndCases(t *testing.T) {
	t.Parallel()
	rules, cases := documented(t, "rules"), documented(t, "cases")
	require.Len(t, rules, 2)
	require.Len(t, cases, 1)
	c, err := load(t, least+rules[1], app.Overrides{})
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "passdesk.cases.yaml")
	require.NoError(t, os.WriteFile(file, []byte(cases[0]), 0o600))
	outcomes, err := app.RunCases(c, file)
	require.NoError(t, err)
	require.Len(t, outcomes, 3)
	for _, o := range outcomes {
		require.Empty(t, o.Differs, o.Name)
	}

	// The built-in rules are the lines that the document shows.
	c, err = load(t, least+rules[0], app.Overrides{})
	require.NoError(t, err)
	for i, want := range access.DefaultRules() {
		require.Equal(t, want.Name, c.Rules[i].Name)
		require.Equal(t, want.When.String(), c.Rules[i].When)
		require.Equal(t, string(want.Approve[0].From[0]), c.Rules[i].Approve[0].From[0])
	}
}

func TestCasesThatComeOutDifferently(t *testing.T) {
	t.Parallel()
	c, err := load(t, least+documented(t, "rules")[1], app.Overrides{})
	require.NoError(t, err)
	run := func(text string) ([]app.Outcome, error) {
		file := filepath.Join(t.TempDir(), "cases.yaml")
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		return app.RunCases(c, file)
	}
	outcomes, err := run(`cases:
  - name: wrong in all
    given: {kind: pass, minutes: 60}
    expect: {verdict: refuse, rule: lost phone, approve: [{from: [manager], count: 2}]}
`)
	require.NoError(t, err)
	require.Len(t, outcomes[0].Differs, 3)
	for _, wrong := range []string{"cases: []", "cases: [{name: x}]", "cases: [{name: x, expect: {verdict: ask}, given: {shoe: 1}}]", "case: []", "cases: [{name: x, expect: {verdict: ask}, expct: 1}]"} {
		_, err := run(wrong)
		require.Error(t, err, wrong)
	}
}

func TestExplainAWish(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	wish := app.Wish{As: "adele", For: "joni", Kind: access.Pass, Terms: access.Terms{Minutes: 60, Once: true, Reason: "a new laptop"}}
	v, err := app.Explain(t.Context(), p.Config, wish)
	require.NoError(t, err)
	lines := strings.Join(v.Lines(), "\n")
	require.Contains(t, lines, `rule "the manager decides" matched`)
	require.Contains(t, lines, "needs 1 of manager (Megan Bowen)")
	require.Contains(t, lines, "verdict: may be asked")
	wish.For = "patti"
	v, err = app.Explain(t.Context(), p.Config, wish)
	require.NoError(t, err)
	require.Contains(t, strings.Join(v.Lines(), "\n"), "person.privileged")
	wish.For, wish.Kind, wish.Policy, wish.Terms.Platform = "grady", access.Exclusion, p.Config.Policies[0].ID, "iOS"
	v, err = app.Explain(t.Context(), p.Config, wish)
	require.NoError(t, err)
	require.Contains(t, strings.Join(v.Lines(), "\n"), "needs 1 of policy.owners (Lee Gu)")
	wish.For = "nobody at all"
	_, err = app.Explain(t.Context(), p.Config, wish)
	require.ErrorContains(t, err, "nobody is called")
	require.Empty(t, p.screen("megan"), "nobody was asked")
}
