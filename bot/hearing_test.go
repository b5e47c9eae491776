package bot

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/sim/channel"
)

// hold lets every call to Entra wait until the returned function is called.
func (w *world) hold() (release func()) {
	slow := make(chan struct{})
	w.directory.set(func(d *directory) { d.slow = slow })
	return sync.OnceFunc(func() {
		w.directory.set(func(d *directory) { d.slow = nil })
		close(slow)
	})
}

// spoken are the messages of the bot in somebody's chat.
func (w *world) spoken(alias string) []channel.Message {
	var all []channel.Message
	for _, m := range w.chat(alias).Messages {
		if m.From == "bot" {
			all = append(all, m)
		}
	}
	return all
}

// hears waits until the bot has said so much.
func (w *world) hears(alias string, messages int) []channel.Message {
	w.t.Helper()
	require.Eventually(w.t, func() bool { return len(w.spoken(alias)) >= messages }, 30*time.Second, 5*time.Millisecond)
	return w.spoken(alias)
}

func TestASlowMessageIsToldAndThenAnsweredOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.bot.patience = 50 * time.Millisecond
	release := w.hold()
	defer release()
	for range 3 { // Teams repeats it while the first still runs
		w.deliver(`{"from":"adele","id":"same","text":"pass joni for a laptop"}`)
	}
	require.Len(t, w.spoken("adele"), 1)
	require.Equal(t, answerFollows, w.last("adele").Text)
	release()
	got := w.hears("adele", 2)
	require.Contains(t, text(got[1]), "Send request")
	w.bot.patience = time.Minute
	w.deliver(`{"from":"adele","id":"same","text":"pass joni for a laptop"}`)
	require.Len(t, w.spoken("adele"), 2, "one line, one form")

	drafts, err := w.store.Requests(t.Context(), access.Filter{Asker: w.id("adele")})
	require.NoError(t, err)
	require.Len(t, drafts, 1)
	var cards []access.Card
	require.Eventually(t, func() bool {
		cards, err = w.store.Cards(t.Context(), drafts[0].Ref)
		return err == nil && len(cards) == 1
	}, 30*time.Second, 5*time.Millisecond, "the form is remembered")
	require.Equal(t, got[1].ID, cards[0].Activity)
}

func TestASlowMessageIsAnsweredBeforeTheBotCloses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.bot.patience = 50 * time.Millisecond
	release := w.hold()
	defer release()
	w.say("adele", "requests")
	require.Eventually(t, func() bool { return w.directory.waiting.Load() > 0 }, 30*time.Second, time.Millisecond)
	closed := make(chan error, 1)
	go func() { closed <- w.bot.Close(context.Background()) }()
	require.Eventually(t, func() bool {
		w.say("megan", "help")
		return w.last("megan").Text == tooBusy
	}, 30*time.Second, 5*time.Millisecond, "nothing is begun any more")
	require.Empty(t, closed, "the bot waits")
	release()
	require.NoError(t, <-closed)
	require.Contains(t, text(w.last("adele")), "Nothing waits for you", "the answer was there before the end")
}

func TestASlowMessageThatIsCutOffIsToldAsSuch(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.say("adele", "help") // who she is, is known
	w.bot.patience = 50 * time.Millisecond
	defer w.hold()()
	w.say("adele", "pass joni")
	require.Eventually(t, func() bool { return w.directory.waiting.Load() > 0 }, 30*time.Second, time.Millisecond)
	over, end := context.WithCancel(t.Context())
	end()
	require.ErrorIs(t, w.bot.Close(over), context.Canceled)
	require.Equal(t, gaveUp, w.last("adele").Text)
}

func TestASlowMessageInASharedPlace(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.bot.patience = 50 * time.Millisecond
	release := w.hold()
	defer release()
	place := w.place("adele", channel.Group)
	said := func() []channel.Message { return w.messages("adele", place)[1:] }
	_, err := w.sim.Channel.Say(t.Context(), string(w.id("adele")), place, "@Passdesk pass joni for a secret reason")
	require.NoError(t, err)
	require.Equal(t, answerAside, said()[0].Text)
	release()
	require.Contains(t, text(w.hears("adele", 1)[0]), "a secret reason")
	require.Eventually(t, func() bool { return len(said()) == 2 }, 30*time.Second, 5*time.Millisecond)
	require.Equal(t, seeOurChat, said()[1].Text)
}

func TestEntrasRefusalIsTheLateAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.bot.patience = 50 * time.Millisecond
	release := w.hold()
	defer release()
	w.directory.set(func(d *directory) { d.fails = access.Fail(access.Unavailable, "Entra does not answer.") })
	w.say("adele", "pass joni")
	release()
	require.Equal(t, "Entra does not answer.", w.hears("adele", 2)[1].Text)
}
