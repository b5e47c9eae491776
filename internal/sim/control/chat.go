package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/sim/channel"
)

func (c *Control) state(*http.Request) (any, error) { return c.Tenant.State(), nil }

func (c *Control) conversations(*http.Request) (any, error) { return c.Channel.Conversations(), nil }

func (c *Control) requests(*http.Request) (any, error) { return c.Requests(), nil }

// delivered is the bot's answer as the contract has it.
type delivered struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    any               `json:"body"`
}

func (c *Control) activity(r *http.Request) (any, error) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, fmt.Errorf("request body: %w", err)
	}
	answer, err := c.Channel.Activity(r.Context(), raw)
	if err != nil {
		return nil, err
	}
	return delivered{answer.Status, answer.Headers, answer.Body}, nil
}

func (c *Control) consent(r *http.Request) (any, error) {
	var body struct {
		Person  string `json:"person"`
		Message string `json:"message"`
		Accept  bool   `json:"accept"`
	}
	if err := decode(r, &body); err != nil {
		return nil, err
	}
	return c.Channel.Consent(r.Context(), body.Person, body.Message, body.Accept)
}

func (c *Control) open(r *http.Request) (any, error) {
	var body struct {
		Person       string `json:"person"`
		Conversation string `json:"conversation"`
		Close        bool   `json:"close"`
	}
	if err := decode(r, &body); err != nil {
		return nil, err
	}
	if body.Close {
		c.Channel.Leave(body.Person)
		return map[string]any{"refreshed": []channel.Refreshed{}}, nil
	}
	refreshed, err := c.Channel.Open(r.Context(), body.Person, body.Conversation)
	return map[string]any{"refreshed": refreshed}, err
}

// press presses the button that the person sees: named by its title, or given.
func (c *Control) press(r *http.Request) (any, error) {
	var body struct {
		Person       string          `json:"person"`
		Conversation string          `json:"conversation"`
		Message      string          `json:"message"` // empty: the newest one with such a button
		Title        string          `json:"title"`
		Action       json.RawMessage `json:"action"`
		Inputs       map[string]any  `json:"inputs"`
	}
	if err := decode(r, &body); err != nil {
		return nil, err
	}
	if body.Action == nil {
		found, ok := c.button(body.Person, body.Conversation, body.Message, body.Title)
		if !ok {
			return nil, fmt.Errorf("%s sees no button %q there", body.Person, body.Title)
		}
		body.Conversation, body.Message, body.Action = found.conversation, found.message, found.action
		body.Inputs = filledIn(found, body.Inputs)
	}
	return c.Channel.Press(r.Context(), body.Person, body.Conversation, body.Message, body.Action, body.Inputs)
}

type seenButton struct {
	conversation, message string
	action                json.RawMessage
	card                  json.RawMessage
}

// button finds the newest button with the title on the person's screen.
func (c *Control) button(person, conversation, message, title string) (seenButton, bool) {
	for _, chat := range c.Channel.Chats(person) {
		if conversation != "" && conversation != chat.ID && conversation != chat.Type {
			continue
		}
		for i := len(chat.Messages) - 1; i >= 0; i-- {
			m := chat.Messages[i]
			if message != "" && message != m.ID || m.Deleted || m.View == nil {
				continue
			}
			if action := titled(m.View, title); action != nil {
				return seenButton{chat.ID, m.ID, action, m.View}, true
			}
		}
	}
	return seenButton{}, false
}

// titled looks through a card for the action with the title.
func titled(raw json.RawMessage, title string) json.RawMessage {
	var object map[string]json.RawMessage
	var elements []json.RawMessage
	switch {
	case json.Unmarshal(raw, &object) == nil:
		var kind, name string
		_ = json.Unmarshal(object["type"], &kind) // what is no string is no action
		_ = json.Unmarshal(object["title"], &name)
		if (kind == "Action.Execute" || kind == "Action.Submit") && name == title {
			return raw
		}
		for name, element := range object {
			if name != "fallback" {
				elements = append(elements, element)
			}
		}
	case json.Unmarshal(raw, &elements) != nil:
		return nil
	}
	for _, element := range elements {
		if found := titled(element, title); found != nil {
			return found
		}
	}
	return nil
}

func (c *Control) clock(r *http.Request) (any, error) {
	var body struct {
		Advance string `json:"advance"`
	}
	if err := decode(r, &body); err != nil {
		return nil, err
	}
	by, err := time.ParseDuration(strings.TrimSpace(body.Advance))
	if err != nil || by < 0 {
		return nil, errors.New(`advance must be a duration that is not negative, such as "90s" or "2h"`)
	}
	c.Tenant.Advance(by)
	if c.OnAdvance != nil {
		c.OnAdvance(by)
	}
	return map[string]any{"now": c.Tenant.Now()}, nil
}

func (c *Control) rotate(r *http.Request) (any, error) {
	var body struct {
		Withdraw bool `json:"withdraw"`
	}
	if err := decode(r, &body); err != nil {
		return nil, err
	}
	id, err := c.Channel.Rotate(body.Withdraw)
	return map[string]string{"kid": id}, err
}
