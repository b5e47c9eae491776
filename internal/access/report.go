package access

import (
	"context"
	"io"
	"slices"
	"time"

	"github.com/passdesk/passdesk/internal/audit"
)

// Report is the rollout with what is in force.
type Report struct {
	Rollout *Rollout // nil while it is being read
	Reading *Reading // nil when it is there
	Leases  int      // exclusions that hold now
	// Next is when the first of these ends by itself; zero without one.
	Next time.Time
}

// Report tells how far the rollout is, as it was at most an hour ago, or who is
// reading it; anew asks for a reading unless the last is some minutes old only.
// Forbidden for whoever neither asks nor audits.
func (d *Desk) Report(ctx context.Context, actor ID, anew bool) (Report, error) {
	if err := d.mayReport(ctx, actor); err != nil {
		return Report{}, err
	}
	var r Report
	if r.Rollout, r.Reading = d.rollout(anew); r.Reading != nil {
		return r, nil
	}
	leases, err := d.Store.Requests(ctx, Filter{Kind: Exclusion, States: []State{InForce, Ending}, Limit: everything})
	for _, l := range leases {
		if l.State == InForce && (r.Next.IsZero() || l.Ends.Before(r.Next)) {
			r.Next = l.Ends
		}
	}
	r.Leases = len(leases)
	return r, err
}

// mayReport lets in who may look. That somebody else tried is recorded.
func (d *Desk) mayReport(ctx context.Context, actor ID) error {
	m, err := d.Member(ctx, actor)
	switch {
	case err != nil:
		return err
	case !d.MayLook(m):
		no := Fail(Forbidden, "The report is for the help desk and the auditors.")
		return d.refused(ctx, Click{actor, NewRef(), 0, "report"}, Request{}, no)
	}
	return nil
}

// LeftFile is the file of everybody who is left, as CSV in UTF-8. Close gives it
// back.
type LeftFile struct {
	io.ReaderAt
	Size int64 // bytes
	Read time.Time

	spool *spool
}

// Close gives the file back.
func (f LeftFile) Close() { f.spool.release() }

// LeftFile hands out the file of everybody who is left, once for each click, and
// records who got it. Forbidden as Report; Stale for a click that was obeyed
// before; NotFound where there is no report any more.
func (d *Desk) LeftFile(ctx context.Context, c Click) (LeftFile, error) {
	if err := d.mayReport(ctx, c.Actor); err != nil {
		return LeftFile{}, err
	}
	d.reader.mu.Lock()
	last := d.reader.last
	held := last != nil && last.spool != nil && last.spool.hold()
	d.reader.mu.Unlock()
	if !held {
		return LeftFile{}, Fail(NotFound, "This report is not at hand any more. Write report to get a new one.").Because(errNoFile)
	}
	err := d.Store.Update(ctx, func(tx Tx) error {
		first, err := tx.First(ctx, c)
		if err == nil && !first {
			err = Fail(Stale, "This file was given already. Write report to get it again.")
		}
		if err != nil {
			return err
		}
		tx.Record(audit.Entry{At: d.now(), Actor: string(c.Actor), Action: "report file", Outcome: audit.Done, Detail: map[string]string{"read": last.Read.Format(time.RFC3339)}})
		return nil
	})
	if err != nil {
		last.spool.release()
		return LeftFile{}, err
	}
	return LeftFile{ReaderAt: last.spool.file, Size: last.spool.size, Read: last.Read, spool: last.spool}, nil
}

// newest is of how many requests the median is, in each state that such a request
// can be in.
const newest = 1000

// median is the time from asking to the passkey that the request was for, of how
// many requests. Of each state the newest are read, so that it costs the same in
// a desk of any age.
func (d *Desk) median(ctx context.Context) (time.Duration, int, error) {
	var took []time.Duration
	for _, state := range []State{InForce, Ending, Ended} {
		list, err := d.Store.Requests(ctx, Filter{States: []State{state}, Limit: newest})
		if err != nil {
			return 0, 0, err
		}
		for _, r := range list {
			if !r.Registered.IsZero() && r.Registered.After(r.Asked) {
				took = append(took, r.Registered.Sub(r.Asked))
			}
		}
	}
	if len(took) == 0 {
		return 0, 0, nil
	}
	slices.Sort(took)
	middle := took[len(took)/2]
	if len(took)%2 == 0 {
		middle = (middle + took[len(took)/2-1]) / 2
	}
	return middle, len(took), nil
}
