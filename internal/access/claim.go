package access

import (
	"context"
	"errors"
	"time"
)

const (
	firstTry = 10 * time.Second // after a failed attempt; doubled with each
	lastTry  = 5 * time.Minute
)

// free tells whether nobody is at a hold, and none has just failed.
func (d *Desk) free(h Hold) error {
	if err := d.claimed(h, "This exclusion is being worked at."); err != nil {
		return err
	}
	var wait time.Duration
	// An attempt that failed before this process began says nothing about now.
	if h.Tried.After(d.began) {
		wait = h.Tried.Add(pause(h.Tries)).Sub(d.now())
	}
	if wait <= 0 {
		return nil
	}
	return &Error{Code: Unavailable, Say: h.Trouble, After: wait}
}

// claimed tells whether somebody is at a hold. They are done in a moment, mostly:
// only a process that died leaves its claim to run out, so that it is looked again
// long before that.
func (d *Desk) claimed(h Hold, say string) error {
	wait := h.Busy.Sub(d.now())
	if wait <= 0 {
		return nil
	}
	return &Error{Code: Unavailable, Say: say, After: min(wait, firstTry)}
}

// pause is how long is waited after so many failed attempts.
func pause(tries int) time.Duration {
	if tries > 5 {
		return lastTry
	}
	return min(firstTry<<max(tries-1, 0), lastTry)
}

// claimHold stores a hold that is about to be worked at. Where the policy itself
// is written it claims the policy with it: a policy is written whole, so that two
// at a time would undo each other. Stale or Unavailable when somebody else is at it.
func (d *Desk) claimHold(ctx context.Context, tx Tx, h Hold) error {
	if err := tx.SaveHold(ctx, h); err != nil || h.Group != "" {
		return err
	}
	whole, err := tx.Hold(ctx, "", h.Policy)
	if err != nil {
		return err
	}
	if !whole.has(claimant(h)) {
		if err := d.claimed(whole, "The policy is just being written for somebody else."); err != nil {
			return err
		}
	}
	whole.Rev++
	whole.State, whole.Busy, whole.Since, whole.Leases = Free, h.Busy, d.now(), []Ref{claimant(h)}
	return tx.SaveHold(ctx, whole)
}

// releaseHold stores a hold that nobody works at any more.
func (d *Desk) releaseHold(ctx context.Context, tx Tx, h Hold) error {
	h.Busy = time.Time{}
	if err := tx.SaveHold(ctx, h); err != nil || h.Group != "" {
		return err
	}
	whole, err := tx.Hold(ctx, "", h.Policy)
	if err != nil || !whole.has(claimant(h)) {
		return err
	}
	whole.Rev++
	whole.Busy, whole.Since, whole.Leases = time.Time{}, d.now(), nil
	return tx.SaveHold(ctx, whole)
}

// claimant names in a policy's own row who has claimed it.
func claimant(h Hold) Ref { return Ref(h.Person) }

// failed notes a failed attempt at a hold, and tells when to try again.
func (d *Desk) failed(ctx context.Context, r Request, h Hold, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteLimit)
	defer cancel()
	h.Rev++
	h.Busy, h.Tried = time.Time{}, d.now()
	h.Tries++
	h.Trouble = Say(cause)
	err := d.Store.Update(ctx, func(tx Tx) error { return d.releaseHold(ctx, tx, h) })
	if err != nil {
		return errors.Join(cause, err)
	}
	d.Log.WarnContext(ctx, "an exclusion could not be changed", "request", r.Ref, "state", string(h.State), "tries", h.Tries, "error", cause)
	return (&Error{Code: Unavailable, Say: Say(cause), After: pause(h.Tries)}).Because(cause)
}

// noteLimit bounds the writing down of an attempt whose own time is over.
const noteLimit = 5 * time.Second
