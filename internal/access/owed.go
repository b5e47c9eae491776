package access

import (
	"context"
	"errors"
	"maps"
)

// owed is an ending that went ahead without its record: by whom, and why.
type owed struct {
	by  Person
	why string
}

// endUnrecorded deletes the pass although the store does not take the record,
// which is owed from then on. In the store the request stays in force until then;
// after a crash its end is recorded when it is due.
func (d *Desk) endUnrecorded(ctx context.Context, r Request, o owed, cause error) error {
	d.Log.ErrorContext(ctx, "recording an ending", "request", r.Ref, "error", cause)
	if !d.owes(r.Ref) {
		if err := d.takeAway(ctx, r); err != nil {
			return err
		}
		d.Log.WarnContext(ctx, "ended without a record yet", "request", r.Ref, "pass", r.PassID)
		d.owe(r.Ref, o)
	}
	return Fail(Unavailable, "%s, but that could not be recorded yet. Passdesk records it as soon as it can.", r.Kind.words().takenAway).Because(cause)
}

// takeAway takes away what is in force for a request. An exclusion that another
// request holds, too, is left alone.
func (d *Desk) takeAway(ctx context.Context, r Request) error {
	if r.Kind == Pass {
		return d.Directory.DeletePass(ctx, r.Person.ID, r.PassID)
	}
	h, err := d.Store.Hold(ctx, r.Person.ID, r.Terms.Policy.ID)
	if err != nil {
		return err
	}
	if !h.has(r.Ref) || len(h.Leases) > 1 {
		return Fail(Unavailable, "The end could not be recorded yet. Passdesk goes on trying.")
	}
	return d.Directory.Include(ctx, h.exemption())
}

// recordOwed records endings that went ahead without their record.
func (d *Desk) recordOwed(ctx context.Context) error {
	d.mu.Lock()
	all := maps.Clone(d.owed)
	d.mu.Unlock()
	faults := make([]error, 0, len(all))
	for ref, o := range all {
		faults = append(faults, d.recordEnd(ctx, ref, o))
	}
	return errors.Join(faults...)
}

func (d *Desk) recordEnd(ctx context.Context, ref Ref, o owed) error {
	r, err := d.Store.Request(ctx, ref)
	if err != nil {
		return err
	}
	if r.State == InForce {
		r, err = d.act(ctx, Click{o.by.ID, ref, r.Rev, "end"}, r, func(next *Request, tx Tx) error {
			return d.beginEnd(ctx, next, tx, o.by, o.why)
		})
		if err != nil && CodeOf(err) != Stale {
			return err
		}
	}
	d.mu.Lock()
	delete(d.owed, ref)
	d.mu.Unlock()
	if err != nil { // somebody else was first
		return nil //nolint:nilerr // which is as good
	}
	if r.Kind == Exclusion {
		return nil // the job that is due now reads it gone
	}
	_, err = d.finish(ctx, r)
	return err
}

func (d *Desk) owe(ref Ref, o owed) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.owed[ref] = o
}

// owes tells whether the end of a request is still to be recorded.
func (d *Desk) owes(ref Ref) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, is := d.owed[ref]
	return is
}
