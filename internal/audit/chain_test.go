package audit_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/passdesk/passdesk/internal/audit"
)

func entry(t *rapid.T) audit.Entry {
	text := rapid.String()
	return audit.Entry{
		At:      time.UnixMilli(rapid.Int64Range(0, 4e12).Draw(t, "at")).UTC(),
		Actor:   text.Draw(t, "actor"),
		Action:  text.Draw(t, "action"),
		Outcome: rapid.SampledFrom([]audit.Outcome{audit.Intent, audit.Done, audit.Failed, audit.Refused}).Draw(t, "outcome"),
		Ref:     text.Draw(t, "ref"),
		Person:  text.Draw(t, "person"),
		Detail:  rapid.MapOfN(text, text, 0, 4).Draw(t, "detail"),
	}
}

func chain(t *rapid.T, least int) []audit.Line {
	var head audit.Head
	lines := make([]audit.Line, 0, 12)
	for range rapid.IntRange(least, 12).Draw(t, "lines") {
		line, err := audit.Seal(head, entry(t))
		require.NoError(t, err)
		lines = append(lines, line)
		head = line.Head()
	}
	return lines
}

func TestSealKeepsTheMillisecondInUTC(t *testing.T) {
	t.Parallel()
	oslo := time.FixedZone("Oslo", 3600)
	line, err := audit.Seal(audit.Head{}, audit.Entry{At: time.Date(2026, 11, 22, 9, 0, 0, 123_999_999, oslo), Actor: "a", Action: "ask", Outcome: audit.Done})
	require.NoError(t, err)
	require.JSONEq(t, `{"at":"2026-11-22T08:00:00.123Z","actor":"a","action":"ask","outcome":"done"}`, string(line.Body))
	back, err := line.Entry()
	require.NoError(t, err)
	require.Equal(t, time.Date(2026, 11, 22, 8, 0, 0, 123_000_000, time.UTC), back.At)
}

// The hash is part of what others keep: it must not change by accident.
func TestSealHashIsFixed(t *testing.T) {
	t.Parallel()
	line, err := audit.Seal(audit.Head{}, audit.Entry{At: time.Unix(0, 0), Actor: "a", Action: "ask", Outcome: audit.Done})
	require.NoError(t, err)
	require.Equal(t, "1:5601a7ce32f14da8ce3e92206daa5e74f3a1f60e310eb6242ad71dbfbae71ef4", line.Head().String())
}

func TestSealRefusesAYearThatJSONCannotSay(t *testing.T) {
	t.Parallel()
	_, err := audit.Seal(audit.Head{}, audit.Entry{At: time.Date(10001, 1, 1, 0, 0, 0, 0, time.UTC)})
	require.ErrorContains(t, err, "audit entry")
}

func TestHeadRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		head := audit.Head{Seq: rapid.Int64Range(0, math.MaxInt64).Draw(t, "seq")}
		copy(head.Hash[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "hash"))
		back, err := audit.ParseHead(head.String())
		require.NoError(t, err)
		require.Equal(t, head, back)
	})
}

func TestParseHeadRefuses(t *testing.T) {
	t.Parallel()
	hash := audit.Hash{0xab}.String()
	for name, text := range map[string]string{
		"empty":            "",
		"no hash":          "12",
		"no number":        ":" + hash,
		"negative":         "-1:" + hash,
		"plus":             "+1:" + hash,
		"leading zero":     "01:" + hash,
		"too big":          "9223372036854775808:" + hash,
		"short hash":       "1:" + hash[2:],
		"long hash":        "1:" + hash + "00",
		"upper-case":       "1:AB" + hash[2:],
		"not hexadecimal":  "1:zz" + hash[2:],
		"blanks around it": " 1:" + hash,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := audit.ParseHead(text)
			require.Error(t, err)
		})
	}
}

func FuzzParseHead(f *testing.F) {
	f.Add("3:" + audit.Hash{1, 2, 3}.String())
	f.Add("0:")
	f.Fuzz(func(t *testing.T, text string) {
		if head, err := audit.ParseHead(text); err == nil {
			require.Equal(t, text, head.String())
		}
	})
}
