package access

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/audit"
)

const (
	reviewWithin = 24 * time.Hour // when an emergency in force is to be reviewed
	reviewAgain  = 4 * time.Hour  // between two reminders of one that is not
)

// Review is the look back at an emergency, by somebody of security who neither
// asked for it nor agreed to it.
type Review struct {
	// Security are told of the emergency; those of them review it who may.
	Security []Person `json:"security,omitempty"`
	// Due is by when it is to be reviewed; zero as long as nothing has come into
	// force. Next is when those are reminded who may; zero once it is done.
	Due  time.Time `json:"due,omitzero"`
	Next time.Time `json:"next,omitzero"`
	// By has reviewed it At that time, and said what in Word.
	By   Person    `json:"by,omitzero"`
	At   time.Time `json:"at,omitzero"`
	Word string    `json:"word,omitempty"`
}

// Unreviewed tells whether the request is an emergency that came into force, and
// that nobody has reviewed yet.
func (r Request) Unreviewed() bool {
	return r.Review != nil && !r.Review.Due.IsZero() && r.Review.At.IsZero()
}

// MayReview tells whether id is one of those whose review is waited for.
func (r Request) MayReview(id ID) bool {
	return r.Unreviewed() && isOne(r.Review.Security, id) && !r.hasPart(id)
}

// hasPart tells whether id asked, agreed, or is whom it is for: nobody looks back
// at their own emergency.
func (r Request) hasPart(id ID) bool {
	return id == "" || id == r.Asker.ID || id == r.Person.ID ||
		slices.ContainsFunc(r.Decisions, func(x Decision) bool { return x.By.ID == id })
}

// guardedBy tells whether id is of security, and so was told of the emergency.
func (r Request) guardedBy(id ID) bool {
	return r.Review != nil && r.State != Draft && isOne(r.Review.Security, id)
}

// reviewBegun notes who is told of an emergency that is sent, and tells them.
func (d *Desk) reviewBegun(ctx context.Context, next *Request, tx Tx, security []Person) error {
	if !next.Terms.Emergency {
		return nil
	}
	next.Review = &Review{Security: security}
	for _, p := range security {
		if p.ID == next.Asker.ID {
			continue
		}
		if err := tx.Enqueue(ctx, Job{Kind: Notify, Ref: next.Ref, Person: p.ID}); err != nil {
			return err
		}
	}
	return nil
}

// reviewFrom asks for the review of an emergency that has come into force, and
// tells the rest of security that it has.
func (d *Desk) reviewFrom(ctx context.Context, next *Request, tx Tx) error {
	if !next.Terms.Emergency || (next.Review != nil && !next.Review.Due.IsZero()) {
		return nil // it is none, or a pass that is made again
	}
	v := Review{}
	if next.Review != nil {
		v = *next.Review
	}
	v.Due = next.Changed.Add(reviewWithin)
	v.Next = v.Due
	next.Review = &v
	for _, p := range v.Security {
		kind := Notify
		switch {
		case next.MayReview(p.ID):
			kind = Announce
		case p.ID == next.Asker.ID:
			continue
		}
		if err := tx.Enqueue(ctx, Job{Kind: kind, Ref: next.Ref, Person: p.ID}); err != nil {
			return err
		}
	}
	return tx.Enqueue(ctx, Job{Kind: Due, Ref: next.Ref, At: v.Next})
}

// reviewDue tells whether those are to be reminded who have to review it.
func (r Request) reviewDue(now time.Time) bool { return r.Unreviewed() && !now.Before(r.Review.Next) }

// remindReview reminds everybody who may review the emergency by now. Until
// somebody has, it is reminded of again and again.
func (d *Desk) remindReview(ctx context.Context, r Request) (Request, error) {
	security, err := d.guards(ctx)
	if err != nil {
		security = nil // those are reminded who were told
	}
	next, err := d.act(ctx, self(r, "remind review"), r, func(next *Request, tx Tx) error {
		v := *next.Review
		v.Security = union(v.Security, security)
		v.Next = next.Changed.Add(reviewAgain)
		next.Review = &v
		reminded := 0
		for _, p := range v.Security {
			if !next.MayReview(p.ID) {
				continue
			}
			reminded++
			if err := tx.Enqueue(ctx, Job{Kind: Notify, Ref: next.Ref, Person: p.ID}); err != nil {
				return err
			}
		}
		if reminded == 0 {
			d.Log.ErrorContext(ctx, "nobody of security could review an emergency", "request", next.Ref)
		}
		return tx.Enqueue(ctx, Job{Kind: Due, Ref: next.Ref, At: v.Next})
	})
	if CodeOf(err) == Stale { // somebody else was first
		return d.Store.Request(ctx, r.Ref)
	}
	return next, err
}

// LookBack records the review of an emergency: in a sentence, what was found.
// Forbidden for whoever may not review it, Invalid without a sentence, Stale for a
// request that has changed.
func (d *Desk) LookBack(ctx context.Context, actor ID, c Claim, word string) (Request, error) {
	click := Click{actor, c.Ref, c.Rev, "review"}
	r, err := d.Store.Request(ctx, c.Ref)
	if err != nil {
		return Request{}, err
	}
	if r.Review == nil || r.Review.Due.IsZero() || r.hasPart(actor) || !r.guardedBy(actor) {
		return r, d.refused(ctx, click, r, Fail(Forbidden, "Only somebody of security who neither asked nor agreed can review an emergency."))
	}
	if r.Rev != c.Rev || !r.Unreviewed() {
		return d.stale(ctx, click, r)
	}
	if strings.TrimSpace(word) == "" {
		return r, Fail(Invalid, "Say in a sentence what you have found.")
	}
	m, err := d.actorNow(ctx, actor)
	if err != nil {
		return r, err
	}
	if !m.In(d.Settings.Security) {
		return r, d.refused(ctx, click, r, Fail(Forbidden, "You do not belong to security any more, so you cannot review this."))
	}
	return d.act(ctx, click, r, func(next *Request, tx Tx) error {
		v := *next.Review
		v.By, v.At, v.Word, v.Next = m.Person, next.Changed, word, time.Time{}
		next.Review = &v
		e := d.entry(actor, "review", audit.Done, *next)
		e.Detail = map[string]string{"word": word}
		tx.Record(e)
		return nil
	})
}

// toReview lists the emergencies whose review waits for somebody.
func (d *Desk) toReview(ctx context.Context, id ID) ([]Request, error) {
	all, err := d.Store.Requests(ctx, Filter{Unreviewed: true, Limit: everything})
	return slices.DeleteFunc(all, func(r Request) bool { return !r.MayReview(id) }), err
}
