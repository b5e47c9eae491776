package bot

import (
	"context"
	"log/slog"
	"strconv"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/teams"
)

// exists tells whether a command exists here at all.
func (b *Bot) exists(command string) bool {
	switch command {
	case "emergency":
		return b.Desk.HasEmergency()
	case "threat":
		return b.Desk.HasThreat()
	}
	return true
}

// emergency opens the form of what is asked for in an emergency.
func (b *Bot) emergency(ctx context.Context, t Turn, from teams.Place, s said) (answer, error) {
	if s.kind == access.Exclusion {
		return b.exclude(ctx, t, from, s)
	}
	return b.askFor(ctx, t, from, s.kind, s)
}

// threat switches threat mode, or tells how it stands.
func (b *Bot) threat(ctx context.Context, t Turn, s said) (answer, error) {
	var now access.Threat
	var err error
	switch s.threat {
	case threatOn:
		now, err = b.Desk.ThreatOn(ctx, t.Actor, s.terms.Reason)
	case threatOff:
		now, err = b.Desk.ThreatOff(ctx, t.Actor, access.Claim{})
	default:
		now, err = b.Desk.Threat(ctx, t.Actor)
	}
	if err != nil {
		return answer{}, err
	}
	return answer{
		message: asMessage(drawThreat(now, b.face(t))),
		sent:    func(id string) { b.keepThreat(context.WithoutCancel(ctx), t, now, id) },
	}, nil
}

// keepThreat remembers the message that tells how threat mode stands, so that it is
// redrawn while it is on.
func (b *Bot) keepThreat(ctx context.Context, t Turn, now access.Threat, id string) {
	if !now.On {
		return
	}
	c := access.Card{Ref: now.Ref, Person: t.Actor, Conversation: t.Place.Conversation, Activity: id, Rev: now.Rev}
	if err := b.Store.Update(ctx, func(tx access.Tx) error { return tx.SaveCard(ctx, c) }); err != nil {
		b.Log.WarnContext(ctx, "remembering a card", slog.String("threat", string(now.Ref)), slog.Any("error", err))
	}
}

func (b *Bot) threatOff(ctx context.Context, p press) (shownCard, error) {
	return b.switchThreat(ctx, p, b.Desk.ThreatOff)
}

func (b *Bot) threatKeep(ctx context.Context, p press) (shownCard, error) {
	return b.switchThreat(ctx, p, b.Desk.ThreatKeep)
}

// switchThreat does what a button on the card of threat mode says, for the one that
// the card shows.
func (b *Bot) switchThreat(ctx context.Context, p press, do func(context.Context, access.ID, access.Claim) (access.Threat, error)) (shownCard, error) {
	ref, ok := access.ParseRef(p.fields.text("ref"))
	rev, err := strconv.ParseUint(p.fields.text("rev"), 10, 31)
	if !ok || err != nil {
		return shownCard{}, access.Fail(access.Invalid, "%s", unreadable)
	}
	now, err := do(ctx, p.Actor, access.Claim{Ref: ref, Rev: int(rev)})
	if access.CodeOf(err) == access.Stale {
		return shownCard{card: headed(drawThreat(now, p.face), "Changed meanwhile", "nothing was done. This is how it stands now.")}, nil
	}
	return shownCard{card: drawThreat(now, p.face)}, err
}

// review records what somebody of security says of an emergency.
func (b *Bot) review(ctx context.Context, p press) (shownCard, error) {
	word := string(clean(p.fields.text(inputWord), reasonLength))
	r, err := b.Desk.LookBack(ctx, p.Actor, p.claim, word)
	if code := access.CodeOf(err); code != access.Invalid && code != access.Stale {
		return b.now(ctx, p, r, err)
	}
	s, unseen := b.Desk.See(ctx, p.Actor, p.claim.Ref)
	switch {
	case unseen != nil || !s.Request.MayReview(p.Actor):
		return shownCard{}, err
	case access.CodeOf(err) == access.Invalid:
		return shownCard{card: headed(Draw(s, p.face), "Say what you found", "in a sentence; it is kept with the request.")}, nil
	}
	return shownCard{card: headed(drawReview(s, p.face, word), "Changed meanwhile", "this is how it stands now. What you wrote is below; press Reviewed again to keep it.")}, nil
}
