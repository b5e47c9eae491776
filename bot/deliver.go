package bot

import (
	"context"
	"errors"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/teams"
)

// deliver sends somebody a card that is not a request's own, and keeps it to be brought
// up to date. The card says what it is about, for whom, and at which revision;
// undealt decides what becomes of one that was not taken. False where nothing was
// sent.
func (p *Post) deliver(ctx context.Context, c access.Card, draw func(Face) Card, undealt func(error) error) (access.Card, bool, error) {
	chat, err := p.reach(ctx, c.Person)
	if err != nil {
		return c, false, undealt(err)
	}
	m := asMessage(draw(p.face(c.Person, chat)))
	m.Alert = true
	id, err := p.Connector.Send(ctx, place(chat, chat.Conversation), m)
	switch {
	case todo(err) == teams.SendAnew: // the chat is gone: make another next time
		return c, false, errors.Join(err, p.chats.forget(ctx, chat))
	case err != nil:
		return c, false, undealt(err)
	case id == "":
		return c, false, nil
	}
	c.Conversation, c.Activity = chat.Conversation, id
	return c, true, p.save(ctx, c)
}
