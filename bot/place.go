package bot

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/crash"
	"github.com/passdesk/passdesk/internal/teams"
)

// announceInPlace posts the card of a request in its place, once.
func (p *Post) announceInPlace(ctx context.Context, r access.Request) error {
	if r.Verdict.Place == "" {
		return nil
	}
	if c, err := p.cardInPlace(ctx, r); err != nil || c.Activity != "" {
		return err
	}
	m := asMessage(drawInPlace(access.Sight{Request: r}, p.watchers(ctx, r)))
	m.Summary = string(waitsInPlace(r))
	conversation, id, err := p.Connector.Thread(ctx, teams.Place{ServiceURL: p.serviceOf(ctx, r), Conversation: r.Verdict.Place}, m)
	if err != nil {
		return p.unplaced(ctx, r, err)
	}
	if id == "" {
		return nil
	}
	card := access.Card{Ref: r.Ref, Person: access.InPlace, Conversation: conversation, Activity: id, Rev: r.Rev}
	if err := p.save(ctx, card); err != nil {
		return err
	}
	crash.At("after storing a card's id")
	return p.redraw(ctx, r.Ref) // it may have changed before the card was known
}

// cardInPlace is the card of a request that stands in its place; a zero one where
// none does. One in another place, from before the rules were changed, is none.
func (p *Post) cardInPlace(ctx context.Context, r access.Request) (access.Card, error) {
	cards, err := p.Store.Cards(ctx, r.Ref)
	for _, c := range cards {
		if c.Person == access.InPlace && channelOf(c.Conversation) == r.Verdict.Place {
			return c, err
		}
	}
	return access.Card{}, err
}

// channelOf is the channel that a conversation is a thread of.
func channelOf(conversation string) string {
	channel, _, _ := strings.Cut(conversation, ";")
	return channel
}

// serviceOf is where a request's place is served: as its asker is.
func (p *Post) serviceOf(ctx context.Context, r access.Request) string {
	if url := p.chats.read(ctx, r.Asker.ID).ServiceURL; url != "" {
		return url
	}
	return *p.chats.service.Load()
}

