package access

import (
	"context"
	"slices"

	"github.com/passdesk/passdesk/internal/audit"
)

// Withdraw takes a request back: the asker at any time before it is carried
// out, whoever agreed after it was approved. While others have yet to agree it
// takes back what the actor said, and the request waits on. Forbidden for others,
// Stale for a request that has changed.
func (d *Desk) Withdraw(ctx context.Context, actor ID, c Claim) (Request, error) {
	click := Click{actor, c.Ref, c.Rev, "withdraw"}
	r, err := d.Store.Request(ctx, c.Ref)
	if err != nil {
		return Request{}, err
	}
	if no := mayWithdraw(r, actor); no != nil {
		return r, d.refused(ctx, click, r, no)
	}
	if (r.State != Asked && r.State != Approved) || r.Rev != c.Rev {
		return d.stale(ctx, click, r)
	}
	m, err := d.actorNow(ctx, actor)
	if err != nil {
		return r, err
	}
	return d.act(ctx, click, r, func(next *Request, tx Tx) error {
		tx.Record(d.entry(actor, "withdraw", audit.Done, *next))
		if actor != next.Asker.ID && next.State == Asked {
			return d.takeBack(ctx, next, tx, actor)
		}
		next.close(Withdrawn, m.Person, "")
		if actor == next.Asker.ID {
			return nil
		}
		return tx.Enqueue(ctx, Job{Kind: Notify, Ref: next.Ref, Person: next.Asker.ID})
	})
}

func mayWithdraw(r Request, actor ID) *Error {
	if actor == r.Asker.ID || (isOne(r.Approvers, actor) && (r.State != Asked || r.agreedBy(actor))) {
		return nil
	}
	return Fail(Forbidden, "Only who asked can withdraw a request, or who approved it.")
}

// takeBack forgets what somebody agreed to, of a request that waits for others.
func (d *Desk) takeBack(ctx context.Context, next *Request, tx Tx, actor ID) error {
	next.Decisions = slices.DeleteFunc(slices.Clone(next.Decisions), func(x Decision) bool { return x.By.ID == actor })
	return d.waitAgain(ctx, next, tx, nil)
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
