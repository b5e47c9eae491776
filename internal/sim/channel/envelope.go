package channel

import (
	"maps"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // people's zones must be known on any machine

	"github.com/google/uuid"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// activity is one that goes to the bot, with the fields that Teams sends
// ("Bot Framework: Activity schema"; Teams: "Conversation events").
type activity map[string]any

// botID is the bot's id as a member of conversations.
func (c *Channel) botID() string { return "28:" + c.tenant.AppID() }

// fill adds the envelope: every field that Teams sends and a does not have.
func (c *Channel) fill(a activity, p entra.Person, conversation map[string]any) {
	if a["type"] == nil {
		a["type"] = "message"
	}
	now, zone := c.tenant.Now(), location(p.Zone)
	defaults := activity{
		"id":             c.activityID(a),
		"timestamp":      now.UTC().Format("2006-01-02T15:04:05.000Z"),
		"localTimestamp": now.In(zone).Format("2006-01-02T15:04:05.000-07:00"),
		"localTimezone":  zone.String(),
		"serviceUrl":     c.options.ServiceURL,
		"channelId":      endorsed,
		"from":           map[string]any{"id": p.Teams, "name": p.Name, "aadObjectId": p.ID},
		"conversation":   conversation,
		"recipient":      map[string]any{"id": c.botID(), "name": BotName},
		"channelData":    c.channelData(conversation),
		"locale":         p.Locale,
	}
	if a["type"] == "message" {
		defaults["textFormat"] = "plain"
	}
	maps.Copy(defaults, a)
	maps.Copy(a, defaults)
	if !a.tells("clientInfo") {
		a["entities"] = append(list(a["entities"]), clientInfo(p, zone))
	}
}

// tells whether the activity has an entity of the given type.
func (a activity) tells(kind string) bool {
	return slices.ContainsFunc(list(a["entities"]), func(entity any) bool {
		object, _ := entity.(map[string]any)
		return object["type"] == kind
	})
}

// activityID is of the kind that Teams gives: a time for what becomes a
// message, and an opaque one for everything else.
func (c *Channel) activityID(a activity) string {
	if a["type"] != "message" {
		return "f:" + uuid.NewString()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.clockID()
}

func (c *Channel) channelData(conversation map[string]any) map[string]any {
	data := map[string]any{"tenant": map[string]any{"id": c.tenant.ID()}}
	if id, _ := conversation["id"].(string); conversation["conversationType"] == Team {
		id, _, _ = strings.Cut(id, ";")
		data["channel"], data["team"] = map[string]any{"id": id}, map[string]any{"id": id}
		data["teamsChannelId"], data["teamsTeamId"] = id, id
	}
	return data
}

// reference is the activity's conversation for a place.
func (c *Channel) reference(at place) map[string]any {
	out := map[string]any{"conversationType": at.kind, "tenantId": c.tenant.ID(), "id": at.conversation()}
	if at.kind != Personal {
		out["isGroup"] = true
	}
	return out
}

func clientInfo(p entra.Person, zone *time.Location) map[string]any {
	_, country, _ := strings.Cut(p.Locale, "-")
	return map[string]any{"type": "clientInfo", "locale": p.Locale, "country": country, "platform": "Web", "timezone": zone.String()}
}

// mention makes a message speak to the bot, as it must in a shared place.
func (c *Channel) mention(a activity) {
	const tag = "<at>" + BotName + "</at>"
	text, _ := a["text"].(string)
	if strings.Contains(text, "<at>") || a.tells("mention") {
		return
	}
	a["text"] = tag + " " + text
	a["entities"] = append(list(a["entities"]), map[string]any{
		"type": "mention", "text": tag, "mentioned": map[string]any{"id": c.botID(), "name": BotName},
	})
}

func list(value any) []any {
	out, _ := value.([]any)
	return out
}

func location(name string) *time.Location {
	if zone, err := time.LoadLocation(name); err == nil && name != "" {
		return zone
	}
	return time.UTC
}
