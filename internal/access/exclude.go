package access

import (
	"context"
	"errors"
	"time"

	"github.com/passdesk/passdesk/internal/audit"
)

// begin carries out an exclusion that was approved and whose time has come, or
// goes on with one that was interrupted. What was true at the approval is asked
// anew. It is tried again for ten minutes from the first attempt; an approval that
// could not be used for an hour lapses.
func (d *Desk) begin(ctx context.Context, r Request) error {
	switch {
	case r.State == Approved && d.now().Sub(r.Due) >= approvedLasts:
		return d.lapse(ctx, r)
	case r.State == CarryingOut && d.now().Sub(r.Began) >= settleAfter:
		return d.settleExclusion(ctx, r)
	}
	ctx, cancel := context.WithTimeout(ctx, issueLimit)
	defer cancel()
	c, err := d.gather(ctx, r, r.Asker.ID)
	if err != nil {
		return unbegun(err)
	}
	if err := d.free(c.Hold); err != nil {
		return unbegun(err)
	}
	v := d.Settings.Judge(c)
	policy, _ := d.Settings.policy(r.Terms.Policy.ID)
	switch {
	case v.undecided():
		return unbegun(Fail(Unavailable, "%s", v.At(Refusal)[0].Text))
	case v.Refused():
		return d.giveUp(ctx, r, c, refusal("The exclusion cannot be made any more.", v))
	case !v.agreed(c):
		return d.giveUp(ctx, r, c, Fail(Refused, "%s", v.unagreed()))
	case c.Hold.State == Removing, c.Hold.State == Adding && !c.Hold.has(r.Ref):
		return unbegun(Fail(Unavailable, "Another exclusion of this person is just beginning or ending."))
	case c.Hold.State == Held && c.Hold.Group != policy.Group: // what is Passdesk's there must be taken back that way
		return unbegun(Fail(Unavailable, "Another exclusion of this person was made in a way that is not configured any more. It has to end first."))
	}
	r, h, err := d.intend(ctx, r, c, policy)
	if err != nil {
		return unlessStale(err)
	}
	if h.State == Adding {
		if err := d.Directory.Exclude(ctx, h.exemption()); err != nil {
			return d.notExcluded(ctx, r, h, err)
		}
	}
	return unlessStale(d.inForce(ctx, r, h, c))
}

// intend writes, before Entra is asked, that the person was absent and is about
// to be excluded; or, where a lease holds already, that this one joins it.
func (d *Desk) intend(ctx context.Context, r Request, c Case, policy Policy) (Request, Hold, error) {
	h, now := c.Hold, d.now()
	h.Rev++
	h.Busy = now.Add(claimFresh)
	if !h.has(r.Ref) {
		h.Leases = append(append([]Ref(nil), h.Leases...), r.Ref)
	}
	if h.State == Free || (h.State == Held && !c.Facts.Policy.Exempt.Listed) {
		h.State, h.Since, h.Group, h.Gone = Adding, now, policy.Group, nil
	}
	next := r
	next.Rev++
	next.Changed, next.Terms = now, c.Terms
	err := d.Store.Update(ctx, func(tx Tx) error {
		if err := d.claimHold(ctx, tx, h); err != nil {
			return err
		}
		return d.move(ctx, tx, r.State, &next, func(next *Request, tx Tx) error {
			next.State, next.Due, next.Group = CarryingOut, h.Busy, h.Group
			if next.Began.IsZero() {
				next.Began = now
			}
			e := d.entry(Passdesk, "exclude", audit.Intent, *next)
			e.Detail = map[string]string{"policy": string(h.Policy), "group": string(h.Group), "before": "absent"}
			if c.Facts.Policy.Exempt.Listed {
				e.Detail["before"] = "excluded by Passdesk"
			}
			tx.Record(e)
			return nil
		})
	})
	return next, h, err
}

// notExcluded notes that an attempt failed. Refused, nothing will come of it.
func (d *Desk) notExcluded(ctx context.Context, r Request, h Hold, cause error) error {
	if CodeOf(cause) == Refused {
		return d.giveUp(ctx, r, Case{Hold: h}, cause)
	}
	return d.failed(ctx, r, h, cause)
}

