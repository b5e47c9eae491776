package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/teams"
)

// exclude opens the form of an exclusion, filled in. A policy that is not clear
// is left for the form to choose.
func (b *Bot) exclude(ctx context.Context, t Turn, from teams.Place, s said) (answer, error) {
	if b.Desk.MayDraft(t.Member, s.terms) && s.policy != "" {
		found, err := b.Desk.FindPolicy(ctx, s.policy)
		switch {
		case err != nil:
			return answer{}, err
		case len(found) == 0:
			return b.noPolicy(ctx, s.policy)
		case len(found) == 1:
			s.terms.Policy = found[0]
		}
	}
	return b.askFor(ctx, t, from, access.Exclusion, s)
}

// noPolicy says which policies there are.
func (b *Bot) noPolicy(ctx context.Context, words string) (answer, error) {
	all, err := b.Desk.FindPolicy(ctx, "")
	if err != nil {
		return answer{}, err
	}
	if len(all) == 0 {
		return line("Nobody can be excluded here: Passdesk may relax no policy."), nil
	}
	names := make([]string, 0, len(all))
	for _, p := range all {
		names = append(names, "“"+string(plain(clip(p.Name, nameLength)))+"”")
	}
	return line("I know no policy called “" + string(plain(clip(words, nameLength))) + "”. Passdesk may relax " + strings.Join(names, ", ") + "."), nil
}

// policy tells who is excluded from a policy.
func (b *Bot) policy(ctx context.Context, t Turn, s said) (answer, error) {
	found, err := b.Desk.FindPolicy(ctx, s.policy)
	switch {
	case err != nil:
		return answer{}, err
	case len(found) == 0:
		return b.noPolicy(ctx, s.policy)
	case len(found) > 1:
		return answer{message: asMessage(drawChoosePolicy(found))}, nil
	}
	c, err := b.policyCard(ctx, t, found[0].ID)
	return answer{message: asMessage(c)}, err
}

func (b *Bot) policyCard(ctx context.Context, t Turn, policy access.ID) (Card, error) {
	l, err := b.Desk.Ledger(ctx, t.Actor, policy)
	if err != nil {
		return Card{}, err
	}
	return drawLedger(l, b.face(t)), nil
}

func (b *Bot) choosePolicy(ctx context.Context, p press) (shownCard, error) {
	c, err := b.policyCard(ctx, p.Turn, access.NewID(p.fields.text(inputPolicy)))
	return shownCard{card: c}, err
}

// excludeThis opens the form for the person and the policy of a button.
func (b *Bot) excludeThis(ctx context.Context, p press) (shownCard, error) {
	person, err := b.chosen(ctx, p)
	if err != nil {
		return shownCard{}, err
	}
	t := access.Terms{Minutes: usualExclusion, Platform: usualPlatform}
	if platform := p.fields.text(inputPlatform); slices.Contains(access.Platforms(), platform) {
		t.Platform = platform
	}
	t.Register = p.fields.text(inputRegister) == "true"
	found, err := b.Desk.FindPolicy(ctx, p.fields.text(inputPolicy))
	if err != nil {
		return shownCard{}, err
	}
	if len(found) == 1 {
		t.Policy = found[0]
	}
	r, err := b.Desk.Draft(ctx, p.Actor, access.Exclusion, person, t)
	if err != nil {
		return shownCard{}, err
	}
	return b.opened(ctx, p, r, drawOpened(p.back(person))), nil
}

// extend opens the form that goes on with an exclusion.
func (b *Bot) extend(ctx context.Context, p press) (shownCard, error) {
	r, err := b.Desk.Extend(ctx, p.Actor, p.claim)
	if err != nil {
		return shownCard{}, err
	}
	return b.opened(ctx, p, r, drawOpened(button("Back", verbView, access.Request{Ref: p.claim.Ref, Rev: p.claim.Rev}))), nil
}

// formLimit bounds the sending of a form beside the answer to a press.
const formLimit = 2 * time.Second

// opened sends a new form as a message of its own, where it is found again and
// redrawn: the message of the button shows something else. instead is what stands
// there meanwhile. Where Teams does not take the form, it is the answer itself.
func (b *Bot) opened(ctx context.Context, p press, r access.Request, instead Card) shownCard {
	s := access.Sight{Request: r}
	form := Draw(s, p.face)
	ctx, cancel := context.WithTimeout(ctx, formLimit)
	defer cancel()
	id, err := b.Connector.Send(ctx, p.Place, asMessage(form))
	if err != nil {
		b.fault(ctx, "sending a form", p.Turn, err)
		return shownCard{card: form}
	}
	b.keepCard(ctx, p.Turn, showing(form, s), id)
	return shownCard{card: instead}
}

// chosen is the person whom a button names.
func (b *Bot) chosen(ctx context.Context, p press) (access.Person, error) {
	found, err := b.lookUp(ctx, p.fields.text(inputPerson))
	if err == nil && len(found) != 1 {
		err = access.Fail(access.NotFound, "This person is not there any more. Ask again.")
	}
	if err != nil {
		return access.Person{}, err
	}
	return found[0], nil
}
