package bot

import (
	"context"
	"errors"
	"log/slog"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/teams"
)

// tellOf brings somebody the card of what came into force for them, or for
// somebody who reports to them, once. Whoever has a card of the request already,
// because they were asked, finds it there, and gets a line that says so. Nobody
// gets Passdesk installed for it, and that somebody cannot be reached keeps
// nothing from being given.
func (p *Post) tellOf(ctx context.Context, ref access.Ref, person access.ID) error {
	s, err := p.look(ctx, ref)
	if err != nil || !s.Request.TellsOf(person) {
		return err
	}
	has, err := p.hasCard(ctx, ref, person)
	if err != nil {
		return err
	}
	chat, err := p.knownChat(ctx, person)
	if err != nil {
		return p.untold(ctx, ref, person, err)
	}
	if isAsked := s.Request.Handles(person) || s.Request.Asks(person); isAsked && has {
		f := p.face(person, chat)
		return errors.Join(p.redraw(ctx, ref), p.tell(ctx, person, toldLine(s.Request, f)))
	}
	if has {
		return nil
	}
	return p.dealTold(ctx, s, person, chat)
}

// dealTold sends the card, and keeps it to be redrawn.
func (p *Post) dealTold(ctx context.Context, s access.Sight, person access.ID, chat access.Chat) error {
	f := p.face(person, chat)
	m := asMessage(Draw(s, f))
	m.Summary, m.Alert = string(toldLine(s.Request, f)), true
	id, err := p.Connector.Send(ctx, place(chat, chat.Conversation), m)
	switch {
	case todo(err) == teams.SendAnew: // the chat is gone: make another next time
		return errors.Join(err, p.chats.forget(ctx, chat))
	case err != nil:
		return p.untold(ctx, s.Request.Ref, person, err)
	case id == "":
		return nil
	}
	card := access.Card{Ref: s.Request.Ref, Person: person, Conversation: chat.Conversation, Activity: id, Rev: s.Request.Rev}
	if err := p.save(ctx, card); err != nil {
		return err
	}
	return p.redraw(ctx, s.Request.Ref) // it may have changed before the card was known
}

// knownChat is reach without an installation: the chat that there is, or one that
// Teams makes because the person has Passdesk.
func (p *Post) knownChat(ctx context.Context, person access.ID) (access.Chat, error) {
	chat := p.chats.read(ctx, person)
	switch {
	case chat.Blocked != "":
		return chat, errMuted
	case chat.Conversation != "":
		return chat, nil
	}
	if chat.ServiceURL == "" {
		chat.ServiceURL = *p.chats.service.Load()
	}
	id, err := p.Connector.Create(ctx, chat.ServiceURL, string(person))
	if err != nil {
		return chat, err
	}
	chat.Conversation = id
	return chat, p.chats.save(ctx, chat)
}

// untold decides what becomes of a card that somebody did not get. What passes is
// tried again; that somebody has no chat is logged, and that is all. An answer that
// was lost is not asked for again: the card may be there.
func (p *Post) untold(ctx context.Context, ref access.Ref, person access.ID, err error) error {
	final := stays(err) || errors.Is(err, errMuted)
	switch todo(err) {
	case teams.Install, teams.StopUntilInstalled, teams.StopUntilWritten, teams.Uncertain:
		final = true
	default:
	}
	if !final {
		return p.steer(ctx, person, err)
	}
	p.Log.WarnContext(ctx, "somebody is not told of what was given", slog.String("request", string(ref)), slog.String("person", string(person)), slog.Any("error", err))
	return nil
}
