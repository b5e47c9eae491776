package access

import (
	"context"
	"slices"
)

// mostOpen is how many open requests a handover reads: more than a desk leaves open.
const mostOpen = 500

// Shift is what is open at the help desk when one shift hands over to the next, the
// oldest first.
type Shift struct {
	Asked    []Request // waits for a decision
	Approved []Request // agreed, and not used or begun yet
	InForce  []Request
	Ending   []Request // being made or taken away
}

// Handover lists what is open at the whole desk, colleagues' requests too.
// Forbidden for whoever neither asks nor audits.
func (d *Desk) Handover(ctx context.Context, actor ID) (Shift, error) {
	m, err := d.Member(ctx, actor)
	if err != nil {
		return Shift{}, err
	}
	if !d.MayAsk(m) && !d.MayAudit(m) {
		return Shift{}, Fail(Forbidden, "What is open at the desk is for the help desk and the auditors.")
	}
	open, err := d.Store.Requests(ctx, Filter{States: []State{Asked, Approved, CarryingOut, InForce, Ending}, Limit: mostOpen})
	if err != nil {
		return Shift{}, err
	}
	slices.SortFunc(open, func(a, b Request) int { return a.Asked.Compare(b.Asked) })
	var s Shift
	for _, r := range open {
		switch r.State {
		case Asked:
			s.Asked = append(s.Asked, r)
		case Approved:
			s.Approved = append(s.Approved, r)
		case InForce:
			s.InForce = append(s.InForce, r)
		default:
			s.Ending = append(s.Ending, r)
		}
	}
	return s, nil
}
