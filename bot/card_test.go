package bot

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/audit"
	"github.com/passdesk/passdesk/internal/teams"
)

var update = flag.Bool("update", false, "write the golden cards of testdata anew")

func golden(name string) string { return filepath.Join("testdata", "card_"+name+".json") }

func TestGoldenCards(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, s := range situations() {
		known[golden(s.name)] = true
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			var got bytes.Buffer
			require.NoError(t, json.Indent(&got, s.card.JSON(), "", "  "))
			got.WriteByte('\n')
			if *update {
				require.NoError(t, os.WriteFile(golden(s.name), got.Bytes(), 0o600))
			}
			want, err := os.ReadFile(golden(s.name))
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(string(want), got.String()), "go test ./bot -update writes it anew")
		})
	}
	files, err := filepath.Glob(golden("*"))
	require.NoError(t, err)
	for _, file := range files {
		if !known[file] && *update {
			require.NoError(t, os.Remove(file))
		} else {
			require.True(t, known[file], "%s belongs to no situation", file)
		}
	}
}

// maxCard is how large a card may become (Teams: Format your bot messages), with
// a thousand as the kilo to be on the safe side.
const maxCard = 28_000

func TestCardsStaySmall(t *testing.T) {
	t.Parallel()
	for _, text := range []string{strings.Repeat("<&>", 5000), strings.Repeat("𝕏", 5000), strings.Repeat("e\u0301\u0301\u0301\u0301\u0301", 5000)} {
		for _, s := range slices.Concat(forgedSituations("long", text), longSituations(text), forgedExclusions("long", text), forgedGuards("long", text), crowdedExclusions(text), forgedCallers("long", text), []situation{{"long_report", drawReport(reportOf(text), seenBy(adele))}}) {
			require.Less(t, len(s.card.JSON()), maxCard, s.name)
		}
	}
}

// longSituations are the cards that grow with what there is to tell.
func longSituations(text string) []situation {
	var people []access.Person
	var requests []access.Request
	var entries []audit.Entry
	crowd := forged(access.Draft, text)
	crowd.Request.Verdict = access.Verdict{}
	for range 50 {
		people = append(people, access.Person{ID: joni.ID, Name: text, UPN: text})
		requests = append(requests, forged(access.InForce, text).Request)
		entries = append(entries, audit.Entry{At: noon, Actor: text, Action: text, Outcome: audit.Done, Detail: map[string]string{text: text}})
		crowd.Request.Verdict.Findings = append(crowd.Request.Verdict.Findings,
			access.Finding{Level: access.Refusal, Text: text}, access.Finding{Level: access.Warning, Text: text}, access.Finding{Level: access.Note, Text: text})
	}
	asked := crowd
	asked.Request.State, asked.Request.Approvers = access.Asked, slices.Concat(people, []access.Person{megan})
	return []situation{
		{"crowded form", Draw(crowd, seenBy(adele))},
		{"crowded approver", Draw(asked, seenBy(megan))},
		{"crowded asker", Draw(asked, seenBy(adele))},
		{"crowded sorry", drawSorry("Not possible", text, &asked, seenBy(megan))},
		{"crowded choose", drawChoose(text, people, "choose", nil, seenBy(adele))},
		{"crowded requests", drawRequests(requests, requests, requests, seenBy(adele))},
		{"crowded handover", drawHandover(access.Shift{Asked: requests, Approved: requests, InForce: requests, Ending: requests}, seenBy(adele))},
		{"crowded history", drawPast(text, access.Past{Entries: entries}, access.HistoryQuery{}, seenBy(adele))},
	}
}

// aboutSomebody are the cards whose buttons belong to no request.
var aboutSomebody = regexp.MustCompile("choose|status|why|guide|history|requests_denied")

// Every button is an Action.Execute that carries what it means and nothing that
// would be believed.
func TestI5ButtonsCarryOnlyAClaim(t *testing.T) {
	t.Parallel()
	allowed := map[string]bool{"ref": true, "rev": true, "list": true}
	for _, s := range situations() {
		if aboutSomebody.MatchString(s.name) {
			continue // carries the person or the policy that is meant: an input, not a right
		}
		for _, b := range executes(t, s.card) {
			require.Equal(t, "Action.Execute", b["type"], s.name)
			require.NotEmpty(t, b["verb"], s.name)
			data, ok := b["data"].(map[string]any)
			require.True(t, ok, s.name)
			for key := range data {
				require.True(t, allowed[key], "%s: the data holds %q", s.name, key)
			}
		}
	}
}

// A request that lacks what belongs to its state is drawn all the same.
func TestBareRequestsAreDrawn(t *testing.T) {
	t.Parallel()
	for _, state := range append(access.States(), "of a later version") {
		r := access.Request{Ref: "PD-7K3MX", State: state, Asker: access.Person{ID: adele.ID}, Approvers: []access.Person{{ID: megan.ID}}}
		for _, p := range []access.Person{adele, megan, alex} {
			c := Draw(Sight{Request: r}, Face{Viewer: p.ID})
			require.True(t, json.Valid(c.JSON()))
			require.Equal(t, teams.CardReply(c.JSON()).Body(), teams.DrawnReply(cardSize, c.append).Body())
			require.NotEmpty(t, c.Body)
		}
	}
}

func TestAskersCardsNeverRefresh(t *testing.T) {
	t.Parallel()
	for _, state := range access.States() {
		require.Nil(t, Draw(sight(state, access.Answered, 1), seenBy(adele)).Refresh, state)
		require.Nil(t, Draw(sight(state, access.Answered, 1), seenBy(alex)).Refresh, state)
	}
	code := drawCode(sight(access.InForce, access.Made, 0), access.NewSecret("k7Wq9XyZ"), seenBy(adele))
	require.Nil(t, code.Refresh)
	require.Equal(t, []string{"29:" + string(megan.ID)}, Draw(sight(access.Asked, "", 0), seenBy(megan)).Refresh.UserIDs)
}

