package bot

import (
	"context"
	"errors"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// answers does what a button says that belongs to no request. What takes longer is
// told as such, and comes as a message of its own: pressed again later, it would
// take as long once more.
func (b *Bot) answers(ctx context.Context, p press, v verb) (shownCard, error) {
	call := func(ctx context.Context) (shownCard, error) { return v.do(b, ctx, p) }
	late := func(ctx context.Context, c shownCard, err error) {
		if err != nil {
			c.card = b.instead(ctx, p, err)
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), followLimit)
		defer cancel()
		if _, err := b.Connector.Send(ctx, p.Place, asMessage(c.card)); err != nil {
			b.fault(ctx, "sending a late answer", p.Turn, err)
		}
	}
	c, err := b.window.once(ctx, b.patience-time.Since(p.begun), p.click(), call, late)
	switch {
	case errors.Is(err, errPending), errors.Is(err, errJoined):
		return shownCard{card: newCard("Passdesk is still working on it.", heading("Still working on it", "accent"),
			paragraph(ours(b.busy().why()+" The answer comes here in a moment; there is no need to press again.")))}, nil
	case errors.Is(err, errBusy):
		return shownCard{}, access.Fail(access.Unavailable, "Passdesk has too much to do at this moment, and has not begun with this. Press again in a few seconds.")
	}
	return c, err
}
