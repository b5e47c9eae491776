package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/crash"
	"github.com/passdesk/passdesk/internal/teams"
)

// Run does a job that is the post's: Announce, Redraw, Notify, TellThreat, Warn,
// Tell or Ring. Each looks at
// the request as it is now, so that running it late or twice does no harm. An
// error with a method Snooze wants to be run again after that time, and is no
// failure.
func (p *Post) Run(ctx context.Context, j access.Job) error {
	switch j.Kind {
	case access.Announce:
		if err := p.announce(ctx, j.Ref, j.Person); err != nil || !j.Again {
			return err
		}
		return p.drawAnew(ctx, j.Ref)
	case access.Redraw:
		if j.Again {
			return p.drawAnew(ctx, j.Ref)
		}
		return p.redraw(ctx, j.Ref)
	case access.Notify:
		return p.notify(ctx, j.Ref, j.Person)
	case access.TellThreat:
		return p.tellThreat(ctx, j.Ref, j.Person)
	case access.Warn:
		return p.warn(ctx, j.Ref, j.Person)
	case access.Tell:
		return p.tellOf(ctx, j.Ref, j.Person)
	case access.Ring:
		return p.ring(ctx, j.Ref, j.Person)
	default:
		return fmt.Errorf("job %q is not the post's", j.Kind)
	}
}

// later is the error of a job that has to wait, although nothing failed.
type later struct {
	after time.Duration
	why   string
}

// Error says why and how long.
func (l later) Error() string { return l.why + ": again in " + l.after.String() }

// Snooze tells when to run the job again.
func (l later) Snooze() (time.Duration, bool) { return l.after, true }

// steer turns an error of Teams into what its job should do: nil when there is
// nothing more to try, a snooze, or the error itself, which is tried again.
func (p *Post) steer(ctx context.Context, person access.ID, err error) error {
	switch todo(err) {
	case teams.Wait:
		return later{max(waitOf(err), time.Second), "Teams asks for patience"}
	case teams.StopUntilInstalled, teams.Install:
		return p.chats.block(ctx, person, blockedRemoved)
	case teams.StopUntilWritten:
		return p.chats.block(ctx, person, blockedMuted)
	default:
		if errors.Is(err, errMuted) {
			return nil
		}
		return err
	}
}

// waitOf is how long Teams wants to be left alone.
func waitOf(err error) time.Duration {
	if e, ok := errors.AsType[*teams.Error](err); ok {
		return e.After
	}
	return 0
}

// stays tells whether Teams would answer the same call in the same way again, as
// far as one can know.
func stays(err error) bool {
	switch todo(err) {
	case teams.Fix, teams.OtherHost, teams.ReadMessage, teams.Shrink, teams.GiveUp:
		return true
	default:
		return false
	}
}

// announce sends the card of a request to somebody who may decide, or review it,
// once. Who has it already, and is to review it, is told.
func (p *Post) announce(ctx context.Context, ref access.Ref, person access.ID) error {
	r, err := p.Store.Request(ctx, ref)
	if err == nil && person == access.InPlace && r.State == access.Asked {
		return p.announceInPlace(ctx, r)
	}
	if err != nil || !waitsFor(r, person) {
		return err
	}
	switch has, err := p.hasCard(ctx, ref, person); {
	case err != nil:
		return err
	case has && r.MayReview(person) && wasAsked(r, person): // that card was for the decision
		return p.tell(ctx, person, emergencyNews(r, p.face(person, p.chats.read(ctx, person))))
	case has:
		return nil
	}
	return p.deal(ctx, access.Sight{Request: r}, person)
}

// waitsFor tells whether somebody's decision, word or review is waited for.
func waitsFor(r access.Request, person access.ID) bool {
	return r.Awaits(person) || (r.State == access.Asked && r.MayDecide(person)) || r.MayReview(person)
}

// wasAsked tells whether somebody was asked to decide.
func wasAsked(r access.Request, person access.ID) bool {
	return slices.ContainsFunc(r.Approvers, func(p access.Person) bool { return p.ID == person })
}

// hasCard tells whether somebody was sent the card of a request.
func (p *Post) hasCard(ctx context.Context, ref access.Ref, person access.ID) (bool, error) {
	cards, err := p.Store.Cards(ctx, ref)
	return slices.ContainsFunc(cards, func(c access.Card) bool { return c.Person == person }), err
}

// deal sends somebody the card of a request, and keeps it to be redrawn.
func (p *Post) deal(ctx context.Context, s access.Sight, person access.ID) error {
	r := s.Request
	chat, err := p.reach(ctx, person)
	if err != nil {
		return p.undealt(ctx, r, person, err)
	}
	m := asMessage(Draw(s, p.face(person, chat)))
	if person != r.Asker.ID {
		m.Summary, m.Alert = string(summary(r)), true
	}
	id, err := p.Connector.Send(ctx, place(chat, chat.Conversation), m)
	switch todo(err) {
	case teams.SendAnew: // the chat is gone: make another next time
		return errors.Join(err, p.chats.forget(ctx, chat))
	case teams.Install, teams.StopUntilInstalled: // removed meanwhile: the next try installs it
		return errors.Join(err, p.chats.block(ctx, person, blockedRemoved))
	default:
	}
	if err != nil {
		return p.undealt(ctx, r, person, err)
	}
	if id == "" {
		return nil
	}
	card := access.Card{Ref: r.Ref, Person: person, Conversation: chat.Conversation, Activity: id, Rev: r.Rev}
	if err := p.save(ctx, card); err != nil {
		return err
	}
	crash.At("after storing a card's id")
	return p.redraw(ctx, r.Ref) // it may have changed before the card was known
}

func (p *Post) save(ctx context.Context, c access.Card) error {
	return p.Store.Update(ctx, func(tx access.Tx) error { return tx.SaveCard(ctx, c) })
}

func (p *Post) drop(ctx context.Context, c access.Card) error {
	return p.Store.Update(ctx, func(tx access.Tx) error { return tx.DropCard(ctx, c) })
}

// notify tells somebody in a line what became of a request, if that is news to
// them. Who is to decide and has no card yet gets that instead of a reminder of it.
func (p *Post) notify(ctx context.Context, ref access.Ref, person access.ID) error {
	r, err := p.Store.Request(ctx, ref)
	if err != nil {
		return err
	}
	if person == access.InPlace {
		return p.notifyInPlace(ctx, r)
	}
	chat := p.chats.read(ctx, person)
	text := newsFor(r, p.face(person, chat))
	if text == "" {
		return nil
	}
	if person != r.Asker.ID && waitsFor(r, person) {
		if has, err := p.hasCard(ctx, ref, person); err != nil || !has {
			return errors.Join(err, p.announce(ctx, ref, person))
		}
	}
	return p.tell(ctx, person, text)
}

// tell writes somebody a line. What Teams does not take is given up: the card
// says the same, and is drawn until it does.
func (p *Post) tell(ctx context.Context, person access.ID, text plainText) error {
	chat, err := p.reach(ctx, person)
	if err == nil {
		m := teams.Message{Text: string(text), Summary: string(text), Alert: true}
		_, err = p.Connector.Send(ctx, place(chat, chat.Conversation), m)
	}
	switch {
	case err == nil:
		return nil
	case todo(err) == teams.SendAnew:
		return errors.Join(err, p.chats.forget(ctx, chat))
	case stays(err):
		p.Log.ErrorContext(ctx, "giving up on a message", slog.String("person", string(person)), slog.Any("error", err))
		return nil
	}
	return p.steer(ctx, person, err)
}
