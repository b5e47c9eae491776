package access

import (
	"context"
	"crypto/rand"
	"time"
)

// AlarmKind is what security is told of.
type AlarmKind string

// The kinds of alarms.
const (
	DeniedOften AlarmKind = "denied often" // so many requests for a person were denied that they are locked
	Disowned    AlarmKind = "disowned"     // what was in force was not expected, and everything was ended
	Repudiated  AlarmKind = "repudiated"   // the person did not expect a request that gave nothing yet
	Unlocked    AlarmKind = "unlocked"     // somebody has lifted a lock
	Guessed     AlarmKind = "guessed"      // the caller's code was typed wrong too often
)

// Alarm is something that security is told at once: in the 1:1 chats of those
// who belong to Settings.Security.
type Alarm struct {
	Ref     Ref       `json:"ref"` // its own
	Kind    AlarmKind `json:"kind"`
	At      time.Time `json:"at"`
	By      Person    `json:"by"` // who brought it about
	Person  Person    `json:"person,omitzero"`
	Asker   Person    `json:"asker,omitzero"`
	Request Ref       `json:"request,omitempty"`
	Detail  string    `json:"detail,omitempty"`
}

// alarm tells security, when the transaction is committed, of something about a
// request or a person. This is the one way by which security is told: who belongs
// to it is looked up by the job, which Entra may keep waiting.
func (d *Desk) alarm(ctx context.Context, tx Tx, kind AlarmKind, r Request, by Person) error {
	a := Alarm{Ref: alarmRef(), Kind: kind, At: d.now(), By: by, Person: r.Person, Asker: r.Asker, Request: r.Ref}
	if err := tx.SaveAlarm(ctx, a); err != nil {
		return err
	}
	return tx.Enqueue(ctx, Job{Kind: Sound, Ref: a.Ref})
}

// alarmRef is so long that no other has it.
func alarmRef() Ref { return "AL-" + Ref(rand.Text()) }

// Sound finds out who is told of an alarm, once. Unavailable when Entra does not
// answer and nobody is known from before.
func (d *Desk) Sound(ctx context.Context, ref Ref) error {
	told, err := d.guards(ctx)
	if err != nil {
		return err
	}
	if len(told) == 0 {
		d.Log.ErrorContext(ctx, "nobody belongs to security, so nobody is told of an alarm", "alarm", ref)
	}
	return d.Store.Update(ctx, func(tx Tx) error {
		first, err := tx.First(ctx, Click{Passdesk, ref, 0, "sound"})
		if err != nil || !first {
			return err
		}
		for _, p := range told {
			if err := tx.Enqueue(ctx, Job{Kind: Ring, Ref: ref, Person: p.ID}); err != nil {
				return err
			}
		}
		return nil
	})
}
