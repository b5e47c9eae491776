package access

import (
	"context"
	"slices"
)

// InPlace stands, in jobs and cards, for a request's place: everybody who reads
// along there.
const InPlace ID = "place"

// MostInPlace is how many people a card in a channel can show by itself what is
// theirs (Teams: User Specific Views, userIds). Others ask for it.
const MostInPlace = 60

// AskedAlone tells whether somebody who may decide is asked in their own chat.
// Where a request has a place, members of groups are asked there, and nowhere else.
func (r Request) AskedAlone(id ID) bool {
	n, _ := r.Verdict.next(r.Decisions)
	return r.Verdict.asksAlone(n, id)
}

func (v Verdict) asksAlone(n Need, id ID) bool { return v.Place == "" || slices.Contains(n.Own, id) }

// most is how many people are asked to meet a need.
func (v Verdict) most() int {
	if v.Place != "" {
		return MostInPlace
	}
	return mostApprovers
}

// own are those who could meet the need without belonging to any group.
func (n Need) own(c Case) []ID {
	c.Members = nil
	alone := n.candidates(c)
	list := make([]ID, 0, len(alone))
	for _, p := range alone {
		list = append(list, p.ID)
	}
	return list
}

// asks are the jobs that ask the people of a need, but for those who were asked
// before. A place in which others were asked before hears that it waits again.
func (v Verdict) asks(ref Ref, n Need, before []Person) []Job {
	var jobs []Job
	for _, p := range n.People {
		if !isOne(before, p.ID) && v.asksAlone(n, p.ID) {
			jobs = append(jobs, Job{Kind: Announce, Ref: ref, Person: p.ID})
		}
	}
	switch {
	case v.Place == "":
		return jobs
	case len(before) == 0:
		return append(jobs, Job{Kind: Announce, Ref: ref, Person: InPlace})
	}
	return append(jobs, Job{Kind: Notify, Ref: ref, Person: InPlace})
}

// reminders are the jobs that tell who may decide, and has not, that they are
// waited for.
func (r Request) reminders() []Job {
	var jobs []Job
	for _, p := range r.Approvers {
		if r.MayDecide(p.ID) && r.AskedAlone(p.ID) {
			jobs = append(jobs, Job{Kind: Notify, Ref: r.Ref, Person: p.ID})
		}
	}
	if r.Verdict.Place != "" {
		jobs = append(jobs, Job{Kind: Notify, Ref: r.Ref, Person: InPlace})
	}
	return jobs
}

// SeeInPlace returns a request for drawing to somebody who looks at it in a place,
// where it waits for a decision that is theirs: their standing is read uncached,
// as for the decision itself. To everybody else it is Forbidden, whoever they are.
// It changes and records nothing.
func (d *Desk) SeeInPlace(ctx context.Context, actor ID, ref Ref, place string) (Sight, error) {
	r, err := d.Store.Request(ctx, ref)
	if err != nil {
		return Sight{}, err
	}
	no := Fail(Forbidden, "Only who may decide about %s at this moment sees more of it here.", ref)
	if !r.DecidedIn(place) || r.State != Asked || r.over(d.now()) || mayDecide(r, actor) != nil {
		return Sight{}, no
	}
	now, v, err := d.judgeAgain(ctx, r, actor)
	if err != nil {
		return Sight{}, err
	}
	if _, refused := stillDecides(r, now, v); refused != nil {
		return Sight{}, no
	}
	return Sight{Request: r.admit(now.Facts.Actor.Person)}, nil
}

// DecidedIn tells whether the request is decided in this place.
func (r Request) DecidedIn(place string) bool {
	return place != "" && r.Verdict.Place == place && r.State != Draft
}

// admit is the request as somebody sees it who may decide without having been
// asked by name.
func (r Request) admit(p Person) Request {
	r.Approvers = union(r.Approvers, []Person{p})
	r.Verdict = r.Verdict.admit(r.Decisions, p)
	return r
}

// admit counts somebody among those who are asked to meet the need that waits.
func (v Verdict) admit(decisions []Decision, p Person) Verdict {
	waits, _ := v.next(decisions)
	v.Needs = slices.Clone(v.Needs)
	for i := range v.Needs {
		if n := &v.Needs[i]; n.Key == waits.Key {
			n.People = union(n.People, []Person{p})
		}
	}
	return v
}
