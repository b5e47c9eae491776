package channel

import (
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/google/uuid"
)

// outgoing is what the connector keeps of an activity that the bot sends.
type outgoing struct {
	Type        string            `json:"type"`
	Text        string            `json:"text"`
	TextFormat  string            `json:"textFormat"`
	Attachments []json.RawMessage `json:"attachments"`
	Summary     string            `json:"summary"`
	ChannelData struct {
		Notification struct {
			Alert bool `json:"alert"`
		} `json:"notification"`
	} `json:"channelData"`
}

// parse reads an activity of the bot. Only messages and the typing sign exist.
func parse(body []byte) (outgoing, *refusal) {
	var a outgoing
	if refused := decode(body, &a); refused != nil {
		return a, refused
	}
	switch {
	case a.Type == "typing":
	case a.Type != "message":
		return a, badArgument("Unknown activity type")
	case a.Text == "" && len(a.Attachments) == 0:
		return a, badSyntax("Activity has neither text nor attachments")
	}
	if a.Attachments == nil {
		a.Attachments = []json.RawMessage{}
	}
	return a, nil
}

// card is the first Adaptive Card of the activity; nil where there is none.
func (a outgoing) card() json.RawMessage {
	for _, raw := range a.Attachments {
		var attachment struct {
			ContentType string          `json:"contentType"`
			Content     json.RawMessage `json:"content"`
		}
		if json.Unmarshal(raw, &attachment) == nil && attachment.ContentType == cardType {
			return attachment.Content
		}
	}
	return nil
}

func (a outgoing) fill(m *Message) {
	m.Text, m.TextFormat, m.Attachments, m.Card = a.Text, a.TextFormat, a.Attachments, a.card()
	m.Summary, m.Alert = a.Summary, a.ChannelData.Notification.Alert
}

// send is Send to Conversation and Reply to Activity.
func (c *Channel) send(conversation, replyTo string, body []byte, query url.Values) (int, any, *refusal) {
	if query.Get("isTargetedActivity") == "true" {
		return 0, nil, badArgument("Targeted activities are not available in this tenant.")
	}
	at, refused := c.writable(conversation)
	if refused != nil {
		return 0, nil, refused
	}
	stored, refused := c.store(at, replyTo, body)
	if refused != nil {
		return 0, nil, refused
	}
	return http.StatusCreated, account{stored.ID}, nil
}

// writable finds the conversation and tells whether the bot may write there.
func (c *Channel) writable(conversation string) (place, *refusal) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, ok := c.place(conversation)
	switch {
	case !ok:
		return at, noConversation()
	case at.kind == Personal && !c.tenant.Installed(at.people[0]):
		return at, notInRoster()
	}
	return at, nil
}

// store keeps a message of the bot and shows it to everybody in the chat.
func (c *Channel) store(at place, replyTo string, body []byte) (Message, *refusal) {
	a, refused := parse(body)
	if refused != nil {
		return Message{}, refused
	}
	if a.Type == "typing" {
		return Message{ID: uuid.NewString()}, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	m := &message{Message: Message{From: botAlias, At: c.tenant.Now().UTC(), Thread: at.thread}}
	a.fill(&m.Message)
	if _, asks := m.consent(); asks && at.kind != Personal {
		return Message{}, badArgument("File consent cards are for personal chats only.")
	}
	if m.ID = botMessageID(); at.kind != Personal {
		m.ID = c.clockID()
	}
	if at.kind == Team && m.Thread == "" {
		m.Thread = m.ID
		if root := at.find(replyTo); root != nil {
			m.Thread = root.Thread
		}
	}
	at.messages = append(at.messages, m)
	c.changed()
	return m.Message, nil
}

// update is Update Activity: what it stores replaces what is on every screen.
func (c *Channel) update(conversation, id string, body []byte) (any, *refusal) {
	at, refused := c.writable(conversation)
	if refused != nil {
		return nil, refused
	}
	a, refused := parse(body)
	if refused != nil {
		return nil, refused
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	m, refused := own(at, id)
	if refused != nil {
		return nil, refused
	}
	a.fill(&m.Message)
	now := c.tenant.Now().UTC()
	m.EditedAt, m.views = &now, nil
	c.changed()
	c.refreshWatching(at.chat, m)
	return account{id}, nil
}

// remove is Delete Activity. What was stored stays for whoever looks into the
// tenant; nobody sees it in the chat any longer.
func (c *Channel) remove(conversation, id string) *refusal {
	at, refused := c.writable(conversation)
	if refused != nil {
		return refused
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	m, refused := own(at, id)
	if refused != nil {
		return refused
	}
	m.Deleted, m.views = true, nil
	c.changed()
	return nil
}

// own finds a message of the bot that still exists; the caller holds the lock.
func own(at place, id string) (*message, *refusal) {
	switch m := at.find(id); {
	case m == nil || m.Deleted:
		return nil, noActivity()
	case m.From != botAlias:
		return nil, notOwn()
	default:
		return m, nil
	}
}
