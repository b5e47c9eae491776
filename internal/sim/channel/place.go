package channel

import (
	"crypto/rand"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// Aliases that the seeded shared chats can be called by.
const (
	ChannelAlias = "channel"
	GroupAlias   = "group"
)

// place is a conversation, and in a channel one of its threads.
type place struct {
	*chat
	thread string // id of the first message; empty: a new thread
}

// conversation is the id that activities and calls name this place by.
func (p place) conversation() string {
	if p.thread == "" {
		return p.id
	}
	return p.id + ";messageid=" + p.thread
}

// seed makes the shared chats, of which the bot is a member.
func (c *Channel) seed() {
	c.shared(c.threadID(ChannelAlias, "tacv2"), Team, "Help desk", "adele", "bianca", "megan", "lee", "joni", "grady", "alex", "patti", "eli")
	c.shared(c.threadID(GroupAlias, "v2"), Group, "New starters", "adele", "bianca", "megan", "lee")
}

func (c *Channel) shared(id, kind, name string, aliases ...string) {
	made := &chat{id: id, kind: kind, name: name}
	for _, alias := range aliases {
		if p, ok := c.tenant.Person(alias); ok {
			made.people = append(made.people, p.ID)
		}
	}
	c.add(made)
}

func (c *Channel) add(made *chat) {
	c.chats[made.id] = made
	c.order = append(c.order, made.id)
	c.changed()
}

// threadID is stable for a tenant, as everything seeded is.
func (c *Channel) threadID(name, kind string) string {
	sum := sha512.Sum512([]byte("thread\n" + c.tenant.ID() + "\n" + name))
	return "19:" + hex.EncodeToString(sum[:16]) + "@thread." + kind
}

// TeamChannel is the conversation id of the shared channel. It is the same for the
// same tenant.
func (c *Channel) TeamChannel() string { return c.threadID(ChannelAlias, "tacv2") }

// ChatID is the conversation id of the person's personal chat with the bot,
// whether or not it exists yet. It is the same for the same tenant.
func (c *Channel) ChatID(personID string) string {
	sum := sha512.Sum512([]byte("personal\n" + c.tenant.ID() + "\n" + c.tenant.AppID() + "\n" + strings.ToLower(personID)))
	return "a:1" + base64.RawURLEncoding.EncodeToString(sum[:])
}

// personal is the person's chat with the bot, made where it is missing; the
// caller holds the lock.
func (c *Channel) personal(p entra.Person) *chat {
	id := c.ChatID(p.ID)
	if found := c.chats[id]; found != nil {
		return found
	}
	made := &chat{id: id, kind: Personal, name: BotName, people: []string{p.ID}}
	c.add(made)
	return made
}

// place finds a conversation by its id, with or without a thread, or by the
// alias of a shared chat; the caller holds the lock.
func (c *Channel) place(conversation string) (place, bool) {
	switch conversation {
	case ChannelAlias:
		conversation = c.threadID(ChannelAlias, "tacv2")
	case GroupAlias:
		conversation = c.threadID(GroupAlias, "v2")
	}
	id, thread, threaded := strings.Cut(conversation, ";messageid=")
	found := c.chats[id]
	if found == nil || threaded && (found.kind != Team || found.find(thread) == nil) {
		return place{}, false
	}
	return place{found, thread}, true
}

// clockID is an id of the kind that shared chats and people's messages have:
// milliseconds since 1970, and never twice; the caller holds the lock.
func (c *Channel) clockID() string {
	c.lastID = max(c.lastID+1, c.tenant.Now().UnixMilli())
	return strconv.FormatInt(c.lastID, 10)
}

// botMessageID is an id of the kind that the bot's messages in personal chats
// have.
func botMessageID() string {
	var random [48]byte
	_, _ = rand.Read(random[:]) // never fails, see crypto/rand
	return "1:1" + base64.RawURLEncoding.EncodeToString(random[:])
}