// settleExclusion gives an exclusion up that could not be made for ten minutes.
func (d *Desk) settleExclusion(ctx context.Context, r Request) error {
	h, err := d.Store.Hold(ctx, r.Person.ID, r.Terms.Policy.ID)
	if err != nil {
		return err
	}
	if err := d.free(h); err != nil {
		return err
	}
	why := "Entra did not make the exclusion within ten minutes."
	if h.Trouble != "" {
		why += " " + h.Trouble
	}
	return d.giveUp(ctx, r, Case{Hold: h}, Fail(Unavailable, "%s", why).Because(errNotMade))
}

var errNotMade = errors.New("not made within ten minutes")

// unbegun waits for what keeps an exclusion from being made.
func unbegun(cause error) error {
	if e, ok := errors.AsType[*Error](cause); ok && e.Code == Unavailable && e.After == 0 {
		return (&Error{Code: Unavailable, Say: e.Say, After: firstTry}).Because(cause)
	}
	return cause
}

// inForce records that Entra has agreed.
func (d *Desk) inForce(ctx context.Context, r Request, h Hold, c Case) error {
	h = h.done()
	h.State, h.Since = Held, d.now()
	next := r
	next.Rev++
	next.Changed = h.Since
	return d.Store.Update(ctx, func(tx Tx) error {
		if err := d.releaseHold(ctx, tx, h); err != nil {
			return err
		}
		return d.move(ctx, tx, CarryingOut, &next, func(next *Request, tx Tx) error {
			next.State = InForce
			next.Ends = latest(c.From, h.Since).Add(next.Terms.Lifetime())
			next.Due = next.Ends
			e := d.entry(Passdesk, "exclude", audit.Done, *next)
			e.Detail = map[string]string{"policy": string(h.Policy), "ends": next.Ends.Format(time.RFC3339)}
			tx.Record(e)
			return errors.Join(
				d.tellOf(ctx, tx, next, c.Facts.Person),
				d.reviewFrom(ctx, next, tx),
				tx.Enqueue(ctx, Job{Kind: Notify, Ref: next.Ref, Person: next.Asker.ID}),
				tx.Enqueue(ctx, Job{Kind: ReadBack, Ref: next.Ref, At: next.Changed.Add(readBackAfter)}),
				d.watchFrom(ctx, tx, *next),
			)
		})
	})
}

// giveUp closes a request whose exclusion will not be made. What may be there of
// it is taken away first, like at an end.
func (d *Desk) giveUp(ctx context.Context, r Request, c Case, cause error) error {
	h := c.Hold
	clean := h.State == Free || !h.has(r.Ref)
	next := r
	next.Rev++
	next.Changed = d.now()
	err := d.Store.Update(ctx, func(tx Tx) error {
		if r.State == Approved {
			if err := d.move(ctx, tx, Approved, &next, func(next *Request, _ Tx) error {
				next.State = CarryingOut
				return nil
			}); err != nil {
				return err
			}
			next.Rev++
		}
		if !clean { // the way is free for taking it away
			if err := d.releaseHold(ctx, tx, h.done()); err != nil {
				return err
			}
		}
		return d.move(ctx, tx, CarryingOut, &next, func(next *Request, tx Tx) error {
			next.Why, next.GivenUp, next.Due = Say(cause), true, next.Changed
			if clean {
				return d.fail(ctx, next, tx)
			}
			return nil
		})
	})
	if err == nil {
		d.Log.WarnContext(ctx, "an exclusion was given up", "request", r.Ref, "error", cause)
		d.noticeStranger(ctx, c)
	}
	return unlessStale(err)
}

// fail closes a request of which nothing is left.
func (d *Desk) fail(ctx context.Context, next *Request, tx Tx) error {
	next.close(Failed, Person{ID: Passdesk}, next.Why)
	e := d.entry(Passdesk, "exclude", audit.Failed, *next)
	e.Detail = map[string]string{"why": next.Why}
	tx.Record(e)
	return tx.Enqueue(ctx, Job{Kind: Notify, Ref: next.Ref, Person: next.Asker.ID})
}
