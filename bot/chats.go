package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/teams"
)

// Why nothing can be sent to a chat.
const (
	blockedRemoved = "removed" // Passdesk was uninstalled there
	blockedMuted   = "muted"   // the person, or an administrator, blocks it
)

// chats is where everybody can be written to. What is known is learnt from every
// activity, and written only when it differs.
type chats struct {
	store   access.Store
	log     *slog.Logger
	now     func() time.Time
	known   *otter.Cache[access.ID, access.Chat]
	service atomic.Pointer[string] // the newest service URL, for chats that are still to be created
	zones   zones
}

// rememberedChats bounds the chats that are known without reading the store.
const rememberedChats = 10_000

func newChats(store access.Store, now func() time.Time, log *slog.Logger, service string) (*chats, error) {
	known, err := otter.New(&otter.Options[access.ID, access.Chat]{MaximumSize: rememberedChats})
	if err != nil {
		return nil, fmt.Errorf("remembering chats: %w", err)
	}
	c := &chats{store: store, now: now, log: log, known: known}
	c.service.Store(&service)
	return c, nil
}

// learn takes from an activity of a 1:1 chat how its person is reached, keeps it,
// and returns what is known of them.
func (c *chats) learn(ctx context.Context, a *teams.Activity) access.Chat {
	chat, keep := c.hear(ctx, a)
	if keep != nil {
		keep(ctx)
	}
	return chat
}

// hear is learn without the keeping, which is returned where there is something
// new. That it could not be kept is no reason to refuse anybody. What proves that
// Passdesk can write again ends a block.
func (c *chats) hear(ctx context.Context, a *teams.Activity) (chat access.Chat, keep func(context.Context)) {
	person := access.NewID(a.From.ObjectID)
	if service := *c.service.Load(); service != a.ServiceURL {
		c.service.Store(&a.ServiceURL)
	}
	// A click is the frequent case, and another process may have set a block that
	// only something said can end; so what is remembered serves clicks alone.
	old, cached := c.known.GetIfPresent(person)
	if !cached || a.Type != teams.TypeInvoke {
		old = c.read(ctx, person)
	}
	if !a.Private() {
		return old, nil
	}
	next := old
	next.Person, next.Teams, next.Conversation, next.ServiceURL = person, a.From.ID, a.Conversation.ID, a.ServiceURL
	next.Used = c.today()
	if a.Locale != "" {
		next.Locale = a.Locale
	}
	if a.Timezone != "" {
		next.Zone = a.Timezone
	}
	if a.Type == teams.TypeMessage || a.Type == teams.TypeInstallationUpdate {
		next.Blocked = ""
	}
	if next == old {
		if !cached || a.Type != teams.TypeInvoke { // else it is what is remembered
			c.known.Set(person, old)
		}
		return old, nil
	}
	save := c.save
	if old.Blocked != "" && next.Blocked == "" {
		save = c.resume
	}
	return next, func(ctx context.Context) {
		if err := save(ctx, next); err != nil {
			c.log.WarnContext(ctx, "keeping a chat", slog.String("person", string(person)), slog.Any("error", err))
		}
	}
}

// read returns what is stored; an unknown chat is empty.
func (c *chats) read(ctx context.Context, person access.ID) access.Chat {
	chat, err := c.store.Chat(ctx, person)
	if err != nil && access.CodeOf(err) != access.NotFound {
		c.log.WarnContext(ctx, "reading a chat", slog.String("person", string(person)), slog.Any("error", err))
	}
	if err != nil {
		return access.Chat{Person: person}
	}
	return chat
}

// today is the day as it is kept with a chat: one that is used every minute is
// written once a day.
func (c *chats) today() time.Time { return c.now().UTC().Truncate(24 * time.Hour) }

// save stores a chat.
func (c *chats) save(ctx context.Context, chat access.Chat) error {
	chat.Used = c.used(chat)
	return c.kept(chat, c.store.Update(ctx, func(tx access.Tx) error { return tx.SaveChat(ctx, chat) }))
}

// used is the day of a chat; one that was made by us, and in which nobody was
// heard yet, is of today.
func (c *chats) used(chat access.Chat) time.Time {
	if chat.Used.IsZero() {
		return c.today()
	}
	return chat.Used
}

// kept remembers what was stored.
func (c *chats) kept(chat access.Chat, err error) error {
	if err != nil {
		c.known.Invalidate(chat.Person)
		return err
	}
	c.known.Set(chat.Person, chat)
	return nil
}

// caughtUp is how many of somebody's requests are looked at when they can be
// written to again.
const caughtUp = 20

// resume stores a chat that can be written to again, with jobs for what its
// person did not get meanwhile: cards that wait for a decision, and news on
// those that are there.
func (c *chats) resume(ctx context.Context, chat access.Chat) error {
	chat.Used = c.used(chat)
	err := c.store.Update(ctx, func(tx access.Tx) error {
		if err := tx.SaveChat(ctx, chat); err != nil {
			return err
		}
		decides, err := tx.Requests(ctx, access.Filter{Approver: chat.Person, Limit: caughtUp})
		if err != nil {
			return err
		}
		asked, err := tx.Requests(ctx, access.Filter{Asker: chat.Person, Limit: caughtUp})
		if err != nil {
			return err
		}
		about, err := tx.Requests(ctx, access.Filter{Person: chat.Person, States: []access.State{access.Asked}, Limit: caughtUp})
		if err != nil {
			return err
		}
		for _, r := range slices.Concat(decides, asked, about) {
			if r.State == access.Asked && ((r.MayDecide(chat.Person) && r.AskedAlone(chat.Person)) || r.Awaits(chat.Person)) {
				err = tx.Enqueue(ctx, access.Job{Kind: access.Announce, Ref: r.Ref, Person: chat.Person})
			}
			if err = errors.Join(err, tx.Enqueue(ctx, access.Job{Kind: access.Redraw, Ref: r.Ref})); err != nil {
				return err
			}
		}
		return nil
	})
	return c.kept(chat, err)
}

// forget takes a conversation that is gone out of a chat: the next call makes
// another.
func (c *chats) forget(ctx context.Context, chat access.Chat) error {
	chat.Conversation = ""
	return c.save(ctx, chat)
}

// block notes that nothing can be sent to a person, and why.
func (c *chats) block(ctx context.Context, person access.ID, why string) error {
	chat := c.read(ctx, person)
	if chat.Conversation == "" || chat.Blocked == why {
		return nil
	}
	chat.Blocked = why
	return c.save(ctx, chat)
}
