package trial_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/passdesk/passdesk/internal/sim/channel"
	"github.com/passdesk/passdesk/internal/sim/entra"
)

// messages are what somebody has in their chat with the bot, the newest first.
func (p *pair) messages(who entra.Person) []channel.Message {
	chats := p.tenant.Channel.Chats(who.ID)
	if len(chats) == 0 {
		return nil
	}
	slices.Reverse(chats[0].Messages)
	return chats[0].Messages
}

// newest is the newest message of the asker that shows something.
func (p *pair) newest(pattern string) string {
	for _, m := range p.messages(p.asker) {
		if strings.Contains(words(m.View), pattern) {
			return m.ID
		}
	}
	return ""
}

// card is what the asker reads on a message.
func (p *pair) card(id string) string {
	for _, m := range p.messages(p.asker) {
		if m.ID == id {
			return words(m.View)
		}
	}
	return ""
}

// presses makes what presses the first of these buttons that somebody sees; for
// the approver, on the card of one request. The click is delivered twice at the
// same time, and now and then an old one arrives after it.
func (p *pair) presses(ctx context.Context, who entra.Person, titles ...string) func() {
	about := ""
	if last := titles[len(titles)-1]; reference.MatchString(last) {
		titles, about = titles[:len(titles)-1], last
	}
	return func() {
		for _, m := range p.messages(who) {
			if who.ID == p.asker.ID && m.ID != p.form || !strings.Contains(words(m.View), about) {
				continue
			}
			for _, title := range titles {
				if action := actionOf(m.View, title); action != nil {
					p.press(ctx, click{who.ID, action}, m.ID)
					return
				}
			}
		}
	}
}

func (p *pair) press(ctx context.Context, c click, message string) {
	p.again(ctx, c)
	if len(p.pressed) > 0 && p.chance.IntN(3) == 0 {
		p.again(ctx, p.pressed[p.chance.IntN(len(p.pressed))])
	}
	p.pressed = append(p.pressed, c)
	answer, err := p.tenant.Channel.Press(ctx, c.who, "", message, c.action, nil)
	if err == nil {
		p.note(answer)
	}
}

// again delivers a click once more, with an id of its own, and does not wait.
func (p *pair) again(ctx context.Context, c click) {
	raw, err := json.Marshal(map[string]any{
		"from": map[string]any{"aadObjectId": c.who}, "type": "invoke", "name": "adaptiveCard/action",
		"value": map[string]any{"trigger": "manual", "action": c.action},
	})
	if err != nil {
		return
	}
	p.late.Go(func() {
		answer, err := p.tenant.Channel.Activity(ctx, raw)
		if err == nil {
			p.note(answer)
		}
	})
}

// note remembers a code that an answer shows.
func (p *pair) note(answer channel.Answer) {
	code := codeOn(answer.Card)
	if code == "" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.codes[code]++
}

// actionOf finds the button with a title on a card.
func actionOf(card json.RawMessage, title string) json.RawMessage {
	var found json.RawMessage
	walk(card, func(e map[string]any) {
		if e["type"] == "Action.Execute" && e["title"] == title && found == nil {
			found, _ = json.Marshal(e)
		}
	})
	return found
}
