package access

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/audit"
)

// Answer is what somebody who may decide says.
type Answer struct {
	Approve  bool
	Reason   string
	Evidence Evidence // of the caller, where the rule asks for it
}

// Decide answers a request. Facts, rule and everybody's standing are read anew:
// what was true when it was asked may not be true any more. A wrong code of the
// caller is no error: it is counted on the request that is returned, and closes it
// when it was the last. Forbidden for
// somebody who may not decide, Refused when the checks say no by now, Invalid
// when what the rule asks for about the caller is not said, Stale for a request
// that has changed.
func (d *Desk) Decide(ctx context.Context, actor ID, c Claim, a Answer) (Request, error) {
	click := Click{actor, c.Ref, c.Rev, a.verb()}
	r, err := d.Store.Request(ctx, c.Ref)
	if err != nil {
		return Request{}, err
	}
	if no := mayDecide(r, actor); no != nil {
		return r, d.refused(ctx, click, r, no)
	}
	if r.State != Asked || r.Rev != c.Rev {
		return d.stale(ctx, click, r)
	}
	if r.over(d.now()) {
		return r, d.refused(ctx, click, r, Fail(Refused, "The time to decide is over.%s", r.again(actor)))
	}
	asked, _, _ := r.Waiting()
	if no := asked.unsaid(a.Evidence); a.Approve && no != nil { // before Entra is asked
		return r, no
	}
	now, v, err := d.judgeAgain(ctx, r, actor)
	if err != nil {
		return r, err
	}
	need, no := stillDecides(r, now, v)
	if no != nil {
		return r, d.refused(ctx, click, r, no)
	}
	if r.Verdict.Place != "" { // they were not asked by name, perhaps
		r, v = r.admit(now.Facts.Actor.Person), v.admit(r.Decisions, now.Facts.Actor.Person)
	}
	if a.Approve && v.Refused() {
		return r, d.refused(ctx, click, r, refusal("This cannot be approved any more.", v))
	}
	answer := Decision{By: now.Facts.Actor.Person, At: d.now(), Approve: a.Approve, Reason: a.Reason, For: need.Key}
	if a.Approve {
		if answer.Proven, err = d.prove(r, need, a.Evidence); err != nil {
			return d.unproven(ctx, click, r, v, need, answer.By, err)
		}
	}
	return d.takeAnswer(ctx, click, r, v, a, answer)
}

// takeAnswer stores what somebody has said, unless they agree to too much too fast.
func (d *Desk) takeAnswer(ctx context.Context, click Click, r Request, v Verdict, a Answer, answer Decision) (Request, error) {
	decided, err := d.act(ctx, click, r, func(next *Request, tx Tx) error {
		if err := d.checkPace(ctx, tx, click.Actor, a); err != nil {
			return err
		}
		next.Verdict = v
		answer.At = next.Changed
		return d.decide(ctx, next, tx, answer)
	})
	if no, ok := errors.AsType[paceError](err); ok {
		return r, d.refused(ctx, click, r, no.no)
	}
	return decided, err
}

// unproven is what follows when what was said about the caller does not prove what
// the need asks for.
func (d *Desk) unproven(ctx context.Context, click Click, r Request, v Verdict, need Need, by Person, cause error) (Request, error) {
	no, refused := errors.AsType[*Error](cause)
	switch {
	case errors.Is(cause, errWrongCode):
		return d.wrongCode(ctx, click, r, v, by)
	case errors.Is(cause, errUnasked):
		return d.act(ctx, click, r, func(next *Request, tx Tx) error {
			next.Verdict, next.Verdict.Approvers = v, need.People
			return d.challenge(ctx, next, tx, need)
		})
	case refused && no.Code == Refused:
		return r, d.refused(ctx, click, r, no)
	}
	return r, cause
}

func (a Answer) verb() string {
	if a.Approve {
		return "approve"
	}
	return "deny"
}

// judgeAgain reads the facts anew and judges a request that was sent. Who was
// asked before stays asked; where the rule asks for somebody else by now, those
// are looked up.
func (d *Desk) judgeAgain(ctx context.Context, r Request, actor ID) (Case, Verdict, error) {
	c, err := d.gather(ctx, r, actor)
	if err != nil {
		return c, Verdict{}, err
	}
	v := d.Settings.Judge(c)
	if !v.asksLike(r.Verdict) {
		if err := d.lookUp(ctx, &c, v); err != nil {
			return c, v, err
		}
		v = d.Settings.Judge(c)
	}
	v.remember(r.Verdict)
	return c, v, nil
}

