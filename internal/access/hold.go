package access

import (
	"slices"
	"time"
)

// HoldState is how far Passdesk has come with one exclusion in Entra.
type HoldState string

// A hold is Free while nothing in Entra is Passdesk's. It is Adding from the
// moment before Entra is asked to exclude the person, who was found absent: what
// is there from then on is Passdesk's, whether or not the answer comes. It is
// Held when Entra has agreed, and Removing until two reads have shown it gone.
const (
	Free     HoldState = "free"
	Adding   HoldState = "adding"
	Held     HoldState = "held"
	Removing HoldState = "removing"
)

// Hold is the row of one person under one policy: what Passdesk has excluded
// there, for which requests, and who is at it. It is changed only over the
// revision that was read, so that of two who start or end an exclusion one waits.
//
// The row with an empty person is the policy's own: it is claimed while the
// policy itself is written, because a policy is written whole.
type Hold struct {
	Person ID        `json:"person"`
	Policy ID        `json:"policy"`
	Rev    int       `json:"rev"`
	State  HoldState `json:"state"`
	Group  ID        `json:"group,omitempty"` // by which it was made; empty: in the policy itself
	// Leases are the requests that it is held for.
	Leases []Ref `json:"leases,omitempty"`
	// Busy is until when somebody is at it; zero, or past, when nobody is.
	Busy time.Time `json:"busy,omitzero"`
	// Since is when it came to its state.
	Since time.Time `json:"since"`
	// Tried is when the last attempt failed, and Tries how many have.
	Tried time.Time `json:"tried,omitzero"`
	Tries int       `json:"tries,omitempty"`
	// Trouble says in words why the last attempt failed.
	Trouble string `json:"trouble,omitempty"`
	// Gone are the reads, at least 10 seconds apart, in which it was gone.
	Gone []time.Time `json:"gone,omitempty"`
}

// exemption is what the hold is about.
func (h Hold) exemption() Exemption { return Exemption{h.Person, h.Policy, h.Group} }

// has tells whether it is held for a request.
func (h Hold) has(ref Ref) bool { return slices.Contains(h.Leases, ref) }

// done is the hold after an attempt that succeeded.
func (h Hold) done() Hold {
	h.Rev++
	h.Busy, h.Tried, h.Tries, h.Trouble = time.Time{}, time.Time{}, 0, ""
	return h
}
