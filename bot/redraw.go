package bot

import (
	"context"
	"errors"
	"time"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/crash"
	"github.com/passdesk/passdesk/internal/teams"
)

// redrawRounds bounds how often one job follows a request that changes while
// its cards are drawn; the job of the last change does the rest.
const redrawRounds = 5

// redraw brings every card of a request up to date. After a round it looks
// whether the request has changed meanwhile: else a slow update could leave an
// old state on a card that a quicker one had already passed.
func (p *Post) redraw(ctx context.Context, ref access.Ref) error {
	for range redrawRounds {
		s, err := p.look(ctx, ref)
		if err != nil {
			return err
		}
		if err := p.round(ctx, s); err != nil {
			return err
		}
		now, err := p.Store.Request(ctx, ref)
		if err != nil || now.Rev == s.Request.Rev {
			return err
		}
	}
	return later{time.Second, "the request keeps changing"}
}

// look reads a request with all that is needed to draw it.
func (p *Post) look(ctx context.Context, ref access.Ref) (access.Sight, error) {
	r, err := p.Store.Request(ctx, ref)
	if err != nil {
		return access.Sight{}, err
	}
	s := access.Sight{Request: r}
	s.Reveal, err = p.Store.Reveal(ctx, ref)
	if access.CodeOf(err) == access.NotFound {
		return s, nil
	}
	if err == nil {
		s.Shown, err = p.Store.Answered(ctx, ref)
	}
	return s, err
}

// round redraws once every card that shows an older revision. One that cannot be
// redrawn now keeps no other waiting.
func (p *Post) round(ctx context.Context, s access.Sight) error {
	cards, err := p.Store.Cards(ctx, s.Request.Ref)
	if err != nil {
		return err
	}
	wait := onScreen(s, p.Now())
	var faults []error
	for _, c := range cards {
		switch {
		case c.Rev >= s.Request.Rev:
		case c.Person == s.Request.Asker.ID && wait > 0:
			faults = append(faults, later{wait, "a code is on the screen"})
		default:
			faults = append(faults, p.update(ctx, c, s))
		}
	}
	return foremost(faults)
}

// onScreen is how long a code may still be on the asker's screen: an update
// would take it away. One that is being made counts as well, because its answer
// may be on the way.
func onScreen(s access.Sight, now time.Time) time.Duration {
	v := s.Reveal
	if x := s.Request.Challenge; x != nil && !x.Shown.IsZero() {
		return x.Shown.Add(access.ScreenLasts).Sub(now)
	}
	if !v.Hidden.IsZero() {
		return 0
	}
	switch v.State {
	case access.Made, access.Answered:
		return v.Made.Add(access.ScreenLasts).Sub(now)
	case access.Claimed:
		return v.Claimed.Add(access.ScreenLasts).Sub(now)
	default:
		return 0
	}
}

// foremost is the error that decides when the job runs again: failures, if there
// are any, else the shortest snooze. A failure must not sleep as long as a snooze.
func foremost(faults []error) error {
	var failed []error
	var soonest *later
	for _, err := range faults {
		if l, ok := errors.AsType[later](err); !ok {
			failed = append(failed, err)
		} else if soonest == nil || l.after < soonest.after {
			soonest = &l
		}
	}
	if err := errors.Join(failed...); err != nil || soonest == nil {
		return err
	}
	return *soonest
}

// update redraws one card. Where its message is gone, it is forgotten;
// somebody who has yet to act gets a new one. What Teams does not take is tried again:
// an update does no harm, and a card must not go on telling what is past. What has
// changed before Teams took it is left to the next round.
func (p *Post) update(ctx context.Context, c access.Card, s access.Sight) error {
	if c.Person == access.InPlace {
		return p.updateInPlace(ctx, c, s)
	}
	chat := p.chats.read(ctx, c.Person)
	if chat.Blocked != "" || chat.ServiceURL == "" {
		return nil
	}
	m := asMessage(Draw(s, p.face(c.Person, chat)))
	err := p.Connector.UpdateWhile(ctx, place(chat, c.Conversation), c.Activity, m, p.unchanged(s.Request))
	if errors.Is(err, errChanged) {
		return nil
	}
	if todo(err) == teams.SendAnew {
		if err := p.drop(ctx, c); err != nil {
			return err
		}
		if !acts(s.Request, c.Person) {
			return nil
		}
		return p.deal(ctx, s, c.Person)
	}
	if err != nil {
		return p.steer(ctx, c.Person, err)
	}
	crash.At("before storing a card's revision")
	return p.drew(ctx, c, s.Request.Rev)
}

// errChanged is why a picture of a request is not sent any more.
var errChanged = errors.New("the request has changed since its card was drawn")

// unchanged tells whether a request is still as it was drawn. An update can wait
// and be repeated for seconds: if its asker has pressed Create and show meanwhile,
// it would take the code off the screen. Claiming a pass changes the revision
// before Entra is asked for the code.
func (p *Post) unchanged(drawn access.Request) func(context.Context) error {
	return func(ctx context.Context) error {
		now, err := p.Store.Request(ctx, drawn.Ref)
		if err == nil && now.Rev != drawn.Rev {
			return errChanged
		}
		return err
	}
}

// errOvertaken is why a card has to be drawn again: two were at it, and nobody
// can tell which of them Teams heard last.
var errOvertaken = errors.New("another revision of the card was drawn at the same time")

// drew notes which revision a card shows, unless another was noted meanwhile.
func (p *Post) drew(ctx context.Context, c access.Card, rev int) error {
	from := c.Rev
	c.Rev = rev
	return p.Store.Update(ctx, func(tx access.Tx) error {
		err := tx.MoveCard(ctx, from, c)
		if access.CodeOf(err) != access.Stale {
			return err
		}
		cards, err := tx.Cards(ctx, c.Ref)
		for _, now := range cards {
			if now.Person == c.Person && now.Conversation == c.Conversation && now.Activity == c.Activity && now.Rev != rev {
				return errOvertaken
			}
		}
		return err
	})
}

// drawAnew draws every card of a request, whatever it is said to show. A job that
// was begun before may have drawn over what another has drawn, and died before
// it found out.
func (p *Post) drawAnew(ctx context.Context, ref access.Ref) error {
	err := p.Store.Update(ctx, func(tx access.Tx) error {
		cards, err := tx.Cards(ctx, ref)
		for _, c := range cards {
			c.Rev = 0
			err = errors.Join(err, tx.SaveCard(ctx, c))
		}
		return err
	})
	if err != nil {
		return err
	}
	return p.redraw(ctx, ref)
}

// acts tells whether the next step may be a person's, who needs a card for it.
func acts(r access.Request, person access.ID) bool {
	if person == r.Asker.ID {
		return !r.State.Closed()
	}
	return waitsFor(r, person)
}
