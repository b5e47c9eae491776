package access

import (
	"context"
	"time"

	"github.com/passdesk/passdesk/internal/audit"
)

// HasThreat tells whether there is a threat mode here: somebody could switch it.
func (d *Desk) HasThreat() bool { return len(d.Settings.Threat) > 0 }

// MaySwitch tells whether m may switch threat mode.
func (d *Desk) MaySwitch(m Member) bool { return m.MayAct() && m.In(d.Settings.Threat) }

// Threat tells how threat mode stands. Forbidden for whoever may not switch it.
func (d *Desk) Threat(ctx context.Context, actor ID) (Threat, error) {
	if _, err := d.switcher(ctx, actor, "threat", Threat{}); err != nil {
		return Threat{}, err
	}
	return d.Store.Threat(ctx)
}

// ThreatOn switches threat mode on. While it is on it stays so, and what somebody
// has said about switching it off does not count any more. Forbidden for whoever
// may not switch it.
func (d *Desk) ThreatOn(ctx context.Context, actor ID, reason string) (Threat, error) {
	return d.switchThreat(ctx, actor, Claim{}, "threat on", func(s *switching) error {
		if s.next.On {
			return s.keep()
		}
		s.next = Threat{Rev: s.next.Rev, Ref: NewRef(), On: true, Since: s.now, By: s.actor, Reason: reason}
		s.entry.Detail = map[string]string{"reason": reason}
		return nil
	})
}

// ThreatKeep takes back that threat mode can be switched off, whoever has said it.
// A zero claim means it as it is now. Forbidden for whoever may not switch it,
// Stale for a card that shows an older one.
func (d *Desk) ThreatKeep(ctx context.Context, actor ID, c Claim) (Threat, error) {
	return d.switchThreat(ctx, actor, c, "threat keep", (*switching).keep)
}

// ThreatOff says that threat mode can be switched off. The first who says it is
// written down; when somebody else says it within the hour, it is off. A zero claim
// means it as it is now. Forbidden for whoever may not switch it, Refused for whoever
// has said it already, Stale for a card that shows an older one.
func (d *Desk) ThreatOff(ctx context.Context, actor ID, c Claim) (Threat, error) {
	return d.switchThreat(ctx, actor, c, "threat off", func(s *switching) error {
		switch {
		case !s.next.On:
			return errUnchanged
		case !s.stands:
			s.next.First, s.next.FirstAt = s.actor, s.now
			s.entry.Outcome = audit.Intent
		case s.next.First.ID == actor:
			return Fail(Refused, "You have said that already. Somebody else of the threat group has to confirm it within an hour of that.")
		default:
			s.next.On, s.next.Since, s.next.By = false, s.now, s.actor
			s.entry.Detail = map[string]string{"first": string(s.next.First.ID)}
		}
		return nil
	})
}

// switching is one attempt to change threat mode.
type switching struct {
	next   Threat
	now    time.Time
	actor  Person
	stands bool // the word of the first who said that it can be switched off
	entry  audit.Entry
}

// keep takes back that it can be switched off, where that has been said.
func (s *switching) keep() error {
	if !s.next.On || s.next.First.ID == "" {
		return errUnchanged
	}
	s.next.First, s.next.FirstAt = Person{}, time.Time{}
	s.entry.Action = "threat keep"
	return nil
}

// errUnchanged says that it is already as it should be.
var errUnchanged = Fail(Stale, "It is like that already.")

// switchThreat changes threat mode over what was read. Somebody else's change that
// comes between is read, and judged, anew; for a card that shows an older one it is
// the end.
func (d *Desk) switchThreat(ctx context.Context, actor ID, c Claim, verb string, change func(*switching) error) (Threat, error) {
	for {
		t, err := d.Store.Threat(ctx)
		if err != nil {
			return t, err
		}
		if c.Ref != "" && (c.Ref != t.Ref || c.Rev != t.Rev) {
			_, err := d.stale(ctx, Click{actor, c.Ref, c.Rev, verb}, Request{})
			return t, err
		}
		next, err := d.tryThreat(ctx, actor, c, verb, t, change)
		switch {
		case err == errUnchanged: //nolint:errorlint // it is this very one
			return t, nil
		case CodeOf(err) == Stale && c.Ref == "" && ctx.Err() == nil: // somebody else was first
			continue
		case CodeOf(err) == Stale:
			now, unread := d.Store.Threat(ctx)
			if unread != nil {
				return t, unread
			}
			return now, err
		case err != nil:
			return t, err
		}
		return next, nil
	}
}

