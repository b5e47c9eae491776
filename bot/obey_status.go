package bot

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/teams"
)

// status tells how somebody stands, or several people in a line each.
func (b *Bot) status(ctx context.Context, t Turn, from teams.Place, s said) (answer, error) {
	if len(s.people) > access.MostTogether {
		return answer{}, access.Fail(access.Invalid, "That are %d people. Entra lets me look at %d at a time.", len(s.people), access.MostTogether)
	}
	var people []access.Person
	for _, words := range s.people {
		if exact(words) { // no need to search
			people = append(people, access.Person{ID: access.NewID(words), UPN: words})
			continue
		}
		person, asks, ok, err := b.whom(ctx, t, from, words, verbStatus)
		if !ok {
			return asks, err
		}
		people = append(people, person)
	}
	if len(people) == 1 {
		c, err := b.statusOf(ctx, t, people[0])
		return answer{message: asMessage(c)}, err
	}
	all, err := b.Desk.Statuses(ctx, t.Actor, people)
	if err != nil {
		return answer{}, err
	}
	return answer{message: asMessage(drawStatuses(all, b.face(t)))}, nil
}

// exact tells whether words are an object id or a sign-in name, by which Entra
// knows one person without a search.
func exact(words string) bool {
	id := uuid.Validate(words) == nil && len(words) == len(uuid.Nil.String())
	return id || strings.Count(words, "@") == 1 && !strings.ContainsAny(words, " <>") && len(words) <= upnLength
}

func (b *Bot) statusOf(ctx context.Context, t Turn, person access.Person) (Card, error) {
	s, err := b.Desk.Status(ctx, t.Actor, person)
	if err != nil {
		return Card{}, err
	}
	return drawStatus(s, b.Desk.MayAsk(t.Member), b.face(t)), nil
}

// chooseStatus draws the card of the person who was chosen.
func (b *Bot) chooseStatus(ctx context.Context, p press) (shownCard, error) {
	person, err := b.chosen(ctx, p)
	if err != nil {
		return shownCard{}, err
	}
	c, err := b.statusOf(ctx, p.Turn, person)
	return shownCard{card: c}, err
}

// retry opens the form of a pass as it was asked for before.
func (b *Bot) retry(ctx context.Context, p press) (shownCard, error) {
	s, err := b.Desk.See(ctx, p.Actor, p.claim.Ref)
	if err != nil {
		return shownCard{}, err
	}
	terms := s.Request.Terms
	terms.Start, terms.Replace = time.Time{}, false
	r, err := b.Desk.Draft(ctx, p.Actor, access.Pass, s.Request.Person, terms)
	if err != nil {
		return shownCard{}, err
	}
	return b.opened(ctx, p, r, drawOpened(button("Back", verbView, s.Request))), nil
}
