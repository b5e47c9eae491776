package access

import (
	"context"
	"fmt"
	"time"
)

// Limit is how often something may be done within a time of at most a day. The
// zero Limit allows everything.
type Limit struct {
	Most int
	In   time.Duration
}

// Limits are how fast requests may follow one another.
type Limits struct {
	Agent    Limit // requests that one agent sends
	Person   Limit // requests that are sent for one person
	Approver Limit // decisions that one approver makes, before the next approval
	Tenant   Limit // requests that are sent by all
}

// reached tells whether n is as many as may be.
func (l Limit) reached(n int) bool { return l.Most > 0 && n >= l.Most }

// words say what may be.
func (l Limit) words() string {
	within := inWords(l.In)
	if l.In == 24*time.Hour {
		within = "a day"
	}
	return fmt.Sprintf("%d within %s", l.Most, within)
}

// checkLimits adds what refuses a request that is about to be sent, because too
// many were. It counts in the transaction that sends, so that two at once do not
// both count as the last one.
func (d *Desk) checkLimits(ctx context.Context, tx Tx, next *Request) error {
	l := d.Settings.Limits
	if l == (Limits{}) {
		return nil
	}
	if err := tx.Counting(ctx, next.Asker.ID, next.Person.ID); err != nil {
		return err
	}
	for _, one := range []struct {
		limit         Limit
		asker, person ID
		code, text    string
	}{
		{l.Agent, next.Asker.ID, "", "limit.agent", "You have sent as many requests as one person may: " + l.Agent.words() + ". Wait a while, or let a colleague ask."},
		{l.Person, "", next.Person.ID, "limit.person", "As many requests as may be were sent for this person: " + l.Person.words() + ". Find out why so many are needed before you ask again."},
		{l.Tenant, "", "", "limit.tenant", "As many requests as may be were sent here: " + l.Tenant.words() + ". Wait a while; if that is not enough, tell the people who run Passdesk."},
	} {
		if one.limit.Most == 0 {
			continue
		}
		n, err := tx.Sent(ctx, one.asker, one.person, next.Changed.Add(-one.limit.In))
		if err != nil {
			return err
		}
		if one.limit.reached(n) {
			next.Verdict.add(Refusal, one.code, one.text)
		}
	}
	return nil
}

// checkPace refuses an approval by somebody who has decided as often as one
// person may. Saying no is never too often.
func (d *Desk) checkPace(ctx context.Context, tx Tx, actor ID, a Answer) error {
	l := d.Settings.Limits.Approver
	if !a.Approve || l.Most == 0 {
		return nil
	}
	if err := tx.Counting(ctx, actor); err != nil {
		return err
	}
	n, err := tx.Decided(ctx, actor, d.now().Add(-l.In))
	if err != nil || !l.reached(n) {
		return err
	}
	return paceError{Fail(Refused, "You have decided as often as one person may: %s. Wait a while, or let somebody else decide. You can still deny.", l.words())}
}

// paceError is the refusal of who decides too often.
type paceError struct{ no *Error }

// Error implements error.
func (t paceError) Error() string { return t.no.Error() }
