package bot

import (
	"context"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/teams"
)

// why tells why somebody's sign-ins failed.
func (b *Bot) why(ctx context.Context, t Turn, from teams.Place, s said) (answer, error) {
	if err := b.mayWhy(ctx, t); err != nil {
		return answer{}, err
	}
	person, asks, ok, err := b.whom(ctx, t, from, s.person, verbWhy)
	if !ok {
		return asks, err
	}
	c, err := b.whyOf(ctx, t, person)
	return answer{message: asMessage(c)}, err
}

// mayWhy lets the desk refuse, and record, somebody who may not know. Nobody is
// looked up for them.
func (b *Bot) mayWhy(ctx context.Context, t Turn) error {
	if b.Desk.MayLook(t.Member) {
		return nil
	}
	_, err := b.Desk.Why(ctx, t.Actor, access.Person{})
	return err
}

func (b *Bot) whyOf(ctx context.Context, t Turn, person access.Person) (Card, error) {
	w, err := b.Desk.Why(ctx, t.Actor, person)
	if err != nil {
		return Card{}, err
	}
	return drawWhy(w, b.Desk.MayAsk(t.Member), b.face(t)), nil
}

// chooseWhy draws the card of the person who was chosen.
func (b *Bot) chooseWhy(ctx context.Context, p press) (shownCard, error) {
	if err := b.mayWhy(ctx, p.Turn); err != nil {
		return shownCard{}, err
	}
	person, err := b.chosen(ctx, p)
	if err != nil {
		return shownCard{}, err
	}
	c, err := b.whyOf(ctx, p.Turn, person)
	return shownCard{card: c}, err
}

// passFor opens the form of a pass for the person of a button.
func (b *Bot) passFor(ctx context.Context, p press) (shownCard, error) {
	person, err := b.chosen(ctx, p)
	if err != nil {
		return shownCard{}, err
	}
	r, err := b.Desk.Draft(ctx, p.Actor, access.Pass, person, access.Terms{Minutes: usualMinutes, Once: true})
	if err != nil {
		return shownCard{}, err
	}
	return b.opened(ctx, p, r, drawOpened(p.back(person))), nil
}

// back is the button that leads from an opened form to the card about a person on
// which it was opened.
func (p press) back(person access.Person) execute {
	verb := verbStatus
	if from := p.fields.text(inputFrom); from == verbWhy || from == verbGuide {
		verb = from
	}
	return execute{Title: "Back", Verb: verb, Extra: map[string]any{inputPerson: person.ID}}
}
