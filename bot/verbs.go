package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// view draws a request as it is. Clients call it by themselves, so that it
// changes nothing.
func (b *Bot) view(ctx context.Context, p press) (shownCard, error) {
	s, err := b.Desk.See(ctx, p.Actor, p.claim.Ref)
	if !p.Personal && access.CodeOf(err) == access.Forbidden {
		r, err := b.Store.Request(ctx, p.claim.Ref)
		return shownCard{card: drawShared(access.Sight{Request: r})}, err
	}
	return shownCard{card: Draw(s, p.face)}, err
}

// show tells the asker what is about to happen; nothing is made yet.
func (b *Bot) show(ctx context.Context, p press) (shownCard, error) {
	s, err := b.Desk.See(ctx, p.Actor, p.claim.Ref)
	switch {
	case err != nil:
		return shownCard{}, err
	case s.Request.Asker.ID != p.Actor || s.Request.Kind != access.Pass || s.Request.State != access.Approved || s.Request.Rev != p.claim.Rev:
		return shownCard{card: drawStale(s, p.face)}, nil
	}
	return shownCard{card: drawBefore(s, p.face)}, nil
}

func (b *Bot) hide(ctx context.Context, p press) (shownCard, error) {
	s, err := b.Desk.Hide(ctx, p.Actor, p.claim)
	return shownCard{card: Draw(s, p.face)}, err
}

// deny asks why, and denies once it knows.
func (b *Bot) deny(ctx context.Context, p press) (shownCard, error) {
	why := string(clean(p.fields.text(inputWhy), reasonLength))
	if why != "" {
		r, err := b.Desk.Decide(ctx, p.Actor, p.claim, access.Answer{Reason: why})
		return b.now(ctx, p, r, err)
	}
	s, err := b.sees(ctx, p)
	switch r := s.Request; {
	case err != nil:
		return shownCard{}, err
	case r.Decision != nil && r.Decision.By.ID == p.Actor: // a press that took long has done it
		return shownCard{card: Draw(s, p.face)}, nil
	case r.State != access.Asked || r.Rev != p.claim.Rev || !r.MayDecide(p.Actor):
		return shownCard{card: drawStale(s, p.face)}, nil
	case p.fields[inputWhy] != nil:
		return shownCard{card: headed(drawDeny(s, p.face), "Say why", "in a few words; who asked will read it.")}, nil
	}
	return shownCard{card: drawDeny(s, p.face)}, nil
}

func (b *Bot) withdraw(ctx context.Context, p press) (shownCard, error) {
	r, err := b.Desk.Withdraw(ctx, p.Actor, p.claim)
	return b.now(ctx, p, r, err)
}

func (b *Bot) end(ctx context.Context, p press) (shownCard, error) {
	r, err := b.Desk.End(ctx, p.Actor, p.claim)
	return b.now(ctx, p, r, err)
}

func (b *Bot) create(ctx context.Context, p press) (shownCard, error) {
	return b.carryOut(ctx, p, false)
}

func (b *Bot) again(ctx context.Context, p press) (shownCard, error) { return b.carryOut(ctx, p, true) }

// carryOut makes the pass and shows its code, here and nowhere else.
func (b *Bot) carryOut(ctx context.Context, p press, again bool) (shownCard, error) {
	s, err := b.Desk.CarryOut(ctx, p.Actor, p.claim, again)
	switch {
	case err != nil:
		return shownCard{}, err
	case !s.Code.IsZero():
		card := drawCode(s.Sight, s.Code, p.face)
		s.Code = access.Secret{}
		return shownCard{card: card, showing: &s}, nil
	case s.Say != "":
		return shownCard{card: headed(Draw(s.Sight, p.face), "Note", s.Say)}, nil
	}
	return shownCard{card: Draw(s.Sight, p.face)}, nil
}

// now draws the request that a call returned.
func (b *Bot) now(ctx context.Context, p press, r access.Request, err error) (shownCard, error) {
	if err != nil {
		return shownCard{}, err
	}
	s, err := b.Desk.Draw(ctx, r)
	return shownCard{card: Draw(s, p.face)}, err
}

