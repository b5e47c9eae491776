package bot

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/teams"
)

// undealtAgain is when a card is sent again that Teams did not take.
const undealtAgain = time.Minute

// undealt decides what becomes of a card that its reader did not get. What passes
// is tried again; of what stays, the asker is told, who would wait in vain.
func (p *Post) undealt(ctx context.Context, r access.Request, person access.ID, err error) error {
	if todo(err) == teams.SendAnew { // even a new chat cannot be made there
		return later{undealtAgain, "the chat is gone"}
	}
	next := p.steer(ctx, person, err)
	if stays(err) {
		p.Log.ErrorContext(ctx, "a card is not taken", slog.String("request", string(r.Ref)), slog.String("person", string(person)), slog.Any("error", err))
		next = later{undealtAgain, "Teams does not take the card"}
	}
	if say := waits(r, person, err); say != "" && person != r.Asker.ID {
		p.tellOnce(ctx, r, person, say)
	}
	return next
}

// waits says to the asker why somebody has not got the card, what comes by
// itself and what does not; empty when there is nothing to do but to wait a
// little.
func waits(r access.Request, person access.ID, err error) plainText {
	who := plain(shortName(r.Person))
	for _, a := range r.Approvers {
		if a.ID == person {
			who = plain(shortName(a))
		}
	}
	ref := refText(r.Ref)
	switch do := todo(err); {
	case do == teams.StopUntilWritten || errors.Is(err, errMuted):
		return "Teams does not let Passdesk write to " + who + ", so " + ref + " has not arrived. Ask them to unblock Passdesk and to write help to it: then its card comes by itself. Or withdraw the request."
	case do == teams.Install || do == teams.StopUntilInstalled:
		return who + " has no chat with Passdesk any more, so " + ref + " has not arrived. Ask them to add Passdesk in Teams: then its card comes by itself. Or withdraw the request."
	case stays(err):
		return "Teams does not take the card of " + ref + ", so " + who + " has not got it. Passdesk tries again every minute. If that does not help, tell the people who run Passdesk."
	}
	return ""
}

// tellOnce tells the asker, once per person, that a request has not arrived. It is
// no more than a hint: when it fails, too, it is left.
func (p *Post) tellOnce(ctx context.Context, r access.Request, person access.ID, say plainText) {
	first := false
	err := p.Store.Update(ctx, func(tx access.Tx) error {
		var err error
		first, err = tx.First(ctx, access.Click{Actor: access.Passdesk, Ref: r.Ref, Rev: r.Rev, Verb: "undealt " + string(person)})
		return err
	})
	if err == nil && first {
		err = p.tell(ctx, r.Asker.ID, say)
	}
	if err != nil {
		p.Log.WarnContext(ctx, "telling that a request has not arrived", slog.String("request", string(r.Ref)), slog.Any("error", err))
	}
}
