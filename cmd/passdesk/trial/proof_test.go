package trial_test

import (
	"os"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/bot"
	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/audit"
	"github.com/passdesk/passdesk/internal/store"
)

// holds checks, while nothing happens, all that must hold whatever has died.
func (s *stage) holds() []access.Request {
	s.t.Helper()
	s.chainHolds()
	kept := s.open()
	defer func() { require.NoError(s.t, kept.Close()) }()
	all, err := kept.Requests(s.t.Context(), access.Filter{Limit: 100_000})
	require.NoError(s.t, err)
	sent := slices.DeleteFunc(all, func(r access.Request) bool { return r.State == access.Draft })
	s.passesHold(sent)
	s.exclusionsHold(sent)
	board, intents := s.board(), 0
	for _, r := range sent {
		intents += s.auditHolds(kept, r)
		s.cardsHold(kept, r, board)
	}
	require.LessOrEqual(s.t, s.made(), intents, "passes were made without an intent")
	s.nothingIsWritten()
	return sent
}

// chainHolds verifies the audit, as an auditor would.
func (s *stage) chainHolds() {
	s.t.Helper()
	v := run(s.t, s.env, "audit", "verify")
	<-v.done
	require.Contains(s.t, v.said(), "the audit is whole")
}

// passesHold: what is in the tenant is what a request says that it has given.
// Where one is being made, and only there, there may be one that nobody has seen.
func (s *stage) passesHold(sent []access.Request) {
	s.t.Helper()
	live := s.passes()
	for _, r := range sent {
		if r.Kind != access.Pass {
			continue
		}
		if r.State == access.InForce {
			require.Equal(s.t, r.PassID, live[string(r.Person.ID)].ID, "request %s is in force without its pass", r.Ref)
		}
		if r.State == access.InForce || r.State == access.CarryingOut {
			delete(live, string(r.Person.ID))
		}
	}
	require.Empty(s.t, live, "a pass is left that no request knows")
}

// exclusionsHold: who is excluded in the tenant is who a request says is. Where
// one is being made or ended, and only there, either may be true.
func (s *stage) exclusionsHold(sent []access.Request) {
	s.t.Helper()
	group, ok := s.tenant.Tenant.Group("exclude-platforms")
	require.True(s.t, ok)
	members := slices.Clone(group.Members)
	for _, r := range sent {
		if r.Kind != access.Exclusion {
			continue
		}
		person := string(r.Person.ID)
		if r.State == access.InForce {
			require.Contains(s.t, members, person, "request %s is in force, and nobody is excluded", r.Ref)
		}
		if r.State == access.InForce || r.State == access.CarryingOut || r.State == access.Ending {
			members = slices.DeleteFunc(members, func(id string) bool { return id == person })
		}
		if r.State == access.Ended {
			require.Len(s.t, r.Gone, 2)
			require.GreaterOrEqual(s.t, r.Gone[1].Sub(r.Gone[0]), 10*time.Second)
		}
	}
	require.Empty(s.t, members, "somebody is excluded whom no request knows")
}

// auditHolds: what was decided, given and ended is recorded once, and nothing was
// made without an intent. It returns how many intents there were.
func (s *stage) auditHolds(kept *store.Store, r access.Request) int {
	s.t.Helper()
	entries, err := kept.Entries(s.t.Context(), r.Ref, "", 0)
	require.NoError(s.t, err)
	count := map[string]int{}
	for _, e := range entries {
		count[e.Action+" "+string(e.Outcome)]++
	}
	once := func(action string, o audit.Outcome, when bool) {
		require.Equal(s.t, map[bool]int{true: 1}[when], count[action+" "+string(o)], "%s %s of %s, which is %s: %v", action, o, r.Ref, r.State, count)
	}
	once("ask", audit.Done, true)
	once("approve", audit.Done, r.Decision != nil)
	once("end", audit.Intent, r.State == access.Ended || r.State == access.Ending)
	once("end", audit.Done, r.State == access.Ended)
	intents := count["issue pass intent"]
	require.LessOrEqual(s.t, count["issue pass done"], intents)
	require.LessOrEqual(s.t, count["exclude done"], min(1, count["exclude intent"]))
	require.LessOrEqual(s.t, count["show pass done"], len(s.codes), "recorded as shown, and nobody has read it: %v", count)
	return intents
}

