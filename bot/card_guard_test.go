package bot

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

func TestButtonsOfAnEmergency(t *testing.T) {
	t.Parallel()
	for _, state := range access.States() {
		s := emergencyOf(sight(state, access.Answered, 1))
		review := ""
		switch state {
		case access.InForce:
			review = "Reviewed, End now"
		case access.Ending, access.Ended:
			review = "Reviewed"
		default:
		}
		require.Equal(t, review, titles(Draw(s, seenBy(lee))), state)
		require.NotContains(t, titles(Draw(s, seenBy(adele))), "Reviewed", "who asked, %s", state)
		require.NotContains(t, titles(Draw(s, seenBy(megan))), "Reviewed", "who confirmed, %s", state)
	}
	require.Equal(t, "Approve, Deny", titles(Draw(emergencyOf(sight(access.Asked, "", 0)), seenBy(megan))))
	require.NotContains(t, titles(Draw(reviewed(emergencyOf(sight(access.Ended, "", 0))), seenBy(lee))), "Reviewed", "it is done")
}

// Everybody whom it concerns sees on every card that it is an emergency.
func TestEveryCardSaysThatItIsAnEmergency(t *testing.T) {
	t.Parallel()
	for _, state := range access.States() {
		for _, s := range []Sight{emergencyOf(sight(state, "", 0)), emergencyOf(exclusion(state))} {
			for _, p := range []access.Person{adele, megan, lee} {
				if state == access.Draft && p.ID != adele.ID {
					continue
				}
				require.Contains(t, strings.ToLower(string(Draw(s, seenBy(p)).JSON())), "emergency", "%s, %s", p.Name, state)
			}
		}
	}
}

func TestButtonsOfThreatMode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		threat access.Threat
		viewer access.Person
		want   string
	}{
		{threatened(), lee, "Switch off"},
		{threatened(), alex, ""},
		{leaving(), megan, "Keep it on"},
		{leaving(), lee, "Confirm: switch off, Keep it on"},
		{leaving(), alex, ""},
		{calm(), lee, ""},
		{access.Threat{}, lee, ""},
	} {
		require.Equal(t, c.want, titles(drawThreat(c.threat, seenBy(c.viewer))))
	}
}

func TestNewsOfAnEmergency(t *testing.T) {
	t.Parallel()
	says := func(s Sight, p access.Person, later time.Duration) string {
		f := seenBy(p)
		f.Now = f.Now.Add(later)
		return string(newsFor(s.Request, f))
	}
	asked := emergencyOf(sight(access.Asked, "", 0))
	require.Contains(t, says(asked, lee, 0), "Emergency: Adele Vance asks for a pass for Joni Sherman")
	require.Contains(t, says(asked, lee, 0), "the plant stands still. Another member")
	require.Contains(t, says(asked, megan, 0), "Reminder: Emergency: ")
	inForce := emergencyOf(sight(access.InForce, "", 0))
	require.Contains(t, says(inForce, lee, 0), "Review it by")
	require.Contains(t, says(inForce, lee, 25*time.Hour), "nobody has reviewed this emergency yet")
	require.Empty(t, says(inForce, joni, 0))
	require.Empty(t, says(reviewed(emergencyOf(sight(access.Ended, "", 0))), lee, 25*time.Hour))
	require.Empty(t, says(sight(access.Asked, "", 0), lee, 0), "an ordinary request is not security's news")
}

func TestNewsOfThreatMode(t *testing.T) {
	t.Parallel()
	require.Contains(t, threatNews(leaving()), "Megan Bowen says that threat mode can be switched off")
	require.Contains(t, threatNews(calm()), "Megan Bowen and Lee Gu switched it off")
	require.Contains(t, threatNews(threatened()), "keeps threat mode on")
}

// What a form says of an emergency is what was stored of it.
func TestI5AFormKeepsWhetherItIsAnEmergency(t *testing.T) {
	t.Parallel()
	for _, is := range []bool{true, false} {
		for _, s := range []Sight{sight(access.Draft, "", 0), exclusion(access.Draft)} {
			s.Request.Terms.Emergency = is
			w := readFormOf(s.Request, fields{"emergency": quoted("true"), "Emergency": quoted("true")}.over(s.Request), here(t))
			require.Equal(t, is, w.terms.Emergency)
		}
	}
}

func TestParseGuarded(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]said{
		"threat":                              {},
		"Threat ON":                           {threat: "on"},
		"threat on because they ring  us up":  {threat: "on", terms: access.Terms{Reason: "they ring us up"}},
		"threat on they ring us up":           {threat: "on", terms: access.Terms{Reason: "they ring us up"}},
		"threat off":                          {threat: "off"},
		"emergency pass joni because on call": {kind: access.Pass, person: "joni", terms: access.Terms{Minutes: 60, Once: true, Reason: "on call", Emergency: true}},
		"EMERGENCY TAP joni 30m multi":        {kind: access.Pass, person: "joni", terms: access.Terms{Minutes: 30, Emergency: true}},
		"emergency exclude grady from platforms for 2h because on call": {
			kind: access.Exclusion, person: "grady", policy: "platforms",
			terms: access.Terms{Minutes: 120, Platform: "iOS", Reason: "on call", Emergency: true},
		},
	} {
		got, err := parse(text, here(t))
		require.NoError(t, err, text)
		want.command, _, _ = strings.Cut(strings.ToLower(text), " ")
		require.Equal(t, want, got, text)
	}
	for text, says := range map[string]string{
		"threat perhaps":        "On, or off?",
		"threat off now":        "On, or off?",
		"emergency":             "a pass, or an exclusion?",
		"emergency joni":        "a pass, or an exclusion?",
		`emergency "pass" joni`: "a pass, or an exclusion?",
		"emergency pass":        "For whom?",
	} {
		_, err := parse(text, here(t))
		require.Equal(t, access.Invalid, access.CodeOf(err), text)
		require.Contains(t, access.Say(err), says, text)
	}
	for _, text := range []string{"treat on", "emergencies", "please threat"} {
		_, err := parse(text, here(t))
		require.NotContains(t, access.Say(err), "threat on", text)
		require.NotContains(t, access.Say(err), "emergency", text)
	}
}
