package channel

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// Activity delivers an activity of which only the interesting part is given;
// what Teams would add is added. "from" is a person's alias or an object,
// "conversation" an id, "channel", "group" or an object; a field that is null
// is left out of what the bot gets. A message is kept in its chat, and the card
// that answers an adaptiveCard/action becomes the person's view.
func (c *Channel) Activity(ctx context.Context, raw json.RawMessage) (Answer, error) {
	var a activity
	if err := json.Unmarshal(raw, &a); err != nil || a == nil {
		return Answer{}, fmt.Errorf("%w: a JSON object is expected", ErrActivity)
	}
	p, err := c.sender(a)
	if err != nil {
		return Answer{}, err
	}
	at, reference, err := c.whereabouts(a, p)
	if err != nil {
		return Answer{}, err
	}
	if a["type"] == nil {
		if a["type"] = "message"; a["name"] != nil {
			a["type"] = "invoke"
		}
	}
	if a["type"] == "message" && at.chat != nil && a["value"] == nil {
		if at.kind != Personal {
			c.mention(a)
		}
		return c.said(ctx, p, at, reference, a)
	}
	return c.whole(ctx, p, at, reference, a)
}

// said delivers a message that people see in the chat.
func (c *Channel) said(ctx context.Context, p entra.Person, at place, reference map[string]any, a activity) (Answer, error) {
	if at.kind == Personal && at.has(p.ID) {
		if err := c.arrive(ctx, p); err != nil {
			return Answer{}, err
		}
	}
	if a["id"] == nil {
		a["id"] = c.activityID(a)
	}
	id, _ := a["id"].(string)
	if at.kind == Team && at.thread == "" {
		at.thread = id
		if reference["id"] == at.id {
			reference["id"] = at.conversation()
		}
	}
	text, _ := a["text"].(string)
	c.keep(p, at, id, text, "plain")
	return c.whole(ctx, p, at, reference, a)
}

// whole fills the envelope in and delivers.
func (c *Channel) whole(ctx context.Context, p entra.Person, at place, reference map[string]any, a activity) (Answer, error) {
	if a.installs() && p.ID != "" && !c.tenant.Installed(p.ID) {
		c.install(p)
	}
	c.fill(a, p, reference)
	for name, value := range a {
		if value == nil {
			delete(a, name)
		}
	}
	answer, err := c.deliver(ctx, a)
	if err != nil || a["name"] != "adaptiveCard/action" {
		return answer, err
	}
	answer.read()
	if id, _ := a["replyToId"].(string); at.chat != nil && id != "" {
		c.mu.Lock()
		m := at.find(id)
		c.mu.Unlock()
		if m != nil {
			c.show(m, p.ID, answer)
		}
	}
	return answer, nil
}

// install makes the app installed without telling the bot a second time.
func (c *Channel) install(p entra.Person) {
	c.mu.Lock()
	c.personal(p)
	c.silent[p.ID] = true
	c.mu.Unlock()
	c.tenant.Install(p.ID)
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.silent, p.ID) // where somebody else was quicker
}

// sender is who the activity is from, and completes the from of somebody known.
// Somebody unknown is nobody, but only where the whole object was given.
func (c *Channel) sender(a activity) (entra.Person, error) {
	switch from := a["from"].(type) {
	case string:
		p, ok := c.tenant.Person(from)
		if !ok {
			return p, fmt.Errorf("%w: %q", ErrNoPerson, from)
		}
		delete(a, "from")
		return p, nil
	case map[string]any:
		for _, field := range []string{"aadObjectId", "id", "alias"} {
			key, _ := from[field].(string)
			if p, ok := c.tenant.Person(key); ok && key != "" {
				complete(from, map[string]any{"id": p.Teams, "name": p.Name, "aadObjectId": p.ID})
				delete(from, "alias")
				return p, nil
			}
		}
		return entra.Person{Locale: "en-GB", Zone: "UTC"}, nil
	}
	return entra.Person{}, fmt.Errorf("%w: from is missing", ErrActivity)
}

// whereabouts is where the activity happens: the place, if the tenant has it,
// and the conversation object that the bot gets.
func (c *Channel) whereabouts(a activity, p entra.Person) (place, map[string]any, error) {
	id, given := "", map[string]any(nil)
	switch conversation := a["conversation"].(type) {
	case nil:
		if _, left := a["conversation"]; left {
			return place{}, nil, nil // null: the bot gets none
		}
	case string:
		id = conversation
	case map[string]any:
		given = conversation
		id, _ = given["id"].(string)
	default:
		return place{}, nil, fmt.Errorf("%w: conversation is a string or an object", ErrActivity)
	}
	at, err := c.within(p, id)
	switch {
	case given != nil:
		if err == nil {
			complete(given, c.reference(at))
		} else {
			complete(given, map[string]any{"conversationType": Personal, "tenantId": c.tenant.ID()})
		}
		strip(given)
		return at, given, nil
	case err != nil && p.ID == "" && id == "":
		at = place{chat: &chat{id: c.ChatID(fmt.Sprint(a["from"])), kind: Personal}}
		return place{}, c.reference(at), nil
	}
	delete(a, "conversation")
	if err != nil {
		return at, nil, err
	}
	return at, c.reference(at), nil
}

// within finds the place for a person; a stranger finds shared places only.
func (c *Channel) within(p entra.Person, id string) (place, error) {
	if p.ID != "" {
		_, at, err := c.at(p.ID, id)
		return at, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if at, ok := c.place(id); ok {
		return at, nil
	}
	return place{}, fmt.Errorf("%w: %q", ErrNoConversation, id)
}

// complete adds what the object does not say.
func complete(object, defaults map[string]any) {
	for name, value := range defaults {
		if _, said := object[name]; !said {
			object[name] = value
		}
	}
	strip(object)
}

// strip leaves out what is explicitly null.
func strip(object map[string]any) {
	for name, value := range object {
		if value == nil {
			delete(object, name)
		}
	}
}
