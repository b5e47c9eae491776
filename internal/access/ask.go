package access

import (
	"context"
	"slices"
	"strings"

	"github.com/passdesk/passdesk/internal/audit"
)

// Draft opens a form: a request that is not sent yet. The person, and the policy
// of an exclusion, may still be open. Forbidden for somebody who may not ask.
func (d *Desk) Draft(ctx context.Context, actor ID, kind Kind, person Person, terms Terms) (Request, error) {
	m, err := d.Member(ctx, actor)
	if err != nil {
		return Request{}, err
	}
	if !d.MayAsk(m) {
		no := Fail(Forbidden, "You may not ask for %s here. Somebody of the help desk can.", kind.words().many)
		return Request{}, d.refused(ctx, Click{actor, NewRef(), 0, "draft"}, Request{Person: person}, no)
	}
	now := d.now()
	r := Request{
		Rev: 1, State: Draft, Kind: kind, Asker: m.Person, Person: person, Terms: terms,
		Drafted: now, Changed: now, Due: now.Add(draftLasts),
	}
	if kind == Exclusion {
		r.Policies, _ = d.policies(ctx) // without their names they go by alias or id
	}
	for {
		r.Ref = NewRef()
		err := d.Store.Update(ctx, func(tx Tx) error { return tx.Insert(ctx, r) })
		if CodeOf(err) != Stale { // the reference is not taken
			return r, err
		}
	}
}

// Ask sends a form. It returns the request, asked; or still a draft, with what
// was found wrong with it in its verdict. A warning is sent over by asking
// again. Forbidden for somebody else's form, Stale for one that has changed.
func (d *Desk) Ask(ctx context.Context, actor ID, c Claim, person ID, terms Terms) (Request, error) {
	click := Click{actor, c.Ref, c.Rev, "ask"}
	r, err := d.Store.Request(ctx, c.Ref)
	if err != nil {
		return Request{}, err
	}
	if r.Asker.ID != actor {
		return Request{}, d.refused(ctx, click, r, Fail(Forbidden, "This form is not yours. Write “pass” to get your own."))
	}
	if r.State != Draft || r.Rev != c.Rev {
		return d.stale(ctx, click, r)
	}
	form := r
	form.Person.ID, form.Terms = person, terms
	now, err := d.gather(ctx, form, "")
	if err != nil {
		return r, err
	}
	v := d.verdictOf(ctx, &now)
	d.noticeStranger(ctx, now)
	return d.act(ctx, click, r, func(next *Request, tx Tx) error {
		next.Person, next.Terms, next.Verdict, next.Outlook = now.Facts.Person.Person, now.Terms, v, now.Outlook
		if !now.Facts.Person.Found {
			next.Person = r.Person
		}
		if !sendable(r, *next) {
			d.keepDraft(next, tx)
			return nil
		}
		return d.send(ctx, next, tx)
	})
}

// verdictOf judges a form that is being sent, with what only then is asked: what
// Entra thinks of it, and whether those who decide can be written to.
func (d *Desk) verdictOf(ctx context.Context, c *Case) Verdict {
	c.Sending = true
	v := d.Settings.Judge(*c)
	if c.Kind == Exclusion && !v.Refused() {
		c.Outlook = d.outlook(ctx, *c)
		v = d.Settings.Judge(*c)
	}
	d.reachApprovers(ctx, &v)
	return v
}

// reachApprovers leaves out who cannot be written to, and adds a refusal when
// that leaves nobody who may decide.
func (d *Desk) reachApprovers(ctx context.Context, v *Verdict) {
	if v.Refused() {
		return
	}
	var reached []Person
	var why error
	for _, p := range v.Approvers {
		if err := d.Reach(ctx, p); err != nil {
			d.Log.WarnContext(ctx, "reaching an approver", "person", p.ID, "error", err)
			why = err
			continue
		}
		reached = append(reached, p)
	}
	if len(reached) == 0 {
		v.add(Refusal, "approver.unreachable", Say(why))
		return
	}
	v.Approvers = reached
}

// sendable tells whether the form may be sent as it is: nothing refuses it, and
// the asker has seen every warning about this person before.
func sendable(before, now Request) bool {
	if now.Verdict.Refused() {
		return false
	}
	for _, code := range now.Verdict.Codes(Warning) {
		// The tick that replaces a live pass is the asker's word already.
		if code == "pass.replaces" {
			continue
		}
		if before.Person.ID != now.Person.ID || before.Terms.Policy.ID != now.Terms.Policy.ID || !slices.Contains(before.Warned, code) {
			return false
		}
	}
	return true
}

func (d *Desk) keepDraft(next *Request, tx Tx) {
	next.Warned = next.Verdict.Codes(Warning)
	if next.Verdict.Refused() {
		e := d.entry(next.Asker.ID, "ask", audit.Refused, *next)
		e.Detail = map[string]string{"findings": strings.Join(next.Verdict.Codes(Refusal), ", ")}
		tx.Record(e)
	}
}

func (d *Desk) send(ctx context.Context, next *Request, tx Tx) error {
	next.State, next.Policies = Asked, nil
	next.Asked = next.Changed
	next.Approvers = next.Verdict.Approvers
	next.Due = next.Asked.Add(askedLasts)
	next.Remind = next.Asked.Add(askedLasts / 2)
	e := d.entry(next.Asker.ID, "ask", audit.Done, *next)
	e.Detail = next.Terms.words()
	tx.Record(e)
	for _, p := range next.Approvers {
		if err := tx.Enqueue(ctx, Job{Kind: Announce, Ref: next.Ref, Person: p.ID}); err != nil {
			return err
		}
	}
	return tx.Enqueue(ctx, Job{Kind: Due, Ref: next.Ref, At: next.Remind})
}
