package teams

import (
	"errors"
	"net/http"
	"strings"
)

// Bounds of what is kept from an activity. Teams' own ids stay under 250
// characters; whoever sends longer ones is not Teams.
const (
	maxID   = 512
	maxName = 1024
)

// decode reads an activity in one pass over its body. The error is a [*Refusal]
// with status 400.
func decode(body []byte) (*Activity, error) {
	s := scanner{data: body, keys: make([][]byte, 0, usualKeys)}
	a := &Activity{Raw: body}
	if s.peek() != '{' {
		s.fail(errShape)
	}
	var client clientInfo
	for o := s.object(); s.member(&o); {
		a.field(&s, string(o.key), &client)
	}
	s.end()
	if s.err != nil {
		return nil, badBody(bodyCode(s.err), "")
	}
	a.complete(client)
	if err := a.bounded(); err != nil {
		return nil, err
	}
	return a, nil
}

func bodyCode(err error) string {
	switch {
	case errors.Is(err, errDeep):
		return "body too deep"
	case errors.Is(err, errDuplicate):
		return "body has duplicate keys"
	case errors.Is(err, errShape):
		return "body is not an activity"
	default:
		return "body is not JSON"
	}
}

// field reads one member of the activity. A name in another case is another
// name: "ServiceUrl" is not "serviceUrl".
func (a *Activity) field(s *scanner, key string, client *clientInfo) {
	switch key {
	case "from":
		a.From = s.account()
	case "recipient":
		a.Recipient = s.account()
	case "conversation":
		a.Conversation = s.conversation()
	case "channelData":
		a.Channel = s.channel()
	case "membersAdded":
		a.MembersAdded = s.accounts()
	case "membersRemoved":
		a.MembersRemoved = s.accounts()
	case "entities":
		a.Mentions = s.entities(client)
	case "value":
		a.Value = s.raw()
	default:
		if to := a.string(key); to != nil {
			*to = s.text()
			return
		}
		s.skip()
	}
}

// string returns where a member of type string belongs, nil for an unknown one.
func (a *Activity) string(key string) *string {
	switch key {
	case "type":
		return &a.Type
	case "id":
		return &a.ID
	case "name":
		return &a.Name
	case "text":
		return &a.Text
	case "textFormat":
		return &a.TextFormat
	case "locale":
		return &a.Locale
	case "localTimezone":
		return &a.Timezone
	case "serviceUrl":
		return &a.ServiceURL
	case "channelId":
		return &a.ChannelID
	case "replyToId":
		return &a.ReplyToID
	case "action":
		return &a.Action
	}
	return nil
}

// clientInfo is the entity that says more about the sender's client.
type clientInfo struct{ locale, timezone string }

func (a *Activity) complete(client clientInfo) {
	if a.Locale == "" {
		a.Locale = client.locale
	}
	if a.Timezone == "" {
		a.Timezone = client.timezone
	}
}

func (s *scanner) account() Account {
	var a Account
	for o := s.object(); s.member(&o); {
		switch string(o.key) {
		case "id":
			a.ID = s.text()
		case "aadObjectId":
			a.ObjectID = strings.ToLower(s.text())
		case "objectId": // the other name that the connector's members use
			if id := s.text(); a.ObjectID == "" {
				a.ObjectID = strings.ToLower(id)
			}
		case "name":
			a.Name = s.text()
		case "userPrincipalName":
			a.UPN = s.text()
		case "userRole":
			a.Role = s.text()
		default:
			s.skip()
		}
	}
	return a
}

func (s *scanner) accounts() []Account {
	var all []Account
	for n := s.array(); s.element(&n); {
		all = append(all, s.account())
	}
	return all
}

func (s *scanner) conversation() Conversation {
	var c Conversation
	for o := s.object(); s.member(&o); {
		switch string(o.key) {
		case "id":
			c.ID = s.text()
		case "conversationType":
			c.Type = s.text()
		case "tenantId":
			c.TenantID = s.text()
		case "name":
			c.Name = s.text()
		default:
			s.skip()
		}
	}
	return c
}

func (s *scanner) channel() Channel {
	var c Channel
	for o := s.object(); s.member(&o); {
		switch string(o.key) {
		case "tenant":
			c.TenantID = s.idOf()
		case "team":
			c.TeamID = s.idOf()
		case "channel":
			c.ID = s.idOf()
		case "eventType":
			c.EventType = s.text()
		default:
			s.skip()
		}
	}
	return c
}

// idOf reads the id of an object that has more than one.
func (s *scanner) idOf() string {
	var id string
	for o := s.object(); s.member(&o); {
		if string(o.key) == "id" {
			id = s.text()
			continue
		}
		s.skip()
	}
	return id
}

// entities keeps the mentions and what clientInfo tells.
func (s *scanner) entities(client *clientInfo) []Mention {
	var mentions []Mention
	for n := s.array(); s.element(&n); {
		kind, m := s.entity(client)
		if kind == "mention" {
			mentions = append(mentions, m)
		}
	}
	return mentions
}

// entity reads one entity, whose type may come last. Members that are not of
// the expected type belong to an entity of another kind.
func (s *scanner) entity(client *clientInfo) (kind string, m Mention) {
	var info clientInfo
	for o := s.object(); s.member(&o); {
		switch key := string(o.key); {
		case key == "mentioned" && s.peek() == '{':
			who := s.account()
			m.ID, m.ObjectID, m.Name = who.ID, who.ObjectID, who.Name
		case s.peek() != '"':
			s.skip()
		case key == "type":
			kind = s.text()
		case key == "text":
			m.Text = s.text()
		case key == "locale":
			info.locale = s.text()
		case key == "timezone":
			info.timezone = s.text()
		default:
			s.skip()
		}
	}
	if kind == "clientInfo" {
		*client = info
	}
	return kind, m
}

// bounded refuses an activity without type and fields that are longer than
// Teams makes them, or hold control characters, before anybody keeps them.
func (a *Activity) bounded() error {
	if a.Type == "" {
		return badBody("body is not an activity", "no type")
	}
	for _, id := range [...]string{
		a.Type, a.ID, a.ReplyToID, a.Name, a.TextFormat, a.Locale, a.Timezone, a.ServiceURL, a.ChannelID,
		a.Action, a.From.ID, a.From.ObjectID, a.Recipient.ID, a.Recipient.ObjectID,
		a.Conversation.ID, a.Conversation.Type, a.Conversation.TenantID,
		a.Channel.TenantID, a.Channel.TeamID, a.Channel.ID, a.Channel.EventType,
	} {
		if !plain(id) {
			return badBody("field out of bounds", "")
		}
	}
	for _, list := range [...][]Account{{a.From, a.Recipient, {Name: a.Conversation.Name}}, a.MembersAdded, a.MembersRemoved} {
		for i := range list {
			if !plain(list[i].ID) || !plain(list[i].ObjectID) || len(list[i].Name) > maxName {
				return badBody("field out of bounds", "")
			}
		}
	}
	for _, m := range a.Mentions {
		if !plain(m.ID) || !plain(m.ObjectID) || len(m.Name) > maxName || len(m.Text) > 2*maxName {
			return badBody("field out of bounds", "")
		}
	}
	return nil
}

// plain says whether an id is short enough and free of control characters.
func plain(id string) bool {
	if len(id) > maxID {
		return false
	}
	for i := range len(id) {
		if id[i] < ' ' || id[i] == 0x7f {
			return false
		}
	}
	return true
}

// statusUnknownInvoke is what Bot Framework answers to an invoke it does not
// know (botbuilder: ActivityHandler, "not implemented").
const statusUnknownInvoke = http.StatusNotImplemented
