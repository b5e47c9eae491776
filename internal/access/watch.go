package access

import (
	"context"
	"strconv"
	"time"

	"github.com/passdesk/passdesk/internal/audit"
)

// A passkey is looked for one minute after the beginning, then after two more,
// four more and so on, and at least every ten: who registers does it soon, or in
// hours.
const (
	firstLook = time.Minute
	lastLook  = 10 * time.Minute
)

// registeredWhy is why something ends when it has served its purpose.
const registeredWhy = "a passkey was registered"

// awaits tells whether the request is for a passkey that is not there yet.
func (r Request) awaits() bool {
	return r.Registered.IsZero() && !r.Began.IsZero() && (r.Kind == Pass || r.Terms.Register)
}

// Took is how long it took from the asking to the passkey; zero without one.
func (r Request) Took() time.Duration {
	if r.Registered.IsZero() || r.Asked.IsZero() {
		return 0
	}
	return r.Registered.Sub(r.Asked)
}

// Watch looks whether the passkey has appeared that a request in force is for, and
// if so, ends what helped to register it. Unavailable when Entra does not answer.
func (d *Desk) Watch(ctx context.Context, ref Ref) error {
	r, err := d.Store.Request(ctx, ref)
	if err != nil || r.State != InForce || !r.awaits() {
		return err
	}
	next := r
	if err := d.look(ctx, &next); err != nil {
		return err
	}
	if next.Registered.IsZero() {
		return d.watchAgain(ctx, r)
	}
	return d.registered(ctx, r, next)
}

// look notes in r the passkey that has appeared since the beginning, if one has.
func (d *Desk) look(ctx context.Context, r *Request) error {
	keys, passes, err := d.Directory.Keys(ctx, r.Person.ID)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if k.Created.After(r.Began) && (r.Registered.IsZero() || k.Created.Before(r.Registered)) {
			r.Registered, r.Passkey = k.Created.Truncate(time.Millisecond), k.Title()
		}
	}
	for _, p := range passes { // a pass that works once, and still works, was not used for it
		if p.ID == r.PassID && p.Once && p.Usable && !r.Registered.IsZero() {
			r.Elsewhere = true
		}
	}
	return nil
}

// watchFrom plans the first look of an exclusion, if it is for a passkey.
func (d *Desk) watchFrom(ctx context.Context, tx Tx, r Request) error {
	if !r.awaits() {
		return nil
	}
	return tx.Enqueue(ctx, Job{Kind: Watch, Ref: r.Ref, At: d.now().Add(firstLook)})
}

// watchAgain plans the next look, once. The last look is the one at the end.
func (d *Desk) watchAgain(ctx context.Context, r Request) error {
	n, at := nextLook(r.Began, d.now())
	if !at.Before(r.Ends) {
		return nil
	}
	return d.Store.Update(ctx, func(tx Tx) error {
		first, err := tx.First(ctx, Click{Passdesk, r.Ref, n, "watch"})
		if err != nil || !first {
			return err
		}
		return tx.Enqueue(ctx, Job{Kind: Watch, Ref: r.Ref, At: at})
	})
}

// nextLook is the number and the time of the first look after a moment.
func nextLook(began, now time.Time) (n int, at time.Time) {
	at = began
	for wait := firstLook; !at.After(now); wait = min(2*wait, lastLook) {
		at = at.Add(wait)
		n++
	}
	return n, at
}

// registered records that the passkey is there. What helped to register it ends at
// once: a pass always, an exclusion unless that is only to be offered.
func (d *Desk) registered(ctx context.Context, r, seen Request) error {
	ends := r.Kind == Pass || !d.Settings.OfferEnd
	ending, err := d.act(ctx, self(r, "registered"), r, func(next *Request, tx Tx) error {
		next.Registered, next.Passkey, next.Elsewhere = seen.Registered, seen.Passkey, seen.Elsewhere
		tx.Record(d.found(*next))
		if err := d.tellAll(ctx, tx, *next); err != nil || !ends {
			return err
		}
		return d.beginEnd(ctx, next, tx, Person{ID: Passdesk}, registeredWhy)
	})
	if err != nil || ending.State != Ending {
		return unlessStale(err)
	}
	if ending.Kind == Exclusion {
		return d.letGo(ctx, ending)
	}
	_, err = d.finish(ctx, ending)
	return err
}

// found is the entry of a passkey that has appeared.
func (d *Desk) found(r Request) audit.Entry {
	e := d.entry(Passdesk, "passkey registered", audit.Done, r)
	e.Detail = map[string]string{
		"passkey": r.Passkey, "at": r.Registered.UTC().Format(time.RFC3339),
		"minutes": strconv.Itoa(int(r.Took().Minutes())),
	}
	if r.Elsewhere {
		e.Detail["pass"] = "not used"
	}
	return e
}

// tellAll tells asker, approver and the person themselves.
func (d *Desk) tellAll(ctx context.Context, tx Tx, r Request) error {
	people := []ID{r.Asker.ID, r.Person.ID}
	if r.Decision != nil {
		people = append(people, r.Decision.By.ID)
	}
	for _, id := range people {
		if err := tx.Enqueue(ctx, Job{Kind: Notify, Ref: r.Ref, Person: id}); err != nil {
			return err
		}
	}
	return nil
}

// lookLast looks once more when something ends, so that a passkey of the last
// minutes is not missed; nobody registers one within the first. An ending does not
// wait for it.
func (d *Desk) lookLast(ctx context.Context, r Request) Request {
	if !r.awaits() || d.now().Sub(r.Began) < firstLook {
		return r
	}
	seen := r
	if err := d.look(ctx, &seen); err != nil {
		d.Log.WarnContext(ctx, "looking for a passkey at the end", "request", r.Ref, "error", err)
		return r
	}
	return seen
}

// tellOutcome tells, when something has ended, of a passkey that was seen only
// then; and who asked, when its time was over without one.
func (d *Desk) tellOutcome(ctx context.Context, tx Tx, before, r Request) error {
	switch {
	case before.awaits() && !r.awaits():
		tx.Record(d.found(r))
		return d.tellAll(ctx, tx, r)
	case r.Kind == Pass && r.awaits() && r.By.ID == Passdesk:
		return tx.Enqueue(ctx, Job{Kind: Notify, Ref: r.Ref, Person: r.Asker.ID})
	}
	return nil
}
