package bot

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/sim/channel"
)

// invoke sends a button's invoke as a client could forge it.
func (w *world) invoke(alias, trigger, verb, data string) channel.Answer {
	w.t.Helper()
	raw := fmt.Sprintf(`{"from":%q,"type":"invoke","name":"adaptiveCard/action","value":{"trigger":%q,"action":{"type":"Action.Execute","verb":%q,"data":%s}}}`, alias, trigger, verb, data)
	answer, err := w.sim.Channel.Activity(w.t.Context(), json.RawMessage(raw))
	require.NoError(w.t, err)
	require.Equal(w.t, http.StatusOK, answer.Status)
	return answer
}

// problem is the statusCode and message of an error answer.
func problem(t *testing.T, a channel.Answer) (int, string) {
	t.Helper()
	var body struct {
		StatusCode int `json:"statusCode"`
		Type       string
		Value      struct{ Code, Message string }
	}
	raw, ok := a.Body.(json.RawMessage)
	require.True(t, ok)
	require.NoError(t, json.Unmarshal(raw, &body))
	require.Equal(t, "application/vnd.microsoft.error", body.Type)
	return body.StatusCode, body.Value.Message
}

func TestButtonsThatNoCardHas(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for name, c := range map[string]struct{ verb, data string }{
		"unknown verb":     {"promote", `{"ref":"PD-7K3M","rev":1}`},
		"no verb":          {"", `{"ref":"PD-7K3M","rev":1}`},
		"no data":          {"approve", `null`},
		"data is text":     {"approve", `"PD-7K3M"`},
		"data is a list":   {"approve", `["PD-7K3M",1]`},
		"no reference":     {"approve", `{"rev":1}`},
		"bad reference":    {"approve", `{"ref":"PD-<at>","rev":1}`},
		"reference object": {"approve", `{"ref":{"x":1},"rev":1}`},
		"no revision":      {"approve", `{"ref":"PD-7K3M"}`},
		"negative":         {"approve", `{"ref":"PD-7K3M","rev":-1}`},
		"fraction":         {"approve", `{"ref":"PD-7K3M","rev":1.5}`},
		"huge":             {"approve", `{"ref":"PD-7K3M","rev":99999999999999999999}`},
	} {
		status, say := problem(t, w.invoke("adele", "manual", c.verb, c.data))
		require.Equal(t, http.StatusBadRequest, status, name)
		require.Contains(t, say, "cannot be read", name)
	}
}

func TestNobodyButEnabledMembersIsAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ref := w.asked()
	w.directory.change("megan", func(m *access.Member) { m.Enabled = false })
	w.advance(2 * time.Minute) // what was known of her standing has aged
	status, say := problem(t, w.invoke("megan", "manual", "approve", fmt.Sprintf(`{"ref":%q,"rev":2}`, ref)))
	require.Equal(t, http.StatusForbidden, status)
	require.Equal(t, access.MembersOnly, say)
	status, _ = problem(t, w.invoke("guest", "manual", "view", fmt.Sprintf(`{"ref":%q,"rev":2}`, ref)))
	require.Equal(t, http.StatusForbidden, status)
	require.Equal(t, access.Asked, w.request(ref).State)

	said := w.say("guest", "help")
	require.Equal(t, access.MembersOnly, said[len(said)-1].Text)
	require.Empty(t, said[len(said)-1].Attachments)
	w.directory.change("alex", func(m *access.Member) { m.Found = false })
	said = w.say("alex", "pass joni")
	require.Equal(t, access.MembersOnly, said[len(said)-1].Text)
}

func TestARequestOfOthersIsNotTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ref := w.asked()
	for _, verb := range []string{"view", "approve", "deny", "show", "create", "again", "hide", "end", "withdraw", "send"} {
		data := fmt.Sprintf(`{"ref":%q,"rev":%d,"why":"x"}`, ref, w.request(ref).Rev)
		card := string(w.invoke("bianca", "manual", verb, data).Card)
		require.NotEmpty(t, card, verb)
		require.NotContains(t, card, "Joni", verb)
		require.NotContains(t, card, "Adele", verb)
	}
	require.Equal(t, access.Asked, w.request(ref).State)
	require.Contains(t, string(w.invoke("bianca", "manual", "view", `{"ref":"PD-22222","rev":1}`).Card), "Not for you")
}

func TestDenyAsksWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ref := w.asked()
	require.Contains(t, w.press("megan", "Deny", nil), `"id":"why"`)
	require.Equal(t, access.Asked, w.request(ref).State)
	require.Contains(t, w.press("megan", "Deny", map[string]any{"why": "  "}), "Say why")
	require.Contains(t, w.press("megan", "Deny", map[string]any{"why": "not *expected* today"}), "not *expected* today")
	require.Equal(t, access.Denied, w.request(ref).State)
	w.work()
	require.Contains(t, w.last("adele").Text, "Megan Bowen denied the pass for Joni Sherman")
	require.Contains(t, w.last("adele").Text, "not ∗expected∗ today")
	messages := w.chat("adele").Messages
	require.Contains(t, string(messages[1].Card), "not *expected* today", "the asker's card was redrawn")
}

func TestAStaleCardIsRedrawnNotObeyed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ref := w.asked()
	message, approve := w.button("megan", "Approve")
	w.press("adele", "Withdraw", nil)
	answer := w.pressAction("megan", message, approve, nil)
	require.Contains(t, string(answer.Card), "Changed meanwhile")
	require.Contains(t, string(answer.Card), "ithdrawn")
	require.NotContains(t, string(answer.Card), `"title":"Approve"`)
	require.Equal(t, access.Withdrawn, w.request(ref).State)
}

func TestTheSameClickManyTimesIsOneDecision(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ref := w.asked()
	message, approve := w.button("megan", "Approve")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			answer, err := w.sim.Channel.Press(t.Context(), string(w.id("megan")), w.chat("megan").ID, message, approve, nil)
			if err != nil || !strings.Contains(string(answer.Card), "pproved") || strings.Contains(string(answer.Card), "Changed meanwhile") {
				t.Errorf("pressing: %v %s %s", err, answer.Error, answer.Card)
			}
		})
	}
	all.Wait()
	require.Equal(t, access.Approved, w.request(ref).State)
	entries, err := w.store.Entries(t.Context(), ref, "", 100)
	require.NoError(t, err)
	require.Len(t, entries, 2)
}

func TestAutomaticRefreshChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ref := w.asked()
	data := fmt.Sprintf(`{"ref":%q,"rev":%d}`, ref, w.request(ref).Rev)
	require.Contains(t, string(w.invoke("megan", "automatic", "approve", data).Card), `"title":"Approve"`)
	require.Equal(t, access.Asked, w.request(ref).State)
}

func TestWhatCannotBeReadComesBackOnTheForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.say("adele", "pass joni")
	card := w.press("adele", "Send request", w.form("joni", map[string]any{"minutes": "soon", "reason": "kept"}))
	require.Contains(t, card, "whole number of minutes")
	require.Contains(t, card, "kept")
	card = w.press("adele", "Send request", w.form("joni", map[string]any{"person": "", "person_text": "a"}))
	require.Contains(t, card, "fits several people")
	card = w.press("adele", "Send request", w.form("joni", map[string]any{"person": "", "person_text": "nobody"}))
	require.Contains(t, card, "found nobody")
	card = w.press("adele", "Send request", w.form("grady", map[string]any{"person_text": "joni"}))
	require.Contains(t, card, "another is written")
	card = w.press("adele", "Send request", w.form("joni", map[string]any{"minutes": 481}))
	require.Contains(t, card, "not 481")
	card = w.press("adele", "Send request", w.form("joni", map[string]any{"reason": ""}))
	require.Contains(t, card, "There is no reason")
	card = w.press("adele", "Send request", w.form("joni", map[string]any{"reason": ""}))
	require.Contains(t, card, "Withdraw", "a warning is sent over by a second press")
}

func TestAnotherPersonWrittenInTheFormCounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.say("adele", "pass joni")
	require.Contains(t, w.press("adele", "Send request", w.form("joni", map[string]any{"person_text": "grady archie"})), "Grady Archie")
}

func TestChooseWhichPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	asked := w.say("adele", "pass a 2h multi for a new phone")
	require.Contains(t, text(asked[0]), "Who is meant?")
	form := w.press("adele", "Alex Wilber", nil)
	require.Contains(t, form, "Send request")
	require.Contains(t, form, "a new phone")
	require.Contains(t, string(w.last("adele").Card), "Send request", "the question became the form")
	require.Contains(t, w.press("adele", "Send request", w.form("alex", nil)), "Withdraw")
	w.work()
	require.Contains(t, string(w.last("adele").Card), "Withdraw")
}

