package access

import (
	"context"
	"slices"
	"time"

	"github.com/passdesk/passdesk/internal/audit"
)

// remind tells those who may decide, and have not, that they are waited for.
func (d *Desk) remind(ctx context.Context, r Request) error {
	return d.Store.Update(ctx, func(tx Tx) error {
		first, err := tx.First(ctx, self(r, "remind"))
		if err != nil || !first {
			return err
		}
		if r.Awaits(r.Person.ID) {
			if err := tx.Enqueue(ctx, Job{Kind: Notify, Ref: r.Ref, Person: r.Person.ID}); err != nil {
				return err
			}
		}
		return d.tellDeciders(ctx, r, tx)
	})
}

// escalate asks those, too, whom the rule names for a request that nobody has
// decided for a while. Where nothing can be decided any more, nobody is asked.
func (d *Desk) escalate(ctx context.Context, r Request) error {
	waits, _, ok := r.Waiting()
	if !ok {
		return nil
	}
	r.Escalated = append(slices.Clone(r.Escalated), waits.Key)
	_, v, err := d.judgeAgain(ctx, r, "")
	if err != nil {
		return err
	}
	d.reach(ctx, &v, r.Approvers)
	_, err = d.act(ctx, self(r, "escalate"), r, func(next *Request, tx Tx) error {
		next.Escalate = time.Time{}
		need, waits := v.next(next.Decisions)
		if v.Refused() || !waits {
			return nil
		}
		next.Verdict, next.Verdict.Approvers = v, need.People
		tx.Record(d.entry(Passdesk, "escalate", audit.Done, *next))
		for _, j := range v.asks(next.Ref, need, next.Approvers) {
			if err := tx.Enqueue(ctx, j); err != nil {
				return err
			}
		}
		next.Approvers = union(next.Approvers, need.People)
		if !next.begun(need) {
			return d.challenge(ctx, next, tx, need)
		}
		return nil
	})
	return unlessStale(err)
}
