package access

import (
	"context"
	"time"

	"github.com/passdesk/passdesk/internal/audit"
)

// Lock keeps everything from being given to a person, whatever the rules say.
type Lock struct {
	Person Person    `json:"person"`
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until,omitzero"` // zero: until somebody lifts it
	Why    string    `json:"why"`            // a sentence for the help desk
	By     Person    `json:"by"`
	Ref    Ref       `json:"ref,omitempty"` // the request that it came of
}

// Holds tells whether the lock is in force.
func (l Lock) Holds(now time.Time) bool {
	return !l.Since.IsZero() && (l.Until.IsZero() || now.Before(l.Until))
}

// howLong says for how long a lock still holds.
func (l Lock) howLong(now time.Time) string {
	if l.Until.IsZero() {
		return "until security lifts it"
	}
	return "for another " + inWords(max(time.Minute, l.Until.Sub(now).Round(time.Minute)))
}

// Words tell who asks how long somebody is locked, and why.
func (l Lock) Words(now time.Time) string {
	return "This person is locked " + l.howLong(now) + ". " + l.Why
}

// checkLock refuses everything for somebody who is locked.
func checkLock(v *Verdict, c Case) {
	if c.Lock.Holds(c.Now) {
		v.add(Refusal, "person.locked", c.Lock.Words(c.Now)+" Nobody of the help desk can go round that.")
	}
}

// locked is the lock of a person, with one that could not be recorded yet.
func (d *Desk) locked(ctx context.Context, person ID) (Lock, error) {
	if l, owed := d.lockOwed(person); owed {
		return l, nil
	}
	return d.Store.Lock(ctx, person)
}

// lock locks somebody in a transaction, and tells security why.
func (d *Desk) lock(ctx context.Context, tx Tx, l Lock, r Request, a AlarmKind) error {
	if err := tx.SaveLock(ctx, l); err != nil {
		return err
	}
	e := d.entry(l.By.ID, "lock", audit.Done, r)
	e.Detail = map[string]string{"why": l.Why}
	if !l.Until.IsZero() {
		e.Detail["until"] = l.Until.UTC().Format(time.RFC3339)
	}
	tx.Record(e)
	return d.alarm(ctx, tx, a, r, l.By)
}

// MayUnlock tells whether m may lift a lock.
func (d *Desk) MayUnlock(m Member) bool {
	return m.MayAct() && (m.In(d.Settings.Security) || m.In(d.Settings.Auditors))
}

// Unlock lifts the lock of a person. Their standing is read anew: Forbidden for
// anybody but security and the auditors, and for the person themselves. Refused
// where there is no lock.
func (d *Desk) Unlock(ctx context.Context, actor ID, person Person) (Lock, error) {
	m, err := d.actorNow(ctx, actor)
	if err != nil {
		return Lock{}, err
	}
	click := Click{actor, NewRef(), 0, "unlock"}
	about := Request{Person: person}
	switch {
	case !d.MayUnlock(m):
		return Lock{}, d.refused(ctx, click, about, Fail(Forbidden, "Only security and the auditors can unlock somebody."))
	case person.ID == actor:
		return Lock{}, d.refused(ctx, click, about, Fail(Forbidden, "Nobody can unlock themselves. A colleague has to."))
	}
	var l Lock
	err = d.Store.Update(ctx, func(tx Tx) error {
		if l, err = tx.Lock(ctx, person.ID); err != nil {
			return err
		}
		if !l.Holds(d.now()) {
			return Fail(Refused, "This person is not locked.")
		}
		if err := tx.LiftLock(ctx, person.ID); err != nil {
			return err
		}
		e := d.entry(actor, "unlock", audit.Done, Request{Ref: l.Ref, Person: l.Person})
		e.Detail = map[string]string{"was": l.Why}
		tx.Record(e)
		return d.alarm(ctx, tx, Unlocked, Request{Ref: l.Ref, Person: l.Person}, m.Person)
	})
	if CodeOf(err) == Stale { // somebody else was first
		return l, Fail(Refused, "This person is not locked any more.")
	}
	return l, err
}
