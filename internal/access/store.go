package access

import (
	"context"
	"time"

	"github.com/passdesk/passdesk/internal/audit"
)

// Store keeps what must outlive the process. Its reads see what is committed.
type Store interface {
	Reader
	// Update runs do in one transaction: all of it is kept, or nothing. No call
	// to anybody else may be made inside.
	Update(ctx context.Context, do func(Tx) error) error
}

// Reader is the reading half of the store. A thing that is not there is an
// *Error with the code NotFound.
type Reader interface {
	Request(ctx context.Context, ref Ref) (Request, error)
	Requests(ctx context.Context, f Filter) ([]Request, error)
	// Reveal returns the newest reveal of a request.
	Reveal(ctx context.Context, ref Ref) (Reveal, error)
	// Answered counts the reveals of a request whose code was shown.
	Answered(ctx context.Context, ref Ref) (int, error)
	Chat(ctx context.Context, person ID) (Chat, error)
	Cards(ctx context.Context, ref Ref) ([]Card, error)
	// Entries returns the audit's entries about a request or a person (one of
	// the two is empty), newest first.
	Entries(ctx context.Context, ref Ref, person ID, limit int) ([]audit.Entry, error)
	// Hold returns the hold of a person under a policy: a free one of revision 0
	// where there never was any.
	Hold(ctx context.Context, person, policy ID) (Hold, error)
	// Holds lists the holds that are not free, and have a person.
	Holds(ctx context.Context) ([]Hold, error)
	// Threat tells how threat mode stands.
	Threat(ctx context.Context) (Threat, error)
	// Drift returns a drift, open or cleared.
	Drift(ctx context.Context, ref Ref) (Drift, error)
	// Drifts lists those that are open, the oldest first.
	Drifts(ctx context.Context) ([]Drift, error)
	// Lock returns the lock of a person: a zero one where there is none, and one
	// that is over perhaps.
	Lock(ctx context.Context, person ID) (Lock, error)
	// Sent counts the requests that were sent after a moment, by an asker, for a
	// person, or both; empty ids count all. The moment must lie at most a day back.
	Sent(ctx context.Context, asker, person ID, since time.Time) (int, error)
	// Decided counts the decisions that somebody has made after a moment.
	Decided(ctx context.Context, person ID, since time.Time) (int, error)
	Alarm(ctx context.Context, ref Ref) (Alarm, error)
}

// Tx is a transaction.
type Tx interface {
	Reader
	// Insert stores a new request; Stale when the reference is taken.
	Insert(ctx context.Context, r Request) error
	// Change stores r over the request that has the state from and the revision
	// r.Rev-1; Stale when there is none.
	Change(ctx context.Context, from State, r Request) error
	// Claim stores the first row of a reveal; Stale when its number is taken.
	Claim(ctx context.Context, v Reveal) error
	// Advance stores v over the row of the same number that has the state from;
	// Stale when there is none.
	Advance(ctx context.Context, from RevealState, v Reveal) error
	// SaveHold stores h over the row that has the revision h.Rev-1; Stale when
	// there is none.
	SaveHold(ctx context.Context, h Hold) error
	// SaveThreat stores t over the one of the revision t.Rev-1; Stale when there is
	// none.
	SaveThreat(ctx context.Context, t Threat) error
	// OpenDrift stores a new drift; Stale when one of the same kind, policy and
	// person is open, or the reference is taken.
	OpenDrift(ctx context.Context, d Drift) error
	// ChangeDrift stores d over an open drift; Stale when it is cleared.
	ChangeDrift(ctx context.Context, d Drift) error
	// Counting makes everybody wait who counts about one of people, too, until
	// this transaction has ended. It comes before anything is counted.
	Counting(ctx context.Context, people ...ID) error
	// SaveLock locks a person, who stays locked as long as they were if that is
	// longer.
	SaveLock(ctx context.Context, l Lock) error
	// LiftLock forgets the lock of a person; Stale when there is none.
	LiftLock(ctx context.Context, person ID) error
	// SaveDecision remembers, for Decided, that somebody has decided.
	SaveDecision(ctx context.Context, ref Ref, by ID, at time.Time) error
	SaveAlarm(ctx context.Context, a Alarm) error
	// First remembers a click and tells whether it is the first like it.
	First(ctx context.Context, c Click) (bool, error)
	SaveChat(ctx context.Context, c Chat) error
	SaveCard(ctx context.Context, c Card) error
	// MoveCard gives a card that is known its revision, when it still has the
	// revision from; Stale when it has not.
	MoveCard(ctx context.Context, from int, c Card) error
	DropCard(ctx context.Context, c Card) error
	// Record appends to the audit, at the very end of the transaction.
	Record(e audit.Entry)
	// Enqueue gives a job to be run when the transaction is committed.
	Enqueue(ctx context.Context, j Job) error
}