// cardsHold: every card that passdesk knows shows what is stored.
func (s *stage) cardsHold(kept *store.Store, r access.Request, on board) {
	s.t.Helper()
	cards, err := kept.Cards(s.t.Context(), r.Ref)
	require.NoError(s.t, err)
	require.NotEmpty(s.t, cards)
	sight := access.Sight{Request: r}
	if sight.Reveal, err = kept.Reveal(s.t.Context(), r.Ref); access.CodeOf(err) != access.NotFound {
		require.NoError(s.t, err)
		sight.Shown, err = kept.Answered(s.t.Context(), r.Ref)
		require.NoError(s.t, err)
	}
	for _, c := range cards {
		reader, err := kept.Chat(s.t.Context(), c.Person)
		require.NoError(s.t, err)
		zone, err := time.LoadLocation(reader.Zone)
		require.NoError(s.t, err)
		face := bot.Face{Viewer: c.Person, Teams: reader.Teams, Now: s.now(), Zone: zone, Locale: reader.Locale}
		who, m := on.find(c)
		require.NotEmpty(s.t, m.ID, "a card that is nowhere: %v", c)
		// Where somebody's own press has put another card before it, that one counts.
		require.Contains(s.t, []string{words(m.Card), words(m.seen(who))}, words(bot.Draw(sight, face).JSON()), "the card of %s at revision %d", who, c.Rev)
	}
}

// board is every 1:1 chat, by its conversation.
type board map[string]chat

func (s *stage) board() board {
	s.t.Helper()
	var all []chat
	s.read("/conversations", &all)
	b := board{}
	for _, c := range all {
		if c.Type == "personal" {
			b[c.ID] = c
		}
	}
	return b
}

// find finds the message of a card, and who reads it.
func (b board) find(c access.Card) (string, message) {
	for _, m := range b[c.Conversation].Messages {
		if m.ID == c.Activity {
			return b[c.Conversation].Members[0].Alias, m
		}
	}
	return "", message{}
}

// nothingIsWritten: no code is in the database or in what passdesk has said.
func (s *stage) nothingIsWritten() {
	s.t.Helper()
	places := []string{s.died, s.process.said()}
	path, file := strings.CutPrefix(s.data, "sqlite:")
	for _, name := range []string{path, path + "-wal"} {
		if bytes, err := os.ReadFile(name); file && err == nil {
			places = append(places, string(bytes))
		}
	}
	for _, code := range s.codes {
		for _, place := range places {
			require.False(s.t, strings.Contains(place, code), "a code is written down") //nolint:testifylint // it would print the whole database
		}
	}
}

// orphansAreHarmless presses everything on cards that passdesk does not know:
// the ids of those that it sent were lost with it.
func (s *stage) orphansAreHarmless(before []access.Request) {
	s.t.Helper()
	kept := s.open()
	defer func() { require.NoError(s.t, kept.Close()) }()
	made, live := s.made(), s.passes()
	for _, r := range before {
		cards, err := kept.Cards(s.t.Context(), r.Ref)
		require.NoError(s.t, err)
		for _, who := range []string{"adele", "megan", "lee"} {
			chat := s.chat(who)
			for _, m := range chat.Messages {
				known := slices.ContainsFunc(cards, func(c access.Card) bool { return c.Activity == m.ID })
				if !known && strings.Contains(string(m.Card), string(r.Ref)) {
					s.pressAll(who, m)
				}
			}
		}
		after, err := kept.Request(s.t.Context(), r.Ref)
		require.NoError(s.t, err)
		require.Equal(s.t, r.State, after.State, "an orphan card has changed %s", r.Ref)
	}
	require.Equal(s.t, made, s.made())
	require.Equal(s.t, live, s.passes())
}

// pressAll presses every button of a message, but for one that is not about the
// past: ending is what its reader may do now.
func (s *stage) pressAll(who string, m message) {
	s.t.Helper()
	for _, title := range buttonTitle.FindAllStringSubmatch(words(m.seen(who)), -1) {
		if title[1] != "End now" {
			s.call("POST", "/press", map[string]any{"person": who, "message": m.ID, "title": title[1]})
		}
	}
}
