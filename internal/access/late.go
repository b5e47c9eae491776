package access

import (
	"context"
	"time"

	"github.com/passdesk/passdesk/internal/audit"
)

const (
	lateAfter  = 5 * time.Minute  // when those whom it concerns are told of an end that is overdue
	alarmAfter = 30 * time.Minute // when security is told, too
)

// tellLate tells of an end that is overdue: after five minutes those whom it
// concerns, after thirty security, too.
func (d *Desk) tellLate(ctx context.Context, r *Request) error {
	late := d.now().Sub(r.Ends)
	var told []Person
	switch {
	case r.State != Ending || r.Ends.IsZero():
		return nil
	case r.Late == 0 && late >= lateAfter:
		told = append([]Person{r.Asker}, r.Approvers...)
	case r.Late == 1 && late >= alarmAfter:
		var err error
		if told, err = d.guards(ctx); err != nil {
			return nil //nolint:nilerr // who is to be told is asked at the next attempt again; the end itself must go on
		}
	default:
		return nil
	}
	next := *r
	next.Rev++
	next.Changed = d.now()
	next.Late++
	err := d.Store.Update(ctx, func(tx Tx) error {
		h, err := tx.Hold(ctx, next.Person.ID, next.Terms.Policy.ID)
		if err != nil {
			return err
		}
		return d.move(ctx, tx, Ending, &next, func(next *Request, tx Tx) error {
			next.Trouble = h.Trouble
			e := d.entry(Passdesk, "end", audit.Failed, *next)
			e.Detail = map[string]string{"late": late.Truncate(time.Second).String(), "why": h.Trouble}
			tx.Record(e)
			for _, p := range told {
				if err := tx.Enqueue(ctx, Job{Kind: Notify, Ref: next.Ref, Person: p.ID}); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err == nil {
		*r = next
	}
	return err
}

// guards are the people of security, as they were known last when Entra does not
// tell.
func (d *Desk) guards(ctx context.Context) ([]Person, error) {
	now, err := d.Directory.Members(ctx, d.Settings.Security)
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case err == nil:
		d.security = now
	case d.security == nil:
		d.Log.ErrorContext(ctx, "asking who belongs to security", "error", err)
		return nil, err
	}
	return d.security, nil
}
