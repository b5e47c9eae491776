package bot

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/sim/channel"
)

func TestWhatPeopleSay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for _, c := range []struct{ who, text, want string }{
		{"adele", "help", "pass \\u003cperson\\u003e"},
		{"adele", "pass nobody", "I found nobody called “nobody”"},
		{"adele", "pass `[x](y)`", "❲x❳(y)"},
		{"adele", "pass", "For whom?"},
		{"adele", "psas joni", "Did you mean"},
		{"adele", "requests", "Nothing waits for you"},
		{"adele", "history joni", "Joni Sherman"},
		{"adele", "history a", "Who is meant?"},
		{"adele", "end PD-22222", "no"},
		{"megan", "pass joni", "You may not ask for passes here"},
		{"megan", "pass nobody", "You may not ask for passes here"},
	} {
		got := w.say(c.who, c.text)
		require.Len(t, got, 1, c.text)
		require.Contains(t, strings.NewReplacer("<", `\u003c`, ">", `\u003e`).Replace(text(got[0])), c.want, c.text)
	}
	require.Contains(t, w.press("adele", "Alex Wilber", nil), "History")
}

func TestEndByReference(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ref := w.approved()
	got := w.say("adele", "end "+string(ref))
	require.Contains(t, text(got[0]), "Nothing to end")
	w.press("adele", "Show pass", nil)
	w.press("adele", "Create and show", nil)
	require.NotEmpty(t, w.directory.passes)
	w.say("adele", "end "+strings.ToLower(string(ref)))
	require.Empty(t, w.directory.passes)
	require.Equal(t, access.Ended, w.request(ref).State)
	got = w.say("lee", "history "+string(ref))
	require.Contains(t, text(got[0]), "issue pass")
}

func TestAMessageIsHeardOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for range 3 {
		w.deliver(`{"from":"adele","id":"same","text":"pass joni"}`)
	}
	replies := 0
	for _, m := range w.chat("adele").Messages {
		if m.From == "bot" {
			replies++
		}
	}
	require.Equal(t, 1, replies)
	drafts, err := w.store.Requests(t.Context(), access.Filter{Asker: w.id("adele")})
	require.NoError(t, err)
	require.Len(t, drafts, 1)
}

func TestSharedPlaces(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for _, kind := range []string{channel.Team, channel.Group} {
		place := w.place("adele", kind)
		said := func(text string) []channel.Message {
			before := len(w.messages("adele", place))
			_, err := w.sim.Channel.Say(t.Context(), string(w.id("adele")), place, text)
			require.NoError(t, err)
			return w.messages("adele", place)[before+1:]
		}
		require.Empty(t, said("pass joni"), "who is not mentioned says nothing")
		require.Contains(t, text(said("@Passdesk help")[0]), "What you can do here")

		own := len(w.chat("adele").Messages)
		got := said("@Passdesk pass joni for a secret reason")
		require.Len(t, got, 1)
		require.Equal(t, seeOurChat, got[0].Text)
		require.Len(t, w.chat("adele").Messages, own+1)
		require.Contains(t, text(w.last("adele")), "a secret reason")

		got = said("@Passdesk what is this")
		require.Equal(t, seeOurChat, got[0].Text)
		require.Contains(t, w.last("adele").Text, "I did not understand")
	}
	require.Contains(t, w.press("adele", "Send request", w.form("joni", nil)), "Withdraw")
	w.work()
	require.Contains(t, string(w.last("megan").Card), "Approve")
}

// TestACardInASharedPlaceShowsNoDetails: whoever it does not concern sees
// reference, kind and state, and buttons do nothing there.
func TestACardInASharedPlaceShowsNoDetails(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ref := w.asked()
	view := func(alias, verb string) string {
		return string(w.deliver(`{"from":"` + alias + `","conversation":"channel","type":"invoke","name":"adaptiveCard/action","value":{"trigger":"manual","action":{"type":"Action.Execute","verb":"` + verb + `","data":{"ref":"` + string(ref) + `","rev":2}}}}`).Card)
	}
	require.Contains(t, view("lee", "view"), string(ref))
	require.NotContains(t, view("lee", "view"), "Joni")
	require.Contains(t, view("megan", "view"), "Joni")
	require.Contains(t, view("megan", "approve"), pressInChat)
	require.Equal(t, access.Asked, w.request(ref).State)
}

func TestMentionsMeanOnePerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	bot := "28:" + w.sim.Tenant.AppID()
	alex, ok := w.sim.Tenant.Person("alex")
	require.True(t, ok)
	w.deliver(`{"from":"adele","conversation":"group","text":"<at>Passdesk</at> pass <at>A</at> 2h","entities":[
		{"type":"mention","text":"<at>Passdesk</at>","mentioned":{"id":"` + bot + `","name":"Passdesk"}},
		{"type":"mention","text":"<at>A</at>","mentioned":{"id":"` + alex.Teams + `","name":"A"}}]}`)
	require.Contains(t, text(w.last("adele")), "Who is meant?", "somebody who is not in the chat is looked for by name")
	bianca, ok := w.sim.Tenant.Person("bianca")
	require.True(t, ok)
	w.deliver(`{"from":"adele","conversation":"group","text":"<at>Passdesk</at> pass <at>Bi</at> 2h","entities":[
		{"type":"mention","text":"<at>Passdesk</at>","mentioned":{"id":"` + bot + `","name":"Passdesk"}},
		{"type":"mention","text":"<at>Bi</at>","mentioned":{"id":"` + bianca.Teams + `","name":"Bi"}}]}`)
	require.Contains(t, text(w.last("adele")), "Bianca Pisani")
}

func (w *world) place(alias, kind string) string {
	for _, c := range w.sim.Channel.Chats(alias) {
		if c.Type == kind {
			return c.ID
		}
	}
	require.Fail(w.t, "no "+kind)
	return ""
}

func (w *world) messages(alias, conversation string) []channel.Message {
	for _, c := range w.sim.Channel.Chats(alias) {
		if c.ID == conversation {
			return c.Messages
		}
	}
	return nil
}

func TestInstallationGreetsOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	_, err := w.sim.Channel.Greet(t.Context(), string(w.id("lee")))
	require.NoError(t, err)
	require.Len(t, w.chat("lee").Messages, 1)
	require.Contains(t, text(w.last("lee")), "Passdesk is here")
	require.Contains(t, text(w.last("lee")), "read the whole history")
	chat, err := w.store.Chat(t.Context(), w.id("lee"))
	require.NoError(t, err)
	require.Equal(t, "Europe/Paris", chat.Zone)
	require.Equal(t, "fr-FR", chat.Locale)
}

func TestZones(t *testing.T) {
	t.Parallel()
	var z zones
	require.Equal(t, "Europe/Oslo", z.of("Nowhere/At", "Europe/Oslo").String())
	require.Equal(t, "Europe/Oslo", z.of("", "Europe/Oslo").String())
	require.Equal(t, time.UTC, z.of("Local", "", "../../etc/passwd", strings.Repeat("x", 100)))
}
