package bot

import (
	"context"
	"errors"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/teams"
)

// guide tells the steps by which somebody comes to a passkey.
func (b *Bot) guide(ctx context.Context, t Turn, from teams.Place, s said) (answer, error) {
	if !b.Desk.MayLook(t.Member) { // the desk refuses it, and records that
		_, err := b.Desk.Guide(ctx, t.Actor, access.Person{}, "")
		return answer{}, err
	}
	person, asks, ok, err := b.whom(ctx, t, from, s.person, verbGuide)
	if !ok {
		return asks, err
	}
	g, err := b.Desk.Guide(ctx, t.Actor, person, s.phone)
	if err != nil {
		return answer{}, err
	}
	return answer{message: asMessage(drawGuide(g, b.Desk.MayAsk(t.Member), b.face(t)))}, nil
}

// chooseGuide draws the steps for the person, and the phone, of a button.
func (b *Bot) chooseGuide(ctx context.Context, p press) (shownCard, error) {
	g, err := b.guideOf(ctx, p)
	if err != nil {
		return shownCard{}, err
	}
	return shownCard{card: drawGuide(g, b.Desk.MayAsk(p.Member), p.face)}, nil
}

func (b *Bot) guideOf(ctx context.Context, p press) (access.Guide, error) {
	if !b.Desk.MayLook(p.Member) {
		return b.Desk.Guide(ctx, p.Actor, access.Person{}, "")
	}
	person, err := b.chosen(ctx, p)
	if err != nil {
		return access.Guide{}, err
	}
	return b.Desk.Guide(ctx, p.Actor, person, p.fields.text(inputPlatform))
}

// sendGuide sends the steps to who needs them.
func (b *Bot) sendGuide(ctx context.Context, p press) (shownCard, error) {
	g, err := b.guideOf(ctx, p)
	if err != nil {
		return shownCard{}, err
	}
	to := readerOf(g)
	if to.ID == "" {
		return shownCard{}, access.Fail(access.Refused, "There is nobody whom the steps could be sent to. Read them out.")
	}
	if err := b.Desk.SendGuide(ctx, p.Actor, g, to); err != nil {
		return shownCard{}, err
	}
	if err := b.Post.hand(ctx, to, func(f Face) Card { return drawSentGuide(g, p.Member.Person, f) }); err != nil {
		return shownCard{}, err
	}
	c := drawGuide(g, true, p.face)
	done := wordingOf(p.face.Locale).run("guide.sent.done", nameOf(to))
	c.Body = append([]element{c.Body[0], container{Style: "good", Items: []element{paragraph(done)}}}, c.Body[1:]...)
	return shownCard{card: c}, nil
}

// hand sends somebody a card that is about no request, and alerts them.
func (p *Post) hand(ctx context.Context, to access.Person, draw func(Face) Card) error {
	if err := p.Reach(ctx, to); err != nil {
		return err
	}
	chat := p.chats.read(ctx, to.ID)
	m := asMessage(draw(p.face(to.ID, chat)))
	m.Alert = true
	_, err := p.Connector.Send(ctx, place(chat, chat.Conversation), m)
	if e, ok := errors.AsType[*teams.Error](err); ok {
		return access.Fail(access.Unavailable, "Teams did not take the message. Try again in a minute, or read the steps out.").Because(e)
	}
	return err
}
