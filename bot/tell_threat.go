package bot

import (
	"context"
	"log/slog"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/teams"
)

// tellThreat sends somebody the card of threat mode, and brings it up to date with a
// line when it changes. One that is over before its card was sent is not told.
func (p *Post) tellThreat(ctx context.Context, ref access.Ref, person access.ID) error {
	t, err := p.Store.Threat(ctx)
	if err != nil {
		return err
	}
	cards, err := p.cardsOf(ctx, ref, person)
	switch {
	case err != nil:
		return err
	case len(cards) > 0:
		return p.redrawThreat(ctx, cards, ref, t)
	case t.Ref != ref || !t.On || t.Actor.ID == person: // who switched it on has the answer to that
		return nil
	}
	c, sent, err := p.deliver(ctx, access.Card{Ref: ref, Person: person, Rev: t.Rev},
		func(f Face) Card { return drawThreat(t, f) }, func(err error) error { return p.unsaid(ctx, ref, person, err) })
	if err != nil || !sent {
		return err
	}
	if t, err = p.Store.Threat(ctx); err != nil { // it may have changed since the card was drawn
		return err
	}
	return p.redrawThreat(ctx, []access.Card{c}, ref, t)
}

// cardsOf are somebody's cards with a reference.
func (p *Post) cardsOf(ctx context.Context, ref access.Ref, person access.ID) ([]access.Card, error) {
	all, err := p.Store.Cards(ctx, ref)
	var own []access.Card
	for _, c := range all {
		if c.Person == person {
			own = append(own, c)
		}
	}
	return own, err
}

// redrawThreat brings somebody's cards of threat mode up to date, and tells them in
// a line what others have changed. When it is over they are drawn a last time.
func (p *Post) redrawThreat(ctx context.Context, cards []access.Card, ref access.Ref, t access.Threat) error {
	person := cards[0].Person
	chat := p.chats.read(ctx, person)
	if chat.Blocked != "" || chat.ServiceURL == "" {
		return nil
	}
	over := t.Ref != ref
	told := t.Actor.ID == person || over
	var faults []error
	for _, c := range cards {
		if c.Rev >= t.Rev && !over {
			continue
		}
		if !told {
			told = true
			if err := p.tell(ctx, person, threatNews(t)); err != nil {
				return err
			}
		}
		faults = append(faults, p.updateThreat(ctx, c, chat, t, over))
	}
	return foremost(faults)
}

func (p *Post) updateThreat(ctx context.Context, c access.Card, chat access.Chat, t access.Threat, over bool) error {
	card := drawThreat(t, p.face(c.Person, chat))
	if over {
		card = drawThreatOver(c.Ref)
	}
	err := p.Connector.Update(ctx, place(chat, c.Conversation), c.Activity, asMessage(card))
	switch {
	case err != nil && todo(err) != teams.SendAnew:
		return p.unsaid(ctx, c.Ref, c.Person, err)
	case err != nil || over || !t.On: // it is gone, or nothing will change on it any more
		return p.drop(ctx, c)
	}
	c.Rev = t.Rev
	return p.save(ctx, c)
}

// unsaid decides what becomes of what somebody was not told about threat mode.
func (p *Post) unsaid(ctx context.Context, ref access.Ref, person access.ID, err error) error {
	if stays(err) {
		p.Log.ErrorContext(ctx, "giving up on telling of threat mode", slog.String("threat", string(ref)), slog.String("person", string(person)), slog.Any("error", err))
		return nil
	}
	return p.steer(ctx, person, err)
}
