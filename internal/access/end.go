package access

import (
	"context"
	"errors"

	"github.com/passdesk/passdesk/internal/audit"
)

// endedEarly is why something ends before its time.
const endedEarly = "ended early"

// End ends what is in force before its time: the asker, or who approved it.
// Forbidden for others, Stale for a request that has changed.
//
// An ending is never held up by a record that cannot be written: it goes ahead,
// is logged, and is recorded as soon as that is possible.
func (d *Desk) End(ctx context.Context, actor ID, c Claim) (Request, error) {
	click := Click{actor, c.Ref, c.Rev, "end"}
	r, err := d.Store.Request(ctx, c.Ref)
	if err != nil {
		return Request{}, err
	}
	if !r.Handles(actor) && !r.guardedBy(actor) { // security ends what it should not have come to
		return r, d.refused(ctx, click, r, Fail(Forbidden, "Only who asked for it can end it, or who approved it."))
	}
	if r.State != InForce || r.Rev != c.Rev {
		return d.stale(ctx, click, r)
	}
	m, err := d.actorNow(ctx, actor)
	if err != nil {
		return r, err
	}
	ending, err := d.act(ctx, click, r, func(next *Request, tx Tx) error {
		return d.beginEnd(ctx, next, tx, m.Person, endedEarly)
	})
	switch CodeOf(err) {
	case "":
	case Stale:
		return r, err
	default:
		return r, d.endUnrecorded(ctx, r, owed{m.Person, endedEarly}, err)
	}
	if ending.Kind == Exclusion { // it takes two reads, ten seconds apart: the job does it
		return ending, nil
	}
	return d.finishSoon(ctx, ending)
}

// beginEnd begins to end what is in force. The asker, who may be reading the
// code out, is told of an ending that is not theirs.
func (d *Desk) beginEnd(ctx context.Context, next *Request, tx Tx, by Person, why string) error {
	next.close(Ending, by, why)
	next.Due = next.Changed
	tx.Record(d.entry(by.ID, "end", audit.Intent, *next))
	if next.Kind == Exclusion { // who is told, is told when it has ended
		if next.Changed.Before(next.Ends) {
			next.Ends = next.Changed
		}
		return nil
	}
	if by.ID == next.Asker.ID || by.ID == Passdesk {
		return nil
	}
	return tx.Enqueue(ctx, Job{Kind: Notify, Ref: next.Ref, Person: next.Asker.ID})
}

// finishSoon finishes an ending at once; where Graph does not answer, the job
// goes on with it and the request stays ending.
func (d *Desk) finishSoon(ctx context.Context, r Request) (Request, error) {
	done, err := d.finish(ctx, r)
	if err != nil {
		d.Log.WarnContext(ctx, "finishing an ending", "request", r.Ref, "error", err)
		return r, nil
	}
	return done, nil
}

// clearLost deletes the pass of an attempt whose answer was lost, if there is one.
func (d *Desk) clearLost(ctx context.Context, r Request) error {
	s, err := d.sight(ctx, r)
	if err != nil || !s.Reveal.unsettled() {
		return err
	}
	passes, err := d.Directory.Passes(ctx, r.Person.ID)
	if err != nil {
		return err
	}
	return d.clear(ctx, r.Person.ID, passes, func(p LivePass) bool { return isOurs(p, s) })
}

// finish deletes what is left of the pass and records the end. Done twice it
// does no harm: a pass that is gone is gone.
func (d *Desk) finish(ctx context.Context, r Request) (Request, error) {
	if r.State != Ending {
		return r, nil
	}
	if err := d.Directory.DeletePass(ctx, r.Person.ID, r.PassID); err != nil {
		return r, err
	}
	if err := d.clearLost(ctx, r); err != nil {
		return r, err
	}
	next := d.lookLast(ctx, r)
	next.Rev++
	next.Changed = d.now()
	err := d.Store.Update(ctx, func(tx Tx) error {
		return d.move(ctx, tx, Ending, &next, func(next *Request, tx Tx) error {
			next.close(Ended, r.By, r.Why)
			e := d.entry(r.By.ID, "end", audit.Done, *next)
			e.Detail = map[string]string{"why": r.Why}
			tx.Record(e)
			return errors.Join(
				tx.Enqueue(ctx, Job{Kind: ReadBack, Ref: next.Ref, At: next.Changed.Add(readBackAfter)}),
				d.tellOutcome(ctx, tx, r, *next),
			)
		})
	})
	if CodeOf(err) == Stale { // somebody else has finished it
		return d.Store.Request(ctx, r.Ref)
	}
	return next, err
}
