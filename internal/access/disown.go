package access

import (
	"context"
	"errors"
	"time"

	"github.com/passdesk/passdesk/internal/audit"
)

const (
	// notMe is why something ends that nobody expected.
	notMe = "it was not expected: “This was not me”"
	// undoAgain is when the job goes on with what the press itself has left.
	undoAgain = 5 * time.Second
	// disownTries is how often a press begins anew because the request has changed.
	disownTries = 5
)

// Disownable returns a request to somebody who may say of it that it was not
// them; Forbidden for others.
func (d *Desk) Disownable(ctx context.Context, actor ID, ref Ref) (Sight, error) {
	r, err := d.Store.Request(ctx, ref)
	if err != nil {
		return Sight{}, err
	}
	if !r.MayDisown(actor) {
		return Sight{}, Fail(Forbidden, "There is no request %s that is about you.", ref)
	}
	return d.Draw(ctx, r)
}

// Disown is “This was not me”, said by the person whom something was given to, or
// by the manager who was told. What is in force for the person ends, their sessions
// are revoked, and they are locked until security lifts that; security and who
// asked are told. A request that has given nothing yet is closed. The card's
// revision does not matter: whatever has changed since, they did not ask for it.
//
// Said again, it does nothing. What ends, ends even where that cannot be recorded.
// Forbidden for others.
func (d *Desk) Disown(ctx context.Context, actor ID, ref Ref) (Request, error) {
	r, err := d.Store.Request(ctx, ref)
	if err != nil {
		return Request{}, err
	}
	if !r.MayDisown(actor) {
		return r, d.refused(ctx, Click{actor, ref, r.Rev, "disown"}, r, Fail(Forbidden, "There is no request %s that is about you.", ref))
	}
	m, err := d.actorNow(ctx, actor)
	if err != nil {
		return r, err
	}
	for range disownTries {
		next, err := d.disown(ctx, r, Disowning{By: m.Person, At: d.now()})
		if CodeOf(err) != Stale {
			return next, err
		}
		if r, err = d.Store.Request(ctx, ref); err != nil {
			return r, err
		}
	}
	return r, Fail(Unavailable, "The request keeps changing. Press again in a moment.")
}

// disown does it over the request as it was read; Stale when that has changed.
func (d *Desk) disown(ctx context.Context, r Request, o Disowning) (Request, error) {
	switch {
	case !r.Disowned.At.IsZero():
		return r, nil
	case !r.Gave() && r.State.Closed(): // nothing was given, and nothing will be
		return r, nil
	case !r.Gave():
		return d.repudiate(ctx, r, o)
	}
	next, err := d.recordDisowning(ctx, r, o)
	switch CodeOf(err) {
	case "":
	case Stale:
		return r, err
	default:
		return r, d.disownUnrecorded(ctx, r, o, err)
	}
	if err := d.Undo(ctx, r.Ref); err != nil {
		d.Log.WarnContext(ctx, "undoing what was not expected", "request", r.Ref, "error", err)
	}
	if now, err := d.Store.Request(ctx, r.Ref); err == nil {
		next = now
	}
	return next, nil
}

// repudiate closes a request that has given nothing yet.
func (d *Desk) repudiate(ctx context.Context, r Request, o Disowning) (Request, error) {
	next := r
	next.Rev++
	next.Changed = d.now()
	err := d.Store.Update(ctx, func(tx Tx) error {
		return d.move(ctx, tx, r.State, &next, func(next *Request, tx Tx) error {
			next.Disowned = o
			tx.Record(d.entry(o.By.ID, "disown", audit.Done, *next))
			if err := d.alarm(ctx, tx, Repudiated, *next, o.By); err != nil {
				return err
			}
			return d.closeDisowned(ctx, next, tx, o)
		})
	})
	return next, err
}

// closeDisowned closes what has given nothing: asked, it is denied, and counts as
// such; approved, it is taken back.
func (d *Desk) closeDisowned(ctx context.Context, next *Request, tx Tx, o Disowning) error {
	if next.State == Asked {
		return d.deny(ctx, next, tx, o.By, notMe)
	}
	next.close(Withdrawn, o.By, notMe)
	return tx.Enqueue(ctx, Job{Kind: Notify, Ref: next.Ref, Person: next.Asker.ID})
}

// recordDisowning records it, locks the person, begins the end and alarms, all or
// nothing. A job makes sure that the rest is done, whatever becomes of this process.
func (d *Desk) recordDisowning(ctx context.Context, r Request, o Disowning) (Request, error) {
	next := r
	next.Rev++
	next.Disowned = o
	err := d.Store.Update(ctx, func(tx Tx) error {
		tx.Record(d.entry(o.By.ID, "disown", audit.Done, r))
		if err := d.lock(ctx, tx, lockOf(r, o), r, Disowned); err != nil {
			return err
		}
		if err := d.changeDisowned(ctx, tx, r, &next, o); err != nil {
			return err
		}
		return errors.Join(
			tx.Enqueue(ctx, Job{Kind: Notify, Ref: r.Ref, Person: r.Asker.ID}),
			tx.Enqueue(ctx, Job{Kind: Undo, Ref: r.Ref, At: d.now().Add(undoAgain)}),
		)
	})
	return next, err
}

