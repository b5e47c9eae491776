package bot

import (
	"context"
	"log/slog"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/teams"
)

// warn sends somebody the card of a drift, once, and brings it up to date when
// the drift is gone. One that is gone before its card was sent is not told.
func (p *Post) warn(ctx context.Context, ref access.Ref, person access.ID) error {
	d, err := p.Store.Drift(ctx, ref)
	if err != nil {
		return err
	}
	cards, err := p.Store.Cards(ctx, ref)
	if err != nil {
		return err
	}
	for _, c := range cards {
		if c.Person == person {
			return p.rewarn(ctx, c, d)
		}
	}
	if !d.Cleared.IsZero() {
		return nil
	}
	c, sent, err := p.deliver(ctx, access.Card{Ref: ref, Person: person, Rev: d.Rev()},
		func(f Face) Card { return drawDrift(d, f) }, func(err error) error { return p.unwarned(ctx, d, person, err) })
	if err != nil || !sent {
		return err
	}
	if d, err = p.Store.Drift(ctx, ref); err != nil { // it may be gone since the card was drawn
		return err
	}
	return p.rewarn(ctx, c, d)
}

// rewarn brings a card of a drift up to date.
func (p *Post) rewarn(ctx context.Context, c access.Card, d access.Drift) error {
	if c.Rev >= d.Rev() {
		return nil
	}
	chat := p.chats.read(ctx, c.Person)
	if chat.Blocked != "" || chat.ServiceURL == "" {
		return nil
	}
	err := p.Connector.Update(ctx, place(chat, c.Conversation), c.Activity, asMessage(drawDrift(d, p.face(c.Person, chat))))
	switch {
	case todo(err) == teams.SendAnew: // the message is gone, and so is what it told
		return p.drop(ctx, c)
	case err != nil:
		return p.unwarned(ctx, d, c.Person, err)
	}
	c.Rev = d.Rev()
	return p.save(ctx, c)
}

// unwarned decides what becomes of a card of a drift that somebody did not get:
// what Teams does not take is given up, since the policy's card tells the same.
func (p *Post) unwarned(ctx context.Context, d access.Drift, person access.ID, err error) error {
	if stays(err) {
		p.Log.ErrorContext(ctx, "giving up on a warning", slog.String("drift", string(d.Ref)), slog.String("person", string(person)), slog.Any("error", err))
		return nil
	}
	return p.steer(ctx, person, err)
}
