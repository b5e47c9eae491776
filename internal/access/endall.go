package access

import (
	"context"
	"errors"
	"strings"

	"github.com/passdesk/passdesk/internal/audit"
)

// allOver is why something ends when everything does.
const allOver = "everything was ended at once"

// EndAll begins to end everything that is in force and withdraws everything that
// is not yet, for leaving or for an emergency. It returns what has not ended: call
// it until that is nothing. What cannot be ended now keeps nothing else waiting.
func (d *Desk) EndAll(ctx context.Context) ([]Request, error) {
	open := Filter{States: []State{Asked, Approved, CarryingOut, InForce, Ending}, Limit: everything}
	all, err := d.Store.Requests(ctx, open)
	if err != nil {
		return nil, err
	}
	var faults []error
	for _, r := range all {
		if err := d.endOne(ctx, r, owed{Person{ID: Passdesk}, allOver}); err != nil && CodeOf(err) != Unavailable {
			faults = append(faults, err)
		}
	}
	left, err := d.Store.Requests(ctx, open)
	return left, errors.Join(append(faults, err)...)
}

// endOne begins to end one request, or goes on with it.
func (d *Desk) endOne(ctx context.Context, r Request, o owed) error {
	switch r.State {
	case Asked, Approved:
		_, err := d.act(ctx, Click{o.by.ID, r.Ref, r.Rev, "withdraw"}, r, func(next *Request, tx Tx) error {
			next.close(Withdrawn, o.by, o.why)
			tx.Record(d.entry(o.by.ID, "withdraw", audit.Done, *next))
			return tx.Enqueue(ctx, Job{Kind: Notify, Ref: next.Ref, Person: next.Asker.ID})
		})
		return unlessStale(err)
	case CarryingOut:
		if r.Kind == Pass {
			return d.settle(ctx, r)
		}
		return d.stopCarryingOut(ctx, r, o)
	case InForce:
		ending, err := d.act(ctx, Click{o.by.ID, r.Ref, r.Rev, "end"}, r, func(next *Request, tx Tx) error {
			return d.beginEnd(ctx, next, tx, o.by, o.why)
		})
		switch CodeOf(err) {
		case "":
		case Stale:
			return nil
		default:
			return d.endUnrecorded(ctx, r, o, err)
		}
		if ending.Kind == Exclusion { // the job that is due takes it away
			return nil
		}
		_, err = d.finish(ctx, ending)
		return err
	default:
		return d.Due(ctx, r.Ref)
	}
}

// stopCarryingOut gives an exclusion up that is being made, as soon as nobody is
// at it.
func (d *Desk) stopCarryingOut(ctx context.Context, r Request, o owed) error {
	if r.GivenUp {
		return d.Due(ctx, r.Ref)
	}
	h, err := d.Store.Hold(ctx, r.Person.ID, r.Terms.Policy.ID)
	if err != nil {
		return err
	}
	if err := d.free(h); err != nil {
		return err
	}
	return d.giveUp(ctx, r, Case{Hold: h}, Fail(Refused, "%s%s.", strings.ToUpper(o.why[:1]), o.why[1:]))
}
