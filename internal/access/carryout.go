package access

import (
	"context"
	"errors"
	"time"

	"github.com/passdesk/passdesk/internal/audit"
)

const (
	// issueLimit bounds one attempt to make a pass, Graph's answer included.
	issueLimit = 45 * time.Second
	// claimFresh is how long a claim counts as somebody's who is still at it. It
	// is longer than issueLimit, so that an attempt is never taken over while it
	// may yet succeed.
	claimFresh = time.Minute
)

// Showing is the answer to who wants to see a pass.
type Showing struct {
	Sight
	Code Secret // zero when there is nothing to show
	Say  string // why there is nothing to show, and what to do

	cleared bool // what was in force before is deleted
}

// CarryOut makes the pass of an approved request and gives its code to the
// asker, once. Called again by the asker within a minute of the making, in the
// same process, it gives the same code. With again, a pass that was shown
// before is made anew, twice at most.
//
// It makes the pass with a context of its own: an impatient client does not cut
// off what Graph may already have done. Forbidden for anybody but the asker,
// Refused when facts, rule or Entra say no, Stale for a request that has
// changed, Unavailable or Uncertain as Directory.IssuePass says.
func (d *Desk) CarryOut(ctx context.Context, actor ID, c Claim, again bool) (Showing, error) {
	click := Click{actor, c.Ref, c.Rev, "issue pass"}
	r, err := d.Store.Request(ctx, c.Ref)
	if err != nil {
		return Showing{}, err
	}
	if r.Asker.ID != actor || r.State == Draft || r.Kind != Pass {
		no := Fail(Forbidden, "Only who asked for the pass can see it.")
		return Showing{}, d.refused(ctx, click, r, no)
	}
	s, err := d.sight(ctx, r)
	if err != nil {
		return s, err
	}
	if done, err := d.settled(c, &s, again); done || err != nil {
		return s, err
	}
	return d.make(ctx, click, s)
}

// sight reads what belongs to r.
func (d *Desk) sight(ctx context.Context, r Request) (Showing, error) {
	s := Showing{Sight: Sight{Request: r}}
	v, err := d.Store.Reveal(ctx, r.Ref)
	if CodeOf(err) == NotFound {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	s.Reveal = v
	s.Shown, err = d.Store.Answered(ctx, r.Ref)
	return s, err
}

// settled answers without making anything, where that is the answer.
func (d *Desk) settled(c Claim, s *Showing, again bool) (bool, error) {
	r, v := s.Request, s.Reveal
	fresh := v.State == Claimed && d.Now().Sub(v.Claimed) < claimFresh
	switch {
	case r.State == Approved && r.over(d.now()):
		return true, Fail(Refused, "%s Ask again.", d.Settings.unused(r))
	case r.State == Approved && r.Rev == c.Rev:
		return false, nil
	case r.State != CarryingOut && r.State != InForce:
		return true, Fail(Stale, "This has changed meanwhile. Here is how it stands now.")
	case fresh:
		s.Say = "The pass is being made at this moment. Press again in a few seconds."
		return true, nil
	}
	if s.Code = d.codeOf(v, c); !s.Code.IsZero() {
		return true, nil
	}
	if v.State != Answered {
		return false, nil // abandoned, dropped, or made and never seen by anybody
	}
	return !again, mayShowAgain(c, s, again)
}

// mayShowAgain decides about a pass whose code was shown before.
func mayShowAgain(c Claim, s *Showing, again bool) error {
	switch {
	case s.Request.State != InForce:
		return Fail(Stale, "This has changed meanwhile. Here is how it stands now.")
	case !again:
		s.Say = "The pass was shown already, and its code is kept nowhere. “Issue again” makes a new one."
		return nil
	case s.Shown >= CodesShown:
		return Fail(Refused, "The pass was issued %d times, and that is the limit. End it and ask again.", s.Shown)
	case c.Rev != s.Request.Rev:
		return Fail(Stale, "This has changed meanwhile. Here is how it stands now.")
	}
	return nil
}

// make checks everything anew, claims the reveal, makes the pass and records it.
func (d *Desk) make(ctx context.Context, click Click, s Showing) (Showing, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), issueLimit)
	defer cancel()
	r := s.Request
	c, err := d.gather(ctx, r, r.Asker.ID)
	if err != nil {
		return s, err
	}
	before := s
	ours := func(p LivePass) bool { return isOurs(p, before) }
	c.Ours = ours
	v := d.Settings.Judge(c)
	if v.Refused() {
		return s, d.refused(ctx, click, r, refusal("The pass cannot be made any more.", v))
	}
	if d.Settings.stale(r.Decisions, c.Now) {
		return s, d.refused(ctx, click, r, d.Settings.tooOld(r))
	}
	if !v.agreed(c) {
		no := disagreed(r, c, "Who approved this is not the one to decide any more. Withdraw it and ask again.")
		return s, d.refused(ctx, click, r, no)
	}
	s, err = d.claim(ctx, click, s)
	if err != nil {
		return s, err
	}
	if before.Reveal.unsettled() {
		if err := d.clear(ctx, r.Person.ID, c.Facts.Person.Passes, ours); err != nil {
			return d.unmade(ctx, s, err)
		}
		s.cleared = true
	}
	live, secret, err := d.Directory.IssuePass(ctx, r.Person.ID, startingNow(r.Terms, d.now()))
	if err != nil {
		return d.unmade(ctx, s, err)
	}
	return d.made(ctx, click, s, live, secret, c.Facts.Person)
}

