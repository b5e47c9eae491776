package bot

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

func TestParseExclude(t *testing.T) {
	t.Parallel()
	at := here(t)
	on := func(day, hour, minute int) time.Time { return time.Date(2026, 3, day, hour, minute, 0, 0, at.zone) }
	type want struct {
		person, policy string
		minutes        int
		start          time.Time
		reason         string
	}
	for text, w := range map[string]want{
		"exclude grady":               {person: "grady", minutes: 240},
		"exclude grady for 2h":        {person: "grady", minutes: 120},
		"exclude grady from":          {person: "grady", minutes: 240},
		"exempt grady from platforms": {person: "grady", policy: "platforms", minutes: 240},

		"EXCLUDE Grady Archie FROM Passkey test: enforcement":          {person: "Grady Archie", policy: "Passkey test: enforcement", minutes: 240},
		"exclude Ann from Away from home for 2h":                       {person: "Ann", policy: "Away from home", minutes: 120},
		"exclude Ann from \"from home\"":                               {person: "Ann", policy: "from home", minutes: 240},
		"exclude Ann from for contractors":                             {person: "Ann", policy: "for contractors", minutes: 240},
		"exclude Ann from MFA for contractors for 2 hours":             {person: "Ann", policy: "MFA for contractors", minutes: 120},
		"exclude Ann from at work at 14:00":                            {person: "Ann", policy: "at work", minutes: 240, start: on(2, 14, 0)},
		"exclude Ann from Sign-in at work for 1d":                      {person: "Ann", policy: "Sign-in at work", minutes: 1440},
		`exclude Ann from "MFA for 2h" for 4h`:                         {person: "Ann", policy: "MFA for 2h", minutes: 240},
		`exclude Ann from "all because of law" because new phone`:      {person: "Ann", policy: "all because of law", minutes: 240, reason: "new phone"},
		`exclude Ann from “Passkey test: enforcement” 30m`:             {person: "Ann", policy: "Passkey test: enforcement", minutes: 30},
		`exclude Ann from Block "legacy" sign-in for 30m`:              {person: "Ann", policy: `Block "legacy" sign-in`, minutes: 30},
		`exclude "Ann from Sales" from platforms`:                      {person: "Ann from Sales", policy: "platforms", minutes: 240},
		"exclude Ann for 4h from platforms":                            {person: "Ann", policy: "platforms", minutes: 240},
		"exclude Ann because it's urgent from platforms":               {person: "Ann", minutes: 240, reason: "it's urgent from platforms"},
		"exclude Ann from platforms at tomorrow 9am for 90m because x": {person: "Ann", policy: "platforms", minutes: 90, start: on(3, 9, 0), reason: "x"},
		"exclude <at>Grady Archie</at> from platforms":                 {person: "<at>Grady Archie</at>", policy: "platforms", minutes: 240},
		"exclude ann@x.example from d0000000-0000-4000-8000-000000000001 for 30 days": {
			person: "ann@x.example", policy: "d0000000-0000-4000-8000-000000000001", minutes: 43200,
		},
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got, err := parse(text, at)
			require.NoError(t, err)
			terms := access.Terms{Minutes: w.minutes, Platform: usualPlatform, Start: w.start, Reason: w.reason}
			require.Empty(t, cmp.Diff(said{command: "exclude", person: w.person, policy: w.policy, terms: terms}, got, cmp.AllowUnexported(said{})))
		})
	}
}

func TestParsePolicyAndStatus(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]said{
		"policy":                           {command: "policy"},
		"policy Passkey test: enforcement": {command: "policy", policy: "Passkey test: enforcement"},
		`policy "Away from home"`:          {command: "policy", policy: "Away from home"},
		`policy Block "legacy" sign-in`:    {command: "policy", policy: `Block "legacy" sign-in`},
		"status Grady Archie":              {command: "status", people: []string{"Grady Archie"}},
		`status "Grady Archie"`:            {command: "status", people: []string{"Grady Archie"}},
		"status joni, Grady Archie":        {command: "status", people: []string{"joni", "Grady Archie"}},
		"status joni,grady and alex":       {command: "status", people: []string{"joni", "grady", "alex"}},
		`status joni; "Rock and Roll"`:     {command: "status", people: []string{"joni", "Rock and Roll"}},
		"status <at>Joni</at> <at>Al</at>": {command: "status", people: []string{"<at>Joni</at>", "<at>Al</at>"}},
		"status joni and , , grady":        {command: "status", people: []string{"joni", "grady"}},
		"why Grady Archie":                 {command: "why", person: "Grady Archie"},
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got, err := parse(text, here(t))
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(want, got, cmp.AllowUnexported(said{})))
		})
	}
}

func TestParseExcludeRefuses(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"exclude":                                   "Whom?",
		"exclude from platforms":                    "Whom?",
		"status":                                    "Whose?",
		"why":                                       "Whose?",
		"exclude Ann from platforms for 9m":         "from 10 minutes to 30 days",
		"exclude Ann from platforms for 31d":        "from 10 minutes to 30 days",
		"exclude Ann for ever from x":               "", // a person called so, for all we know
		`exclude Ann from "x" for ever`:             "For how long?",
		`exclude Ann from "x" at noonish`:           "the time after",
		"exclude Ann from x at today 09:00":         "past",
		"exclude Ann from x at 2020-01-01 09:00":    "past",
		`exclude Ann from "x" tomorrow`:             "“tomorrow”",
		`exclude Ann from "x" at 14:00 "because" y`: "“because”",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got, err := parse(text, here(t))
			if says == "" {
				require.NoError(t, err)
				require.Equal(t, "Ann for ever", got.person)
				return
			}
			require.Equal(t, access.Invalid, access.CodeOf(err))
			require.Contains(t, access.Say(err), says)
			require.Contains(t, access.Say(err), "Write it as: "+got.command, "the command that was meant is explained")
		})
	}
}
