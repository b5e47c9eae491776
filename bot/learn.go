package bot

import (
	"context"
	"log/slog"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// rememberedCards bounds the cards that are known without reading the store.
const rememberedCards = 20_000

// cardKey names a message that shows a request.
type cardKey struct {
	ref                    access.Ref
	conversation, activity string
}

// learnCard remembers the message that a button stands on as a card of its
// request: its id may have been lost when it was sent. A message that shows
// something else beside, a list or a question, is none. The answer to the button
// does not wait for that longer than for anything else.
func (b *Bot) learnCard(ctx context.Context, p press) {
	key := cardKey{p.claim.Ref, p.Place.Conversation, p.ReplyTo}
	if !p.Personal || p.ReplyTo == "" || p.claim.Ref == "" || p.verb == verbChoose || p.fields.text("list") == "true" {
		return
	}
	if _, known := b.cards.GetIfPresent(key); known {
		return
	}
	click := access.Click{Actor: p.Actor, Ref: p.claim.Ref, Verb: "learn " + p.ReplyTo}
	_, err := b.window.do(ctx, b.patience-time.Since(p.begun), click, func(ctx context.Context) (shownCard, error) {
		err := b.learn(ctx, p, key)
		if err == nil {
			b.cards.Set(key, struct{}{})
		}
		return shownCard{}, err
	})
	if err != nil {
		b.Log.DebugContext(ctx, "learning a card", slog.String("request", string(key.ref)), slog.Any("error", err))
	}
}

// learn stores a card that is not known yet, as one that shows nothing: what it
// really shows is only claimed. The request must concern the person.
func (b *Bot) learn(ctx context.Context, p press, key cardKey) error {
	s, err := b.Desk.See(ctx, p.Actor, key.ref)
	if err != nil {
		return err
	}
	cards, err := b.Store.Cards(ctx, key.ref)
	if err != nil {
		return err
	}
	for _, c := range cards {
		if c.Person == p.Actor && c.Conversation == key.conversation && c.Activity == key.activity {
			return nil
		}
	}
	card := access.Card{Ref: key.ref, Person: p.Actor, Conversation: key.conversation, Activity: key.activity}
	return b.Store.Update(ctx, func(tx access.Tx) error {
		if err := tx.SaveCard(ctx, card); err != nil {
			return err
		}
		if p.claim.Rev == s.Request.Rev {
			return nil // it looks right, or the person has just seen it so
		}
		return tx.Enqueue(ctx, access.Job{Kind: access.Redraw, Ref: key.ref})
	})
}
