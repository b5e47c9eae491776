package access

import "slices"

// State is where a request stands.
type State string

// The states. Draft is the form before it is sent.
const (
	Draft       State = "draft"
	Asked       State = "asked"
	Approved    State = "approved"
	Denied      State = "denied"
	Withdrawn   State = "withdrawn"
	Lapsed      State = "lapsed"
	CarryingOut State = "carrying out"
	InForce     State = "in force"
	Failed      State = "failed"
	Ending      State = "ending"
	Ended       State = "ended"
)

// transitions lists every change of state there is; what is not here does not
// happen. A state that leads to itself may change in content (a form corrected,
// a reminder sent, a pass made anew, an emergency reviewed after its end).
var transitions = map[State][]State{
	Draft:       {Draft, Asked, Lapsed},
	Asked:       {Asked, Approved, Denied, Withdrawn, Lapsed},
	Approved:    {CarryingOut, Withdrawn, Lapsed},
	CarryingOut: {CarryingOut, InForce, Failed},
	InForce:     {InForce, Ending},
	Ending:      {Ending, Ended},
	Ended:       {Ended},
}

// States lists all states in the order in which a request can meet them.
func States() []State {
	return []State{Draft, Asked, Approved, Denied, Withdrawn, Lapsed, CarryingOut, InForce, Failed, Ending, Ended}
}

// MayBecome tells whether a request in state s can change to next.
func (s State) MayBecome(next State) bool { return slices.Contains(transitions[s], next) }

// Closed tells whether nothing can come of the request any more: no other state
// follows.
func (s State) Closed() bool {
	return !slices.ContainsFunc(transitions[s], func(next State) bool { return next != s })
}
