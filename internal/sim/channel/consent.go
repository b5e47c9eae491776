package channel

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"

	"github.com/google/uuid"
)

// consentType is the content type of a card that asks whether a file may be put
// into the person's OneDrive (Teams: Send and receive files, personal scope).
const consentType = "application/vnd.microsoft.teams.card.file.consent"

// consent is what such a card says.
type consent struct {
	Name    string
	Size    int64
	Accept  json.RawMessage
	Decline json.RawMessage
}

// consent is the first consent card of the message.
func (m *Message) consent() (consent, bool) {
	for _, raw := range m.Attachments {
		var attached struct {
			ContentType string `json:"contentType"`
			Name        string `json:"name"`
			Content     struct {
				Size    int64           `json:"sizeInBytes"`
				Accept  json.RawMessage `json:"acceptContext"`
				Decline json.RawMessage `json:"declineContext"`
			} `json:"content"`
		}
		if json.Unmarshal(raw, &attached) == nil && attached.ContentType == consentType {
			return consent{attached.Name, attached.Content.Size, attached.Content.Accept, attached.Content.Decline}, true
		}
	}
	return consent{}, false
}

// Consent answers a consent card of the person's chat with the bot: that of the
// message, or the newest. Who accepts gives the bot an address to put the file to.
func (c *Channel) Consent(ctx context.Context, key, messageID string, accept bool) (Answer, error) {
	p, at, err := c.at(key, "")
	if err != nil {
		return Answer{}, err
	}
	id, asked, ok := c.asking(at, messageID)
	if !ok {
		return Answer{}, fmt.Errorf("%w: %q asks for no consent", ErrNoMessage, messageID)
	}
	value := map[string]any{"type": "fileUpload", "action": "decline", "context": asked.Decline}
	if accept {
		value["action"], value["context"] = "accept", asked.Accept
		value["uploadInfo"] = c.newUpload(at, asked.Name)
	}
	a := activity{"type": "invoke", "name": "fileConsent/invoke", "replyToId": id, "value": value}
	c.fill(a, p, c.reference(at))
	return c.deliver(ctx, a)
}

// asking is the message with the consent card that is meant.
func (c *Channel) asking(at place, messageID string) (string, consent, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := len(at.messages) - 1; i >= 0; i-- {
		m := at.messages[i]
		if m.Deleted || messageID != "" && m.ID != messageID {
			continue
		}
		if asked, ok := m.consent(); ok {
			return m.ID, asked, true
		}
	}
	return "", consent{}, false
}

// newUpload makes room for a file, and tells where (Teams: fileConsent/invoke,
// uploadInfo).
func (c *Channel) newUpload(at place, name string) map[string]any {
	id := uuid.NewString()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.uploads[id] = &upload{chat: at.chat, file: File{Name: name, URL: c.filesURL("content/"+id, nil)}}
	return map[string]any{
		"name": name, "uniqueId": id, "fileType": fileType(name), "contentUrl": c.uploads[id].file.URL,
		"uploadUrl": c.filesURL("upload/"+id, url.Values{"tempauth": {"v1." + uuid.NewString()}}),
	}
}
