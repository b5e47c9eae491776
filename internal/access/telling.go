package access

import (
	"context"
	"slices"
	"time"
)

// Disowning is that somebody said of a request: this was not me.
type Disowning struct {
	By Person    `json:"by"`
	At time.Time `json:"at"`
	// Revoked is when the person's sessions were revoked because of it; zero as
	// long as they were not, or nothing had been given.
	Revoked time.Time `json:"revoked,omitzero"`
}

// tellOf tells the person and their manager of what has just come into force, each
// once: it may come into force anew. Whoever asked for it or decided about it knows.
func (d *Desk) tellOf(ctx context.Context, tx Tx, next *Request, s Subject) error {
	told := []Person{next.Person}
	if m := s.Manager; m != nil && m.MayAct() {
		told = append(told, m.Person)
	}
	for _, p := range told {
		if p.ID == next.Asker.ID || next.decidedBy(p.ID) || isOne(next.Told, p.ID) {
			continue
		}
		next.Told = append(slices.Clone(next.Told), p)
		if err := tx.Enqueue(ctx, Job{Kind: Tell, Ref: next.Ref, Person: p.ID}); err != nil {
			return err
		}
	}
	return nil
}

// decidedBy tells whether id has said yes or no.
func (r Request) decidedBy(id ID) bool {
	return slices.ContainsFunc(r.Decisions, func(x Decision) bool { return x.By.ID == id }) || (r.Decision != nil && r.Decision.By.ID == id)
}

// TellsOf tells whether id was told of what came into force.
func (r Request) TellsOf(id ID) bool { return isOne(r.Told, id) }

// MayDisown tells whether id may say of the request that it was not them: whom it
// is for, once it was sent, and the manager who was told.
func (r Request) MayDisown(id ID) bool {
	return id != "" && r.State != Draft && (r.Person.ID == id || r.TellsOf(id))
}

// Gave tells whether something was given, or perhaps is being given.
func (r Request) Gave() bool {
	return r.State == CarryingOut || r.State == InForce || r.State == Ending || r.State == Ended
}
