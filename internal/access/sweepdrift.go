package access

import (
	"context"
	"errors"
	"slices"

	"github.com/passdesk/passdesk/internal/audit"
)

// SweepDrift compares who is excluded in Entra with what Passdesk has recorded. A
// difference is told to the policy's owners once, recorded once, and cleared when
// it is gone. Nothing in Entra is changed. Unavailable when Entra does not answer.
func (d *Desk) SweepDrift(ctx context.Context) error {
	if len(d.Settings.Policies) == 0 {
		return nil
	}
	c, err := d.readBoth(ctx)
	if err != nil {
		return err
	}
	open, err := d.Store.Drifts(ctx)
	if err != nil {
		return err
	}
	var faults []error
	found := c.differences()
	for _, o := range open {
		gone, err := d.gone(ctx, o, found)
		if gone {
			err = d.clearDrift(ctx, o)
		}
		faults = append(faults, err)
	}
	for _, f := range found {
		if !slices.ContainsFunc(open, f.same) {
			faults = append(faults, d.openDrift(ctx, f))
		}
	}
	_, err = d.guards(ctx) // so that they are known when Entra is not there
	return errors.Join(append(faults, err)...)
}

// readBoth reads Passdesk's records, Entra, and the records again.
func (d *Desk) readBoth(ctx context.Context) (comparison, error) {
	c := comparison{policies: d.Settings.Policies, protected: d.Settings.Protected, names: map[ID]Person{}}
	var err error
	if c.before, err = d.Store.Holds(ctx); err != nil {
		return c, err
	}
	if c.stocks, err = d.Directory.Survey(ctx, c.policies); err != nil {
		return c, err
	}
	if c.before, err = d.withStrangers(ctx, c); err != nil {
		return c, err
	}
	if c.after, err = d.Store.Holds(ctx); err != nil {
		return c, err
	}
	var people []ID
	for _, h := range c.after {
		people = append(people, h.Person)
		if len(h.Leases) == 0 {
			continue
		}
		if r, err := d.Store.Request(ctx, h.Leases[0]); err == nil {
			c.names[h.Person] = r.Person
		}
	}
	if len(people) > 0 {
		c.missing, err = d.Directory.Missing(ctx, people)
	}
	c.now = d.now()
	return c, err
}

// withStrangers adds the free holds of those whom Entra excludes: whoever was let
// go a moment ago is no stranger yet.
func (d *Desk) withStrangers(ctx context.Context, c comparison) ([]Hold, error) {
	holds := c.before
	for i, p := range c.policies {
		for _, who := range c.stocks[i].Excluded {
			if _, ok := c.hold(who.ID, p.ID); ok {
				continue
			}
			h, err := d.Store.Hold(ctx, who.ID, p.ID)
			if err != nil {
				return nil, err
			}
			if h.Rev > 0 {
				holds = append(holds, h)
			}
		}
	}
	return holds, nil
}

// gone tells whether a drift is there no more.
func (d *Desk) gone(ctx context.Context, o Drift, found []Drift) (bool, error) {
	if o.Kind != StillExempt {
		return !slices.ContainsFunc(found, o.same), nil
	}
	p, ok := d.Settings.policy(o.Policy.ID)
	if !ok {
		return true, nil
	}
	now, err := d.Directory.Exempt(ctx, Exemption{o.Person.ID, p.ID, p.Group})
	return err == nil && len(now.Otherwise) == 0, err
}

// openDrift tells and records a difference that was not known. Found by two at
// once it is told once.
func (d *Desk) openDrift(ctx context.Context, f Drift) error {
	f.Found = d.now()
	for {
		f.Ref = NewRef()
		_, err := d.Store.Request(ctx, f.Ref)
		if err == nil {
			continue // a request is called that
		}
		if CodeOf(err) != NotFound {
			return err
		}
		return unlessStale(d.Store.Update(ctx, func(tx Tx) error {
			if err := tx.OpenDrift(ctx, f); err != nil {
				return err
			}
			tx.Record(d.driftEntry("find drift", f))
			return d.warn(ctx, tx, f)
		}))
	}
}

func (d *Desk) clearDrift(ctx context.Context, o Drift) error {
	o.Cleared = d.now()
	return unlessStale(d.Store.Update(ctx, func(tx Tx) error {
		if err := tx.ChangeDrift(ctx, o); err != nil {
			return err
		}
		tx.Record(d.driftEntry("drift gone", o))
		return d.warn(ctx, tx, o)
	}))
}

// warn brings the drift's card to everybody who is told.
func (d *Desk) warn(ctx context.Context, tx Tx, o Drift) error {
	for _, p := range o.Told {
		if err := tx.Enqueue(ctx, Job{Kind: Warn, Ref: o.Ref, Person: p.ID}); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) driftEntry(action string, o Drift) audit.Entry {
	e := audit.Entry{At: d.now(), Actor: string(Passdesk), Action: action, Outcome: audit.Done, Ref: string(o.Ref), Person: string(o.Person.ID)}
	e.Detail = map[string]string{"kind": string(o.Kind), "policy": string(o.Policy.ID)}
	if o.Detail != "" {
		e.Detail["what"] = o.Detail
	}
	return e
}

// noticeStranger tells the owners of somebody who was found to be excluded by
// somebody else when a request was made for them.
func (d *Desk) noticeStranger(ctx context.Context, c Case) {
	p := c.Facts.Policy
	if c.Kind != Exclusion || !p.Exempt.Listed || c.Hold.State != Free || c.Now.Sub(c.Hold.Since) < settles {
		return
	}
	policy, _ := d.Settings.policy(c.Terms.Policy.ID)
	d.notice(ctx, Drift{Kind: Stranger, Policy: c.Terms.Policy, Person: c.Facts.Person.Person, Detail: wayOf(policy), Told: p.Deciders})
}

// noticeStill tells the owners of somebody whose lease has ended, and whom Entra
// excludes in another way.
func (d *Desk) noticeStill(ctx context.Context, r Request) {
	d.notice(ctx, Drift{Kind: StillExempt, Policy: r.Terms.Policy, Person: r.Person, Lease: r.Ref, Detail: r.Still[0], Told: r.Approvers})
}

// notice opens a drift outside a sweep. What cannot be told now, the next sweep
// finds.
func (d *Desk) notice(ctx context.Context, f Drift) {
	open, err := d.Store.Drifts(ctx)
	if err == nil && !slices.ContainsFunc(open, f.same) {
		err = d.openDrift(ctx, f)
	}
	if err != nil {
		d.Log.ErrorContext(ctx, "telling of a drift", "kind", string(f.Kind), "policy", f.Policy.ID, "error", err)
	}
}