// lookUp reads the members of the groups that a verdict's needs name.
func (d *Desk) lookUp(ctx context.Context, c *Case, v Verdict) (err error) {
	c.Members, err = members(ctx, d.Directory, v)
	return err
}

func members(ctx context.Context, dir Directory, v Verdict) (map[ID][]Person, error) {
	all := map[ID][]Person{}
	for _, n := range v.Needs {
		for _, s := range n.From {
			group, ok := s.Group()
			if _, have := all[group]; !ok || have {
				continue
			}
			people, err := dir.Members(ctx, []ID{group})
			if err != nil {
				return nil, err
			}
			all[group] = people
		}
	}
	return all, nil
}

// asksLike tells whether two verdicts ask the same of the same.
func (v Verdict) asksLike(o Verdict) bool {
	return slices.EqualFunc(v.Needs, o.Needs, func(a, b Need) bool {
		return a.Key == b.Key && a.Count == b.Count && a.Caller == b.Caller && slices.Equal(a.From, b.From)
	})
}

// remember keeps those who were asked to meet a need, beside those whom the
// verdict names itself.
func (v *Verdict) remember(o Verdict) {
	for i := range v.Needs {
		n := &v.Needs[i]
		for _, old := range o.Needs {
			if old.Key == n.Key {
				n.People = union(n.People, old.People)
			}
		}
	}
}

// union is a with those of b who are not in it.
func union(a, b []Person) []Person {
	a = slices.Clone(a)
	for _, p := range b {
		if !isOne(a, p.ID) {
			a = append(a, p)
		}
	}
	return a
}

// again tells those whom a request concerns who can ask once more; to others it
// names nobody.
func (r Request) again(actor ID) string {
	if !r.Concerns(actor) {
		return ""
	}
	return " " + r.Asker.Name + " can ask again."
}

// mayDecide refuses who cannot decide by what is stored: I3, and, where the request
// has no place, all but the people whom the rule named. In a place their standing
// alone tells, see stillDecides.
func mayDecide(r Request, actor ID) *Error {
	switch {
	case actor == r.Asker.ID:
		return Fail(Forbidden, "Who asks cannot also decide.")
	case actor == r.Person.ID:
		return Fail(Forbidden, "Nobody decides about a request for themselves.")
	case r.State == Draft || (r.Verdict.Place == "" && !isOne(r.Approvers, actor)):
		return Fail(Forbidden, notADecider)
	case r.State == Asked && r.agreedBy(actor):
		return Fail(Forbidden, "You have agreed already. Somebody else has to agree, too.")
	}
	return nil
}

const notADecider = "You are not one of those who may decide about this request."

// stillDecides refuses somebody whose standing has changed since the request was
// sent, and returns the need that they may meet.
func stillDecides(r Request, c Case, v Verdict) (Need, *Error) {
	actor := c.Facts.Actor
	need, waits := v.next(r.Decisions)
	switch {
	case !actor.MayAct():
		return need, Fail(Forbidden, MembersOnly)
	case actor.ID == r.Asker.ID || actor.ID == r.Person.ID:
		return need, Fail(Forbidden, "You may not decide about this request.")
	case !isOne(r.Approvers, actor.ID) && (!waits || !need.takes(c, actor.ID)):
		return need, Fail(Forbidden, notADecider)
	case len(v.Needs) == 0: // refused whatever they say: they may still say no
		return need, nil
	case !waits || !need.takes(c, actor.ID):
		return need, Fail(Forbidden, "You are not %s any more, so you cannot decide. %s can ask again.", need.words(r.Kind), r.Asker.Name)
	}
	return need, nil
}

// words say who may meet the need.
func (n Need) words(k Kind) string {
	if len(n.From) == 1 && n.From[0] == SourceManager {
		return Pass.words().decider
	}
	if len(n.From) == 1 && n.From[0] == SourceOwners {
		return Exclusion.words().decider
	}
	if len(n.From) == 0 {
		return k.words().decider
	}
	return "one of those who may decide"
}

