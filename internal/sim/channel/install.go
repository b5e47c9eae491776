package channel

import (
	"context"
	"fmt"
	"strings"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// arriving is told by the tenant of a new installation, from wherever it came:
// the bot hears of it in the background.
func (c *Channel) arriving(personID string) {
	p, ok := c.tenant.Person(personID)
	if !ok {
		return
	}
	told := make(chan struct{})
	c.mu.Lock()
	c.personal(p)
	silent := c.silent[p.ID]
	if delete(c.silent, p.ID); !silent {
		c.welcomes[p.ID] = told
	}
	c.mu.Unlock()
	if silent {
		return
	}
	c.later(func(ctx context.Context) {
		defer close(told)
		// Nobody waits for the answer: a bot that is down misses the event.
		_, _ = c.Greet(ctx, p.ID)
	})
}

// arrive installs the app for somebody who writes without having it, and waits
// until the bot has heard of every installation so far.
func (c *Channel) arrive(ctx context.Context, p entra.Person) error {
	if !c.tenant.Installed(p.ID) {
		c.tenant.Install(p.ID)
	}
	c.mu.Lock()
	told := c.welcomes[p.ID]
	c.mu.Unlock()
	if told == nil {
		return nil
	}
	select {
	case <-told:
		return nil
	case <-c.background.Done():
		return fmt.Errorf("%w: closing", ErrUnreachable)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Greet tells the bot that the person has installed the app, as Teams does:
// installationUpdate and conversationUpdate. It returns the answer to the first.
func (c *Channel) Greet(ctx context.Context, personID string) (Answer, error) {
	p, at, err := c.at(personID, Personal)
	if err != nil {
		return Answer{}, err
	}
	return c.announce(ctx, p, at, "add", "membersAdded")
}

// Remove takes the app away from the person and tells the bot.
func (c *Channel) Remove(ctx context.Context, personID string) (Answer, error) {
	p, at, err := c.at(personID, Personal)
	if err != nil {
		return Answer{}, err
	}
	c.tenant.Uninstall(p.ID)
	return c.announce(ctx, p, at, "remove", "membersRemoved")
}

func (c *Channel) announce(ctx context.Context, p entra.Person, at place, action, members string) (Answer, error) {
	first := activity{"type": "installationUpdate", "action": action}
	c.fill(first, p, c.reference(at))
	first["channelData"] = map[string]any{
		"tenant": map[string]any{"id": c.tenant.ID()}, "source": map[string]any{"name": "message"},
		"settings": map[string]any{"selectedChannel": map[string]any{"id": at.id}},
	}
	answer, err := c.deliver(ctx, first)
	if err != nil {
		return answer, err
	}
	second := activity{"type": "conversationUpdate", members: []any{map[string]any{"id": c.botID()}}}
	c.fill(second, p, c.reference(at))
	_, err = c.deliver(ctx, second)
	return answer, err
}

// installs tells whether an activity itself says that the app was installed.
func (a activity) installs() bool {
	action, _ := a["action"].(string)
	return a["type"] == "installationUpdate" && strings.HasPrefix(action, "add")
}
