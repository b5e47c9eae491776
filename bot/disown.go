package bot

import (
	"context"

	"github.com/passdesk/passdesk/internal/access"
)

// The buttons of who did not expect what they are told of.
const (
	verbNotMe  = "notme"  // asks whether it is meant
	verbDisown = "disown" // it is
)

// notMe asks whether it is meant. Nothing is done yet.
func (b *Bot) notMe(ctx context.Context, p press) (shownCard, error) {
	s, err := b.Desk.Disownable(ctx, p.Actor, p.claim.Ref)
	switch {
	case err != nil:
		return shownCard{}, err
	case !s.Request.Disowned.At.IsZero(), s.Request.State.Closed() && !s.Request.Gave(): // there is nothing left to ask
		return shownCard{card: b.afterwards(s, p)}, nil
	}
	return shownCard{card: drawSure(s, p.face)}, nil
}

// disown ends what was not expected.
func (b *Bot) disown(ctx context.Context, p press) (shownCard, error) {
	r, err := b.Desk.Disown(ctx, p.Actor, p.claim.Ref)
	if err != nil {
		return shownCard{}, err
	}
	s, err := b.Desk.Draw(ctx, r)
	return shownCard{card: b.afterwards(s, p)}, err
}

// afterwards is how it stands for who has pressed.
func (b *Bot) afterwards(s access.Sight, p press) Card {
	if !s.Request.Concerns(p.Actor) && !s.Request.Asks(p.Actor) {
		return drawClosed(s, p.face)
	}
	return Draw(s, p.face)
}
