package bot

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

// here is a Monday noon in Oslo.
func here(tb testing.TB) moment {
	tb.Helper()
	oslo, err := time.LoadLocation("Europe/Oslo")
	require.NoError(tb, err)
	return moment{time.Date(2026, 3, 2, 12, 0, 0, 0, oslo), oslo}
}

func TestParsePass(t *testing.T) {
	t.Parallel()
	at := here(t)
	on := func(day, hour, minute int) time.Time { return time.Date(2026, 3, day, hour, minute, 0, 0, at.zone) }
	type want struct {
		person  string
		minutes int
		multi   bool
		start   time.Time
		reason  string
	}
	for text, w := range map[string]want{
		"pass joni":                                                  {person: "joni", minutes: 60},
		"tap joni.sherman@x.example":                                 {person: "joni.sherman@x.example", minutes: 60},
		"PASS Joni Sherman":                                          {person: "Joni Sherman", minutes: 60},
		"/pass joni":                                                 {person: "joni", minutes: 60},
		"pass for joni":                                              {person: "joni", minutes: 60},
		`pass "Joni Sherman" 2h multi`:                               {person: "Joni Sherman", minutes: 120, multi: true},
		"pass “Joni Sherman” 2h multi":                               {person: "Joni Sherman", minutes: 120, multi: true},
		`pass "Once At" once`:                                        {person: "Once At", minutes: 60},
		"pass <at>Joni Sherman</at> 2h":                              {person: "<at>Joni Sherman</at>", minutes: 120},
		"pass 0b6f1f2e-3333-4444-8555-666677778888":                  {person: "0b6f1f2e-3333-4444-8555-666677778888", minutes: 60},
		"pass joni 60m once at 14:00 for new laptop":                 {person: "joni", minutes: 60, start: on(2, 14, 0), reason: "new laptop"},
		"pass joni for new laptop at 14:00 once":                     {person: "joni", minutes: 60, reason: "new laptop at 14:00 once"},
		"pass joni multi at 14.00 90 because he lost\n\nhis   phone": {person: "joni", minutes: 90, multi: true, start: on(2, 14, 0), reason: "he lost his phone"},
		"pass joni at 2pm 45 min":                                    {person: "joni", minutes: 45, start: on(2, 14, 0)},
		"pass joni at 2:30 pm":                                       {person: "joni", minutes: 60, start: on(2, 14, 30)},
		"pass joni at 12am":                                          {person: "joni", minutes: 60, start: on(3, 0, 0)},
		"pass joni at 11:00":                                         {person: "joni", minutes: 60, start: on(3, 11, 0)},
		"pass joni at tomorrow 09:00 for x":                          {person: "joni", minutes: 60, start: on(3, 9, 0), reason: "x"},
		"pass joni at 9am tomorrow":                                  {person: "joni", minutes: 60, start: on(3, 9, 0)},
		"pass joni at thursday 9:15":                                 {person: "joni", minutes: 60, start: on(5, 9, 15)},
		"pass joni at monday 9:15":                                   {person: "joni", minutes: 60, start: on(9, 9, 15)},
		"pass joni at 2026-03-04T08:00":                              {person: "joni", minutes: 60, start: on(4, 8, 0)},
		"pass joni at 2026-03-04 08:00 2h":                           {person: "joni", minutes: 120, start: on(4, 8, 0)},
		"pass joni at 2026-03-04T08:00Z":                             {person: "joni", minutes: 60, start: on(4, 9, 0)},
		"pass joni for 2h":                                           {person: "joni", minutes: 120},
		"pass joni for 2 hours because laptop":                       {person: "joni", minutes: 120, reason: "laptop"},
		"pass joni for 2 laptops":                                    {person: "joni", minutes: 60, reason: "2 laptops"},
		"pass joni 1h30":                                             {person: "joni", minutes: 90},
		"pass joni 1d":                                               {person: "joni", minutes: 1440},
		"pass joni 30 days":                                          {person: "joni", minutes: 43200},
		"pass 2h joni":                                               {person: "joni", minutes: 120},
		"pass O'Brien":                                               {person: "O'Brien", minutes: 60},
		"pass Bjørn Åse multi":                                       {person: "Bjørn Åse", minutes: 60, multi: true},
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got, err := parse(text, at)
			require.NoError(t, err)
			expected := said{command: "pass", person: w.person, terms: access.Terms{Minutes: w.minutes, Once: !w.multi, Start: w.start, Reason: w.reason}}
			require.Empty(t, cmp.Diff(expected, got, cmp.AllowUnexported(said{})))
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"":                                  "Write help",
		"   \u00a0 ":                        "Write help",
		"pass":                              "For whom?",
		"pass 60m":                          "For whom?",
		"pass joni 60m tomorow":             "“tomorow”",
		"pass joni 5m":                      "from 10 minutes to 30 days",
		"pass joni 31d":                     "from 10 minutes to 30 days",
		"pass joni 999999h":                 "from 10 minutes to 30 days",
		"pass joni at":                      "the time after",
		"pass joni at noonish":              "the time after",
		"pass joni at 25:00":                "the time after",
		"pass joni at 13pm":                 "the time after",
		"pass joni at today 09:00":          "past",
		"pass joni at 2020-01-01 09:00":     "past",
		"end":                               "end <reference>",
		"end everything":                    "end <reference>",
		"history":                           "history <person|reference>",
		"pss joni":                          "Did you mean something like: pass joni",
		"psas joni":                         "Did you mean something like: pass joni",
		"hlep":                              "Did you mean something like: help",
		"reqests":                           "Did you mean something like: requests",
		"joni needs a pass":                 "Did you mean something like: pass joni",
		"good morning to you":               "I did not understand",
		strings.Repeat("x", 5000):           "too long",
		strings.Repeat("x", 3000) + " pass": "Did you mean",
	} {
		t.Run(clip(text, 30), func(t *testing.T) {
			t.Parallel()
			_, err := parse(text, here(t))
			require.Equal(t, access.Invalid, access.CodeOf(err))
			require.Contains(t, access.Say(err), says)
		})
	}
}

