package bot

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/teams"
)

// offerContext is what an offer of a file carries. It comes back, and is not believed:
// it only tells one offer from another, and refuses the wrong person early.
type offerContext struct {
	Offer string    `json:"offer"`
	For   access.ID `json:"for"`
}

// offerFile asks the person whether everybody who is left may be put into their
// OneDrive as a file.
func (b *Bot) offerFile(ctx context.Context, p press) (shownCard, error) {
	r, err := b.reported(ctx, p.Actor, false)
	switch {
	case err != nil:
		return shownCard{}, err
	case r.Reading != nil:
		return b.pressReport(ctx, p, false)
	case r.Rollout.FileSize == 0:
		return shownCard{}, access.Fail(access.Unavailable, "There is no file of this report: Passdesk had no room for it. Press Read anew.")
	}
	name := "passdesk-left-" + r.Rollout.Read.UTC().Format("2006-01-02") + ".csv"
	content, err := json.Marshal(offerContext{Offer: rand.Text(), For: p.Actor})
	if err != nil {
		return shownCard{}, err
	}
	m := teams.Message{Summary: "A file is offered to you.", Offer: &teams.Offer{
		Name: name, Size: r.Rollout.FileSize, Context: content,
		Description: "Everybody who cannot satisfy phishing-resistant MFA. It names people: keep it where only those see it who need it.",
	}}
	if _, err := b.Connector.Send(ctx, p.Place, m); err != nil {
		return shownCard{}, access.Fail(access.Unavailable, "Teams did not take the file's card. Press All as a file again.").Because(err)
	}
	return shownCard{card: headed(drawReport(r, p.face), "A file is offered", "below: Teams asks whether it may be put into your OneDrive.")}, nil
}

// answerFile lets in the answer to an offer, of the person to whom it was made. It
// is answered at once; the file follows.
func (b *Bot) answerFile(c *gin.Context, a *teams.Activity) {
	f, err := a.FileAnswer()
	if err != nil {
		b.refused(c, err)
		return
	}
	ctx := c.Request.Context()
	t, err := b.turn(ctx, a)
	var o offerContext
	switch {
	case access.CodeOf(err) == access.Forbidden:
		b.Count("invoke", "forbidden")
		fail(c, http.StatusForbidden, "forbidden")
		return
	case err != nil:
		b.fault(ctx, "looking up who answers an offer", t, err)
		fail(c, http.StatusServiceUnavailable, "unavailable")
		return
	case json.Unmarshal(f.Context, &o) != nil || o.Offer == "" || o.For != t.Actor || !t.Personal:
		b.Count("invoke", "not theirs")
		fail(c, http.StatusForbidden, "not theirs")
		return
	}
	begun := b.errands.begin("file "+o.Offer, func(ctx context.Context) { b.putFile(ctx, t, o.Offer, f) })
	if !begun {
		fail(c, http.StatusServiceUnavailable, "busy")
		return
	}
	c.Status(http.StatusOK)
}

// putFile does what the person said to an offer, and takes the offer away.
func (b *Bot) putFile(ctx context.Context, t Turn, offer string, f teams.FileAnswer) {
	said := teams.Message{Text: "All right: nothing was put into your OneDrive."}
	if f.Accepted {
		said = b.given(ctx, t, offer, f)
	}
	if t.ReplyTo != "" {
		if err := b.Connector.Delete(ctx, t.Place, t.ReplyTo); err != nil {
			b.fault(ctx, "taking an offer away", t, err)
		}
	}
	if _, err := b.Connector.Send(ctx, t.Place, said); err != nil {
		b.fault(ctx, "telling of a file", t, err)
	}
}

// given puts the file away, and is what is said of it.
func (b *Bot) given(ctx context.Context, t Turn, offer string, f teams.FileAnswer) teams.Message {
	file, err := b.leftFile(ctx, access.Click{Actor: t.Actor, Ref: access.Ref(offer), Verb: verbFile})
	if err != nil {
		b.fault(ctx, "handing out a file", t, err)
		return teams.Message{Text: string(plain(access.Say(err)))}
	}
	defer file.Close()
	if err := b.Connector.Upload(ctx, f, file, file.Size); err != nil {
		b.Log.ErrorContext(ctx, "putting a file away", slog.String("actor", string(t.Actor)), slog.Any("error", err))
		return teams.Message{Text: "The file could not be put into your OneDrive. Write report and press All as a file to try again."}
	}
	return teams.Message{Summary: "Your file is there.", Saved: &f.Saved}
}

// leftFile hands out the file. Where this replica has not read the report, it reads
// it first: the press may have been another's.
func (b *Bot) leftFile(ctx context.Context, c access.Click) (access.LeftFile, error) {
	file, err := b.Desk.LeftFile(ctx, c)
	if access.CodeOf(err) != access.NotFound {
		return file, err
	}
	r, err := b.Desk.Report(ctx, c.Actor, false)
	if err != nil {
		return access.LeftFile{}, err
	}
	if r.Reading != nil {
		select {
		case <-r.Reading.Done():
		case <-ctx.Done():
			return access.LeftFile{}, ctx.Err()
		}
		if err := r.Reading.Err(); err != nil {
			return access.LeftFile{}, err
		}
	}
	return b.Desk.LeftFile(ctx, c)
}
