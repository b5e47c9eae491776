package bot

import (
	"context"
	"errors"
	"log/slog"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/crash"
	"github.com/passdesk/passdesk/internal/teams"
)

// answer is what is said to a message; sight is the request that its card
// shows, if it shows one. sent, if it is not nil, hears the id of the message.
type answer struct {
	message teams.Message
	sight   *access.Sight
	sent    func(id string)
}

// line answers with a line of text.
func line(text string) answer { return answer{message: teams.Message{Text: text}} }

// showing answers with the card of a request.
func showing(c Card, s access.Sight) answer { return answer{message: asMessage(c), sight: &s} }

// hear answers what was said.
func (b *Bot) hear(ctx context.Context, t Turn, words string) (answer, error) {
	s, err := parse(words, b.moment(t))
	if t.Personal {
		return b.obey(ctx, t, t.Place, s, err)
	}
	if err == nil && s.command == "help" {
		return b.help(t), nil
	}
	return b.aside(ctx, t, s, err)
}

// obey does what was said, or says why not. from is where it was said, in which
// its mentions mean somebody.
func (b *Bot) obey(ctx context.Context, t Turn, from teams.Place, s said, failed error) (answer, error) {
	got, err := answer{}, failed
	if !b.exists(s.command) {
		err = unknownHere()
	}
	if err == nil {
		got, err = b.run(ctx, t, from, s)
	}
	if err == nil {
		return got, nil
	}
	b.fault(ctx, "obeying "+s.command, t, err)
	if errors.Is(err, context.Canceled) {
		return answer{}, err
	}
	return line(string(plain(access.Say(err)))), nil
}

// keepCard remembers the message that shows a request, so that it is redrawn
// when the request changes. One that is not remembered is learnt at its first
// touch.
func (b *Bot) keepCard(ctx context.Context, t Turn, got answer, id string) {
	if got.sent != nil && id != "" {
		got.sent(id)
	}
	if got.sight == nil || id == "" {
		return
	}
	crash.At("before storing an answer's id")
	r := got.sight.Request
	card := access.Card{Ref: r.Ref, Person: t.Actor, Conversation: t.Place.Conversation, Activity: id, Rev: r.Rev}
	if err := b.Store.Update(ctx, func(tx access.Tx) error { return tx.SaveCard(ctx, card) }); err != nil {
		b.Log.WarnContext(ctx, "remembering a card", slog.String("request", string(r.Ref)), slog.Any("error", err))
	}
}
