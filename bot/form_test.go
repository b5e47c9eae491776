package bot

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

func readFields(tb testing.TB, text string) fields {
	tb.Helper()
	var f fields
	require.NoError(tb, json.Unmarshal([]byte(text), &f))
	return f
}

func TestReadForm(t *testing.T) {
	t.Parallel()
	at := here(t)
	good := access.Terms{Minutes: 90, Once: true, Replace: true, Ticket: "INC1", Reason: "new laptop", Start: time.Date(2026, 3, 3, 8, 0, 0, 0, time.UTC)}
	for name, text := range map[string]string{
		"as themselves": `{"person":"A1","minutes":90,"once":"once","date":"2026-03-03","time":"09:00","ticket":"INC1","replace":true,"reason":"new laptop"}`,
		"as strings":    `{"person":"a1","minutes":"90","once":"once","date":"2026-03-03","time":"09:00","ticket":" INC1 ","replace":"true","reason":"new\n laptop"}`,
		"as words":      `{"person":"a1","minutes":"1h30","once":"once","date":"tomorrow","time":"9am","ticket":"INC1","replace":"true","reason":"new laptop"}`,
		"a float":       `{"person":"a1","minutes":90.0,"once":"once","date":"","time":"09:00","ticket":"INC1","replace":"true","reason":"new laptop"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := readForm(readFields(t, text), at)
			require.Empty(t, got.faults)
			require.Equal(t, access.ID("a1"), got.picked)
			require.Empty(t, cmp.Diff(good, got.terms))
		})
	}
}

func TestReadFormSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	good := map[string]any{"person": "a1", "minutes": 60, "once": "multi", "reason": "x"}
	for name, c := range map[string]struct {
		field string
		value any
		code  string
	}{
		"nobody":            {"person", "", "form.person"},
		"two people":        {"person", "a1,b2", "form.person"},
		"person too long":   {"person", strings.Repeat("a", 100), "form.person"},
		"person an object":  {"person", map[string]any{"x": 1}, "form.person"},
		"no number":         {"minutes", "soon", "form.minutes"},
		"a fraction":        {"minutes", 60.5, "form.minutes"},
		"too short":         {"minutes", 9, "form.minutes"},
		"too long":          {"minutes", 43201, "form.minutes"},
		"huge":              {"minutes", 1e300, "form.minutes"},
		"negative":          {"minutes", -60, "form.minutes"},
		"neither":           {"once", "twice", "form.once"},
		"not chosen":        {"once", nil, "form.once"},
		"date without time": {"date", "2026-03-03", "form.time"},
		"time unreadable":   {"time", "later", "form.time"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			filled := map[string]any{}
			for k, v := range good {
				filled[k] = v
			}
			filled[c.field] = c.value
			data, err := json.Marshal(filled)
			require.NoError(t, err)
			got := readForm(readFields(t, string(data)), here(t))
			require.Len(t, got.faults, 1)
			require.Equal(t, c.code, got.faults[0].Code)
			require.Equal(t, access.Refusal, got.faults[0].Level)
			require.NotEmpty(t, got.faults[0].Text)
		})
	}
}

func TestReadFormKnowsWhenTheClocksChange(t *testing.T) {
	t.Parallel()
	got := readForm(readFields(t, `{"person":"a","minutes":60,"once":"once","date":"2026-03-29","time":"02:30"}`), here(t))
	require.Len(t, got.faults, 1)
	require.Contains(t, got.faults[0].Text, "clocks change")
}

func TestReadFormCutsLongText(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(map[string]any{"person": "a", "minutes": 60, "once": "once", "reason": strings.Repeat("é", 5000), "ticket": strings.Repeat("x", 500)})
	require.NoError(t, err)
	got := readForm(readFields(t, string(data)), here(t))
	require.Empty(t, got.faults)
	require.Len(t, []rune(got.terms.Reason), reasonLength)
	require.Len(t, []rune(got.terms.Ticket), ticketLength)
}
