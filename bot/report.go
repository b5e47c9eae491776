package bot

import (
	"context"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// The verbs of a report's buttons. They belong to no request.
const (
	verbReport = "report"
	verbAnew   = "report anew"
	verbFile   = "report file"
)

const (
	// glance is how long is waited for a report before it is told that it is being
	// read: that of a small tenant is there by then.
	glance = 1500 * time.Millisecond
	// redrawPause is how often a card tells how far a report is. Teams takes 1,800
	// messages an hour in a conversation (Teams: rate limiting), and people read
	// others beside.
	redrawPause = 4 * time.Second
	// updateLimit bounds one redraw.
	updateLimit = 15 * time.Second
)

// report tells how far the rollout is. One that takes long is told as being read,
// and the same message becomes the report.
func (b *Bot) report(ctx context.Context, t Turn) (answer, error) {
	r, err := b.reported(ctx, t.Actor, false)
	if err != nil {
		return answer{}, err
	}
	got := answer{message: asMessage(b.drawReported(r, t))}
	if r.Reading != nil {
		got.sent = func(id string) { b.followReport(t, id, r.Reading) }
	}
	return got, nil
}

// reported is the report, or after a glance how it is being read.
func (b *Bot) reported(ctx context.Context, actor access.ID, anew bool) (access.Report, error) {
	r, err := b.Desk.Report(ctx, actor, anew)
	if err != nil || r.Reading == nil {
		return r, err
	}
	timer := time.NewTimer(b.glance)
	defer timer.Stop()
	select {
	case <-r.Reading.Done():
		if err := r.Reading.Err(); err != nil {
			return r, err
		}
		return b.Desk.Report(ctx, actor, false)
	case <-timer.C:
	case <-ctx.Done():
	}
	return r, nil
}

func (b *Bot) drawReported(r access.Report, t Turn) Card {
	if r.Reading != nil {
		return drawReading(r.Reading.Progress())
	}
	return drawReport(r, b.face(t))
}

// followReport keeps a message up to date while a report is read, and makes it the
// report in the end.
func (b *Bot) followReport(t Turn, id string, reading *access.Reading) {
	if id == "" {
		return
	}
	b.errands.begin("report "+t.Place.Conversation+" "+id, func(ctx context.Context) {
		ticks := time.NewTicker(b.redraws)
		defer ticks.Stop()
		shown := access.Progress{Read: -1} // the message may be older than this moment
		for {
			select {
			case <-reading.Done():
				b.redraw(ctx, t, id, b.outcome(ctx, t, reading))
				return
			case <-ctx.Done():
				b.redraw(ctx, t, id, drawUnread(access.Fail(access.Unavailable, "Passdesk was stopped while it read the report.")))
				return
			case <-ticks.C:
				if p := reading.Progress(); p != shown {
					shown = p
					b.redraw(ctx, t, id, drawReading(p))
				}
			}
		}
	})
}

// outcome is the card of a report that was read, or was not.
func (b *Bot) outcome(ctx context.Context, t Turn, reading *access.Reading) Card {
	if err := reading.Err(); err != nil {
		return drawUnread(err)
	}
	r, err := b.Desk.Report(ctx, t.Actor, false)
	if err != nil {
		return drawUnread(err)
	}
	return b.drawReported(r, t)
}

// redraw brings a message up to date, also when everything ends.
func (b *Bot) redraw(ctx context.Context, t Turn, id string, c Card) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), updateLimit)
	defer cancel()
	if err := b.Connector.Update(ctx, t.Place, id, asMessage(c)); err != nil {
		b.fault(ctx, "redrawing a report", t, err)
	}
}

func (b *Bot) lookAtReport(ctx context.Context, p press) (shownCard, error) {
	return b.pressReport(ctx, p, false)
}

func (b *Bot) readAnew(ctx context.Context, p press) (shownCard, error) {
	return b.pressReport(ctx, p, true)
}

// pressReport answers a button of a report by the report, and its message becomes
// that, too: the answer to a press goes with the client that pressed.
func (b *Bot) pressReport(ctx context.Context, p press, anew bool) (shownCard, error) {
	r, err := b.reported(ctx, p.Actor, anew)
	if err != nil {
		return shownCard{}, err
	}
	c := b.drawReported(r, p.Turn)
	switch {
	case r.Reading != nil:
		b.followReport(p.Turn, p.ReplyTo, r.Reading)
	case p.ReplyTo != "":
		b.errands.begin("redraw "+p.Place.Conversation+" "+p.ReplyTo, func(ctx context.Context) { b.redraw(ctx, p.Turn, p.ReplyTo, c) })
	}
	return shownCard{card: c}, nil
}
