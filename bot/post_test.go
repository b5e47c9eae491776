package bot

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/teams"
)

func TestAnApproverWithoutAChatIsSaidBeforeSending(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.sim.Tenant.Uninstall(string(w.id("megan")))
	w.say("adele", "pass joni")
	card := w.press("adele", "Send request", w.form("joni", nil))
	require.Contains(t, card, "Megan Bowen has no chat with Passdesk")
	require.Contains(t, card, "Send request")
	require.Empty(t, w.store.waiting(access.Announce))
}

func TestPassdeskIsInstalledForAnApprover(t *testing.T) {
	t.Parallel()
	installs := 0
	w := newWorld(t, func(w *world, id access.ID) error {
		installs++
		w.sim.Tenant.Install(string(id))
		return nil
	})
	w.sim.Tenant.Uninstall(string(w.id("megan")))
	w.asked()
	require.Equal(t, 1, installs)
	w.button("megan", "Approve")
}

func TestAnInstallationThatFailsIsSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(*world, access.ID) error { return errors.New("no permission") })
	w.sim.Tenant.Uninstall(string(w.id("megan")))
	w.say("adele", "pass joni")
	require.Contains(t, w.press("adele", "Send request", w.form("joni", nil)), "Teams does not tell whether Megan Bowen")
}

func TestAnnounceSendsOneCard(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ref := w.asked()
	before := len(w.chat("megan").Messages)
	job := access.Job{Kind: access.Announce, Ref: ref, Person: w.id("megan")}
	require.NoError(t, w.post.Run(t.Context(), job))
	job.Person = w.id("bianca") // may not decide
	require.NoError(t, w.post.Run(t.Context(), job))
	require.Len(t, w.chat("megan").Messages, before)
	require.Empty(t, w.chat("bianca").Messages)

	w.press("adele", "Withdraw", nil)
	job.Person = w.id("megan")
	require.NoError(t, w.post.Run(t.Context(), job), "nothing is announced that is over")
	require.Len(t, w.chat("megan").Messages, before)
}

func TestACardThatIsGoneIsSentAnewWhileItIsNeeded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ref := w.asked()
	w.remove("megan")
	w.stale(ref)
	require.NoError(t, w.post.Run(t.Context(), access.Job{Kind: access.Redraw, Ref: ref}))
	w.button("megan", "Approve")

	w.press("megan", "Approve", nil)
	w.work()
	w.remove("megan")
	w.stale(ref)
	before := len(w.chat("megan").Messages)
	require.NoError(t, w.post.Run(t.Context(), access.Job{Kind: access.Redraw, Ref: ref}))
	require.Len(t, w.chat("megan").Messages, before)
	cards, err := w.store.Cards(t.Context(), ref)
	require.NoError(t, err)
	require.Len(t, cards, 1)
	require.Equal(t, w.id("adele"), cards[0].Person)
}

// remove deletes the newest message of the bot.
func (w *world) remove(alias string) {
	w.t.Helper()
	chat, err := w.store.Chat(w.t.Context(), w.id(alias))
	require.NoError(w.t, err)
	require.NoError(w.t, w.bot.Connector.Delete(w.t.Context(), place(chat, chat.Conversation), w.last(alias).ID))
}

// stale makes every card of a request look old.
func (w *world) stale(ref access.Ref) {
	w.t.Helper()
	cards, err := w.store.Cards(w.t.Context(), ref)
	require.NoError(w.t, err)
	for _, c := range cards {
		c.Rev = 0
		require.NoError(w.t, w.post.save(w.t.Context(), c))
	}
}

func TestNobodyIsWrittenToWhoRemovedPassdesk(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ref := w.asked()
	w.say("megan", "help")
	_, err := w.sim.Channel.Remove(t.Context(), string(w.id("megan")))
	require.NoError(t, err)
	chat, err := w.store.Chat(t.Context(), w.id("megan"))
	require.NoError(t, err)
	require.Equal(t, blockedRemoved, chat.Blocked)
	w.stale(ref)
	require.NoError(t, w.post.Run(t.Context(), access.Job{Kind: access.Redraw, Ref: ref}))

	w.say("megan", "help") // which installs it again
	chat, err = w.store.Chat(t.Context(), w.id("megan"))
	require.NoError(t, err)
	require.Empty(t, chat.Blocked)
}

