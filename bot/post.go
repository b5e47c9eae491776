package bot

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/teams"
)

// PostOptions are what a post needs.
type PostOptions struct {
	Store     access.Store
	Connector *teams.Connector
	// Install gives somebody Passdesk in Teams; nil where that is not configured.
	Install func(ctx context.Context, person access.ID) error
	// ServiceURL is where chats are created until an activity has told a better
	// one; empty means Teams' public address.
	ServiceURL string
	Now        func() time.Time
	Log        *slog.Logger
}

// serviceURL creates chats as long as no activity has told a region's address
// (Teams: Send proactive messages).
const serviceURL = "https://smba.trafficmanager.net/teams/"

// Post writes to people who have not just said something: it announces requests,
// redraws cards and tells what became of them. It is safe for concurrent use.
type Post struct {
	PostOptions
	chats *chats
}

// NewPost makes a post.
func NewPost(o PostOptions) (*Post, error) {
	if o.Store == nil || o.Connector == nil || o.Now == nil || o.Log == nil {
		return nil, errors.New("post: an option is missing")
	}
	if o.ServiceURL == "" {
		o.ServiceURL = serviceURL
	}
	chats, err := newChats(o.Store, o.Now, o.Log, o.ServiceURL)
	if err != nil {
		return nil, err
	}
	return &Post{PostOptions: o, chats: chats}, nil
}

// Close stops what runs in the background.
func (p *Post) Close() { p.chats.known.StopAllGoroutines() }

// Reach makes sure that somebody can be written to: their chat is known, or is
// created now, for which Passdesk may have to be installed. Its error tells who
// asks why not and what to do: Refused, or Unavailable when Teams does not
// answer.
func (p *Post) Reach(ctx context.Context, person access.Person) error {
	_, err := p.reach(ctx, person.ID)
	if err == nil {
		return nil
	}
	who := string(plain(shortName(person)))
	e, ok := errors.AsType[*teams.Error](err)
	switch {
	case errors.Is(err, errMuted):
		return access.Fail(access.Refused, "%s has blocked Passdesk in Teams, so the request would not arrive. Ask them to unblock it, then press Send request again.", who).Because(err)
	case ok && (e.Action == teams.Install || e.Action == teams.StopUntilInstalled):
		return access.Fail(access.Refused, "%s has no chat with Passdesk, so the request would not arrive. Ask them to add Passdesk in Teams, then press Send request again.", who).Because(err)
	case ok && e.Action == teams.OtherHost:
		return access.Fail(access.Refused, "Passdesk may not yet write to %s: your organisation is served by another host of Teams. Tell the people who run Passdesk, then press Send request again.", who).Because(err)
	default:
		return access.Fail(access.Unavailable, "Teams does not tell whether %s can be written to. Try again in a minute.", who).Because(err)
	}
}

// errMuted is the error for a chat whose person does not want to hear.
var errMuted = errors.New("the chat is blocked")

// reach returns the 1:1 chat with a person, creating it where there is none. The
// error is errMuted, a *teams.Error, the store's or the installation's.
func (p *Post) reach(ctx context.Context, person access.ID) (access.Chat, error) {
	chat := p.chats.read(ctx, person)
	switch {
	case chat.Blocked == blockedMuted:
		return chat, errMuted
	case chat.Blocked == "" && chat.Conversation != "":
		return chat, nil
	}
	if chat.ServiceURL == "" {
		chat.ServiceURL = *p.chats.service.Load()
	}
	id, err := p.create(ctx, chat.ServiceURL, person)
	if err != nil {
		return chat, err
	}
	save := p.chats.save
	if chat.Blocked != "" {
		save = p.chats.resume
	}
	chat.Conversation, chat.Blocked = id, ""
	return chat, save(ctx, chat)
}

// create opens the chat, and installs Passdesk first where it has to.
func (p *Post) create(ctx context.Context, service string, person access.ID) (string, error) {
	id, err := p.Connector.Create(ctx, service, string(person))
	if todo(err) != teams.Install || p.Install == nil {
		return id, err
	}
	if err := p.Install(ctx, person); err != nil {
		return "", err
	}
	return p.Connector.Create(ctx, service, string(person))
}

// todo is what an error of Teams asks for; empty for others.
func todo(err error) teams.Action {
	if e, ok := errors.AsType[*teams.Error](err); ok {
		return e.Action
	}
	return ""
}

// face is how somebody looks at a card that is sent to them.
func (p *Post) face(person access.ID, chat access.Chat) Face {
	return Face{Viewer: person, Teams: chat.Teams, Now: p.Now(), Zone: p.chats.zones.of(chat.Zone), Locale: chat.Locale}
}

func place(chat access.Chat, conversation string) teams.Place {
	return teams.Place{ServiceURL: chat.ServiceURL, Conversation: conversation}
}
