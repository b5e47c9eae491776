package bot

import (
	"context"

	"github.com/passdesk/passdesk/internal/access"
)

// approve approves with what is said about the caller. What is missing comes back
// on the card, with what was filled in.
func (b *Bot) approve(ctx context.Context, p press) (shownCard, error) {
	said := access.Evidence{
		How:  string(clean(p.fields.text(inputHow), nameLength)),
		Text: string(clean(p.fields.text(inputHowText), reasonLength)),
		Code: access.NewSecret(p.fields.text(inputCode)),
	}
	r, err := b.Desk.Decide(ctx, p.Actor, p.claim, access.Answer{Approve: true, Evidence: said})
	if access.CodeOf(err) != access.Invalid {
		return b.now(ctx, p, r, err)
	}
	s, unseen := b.sees(ctx, p)
	if unseen != nil {
		return shownCard{}, unseen
	}
	return shownCard{card: headed(drawDecision(s, said, p.face), "Missing", access.Say(err))}, nil
}

// showCode shows the asker the caller's code again.
func (b *Bot) showCode(ctx context.Context, p press) (shownCard, error) {
	r, code, err := b.Desk.ShowCode(ctx, p.Actor, p.claim)
	if err != nil {
		return shownCard{}, err
	}
	return b.withCode(ctx, p, r, code)
}

// withCode draws a request for its asker, with the caller's code if there is one.
func (b *Bot) withCode(ctx context.Context, p press, r access.Request, code access.Secret) (shownCard, error) {
	if code.IsZero() {
		return b.now(ctx, p, r, nil)
	}
	return shownCard{card: drawCallerCode(access.Sight{Request: r}, code, p.face)}, nil
}

func (b *Bot) confirm(ctx context.Context, p press) (shownCard, error) { return b.say(ctx, p, true) }

func (b *Bot) no(ctx context.Context, p press) (shownCard, error) { return b.say(ctx, p, false) }

// say is the person's answer whether it was them who asked.
func (b *Bot) say(ctx context.Context, p press, yes bool) (shownCard, error) {
	r, err := b.Desk.Confirm(ctx, p.Actor, p.claim, yes)
	if access.CodeOf(err) == access.Stale && r.Asks(p.Actor) { // the request concerns them no further, so that nobody else draws it
		return shownCard{card: Draw(access.Sight{Request: r}, p.face)}, nil
	}
	return b.now(ctx, p, r, err)
}
