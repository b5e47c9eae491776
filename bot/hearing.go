package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/teams"
)

// What is said when the answer takes longer than people like to wait, or when
// there is none.
const (
	answerFollows = "Entra is slow to answer. My answer comes here in a moment; there is no need to write again."
	answerAside   = "Entra is slow to answer. My answer comes in our own chat in a moment; there is no need to write again."
	tooBusy       = "I have too much to do at this moment, and have not begun with this. Write it again in a few seconds."
	gaveUp        = "That took too long, and I have given up waiting for it. Write requests to see what became of it, or write it again."
)

// followLimit bounds the sending of an answer that comes late; the call that
// made it may have been cut off.
const followLimit = 15 * time.Second

// hearing is one message on its way through the router. It keeps what the
// message that goes out is about, so that its id can be remembered.
type hearing struct {
	bot  *Bot
	got  heard
	sent chan struct{} // closed when what was said at once has been sent
}

// heard is a message that was answered, or needed no answer.
type heard struct {
	turn Turn
	answer
}

// Message implements teams.Handler. It returns in time: what takes longer is
// told as such, and the answer follows by itself.
func (h *hearing) Message(ctx context.Context, a *teams.Activity) (teams.Message, error) {
	if !spokenTo(a) {
		return teams.Message{}, nil
	}
	b := h.bot
	listen := func(ctx context.Context) (heard, error) { return b.listen(ctx, a) }
	follow := func(ctx context.Context, got heard, err error) { b.follow(ctx, a, h.sent, got, err) }
	got, err := b.hearings.once(ctx, b.patience, b.message(a), listen, follow)
	switch {
	case errors.Is(err, errJoined): // Teams repeats what is not answered quickly
		return teams.Message{}, nil
	case errors.Is(err, errBusy):
		return teams.Message{Text: tooBusy}, nil
	case errors.Is(err, errPending) && !a.Private():
		return teams.Message{Text: answerAside}, nil
	case errors.Is(err, errPending):
		return teams.Message{Text: answerFollows}, nil
	case err != nil:
		return b.unheard(ctx, a, err).message, nil
	}
	h.got = got
	return got.message, nil
}

// unheard answers a message about which nothing can be said but that: it was cut
// off, or a fault of ours came between.
func (b *Bot) unheard(ctx context.Context, a *teams.Activity, err error) answer {
	b.fault(ctx, "answering a message", Turn{Actor: access.NewID(a.From.ObjectID)}, err)
	if errors.Is(err, errPanic) {
		b.Count("activity", "panic")
		return line(access.Say(err))
	}
	return line(gaveUp)
}

// message is what makes two messages the same: Teams repeats one with its id.
// One without an id is always new.
func (b *Bot) message(a *teams.Activity) access.Click {
	c := access.Click{Actor: access.NewID(a.From.ObjectID), Ref: access.Ref(a.Conversation.ID), Verb: "message " + a.ID}
	if a.ID == "" {
		c.Rev = int(b.unnamed.Add(1))
	}
	return c
}

// listen answers a message, however long that takes.
func (b *Bot) listen(ctx context.Context, a *teams.Activity) (heard, error) {
	t, err := b.turn(ctx, a)
	if err != nil {
		b.fault(ctx, "looking up who writes", Turn{Actor: access.NewID(a.From.ObjectID)}, err)
		return heard{answer: line(access.Say(err))}, nil
	}
	again, err := b.seen(ctx, t)
	switch {
	case err != nil:
		b.fault(ctx, "remembering a message", t, err)
		return heard{answer: line(access.Say(err))}, nil
	case again:
		return heard{}, nil
	}
	got, err := b.hear(ctx, t, a.Words())
	return heard{t, got}, err
}

// follow sends the answer to a message whose sender was told to wait for it.
// Whatever happened, something comes: nobody is left waiting.
func (b *Bot) follow(ctx context.Context, a *teams.Activity, told <-chan struct{}, got heard, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), followLimit)
	defer cancel()
	select {
	case <-told:
	case <-ctx.Done():
	}
	if err != nil {
		got.answer = b.unheard(ctx, a, err)
	}
	if got.message.Empty() {
		return
	}
	id, err := b.Connector.Send(ctx, a.Place(), got.message)
	if err != nil {
		b.Log.ErrorContext(ctx, "sending a late answer", slog.String("actor", a.From.ObjectID), slog.Any("error", err))
		return
	}
	b.keepCard(ctx, got.turn, got.answer, id)
}

// route takes a message or a conversation update through the router, and
// remembers the card that went out. It does not end with the request: somebody
// who was heard is answered, even if Teams has hung up.
func (b *Bot) route(ctx context.Context, a *teams.Activity) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), longest)
	defer cancel()
	h := &hearing{bot: b, sent: make(chan struct{})}
	defer close(h.sent)
	id, err := b.Router.Route(ctx, a, h)
	if err != nil {
		return fmt.Errorf("answering a %s: %w", a.Type, err)
	}
	b.keepCard(ctx, h.got.turn, h.got.answer, id)
	return nil
}

// ConversationUpdate implements teams.Handler. People come and go without a
// word; who installs Passdesk is greeted by the installation's own activity. One
// that tells of a removal teaches no chat that could be written to.
func (h *hearing) ConversationUpdate(ctx context.Context, a *teams.Activity) (teams.Message, error) {
	if a.Private() && a.BotAdded() && a.From.ObjectID != "" && !h.bot.strange(ctx, a) {
		h.bot.Post.chats.learn(ctx, a)
	}
	return teams.Message{}, nil
}

// strange tells whether an activity is not from an enabled member.
func (b *Bot) strange(ctx context.Context, a *teams.Activity) bool {
	m, err := b.Desk.Member(ctx, access.NewID(a.From.ObjectID))
	return err != nil || !m.MayAct()
}