// isOurs tells whether p was made for this request: by its id, or, where the
// answer was lost, by the moment and the terms of the claim.
func isOurs(p LivePass, s Showing) bool {
	if p.ID == s.Reveal.PassID || p.ID == s.Request.PassID {
		return true
	}
	claimed := s.Reveal.Claimed
	return s.Reveal.unsettled() && s.Reveal.PassID == "" &&
		!p.Created.Before(claimed.Add(-5*time.Second)) && p.Created.Before(claimed.Add(claimFresh)) &&
		p.Minutes == s.Request.Terms.Minutes && p.Once == s.Request.Terms.Once
}

// startingNow drops a start that has passed meanwhile.
func startingNow(t Terms, now time.Time) Terms {
	if t.Start.Before(now) {
		t.Start = time.Time{}
	}
	return t
}

// claim writes, before Graph is called, that this attempt is about to make the
// pass. Of two who try, one gets it.
func (d *Desk) claim(ctx context.Context, click Click, s Showing) (Showing, error) {
	r, old := s.Request, s.Reveal
	v := Reveal{Ref: r.Ref, Attempt: old.Attempt + 1, Actor: click.Actor, State: Claimed, Claimed: d.now()}
	next := r
	next.Rev++
	next.Changed = v.Claimed
	err := d.Store.Update(ctx, func(tx Tx) error {
		if old.unsettled() {
			gone := old
			gone.State = Dropped
			if err := tx.Advance(ctx, old.State, gone); err != nil {
				return err
			}
		}
		if err := tx.Claim(ctx, v); err != nil {
			return err
		}
		return d.move(ctx, tx, r.State, &next, func(next *Request, tx Tx) error {
			if next.State != InForce {
				next.State, next.Due = CarryingOut, v.Claimed.Add(settleAfter)
			}
			if next.Began.IsZero() {
				next.Began = v.Claimed
			}
			tx.Record(d.entry(click.Actor, click.Verb, audit.Intent, *next))
			return nil
		})
	})
	if err != nil {
		return s, err
	}
	s.Request, s.Reveal = next, v
	return s, nil
}

// clear deletes what an earlier attempt of this request left behind, so that a
// pass that nobody has seen does not outlive the next one.
func (d *Desk) clear(ctx context.Context, person ID, passes []LivePass, ours func(LivePass) bool) error {
	for _, p := range passes {
		if !ours(p) {
			continue
		}
		if err := d.Directory.DeletePass(ctx, person, p.ID); err != nil {
			return err
		}
	}
	return nil
}

// made records what Graph made. A pass that cannot be recorded is not given: it
// is deleted, unseen.
func (d *Desk) made(ctx context.Context, click Click, s Showing, live LivePass, secret Secret, person Subject) (Showing, error) {
	v := s.Reveal
	v.State, v.PassID, v.Made = Made, live.ID, d.now()
	next := s.Request
	next.Rev++
	next.Changed = v.Made
	err := d.Store.Update(ctx, func(tx Tx) error {
		if err := tx.Advance(ctx, Claimed, v); err != nil {
			return err
		}
		return d.move(ctx, tx, s.Request.State, &next, func(next *Request, tx Tx) error {
			next.State, next.PassID, next.Ends, next.Due = InForce, live.ID, live.Ends(), live.Ends()
			next.Replaced = false
			e := d.entry(v.Actor, "issue pass", audit.Done, *next)
			e.Detail = map[string]string{"pass": live.ID, "ends": live.Ends().UTC().Format(time.RFC3339)}
			tx.Record(e)
			return errors.Join(
				d.tellOf(ctx, tx, next, person),
				d.reviewFrom(ctx, next, tx),
				tx.Enqueue(ctx, Job{Kind: ReadBack, Ref: next.Ref, At: v.Made.Add(readBackAfter)}),
				tx.Enqueue(ctx, Job{Kind: Watch, Ref: next.Ref, At: v.Made.Add(firstLook)}),
			)
		})
	})
	if err != nil {
		return d.unrecorded(ctx, s, live, err)
	}
	d.keepCode(v, click.Rev, secret)
	s.Request, s.Reveal, s.Code = next, v, secret
	return s, nil
}

