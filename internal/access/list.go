package access

import (
	"context"
	"slices"
)

// listRead is how many requests one look at a list reads at most, the newest.
const listRead = 2_000

// The words by which a list of requests can be narrowed, beside none.
const (
	OnlyOpen    = "open"     // something can still happen to them
	OnlyInForce = "in force" // what was given holds
	OnlyClosed  = "closed"   // over, whatever came of them
)

// ListQuery says which requests are wanted.
type ListQuery struct {
	Person ID     // for whom; empty: for anybody
	Only   string // one of the words above, denied, or empty
	Skip   int    // so many of the newest, which were on the pages before
}

// states are those that are wanted. A form that was not sent is nobody's business.
func (q ListQuery) states() []State {
	return slices.DeleteFunc(States(), func(s State) bool {
		switch q.Only {
		case OnlyOpen:
			return s == Draft || s.Closed()
		case OnlyInForce:
			return s != InForce && s != Ending
		case OnlyClosed:
			return !s.Closed()
		case OnlyDenied:
			return s != Denied
		}
		return s == Draft
	})
}

// List returns a page of requests, the newest first, and whether there are older
// ones: all of them to auditors, to others those that they asked for or were asked
// to decide.
func (d *Desk) List(ctx context.Context, actor ID, q ListQuery) (page []Request, more bool, err error) {
	m, err := d.Member(ctx, actor)
	if err != nil {
		return nil, false, err
	}
	whose := []Filter{{Asker: actor}, {Approver: actor}} // nobody is both of a request
	if d.MayAudit(m) {
		whose = []Filter{{}}
	}
	var all []Request
	for _, f := range whose {
		f.Person, f.States, f.Limit = q.Person, q.states(), listRead
		some, err := d.Store.Requests(ctx, f)
		if err != nil {
			return nil, false, err
		}
		all = append(all, some...)
	}
	slices.SortStableFunc(all, func(a, b Request) int { return b.Asked.Compare(a.Asked) })
	all = all[min(q.Skip, len(all)):]
	return all[:min(listed, len(all))], len(all) > listed, nil
}
