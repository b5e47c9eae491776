package login

import (
	"net/http"

	"github.com/passdesk/passdesk/internal/sim/fault"
)

// troubles are the errors that Entra gives when it is in trouble ("Microsoft
// Entra authentication and authorization error codes").
var troubles = map[int]refusal{
	http.StatusUnauthorized:        {kind: "invalid_client", code: 7000222, text: "The provided client secret keys are expired. Create new keys for your app."},
	http.StatusTooManyRequests:     {kind: "temporarily_unavailable", code: 90055, text: "The server has received too many requests. Please try again later."},
	http.StatusInternalServerError: {kind: "server_error", code: 90036, text: "An unexpected, non-retryable error stemming from the directory service has occurred."},
	http.StatusServiceUnavailable:  {kind: "temporarily_unavailable", code: 90033, text: "A transient error has occurred. Please try again."},
	http.StatusGatewayTimeout:      {kind: "temporarily_unavailable", code: 90006, text: "The service is temporarily unavailable. Please try again."},
}

// Fail answers a request with the error that Entra gives with a fault's status.
// The fault's code stands for OAuth's error.
func (l *Login) Fail(w http.ResponseWriter, r *http.Request, f fault.Fault) {
	made, known := troubles[f.Status]
	if !known {
		made = refusal{kind: "invalid_request", code: 900144, text: "The request could not be processed."}
		if f.Status >= http.StatusInternalServerError {
			made = troubles[http.StatusServiceUnavailable]
		}
	}
	made.status = f.Status
	if f.Code != "" {
		made.kind = f.Code
	}
	if f.Message != "" {
		made.text = f.Message
	}
	l.refuse(w, r, &made)
}
