package access

import (
	"context"
	"errors"
	"time"

	"github.com/passdesk/passdesk/internal/audit"
)

// sweepSize is how many overdue requests are taken up at a time.
const sweepSize = 100

// Sweep does what is overdue without waiting for any job's turn: at the start,
// every minute, and whenever the clock was moved. A request that cannot be helped
// now does not keep the others waiting.
func (d *Desk) Sweep(ctx context.Context) error {
	faults := []error{d.recordOwed(ctx), d.recordDisowned(ctx)}
	overdue, err := d.Store.Requests(ctx, Filter{DueBy: d.now(), Limit: sweepSize})
	if err != nil {
		return err
	}
	for _, r := range overdue {
		if err := d.Due(ctx, r.Ref); err != nil {
			faults = append(faults, err)
		}
	}
	return errors.Join(faults...)
}

// Due does what a request's time has come for: remind, lapse, settle or end.
// Run early, late or twice, it does no harm.
func (d *Desk) Due(ctx context.Context, ref Ref) error {
	r, err := d.Store.Request(ctx, ref)
	if err != nil {
		return err
	}
	now := d.now()
	if r.reviewDue(now) {
		if r, err = d.remindReview(ctx, r); err != nil {
			return err
		}
	}
	if r.Due.IsZero() || now.Before(r.Due) {
		return d.dueBefore(ctx, r, now)
	}
	if r.Kind == Exclusion {
		return d.dueExclusion(ctx, r)
	}
	switch r.State {
	case Draft, Asked, Approved:
		return d.lapse(ctx, r)
	case CarryingOut:
		return d.settle(ctx, r)
	case InForce:
		return d.expire(ctx, r)
	case Ending:
		_, err := d.finish(ctx, r)
		return err
	default:
		return nil
	}
}

// dueBefore does what comes before a request's time is over.
func (d *Desk) dueBefore(ctx context.Context, r Request, now time.Time) error {
	switch {
	case !r.Escalate.IsZero() && !now.Before(r.Escalate):
		return d.escalate(ctx, r)
	case !r.Remind.IsZero() && !now.Before(r.Remind):
		return d.remind(ctx, r)
	}
	return nil
}

func (d *Desk) dueExclusion(ctx context.Context, r Request) error {
	switch r.State {
	case Draft, Asked:
		return d.lapse(ctx, r)
	case Approved, CarryingOut:
		if r.GivenUp {
			return d.letGo(ctx, r)
		}
		return d.begin(ctx, r)
	case InForce:
		return d.expire(ctx, r)
	case Ending:
		return d.letGo(ctx, r)
	default:
		return nil
	}
}

// self is the click of Passdesk itself, so that what falls due is done once.
func self(r Request, verb string) Click { return Click{Passdesk, r.Ref, r.Rev, verb} }

func (d *Desk) lapse(ctx context.Context, r Request) error {
	_, err := d.act(ctx, self(r, "lapse"), r, func(next *Request, tx Tx) error {
		next.close(Lapsed, Person{ID: Passdesk}, d.Settings.lapsedBecause(r))
		if r.State == Draft {
			return nil
		}
		tx.Record(d.entry(Passdesk, "lapse", audit.Done, *next))
		return tx.Enqueue(ctx, Job{Kind: Notify, Ref: next.Ref, Person: next.Asker.ID})
	})
	return unlessStale(err)
}

func (s Settings) lapsedBecause(r Request) string {
	switch {
	case r.State == Approved && r.Kind == Exclusion:
		return "It could not be carried out within an hour."
	case r.State == Approved:
		return s.unused(r)
	case r.Awaits(r.Person.ID):
		return r.Person.Name + " has not said that they asked for it."
	}
	return "Nobody decided in time."
}

// unused says for how long an approval of a pass could be used.
func (s Settings) unused(r Request) string {
	if s.stale(r.Decisions, r.Due) {
		return "The proof of the caller is good for " + inWords(s.proofLasts()) + ", and the pass was not made in that time."
	}
	return "The approval was not used within an hour."
}