func TestParseOthers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]said{
		"help":                 {command: "help"},
		"Help!":                {command: "help"},
		"hello there":          {command: "help"},
		"?":                    {command: "help"},
		"requests":             {command: "requests"},
		"end pd-7k3m":          {command: "end", ref: "PD-7K3M"},
		"end 7K3M":             {command: "end", ref: "PD-7K3M"},
		"history PD-7K3M":      {command: "history", ref: "PD-7K3M"},
		"history 7k3m":         {command: "history", ref: "PD-7K3M"},
		"history Adam":         {command: "history", person: "Adam"},
		"history pd-adam":      {command: "history", ref: "PD-ADAM"},
		"history Joni Sherman": {command: "history", person: "Joni Sherman"},
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got, err := parse(text, here(t))
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(want, got, cmp.AllowUnexported(said{})))
		})
	}
}

// TestHelpIsMadeFromTheTable: what the help shows as an example works.
func TestHelpIsMadeFromTheTable(t *testing.T) {
	t.Parallel()
	for _, c := range commands() {
		got, err := parse(c.example, here(t))
		require.NoError(t, err, c.example)
		require.Equal(t, c.name, got.command)
		require.NotEmpty(t, c.does)
		for _, alias := range c.aliases {
			require.True(t, c.called(alias))
		}
	}
	require.Len(t, usages(role{MayAsk: true, MayUnlock: true}), len(commands())-len(alerts()))
	require.Len(t, usages(role{MayAsk: true, MayUnlock: true, MayRescue: true, MaySwitch: true}), len(commands()))
	for _, u := range usages(role{}) {
		require.NotContains(t, u.Say, "pass <person>")
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"pass joni 60m once at 14:00 for new laptop", `tap "a b" 2h`, "pass <at>x</at> at tomorrow 9pm",
		"history PD-7K3M", "end 7k3m", "pass «x» for", "\xff\xfe pass", "pass \"", "pass <at>", "pass joni at 2026-03-04 08:00",
		`exclude Ann from Block "legacy" sign-in for 2h because x`, "exempt a from b at 9pm", "exclude from", `exclude "a" from "`, "policy", "status a b",
	} {
		f.Add(seed)
	}
	at := here(f)
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parse(text, at)
		if err != nil {
			require.Equal(t, access.Invalid, access.CodeOf(err))
			require.True(t, utf8.ValidString(access.Say(err)))
			return
		}
		require.LessOrEqual(t, utf8.RuneCountInString(got.terms.Reason), reasonLength)
		require.True(t, utf8.ValidString(got.person+got.terms.Reason))
		switch got.command {
		case "pass":
			require.NotEmpty(t, got.person)
			require.GreaterOrEqual(t, got.terms.Minutes, leastMinutes)
			require.LessOrEqual(t, got.terms.Minutes, mostMinutes)
			require.False(t, !got.terms.Start.IsZero() && got.terms.Start.Before(at.now))
		case "exclude":
			require.NotEmpty(t, got.person)
			require.True(t, utf8.ValidString(got.policy))
			require.GreaterOrEqual(t, got.terms.Minutes, leastMinutes)
			require.LessOrEqual(t, got.terms.Minutes, mostMinutes)
			require.False(t, !got.terms.Start.IsZero() && got.terms.Start.Before(at.now))
			require.Contains(t, access.Platforms(), got.terms.Platform)
		case "status":
			require.NotEmpty(t, got.people)
			require.NotContains(t, got.people, "")
		case "end":
			_, ok := access.ParseRef(string(got.ref))
			require.True(t, ok)
		}
	})
}
