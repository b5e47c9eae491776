package teams

import (
	"fmt"
	"net/http"
)

// Refusal is the error of every request that is not let in. It carries what a
// machine may know; the words of the answer are the endpoint's.
type Refusal struct { //nolint:errname // a refusal is what it is, and an Error is the connector's
	// Status is the HTTP status to answer with.
	Status int
	// Code names the reason for metrics and tests, such as "token missing". It
	// comes from a fixed set and never from the request.
	Code string
	// Detail is for the log alone. It may quote the request.
	Detail string
}

// Error returns status, code and detail.
func (r *Refusal) Error() string {
	if r.Detail == "" {
		return fmt.Sprintf("%d %s", r.Status, r.Code)
	}
	return fmt.Sprintf("%d %s: %s", r.Status, r.Code, r.Detail)
}

// unauthorized is for a token that is missing or proves nothing.
func unauthorized(code, detail string) *Refusal {
	return &Refusal{Status: http.StatusUnauthorized, Code: code, Detail: detail}
}

// forbidden is for a genuine token that policy refuses.
func forbidden(code, detail string) *Refusal {
	return &Refusal{Status: http.StatusForbidden, Code: code, Detail: detail}
}

// badBody is for a body that is not an activity.
func badBody(code, detail string) *Refusal {
	return &Refusal{Status: http.StatusBadRequest, Code: code, Detail: detail}
}
