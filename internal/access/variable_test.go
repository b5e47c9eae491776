package access_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

var update = flag.Bool("update", false, "write the documented variables anew")

// Every variable that a rule may ask about is documented, and no other.
func TestVariablesAreDocumented(t *testing.T) {
	t.Parallel()
	const file, begin, end = "../../docs/rules.md", "<!-- variables -->\n", "<!-- end -->"
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(data), begin)
	require.True(t, ok)
	_, after, ok := strings.Cut(rest, end)
	require.True(t, ok)
	var table strings.Builder
	table.WriteString("| variable | type | |\n|---|---|---|\n")
	for _, v := range access.Variables() {
		fmt.Fprintf(&table, "| `%s` | %s | %s |\n", v.Name, v.Type, v.Means)
	}
	want := before + begin + table.String() + end + after
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o600))
		return
	}
	require.Equal(t, want, string(data), "go test ./internal/access -run Documented -update")
}

func TestSuppose(t *testing.T) {
	t.Parallel()
	s := desksRules(t)
	v, err := s.Suppose(map[string]any{"kind": "pass", "minutes": uint64(60), "person.methods": []any{"password"}, "person.changed_days": 3}, nil)
	require.NoError(t, err)
	require.Equal(t, "lost phone", v.Rule)
	require.Len(t, v.Needs, 2)
	require.Equal(t, "2 of group:guards", v.Needs[1].String())
	v, err = s.Suppose(map[string]any{"kind": "pass", "minutes": 60, "person.methods": []any{"password"}}, []string{"person.changed_days"})
	require.NoError(t, err)
	require.True(t, v.Refused())
	for _, wrong := range []map[string]any{{"shoe": 41}, {"minutes": "60"}, {"once": 1}, {"person.groups": "staff"}} {
		_, err = s.Suppose(wrong, nil)
		require.Equal(t, access.Invalid, access.CodeOf(err), wrong)
	}
	_, err = s.Suppose(nil, []string{"shoe"})
	require.Equal(t, access.Invalid, access.CodeOf(err))
}

func TestExplainReadsAndAsksNobody(t *testing.T) {
	t.Parallel()
	h := newHouseBy(t, stepwise(t))
	w := access.Wish{Asker: "adele", Person: "joni", Kind: access.Pass, Terms: terms}
	v, err := access.Explain(t.Context(), h.tenant, h.rules, w, noon)
	require.NoError(t, err)
	require.Contains(t, strings.Join(v.Lines(), "\n"), "approver.few", "nobody is in the group of guards")
	w.Person = "grady"
	v, err = access.Explain(t.Context(), h.tenant, h.rules, w, noon)
	require.NoError(t, err)
	require.Contains(t, strings.Join(v.Lines(), "\n"), "manager.none")
}
