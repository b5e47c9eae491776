package access

import (
	"context"

	"github.com/passdesk/passdesk/internal/audit"
)

// readExclusion looks, soon after an exclusion was made, whether Entra shows it.
// Where it does not within five minutes, somebody has taken it away, and the asker
// is told. Unavailable while Entra does not show it yet.
func (d *Desk) readExclusion(ctx context.Context, r Request) error {
	if r.State != InForce || r.Replaced || d.owes(r.Ref) {
		return nil
	}
	now, err := d.Directory.Exempt(ctx, Exemption{r.Person.ID, r.Terms.Policy.ID, r.Group})
	if err != nil {
		return err
	}
	if !now.Listed && d.now().Sub(r.Began) < readBackLimit {
		return &Error{Code: Unavailable, Say: "Entra does not show the exclusion yet.", After: firstTry}
	}
	if now.Listed { // nothing to be drawn anew: somebody may just be pressing a button
		return d.Store.Update(ctx, func(tx Tx) error {
			if first, err := tx.First(ctx, self(r, "read back")); err != nil || !first {
				return err
			}
			tx.Record(d.entry(Passdesk, "read back", audit.Done, r))
			return nil
		})
	}
	_, err = d.act(ctx, self(r, "read back"), r, func(next *Request, tx Tx) error {
		next.Replaced = true
		tx.Record(d.entry(Passdesk, "read back", audit.Failed, *next))
		return tx.Enqueue(ctx, Job{Kind: Notify, Ref: next.Ref, Person: next.Asker.ID})
	})
	return unlessStale(err)
}
