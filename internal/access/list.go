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

func (q ListQuery) wants(r Request) bool {
	switch q.Only {
	case OnlyOpen:
		return r.State != Draft && !r.State.Closed()
	case OnlyInForce:
		return r.State == InForce || r.State == Ending
	case OnlyClosed:
		return r.State.Closed()
	case OnlyDenied:
		return r.State == Denied
	}
	return r.State != Draft
}

// List returns a page of requests, the newest first, and whether there are older
// ones: all of them to auditors, to others those that they asked for or were asked
// to decide.
func (d *Desk) List(ctx context.Context, actor ID, q ListQuery) (page []Request, more bool, err error) {
	m, err := d.Member(ctx, actor)
	if err != nil {
		return nil, false, err
	}
	filters := []Filter{{Asker: actor, Person: q.Person, Limit: listRead}, {Approver: actor, Person: q.Person, Limit: listRead}}
	if d.MayAudit(m) {
		filters = []Filter{{Person: q.Person, Limit: listRead}}
	}
	var all []Request
	for _, f := range filters {
		some, err := d.Store.Requests(ctx, f)
		if err != nil {
			return nil, false, err
		}
		all = append(all, some...)
	}
	all = slices.DeleteFunc(all, func(r Request) bool { return !q.wants(r) })
	slices.SortStableFunc(all, func(a, b Request) int { return b.Asked.Compare(a.Asked) })
	all = all[min(q.Skip, len(all)):]
	return all[:min(listed, len(all))], len(all) > listed, nil
}
