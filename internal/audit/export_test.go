package audit_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/passdesk/passdesk/internal/audit"
)

// Whoever keeps what was written can verify it by themselves.
func TestJSONKeepsWhatWasHashed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lines := chain(t, 1)
		var out bytes.Buffer
		w := audit.NewJSONWriter(&out)
		for _, l := range lines {
			require.NoError(t, w.Write(l))
		}
		require.NoError(t, w.Flush())
		var back []audit.Line
		for text := range strings.Lines(out.String()) {
			var one struct {
				Seq   int64
				Hash  string
				Entry json.RawMessage
			}
			require.NoError(t, json.Unmarshal([]byte(text), &one))
			hash, err := audit.ParseHash(one.Hash)
			require.NoError(t, err)
			back = append(back, audit.Line{Seq: one.Seq, Hash: hash, Body: one.Entry})
		}
		require.Equal(t, lines, back)
		require.True(t, verify(t, back, lines[len(lines)-1].Head()).Whole())
	})
}

func TestCSV(t *testing.T) {
	t.Parallel()
	line, err := audit.Seal(audit.Head{}, audit.Entry{
		Actor: "=cmd|' /C calc'!A0", Action: "ask", Outcome: audit.Done, Ref: "PD-7K3M", Person: "joni", Detail: map[string]string{"reason": "=1+1, \"new\"\nlaptop"},
	})
	require.NoError(t, err)
	var out bytes.Buffer
	w, err := audit.NewCSVWriter(&out)
	require.NoError(t, err)
	require.NoError(t, w.Write(line))
	require.NoError(t, w.Flush())
	text, marked := strings.CutPrefix(out.String(), audit.ByteOrderMark)
	require.True(t, marked)
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(t, err)
	require.Equal(t, [][]string{
		{"seq", "at", "actor", "action", "outcome", "request", "person", "detail", "hash"},
		{"1", "0001-01-01T00:00:00Z", "'=cmd|' /C calc'!A0", "ask", "done", "PD-7K3M", "joni", `{"reason":"=1+1, \"new\"\nlaptop"}`, line.Hash.String()},
	}, rows)
}

// No cell begins with what a spreadsheet would take for a formula.
func TestCSVHoldsNoFormula(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.SampledFrom([]string{"", " ", "\u00a0", "\u200b ", "\ufeff"}).Draw(t, "blank") +
			rapid.SampledFrom([]string{"=", "+", "-", "@", "|", "%", "\t", "\r", "\n", "＝", "＠"}).Draw(t, "sign") + rapid.String().Draw(t, "rest")
		require.Equal(t, "'"+cell, audit.Inert(cell))
	})
	require.Equal(t, "Joni-Ann", audit.Inert("Joni-Ann"))
}
