package bot

import (
	"context"

	"github.com/passdesk/passdesk/internal/teams"
)

// What is said in a shared place.
const (
	seeOurChat  = "Let us do that in our own chat: I have answered you there."
	noOurChat   = "That is for our own chat. Open a chat with me in Teams and write it there."
	pressInChat = "This is for your own chat with Passdesk. Open it there."
)

// spokenTo tells whether a message is for the bot: in a shared place only one
// that mentions it.
func spokenTo(a *teams.Activity) bool {
	if a.Private() {
		return true
	}
	for _, m := range a.Mentions {
		if m.ID == a.Recipient.ID {
			return true
		}
	}
	return false
}

// aside answers in the 1:1 chat what was said in a shared place, and says in
// the shared place no more than that it did.
func (b *Bot) aside(ctx context.Context, t Turn, s said, failed error) (answer, error) {
	chat, err := b.Post.reach(ctx, t.Actor)
	if err != nil {
		b.fault(ctx, "reaching somebody aside", t, err)
		return line(noOurChat), nil
	}
	own := t
	own.Personal, own.ActivityID = true, ""
	own.Place = teams.Place{ServiceURL: chat.ServiceURL, Conversation: chat.Conversation}
	got, err := b.obey(ctx, own, t.Place, s, failed)
	if err != nil {
		return answer{}, err
	}
	id, err := b.Connector.Send(ctx, own.Place, got.message)
	if err != nil {
		b.fault(ctx, "answering aside", t, err)
		return line(noOurChat), nil
	}
	b.keepCard(ctx, own, got, id)
	return line(seeOurChat), nil
}
