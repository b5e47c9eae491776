package access

import (
	"context"
	"fmt"
	"time"
)

// Denials are attempts to get something for somebody that were stopped. They are
// shown to every agent, and three within an hour lock the person.
const (
	denialsSeen  = 24 * time.Hour // how long whoever asks again is told
	denialsCount = time.Hour
	denialsLock  = 3
	denialsKeep  = time.Hour // how long the lock holds
	denialsRead  = 20
)

// Denial is a request that was stopped: by an approver, by the person, or because
// the caller could not prove who they are.
type Denial struct {
	Ref Ref
	At  time.Time
	By  Person
}

// denials lists those about a person, the newest request first.
func denials(ctx context.Context, from Reader, person ID) ([]Denial, error) {
	if person == "" {
		return nil, nil
	}
	list, err := from.Requests(ctx, Filter{Person: person, States: []State{Denied}, Limit: denialsRead})
	if err != nil {
		return nil, err
	}
	all := make([]Denial, 0, len(list))
	for _, r := range list {
		all = append(all, Denial{r.Ref, r.Changed, r.By})
	}
	return all, nil
}

// lastDenial is the newest of them after a moment.
func lastDenial(all []Denial, since time.Time) (last Denial, ok bool) {
	for _, x := range all {
		if x.At.After(since) && x.At.After(last.At) {
			last, ok = x, true
		}
	}
	return last, ok
}

// checkDenials tells whoever asks, or decides, that it was denied a short while
// ago. It is a note: whoever asks need not press twice.
func checkDenials(v *Verdict, c Case) {
	last, ok := lastDenial(c.Denials, c.Now.Add(-denialsSeen))
	if !ok {
		return
	}
	v.add(Note, "person.denied", last.Words(c.Now))
}

// Words tell when it was denied, and by whom.
func (x Denial) Words(now time.Time) string {
	ago := "just now"
	if passed := now.Sub(x.At).Round(time.Minute); passed >= time.Minute {
		ago = agoWords(passed) + " ago"
	}
	return fmt.Sprintf("Denied %s by %s (%s).", ago, x.By.Name, x.Ref)
}

// agoWords tells a length that need not be exact: from two hours on in hours.
func agoWords(d time.Duration) string {
	if d >= 2*time.Hour {
		d = d.Truncate(time.Hour)
	}
	if d == time.Minute {
		return "1 minute"
	}
	return inWords(d)
}

// deny closes a request because somebody said no, or because nobody could prove
// what the rule asks for. It counts: the third about a person within an hour locks
// them, in the same transaction.
func (d *Desk) deny(ctx context.Context, next *Request, tx Tx, by Person, why string) error {
	next.close(Denied, by, why)
	if err := tx.Enqueue(ctx, Job{Kind: Notify, Ref: next.Ref, Person: next.Asker.ID}); err != nil {
		return err
	}
	if err := tx.Counting(ctx, next.Person.ID); err != nil {
		return err
	}
	before, err := denials(ctx, tx, next.Person.ID)
	if err != nil {
		return err
	}
	n := 1
	for _, x := range before {
		if x.Ref != next.Ref && x.At.After(next.Changed.Add(-denialsCount)) {
			n++
		}
	}
	if n < denialsLock {
		return nil
	}
	old, err := tx.Lock(ctx, next.Person.ID)
	if err != nil || old.Holds(next.Changed) {
		return err
	}
	return d.lock(ctx, tx, Lock{
		Person: next.Person, Since: next.Changed, Until: next.Changed.Add(denialsKeep), By: Person{ID: Passdesk, Name: "Passdesk"}, Ref: next.Ref,
		Why: "Three requests for them were denied within an hour.",
	}, *next, DeniedOften)
}