// send sends the form. What cannot be read or is refused comes back on it.
func (b *Bot) send(ctx context.Context, p press) (shownCard, error) {
	s, err := b.Desk.See(ctx, p.Actor, p.claim.Ref)
	if err != nil {
		return shownCard{}, err
	}
	w := readFormOf(s.Request, p.fields.over(s.Request), p.moment)
	if !p.fields.filled() {
		w = wish{picked: s.Request.Person.ID, terms: s.Request.Terms} // as the form was opened
	}
	person, err := b.wanted(ctx, &w, s.Request)
	if err != nil {
		return shownCard{}, err
	}
	if len(w.faults) > 0 && s.Request.State == access.Draft && s.Request.Rev == p.claim.Rev {
		return shownCard{card: Draw(corrected(s, w, person), p.face)}, nil
	}
	r, err := b.Desk.Ask(ctx, p.Actor, p.claim, person.ID, w.terms)
	if err != nil {
		return shownCard{}, err
	}
	return b.withCode(ctx, p, r, b.Desk.CallerCode(p.Actor, r))
}

// typed is the form as the person filled it in, for an answer that comes before
// the desk has taken it: nothing that was typed is lost.
func (p press) typed(s access.Sight) access.Sight {
	if p.verb != verbSend || !p.fields.filled() || s.Request.State != access.Draft || s.Request.Rev != p.claim.Rev {
		return s
	}
	s.Request.Terms = readFormOf(s.Request, p.fields.over(s.Request), p.moment).terms
	return s
}

// corrected is the form with what was typed and what is wrong with it. It is
// drawn, not stored: nothing was asked yet.
func corrected(s access.Sight, w wish, person access.Person) access.Sight {
	s.Request.Terms, s.Request.Person = w.terms, person
	kept := slices.DeleteFunc(slices.Clone(s.Request.Verdict.Findings), func(f access.Finding) bool {
		return f.Level == access.Refusal && f.Code != "pass.live"
	})
	s.Request.Verdict.Findings = slices.Concat(w.faults, kept)
	return s
}

// wanted is the person whom the form means. What the picker gave counts, unless
// something else was typed beside the person whom the form named already.
func (b *Bot) wanted(ctx context.Context, w *wish, r access.Request) (access.Person, error) {
	picked := access.Person{ID: w.picked}
	if w.picked == r.Person.ID {
		picked = r.Person
	}
	if w.typed == "" {
		return picked, nil
	}
	found, err := b.lookUp(ctx, w.typed)
	switch {
	case err != nil:
		return picked, err
	case len(found) == 0:
		w.fault("person", nobody(w.typed))
	case len(found) > 1:
		w.fault("person", "“"+clip(w.typed, 40)+"” fits several people: "+named(found)+". Write the sign-in name.")
	case w.picked != "" && w.picked != r.Person.ID && w.picked != found[0].ID:
		w.fault("person", "One person is chosen and another is written. Empty one of the two fields.")
	default:
		return found[0], nil
	}
	return picked, nil
}

// named lists people with their sign-in names, as far as they fit a finding.
func named(people []access.Person) string {
	var names []string
	for _, p := range people[:min(len(people), 3)] {
		names = append(names, clip(fullName(p), 60))
	}
	if len(people) > 3 {
		names = append(names, "and more")
	}
	return strings.Join(names, ", ")
}

// choose opens the form for the person who was chosen. The terms are those of
// the draft that the question belongs to.
func (b *Bot) choose(ctx context.Context, p press) (shownCard, error) {
	s, err := b.Desk.See(ctx, p.Actor, p.claim.Ref)
	if err != nil {
		return shownCard{}, err
	}
	if s.Request.State != access.Draft || s.Request.Asker.ID != p.Actor {
		return shownCard{card: drawStale(s, p.face)}, nil
	}
	person, err := b.chosen(ctx, p)
	if err != nil {
		return shownCard{}, err
	}
	r, err := b.Desk.Draft(ctx, p.Actor, s.Request.Kind, person, s.Request.Terms)
	if err != nil {
		return shownCard{}, err
	}
	s = access.Sight{Request: r}
	card := Draw(s, p.face)
	b.turnInto(ctx, p, s, card)
	return shownCard{card: card}, nil
}

// turnInto makes the message that asked which person is meant into the form, so
// that it is found again after the client was closed.
func (b *Bot) turnInto(ctx context.Context, p press, s access.Sight, c Card) {
	if p.ReplyTo == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if err := b.Connector.Update(ctx, p.Place, p.ReplyTo, asMessage(c)); err != nil {
		b.fault(ctx, "turning a question into a form", p.Turn, err)
		return
	}
	b.keepCard(ctx, p.Turn, showing(c, s), p.ReplyTo)
}
