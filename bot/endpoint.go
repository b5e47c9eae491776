package bot

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/teams"
)

// Handler serves the bot: POST /api/messages for Teams, GET /healthz and GET
// /readyz for whoever runs it. Nobody gets a stack trace or a library's words.
func (b *Bot) Handler() http.Handler {
	gin.SetMode(gin.ReleaseMode) // else gin writes its routes to stdout, between the log's lines
	e := gin.New()
	e.HandleMethodNotAllowed = true
	e.RedirectTrailingSlash = false
	e.Use(b.recovered)
	e.POST("/api/messages", b.messages)
	e.GET("/healthz", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"status": "ok"}) })
	e.GET("/readyz", b.readyz)
	e.NoMethod(func(c *gin.Context) { fail(c, http.StatusMethodNotAllowed, "method") })
	e.NoRoute(func(c *gin.Context) { fail(c, http.StatusNotFound, "not found") })
	return e
}

// fail answers with an error that a machine can read, and nothing else.
func fail(c *gin.Context, status int, code string) {
	if status == http.StatusUnauthorized {
		c.Header("WWW-Authenticate", "Bearer")
	}
	c.AbortWithStatusJSON(status, gin.H{"error": code})
}

// recovered turns a panic into a 500. A connection that broke is none of ours.
func (b *Bot) recovered(c *gin.Context) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(p)
		}
		b.Count("activity", "panic")
		b.Log.ErrorContext(c.Request.Context(), "panic", slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
		if !c.Writer.Written() {
			fail(c, http.StatusInternalServerError, "internal")
		}
	}()
	c.Next()
}

func (b *Bot) readyz(c *gin.Context) {
	report, ok := b.Ready(c.Request.Context())
	status := http.StatusOK
	if !ok {
		status = http.StatusServiceUnavailable
	}
	c.JSON(status, report)
}

// messages lets an activity in, and gives it to whom it concerns.
func (b *Bot) messages(c *gin.Context) {
	a, err := b.Receiver.Receive(c.Writer, c.Request)
	if err != nil {
		b.refused(c, err)
		return
	}
	ctx := access.WithAbout(c.Request.Context(), access.About{Actor: access.NewID(a.From.ObjectID)})
	c.Request = c.Request.WithContext(ctx)
	switch a.Type {
	case teams.TypeInvoke:
		if a.Name == teams.InvokeFileConsent {
			b.answerFile(c, a)
			return
		}
		b.answerInvoke(c, a)
		return
	case teams.TypeMessage, teams.TypeConversationUpdate:
		err = b.route(ctx, a)
	case teams.TypeInstallationUpdate:
		err = b.installed(ctx, a)
	}
	if err != nil {
		b.Count("activity", "unanswered")
		b.Log.ErrorContext(ctx, "answering an activity", slog.String("type", a.Type), slog.Any("error", err))
		fail(c, http.StatusInternalServerError, "unanswered")
		return
	}
	c.Status(http.StatusOK)
}

// refused answers a stranger, or an invoke that nobody here knows.
func (b *Bot) refused(c *gin.Context, err error) {
	r, ok := errors.AsType[*teams.Refusal](err)
	if !ok {
		r = &teams.Refusal{Status: http.StatusInternalServerError, Code: "internal", Detail: err.Error()}
	}
	b.Count("activity", r.Code)
	if r.Status == http.StatusUnauthorized || r.Status == http.StatusForbidden {
		b.Count("token", r.Code)
	}
	b.Log.InfoContext(c.Request.Context(), "refused", slog.Int("status", r.Status), slog.String("code", r.Code), slog.String("detail", r.Detail))
	if r.Status == http.StatusNotImplemented {
		c.Status(r.Status) // with an empty body, as Microsoft's own SDK does
		return
	}
	fail(c, r.Status, r.Code)
}

// answerInvoke writes the answer to a button. Only when a code has gone out is
// it recorded as shown: one that never left may be made anew.
func (b *Bot) answerInvoke(c *gin.Context, a *teams.Activity) {
	reply, showing, err := b.invoke(c.Request.Context(), a)
	if err != nil {
		b.refused(c, err)
		return
	}
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Length", strconv.Itoa(len(reply.Body())))
	err = reply.Write(c.Writer)
	if showing == nil {
		return
	}
	if err == nil {
		err = http.NewResponseController(c.Writer).Flush()
	}
	if err = errors.Join(err, c.Request.Context().Err()); err != nil {
		b.Log.WarnContext(c.Request.Context(), "a code did not reach its reader", slog.String("request", string(showing.Request.Ref)), slog.Any("error", err))
		return
	}
	b.answered(c.Request.Context(), *showing)
}

// recordLimit bounds the record of a code that was shown; the request that
// showed it may be over by then.
const recordLimit = 10 * time.Second

func (b *Bot) answered(ctx context.Context, s access.Showing) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordLimit)
	defer cancel()
	if err := b.Desk.Answered(ctx, s); err != nil {
		b.Log.ErrorContext(ctx, "recording that a code was shown", slog.String("request", string(s.Request.Ref)), slog.Any("error", err))
	}
}
