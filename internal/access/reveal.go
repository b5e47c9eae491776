package access

import "time"

// RevealState is how far the making and showing of one pass has come.
type RevealState string

// A reveal is Claimed before Graph is called, Made when Graph has answered with
// the code, Answered when the code has gone to the person who asked. Lost is an
// attempt whose answer never came: there may be a pass. Dropped is one that is
// given up: its pass does not exist or was deleted.
const (
	Claimed  RevealState = "claimed"
	Made     RevealState = "made"
	Answered RevealState = "answered"
	Lost     RevealState = "lost"
	Dropped  RevealState = "dropped"
)

// unsettled tells whether there may be a pass of this attempt that nobody has
// seen.
func (v Reveal) unsettled() bool { return v.State == Claimed || v.State == Lost || v.State == Made }

// Reveal is the row that keeps a pass from being made or shown twice. It never
// holds the code.
type Reveal struct {
	Ref      Ref         `json:"ref"`
	Attempt  int         `json:"attempt"` // 1, 2, …; the primary key together with Ref
	Actor    ID          `json:"actor"`
	State    RevealState `json:"state"`
	PassID   string      `json:"passId,omitempty"`
	Claimed  time.Time   `json:"claimed"`
	Made     time.Time   `json:"made,omitzero"`
	Answered time.Time   `json:"answered,omitzero"`
	Hidden   time.Time   `json:"hidden,omitzero"` // when the person took the code from the screen
}
