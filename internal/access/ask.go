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
	if !d.MayDraft(m, terms) {
		no := Fail(Forbidden, "You may not ask for %s here. Somebody of the help desk can.", kind.words().many)
		if terms.Emergency {
			no = Fail(Forbidden, "Only members of the emergency group can ask in an emergency.")
		}
		return Request{}, d.refused(ctx, Click{actor, NewRef(), 0, "draft"}, Request{Person: person, Terms: terms}, no)
	}
	threat, err := d.Store.Threat(ctx)
	if err != nil {
		return Request{}, err
	}
	now := d.now()
	r := Request{
		Rev: 1, State: Draft, Kind: kind, Asker: m.Person, Person: person, Terms: terms,
		Drafted: now, Changed: now, Due: now.Add(draftLasts),
	}
	if threat.On { // whoever fills the form in should know
		r.Verdict.Findings = threatFindings(kind, terms.Emergency)
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
	terms.Emergency = r.Terms.Emergency
	form := r
	form.Person.ID, form.Terms = person, terms
	now, err := d.gather(ctx, form, "")
	if err != nil {
		return r, err
	}
	v, err := d.verdictOf(ctx, &now)
	if err != nil {
		return r, err
	}
	d.noticeStranger(ctx, now)
	var security []Person
	if terms.Emergency && !v.Refused() {
		if security, err = d.guards(ctx); err != nil {
			return r, err
		}
	}
	return d.act(ctx, click, r, func(next *Request, tx Tx) error {
		next.Person, next.Terms, next.Verdict, next.Outlook = now.Facts.Person.Person, now.Terms, v, now.Outlook
		if !now.Facts.Person.Found {
			next.Person = r.Person
		}
		if sendable(r, *next) {
			if err := d.checkLimits(ctx, tx, next); err != nil {
				return err
			}
		}
		if !sendable(r, *next) {
			d.keepDraft(next, tx)
			return nil
		}
		if err := d.reviewBegun(ctx, next, tx, security); err != nil {
			return err
		}
		return d.send(ctx, next, tx)
	})
}

// verdictOf judges a form that is being sent, with what only then is asked: what
// Entra thinks of it, who belongs to the groups that could agree, and whether
// those people can be written to.
func (d *Desk) verdictOf(ctx context.Context, c *Case) (Verdict, error) {
	c.Sending = true
	v := d.Settings.Judge(*c)
	if v.Refused() {
		return v, nil
	}
	if c.Kind == Exclusion {
		c.Outlook = d.outlook(ctx, *c)
	}
	if err := d.lookUp(ctx, c, v); err != nil {
		return v, err
	}
	v = d.Settings.Judge(*c)
	d.reach(ctx, &v, nil)
	d.reachPerson(ctx, &v, c.Facts.Person.Person)
	return v, nil
}

// reachPerson refuses what its person would have to confirm and cannot.
func (d *Desk) reachPerson(ctx context.Context, v *Verdict, p Person) {
	if v.Refused() || !slices.ContainsFunc(v.Needs, func(n Need) bool { return n.Caller == Confirm }) {
		return
	}
	if err := d.Reach(ctx, p); err != nil {
		d.Log.WarnContext(ctx, "reaching the person", "person", p.ID, "error", err)
		v.add(Refusal, "person.unreachable", "By the rule “"+v.Rule+"” "+p.Name+" has to confirm in their own chat that they ask for this. "+Say(err))
	}
}

// reach leaves out who cannot be written to, and adds a refusal when that leaves
// too few who could agree. Those who were asked before need not be looked at.
func (d *Desk) reach(ctx context.Context, v *Verdict, asked []Person) {
	for i := range v.Needs {
		n := &v.Needs[i]
		var reached []Person
		var why error
		for _, p := range n.People {
			if v.Refused() || isOne(asked, p.ID) || !v.asksAlone(*n, p.ID) {
				reached = append(reached, p)
			} else if err := d.Reach(ctx, p); err != nil {
				d.Log.WarnContext(ctx, "reaching an approver", "person", p.ID, "error", err)
				why = err
			} else {
				reached = append(reached, p)
			}
		}
		if len(reached) < n.Count && why != nil {
			v.add(Refusal, "approver.unreachable", Say(why))
			continue
		}
		n.People = reached
	}
	if n, ok := v.next(nil); ok && len(asked) == 0 {
		v.Approvers = n.People
	}
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
	e := d.entry(next.Asker.ID, "ask", audit.Done, *next)
	e.Detail = next.Terms.words()
	e.Detail["rule"] = next.Verdict.Rule
	need, _ := next.Verdict.next(nil)
	if need.Caller != NoProof {
		e.Detail["caller"] = string(need.Caller)
	}
	tx.Record(e)
	if err := d.wait(ctx, next, tx, need); err != nil {
		return err
	}
	if next.Challenge != nil {
		next.Challenge.Shown = next.Changed // in the answer to this click
	}
	return nil
}
