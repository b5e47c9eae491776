package access

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/passdesk/passdesk/internal/audit"
)

// How long things last. Every one of them is told to the people whom it binds.
const (
	draftLasts    = 24 * time.Hour   // a form that is never sent
	askedLasts    = time.Hour        // a request that nobody decides
	approvedLasts = time.Hour        // an approval that nobody uses
	codeLasts     = time.Minute      // a code in memory, from the moment Graph answered
	settleAfter   = 10 * time.Minute // an attempt that nobody took up again
	standingLasts = time.Minute      // a membership that may draw a view
	readBackAfter = 15 * time.Second // replication in Entra takes up to about ten
	// ScreenLasts is how long a code may stay on the screen before its card is
	// redrawn without it.
	ScreenLasts = 2 * time.Minute
	// CodesShown is how often the code of a pass may be shown in one request:
	// once, and again twice.
	CodesShown = 3
)

// Desk is the help desk: every use case of Passdesk is one of its methods. The
// actor is a parameter and comes from a verified activity. It is safe for
// concurrent use.
type Desk struct {
	Options
	standing *otter.Cache[ID, seen]
	began    time.Time
	callers  callerCodes

	mu       sync.Mutex
	codes    map[Ref]code
	owed     map[Ref]owed
	disowned map[Ref]pending
	reader   reader
	security []Person // those who are told of an ending that is long overdue, as last known
}

// Options are what a desk needs.
type Options struct {
	Directory Directory
	Store     Store
	Settings  Settings
	// Census is needed for reports only; nil: there are none.
	Census Census
	// CodeKey makes callers' codes: at least 32 bytes, the same for all replicas.
	// Without it the desk makes one for itself, and a code is void when it ends.
	CodeKey Secret
	// Reach makes sure that somebody can be written to, before a request that
	// depends on them is sent. Its error tells the asker why not.
	Reach func(ctx context.Context, p Person) error
	Now   func() time.Time
	Log   *slog.Logger
}

// Claim is what a card says of itself: which request it shows, and at which
// revision. It is never believed, only compared.
type Claim struct {
	Ref Ref
	Rev int
}

// Sight is a request with what is needed to draw it.
type Sight struct {
	Request Request
	Reveal  Reveal // the newest; zero without one
	Shown   int    // how often a code was shown
}

type seen struct {
	member Member
	at     time.Time
}

// NewDesk makes a desk.
func NewDesk(o Options) (*Desk, error) {
	if o.Directory == nil || o.Store == nil || o.Reach == nil || o.Now == nil || o.Log == nil {
		return nil, errors.New("desk: an option is missing")
	}
	standing, err := otter.New(&otter.Options[ID, seen]{
		MaximumSize:      10_000,
		ExpiryCalculator: otter.ExpiryWriting[ID, seen](standingLasts),
	})
	if err != nil {
		return nil, err
	}
	return &Desk{Options: o, standing: standing, began: o.Now(), callers: newCallerCodes(o.CodeKey), codes: map[Ref]code{}, owed: map[Ref]owed{}, disowned: map[Ref]pending{}}, nil
}

// Close forgets every code and stops what runs in the background.
func (d *Desk) Close() {
	d.stopReading()
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range d.codes {
		c.forget.Stop()
	}
	clear(d.codes)
	d.standing.StopAllGoroutines()
}

// Member tells a person's standing as it was at most a minute ago: enough to
// draw a view, never to decide. Unavailable when Entra does not answer.
func (d *Desk) Member(ctx context.Context, id ID) (Member, error) {
	load := otter.LoaderFunc[ID, seen](func(ctx context.Context, id ID) (seen, error) {
		f, err := d.facts(ctx, Question{Actor: id})
		return seen{f.Actor, d.Now()}, err
	})
	s, err := d.standing.Get(ctx, id, load)
	if err == nil && d.Now().Sub(s.at) >= standingLasts {
		d.standing.Invalidate(id)
		s, err = d.standing.Get(ctx, id, load)
	}
	return s.member, err
}

// Known is Member without asking anybody: what is remembered, if anything is.
func (d *Desk) Known(id ID) (Member, bool) {
	s, ok := d.standing.GetIfPresent(id)
	return s.member, ok && d.Now().Sub(s.at) < standingLasts
}

// MayAsk tells whether m may ask for something for somebody.
func (d *Desk) MayAsk(m Member) bool { return m.MayAct() && m.In(d.Settings.Requesters) }

