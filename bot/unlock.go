package bot

import (
	"context"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/teams"
)

// verbUnlock is the button that says which of several people is to be unlocked.
const verbUnlock = "unlock"

// unlock lifts the lock of a person.
func (b *Bot) unlock(ctx context.Context, t Turn, from teams.Place, s said) (answer, error) {
	if !b.Desk.MayUnlock(t.Member) { // the desk refuses and records it; nobody is looked up
		if _, err := b.Desk.Unlock(ctx, t.Actor, access.Person{}); err != nil {
			return answer{}, err
		}
	}
	person, asks, ok, err := b.whom(ctx, t, from, s.person, verbUnlock)
	if !ok {
		return asks, err
	}
	if _, err := b.Desk.Unlock(ctx, t.Actor, person); err != nil {
		return answer{}, err
	}
	return line(unlocked(person)), nil
}

// chooseUnlock lifts the lock of the person who was chosen.
func (b *Bot) chooseUnlock(ctx context.Context, p press) (shownCard, error) {
	person, err := b.chosen(ctx, p)
	if err != nil {
		return shownCard{}, err
	}
	if _, err := b.Desk.Unlock(ctx, p.Actor, person); err != nil {
		return shownCard{}, err
	}
	return shownCard{card: newCard(plainText("Unlocked"), heading("Unlocked", "good"), paragraph(theirs(unlocked(person), sayLength)))}, nil
}

func unlocked(p access.Person) string {
	return string(plain(shortName(p))) + " is not locked any more. That is recorded, and security is told."
}
