package access

import "context"

// See returns a request for drawing. Forbidden for somebody whom it does not
// concern, and who is not asked about it; to them it looks as if there were none.
func (d *Desk) See(ctx context.Context, actor ID, ref Ref) (Sight, error) {
	r, err := d.Store.Request(ctx, ref)
	if err != nil {
		return Sight{}, err
	}
	if !r.Concerns(actor) && !r.Asks(actor) {
		return Sight{}, Fail(Forbidden, "There is no request %s that concerns you.", ref)
	}
	return d.Draw(ctx, r)
}

// Draw completes a request that the caller may see to what drawing it needs.
func (d *Desk) Draw(ctx context.Context, r Request) (Sight, error) {
	switch r.State {
	case Draft, Asked, Approved, Denied, Withdrawn, Lapsed:
		return Sight{Request: r}, nil // no reveal can exist yet
	default:
		s, err := d.sight(ctx, r)
		return s.Sight, err
	}
}

// listed is how many requests or entries one answer shows.
const listed = 20

// Open lists what waits for the actor's decision or review, what they asked for and is
// not in force yet, and what is in force that they asked for or approved.
func (d *Desk) Open(ctx context.Context, actor ID) (waiting, mine, inForce []Request, err error) {
	reviews, err := d.toReview(ctx, actor)
	if err != nil {
		return nil, nil, nil, err
	}
	waiting, err = d.Store.Requests(ctx, Filter{Approver: actor, States: []State{Asked}, Limit: listed})
	if err != nil {
		return nil, nil, nil, err
	}
	waiting = append(reviews, waiting...)
	mine, err = d.Store.Requests(ctx, Filter{Asker: actor, States: []State{Asked, Approved, CarryingOut}, Limit: listed})
	if err != nil {
		return nil, nil, nil, err
	}
	inForce, err = d.Store.Requests(ctx, Filter{Asker: actor, States: []State{InForce, Ending}, Limit: listed})
	if err != nil {
		return nil, nil, nil, err
	}
	approved, err := d.Store.Requests(ctx, Filter{Approver: actor, States: []State{InForce, Ending}, Limit: listed})
	return waiting, mine, append(inForce, approved...), err
}

// learn adds the names of a request's people, and tells whether it concerns the
// actor.
func (d *Desk) learn(ctx context.Context, actor ID, ref Ref, names map[ID]string) bool {
	r, err := d.Store.Request(ctx, ref)
	if err != nil {
		return false
	}
	people := append([]Person{r.Asker, r.Person, r.By}, r.Approvers...)
	for _, p := range people {
		if p.Name != "" {
			names[p.ID] = p.Name
		}
	}
	return r.Concerns(actor)
}