// settle closes a request whose pass was being made and that nobody took up
// again. What may have been made is deleted first, so that no pass is left that
// nobody knows of.
func (d *Desk) settle(ctx context.Context, r Request) error {
	s, err := d.sight(ctx, r)
	if err != nil {
		return err
	}
	passes, err := d.Directory.Passes(ctx, r.Person.ID)
	if err != nil {
		return err
	}
	if err := d.clear(ctx, r.Person.ID, passes, func(p LivePass) bool { return isOurs(p, s) }); err != nil {
		return err
	}
	next := r
	next.Rev++
	next.Changed = d.now()
	return unlessStale(d.Store.Update(ctx, func(tx Tx) error {
		if v := s.Reveal; v.State == Claimed || v.State == Lost {
			from := v.State
			v.State = Dropped
			if err := tx.Advance(ctx, from, v); err != nil {
				return err
			}
		}
		return d.move(ctx, tx, CarryingOut, &next, func(next *Request, tx Tx) error {
			next.close(Failed, Person{ID: Passdesk}, "The pass was never made, or never seen. Nothing is left of it; ask again.")
			tx.Record(d.entry(Passdesk, "issue pass", audit.Failed, *next))
			return tx.Enqueue(ctx, Job{Kind: Notify, Ref: next.Ref, Person: next.Asker.ID})
		})
	}))
}

func (d *Desk) expire(ctx context.Context, r Request) error {
	over := owed{Person{ID: Passdesk}, "its time was over"}
	ending, err := d.act(ctx, self(r, "end"), r, func(next *Request, tx Tx) error {
		return d.beginEnd(ctx, next, tx, over.by, over.why)
	})
	switch CodeOf(err) {
	case "":
	case Stale: // somebody else was first
		return nil
	default:
		return d.endUnrecorded(ctx, r, over, err)
	}
	if ending.Kind == Exclusion {
		return d.letGo(ctx, ending)
	}
	_, err = d.finish(ctx, ending)
	return err
}

// unlessStale forgives that somebody else was first.
func unlessStale(err error) error {
	if CodeOf(err) == Stale {
		return nil
	}
	return err
}

// deleteAgain deletes a pass that Entra still lists although it was deleted: the
// deletion may not have reached the pass yet when it was asked for.
func (d *Desk) deleteAgain(ctx context.Context, r Request, passes []LivePass) error {
	for _, p := range passes {
		if p.ID != r.PassID {
			continue
		}
		if err := d.Directory.DeletePass(ctx, r.Person.ID, p.ID); err != nil {
			return err
		}
		return Fail(Unavailable, "Entra still shows the pass.")
	}
	return nil
}

// readBackLimit is how long Entra may take to show a pass that it has made.
const readBackLimit = 5 * time.Minute

// ReadBack looks whether the live pass is the one that was made. If it is not,
// somebody has replaced or deleted it, and the asker is told. After the end it
// looks whether the pass is gone. Unavailable while Entra does not show it yet.
func (d *Desk) ReadBack(ctx context.Context, ref Ref) error {
	r, err := d.Store.Request(ctx, ref)
	if err == nil && r.Kind == Exclusion {
		return d.readExclusion(ctx, r)
	}
	if err != nil || r.PassID == "" || r.Replaced || (r.State != InForce && r.State != Ended) {
		return err
	}
	if d.owes(ref) { // it was not somebody else who deleted it
		return d.recordOwed(ctx)
	}
	passes, err := d.Directory.Passes(ctx, r.Person.ID)
	if err != nil {
		return err
	}
	if r.State == Ended {
		return d.deleteAgain(ctx, r, passes)
	}
	newer := false
	for _, p := range passes {
		if p.ID == r.PassID {
			return nil
		}
		newer = newer || p.Created.After(r.Changed)
	}
	if !newer && d.now().Sub(r.Changed) < readBackLimit {
		return Fail(Unavailable, "Entra does not show the pass yet.")
	}
	_, err = d.act(ctx, self(r, "read back"), r, func(next *Request, tx Tx) error {
		next.Replaced = true
		tx.Record(d.entry(Passdesk, "read back", audit.Failed, *next))
		return tx.Enqueue(ctx, Job{Kind: Notify, Ref: next.Ref, Person: next.Asker.ID})
	})
	return unlessStale(err)
}