func (d *Desk) tryThreat(ctx context.Context, actor ID, c Claim, verb string, t Threat, change func(*switching) error) (Threat, error) {
	who, err := d.switcher(ctx, actor, verb, t)
	if err != nil {
		return t, err
	}
	s := switching{next: t, now: d.now(), actor: who.actor.Person}
	s.stands = t.Leaving(s.now) && d.MaySwitch(who.first)
	s.entry = audit.Entry{At: s.now, Actor: string(actor), Action: verb, Outcome: audit.Done}
	if err := change(&s); err != nil {
		if CodeOf(err) == Refused {
			return t, d.refusedSwitch(ctx, actor, t, verb, err)
		}
		return t, err
	}
	s.next.Rev++
	s.next.Actor, s.entry.Ref = s.actor, string(s.next.Ref)
	d.listThreat(ctx, &s.next, t)
	return s.next, d.saveThreat(ctx, Click{actor, c.Ref, c.Rev, verb}, s)
}

// switchers are the standings of who acts, and of who has said first that threat
// mode can be switched off.
type switchers struct{ actor, first Member }

// switcher reads them uncached. Forbidden, and recorded, for whoever may not switch.
func (d *Desk) switcher(ctx context.Context, actor ID, verb string, t Threat) (switchers, error) {
	q := Question{Actor: actor}
	if t.First.ID != "" && t.First.ID != actor {
		q.Others = []ID{t.First.ID}
	}
	f, err := d.facts(ctx, q)
	if err != nil {
		return switchers{}, err
	}
	w := switchers{f.Actor, f.standing(t.First.ID)}
	switch {
	case !f.Actor.MayAct():
		return w, Fail(Forbidden, MembersOnly)
	case !d.MaySwitch(f.Actor):
		return w, d.refusedSwitch(ctx, actor, t, verb, Fail(Forbidden, "Only members of the threat group can do that."))
	}
	return w, nil
}

func (d *Desk) refusedSwitch(ctx context.Context, actor ID, t Threat, verb string, no error) error {
	ref := t.Ref
	if ref == "" {
		ref = NewRef()
	}
	e, _ := no.(*Error) //nolint:errorlint,forcetypeassert // made just here
	return d.refused(ctx, Click{actor, ref, t.Rev, verb}, Request{Ref: t.Ref}, e)
}

// listThreat looks up who is told. That Entra does not tell keeps nobody from
// switching: then those are told who were before.
func (d *Desk) listThreat(ctx context.Context, next *Threat, before Threat) {
	var err error
	if next.Security, err = d.guards(ctx); err != nil {
		next.Security = before.Security
	}
	if next.Group, err = d.Directory.Members(ctx, d.Settings.Threat); err != nil {
		d.Log.ErrorContext(ctx, "asking who is to be told of threat mode", "error", err)
		next.Group = union([]Person{next.Actor}, before.Group)
	}
}

func (d *Desk) saveThreat(ctx context.Context, c Click, s switching) error {
	return d.Store.Update(ctx, func(tx Tx) error {
		if c.Ref != "" { // a button: pressed twice it is one
			if first, err := tx.First(ctx, c); err != nil || !first {
				return err
			}
		}
		if err := tx.SaveThreat(ctx, s.next); err != nil {
			return err
		}
		tx.Record(s.entry)
		for _, p := range s.next.Told() {
			if err := tx.Enqueue(ctx, Job{Kind: TellThreat, Ref: s.next.Ref, Person: p.ID}); err != nil {
				return err
			}
		}
		return nil
	})
}
