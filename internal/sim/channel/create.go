package channel

import (
	"encoding/json"
	"net/http"
	"strings"
)

// parameters is the body of Create Conversation ("Bot Connector REST API":
// ConversationParameters).
type parameters struct {
	Bot         account         `json:"bot"`
	IsGroup     bool            `json:"isGroup"`
	Members     []account       `json:"members"`
	TenantID    string          `json:"tenantId"`
	Activity    json.RawMessage `json:"activity"`
	ChannelData struct {
		Tenant  account `json:"tenant"`
		Channel account `json:"channel"`
	} `json:"channelData"`
}

type account struct {
	ID string `json:"id"`
}

// create opens a 1:1 chat, the same one at every call, or a thread in a channel.
func (c *Channel) create(body []byte) (int, any, *refusal) {
	var p parameters
	if refused := decode(body, &p); refused != nil {
		return 0, nil, refused
	}
	if p.Bot.ID != "" && p.Bot.ID != c.botID() && p.Bot.ID != c.tenant.AppID() {
		return 0, nil, badArgument("The bot of the conversation is not the caller.")
	}
	if p.IsGroup {
		return c.createThread(p)
	}
	return c.createPersonal(p)
}

func (c *Channel) createPersonal(p parameters) (int, any, *refusal) {
	tenant := p.TenantID
	if tenant == "" {
		tenant = p.ChannelData.Tenant.ID
	}
	if len(p.Members) != 1 {
		return 0, nil, badSyntax("Incorrect conversation creation parameters")
	}
	person, ok := c.tenant.Person(p.Members[0].ID)
	// An alias or a UPN finds a person, but does not address one here.
	if ok = ok && (p.Members[0].ID == person.Teams || strings.EqualFold(p.Members[0].ID, person.ID)); !ok || !strings.EqualFold(tenant, c.tenant.ID()) {
		return 0, nil, badArgument("Invalid user identity in provided tenant")
	}
	if !c.tenant.Installed(person.ID) {
		return 0, nil, notInstalled()
	}
	c.mu.Lock()
	at := place{chat: c.personal(person)}
	c.mu.Unlock()
	return c.first(at, p.Activity)
}

func (c *Channel) createThread(p parameters) (int, any, *refusal) {
	c.mu.Lock()
	at, ok := c.place(p.ChannelData.Channel.ID)
	c.mu.Unlock()
	switch {
	case p.ChannelData.Channel.ID == "" || len(p.Activity) == 0:
		return 0, nil, badSyntax("Incorrect conversation creation parameters")
	case !ok || at.kind != Team:
		return 0, nil, noConversation()
	}
	return c.first(place{chat: at.chat}, p.Activity)
}

// first sends the activity that came with the conversation's creation, if any.
func (c *Channel) first(at place, activity json.RawMessage) (int, any, *refusal) {
	answer := map[string]string{"id": at.id}
	if len(activity) > 0 && string(activity) != "null" {
		stored, refused := c.store(at, "", activity)
		if refused != nil {
			return 0, nil, refused
		}
		answer["activityId"] = stored.ID
		if at.kind == Team {
			answer["id"] = place{at.chat, stored.ID}.conversation()
		}
	}
	return http.StatusCreated, answer, nil
}
