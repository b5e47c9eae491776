package bot

import (
	"context"
	"log/slog"
	"time"
	_ "time/tzdata" // people's zones must be known on machines without them

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/teams"
)

// Turn is one thing that somebody said or pressed. It is made from a verified
// activity and from nothing that a client could write there.
type Turn struct {
	Actor      access.ID
	Member     access.Member // as it was at most a minute ago: for drawing, never for deciding
	Place      teams.Place   // where it happened
	Teams      string        // the actor's id in Teams, "29:…"
	Zone       *time.Location
	Locale     string
	ActivityID string
	ReplyTo    string // for a button: the message that holds its card
	Personal   bool   // nobody but the actor reads along
	Mentions   []teams.Mention
}

// turn looks up who did something and where they can be written to. Forbidden
// for anybody but an enabled member of the tenant; Unavailable when Entra does
// not say.
func (b *Bot) turn(ctx context.Context, a *teams.Activity) (Turn, error) {
	actor := access.NewID(a.From.ObjectID)
	m, err := b.member(ctx, actor, a.Type)
	if err != nil {
		return Turn{}, err
	}
	if actor == "" || !m.MayAct() || m.ID != actor {
		return Turn{}, access.Fail(access.Forbidden, access.MembersOnly)
	}
	return b.heard(ctx, a, m), nil
}

// heard is the turn of somebody whose standing is known, or is looked up by the
// call that follows.
func (b *Bot) heard(ctx context.Context, a *teams.Activity, m access.Member) Turn {
	chat := b.chatOf(ctx, a)
	return Turn{
		Actor: access.NewID(a.From.ObjectID), Member: m, Place: a.Place(), Teams: a.From.ID,
		Zone: b.Post.chats.zones.of(a.Timezone, chat.Zone), Locale: chat.Locale,
		ActivityID: a.ID, ReplyTo: a.ReplyToID, Personal: a.Private(), Mentions: a.Mentions,
	}
}

// keepFor is how long a click waits for its chat to be kept: records that are
// locked must not keep its answer from coming in time.
const keepFor = 300 * time.Millisecond

// chatOf is what is known of the actor's chat, with what the activity tells.
func (b *Bot) chatOf(ctx context.Context, a *teams.Activity) access.Chat {
	if a.Type != teams.TypeInvoke {
		return b.Post.chats.learn(ctx, a)
	}
	chat, keep := b.Post.chats.hear(ctx, a)
	if keep == nil {
		return chat
	}
	click := access.Click{Actor: chat.Person, Verb: "learn a chat"}
	_, err := b.window.do(ctx, keepFor, click, func(ctx context.Context) (shownCard, error) {
		keep(ctx)
		return shownCard{}, nil
	})
	if err != nil {
		b.Log.DebugContext(ctx, "keeping a chat", slog.Any("error", err))
	}
	return chat
}

// clicker is the turn of somebody who presses a button. A button that the desk
// judges reads its actor's standing uncached, with everything else, so that it
// is not asked for beforehand where the request concerns them: that would be a
// second round trip for a lesser answer.
func (b *Bot) clicker(ctx context.Context, a *teams.Activity, p press, v verb) (Turn, error) {
	actor := access.NewID(a.From.ObjectID)
	if _, known := b.Desk.Known(actor); v.judged && !known && actor != "" {
		if r, err := b.Store.Request(ctx, p.claim.Ref); err == nil && r.Concerns(actor) {
			return b.heard(ctx, a, access.Member{Person: access.Person{ID: actor}}), nil
		}
	}
	return b.turn(ctx, a)
}

// member looks up somebody's standing. A click does not wait for it longer than
// for anything else: errPending.
func (b *Bot) member(ctx context.Context, id access.ID, kind string) (access.Member, error) {
	if m, known := b.Desk.Known(id); known {
		return m, nil
	}
	if kind != teams.TypeInvoke {
		return b.Desk.Member(ctx, id)
	}
	return b.standing.do(ctx, b.patience, access.Click{Actor: id}, func(ctx context.Context) (access.Member, error) {
		return b.Desk.Member(ctx, id)
	})
}

// face is how the actor looks at a card now.
func (b *Bot) face(t Turn) Face {
	return Face{Viewer: t.Actor, Teams: t.Teams, Now: b.Now(), Zone: t.Zone, Locale: t.Locale}
}

// moment is when and where the actor speaks.
func (b *Bot) moment(t Turn) moment { return moment{b.Now(), t.Zone} }

// can tells what the actor may do, for the help.
func (b *Bot) can(t Turn) role {
	return role{
		MayAsk: b.Desk.MayAsk(t.Member), MayAudit: b.Desk.MayAudit(t.Member), MayUnlock: b.Desk.MayUnlock(t.Member),
		MayRescue: b.Desk.MayDraft(t.Member, access.Terms{Emergency: true}), MaySwitch: b.Desk.MaySwitch(t.Member),
	}
}

// seen tells whether this message was heard before: Teams repeats one that is
// not answered quickly. An activity without an id is always new.
func (b *Bot) seen(ctx context.Context, t Turn) (bool, error) {
	if t.ActivityID == "" {
		return false, nil
	}
	first := false
	err := b.Store.Update(ctx, func(tx access.Tx) error {
		var err error
		first, err = tx.First(ctx, access.Click{Actor: t.Actor, Ref: access.Ref(t.Place.Conversation), Verb: "message " + t.ActivityID})
		return err
	})
	return err == nil && !first, err
}

// fault logs an error that is ours or Entra's; what people do wrong is not one.
func (b *Bot) fault(ctx context.Context, doing string, t Turn, err error) {
	switch access.CodeOf(err) {
	case access.Internal, access.Unavailable, access.Uncertain:
		b.Log.ErrorContext(ctx, doing, slog.String("actor", string(t.Actor)), slog.Any("error", err))
	default:
		b.Log.DebugContext(ctx, doing, slog.String("actor", string(t.Actor)), slog.Any("error", err))
	}
}
