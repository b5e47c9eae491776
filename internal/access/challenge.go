package access

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/passdesk/passdesk/internal/audit"
)

// begun tells whether the proof that a need asks for was begun: a code made, the
// person asked.
func (r Request) begun(n Need) bool {
	switch n.Caller {
	case CallerCode:
		return r.Challenge != nil && r.Challenge.For == n.Key
	case Confirm:
		return r.Confirmation != nil
	case NoProof, Attest:
	}
	return true
}

// challenge begins the proof of the caller that a need asks for. The asker is told
// of a code that she has not seen.
func (d *Desk) challenge(ctx context.Context, next *Request, tx Tx, n Need) error {
	next.Challenge = nil
	switch n.Caller {
	case CallerCode:
		next.Challenge = d.callers.challenge(n, next.Changed)
		return tx.Enqueue(ctx, Job{Kind: Notify, Ref: next.Ref, Person: next.Asker.ID})
	case Confirm:
		return d.askPerson(ctx, next, tx)
	case NoProof, Attest:
	}
	return nil
}

// CallerCode is the code that the asker reads to the caller, while the request
// waits for it and it is good; zero for everybody else, and otherwise.
func (d *Desk) CallerCode(actor ID, r Request) Secret {
	n, _, waits := r.Waiting()
	if !waits || actor != r.Asker.ID || n.Caller != CallerCode || !r.begun(n) || !d.good(r.Challenge) {
		return Secret{}
	}
	return d.callers.code(r)
}

// good tells whether a code can still be typed here.
func (d *Desk) good(x *Challenge) bool { return d.now().Before(x.Until) && d.callers.knows(x) }

// ShowCode shows the caller's code again: the same one while it is good, else a new
// one. That renews no try. Forbidden for anybody but the asker, Stale for a request
// that has changed or waits for no code.
func (d *Desk) ShowCode(ctx context.Context, actor ID, c Claim) (Request, Secret, error) {
	click := Click{actor, c.Ref, c.Rev, "show code"}
	r, err := d.Store.Request(ctx, c.Ref)
	if err != nil {
		return Request{}, Secret{}, err
	}
	if r.Asker.ID != actor || r.State == Draft {
		return r, Secret{}, d.refused(ctx, click, r, Fail(Forbidden, "Only who asked can see the code."))
	}
	m, err := d.actorNow(ctx, actor)
	if err != nil {
		return r, Secret{}, err
	}
	n, _, waits := r.Waiting()
	switch {
	case !d.MayDraft(m, r.Terms):
		return r, Secret{}, d.refused(ctx, click, r, Fail(Forbidden, "You do not belong to a help desk group any more."))
	case !waits || r.over(d.now()) || n.Caller != CallerCode || !r.begun(n) || r.Rev != c.Rev:
		r, err = d.stale(ctx, click, r)
	case d.good(r.Challenge):
		err = d.recordShown(ctx, click, r)
	default:
		r, err = d.act(ctx, click, r, func(next *Request, tx Tx) error {
			next.Challenge = d.callers.challenge(n, next.Changed)
			next.Challenge.Shown = next.Changed
			tx.Record(d.entry(actor, "show code", audit.Done, *next))
			return nil
		})
	}
	if err != nil {
		return r, Secret{}, err
	}
	return r, d.CallerCode(actor, r), nil
}

// recordShown records that a code was shown, once per click. Nothing about the
// request changes: whoever is just typing the code must not find a new revision. The
// click is remembered by another name, since later the same one may renew the code.
func (d *Desk) recordShown(ctx context.Context, c Click, r Request) error {
	return d.Store.Update(ctx, func(tx Tx) error {
		first, err := tx.First(ctx, Click{c.Actor, c.Ref, c.Rev, "shown again"})
		if err == nil && first {
			tx.Record(d.entry(c.Actor, c.Verb, audit.Done, r))
		}
		return err
	})
}

// TriesLeft is how many wrong codes the request still bears.
func (r Request) TriesLeft() int { return max(0, codeTries-r.WrongCodes) }

// wrongCode counts a wrong code on the request: of two at once one counts, and the
// other is told to look again without having been answered. The last one closes it.
func (d *Desk) wrongCode(ctx context.Context, click Click, r Request, v Verdict, by Person) (Request, error) {
	return d.act(ctx, click, r, func(next *Request, tx Tx) error {
		next.Verdict = v
		next.WrongCodes++
		e := d.entry(click.Actor, click.Verb, audit.Refused, *next)
		e.Detail = map[string]string{"caller": string(CallerCode), "why": "a wrong code", "tries left": strconv.Itoa(next.TriesLeft())}
		tx.Record(e)
		if next.TriesLeft() > 0 {
			return nil
		}
		no := Decision{By: Person{ID: Passdesk, Name: "Passdesk"}, At: next.Changed, Reason: fmt.Sprintf("The caller's code was typed wrong %d times. Whoever rang may not be %s.", codeTries, next.Person.Name)}
		next.Decision, next.Decisions = &no, append(slices.Clone(next.Decisions), no)
		d.recordDecision(next, tx, no)
		return errors.Join(d.alarm(ctx, tx, Guessed, *next, by), d.deny(ctx, next, tx, no.By, no.Reason))
	})
}
