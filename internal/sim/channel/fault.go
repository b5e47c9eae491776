package channel

import (
	"encoding/json"
	"html"
	"net/http"

	"github.com/google/uuid"

	"github.com/passdesk/passdesk/internal/sim/fault"
)

// documented are the connector's errors, the first of a status being the one
// that it most often comes with (Teams: status codes from bot conversational
// APIs).
var documented = []refusal{
	{http.StatusBadRequest, "Bad Argument", "Unknown attachment type"},
	{http.StatusUnauthorized, "BotNotRegistered", "No registration found for this bot."},
	{http.StatusForbidden, "BotNotInConversationRoster", "The bot is not part of the conversation roster."},
	{http.StatusForbidden, "BotDisabledByAdmin", "The tenant admin disabled this bot"},
	{http.StatusForbidden, "ConversationBlockedByUser", "User blocked the conversation with the bot."},
	{http.StatusForbidden, "MessageWritesBlocked", "User blocked the conversation with the bot."},
	{http.StatusForbidden, "ForbiddenOperationException", "Bot is not installed in user's personal scope"},
	{http.StatusForbidden, "InvalidBotApiHost", "Invalid bot api host. For GCC tenants, please call https://smba.infra.gcc.teams.microsoft.com."},
	{http.StatusForbidden, "NotEnoughPermissions", "The bot does not have the permission for this operation."},
	{http.StatusNotFound, "ConversationNotFound", "Conversation not found."},
	{http.StatusNotFound, "ActivityNotFoundInConversation", "Conversation not found."},
	{http.StatusPreconditionFailed, "PreconditionFailed", "Precondition failed, please try again."},
	{http.StatusRequestEntityTooLarge, "MessageSizeTooBig", "Message size too large."},
	{http.StatusTooManyRequests, "Throttled", "Too many requests."},
	{http.StatusInternalServerError, "ServiceError", "An internal error occurred."},
	{http.StatusBadGateway, "ServiceError", "A service that this one needs has failed."},
	{http.StatusServiceUnavailable, "ServiceUnavailable", "Service is unavailable."},
	{http.StatusGatewayTimeout, "GatewayTimeout", "Gateway Timeout."},
}

// refusalOf is the connector's error of a fault.
func refusalOf(f fault.Fault) *refusal {
	made := refusal{f.Status, f.Code, f.Message}
	for _, known := range documented {
		if known.status != f.Status || f.Code != "" && f.Code != known.code {
			continue
		}
		made.code = known.code
		if made.message == "" {
			made.message = known.message
		}
		return &made
	}
	if made.code == "" {
		made.code = "ServiceError"
	}
	if made.message == "" {
		made.message = http.StatusText(f.Status)
	}
	return &made
}

// fail answers a call to the connector with a fault.
func fail(w http.ResponseWriter, _ *http.Request, f fault.Fault) {
	refused := refusalOf(f)
	if refused.code != "MessageWritesBlocked" {
		refused.write(w)
		return
	}
	// Seen in the field: a number, and the error itself as text.
	inner, err := json.Marshal(map[string]string{"subCode": refused.code, "details": refused.message})
	if err != nil {
		inner = nil
	}
	w.Header().Set("X-Correlating-OperationId", uuid.NewString())
	reply(w, refused.status, map[string]any{"errorCode": 209, "message": string(inner)})
}

// failKeys answers a request for the channel's metadata or keys with a fault, as
// the web server in front of them does: with a page.
func failKeys(w http.ResponseWriter, _ *http.Request, f fault.Fault) {
	title, message := http.StatusText(f.Status), html.EscapeString(f.Message)
	if message == "" {
		message = title
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(f.Status)
	// Whoever has gone away needs no answer.
	_, _ = w.Write([]byte("<!DOCTYPE html><html><head><title>" + title + "</title></head><body><h2>" + message + "</h2></body></html>\n"))
}
