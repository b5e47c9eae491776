package access

import (
	"context"
	"errors"
	"maps"
)

// disownUnrecorded ends what there is although the records take nothing, and owes
// the record. Until it is written the person counts as locked in this process; and
// nothing is given anywhere, because that could not be recorded either.
func (d *Desk) disownUnrecorded(ctx context.Context, r Request, o Disowning, cause error) error {
	d.Log.ErrorContext(ctx, "recording what was not expected", "request", r.Ref, "error", cause)
	d.mu.Lock()
	d.disowned[r.Ref] = pending{r, o}
	d.mu.Unlock()
	open, err := d.openFor(ctx, r, o)
	if err != nil { // nothing can be read, either: this one at least
		open = []Request{r}
	}
	var faults []error
	for _, one := range open {
		if one.State == InForce || one.State == Ending {
			if err := d.endUnrecorded(ctx, one, owed{o.By, notMe}, cause); !d.owes(one.Ref) {
				faults = append(faults, err)
			}
		}
	}
	faults = append(faults, d.Directory.RevokeSessions(ctx, r.Person.ID))
	if err := errors.Join(faults...); err != nil {
		return Fail(Unavailable, "Not everything could be ended yet. Passdesk goes on trying; ring your help desk, too.").Because(errors.Join(cause, err))
	}
	return Fail(Unavailable, "%s and the sessions are ended, but that could not be recorded yet. Passdesk records it as soon as it can, and then tells security. Ring your help desk, too.", r.Kind.words().takenAway).Because(cause)
}

// pending is a disowning that went ahead without its record.
type pending struct {
	request Request
	Disowning
}

// lockOwed is a person's lock that could not be recorded yet.
func (d *Desk) lockOwed(person ID) (Lock, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range d.disowned {
		if p.request.Person.ID == person {
			return lockOf(p.request, p.Disowning), true
		}
	}
	return Lock{}, false
}

// recordDisowned records those that went ahead without their record. The ends
// themselves are recorded by recordOwed, which comes first.
func (d *Desk) recordDisowned(ctx context.Context) error {
	d.mu.Lock()
	all := maps.Clone(d.disowned)
	d.mu.Unlock()
	var faults []error
	for ref, p := range all {
		r, err := d.Store.Request(ctx, ref)
		if err == nil && r.Disowned.At.IsZero() {
			_, err = d.recordDisowning(ctx, r, p.Disowning)
		}
		if err != nil && CodeOf(err) != NotFound {
			faults = append(faults, err)
			continue
		}
		d.mu.Lock()
		delete(d.disowned, ref)
		d.mu.Unlock()
	}
	return errors.Join(faults...)
}
