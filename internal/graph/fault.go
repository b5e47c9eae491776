package graph

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/passdesk/passdesk/internal/access"
)

// fault is why a call brought nothing: no token, no connection, no answer, or
// an answer that is no success. It is for the log; what people read is made of
// it elsewhere.
type fault struct {
	// sent is false only when the request cannot have reached Graph.
	sent bool
	// status is 0 when no answer came.
	status int
	// code and message are Graph's own (Graph: error responses and resource types).
	code, message string
	// after is Graph's Retry-After, or when a turn would have come; 0 when
	// nobody said.
	after time.Duration
	// odd is an answer that cannot be understood.
	odd          bool
	graphRequest string
	cause        error
}

// Error implements error for the log.
func (f *fault) Error() string {
	var b strings.Builder
	b.WriteString("graph")
	if f.status != 0 {
		fmt.Fprintf(&b, " answered %d", f.status)
	}
	if f.code != "" {
		fmt.Fprintf(&b, " %s: %s", f.code, impersonal(f.message))
	}
	if f.cause != nil {
		fmt.Fprintf(&b, ": %v", f.cause)
	}
	if f.graphRequest != "" {
		fmt.Fprintf(&b, " (graph_request %s)", f.graphRequest)
	}
	return b.String()
}

// Unwrap gives the cause.
func (f *fault) Unwrap() error { return f.cause }

// GraphRequest is the id that Microsoft's support asks for, for the log; empty when
// nothing was sent.
func (f *fault) GraphRequest() string { return f.graphRequest }

// quotation is what a message of Graph's quotes: an id, the name of a property, or
// what somebody is called.
var quotation = regexp.MustCompile(`'[^']*'`)

// impersonal is a message of Graph's without what it quotes, but for ids.
func impersonal(message string) string {
	return quotation.ReplaceAllStringFunc(message, func(quoted string) string {
		if _, err := uuid.Parse(strings.Trim(quoted, "'")); err == nil {
			return quoted
		}
		return "'…'"
	})
}

// says tells whether Graph's message holds text, in any case. The messages are
// all that tells many refusals apart: their code is the same.
func (f *fault) says(text string) bool {
	return strings.Contains(strings.ToLower(f.message), strings.ToLower(text))
}

// busy tells whether the call was one too many: for Graph, or for us, who know
// Graph's limits.
func (f *fault) busy() bool {
	return f.status == http.StatusTooManyRequests || errors.Is(f.cause, errNoTurn)
}

// notLookedAt tells whether Graph said, and was heard to the end, that it has not
// looked at a request, because it was one too many.
func (f *fault) notLookedAt() bool {
	return f.cause == nil && f.status == http.StatusTooManyRequests
}

// undecodable is an answer that says success and cannot be understood. The
// cause is left out where the body may hold a secret.
func undecodable(status int, cause error) *fault {
	if cause == nil {
		cause = errors.New("answer cannot be understood")
	}
	return &fault{sent: true, status: status, cause: cause, odd: true}
}

// statusOf is the status that Graph answered with, 0 for anything else.
func statusOf(err error) int {
	if f, ok := errors.AsType[*fault](err); ok {
		return f.status
	}
	return 0
}

// words reads the code and the message of an error's body. A body that is none
// gives neither: gateways answer with pages of HTML.
func words(body []byte) (code, message string) {
	var answer struct {
		Error struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return "", ""
	}
	return answer.Error.Code, answer.Error.Message
}

// longestAfter caps how long Graph can have us wait.
const longestAfter = time.Hour

// retryAfter reads the header Retry-After: seconds, or a date (RFC 9110,
// section 10.2.3). Anything else is 0, as is a date that has passed.
func retryAfter(text string, now time.Time) time.Duration {
	text = strings.TrimSpace(text)
	if seconds, err := strconv.Atoi(text); err == nil {
		return min(max(0, time.Duration(min(seconds, 1<<20))*time.Second), longestAfter)
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(0, at.Sub(now)), longestAfter)
	}
	return 0
}

// unavailable says to a person that nothing could be read, or done, now, and
// when to try again.
func unavailable(err error) error {
	if err == nil {
		return nil
	}
	f, ok := errors.AsType[*fault](err)
	if !ok {
		f = &fault{}
	}
	say := "Entra does not answer at the moment, so nothing was done. " + soon(f.after)
	switch {
	case f.busy():
		say = "Entra is busy at the moment, so nothing was done. " + soon(f.after)
	case f.status == http.StatusUnauthorized || f.status == http.StatusForbidden || errors.Is(err, errToken):
		say = "Passdesk could not get into Entra, so nothing was done. Try again in a minute; if it stays, tell the people who run Passdesk."
	}
	e := access.Fail(access.Unavailable, "%s", say).Because(err)
	e.After = f.after
	return e
}
