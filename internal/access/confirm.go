package access

import (
	"context"
	"time"

	"github.com/passdesk/passdesk/internal/audit"
)

// Confirmation is that the person was asked in their own chat whether it was them
// who asked, and said yes. That they said no is Request.Disowned.
type Confirmation struct {
	Asked time.Time `json:"asked"`
	At    time.Time `json:"at,omitzero"` // when they said yes; zero: not yet
}

// Asks tells whether id is the person of the request, and was asked whether it was
// them who asked.
func (r Request) Asks(id ID) bool { return id != "" && id == r.Person.ID && r.Confirmation != nil }

// Awaits tells whether the request waits for the answer of id, its person.
func (r Request) Awaits(id ID) bool {
	return r.State == Asked && r.Asks(id) && r.Confirmation.At.IsZero()
}

// askPerson asks the person whether it was them who asked; not again while what
// they said is good.
func (d *Desk) askPerson(ctx context.Context, next *Request, tx Tx) error {
	job := Job{Kind: Announce, Ref: next.Ref, Person: next.Person.ID}
	if c := next.Confirmation; c != nil {
		if c.At.IsZero() || next.Changed.Sub(c.At) < d.Settings.proofLasts() {
			return nil
		}
		job.Kind = Notify // they have the card already
	}
	next.Confirmation = &Confirmation{Asked: next.Changed}
	return tx.Enqueue(ctx, job)
}

// Confirm is the person's answer whether it was them who asked. A no is Disown, and
// counts whatever the card showed. Forbidden for anybody else, Stale for a question
// that does not wait any more.
func (d *Desk) Confirm(ctx context.Context, actor ID, c Claim, yes bool) (Request, error) {
	click := Click{actor, c.Ref, c.Rev, "confirm"}
	r, err := d.Store.Request(ctx, c.Ref)
	if err != nil {
		return Request{}, err
	}
	if !r.Asks(actor) {
		return Request{}, d.refused(ctx, click, r, Fail(Forbidden, "There is nothing here for you to answer."))
	}
	if !yes {
		return d.Disown(ctx, actor, c.Ref)
	}
	if !r.Awaits(actor) || r.over(d.now()) || r.Rev != c.Rev {
		return d.stale(ctx, click, r)
	}
	if _, err := d.actorNow(ctx, actor); err != nil {
		return r, err
	}
	return d.act(ctx, click, r, func(next *Request, tx Tx) error {
		next.Confirmation = &Confirmation{Asked: r.Confirmation.Asked, At: next.Changed}
		tx.Record(d.entry(actor, "confirm", audit.Done, *next))
		return d.tellDeciders(ctx, *next, tx)
	})
}

// tellDeciders tells those who may decide that nothing keeps them any more.
func (d *Desk) tellDeciders(ctx context.Context, r Request, tx Tx) error {
	for _, j := range r.reminders() {
		if err := tx.Enqueue(ctx, j); err != nil {
			return err
		}
	}
	return nil
}