func TestTeamsErrorsSteerTheJob(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.say("megan", "help")
	megan := w.id("megan")
	for name, c := range map[string]struct {
		action  teams.Action
		after   time.Duration
		retry   bool
		snooze  time.Duration
		blocked string
	}{
		"wait":        {action: teams.Wait, after: 9 * time.Second, snooze: 9 * time.Second},
		"wait unsaid": {action: teams.Wait, snooze: time.Second},
		"retry":       {action: teams.Retry, retry: true},
		"uncertain":   {action: teams.Uncertain, retry: true},
		"fix":         {action: teams.Fix, retry: true},
		"shrink":      {action: teams.Shrink, retry: true},
		"give up":     {action: teams.GiveUp, retry: true},
		"removed":     {action: teams.StopUntilInstalled, blocked: blockedRemoved},
		"muted":       {action: teams.StopUntilWritten, blocked: blockedMuted},
	} {
		w.say("megan", "help")
		err := w.post.steer(t.Context(), megan, &teams.Error{Action: c.action, After: c.after})
		var l later
		if c.snooze > 0 {
			require.ErrorAs(t, err, &l, name)
			d, ok := l.Snooze()
			require.True(t, ok, name)
			require.Equal(t, c.snooze, d, name)
		}
		require.Equal(t, c.retry, err != nil && c.snooze == 0, name)
		chat, err := w.store.Chat(t.Context(), megan)
		require.NoError(t, err)
		require.Equal(t, c.blocked, chat.Blocked, name)
	}
	chat, err := w.store.Chat(t.Context(), megan)
	require.NoError(t, err)
	chat.Blocked = blockedMuted
	require.NoError(t, w.post.chats.save(t.Context(), chat))
	err = w.post.Reach(t.Context(), access.Person{ID: megan, Name: "Megan *Bowen*"})
	require.Equal(t, access.Refused, access.CodeOf(err))
	require.Contains(t, access.Say(err), "Megan ∗Bowen∗ has blocked Passdesk")
}

func TestForemostPutsAFailureBeforeASnooze(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	require.NoError(t, foremost([]error{nil, nil}))
	require.Equal(t, later{time.Second, "b"}, foremost([]error{later{time.Minute, "a"}, nil, later{time.Second, "b"}}))
	err := foremost([]error{later{time.Minute, "a"}, boom})
	require.ErrorIs(t, err, boom)
	var l later
	require.NotErrorAs(t, err, &l)
}

func TestNews(t *testing.T) {
	t.Parallel()
	at := here(t)
	r := access.Request{
		Ref: "PD-7K3M", Kind: access.Pass, Asker: access.Person{ID: "a", Name: "Adele"}, Person: access.Person{ID: "j", Name: "<at>Joni</at>"},
		Approvers: []access.Person{{ID: "m", Name: "Megan"}}, By: access.Person{ID: "m", Name: "Megan"}, Due: at.now.Add(time.Hour), Why: "[because](https://x.example)",
	}
	for state, says := range map[access.State]string{
		access.Draft: "", access.Asked: "", access.CarryingOut: "", access.InForce: "",
		access.Approved:  "Megan approved the pass for ‹at›Joni‹/at› (PD-7K3M). Press Show pass on its card by today 13:00",
		access.Denied:    "denied the pass",
		access.Withdrawn: "Megan withdrew",
		access.Lapsed:    "has lapsed: ❲because❳",
		access.Failed:    "could not be given",
		access.Ended:     "has ended",
	} {
		r.State = state
		text := string(newsFor(r, Face{Viewer: "a", Now: at.now, Zone: at.zone}))
		if says == "" {
			require.Empty(t, text, state)
		}
		require.Contains(t, text, says)
		require.NotContains(t, text, "<at>")
		require.NotContains(t, text, "](")
	}
	r.State, r.Replaced = access.InForce, true
	require.Contains(t, string(newsFor(r, Face{Viewer: "a", Now: at.now})), "not the live one any more")
	r.State = access.Asked
	require.Contains(t, string(newsFor(r, Face{Viewer: "m", Now: at.now, Zone: at.zone})), "Reminder: Adele asks for a pass")
	require.Empty(t, newsFor(r, Face{Viewer: "j", Now: at.now}))
}

func TestACodeOnTheScreenWaits(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for name, c := range map[string]struct {
		reveal access.Reveal
		want   time.Duration
	}{
		"none":     {access.Reveal{}, 0},
		"claimed":  {access.Reveal{State: access.Claimed, Claimed: now.Add(-time.Minute)}, time.Minute},
		"made":     {access.Reveal{State: access.Made, Made: now.Add(-30 * time.Second)}, 90 * time.Second},
		"answered": {access.Reveal{State: access.Answered, Made: now.Add(-time.Minute)}, time.Minute},
		"hidden":   {access.Reveal{State: access.Answered, Made: now, Hidden: now}, 0},
		"dropped":  {access.Reveal{State: access.Dropped, Claimed: now}, 0},
		"lost":     {access.Reveal{State: access.Lost, Claimed: now}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, onScreen(access.Sight{Reveal: c.reveal}, now))
		})
	}
}
