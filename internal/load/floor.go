package load

import (
	"encoding/json"
	"net/http"
)

// Floor is what any bot must do, and nothing else: it reads an activity as
// encoding/json reads it, and answers with the same bytes each time. What
// Passdesk costs is told as a multiple of it.
func Floor(answer []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.WriteHeader(http.StatusOK)
			return
		}
		var activity struct {
			Type, ID, Name, Text, TextFormat, Locale, LocalTimezone, ServiceURL, ChannelID, ReplyToID string

			From, Recipient struct{ ID, Name, AadObjectID string }
			Conversation    struct{ ID, ConversationType, TenantID string }
			ChannelData     struct{ Tenant struct{ ID string } }
			Value           json.RawMessage
		}
		if err := json.NewDecoder(r.Body).Decode(&activity); err != nil || activity.Type == "" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = w.Write(answer)
	})
}
