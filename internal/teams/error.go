package teams

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Action is what to do about a call that failed (Teams: Build conversational
// capability, "Status code responses").
type Action string

const (
	// Fix means that the call is wrong and will stay wrong.
	Fix Action = "fix"
	// StopUntilInstalled means that the bot is not in the conversation any more:
	// send nothing until an installationUpdate comes from it.
	StopUntilInstalled Action = "stop until installed"
	// StopUntilWritten means that the bot is blocked or muted: send nothing until
	// somebody writes to it.
	StopUntilWritten Action = "stop until written"
	// Install means that the person has no Passdesk: install it, then try again.
	Install Action = "install"
	// OtherHost means that the tenant is served by the government's host.
	OtherHost Action = "other host"
	// ReadMessage means that Teams said in words which permission is missing.
	ReadMessage Action = "read message"
	// SendAnew means that the message or conversation is gone: forget its id.
	SendAnew Action = "send anew"
	// Retry means that nothing happened, or that repeating does no harm.
	Retry Action = "retry"
	// Shrink means that the message is too large.
	Shrink Action = "shrink"
	// Wait means: not before Error.After has passed.
	Wait Action = "wait"
	// GiveUp means that Teams failed in a way that a repetition would not mend.
	GiveUp Action = "give up"
	// Uncertain means that the answer to a message was lost: it may have been
	// delivered, and sending it again may show it twice.
	Uncertain Action = "uncertain"
	// Unwanted means that the caller took the call back before it was made, or
	// before it was made again; the error unwraps to the caller's reason.
	Unwanted Action = "unwanted"
)

// Error is the error of every call to the connector.
type Error struct {
	// Call is what was tried: create, thread, send, reply, update, delete or member.
	Call string
	// Status is the HTTP status; 0 when there was no answer.
	Status int
	// Code is the connector's, such as "BotNotInConversationRoster", or ours in
	// lower case for calls that were not answered or not made.
	Code string
	// Message is the connector's explanation, cut short; for the log.
	Message string
	// Action says what to do next.
	Action Action
	// After is how long to wait, with Wait and sometimes with Retry.
	After time.Duration
	// Operation is Microsoft's X-Correlating-OperationId, for support cases.
	Operation string

	cause error
}

// Error tells all that is known.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "connector %s: %s", e.Call, e.Code)
	if e.Status != 0 {
		fmt.Fprintf(&b, " (%d)", e.Status)
	}
	if e.Message != "" {
		fmt.Fprintf(&b, ": %s", e.Message)
	}
	if e.cause != nil {
		fmt.Fprintf(&b, ": %v", e.cause)
	}
	if e.Operation != "" {
		fmt.Fprintf(&b, " [%s]", e.Operation)
	}
	return b.String()
}

// Unwrap returns the error of the network, of the credential or of the context.
func (e *Error) Unwrap() error { return e.cause }

// maxMessage bounds how much of a foreign text is kept.
const maxMessage = 400

// answered makes an error of an answer that is not a success.
func answered(call string, resp *http.Response, body []byte, now time.Time) *Error {
	e := &Error{
		Call: call, Status: resp.StatusCode,
		After:     retryAfter(resp.Header.Get("Retry-After"), now),
		Operation: cut(resp.Header.Get("X-Correlating-OperationId")),
	}
	e.Code, e.Message = errorBody(body)
	if e.Code == "" {
		e.Code = strings.ToLower(http.StatusText(e.Status))
	}
	e.Action = actionFor(e.Status, e.Code)
	return e
}

// errorBody reads both forms in which the connector explains itself:
// {"error":{"code","message"}}, and {"errorCode":209,"message":"{…}"} whose
// message is again JSON with a subCode.
func errorBody(body []byte) (code, message string) {
	var b struct {
		Error struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
		ErrorCode json.Number `json:"errorCode"`
		Message   string      `json:"message"`
	}
	if json.Unmarshal(body, &b) != nil {
		return "", ""
	}
	if b.Error.Code != "" || b.Error.Message != "" {
		return cut(b.Error.Code), cut(b.Error.Message)
	}
	var inner struct {
		SubCode string `json:"subCode"`
		Details string `json:"details"`
	}
	if json.Unmarshal([]byte(b.Message), &inner) == nil && inner.SubCode != "" {
		return cut(inner.SubCode), cut(inner.Details)
	}
	return cut(b.ErrorCode.String()), cut(b.Message)
}

// actionFor is the table of Teams' documentation.
func actionFor(status int, code string) Action {
	switch status {
	case http.StatusForbidden:
		return actionForbidden(code)
	case http.StatusNotFound:
		return SendAnew
	case http.StatusPreconditionFailed, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return Retry
	case http.StatusRequestEntityTooLarge:
		return Shrink
	case http.StatusTooManyRequests:
		return Wait
	}
	if status >= http.StatusInternalServerError {
		return GiveUp
	}
	return Fix
}

func actionForbidden(code string) Action {
	switch code {
	case "BotNotInConversationRoster":
		return StopUntilInstalled
	case "ConversationBlockedByUser", "MessageWritesBlocked", "BotDisabledByAdmin":
		return StopUntilWritten
	case "ForbiddenOperationException":
		return Install
	case "InvalidBotApiHost":
		return OtherHost
	case "NotEnoughPermissions":
		return ReadMessage
	default:
		return Fix
	}
}

// cut bounds a foreign text and takes line breaks and control characters out.
func cut(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text)
	if len(text) > maxMessage {
		text = strings.ToValidUTF8(text[:maxMessage], "") + "…"
	}
	return text
}