// MayAudit tells whether m may read the whole audit.
func (d *Desk) MayAudit(m Member) bool { return m.MayAct() && m.In(d.Settings.Auditors) }

// Find lists the people whom words can mean; see Directory.
func (d *Desk) Find(ctx context.Context, words string) ([]Person, error) {
	return d.Directory.Find(ctx, words)
}

// facts reads the facts, and believes them only of whom they were asked about:
// Entra finds an account by its sign-in name, too, but not its roles.
func (d *Desk) facts(ctx context.Context, q Question) (Facts, error) {
	f, err := d.Directory.Facts(ctx, q)
	if f.Person.ID != q.Person {
		f.Person = Subject{}
	}
	if f.Asker.ID != q.Asker {
		f.Asker = Member{}
	}
	if f.Actor.ID != q.Actor {
		f.Actor = Member{}
	}
	f.Others = slices.DeleteFunc(f.Others, func(m Member) bool { return !slices.Contains(q.Others, m.ID) })
	return f, err
}

// now is the present, in the precision that the store keeps.
func (d *Desk) now() time.Time { return d.Now().UTC().Truncate(time.Millisecond) }

// act runs a change that one click causes: it remembers the click, stores the
// request over the one that was read, and appends entries and jobs, all or
// nothing. A click like one before changes nothing and returns what is stored.
func (d *Desk) act(ctx context.Context, c Click, from Request, change func(*Request, Tx) error) (Request, error) {
	next := from
	next.Rev++
	next.Changed = d.now()
	err := d.Store.Update(ctx, func(tx Tx) error {
		if first, err := tx.First(ctx, c); err != nil {
			return err
		} else if !first {
			return errRepeated
		}
		return d.move(ctx, tx, from.State, &next, change)
	})
	if errors.Is(err, errRepeated) {
		return d.Store.Request(ctx, from.Ref)
	}
	return next, err
}

// errRepeated ends a transaction whose click was seen before.
var errRepeated = errors.New("repeated click")

// move applies change to next and stores it, with the job that is due when the
// new state ends and the one that redraws every card.
func (d *Desk) move(ctx context.Context, tx Tx, from State, next *Request, change func(*Request, Tx) error) error {
	if err := change(next, marked(tx, *next)); err != nil {
		return err
	}
	if !from.MayBecome(next.State) {
		return Fail(Stale, "This is not possible any more: the request is %s.", next.State)
	}
	if err := tx.Change(ctx, from, *next); err != nil {
		return err
	}
	if next.State != Draft && !next.Due.IsZero() {
		if err := tx.Enqueue(ctx, Job{Kind: Due, Ref: next.Ref, At: next.Due}); err != nil {
			return err
		}
	}
	return tx.Enqueue(ctx, Job{Kind: Redraw, Ref: next.Ref})
}

// entry starts an audit entry about r.
func (d *Desk) entry(actor ID, action string, o audit.Outcome, r Request) audit.Entry {
	return audit.Entry{
		At: d.now(), Actor: string(actor), Action: action, Outcome: o,
		Ref: string(r.Ref), Person: string(r.Person.ID),
	}
}

// refused records that a known person was refused, once per click, and returns
// the refusal. That it could not be recorded makes it no less a refusal.
func (d *Desk) refused(ctx context.Context, c Click, r Request, no *Error) error {
	err := d.Store.Update(ctx, func(tx Tx) error {
		first, err := tx.First(ctx, Click{c.Actor, c.Ref, c.Rev, "refused " + c.Verb})
		if err != nil || !first {
			return err
		}
		e := d.entry(c.Actor, c.Verb, audit.Refused, r)
		e.Detail = map[string]string{"code": string(no.Code), "why": no.Say}
		marked(tx, r).Record(e)
		return nil
	})
	if err != nil {
		d.Log.ErrorContext(ctx, "recording a refusal", "request", r.Ref, "actor", c.Actor, "error", err)
	}
	return no
}

// stale answers a click on a card that shows an older revision: what is stored
// when the click was obeyed before, Stale when it was not.
func (d *Desk) stale(ctx context.Context, c Click, r Request) (Request, error) {
	err := d.Store.Update(ctx, func(tx Tx) error {
		if first, err := tx.First(ctx, c); err != nil || !first {
			return err
		}
		return errFirst // and so nothing is remembered
	})
	if errors.Is(err, errFirst) {
		return r, Fail(Stale, "This has changed meanwhile. Here is how it stands now.")
	}
	return r, err
}

var errFirst = errors.New("first click")
