package access

import (
	"crypto/rand"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Ref is a request's reference, such as PD-7K3M: short enough to read aloud,
// without the letters and digits that are taken for one another. It is not a
// secret: knowing it gives nothing.
type Ref string

const refLetters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// refLength is the number of random letters that a new reference starts with.
// 30^5 are 24 million; one that is taken gets replaced when it is stored.
const refLength = 5

var refForm = regexp.MustCompile(`^PD-[` + refLetters + `]{4,10}$`)

// NewRef makes a random reference.
func NewRef() Ref {
	b := make([]byte, 0, refLength)
	for len(b) < refLength {
		var one [1]byte
		_, _ = rand.Read(one[:]) // never fails: crypto/rand aborts the process instead
		// Values past the last whole multiple would favour the first letters.
		if int(one[0]) < 256/len(refLetters)*len(refLetters) {
			b = append(b, refLetters[int(one[0])%len(refLetters)])
		}
	}
	return Ref("PD-" + string(b))
}

// ParseRef reads a reference as people type it: any case, with or without the
// "PD-".
func ParseRef(text string) (Ref, bool) {
	t := strings.ToUpper(strings.TrimSpace(text))
	if !strings.HasPrefix(t, "PD-") {
		t = "PD-" + t
	}
	return Ref(t), refForm.MatchString(t)
}

// Kind is what a request asks for.
type Kind string

// Pass asks for a Temporary Access Pass, Exclusion for being excluded from a
// Conditional Access policy for a while.
const (
	Pass      Kind = "pass"
	Exclusion Kind = "exclusion"
)

// kindWords are what people read of a kind.
type kindWords struct{ one, many, decider, takenAway string }

func (k Kind) words() kindWords {
	if k == Exclusion {
		return kindWords{"an exclusion", "exclusions", "an owner of this policy", "The exclusion is taken away"}
	}
	return kindWords{"a pass", "passes", "this person's manager", "The pass is deleted"}
}

// Terms are what is asked for: the asker types them, the approver reads them,
// and what is given never exceeds them.
type Terms struct {
	Minutes int       `json:"minutes"`           // lifetime of the pass, length of the exclusion
	Once    bool      `json:"once"`              // usable once
	Start   time.Time `json:"start,omitzero"`    // zero: when it is made; an exclusion begins then
	Replace bool      `json:"replace,omitempty"` // a pass that is live may be overwritten
	Ticket  string    `json:"ticket,omitempty"`
	Reason  string    `json:"reason,omitempty"`
	// Policy is what an exclusion is from; without an ID while the form leaves
	// it open.
	Policy PolicyRef `json:"policy,omitzero"`
	// Platform is the kind of device that it is for, in Graph's words.
	Platform string `json:"platform,omitempty"`
	// KeepSessions leaves running sessions alone when the exclusion ends; else
	// they are revoked, so that the policy binds again at once.
	KeepSessions bool `json:"keepSessions,omitempty"`
	// Register says that an exclusion is for registering a passkey: it has served
	// its purpose when there is one.
	Register bool `json:"register,omitempty"`
	// Extends is the request whose exclusion this one goes on with: it lasts
	// Minutes from that one's end.
	Extends Ref `json:"extends,omitempty"`
	// Emergency says that it cannot wait for the rules. It is said by the command, and
	// never by a form that comes back.
	Emergency bool `json:"emergency,omitempty"`
}

// Lifetime is Minutes as a duration.
func (t Terms) Lifetime() time.Duration { return time.Duration(t.Minutes) * time.Minute }

// Decision is one person's answer.
type Decision struct {
	By      Person    `json:"by"`
	At      time.Time `json:"at"`
	Approve bool      `json:"approve"`
	Reason  string    `json:"reason,omitempty"`
	// For is the key of the need that it meets.
	For string `json:"for,omitempty"`
	// Proven is what was proved about the caller; nil where nothing was asked for.
	Proven *Proven `json:"proven,omitempty"`
}

// Request is somebody's wish to get something for somebody, from the form to
// the end of what was given. It is changed only by a transition (see State)
// that names the state and the revision it expects.
type Request struct {
	Ref   Ref   `json:"ref"`
	Rev   int   `json:"rev"` // counts the changes; a card that shows an older one is redrawn, not obeyed
	State State `json:"state"`
	Kind  Kind  `json:"kind"`

	Asker  Person `json:"asker"`
	Person Person `json:"person"` // whom it is for; without an ID while the form leaves it open
	Terms  Terms  `json:"terms"`

	// Approvers are all who were asked to decide, of this and of earlier needs; at
	// the click their standing is looked up again.
	Approvers []Person `json:"approvers,omitempty"`
	// Verdict is what rule and checks said when the request was last judged.
	Verdict Verdict `json:"verdict,omitzero"`
	// Warned is what the asker was warned of; asking again with the same
	// warnings sends.
	Warned []string `json:"warned,omitempty"`

	// Decision is the newest, Decisions are all that count.
	Decision  *Decision  `json:"decision,omitempty"`
	Decisions []Decision `json:"decisions,omitempty"`
	// Why says in words how it came to a state that needs a word: failed,
	// withdrawn, lapsed, ended.
	Why string `json:"why,omitempty"`
	// By is who brought it to its present state.
	By Person `json:"by,omitzero"`

	Drafted time.Time `json:"drafted"`
	Asked   time.Time `json:"asked,omitzero"`
	Changed time.Time `json:"changed"`
	// Remind is when those who have not answered are reminded; zero when
	// nobody is to be reminded any more.
	Remind time.Time `json:"remind,omitzero"`
	// Escalate is when those are asked, too, whom the rule names for it; zero:
	// never, or not any more.
	Escalate time.Time `json:"escalate,omitzero"`
	// Escalated are the keys of the needs for which they were.
	Escalated []string `json:"escalated,omitempty"`
	// Due is when the state changes by itself: lapses, settles or ends. Zero
	// for a state that stays.
	Due time.Time `json:"due,omitzero"`
	// Pass is the id of the live pass and when it stops working, once there is
	// one.
	PassID string    `json:"passId,omitempty"`
	Ends   time.Time `json:"ends,omitzero"`
	// Replaced says that the live pass was found not to be ours any more.
	Replaced bool `json:"replaced,omitempty"`

	// Policies are those that a form for an exclusion can choose from; gone when
	// it is sent.
	Policies []PolicyRef `json:"policies,omitempty"`
	// Outlook is what Entra said, when it was asked, of what an exclusion would
	// change; nil where it did not say.
	Outlook *Outlook `json:"outlook,omitempty"`
	// Group is the group by which the person is excluded; empty: in the policy.
	Group ID `json:"group,omitempty"`
	// GivenUp says that an exclusion which is being carried out will not be: what
	// may be there of it is taken away, and then the request has failed.
	GivenUp bool `json:"givenUp,omitempty"`
	// Began is when it was first tried to carry it out.
	Began time.Time `json:"began,omitzero"`
	// Gone are the two reads that showed it gone.
	Gone []time.Time `json:"gone,omitempty"`
	// Still says in words how Entra excludes the person although it ended.
	Still []string `json:"still,omitempty"`
	// Registered is when the passkey appeared that the request was for, by Entra's
	// clock; zero while there is none.
	Registered time.Time `json:"registered,omitzero"`
	// Passkey is what that passkey is called.
	Passkey string `json:"passkey,omitempty"`
	// Elsewhere says that it was registered, and not by this pass.
	Elsewhere bool `json:"elsewhere,omitempty"`
	// Late is how often it was told that the end is overdue: 1, those whom it
	// concerns; 2, security, too.
	Late int `json:"late,omitempty"`
	// Trouble says in words what keeps the end from being done.
	Trouble string `json:"trouble,omitempty"`
	// Told are those who were told when it came into force: the person, and their
	// manager, unless they have asked or decided.
	Told []Person `json:"told,omitempty"`
	// Disowned says that the person, or the manager who was told, did not expect it.
	Disowned Disowning `json:"disowned,omitzero"`
	// Review is the look back at an emergency that was sent; nil for anything else.
	Review *Review `json:"review,omitempty"`

	// Challenge is the caller's code that is waited for; nil while none is.
	Challenge *Challenge `json:"challenge,omitempty"`
	// WrongCodes is how many wrong codes were typed, of all challenges.
	WrongCodes int `json:"wrongCodes,omitempty"`
	// Confirmation is what the person was asked and has said; nil: nothing.
	Confirmation *Confirmation `json:"confirmation,omitempty"`
}

// Outlook is what an exclusion would change for one platform
// (Graph: conditionalAccessRoot evaluate).
type Outlook struct {
	At       time.Time `json:"at"`
	Platform string    `json:"platform"`
	// Applies tells whether the policy hits the person there at all.
	Applies bool `json:"applies"`
	// Before and After are the policies that stand in the way without and with
	// the exclusion, each with what it asks for.
	Before []Hurdle `json:"before,omitempty"`
	After  []Hurdle `json:"after,omitempty"`
}

// Hurdle is a policy that stands in somebody's way.
type Hurdle struct {
	Policy PolicyRef `json:"policy"`
	Block  bool      `json:"block,omitempty"`
	Needs  []string  `json:"needs,omitempty"`
}

// MayDecide tells whether id is one of those who are waited for. Of a request
// that is not waiting any more it tells whether id was asked.
func (r Request) MayDecide(id ID) bool {
	n, waits := r.Verdict.next(r.Decisions)
	if r.State != Asked || !waits {
		return isOne(r.Approvers, id)
	}
	return isOne(n.People, id) && !r.agreedBy(id)
}

// agreedBy tells whether id has approved.
func (r Request) agreedBy(id ID) bool {
	return slices.ContainsFunc(r.Decisions, func(x Decision) bool { return x.Approve && x.By.ID == id })
}

// Waiting is the need that the request waits for, and how many have agreed to it
// already; false when it waits for none.
func (r Request) Waiting() (n Need, agreed int, ok bool) {
	n, ok = r.Verdict.next(r.Decisions)
	for _, x := range r.Decisions {
		if ok && x.Approve && x.For == n.Key {
			agreed++
		}
	}
	return n, agreed, ok && r.State == Asked
}

// Concerns tells whether id may see the request: who asked, who decides, and who
// was told; of an emergency security, too.
func (r Request) Concerns(id ID) bool { return r.Handles(id) || r.TellsOf(id) || r.guardedBy(id) }

// Handles tells whether id asked, or may decide: they may end what they began.
func (r Request) Handles(id ID) bool {
	return r.Asker.ID == id || (r.State != Draft && isOne(r.Approvers, id))
}

// Next is when something is to be done about the request by itself: the earliest
// of Remind, Escalate and Due, and the reminder of a review; zero when nothing is.
func (r Request) Next() time.Time {
	var first, review time.Time
	if r.Unreviewed() {
		review = r.Review.Next
	}
	for _, t := range []time.Time{r.Remind, r.Escalate, r.Due, review} {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return first
}

// over tells whether the time of the present state has passed, whether or not
// the job that ends it has run.
func (r Request) over(now time.Time) bool { return !r.Due.IsZero() && !now.Before(r.Due) }

// close brings the request to a state in which nothing is due any more.
func (r *Request) close(s State, by Person, why string) {
	r.State, r.By, r.Why = s, by, why
	r.Due, r.Remind, r.Escalate, r.Challenge = time.Time{}, time.Time{}, time.Time{}, nil
}

// words tells the terms for the audit.
func (t Terms) words() map[string]string {
	w := map[string]string{"minutes": strconv.Itoa(t.Minutes)}
	if t.Policy.ID == "" {
		w["once"] = strconv.FormatBool(t.Once)
	} else {
		t.exclusionWords(w)
	}
	if !t.Start.IsZero() {
		w["start"] = t.Start.UTC().Format(time.RFC3339)
	}
	if t.Replace {
		w["replace"] = "true"
	}
	if t.Emergency {
		w["emergency"] = "true"
	}
	if t.Ticket != "" {
		w["ticket"] = t.Ticket
	}
	if t.Reason != "" {
		w["reason"] = t.Reason
	}
	return w
}

func (t Terms) exclusionWords(w map[string]string) {
	w["policy"] = string(t.Policy.ID)
	w["platform"] = t.Platform
	w["sessions"] = "revoked at the end"
	if t.KeepSessions {
		w["sessions"] = "kept"
	}
	if t.Register {
		w["for"] = "registering a passkey"
	}
	if t.Extends != "" {
		w["extends"] = string(t.Extends)
	}
}
