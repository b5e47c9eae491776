package access

import (
	"errors"
	"fmt"
	"time"
)

// Code says to a machine what kind of failure an Error is.
type Code string

// The codes. What a person reads is in Error.Say; what an engineer needs is in
// Error.Err and goes to the log only.
const (
	Invalid     Code = "invalid"     // the input cannot be understood or is out of range
	NotFound    Code = "not found"   // no such request, person or pass
	Forbidden   Code = "forbidden"   // a known person may not do this
	Refused     Code = "refused"     // the checks or the rule say no
	Stale       Code = "stale"       // the request is no longer what the card showed
	Unavailable Code = "unavailable" // nothing was done; the same call may succeed later
	Uncertain   Code = "uncertain"   // a change was sent and its answer was lost
	Internal    Code = "internal"    // a fault of ours
)

// Error is a failure with its three readers: Code for machines, Say for the
// person in Teams (what happened and what to do next), Err for the log.
type Error struct {
	Code  Code
	Say   string
	Err   error
	After time.Duration // with Unavailable: when to try again, if that is known
}

// Error implements error for the log.
func (e *Error) Error() string {
	if e.Err == nil {
		return string(e.Code) + ": " + e.Say
	}
	return string(e.Code) + ": " + e.Err.Error()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Snooze tells a job when to run again, where Entra has said so.
func (e *Error) Snooze() (time.Duration, bool) { return e.After, e.Code == Unavailable && e.After > 0 }

// Fail makes an Error with a formatted sentence for the person.
func Fail(code Code, say string, args ...any) *Error {
	return &Error{Code: code, Say: fmt.Sprintf(say, args...)}
}

// Because attaches the cause for the log.
func (e *Error) Because(err error) *Error {
	e.Err = err
	return e
}

// CodeOf returns the code of err, Internal for an error that has none, and ""
// for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}

// Say returns the sentence for the person. An error that has none is ours, and
// is told as such without its words.
func Say(err error) string {
	if e, ok := errors.AsType[*Error](err); ok && e.Say != "" {
		return e.Say
	}
	return "Something went wrong on Passdesk's side, and nothing was given. Try again; if it stays, tell the people who run Passdesk."
}
