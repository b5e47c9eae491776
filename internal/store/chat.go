package store

import (
	"context"

	"github.com/passdesk/passdesk/internal/access"
)

const (
	selectChat  = `SELECT body FROM chats WHERE person = $1`
	upsertChat  = `INSERT INTO chats (person, body, used) VALUES ($1, $2, $3) ON CONFLICT (person) DO UPDATE SET body = excluded.body, used = excluded.used`
	selectCards = `SELECT person, conversation, activity, rev FROM cards WHERE ref = $1 ORDER BY person, conversation, activity`
	upsertCard  = `INSERT INTO cards (ref, person, conversation, activity, rev) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (ref, person, conversation, activity) DO UPDATE SET rev = excluded.rev`
	moveCard   = `UPDATE cards SET rev = $1 WHERE ref = $2 AND person = $3 AND conversation = $4 AND activity = $5 AND rev = $6`
	deleteCard = `DELETE FROM cards WHERE ref = $1 AND person = $2 AND conversation = $3 AND activity = $4`
)

// Chat implements access.Reader.
func (r reader) Chat(ctx context.Context, person access.ID) (access.Chat, error) {
	var body []byte
	found, err := r.one(ctx, selectChat, []any{&body}, string(person))
	switch {
	case err != nil:
		return access.Chat{}, err
	case !found:
		return access.Chat{}, notFound("chat with this person")
	}
	return decode[access.Chat](body)
}

// SaveChat implements access.Tx.
func (t *txn) SaveChat(ctx context.Context, c access.Chat) error {
	body, err := encode(c)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, upsertChat, string(c.Person), body, c.Used.UnixMilli())
	return err
}

// Cards implements access.Reader, in the order of person, conversation and
// activity.
func (r reader) Cards(ctx context.Context, ref access.Ref) ([]access.Card, error) {
	card := access.Card{Ref: ref}
	var person string
	var list []access.Card
	err := r.each(ctx, selectCards, []any{string(ref)}, []any{&person, &card.Conversation, &card.Activity, &card.Rev}, func() error {
		card.Person = access.ID(person)
		list = append(list, card)
		return nil
	})
	return list, err
}

// SaveCard implements access.Tx: a card that is known gets the revision.
func (t *txn) SaveCard(ctx context.Context, c access.Card) error {
	_, err := t.exec(ctx, upsertCard, string(c.Ref), string(c.Person), c.Conversation, c.Activity, c.Rev)
	return err
}

// MoveCard implements access.Tx.
func (t *txn) MoveCard(ctx context.Context, from int, c access.Card) error {
	n, err := t.exec(ctx, moveCard, c.Rev, string(c.Ref), string(c.Person), c.Conversation, c.Activity, from)
	if err == nil && n == 0 {
		return access.Fail(access.Stale, "Another card of request %s was drawn at the same time.", c.Ref)
	}
	return err
}

// DropCard implements access.Tx: a card that is not known is no error.
func (t *txn) DropCard(ctx context.Context, c access.Card) error {
	_, err := t.exec(ctx, deleteCard, string(c.Ref), string(c.Person), c.Conversation, c.Activity)
	return err
}