// lockOf is the lock of somebody for whom something was given that they did not
// expect.
func lockOf(r Request, o Disowning) Lock {
	why := "They say that what Passdesk gave was not for them."
	if o.By.ID != r.Person.ID {
		why = "Their manager says that what Passdesk gave was not expected."
	}
	return Lock{Person: r.Person, Since: o.At, Why: why, By: o.By, Ref: r.Ref}
}

// changeDisowned stores that a request was disowned. In force, it begins to end.
// One that is closed keeps its state, and no state leads back to itself from
// there: it is stored as it is, but for that.
func (d *Desk) changeDisowned(ctx context.Context, tx Tx, r Request, next *Request, o Disowning) error {
	if r.State.Closed() {
		if err := tx.Change(ctx, r.State, *next); err != nil {
			return err
		}
		return tx.Enqueue(ctx, Job{Kind: Redraw, Ref: r.Ref})
	}
	next.Changed = d.now()
	return d.move(ctx, tx, r.State, next, func(next *Request, tx Tx) error {
		if next.State != InForce {
			return nil
		}
		return d.beginEnd(ctx, next, tx, o.By, notMe)
	})
}

// Undo ends everything that a person has because of requests that were sent before
// one of them was disowned, and revokes their sessions, once. What cannot be ended
// now keeps nothing else waiting: it returns Unavailable until all is done.
func (d *Desk) Undo(ctx context.Context, ref Ref) error {
	r, err := d.Store.Request(ctx, ref)
	if err != nil || r.Disowned.At.IsZero() {
		return err
	}
	faults := d.endFor(ctx, r, r.Disowned)
	if r.Disowned.Revoked.IsZero() {
		faults = append(faults, d.revoke(ctx, r))
	}
	left, err := d.openFor(ctx, r, r.Disowned)
	if err == nil && len(left) > 0 {
		err = &Error{Code: Unavailable, Say: "Not everything has ended yet.", After: readsApart}
	}
	for _, f := range append(faults, err) {
		if f != nil {
			return f
		}
	}
	return nil
}

// openFor lists what is not over of what was asked for a person before a moment.
func (d *Desk) openFor(ctx context.Context, r Request, o Disowning) ([]Request, error) {
	all, err := d.Store.Requests(ctx, Filter{Person: r.Person.ID, States: []State{Asked, Approved, CarryingOut, InForce, Ending}, Limit: everything})
	var open []Request
	for _, one := range all {
		if one.Ref == r.Ref || !one.Asked.After(o.At) {
			open = append(open, one)
		}
	}
	return open, err
}

// endFor ends each of them as far as that can be done now.
func (d *Desk) endFor(ctx context.Context, r Request, o Disowning) []error {
	open, err := d.openFor(ctx, r, o)
	if err != nil {
		return []error{err}
	}
	var faults []error
	for _, one := range open {
		if err := d.endDisowned(ctx, one, o); err != nil {
			faults = append(faults, err)
		}
	}
	return faults
}

func (d *Desk) endDisowned(ctx context.Context, r Request, o Disowning) error {
	if r.State == Asked || r.State == Approved {
		_, err := d.repudiateBeside(ctx, r, o)
		return unlessStale(err)
	}
	if err := d.endOne(ctx, r, owed{o.By, notMe}); err != nil || r.Kind != Exclusion || r.State != InForce {
		return err
	}
	return d.Due(ctx, r.Ref) // without waiting for the job
}

// repudiateBeside closes a request beside the one that was disowned: security is
// told of that one.
func (d *Desk) repudiateBeside(ctx context.Context, r Request, o Disowning) (Request, error) {
	return d.act(ctx, Click{o.By.ID, r.Ref, r.Rev, "disown"}, r, func(next *Request, tx Tx) error {
		tx.Record(d.entry(o.By.ID, "disown", audit.Done, *next))
		return d.closeDisowned(ctx, next, tx, o)
	})
}

// revoke revokes the sessions of the person and notes it. Where it cannot be noted
// they are revoked once more, which does no harm.
func (d *Desk) revoke(ctx context.Context, r Request) error {
	if err := d.Directory.RevokeSessions(ctx, r.Person.ID); err != nil {
		return err
	}
	now, err := d.Store.Request(ctx, r.Ref)
	if err != nil || !now.Disowned.Revoked.IsZero() {
		return err
	}
	next := now
	next.Rev++
	next.Disowned.Revoked = d.now()
	return d.Store.Update(ctx, func(tx Tx) error {
		tx.Record(d.entry(r.Disowned.By.ID, "revoke sessions", audit.Done, next))
		return errors.Join(tx.Change(ctx, now.State, next), tx.Enqueue(ctx, Job{Kind: Redraw, Ref: r.Ref}))
	})
}
