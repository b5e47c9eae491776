package access

import (
	"errors"
	"fmt"
	"reflect"
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

	form string // Say without the names and the texts that it tells
}

// Error implements error for the log: who is named in Say, and what somebody
// typed, is not for it.
func (e *Error) Error() string {
	switch {
	case e.Err != nil:
		return string(e.Code) + ": " + e.Err.Error()
	case e.form != "":
		return string(e.Code) + ": " + e.form
	}
	return string(e.Code)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Snooze tells a job when to run again, where Entra has said so.
func (e *Error) Snooze() (time.Duration, bool) { return e.After, e.Code == Unavailable && e.After > 0 }

// Fail makes an Error with a formatted sentence for the person. In the log, a plain
// string among its arguments is left out: names and typed texts are such. A Ref, a
// State and a number have types of their own.
func Fail(code Code, say string, args ...any) *Error {
	e := &Error{Code: code, Say: fmt.Sprintf(say, args...), form: say}
	if len(args) > 0 {
		e.form = fmt.Sprintf(say, impersonal(args)...)
	}
	return e
}

// impersonal are arguments without the strings.
func impersonal(args []any) []any {
	all := make([]any, len(args))
	for i, arg := range args {
		if all[i] = arg; reflect.TypeOf(arg) == reflect.TypeFor[string]() {
			all[i] = "…"
		}
	}
	return all
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
