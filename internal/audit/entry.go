// Package audit keeps what was asked, decided, attempted and achieved, in a
// chain that shows when a line was changed, taken out or cut off.
package audit

import "time"

// Outcome tells at which point of an act an entry was written.
type Outcome string

// An act that gives something leaves two entries: Intent before it and Done or
// Failed after it. Refused is an act that was not begun.
const (
	Intent  Outcome = "intent"
	Done    Outcome = "done"
	Failed  Outcome = "failed"
	Refused Outcome = "refused"
)

// Entry is one line of the audit. People are named by their Entra object ids;
// a secret has no field to be in.
type Entry struct {
	At      time.Time         `json:"at"`      // UTC, to the millisecond
	Actor   string            `json:"actor"`   // who did it; "passdesk" for what falls due by itself
	Action  string            `json:"action"`  // "ask", "approve", "issue pass", …
	Outcome Outcome           `json:"outcome"` // where in the act this was written
	Ref     string            `json:"ref,omitempty"`
	Person  string            `json:"person,omitempty"` // whom it is for
	Detail  map[string]string `json:"detail,omitempty"` // what else a reader must know, in words
}
