package teams

import (
	"encoding/json"
	"strings"
)

// Activity types that Teams sends (Bot Framework: Activity schema, "type").
const (
	TypeMessage            = "message"
	TypeInvoke             = "invoke"
	TypeConversationUpdate = "conversationUpdate"
	TypeInstallationUpdate = "installationUpdate"
	TypeMessageReaction    = "messageReaction"
)

// Conversation types (Bot Framework: conversationType in Teams).
const (
	Personal  = "personal"
	GroupChat = "groupChat"
	Team      = "channel"
)

// Activity is one verified event. Who sent it, and from which tenant, has been
// held against the token; everything else is what the client says.
type Activity struct {
	Type       string
	ID         string // of this activity; an invoke may have none
	Name       string // of an invoke, such as "adaptiveCard/action"
	Text       string // of a message, with mentions as <at>Name</at>
	TextFormat string
	Locale     string // such as "en-GB"; from clientInfo when the activity has none
	Timezone   string // IANA name of the sender's zone; may be empty
	ServiceURL string // where to answer; its host is allowed
	ChannelID  string // always "msteams"
	ReplyToID  string // for a button: the message that holds the card
	Action     string // of an installationUpdate: add, remove, add-upgrade, remove-upgrade

	From           Account
	Recipient      Account // the bot
	Conversation   Conversation
	Channel        Channel
	Mentions       []Mention
	MembersAdded   []Account
	MembersRemoved []Account

	// Value is what an invoke or a submitted card carries, as received: valid
	// JSON without duplicate keys, and nothing in it can be believed.
	Value json.RawMessage
	// Raw is the whole body. Value aliases it.
	Raw json.RawMessage
}

// Account is a person or a bot in a conversation.
type Account struct {
	ID       string // "29:…" for a person, "28:<app id>" for a bot
	ObjectID string // Entra object id in lower case; empty for bots
	Name     string // as shown; never an identity
	UPN      string // only from [Connector.Member]
	Role     string // only from [Connector.Member]: user, guest or anonymous
}

// Conversation is where an activity happened.
type Conversation struct {
	ID       string
	Type     string // Personal, GroupChat or Team
	TenantID string
	Name     string
}

// Channel is what Teams adds in channelData.
type Channel struct {
	TenantID  string
	TeamID    string
	ID        string
	EventType string // of a conversationUpdate, such as "teamMemberAdded"
}

// Mention is an <at>Name</at> in Text and the account it stands for.
type Mention struct {
	ID       string
	ObjectID string // rarely sent; ask [Connector.Member] with ID
	Name     string
	Text     string // the literal in Activity.Text
}

// Place is where messages about something go. Learn it from every activity and
// keep it: the service URL of a conversation can change.
type Place struct {
	ServiceURL   string
	Conversation string
}

// Place is where this activity happened.
func (a *Activity) Place() Place {
	return Place{ServiceURL: a.ServiceURL, Conversation: a.Conversation.ID}
}

// Private says whether only the sender and the bot read this conversation.
func (a *Activity) Private() bool { return a.Conversation.Type == Personal }

// Key tells one activity from another: Teams repeats a slow call with the same
// pair of conversation and activity id. It is empty for an activity without id.
func (a *Activity) Key() string {
	if a.ID == "" {
		return ""
	}
	return a.Conversation.ID + "\n" + a.ID
}

// Words is the text without the mentions of the bot itself, which a channel
// requires in front of every command.
func (a *Activity) Words() string {
	text := a.Text
	for _, m := range a.Mentions {
		if m.ID == a.Recipient.ID && m.Text != "" {
			text = strings.Replace(text, m.Text, " ", 1)
		}
	}
	return strings.TrimSpace(text)
}

// BotAdded says whether a conversationUpdate tells that the bot itself joined.
func (a *Activity) BotAdded() bool {
	for _, m := range a.MembersAdded {
		if m.ID != "" && m.ID == a.Recipient.ID {
			return true
		}
	}
	return false
}
