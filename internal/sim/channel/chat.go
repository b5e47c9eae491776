package channel

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// cardType is the content type of an Adaptive Card attachment.
const cardType = "application/vnd.microsoft.card.adaptive"

// Kinds of conversation, as conversation.conversationType names them.
const (
	Personal = "personal"
	Group    = "groupChat"
	Team     = "channel"
)

// botAlias stands for the bot where messages and members name a person.
const botAlias = "bot"

// Chat is a conversation as somebody sees it.
type Chat struct {
	ID       string    `json:"id"`
	Type     string    `json:"type"` // Personal, Group or Team
	Name     string    `json:"name,omitempty"`
	Members  []Member  `json:"members"`
	Messages []Message `json:"messages"` // oldest first
	// Files are those that the bot put into the person's OneDrive.
	Files []File `json:"files,omitempty"`
}

// Member is a person in a chat.
type Member struct {
	Alias string `json:"alias"` // the object id for those without an alias
	ID    string `json:"id"`
	Name  string `json:"name"`
	Teams string `json:"teams"` // 29:…
}

// Message is one message of a chat, as stored and as seen.
type Message struct {
	ID          string                     `json:"id"`
	Thread      string                     `json:"thread,omitempty"` // in a channel: id of the thread's first message
	From        string                     `json:"from"`             // alias, or "bot"
	At          time.Time                  `json:"at"`
	Text        string                     `json:"text"`
	TextFormat  string                     `json:"textFormat,omitempty"`
	Attachments []json.RawMessage          `json:"attachments"`
	Summary     string                     `json:"summary,omitempty"`
	Alert       bool                       `json:"alert"` // raised a notification in the feed
	EditedAt    *time.Time                 `json:"editedAt,omitempty"`
	Deleted     bool                       `json:"deleted"`
	Card        json.RawMessage            `json:"card,omitempty"`  // first Adaptive Card, as stored
	View        json.RawMessage            `json:"view,omitempty"`  // the card as the asking person sees it; only from Chats
	Views       map[string]json.RawMessage `json:"views,omitempty"` // the card as each person sees it, by alias; only from Conversations
}

// chat is a stored conversation. The Channel's lock guards it.
type chat struct {
	id, kind, name string
	people         []string // object ids
	messages       []*message
	files          []File
}

type message struct {
	Message
	views   map[string]json.RawMessage // by object id: the card of the last answer, until the next update
	invoked map[string]time.Time       // by object id: when that card came
}

func (c *chat) find(id string) *message {
	i := slices.IndexFunc(c.messages, func(m *message) bool { return m.ID == id })
	if i < 0 {
		return nil
	}
	return c.messages[i]
}

func (c *chat) has(personID string) bool { return slices.Contains(c.people, personID) }

// seen is the card on the person's screen: the stored one, or the one that
// answered the person's last press on this state of the message.
func (m *message) seen(personID string) json.RawMessage {
	if view, ok := m.views[personID]; ok {
		return view
	}
	return m.Card
}

// show puts the answer to a press on the person's screen.
func (m *message) show(personID string, card json.RawMessage, at time.Time) {
	if m.views == nil {
		m.views, m.invoked = map[string]json.RawMessage{}, map[string]time.Time{}
	}
	m.views[personID], m.invoked[personID] = card, at
}

// Chats lists the person's chats, personal first, with the cards as that
// person sees them. The key is an alias, object id, UPN or 29: id.
func (c *Channel) Chats(key string) []Chat {
	person, ok := c.tenant.Person(key)
	if !ok {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.tenant.Installed(person.ID) {
		c.personal(person)
	}
	var out []Chat
	for _, id := range c.order {
		if stored := c.chats[id]; stored.has(person.ID) {
			out = append(out, c.render(stored, func(m *message, out *Message) { out.View = m.seen(person.ID) }))
		}
	}
	slices.SortStableFunc(out, func(a, b Chat) int { return rank(a.Type) - rank(b.Type) })
	return out
}

func rank(kind string) int { return slices.Index([]string{Personal, Group, Team}, kind) }

// Conversations lists every chat, oldest first, with the cards as stored and
// as each person sees them.
func (c *Channel) Conversations() []Chat {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]Chat, 0, len(c.order))
	for _, id := range c.order {
		stored := c.chats[id]
		out = append(out, c.render(stored, func(m *message, out *Message) {
			if m.Card == nil || m.Deleted {
				return
			}
			out.Views = map[string]json.RawMessage{}
			for _, personID := range stored.people {
				out.Views[c.alias(personID)] = m.seen(personID)
			}
		}))
	}
	return out
}

func (c *Channel) render(stored *chat, see func(*message, *Message)) Chat {
	out := Chat{ID: stored.id, Type: stored.kind, Name: stored.name, Members: []Member{}, Messages: []Message{}, Files: slices.Clone(stored.files)}
	for _, personID := range stored.people {
		if p, ok := c.tenant.Person(personID); ok {
			out.Members = append(out.Members, Member{Alias: aliasOf(p), ID: p.ID, Name: p.Name, Teams: p.Teams})
		}
	}
	for _, m := range stored.messages {
		copied := m.Message
		see(m, &copied)
		out.Messages = append(out.Messages, copied)
	}
	return out
}

// alias names a person by alias, or by object id where there is none.
func (c *Channel) alias(personID string) string {
	if p, ok := c.tenant.Person(personID); ok {
		return aliasOf(p)
	}
	return personID
}

func aliasOf(p entra.Person) string {
	if p.Alias != "" {
		return p.Alias
	}
	return p.ID
}
