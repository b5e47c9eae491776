package channel

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// fresh is how long the card of an answer is not refreshed, and smallChat the
// size up to which a card without userIds refreshes for everybody (Teams:
// "User specific views").
const (
	fresh     = time.Minute
	smallChat = 60
)

// refreshing is the part of a card that says who refreshes it, and how.
type refreshing struct {
	Refresh *struct {
		Action  json.RawMessage `json:"action"`
		UserIDs *[]string       `json:"userIds"`
	} `json:"refresh"`
}

// Refreshed is one automatic refresh and what came of it.
type Refreshed struct {
	Message string `json:"message"`
	Answer  Answer `json:"answer"`
}

// Open brings a conversation on the person's screen: every card in it that
// refreshes for the person does so, one after the other. It stays open, so that
// updates refresh too, until the person opens another one or Leave is called.
func (c *Channel) Open(ctx context.Context, personID, conversation string) ([]Refreshed, error) {
	p, at, err := c.at(personID, conversation)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	c.open[p.ID] = at.id
	messages := slices.Clone(at.messages)
	c.mu.Unlock()
	out := []Refreshed{}
	for _, m := range messages {
		answer, fired, err := c.refresh(ctx, p, at.chat, m)
		if err != nil {
			return out, err
		}
		if fired {
			out = append(out, Refreshed{m.ID, answer})
		}
	}
	return out, nil
}

// Leave takes the conversation off the person's screen.
func (c *Channel) Leave(personID string) {
	if p, ok := c.tenant.Person(personID); ok {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.open, p.ID)
	}
}

// refreshWatching refreshes an updated message for everybody who has the
// conversation on the screen; the caller holds the lock.
func (c *Channel) refreshWatching(stored *chat, m *message) {
	for personID, id := range c.open {
		if p, ok := c.tenant.Person(personID); ok && id == stored.id {
			c.later(func(ctx context.Context) {
				// The bot's fault is the bot's to log; the screen keeps the stored card.
				_, _, _ = c.refresh(ctx, p, stored, m)
			})
		}
	}
}

// refresh fires a message's automatic invoke for one person, if it is due.
func (c *Channel) refresh(ctx context.Context, p entra.Person, stored *chat, m *message) (Answer, bool, error) {
	c.mu.Lock()
	at := place{stored, m.Thread}
	action, due := m.due(p, len(stored.people), c.tenant.Now())
	c.mu.Unlock()
	if !due {
		return Answer{}, false, nil
	}
	var b button
	if err := json.Unmarshal(action, &b); err != nil {
		return Answer{}, false, fmt.Errorf("%w: refresh action: %w", ErrActivity, err)
	}
	answer, err := c.execute(ctx, p, at, m, b, b.merged(nil), "automatic")
	return answer, true, err
}

// due is the refresh action of the card, if it is the person's turn. A card
// that answered the person may refresh itself; otherwise the stored one counts,
// because a client that opens the chat anew starts from it.
func (m *message) due(p entra.Person, people int, now time.Time) (json.RawMessage, bool) {
	if m.Deleted || m.Card == nil {
		return nil, false
	}
	if last, ok := m.invoked[p.ID]; ok && now.Sub(last) < fresh {
		return nil, false
	}
	for _, card := range []json.RawMessage{m.views[p.ID], m.Card} {
		var r refreshing
		if card == nil || json.Unmarshal(card, &r) != nil || r.Refresh == nil || len(r.Refresh.Action) == 0 {
			continue
		}
		if r.Refresh.UserIDs == nil {
			return r.Refresh.Action, people <= smallChat
		}
		return r.Refresh.Action, slices.Contains(*r.Refresh.UserIDs, p.Teams)
	}
	return nil, false
}
