package access

import (
	"strings"
	"time"
)

// Rule says, of the requests that it matches, who must agree or why nobody can.
// Of several rules the first that matches decides.
type Rule struct {
	Name string
	// When tells which requests it matches; nil: all.
	When *Condition
	// Refuse, where it is not empty, refuses in these words.
	Refuse string
	// Approve are the agreements that are needed, one after another.
	Approve []Approval
	// Within is how long each of them may take; zero: an hour.
	Within time.Duration
	// Escalate says who may agree, too, when nobody has for a while.
	Escalate Escalation
	// Longest bounds what is given; zero: nothing but Entra and the policy do.
	Longest time.Duration
	// Place is the conversation id of a channel in which it is decided, too; empty:
	// only in the chats of those who may agree.
	Place string
}

// Approval is one agreement that a rule asks for.
type Approval struct {
	From  []Source
	Count int // how many different people have to agree; from 1
	// Caller is what must be proved about the caller before it counts.
	Caller Proof
	// When tells for which requests it is needed; nil: all.
	When *Condition
}

// Escalation widens who may agree.
type Escalation struct {
	After time.Duration `json:"after,omitempty"` // zero: never
	To    []Source      `json:"to,omitempty"`
}

// Source is where those come from who may agree: SourceManager, SourceOwners, or
// "group:" with a group's object id, whose members they are, directly or through
// other groups.
type Source string

// SourceManager is the person's manager in Entra, SourceOwners are the owners of
// the policy that an exclusion is from.
const (
	SourceManager Source = "manager"
	SourceOwners  Source = "policy.owners"
)

const groupPrefix = "group:"

// GroupSource is the source that names a group.
func GroupSource(id ID) Source { return groupPrefix + Source(id) }

// Group is the group that the source names, if it names one.
func (s Source) Group() (ID, bool) {
	id, ok := strings.CutPrefix(string(s), groupPrefix)
	return NewID(id), ok
}

// Proof is what must be proved about the caller, the person at the other end of
// the help desk's line, before somebody's agreement counts.
type Proof string

// With Confirm the person confirms in their own chat that they asked. With Attest
// whoever agrees says how they know that it is the person. With CallerCode they
// ring the person on a number that they know, and type the code that the help desk
// has read to the caller: it shows that both speak with the same person.
const (
	NoProof    Proof = ""
	Confirm    Proof = "confirm"
	Attest     Proof = "attest"
	CallerCode Proof = "code"
)

// Proofs lists all proofs, the weakest first.
func Proofs() []Proof { return []Proof{NoProof, Confirm, Attest, CallerCode} }

// Scope lets some of those who may ask do so for some people, and for some kinds.
type Scope struct {
	Requesters []ID   // groups whose members it is for
	Kinds      []Kind // empty: all
	// The person must be in one of these; where all are empty, anybody may be.
	Groups      []ID
	Departments []string // compared without regard to case
	Units       []ID     // administrative units
}

// allows tells whether the scope is for this asker, kind and person.
func (s Scope) allows(c Case) bool {
	if !c.Facts.Asker.In(s.Requesters) || (len(s.Kinds) > 0 && !has(s.Kinds, c.Kind)) {
		return false
	}
	p := c.Facts.Person
	return len(s.Groups)+len(s.Departments)+len(s.Units) == 0 ||
		p.In(s.Groups) || hasAny(s.Units, p.Units) || hasFold(s.Departments, p.Department)
}