// watchers are the ids in Teams of those who may decide, as far as they are known:
// their clients ask by themselves for what is theirs.
func (p *Post) watchers(ctx context.Context, r access.Request) []string {
	var ids []string
	need, _, waits := r.Waiting()
	for _, one := range need.People {
		if !waits || !r.MayDecide(one.ID) || len(ids) == access.MostInPlace {
			continue
		}
		if id := p.chats.read(ctx, one.ID).Teams; id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// notifyInPlace reminds a place of a request that waits, below its card.
func (p *Post) notifyInPlace(ctx context.Context, r access.Request) error {
	if _, _, waits := r.Waiting(); !waits || r.Verdict.Place == "" {
		return nil
	}
	c, err := p.cardInPlace(ctx, r)
	if err != nil {
		return err
	}
	if c.Activity == "" {
		return p.announceInPlace(ctx, r)
	}
	text := string(waitsInPlace(r))
	_, err = p.Connector.Send(ctx, teams.Place{ServiceURL: p.serviceOf(ctx, r), Conversation: c.Conversation}, teams.Message{Text: text, Summary: text})
	if err != nil {
		return p.unplaced(ctx, r, err)
	}
	return nil
}

// unplaced decides what becomes of what a place did not take. What passes is tried
// again. Else the asker is told, and those who may decide are asked in their own
// chats, as far as they have any.
func (p *Post) unplaced(ctx context.Context, r access.Request, err error) error {
	if todo(err) == teams.Wait {
		return later{max(waitOf(err), time.Second), "Teams asks for patience"}
	}
	if !placeLost(err) {
		return err
	}
	p.Log.ErrorContext(ctx, "a channel does not take a card", slog.String("request", string(r.Ref)), slog.String("channel", r.Verdict.Place), slog.Any("error", err))
	p.tellOnce(ctx, r, access.InPlace, "Passdesk cannot write to the channel in which "+refText(r.Ref)+" is decided, so those who may decide are asked in their own chats. Tell the people who run Passdesk: it has to be added to that team, or the rule has to name another channel.")
	return p.Store.Update(ctx, func(tx access.Tx) error {
		for _, one := range r.Verdict.Approvers {
			if !r.MayDecide(one.ID) || r.AskedAlone(one.ID) {
				continue
			}
			if err := tx.Enqueue(ctx, access.Job{Kind: access.Announce, Ref: r.Ref, Person: one.ID}); err != nil {
				return err
			}
		}
		return nil
	})
}

// placeLost tells whether a place will not take anything, as far as one can know.
func placeLost(err error) bool {
	switch todo(err) {
	case teams.SendAnew, teams.Install, teams.StopUntilInstalled, teams.StopUntilWritten:
		return true
	default:
		return stays(err)
	}
}

// updateInPlace redraws the card in a request's place. Where it was deleted while
// somebody has yet to decide, it is posted anew.
func (p *Post) updateInPlace(ctx context.Context, c access.Card, s access.Sight) error {
	m := asMessage(drawInPlace(s, p.watchers(ctx, s.Request)))
	at := teams.Place{ServiceURL: p.serviceOf(ctx, s.Request), Conversation: c.Conversation}
	err := p.Connector.UpdateWhile(ctx, at, c.Activity, m, p.unchanged(s.Request))
	switch {
	case err == nil:
		crash.At("before storing a card's revision")
		return p.drew(ctx, c, s.Request.Rev)
	case errors.Is(err, errChanged):
		return nil
	case todo(err) == teams.SendAnew:
		if err := p.drop(ctx, c); err != nil || s.Request.State != access.Asked {
			return err
		}
		return p.announceInPlace(ctx, s.Request)
	case placeLost(err):
		if s.Request.State != access.Asked {
			return nil
		}
	}
	return p.unplaced(ctx, s.Request, err)
}

// waitsInPlace says in a place, where anybody may read it, that a request waits.
func waitsInPlace(r access.Request) plainText {
	return refText(r.Ref) + " waits for a decision. Who may decide presses Look on its card."
}

// drawInPlace draws the card that everybody sees in a request's place: reference,
// kind and state, and a way to see more for those who may decide. Clients of
// watchers go it by themselves.
func drawInPlace(s Sight, watchers []string) Card {
	r := s.Request
	c := newCard(
		"Request "+refText(r.Ref)+": "+plainText(stateOf(r)),
		heading("Request "+ownText(refText(r.Ref)), ""),
		row("For", ours(kindName(r.Kind))),
		row("State", ours(stateOf(r))),
	)
	if r.State != access.Asked {
		return c
	}
	look := button("Look", verbView, r)
	c.Refresh = &refresh{Action: look, UserIDs: watchers}
	return c.add(paragraph(faint("Who may decide presses Look. What it is about is shown to nobody else."))).with(look)
}

// inPlace leaves of a card that one person sees in a shared place the buttons that
// may be pressed there.
func inPlace(c Card) Card {
	all := len(c.Actions)
	c.Actions = slices.DeleteFunc(slices.Clone(c.Actions), func(b execute) bool { return !decides(b.Verb) && b.Verb != verbView })
	if len(c.Actions) == 0 && all > 0 {
		c = c.add(paragraph(faint("For anything else write requests in your own chat with Passdesk.")))
	}
	return c
}

// decides tells whether a verb is one of those that may be pressed in a place.
func decides(verb string) bool { return verb == verbApprove || verb == verbDeny }

// inItsPlace tells whether a button is pressed where its request is decided.
// What is pressed and where is the client's word; it opens nothing by itself.
func (b *Bot) inItsPlace(ctx context.Context, p press) bool {
	if p.Personal || (!decides(p.verb) && p.verb != verbView) {
		return false
	}
	r, err := b.Store.Request(ctx, p.claim.Ref)
	return err == nil && r.DecidedIn(channelOf(p.Place.Conversation))
}

// pressedInPlace does what a button does in its request's place, for the eyes of
// who presses it alone. Whether they may is looked up uncached.
func (b *Bot) pressedInPlace(ctx context.Context, p press, v verb) (shownCard, error) {
	if p.verb == verbView {
		v.do = (*Bot).look
	}
	c, err := b.window.do(ctx, b.patience-time.Since(p.begun), p.click(), func(ctx context.Context) (shownCard, error) { return v.do(b, ctx, p) })
	if err != nil {
		b.fault(ctx, "pressing "+p.verb+" in a channel", p.Turn, err)
		c = shownCard{card: b.insteadInPlace(ctx, p, err)}
	}
	c.card = inPlace(c.card)
	return c, nil
}

// look draws a request for somebody who looks at it in its place: for who may
// decide all that they need to, for everybody else what everybody sees.
func (b *Bot) look(ctx context.Context, p press) (shownCard, error) {
	s, err := b.sees(ctx, p)
	if access.CodeOf(err) != access.Forbidden {
		return shownCard{card: Draw(s, p.face)}, err
	}
	r, failed := b.Store.Request(ctx, p.claim.Ref)
	if failed != nil {
		return shownCard{}, failed
	}
	c := drawInPlace(access.Sight{Request: r}, nil)
	c.Refresh = nil
	if r.State == access.Asked && p.manual {
		c = headed(c, "Not yours", access.Say(err))
	}
	return shownCard{card: c}, nil
}

// sees is the request of a button as its presser may see it where they are.
func (b *Bot) sees(ctx context.Context, p press) (access.Sight, error) {
	if p.Personal {
		return b.Desk.See(ctx, p.Actor, p.claim.Ref)
	}
	return b.Desk.SeeInPlace(ctx, p.Actor, p.claim.Ref, channelOf(p.Place.Conversation))
}

// insteadInPlace is the card that follows a press in a place that did not do what
// it says. It tells nothing of the request that the answer does not.
func (b *Bot) insteadInPlace(ctx context.Context, p press, err error) Card {
	switch {
	case errors.Is(err, errPending):
		return drawUnmet(p, b.busy())
	case errors.Is(err, errBusy):
		return drawBlind(p, err)
	}
	say := drawSorry(sorry(err), access.Say(err), nil, p.face)
	r, unread := b.Store.Request(ctx, p.claim.Ref)
	if unread != nil {
		return say
	}
	if access.CodeOf(err) == access.Stale {
		say = headed(drawInPlace(access.Sight{Request: r}, nil), "Changed meanwhile", "nothing was done. This is how it stands now.")
		say.Refresh = nil
		return say
	}
	if r.State == access.Asked {
		say = say.with(button("Back", verbView, r))
	}
	return say
}
