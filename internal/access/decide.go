package access

import (
	"context"
	"strings"

	"github.com/passdesk/passdesk/internal/audit"
)

// Decide answers a request. Facts, rule and everybody's standing are read anew:
// what was true when it was asked may not be true any more. Forbidden for
// somebody who may not decide, Refused when the checks say no by now, Stale for
// a request that has changed.
func (d *Desk) Decide(ctx context.Context, actor ID, c Claim, approve bool, reason string) (Request, error) {
	verb := "deny"
	if approve {
		verb = "approve"
	}
	click := Click{actor, c.Ref, c.Rev, verb}
	r, err := d.Store.Request(ctx, c.Ref)
	if err != nil {
		return Request{}, err
	}
	if no := mayDecide(r, actor); no != nil {
		return r, d.refused(ctx, click, r, no)
	}
	if r.State != Asked || r.Rev != c.Rev {
		return d.stale(ctx, click, r)
	}
	if r.over(d.now()) {
		return r, d.refused(ctx, click, r, Fail(Refused, "The time to decide is over. %s can ask again.", r.Asker.Name))
	}
	now, err := d.gather(ctx, r, actor)
	if err != nil {
		return r, err
	}
	facts, v := now.Facts, d.Settings.Judge(now)
	if no := stillDecides(r, facts, v); no != nil {
		return r, d.refused(ctx, click, r, no)
	}
	if approve && v.Refused() {
		return r, d.refused(ctx, click, r, refusal("This cannot be approved any more.", v))
	}
	return d.act(ctx, click, r, func(next *Request, tx Tx) error {
		next.Verdict = v
		return d.decide(ctx, next, tx, Decision{By: facts.Actor.Person, At: next.Changed, Approve: approve, Reason: reason})
	})
}

// mayDecide refuses who cannot decide by what is stored: I3, and the approvers
// whom the rule named.
func mayDecide(r Request, actor ID) *Error {
	switch {
	case actor == r.Asker.ID:
		return Fail(Forbidden, "Who asks cannot also decide.")
	case actor == r.Person.ID:
		return Fail(Forbidden, "Nobody decides about a request for themselves.")
	case r.State == Draft || !r.MayDecide(actor):
		return Fail(Forbidden, "You are not one of those who may decide about this request.")
	}
	return nil
}

// stillDecides refuses an approver whose standing has changed since the request
// was sent.
func stillDecides(r Request, f Facts, v Verdict) *Error {
	switch {
	case !f.Actor.MayAct():
		return Fail(Forbidden, MembersOnly)
	case f.Actor.ID == r.Asker.ID || f.Actor.ID == r.Person.ID:
		return Fail(Forbidden, "You may not decide about this request.")
	case !(Request{Approvers: v.Approvers}).MayDecide(f.Actor.ID):
		return Fail(Forbidden, "You are not %s any more, so you cannot decide. %s can ask again.", r.Kind.words().decider, r.Asker.Name)
	}
	return nil
}

func (d *Desk) decide(ctx context.Context, next *Request, tx Tx, answer Decision) error {
	next.Decision = &answer
	verb := "deny"
	next.close(Denied, answer.By, answer.Reason)
	if answer.Approve {
		verb = "approve"
		next.State, next.Why, next.Due = Approved, "", answer.At.Add(approvedLasts)
		if next.Kind == Exclusion { // it is carried out by itself
			next.Due = latest(answer.At, next.Terms.Start)
		}
	}
	e := d.entry(answer.By.ID, verb, audit.Done, *next)
	if answer.Reason != "" {
		e.Detail = map[string]string{"reason": answer.Reason}
	}
	tx.Record(e)
	if next.Kind == Exclusion && next.State == Approved && !next.Due.After(answer.At) {
		return nil // it is in force in a moment, and that is told
	}
	return tx.Enqueue(ctx, Job{Kind: Notify, Ref: next.Ref, Person: next.Asker.ID})
}

// refusal tells in a sentence why a verdict refuses.
func refusal(lead string, v Verdict) *Error {
	refusals := v.At(Refusal)
	why := append(make([]string, 0, 1+len(refusals)), lead)
	for _, f := range refusals {
		why = append(why, f.Text)
	}
	return Fail(Refused, "%s", strings.Join(why, " "))
}

// Withdraw takes a request back: the asker at any time before it is carried
// out, the approver after having approved it. Forbidden for others, Stale for a
// request that has changed.
func (d *Desk) Withdraw(ctx context.Context, actor ID, c Claim) (Request, error) {
	click := Click{actor, c.Ref, c.Rev, "withdraw"}
	r, err := d.Store.Request(ctx, c.Ref)
	if err != nil {
		return Request{}, err
	}
	if !r.Concerns(actor) || (actor != r.Asker.ID && r.State == Asked) {
		return r, d.refused(ctx, click, r, Fail(Forbidden, "Only who asked can withdraw a request, or who approved it."))
	}
	if (r.State != Asked && r.State != Approved) || r.Rev != c.Rev {
		return d.stale(ctx, click, r)
	}
	m, err := d.actorNow(ctx, actor)
	if err != nil {
		return r, err
	}
	return d.act(ctx, click, r, func(next *Request, tx Tx) error {
		next.close(Withdrawn, m.Person, "")
		tx.Record(d.entry(actor, "withdraw", audit.Done, *next))
		if actor == next.Asker.ID {
			return nil
		}
		return tx.Enqueue(ctx, Job{Kind: Notify, Ref: next.Ref, Person: next.Asker.ID})
	})
}

// actorNow reads the actor's standing uncached. Forbidden for somebody who is
// not an enabled member by now.
func (d *Desk) actorNow(ctx context.Context, actor ID) (Member, error) {
	f, err := d.facts(ctx, Question{Actor: actor})
	if err != nil {
		return Member{}, err
	}
	if !f.Actor.MayAct() {
		return Member{}, Fail(Forbidden, MembersOnly)
	}
	return f.Actor, nil
}
