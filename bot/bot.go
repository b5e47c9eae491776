package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/teams"
)

// Options are what a bot needs. All of them are needed, but for Busy and Count.
type Options struct {
	Desk      *access.Desk
	Store     access.Store
	Post      *Post
	Receiver  *teams.Receiver
	Router    *teams.Router
	Connector *teams.Connector
	// Ready tells whether people can be answered, and what is known of the parts,
	// as something that encodes to JSON.
	Ready func(ctx context.Context) (report any, ok bool)
	// Busy tells how long a call to Entra would wait for its turn. Nil means that
	// nobody knows.
	Busy func() time.Duration
	// Count hears of what the endpoint refuses: what ("activity", "invoke") and
	// why, both of a fixed set. What was refused because of its token, or what the
	// token does not cover, is heard of again as "token". Nil means nobody counts.
	Count func(what, why string)
	Now   func() time.Time
	Log   *slog.Logger
}

// Bot is the conversation with people in Teams. It is safe for concurrent use.
type Bot struct {
	Options
	verbs    map[string]verb
	window   *window[shownCard]
	standing *window[access.Member]
	hearings *window[heard]
	unnamed  atomic.Int64 // messages without an id
	patience time.Duration
	cards    *otter.Cache[cardKey, struct{}]
	errands  *errands
	glance   time.Duration // see the constant
	redraws  time.Duration // how often a card tells how far a report is
}

// New makes a bot.
func New(o Options) (*Bot, error) {
	if o.Desk == nil || o.Store == nil || o.Post == nil || o.Receiver == nil || o.Router == nil ||
		o.Connector == nil || o.Ready == nil || o.Now == nil || o.Log == nil {
		return nil, errors.New("bot: an option is missing")
	}
	if o.Count == nil {
		o.Count = func(string, string) {}
	}
	cards, err := otter.New(&otter.Options[cardKey, struct{}]{MaximumSize: rememberedCards})
	if err != nil {
		return nil, fmt.Errorf("remembering cards: %w", err)
	}
	return &Bot{
		Options: o, verbs: verbs(), cards: cards, patience: patience,
		window: newWindow[shownCard](), standing: newWindow[access.Member](), hearings: newWindow[heard](),
		errands: newErrands(o.Log), glance: glance, redraws: redrawPause,
	}, nil
}

// Close begins nothing more and waits for what is still running; when ctx ends
// first, that is cut off. Whoever presses meanwhile is asked to press again.
func (b *Bot) Close(ctx context.Context) error {
	defer b.cards.StopAllGoroutines()
	return errors.Join(b.errands.close(ctx), b.hearings.close(ctx), b.window.close(ctx), b.standing.close(ctx))
}