// The buttons of each state, to each of the people.
func TestButtonsOfEachState(t *testing.T) {
	t.Parallel()
	want := map[access.State][2]string{
		access.Draft:       {"Send request", ""},
		access.Asked:       {"Withdraw", "Approve, Deny"},
		access.Approved:    {"Show pass, Withdraw", "Withdraw"},
		access.CarryingOut: {"Create and show", ""},
		access.InForce:     {"Issue again, End now", "End now"},
	}
	for _, state := range access.States() {
		s := sight(state, access.Answered, 1)
		require.Equal(t, want[state][0], titles(Draw(s, seenBy(adele))), "asker, %s", state)
		require.Equal(t, want[state][1], titles(Draw(s, seenBy(megan))), "approver, %s", state)
		require.Empty(t, titles(Draw(s, seenBy(alex))), "somebody else, %s", state)
	}
	shown := []string{"Create and show, End now", "Issue again, End now", "Issue again, End now", "End now"}
	for n, want := range shown {
		require.Equal(t, want, titles(Draw(sight(access.InForce, access.Answered, n), seenBy(adele))), "shown %d times", n)
	}
}

// Somebody whom a request does not concern learns nothing of it.
func TestStrangersSeeReferenceKindAndStateOnly(t *testing.T) {
	t.Parallel()
	for _, state := range access.States() {
		text := string(Draw(forged(state, "xyzzy"), seenBy(alex)).JSON())
		require.NotContains(t, text, "xyzzy")
		require.Contains(t, text, "PD-7K3MX")
		require.Contains(t, text, string(stateName(state)))
	}
}

func TestI1CodeStandsOnItsCardAlone(t *testing.T) {
	t.Parallel()
	c := drawCode(sight(access.InForce, access.Made, 0), access.NewSecret("k7Wq9XyZ"), seenBy(adele))
	require.Contains(t, string(c.JSON()), "k7Wq 9XyZ")
	require.NotContains(t, strings.ReplaceAll(string(c.FallbackText), " ", ""), "k7Wq9XyZ")
	require.Equal(t, "Hide", titles(c))
}

func TestSpelling(t *testing.T) {
	t.Parallel()
	for group, want := range map[string]string{
		"I0":  "capital i as in India, zero",
		"l1O": "small l as in Lima, one, capital o as in Oscar",
		"+é":  "plus, the sign é",
	} {
		require.Equal(t, ownText(want), spell(group))
	}
	for code, want := range map[string][]string{
		"abcd":      {"abcd"},
		"abcdefgh":  {"abcd", "efgh"},
		"abcdefghi": {"abcd", "efghi"},
		"abcdef":    {"abcd", "ef"},
		"":          {""},
	} {
		require.Equal(t, want, groupsOf([]rune(code), 4))
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	f := seenBy(adele)
	later := f
	later.Now = noon.Add(24 * time.Hour)
	for _, c := range []struct {
		got  textRun
		want userText
	}{
		{f.until(noon.Add(time.Hour)), "today 15:05 (Europe/Oslo)"},
		{f.until(noon.Add(10 * time.Hour)), "Tue 3 Mar 00:05 (Europe/Oslo)"},
		{later.until(noon.Add(time.Hour)), "Mon 2 Mar 15:05 (Europe/Oslo)"},
		{f.at(noon.Add(time.Hour)), "Mon 2 Mar 15:05 (Europe/Oslo)"},
		{f.at(noon.AddDate(1, 0, 0)), "Tue 2 Mar 2027 14:05 (Europe/Oslo)"},
		{Face{Now: noon}.until(noon.Add(time.Hour)), "today 14:05 (UTC)"},
	} {
		require.Equal(t, c.want, c.got.Text)
	}
	for minutes, want := range map[int]ownText{
		1: "1 minute", 60: "60 minutes", 150: "2 hours 30 minutes", 480: "8 hours", 1440: "1 day", 43200: "30 days",
	} {
		require.Equal(t, want, lasting(minutes))
	}
}

// titles are the titles of a card's buttons.
func titles(c Card) string {
	var all []string
	for _, b := range c.Actions {
		all = append(all, string(b.Title))
	}
	return strings.Join(all, ", ")
}

// executes are all buttons of a card, wherever they stand.
func executes(t *testing.T, c Card) []map[string]any {
	t.Helper()
	var found []map[string]any
	walk(decode(t, c), func(object map[string]any) {
		if kind, _ := object["type"].(string); strings.HasPrefix(kind, "Action.") {
			found = append(found, object)
		}
	})
	return found
}

func decode(t *testing.T, c Card) any {
	t.Helper()
	var card any
	require.NoError(t, json.Unmarshal(c.JSON(), &card))
	return card
}

// walk visits every object of a JSON value.
func walk(value any, visit func(map[string]any)) {
	switch v := value.(type) {
	case map[string]any:
		visit(v)
		for _, inner := range v {
			walk(inner, visit)
		}
	case []any:
		for _, inner := range v {
			walk(inner, visit)
		}
	}
}

func BenchmarkApproverCard(b *testing.B) {
	s, f := sight(access.Asked, "", 0), seenBy(megan)
	b.Run("draw", func(b *testing.B) {
		for b.Loop() {
			Draw(s, f)
		}
	})
	b.Run("draw and encode", func(b *testing.B) {
		var n int
		for b.Loop() {
			n = len(Draw(s, f).JSON())
		}
		b.ReportMetric(float64(n), "bytes")
	})
}
