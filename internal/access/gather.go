package access

import (
	"context"
	"time"
)

// gather reads, uncached, all that a verdict about r depends on. The actor is
// whoever acts besides who asked; empty while the form is sent.
func (d *Desk) gather(ctx context.Context, r Request, actor ID) (Case, error) {
	c := Case{Kind: r.Kind, Terms: r.Terms, Decisions: r.decisions(), Escalated: r.Escalated}
	q := Question{Person: r.Person.ID, Asker: r.Asker.ID, Actor: actor}
	var err error
	if c.Threat, err = d.Store.Threat(ctx); err != nil {
		return c, err
	}
	if d.Settings.namesGroups() || c.Threat.On || r.Terms.Emergency {
		q.Others = r.deciders(r.Asker.ID, actor)
	}
	if d.Settings.mentions("person.changed_days") {
		q.Changes = d.now().Add(-changesLookedAt)
	}
	if r.Kind == Exclusion {
		if err := d.gatherExclusion(ctx, r, &c, &q); err != nil {
			return c, err
		}
	}
	if c.Denials, err = denials(ctx, d.Store, r.Person.ID); err != nil {
		return c, err
	}
	if c.Facts, err = d.facts(ctx, q); err != nil {
		return c, err
	}
	// Read last, so that it is as new as can be.
	c.Lock, err = d.locked(ctx, r.Person.ID)
	c.Now = d.now()
	c.From = latest(c.From, c.Now)
	if c.Facts.Policy.Name != "" {
		c.Terms.Policy.Name = c.Facts.Policy.Name
	}
	return c, err
}

// gatherExclusion reads what Passdesk itself knows. The hold is read before Entra
// is asked: whoever changes it meanwhile makes the facts too old to act upon.
func (d *Desk) gatherExclusion(ctx context.Context, r Request, c *Case, q *Question) error {
	if p, ok := d.Settings.policy(r.Terms.Policy.ID); ok {
		q.Policy = &p
	}
	c.From = r.Terms.Start
	if r.Terms.Extends != "" {
		old, err := d.Store.Request(ctx, r.Terms.Extends)
		if err != nil && CodeOf(err) != NotFound {
			return err
		}
		if err == nil && old.State == InForce && old.covers(r) {
			c.From = latest(c.From, old.Ends)
		}
	}
	var err error
	c.Hold, err = d.Store.Hold(ctx, r.Person.ID, r.Terms.Policy.ID)
	return err
}

// covers tells whether two requests are for the same person and policy.
func (r Request) covers(o Request) bool {
	return r.Kind == Exclusion && r.Person.ID == o.Person.ID && r.Terms.Policy.ID == o.Terms.Policy.ID
}

// latest is the later of two times.
func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// outlook asks Entra what would stand in the person's way without and with the
// exclusion. Policies all have to be satisfied, so that with the exclusion it is
// the same without this one. What Entra does not say is left open.
func (d *Desk) outlook(ctx context.Context, c Case) *Outlook {
	outcomes, err := d.Directory.WhatIf(ctx, c.Facts.Person.ID, Scene{Platform: c.Terms.Platform})
	if err != nil {
		d.Log.WarnContext(ctx, "asking what an exclusion would change", "person", c.Facts.Person.ID, "error", err)
		return nil
	}
	o := &Outlook{At: d.now(), Platform: c.Terms.Platform}
	for _, one := range outcomes {
		if !one.Applies || one.State != PolicyOn || (!one.Block && len(one.Needs) == 0) {
			continue
		}
		h := Hurdle{one.Policy, one.Block, one.Needs}
		o.Before = append(o.Before, h)
		if one.Policy.ID == c.Terms.Policy.ID {
			o.Applies = true
		} else {
			o.After = append(o.After, h)
		}
	}
	return o
}

// decisions are all that count. Before there were several, the newest was the only
// one.
func (r Request) decisions() []Decision {
	if len(r.Decisions) == 0 && r.State != Asked && r.Decision != nil {
		return []Decision{*r.Decision}
	}
	return r.Decisions
}

// deciders are those who have agreed, but for some who are asked about anyway.
func (r Request) deciders(but ...ID) []ID {
	var list []ID
	for _, x := range r.decisions() {
		if !has(but, x.By.ID) && !has(list, x.By.ID) {
			list = append(list, x.By.ID)
		}
	}
	return list
}
