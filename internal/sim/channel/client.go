package channel

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// at finds a person and a conversation that the person is in. An empty
// conversation is the person's chat with the bot.
func (c *Channel) at(key, conversation string) (entra.Person, place, error) {
	p, ok := c.tenant.Person(key)
	if !ok {
		return p, place{}, fmt.Errorf("%w: %q", ErrNoPerson, key)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if conversation == "" || conversation == Personal || conversation == c.ChatID(p.ID) {
		return p, place{chat: c.personal(p)}, nil
	}
	found, ok := c.place(conversation)
	if !ok || !found.has(p.ID) {
		return p, place{}, fmt.Errorf("%w: %q", ErrNoConversation, conversation)
	}
	return p, found, nil
}

// Say writes a message as the person. In a shared place it reaches the bot
// only where it mentions it, which "@Passdesk" does. Whoever writes to the bot
// without having the app gets it first, as from the app store.
func (c *Channel) Say(ctx context.Context, personID, conversation, text string) (Answer, error) {
	p, at, err := c.at(personID, conversation)
	if err != nil {
		return Answer{}, err
	}
	a := activity{"type": "message", "text": text}
	if at.kind != Personal {
		before, after, mentioned := strings.Cut(text, "@"+BotName)
		if mentioned {
			a["text"] = strings.TrimSpace(before + after)
			c.mention(a)
		} else if !strings.Contains(text, "<at>") {
			c.keep(p, at, c.activityID(a), text, "plain")
			return Answer{Headers: map[string]string{}, Body: ""}, nil
		}
	}
	return c.said(ctx, p, at, c.reference(at), a)
}

// keep stores what a person wrote; the same id is kept once.
func (c *Channel) keep(p entra.Person, at place, id, text, format string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at.find(id) != nil {
		return
	}
	thread := at.thread
	if at.kind == Team && thread == "" {
		thread = id
	}
	at.messages = append(at.messages, &message{Message: Message{
		ID: id, Thread: thread, From: aliasOf(p), At: c.tenant.Now().UTC(), Text: text, TextFormat: format, Attachments: []json.RawMessage{},
	}})
	c.changed()
}

// button is the part of a card's action that travels.
type button struct {
	Type       string          `json:"type"`
	ID         string          `json:"id,omitempty"`
	Title      string          `json:"title,omitempty"`
	Verb       string          `json:"verb,omitempty"`
	Data       json.RawMessage `json:"data,omitempty"`
	Associated string          `json:"associatedInputs,omitempty"`
}

// Press presses a button of a message's card as the person, with what stands
// in the card's inputs. An Action.Execute becomes an invoke, and the card that
// answers it is from then on what this person sees of the message; an
// Action.Submit becomes a message. Answer.Error is what the client shows when
// the bot is too slow or fails.
func (c *Channel) Press(ctx context.Context, personID, conversation, messageID string, action json.RawMessage, inputs map[string]any) (Answer, error) {
	p, at, err := c.at(personID, conversation)
	if err != nil {
		return Answer{}, err
	}
	c.mu.Lock()
	m := at.find(messageID)
	if m == nil || m.Deleted {
		c.mu.Unlock()
		return Answer{}, fmt.Errorf("%w: %q", ErrNoMessage, messageID)
	}
	at.thread = m.Thread
	c.mu.Unlock()
	var b button
	if err := json.Unmarshal(action, &b); err != nil {
		return Answer{}, fmt.Errorf("%w: action: %w", ErrActivity, err)
	}
	data := b.merged(inputs)
	if b.Type == "Action.Submit" {
		a := activity{"type": "message", "value": data, "replyToId": messageID}
		c.fill(a, p, c.reference(at))
		return c.deliver(ctx, a)
	}
	return c.execute(ctx, p, at, m, b, data, "manual")
}

// merged are the button's data with the inputs over them.
func (b button) merged(inputs map[string]any) any {
	var data any
	if len(b.Data) > 0 && json.Unmarshal(b.Data, &data) != nil {
		return nil
	}
	object, ok := data.(map[string]any)
	if b.Associated == "none" || len(inputs) == 0 || (!ok && data != nil) {
		return data
	}
	if object == nil {
		object = map[string]any{}
	}
	maps.Copy(object, inputs)
	return object
}

// execute sends an adaptiveCard/action and shows its answer to the person. The
// client stops waiting before the channel does; the bot is not told.
func (c *Channel) execute(ctx context.Context, p entra.Person, at place, m *message, b button, data any, trigger string) (Answer, error) {
	action := map[string]any{"type": "Action.Execute", "verb": b.Verb}
	if b.ID != "" {
		action["id"] = b.ID
	}
	if b.Title != "" {
		action["title"] = b.Title
	}
	if data != nil {
		action["data"] = data
	}
	a := activity{
		"type": "invoke", "name": "adaptiveCard/action", "replyToId": m.ID,
		"value": map[string]any{"action": action, "trigger": trigger},
	}
	c.fill(a, p, c.reference(at))

	type result struct {
		answer Answer
		err    error
	}
	done := make(chan result, 1)
	c.later(func(background context.Context) {
		answer, err := c.deliver(background, a)
		done <- result{answer, err}
	})
	patience := time.NewTimer(c.options.Patience)
	defer patience.Stop()
	select {
	case r := <-done:
		if r.err != nil {
			return Answer{Headers: map[string]string{}, Body: "", Error: sorry}, r.err
		}
		r.answer.read()
		c.show(m, p.ID, r.answer)
		return r.answer, nil
	case <-patience.C:
		return Answer{Headers: map[string]string{}, Body: "", Error: sorry}, nil
	case <-c.background.Done():
		return Answer{}, fmt.Errorf("%w: closing", ErrUnreachable)
	case <-ctx.Done():
		return Answer{}, ctx.Err()
	}
}

func (c *Channel) show(m *message, personID string, answer Answer) {
	if answer.Card == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !m.Deleted {
		m.show(personID, answer.Card, c.tenant.Now())
		c.changed()
	}
}