func (d *Desk) decide(ctx context.Context, next *Request, tx Tx, answer Decision) error {
	next.Decision, next.Decisions = &answer, append(slices.Clone(next.Decisions), answer)
	d.recordDecision(next, tx, answer)
	if err := tx.SaveDecision(ctx, next.Ref, answer.By.ID, answer.At); err != nil {
		return err
	}
	if !answer.Approve {
		return d.deny(ctx, next, tx, answer.By, answer.Reason)
	}
	before, _ := next.Verdict.next(next.Decisions[:len(next.Decisions)-1])
	if need, more := next.Verdict.next(next.Decisions); more {
		if need.Key == before.Key { // the same people are waited for
			next.Verdict.Approvers = need.People
			return d.challenge(ctx, next, tx, need) // a code is used once
		}
		return d.wait(ctx, next, tx, need)
	}
	if again := d.dropStale(next, tx); len(again) > 0 {
		return d.waitAgain(ctx, next, tx, again)
	}
	next.By, next.Challenge = answer.By, nil
	next.State, next.Why, next.Remind, next.Escalate = Approved, "", time.Time{}, time.Time{}
	next.Due = answer.At.Add(approvedLasts)
	if until := d.Settings.provenUntil(next.Decisions); next.Kind == Pass && !until.IsZero() && until.Before(next.Due) {
		next.Due = until
	}
	if next.Kind == Exclusion { // it is carried out by itself
		next.Due = latest(answer.At, next.Terms.Start)
		if !next.Due.After(answer.At) {
			return nil // it is in force in a moment, and that is told
		}
	}
	return tx.Enqueue(ctx, Job{Kind: Notify, Ref: next.Ref, Person: next.Asker.ID})
}

func (d *Desk) recordDecision(next *Request, tx Tx, answer Decision) {
	e := d.entry(answer.By.ID, Answer{Approve: answer.Approve}.verb(), audit.Done, *next)
	e.Detail = map[string]string{}
	if answer.Reason != "" {
		e.Detail["reason"] = answer.Reason
	}
	if next.Verdict.Rule != "" && len(next.Verdict.Needs) > 1 {
		e.Detail["need"] = answer.For
	}
	if answer.Proven != nil {
		answer.Proven.words(e.Detail)
	}
	if len(e.Detail) == 0 {
		e.Detail = nil
	}
	tx.Record(e)
}

// wait asks the people of a need, and waits for them.
func (d *Desk) wait(ctx context.Context, next *Request, tx Tx, need Need) error {
	within := next.Verdict.Within
	next.Verdict.Approvers = need.People
	next.Due = next.Changed.Add(within)
	next.Remind = next.Changed.Add(within / 2)
	next.Escalate = time.Time{}
	jobs := []Job{{Kind: Due, Ref: next.Ref, At: next.Remind}}
	if after := next.Verdict.Escalate.After; after > 0 && after < within && !has(next.Escalated, need.Key) {
		next.Escalate = next.Changed.Add(after)
		jobs = append(jobs, Job{Kind: Due, Ref: next.Ref, At: next.Escalate})
	}
	jobs = append(jobs, next.Verdict.asks(next.Ref, need, next.Approvers)...)
	next.Approvers = union(next.Approvers, need.People)
	for _, j := range jobs {
		if err := tx.Enqueue(ctx, j); err != nil {
			return err
		}
	}
	return d.challenge(ctx, next, tx, need)
}

// waitAgain waits once more for people whose agreement does not count any more, and
// tells them.
func (d *Desk) waitAgain(ctx context.Context, next *Request, tx Tx, again []ID) error {
	next.Decision = nil
	if n := len(next.Decisions); n > 0 {
		last := next.Decisions[n-1]
		next.Decision = &last
	}
	need, _ := next.Verdict.next(next.Decisions)
	for _, id := range again {
		if err := tx.Enqueue(ctx, Job{Kind: Notify, Ref: next.Ref, Person: id}); err != nil {
			return err
		}
	}
	return d.wait(ctx, next, tx, need)
}

// refusal tells in a sentence why a verdict refuses.
func refusal(lead string, v Verdict) *Error {
	refusals := v.At(Refusal)
	why := append(make([]string, 0, 1+len(refusals)), lead)
	for _, f := range refusals {
		why = append(why, f.Text)
	}
	return Fail(Refused, "%s", strings.Join(why, " "))
}
