package teams

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf16"
)

const (
	// CardLimit is the most bytes that a card may have (Teams: Format your bot
	// messages; older pages allow no more than 28 KB).
	CardLimit = 28 << 10
	// messageLimit is the most that a message may have, counted as UTF-16 bytes:
	// Teams refuses about 100 KB.
	messageLimit = 80 << 10
)

// Message is what the bot says. A message with neither text nor card nor file is
// none.
type Message struct {
	// Text is shown as it is: no Markdown, no HTML, no mentions.
	Text string
	// Card is an Adaptive Card, at most CardLimit bytes.
	Card json.RawMessage
	// Summary stands for a card in notifications and lists of chats.
	Summary string
	// Alert raises a notification in the activity feed.
	Alert bool
	// Offer asks whether a file may be put into the person's OneDrive, in a 1:1
	// chat only; Saved shows one that was.
	Offer *Offer
	Saved *SavedFile
}

// Empty says whether there is nothing to send.
func (m Message) Empty() bool {
	return m.Text == "" && len(m.Card) == 0 && m.Offer == nil && m.Saved == nil
}

// The forms of the connector's REST interface (Bot Framework: Connector API
// reference). Only what is set is sent.
type (
	wireActivity struct {
		Type         string           `json:"type"`
		ID           string           `json:"id,omitempty"`
		From         wireID           `json:"from"`
		Conversation wireID           `json:"conversation"`
		ReplyToID    string           `json:"replyToId,omitempty"`
		TextFormat   string           `json:"textFormat,omitempty"`
		Text         string           `json:"text,omitempty"`
		Summary      string           `json:"summary,omitempty"`
		Attachments  []wireAttachment `json:"attachments,omitempty"`
		ChannelData  *wireChannelData `json:"channelData,omitempty"`
	}
	wireID struct {
		ID string `json:"id"`
	}
	wireAttachment struct {
		ContentType string `json:"contentType"`
		ContentURL  string `json:"contentUrl,omitempty"`
		Name        string `json:"name,omitempty"`
		Content     any    `json:"content"`
	}
	wireChannelData struct {
		Notification wireNotification `json:"notification"`
	}
	wireNotification struct {
		Alert bool `json:"alert"`
	}
	wireConversation struct {
		Bot      wireID   `json:"bot"`
		Members  []wireID `json:"members"`
		TenantID string   `json:"tenantId"`
		IsGroup  bool     `json:"isGroup"`
	}
)

// wire puts a message into the connector's form.
func (m Message) wire(bot string, p Place, id, replyTo string) wireActivity {
	w := wireActivity{
		Type: TypeMessage, ID: id, From: wireID{bot}, Conversation: wireID{p.Conversation},
		ReplyToID: replyTo, Summary: m.Summary,
	}
	if m.Text != "" {
		w.Text, w.TextFormat = m.Text, "plain"
	}
	if len(m.Card) > 0 {
		w.Attachments = []wireAttachment{{ContentType: replyCard, Content: m.Card}}
	}
	w.Attachments = append(w.Attachments, m.files()...)
	if m.Alert {
		w.ChannelData = &wireChannelData{Notification: wireNotification{Alert: true}}
	}
	return w
}

// encode makes JSON without the escapes that only HTML needs, which would count
// against Teams' limit.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encoding message: %w", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// utf16Bytes is the size of a text as Teams counts it.
func utf16Bytes(text []byte) int {
	if len(text) <= messageLimit/2 { // no text takes more than twice its UTF-8 bytes
		return 2 * len(text)
	}
	n := 0
	for _, r := range string(text) {
		n += 2 * utf16.RuneLen(r)
	}
	return n
}
