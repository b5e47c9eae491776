package access

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/audit"
)

// readsApart is the least time between the two reads that show an exclusion gone:
// replication in Entra takes up to about that.
const readsApart = 10 * time.Second

// letGo takes the next step of ending an exclusion, and returns Unavailable until
// the last one is done: take it away, read it gone, read it gone again, revoke the
// sessions. While another lease holds, there is nothing to take away.
func (d *Desk) letGo(ctx context.Context, r Request) error {
	if err := d.tellLate(ctx, &r); err != nil {
		return unlessStale(err)
	}
	h, err := d.Store.Hold(ctx, r.Person.ID, r.Terms.Policy.ID)
	if err != nil {
		return err
	}
	if err := d.free(h); err != nil {
		return err
	}
	if !h.has(r.Ref) || len(h.Leases) > 1 {
		return d.leave(ctx, r, h)
	}
	if len(h.Gone) == 1 {
		if wait := h.Gone[0].Add(readsApart).Sub(d.now()); wait > 0 {
			return &Error{Code: Unavailable, Say: "The exclusion is read once more.", After: wait}
		}
	}
	if h, err = d.claimEnd(ctx, h); err != nil {
		return d.unclaimed(ctx, r, h, err)
	}
	ctx, cancel := context.WithTimeout(ctx, issueLimit)
	defer cancel()
	h, still, err := d.take(ctx, r, h)
	if err != nil {
		return d.failed(ctx, r, h, err)
	}
	if len(h.Gone) < 2 {
		return d.readOnce(ctx, h)
	}
	return d.closeExclusion(ctx, r, h, still)
}

// claimEnd claims a hold for the next step of its end.
func (d *Desk) claimEnd(ctx context.Context, h Hold) (Hold, error) {
	now := d.now()
	if h.State != Removing {
		h.State, h.Since, h.Gone = Removing, now, nil
	}
	h.Rev++
	h.Busy = now.Add(claimFresh)
	return h, d.Store.Update(ctx, func(tx Tx) error { return d.claimHold(ctx, tx, h) })
}

// unclaimed is what follows when a hold could not be claimed: somebody else is at
// it, or the store takes nothing. Then the exclusion is taken away all the same,
// because an ending is not held up by its record; the rest comes when the store is
// back. A policy is not written without its claim: two at a time would undo each
// other.
func (d *Desk) unclaimed(ctx context.Context, r Request, h Hold, cause error) error {
	if e, ok := errors.AsType[*Error](cause); CodeOf(cause) == Stale || (ok && e.After > 0) || h.Group == "" {
		return unlessStale(cause)
	}
	d.Log.ErrorContext(ctx, "claiming an ending", "request", r.Ref, "error", cause)
	if err := d.Directory.Include(ctx, h.exemption()); err != nil {
		return errors.Join(cause, err)
	}
	d.Log.WarnContext(ctx, "taken away without a record yet", "request", r.Ref)
	return cause
}

// take does what is due at Entra: it takes the exclusion away where it was not
// read gone yet, and reads. After the second read it revokes the sessions.
func (d *Desk) take(ctx context.Context, r Request, h Hold) (_ Hold, still []string, err error) {
	if len(h.Gone) == 0 {
		if err := d.Directory.Include(ctx, h.exemption()); err != nil {
			return h, nil, err
		}
	}
	now, err := d.Directory.Exempt(ctx, h.exemption())
	if err != nil {
		return h, nil, err
	}
	if now.Listed {
		h.Gone = nil
		return h, nil, Fail(Unavailable, "Entra still shows the exclusion.")
	}
	h.Gone = append(append([]time.Time(nil), h.Gone...), d.now())
	if len(h.Gone) < 2 || r.Terms.KeepSessions {
		return h, now.Otherwise, nil
	}
	if err := d.Directory.RevokeSessions(ctx, r.Person.ID); err != nil {
		h.Gone = h.Gone[:1] // read again when the sessions can be revoked
		return h, nil, err
	}
	return h, now.Otherwise, nil
}

// readOnce notes the first read that showed it gone.
func (d *Desk) readOnce(ctx context.Context, h Hold) error {
	if err := d.Store.Update(ctx, func(tx Tx) error { return d.releaseHold(ctx, tx, h.done()) }); err != nil {
		return err
	}
	return &Error{Code: Unavailable, Say: "The exclusion is read once more.", After: readsApart}
}

// closeExclusion records that an exclusion has ended, with the proof.
func (d *Desk) closeExclusion(ctx context.Context, r Request, h Hold, still []string) error {
	gone := h.Gone
	h = h.done()
	h.State, h.Since, h.Leases, h.Gone = Free, d.now(), nil, nil
	seen := d.lookLast(ctx, r)
	ended, err := d.over(ctx, r, h, func(next *Request) {
		next.Gone, next.Still = gone, still
		next.Registered, next.Passkey = seen.Registered, seen.Passkey
	})
	if err == nil && len(still) > 0 {
		d.noticeStill(ctx, ended)
	}
	return unlessStale(err)
}

// leave ends a lease beside which another one holds, or of which nothing is known.
func (d *Desk) leave(ctx context.Context, r Request, h Hold) error {
	var others []Ref
	for _, ref := range h.Leases {
		if ref != r.Ref {
			others = append(others, ref)
		}
	}
	h.Rev++
	h.Leases = others
	if h.State == Adding && len(others) > 0 {
		h.State = Held // for the others; the sweep tells if it is not there
	}
	_, err := d.over(ctx, r, h, func(next *Request) {
		if len(others) > 0 && !next.GivenUp {
			next.Why = strings.TrimPrefix(next.Why+"; "+string(others[0])+" goes on", "; ")
		}
	})
	return unlessStale(err)
}

// over stores the last state of a request together with its hold.
func (d *Desk) over(ctx context.Context, r Request, h Hold, change func(*Request)) (Request, error) {
	next := r
	next.Rev++
	next.Changed = d.now()
	err := d.Store.Update(ctx, func(tx Tx) error {
		if err := d.releaseHold(ctx, tx, h); err != nil {
			return err
		}
		return d.move(ctx, tx, r.State, &next, func(next *Request, tx Tx) error {
			change(next)
			if next.GivenUp {
				return d.fail(ctx, next, tx)
			}
			next.close(Ended, r.By, next.Why)
			next.Trouble = ""
			tx.Record(d.proof(*next))
			return errors.Join(
				tx.Enqueue(ctx, Job{Kind: Notify, Ref: next.Ref, Person: next.Asker.ID}),
				d.tellDecider(ctx, tx, *next),
				d.tellOutcome(ctx, tx, r, *next),
			)
		})
	})
	return next, err
}

// proof is the entry of an end.
func (d *Desk) proof(r Request) audit.Entry {
	e := d.entry(r.By.ID, "end", audit.Done, r)
	e.Detail = map[string]string{"why": r.Why}
	reads := make([]string, 0, len(r.Gone))
	for _, t := range r.Gone {
		reads = append(reads, t.UTC().Format(time.RFC3339))
	}
	if len(reads) > 0 {
		e.Detail["gone"] = strings.Join(reads, ", ")
	}
	if len(r.Still) > 0 {
		e.Detail["still"] = strings.Join(r.Still, "; ")
	}
	return e
}

// tellDecider tells who approved an exclusion what became of it.
func (d *Desk) tellDecider(ctx context.Context, tx Tx, r Request) error {
	if r.Decision == nil {
		return nil
	}
	return tx.Enqueue(ctx, Job{Kind: Notify, Ref: r.Ref, Person: r.Decision.By.ID})
}