// Filter selects requests; zero fields select all. The newest come first.
type Filter struct {
	Asker    ID        // asked by this person
	Approver ID        // this person may decide
	Person   ID        // for this person
	Kind     Kind      // of this kind
	States   []State   // in one of these states
	DueBy    time.Time // whose Due or Remind is set and not after this
	// Unreviewed are emergencies that came into force and wait for their review.
	Unreviewed bool
	Limit      int // 0: 100
}

// Click is what makes two presses of a button the same: Teams repeats a slow
// call, sometimes with a new activity id.
type Click struct {
	Actor ID
	Ref   Ref // or, for a typed message, its conversation and activity id
	Rev   int
	Verb  string
}

// Chat is where a person can be written to: their 1:1 chat with Passdesk, and
// how they read.
type Chat struct {
	Person       ID     `json:"person"`
	Teams        string `json:"teams"`        // their id in Teams, "29:…"
	Conversation string `json:"conversation"` // empty until one is known
	ServiceURL   string `json:"serviceUrl"`
	Locale       string `json:"locale"`
	Zone         string `json:"zone"` // IANA name of their time zone
	// Blocked says why nothing can be sent until they write or install again;
	// empty when it can.
	Blocked string `json:"blocked,omitempty"`
	// Used is the day on which they were last heard, UTC. A chat that nobody
	// uses is forgotten, and made anew when it is needed.
	Used time.Time `json:"used,omitzero"`
}

// Card is a message about a request in somebody's chat, so that it can be
// redrawn when the request changes.
type Card struct {
	Ref          Ref    `json:"ref"`
	Person       ID     `json:"person"`
	Conversation string `json:"conversation"`
	Activity     string `json:"activity"`
	Rev          int    `json:"rev"` // the revision that it shows
}

// JobKind is what a job does.
type JobKind string

// The jobs. Each looks at the request's state when it runs, so that running it
// twice or late does no harm.
const (
	Announce JobKind = "announce"  // send the card to Job.Person, who may decide
	Redraw   JobKind = "redraw"    // bring every card of the request up to date
	Notify   JobKind = "notify"    // tell Job.Person, in a line, what became of the request
	Due      JobKind = "due"       // lapse, settle, remind or end what is due
	ReadBack JobKind = "read back" // look whether what was given is there, and what was ended is gone
	Watch    JobKind = "watch"     // look whether the passkey has appeared that the request is for
	Warn     JobKind = "warn"      // bring the cards of the drift Job.Ref up to date, and send Job.Person theirs
	Tell     JobKind = "tell"      // tell Job.Person, on a card, of what came into force
	Undo     JobKind = "undo"      // end all that the person has, because of the request that was disowned
	Sound    JobKind = "sound"     // find out who is told of the alarm Job.Ref
	Ring     JobKind = "ring"      // tell Job.Person of the alarm Job.Ref
	// TellThreat sends Job.Person the card of threat mode Job.Ref, or brings it up to
	// date.
	TellThreat JobKind = "tell threat"
)

// Job is work that is due at a time.
type Job struct {
	Kind   JobKind
	Ref    Ref
	Person ID        // with Announce, Notify, Warn, Tell and Ring
	At     time.Time // zero: now
	// Again says, of a job that runs, that it was begun before and perhaps half
	// done.
	Again bool
}
