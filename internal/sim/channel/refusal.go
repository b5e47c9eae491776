package channel

import (
	"encoding/json"
	"net/http"

	"github.com/google/uuid"
)

// refusal is an error of the connector as it goes over the wire (Teams: "Status
// codes from bot conversational APIs").
type refusal struct {
	status  int
	code    string
	message string
}

// refuse writes the connector's error body.
func (f *refusal) write(w http.ResponseWriter) {
	w.Header().Set("X-Correlating-OperationId", uuid.NewString())
	reply(w, f.status, map[string]any{"error": map[string]string{"code": f.code, "message": f.message}})
}

func badArgument(message string) *refusal {
	return &refusal{http.StatusBadRequest, "BadArgument", message}
}

func badSyntax(message string) *refusal {
	return &refusal{http.StatusBadRequest, "BadSyntax", message}
}

func notInstalled() *refusal {
	return &refusal{http.StatusForbidden, "ForbiddenOperationException", "Bot is not installed in user's personal scope"}
}

func notInRoster() *refusal {
	return &refusal{http.StatusForbidden, "BotNotInConversationRoster", "The bot is not part of the conversation roster."}
}

func notOwn() *refusal {
	return &refusal{http.StatusForbidden, "NotEnoughPermissions", "The bot may change its own messages only."}
}

func noConversation() *refusal {
	return &refusal{http.StatusNotFound, "ConversationNotFound", "Conversation not found."}
}

// noActivity has the message of a missing conversation: the documentation
// gives both codes the same one.
func noActivity() *refusal {
	return &refusal{http.StatusNotFound, "ActivityNotFoundInConversation", "Conversation not found."}
}

func noMember() *refusal {
	return &refusal{http.StatusNotFound, "MemberNotFoundInConversation", "Member not found in conversation."}
}

func tooBig() *refusal {
	return &refusal{http.StatusRequestEntityTooLarge, "MessageSizeTooBig", "Message size too large."}
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	// A bot that has gone away needs no answer.
	_ = json.NewEncoder(w).Encode(body)
}
