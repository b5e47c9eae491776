package teams

import (
	"context"
	"net/http"
)

// Thread begins a thread in a channel, which the message heads, and returns the
// thread's conversation id and the message's (Bot Framework: Create Conversation,
// with channelData.channel; Teams: Send proactive messages). Both are empty when
// Teams took the message without telling them. A call whose answer was lost is
// Uncertain, because repeating it begins another thread.
func (c *Connector) Thread(ctx context.Context, channel Place, m Message) (conversation, id string, err error) {
	if err := checkSize("thread", m); err != nil {
		return "", "", err
	}
	body := wireThread{Bot: wireID{c.bot}, IsGroup: true, TenantID: c.options.Tenant, Activity: m.wire(c.bot, channel, "", "")}
	body.ChannelData.Channel.ID = channel.Conversation
	var made struct {
		ID         string `json:"id"`
		ActivityID string `json:"activityId"`
	}
	k := call{name: "thread", method: http.MethodPost, service: channel.ServiceURL, lane: channel.Conversation, path: []string{}, body: body}
	if err := c.do(ctx, k, &made); err != nil {
		return "", "", err
	}
	if made.ActivityID == "" {
		return "", "", nil
	}
	if made.ID == "" || made.ID == channel.Conversation {
		made.ID = channel.Conversation + threadMark + made.ActivityID
	}
	return made.ID, made.ActivityID, nil
}

// threadMark is what in a conversation id comes between a channel and the message
// that heads a thread in it.
const threadMark = ";messageid="

// wireThread is the body that begins a thread.
type wireThread struct {
	Bot         wireID       `json:"bot"`
	IsGroup     bool         `json:"isGroup"`
	TenantID    string       `json:"tenantId"`
	Activity    wireActivity `json:"activity"`
	ChannelData struct {
		Channel wireID `json:"channel"`
	} `json:"channelData"`
}
