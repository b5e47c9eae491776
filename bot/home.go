package bot

import (
	"context"
	"fmt"
	"strings"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/teams"
)

// installed greets somebody who has Passdesk now, and stops writing to somebody
// who has removed it. In shared places it says nothing: there it speaks when it
// is spoken to.
func (b *Bot) installed(ctx context.Context, a *teams.Activity) error {
	person := access.NewID(a.From.ObjectID)
	if !a.Private() || person == "" {
		return nil
	}
	if strings.HasPrefix(a.Action, "remove") {
		return b.Post.chats.block(ctx, person, blockedRemoved)
	}
	t, err := b.turn(ctx, a)
	if access.CodeOf(err) == access.Forbidden || a.Action != "add" {
		return nil // strangers are not greeted, and nobody is at an upgrade
	}
	if err != nil {
		return err
	}
	if again, err := b.seen(ctx, t); err != nil || again {
		return err
	}
	m := asMessage(drawHome(t.Member, b.can(t), usages(b.can(t)), b.face(t)))
	if _, err := b.Connector.Send(ctx, t.Place, m); err != nil {
		return fmt.Errorf("greeting: %w", err)
	}
	return nil
}

// usages are the lines of the help for somebody, made from the commands.
func usages(can role) []usage {
	var lines []usage
	for _, c := range commands() {
		if can.sees(c.who) {
			lines = append(lines, usage{Say: strings.TrimSpace(c.name + " " + c.usage), Does: c.does})
		}
	}
	return lines
}

// sees tells whether the help tells somebody of commands for an audience.
func (can role) sees(who audience) bool {
	switch who {
	case askers:
		return can.MayAsk
	case readers:
		return can.MayAsk || can.MayAudit
	case guards:
		return can.MayUnlock
	case rescuers:
		return can.MayRescue
	case switchers:
		return can.MaySwitch
	default:
		return true
	}
}

// asMessage puts a card into a message.
func asMessage(c Card) teams.Message {
	return teams.Message{Card: c.JSON(), Summary: string(c.FallbackText)}
}
