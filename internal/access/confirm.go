package access

import (
	"context"
	"time"

	"github.com/passdesk/passdesk/internal/audit"
)

// Confirmation is what the person was asked in their own chat, and has said.
type Confirmation struct {
	Asked time.Time `json:"asked"`
	At    time.Time `json:"at,omitzero"` // when they answered; zero: not yet
	Yes   bool      `json:"yes,omitempty"`
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

// Confirm is the person's answer whether it was them who asked. A no closes the
// request and alarms security, whatever the card showed. Forbidden for anybody
// else, Stale for a question that does not wait any more.
func (d *Desk) Confirm(ctx context.Context, actor ID, c Claim, yes bool) (Request, error) {
	click := Click{actor, c.Ref, c.Rev, map[bool]string{true: "confirm", false: "disown"}[yes]}
	r, err := d.Store.Request(ctx, c.Ref)
	if err != nil {
		return Request{}, err
	}
	if !r.Asks(actor) {
		return Request{}, d.refused(ctx, click, r, Fail(Forbidden, "There is nothing here for you to answer."))
	}
	if !r.Awaits(actor) || r.over(d.now()) || (yes && r.Rev != c.Rev) {
		return d.stale(ctx, click, r)
	}
	m, err := d.actorNow(ctx, actor)
	if err != nil {
		return r, err
	}
	return d.act(ctx, click, r, func(next *Request, tx Tx) error {
		next.Confirmation = &Confirmation{Asked: r.Confirmation.Asked, At: next.Changed, Yes: yes}
		if !yes {
			return d.alarm(ctx, next, tx, Decision{By: m.Person, At: next.Changed, Reason: "It was not me who asked."})
		}
		tx.Record(d.entry(actor, click.Verb, audit.Done, *next))
		return d.tellDeciders(ctx, *next, tx)
	})
}

// tellDeciders tells those who may decide that nothing keeps them any more.
func (d *Desk) tellDeciders(ctx context.Context, r Request, tx Tx) error {
	for _, p := range r.Approvers {
		if !r.MayDecide(p.ID) {
			continue
		}
		if err := tx.Enqueue(ctx, Job{Kind: Notify, Ref: r.Ref, Person: p.ID}); err != nil {
			return err
		}
	}
	return nil
}

// alarm denies a request that somebody else than its person seems to be behind, and
// tells security.
func (d *Desk) alarm(ctx context.Context, next *Request, tx Tx, no Decision) error {
	if err := d.decide(ctx, next, tx, no); err != nil {
		return err
	}
	next.Alarm = no.Reason
	return tx.Enqueue(ctx, Job{Kind: Alarm, Ref: next.Ref})
}

// Alarm tells everybody of security of a request that was closed because of an
// alarm, once. Unavailable when Entra does not tell who they are.
func (d *Desk) Alarm(ctx context.Context, ref Ref) error {
	r, err := d.Store.Request(ctx, ref)
	if err != nil || r.Alarm == "" {
		return err
	}
	told, err := d.guards(ctx)
	if err != nil {
		return err
	}
	d.Log.WarnContext(ctx, "security is told of a request", "request", r.Ref, "told", len(told))
	return d.Store.Update(ctx, func(tx Tx) error {
		first, err := tx.First(ctx, self(r, "alarm"))
		if err != nil || !first {
			return err
		}
		for _, p := range told {
			if err := tx.Enqueue(ctx, Job{Kind: Notify, Ref: ref, Person: p.ID}); err != nil {
				return err
			}
		}
		return nil
	})
}