func (d *Desk) unrecorded(ctx context.Context, s Showing, live LivePass, cause error) (Showing, error) {
	if err := d.Directory.DeletePass(ctx, s.Request.Person.ID, live.ID); err != nil {
		d.Log.ErrorContext(ctx, "deleting a pass that could not be recorded", "request", s.Request.Ref, "pass", live.ID, "error", err)
		return s, Fail(Unavailable, "The pass could neither be recorded nor deleted yet. Nobody has seen its code. Press again in a minute: Passdesk deletes it first.").Because(cause)
	}
	return s, Fail(Unavailable, "The pass could not be recorded, so it was deleted unseen. Try again in a minute.").Because(cause)
}

// unmade records that an attempt brought no pass; or, after an uncertain answer,
// perhaps one that the next attempt deletes first.
func (d *Desk) unmade(ctx context.Context, s Showing, cause error) (Showing, error) {
	v := s.Reveal
	v.State = Dropped
	if CodeOf(cause) == Uncertain {
		v.State = Lost
	}
	next := s.Request
	next.Rev++
	next.Changed = d.now()
	err := d.Store.Update(ctx, func(tx Tx) error {
		if err := tx.Advance(ctx, Claimed, v); err != nil {
			return err
		}
		return d.move(ctx, tx, s.Request.State, &next, func(next *Request, tx Tx) error {
			switch {
			case CodeOf(cause) == Refused && next.State == CarryingOut:
				next.close(Failed, Person{ID: Passdesk}, Say(cause))
			case v.State == Dropped && next.State == InForce && s.cleared: // nothing is in force any more
				if err := d.beginEnd(ctx, next, tx, Person{ID: Passdesk}, Say(cause)); err != nil {
					return err
				}
			}
			e := d.entry(v.Actor, "issue pass", audit.Failed, *next)
			e.Detail = map[string]string{"why": Say(cause)}
			tx.Record(e)
			return nil
		})
	})
	if err != nil {
		d.Log.ErrorContext(ctx, "recording a failed attempt", "request", s.Request.Ref, "error", err)
		return s, cause
	}
	s.Request, s.Reveal = next, v
	return s, cause
}

// Answered records that the code has gone out to the asker. It is called after
// the answer was written: a code that never left may be made anew.
func (d *Desk) Answered(ctx context.Context, s Showing) error {
	v := s.Reveal
	v.State, v.Answered = Answered, d.now()
	err := d.Store.Update(ctx, func(tx Tx) error {
		if err := tx.Advance(ctx, Made, v); err != nil {
			return err
		}
		marked(tx, s.Request).Record(d.entry(v.Actor, "show pass", audit.Done, s.Request))
		return tx.Enqueue(ctx, Job{Kind: Redraw, Ref: v.Ref, At: v.Made.Add(ScreenLasts)})
	})
	if CodeOf(err) == Stale { // answered before
		return nil
	}
	return err
}

// Hide takes the code from the asker's screen and from memory.
func (d *Desk) Hide(ctx context.Context, actor ID, c Claim) (Sight, error) {
	s, err := d.See(ctx, actor, c.Ref)
	if err != nil || s.Request.Asker.ID != actor || s.Reveal.Attempt == 0 {
		return s, err
	}
	d.dropCode(c.Ref, s.Reveal.Attempt)
	v := s.Reveal
	v.Hidden = d.now()
	err = d.Store.Update(ctx, func(tx Tx) error {
		if err := tx.Advance(ctx, v.State, v); err != nil {
			return err
		}
		return tx.Enqueue(ctx, Job{Kind: Redraw, Ref: c.Ref})
	})
	s.Reveal = v
	return s, err
}