func TestAClickIsAnsweredWhateverEntraDoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ref := w.asked()
	w.bot.patience = 50 * time.Millisecond
	slow := make(chan struct{})
	w.directory.set(func(d *directory) { d.slow = slow })
	require.Contains(t, w.press("megan", "Approve", nil), "Still working on it")
	require.Contains(t, w.press("megan", "Approve", nil), "Still working on it")
	close(slow)
	w.bot.patience = patience
	require.Contains(t, w.press("megan", "Approve", nil), "pproved")
	require.Equal(t, 3, w.request(ref).Rev)

	slow = make(chan struct{})
	w.directory.set(func(d *directory) { d.slow = slow })
	w.bot.patience = 50 * time.Millisecond
	w.work()
	w.press("adele", "Show pass", nil)
	require.Contains(t, w.press("adele", "Create and show", nil), "Still working on it")
	close(slow)
	w.bot.patience = patience
	require.Contains(t, w.press("adele", "Create and show", nil), "Qx7! wwz1 Kp")
	require.Equal(t, 1, w.directory.made)
}

func TestTheFormOfASlowSendIsNotLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.say("adele", "pass joni")
	slow := make(chan struct{})
	w.directory.set(func(d *directory) { d.slow = slow })
	w.bot.patience = 50 * time.Millisecond
	require.Contains(t, w.press("adele", "Send request", w.form("joni", nil)), "Still working on it")
	close(slow)
	w.bot.patience = patience
	require.Contains(t, w.press("adele", "Send request", nil), "Withdraw", "the second press has no inputs")
}

// TestAFormIsSentAsItWasOpened: a client that sends no inputs means the form as
// it stands there.
func TestAFormIsSentAsItWasOpened(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.say("adele", "pass joni 90m for a reason")
	card := w.press("adele", "Send request", nil)
	require.Contains(t, card, "Waiting for a decision")
	require.Contains(t, card, "90 minutes")
}

// TestAFailureKeepsWhatWasTyped: the form comes back as it was filled in.
func TestAFailureKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.say("adele", "pass joni for a reason")
	w.directory.set(func(d *directory) { d.fails = access.Fail(access.Unavailable, "Entra does not answer.") })
	card := w.press("adele", "Send request", w.form("joni", map[string]any{"reason": "typed with care"}))
	require.Contains(t, card, "Entra does not answer")
	require.Contains(t, card, "typed with care")
	require.Contains(t, card, "Send request")
}

func TestEntraOutOfReachIsSaidInWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ref := w.asked()
	w.press("megan", "Deny", nil)
	w.press("megan", "Back", nil)
	w.directory.set(func(d *directory) {
		d.fails = access.Fail(access.Unavailable, "Entra does not answer. Try again in a minute.")
	})
	card := w.press("megan", "Approve", nil)
	require.Contains(t, card, "Entra does not answer")
	require.Contains(t, card, `"title":"Approve"`)
	require.Equal(t, access.Asked, w.request(ref).State)
	w.advance(2 * time.Minute)
	answer := w.invoke("megan", "manual", "view", fmt.Sprintf(`{"ref":%q,"rev":2}`, ref))
	status, say := problem(t, answer)
	require.Equal(t, http.StatusInternalServerError, status)
	require.Contains(t, say, "Entra does not answer")
}

func TestALostCardIsLearntAtItsFirstTouch(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ref := w.asked()
	cards, err := w.store.Cards(t.Context(), ref)
	require.NoError(t, err)
	require.Len(t, cards, 2)
	for _, c := range cards {
		require.NoError(t, w.store.Update(t.Context(), func(tx access.Tx) error { return tx.DropCard(t.Context(), c) }))
	}
	w.bot.cards.InvalidateAll()
	w.press("megan", "Deny", nil)
	w.press("megan", "Back", nil)
	w.press("adele", "Withdraw", nil)
	cards, err = w.store.Cards(t.Context(), ref)
	require.NoError(t, err)
	require.Len(t, cards, 2)
	w.work()
	require.Contains(t, string(w.last("megan").Card), "ithdrawn")
	require.NotContains(t, string(w.last("megan").Card), `"title":"Approve"`)
}

func TestAListIsNotTakenForTheCardOfARequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ref := w.asked()
	list := w.say("megan", "requests")
	require.Contains(t, text(list[0]), "Open "+string(ref))
	require.Contains(t, w.press("megan", "Open "+string(ref), nil), `"title":"Approve"`)
	w.press("adele", "Withdraw", nil)
	w.work()
	require.Contains(t, string(w.last("megan").Card), "Open "+string(ref), "the list stays a list")
}

// TestViewsWriteNothing: the hot path reads.
func TestViewsWriteNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ref := w.asked()
	message, deny := w.button("megan", "Deny")
	w.pressAction("megan", message, deny, nil)
	w.bot.Store = noWrites{w.store}
	w.post.chats.store = noWrites{w.store}
	for range 3 {
		message, back := w.button("megan", "Back")
		require.Contains(t, string(w.pressAction("megan", message, back, nil).Card), string(ref))
		message, deny := w.button("megan", "Deny")
		w.pressAction("megan", message, deny, nil)
	}
}
