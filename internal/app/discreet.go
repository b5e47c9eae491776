package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"

	"github.com/passdesk/passdesk/internal/access"
)

// discreet is a log handler that says in every line what it is about, by the keys
// actor, request, job and graph_request, and lets no sign-in name through: people
// are known in the log by their object ids alone. What would say more is left out
// where it is logged; this is for the errors of others.
type discreet struct{ slog.Handler }

// signInName is what looks like a user principal name or a mail address.
var signInName = regexp.MustCompile(`[\w.+#%$&*!-][\w.+'#%$&*!-]*(?:@|%40)[\w-]+(?:\.[\w-]+)+`)

// Handle implements slog.Handler.
func (d discreet) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, impersonal(r.Message), r.PC)
	said := map[string]bool{}
	r.Attrs(func(a slog.Attr) bool {
		said[a.Key] = true
		clean.AddAttrs(d.attr(a))
		return true
	})
	for _, a := range append(about(ctx), asked(r)...) {
		if !said[a.Key] {
			said[a.Key] = true
			clean.AddAttrs(a)
		}
	}
	return d.Handler.Handle(ctx, clean)
}

// WithAttrs implements slog.Handler.
func (d discreet) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = d.attr(a)
	}
	return discreet{d.Handler.WithAttrs(clean)}
}

// WithGroup implements slog.Handler.
func (d discreet) WithGroup(name string) slog.Handler { return discreet{d.Handler.WithGroup(name)} }

// attr is an attribute without sign-in names.
func (d discreet) attr(a slog.Attr) slog.Attr {
	a.Value = a.Value.Resolve()
	switch a.Value.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(impersonal(a.Value.String()))
	case slog.KindGroup:
		group := a.Value.Group()
		clean := make([]slog.Attr, len(group))
		for i, one := range group {
			clean[i] = d.attr(one)
		}
		a.Value = slog.GroupValue(clean...)
	case slog.KindAny:
		switch v := a.Value.Any().(type) {
		case error:
			a.Value = slog.StringValue(impersonal(v.Error()))
		case fmt.Stringer:
			a.Value = slog.StringValue(impersonal(v.String()))
		}
	default:
	}
	return a
}

func impersonal(text string) string { return signInName.ReplaceAllString(text, "(sign-in name)") }

// about is what a context tells of its calls.
func about(ctx context.Context) []slog.Attr {
	var attrs []slog.Attr
	a := access.AboutOf(ctx)
	for _, one := range []slog.Attr{
		slog.String("actor", string(a.Actor)), slog.String("request", string(a.Request)), slog.String("job", string(a.Job)),
	} {
		if one.Value.String() != "" {
			attrs = append(attrs, one)
		}
	}
	return attrs
}

// asked is the id of the call to Graph that an error among a line's attributes came
// from.
func asked(r slog.Record) []slog.Attr {
	var attrs []slog.Attr
	r.Attrs(func(a slog.Attr) bool {
		err, _ := a.Value.Any().(error)
		from, ok := errors.AsType[interface {
			error
			GraphRequest() string
		}](err)
		if ok && from.GraphRequest() != "" {
			attrs = append(attrs, slog.String("graph_request", from.GraphRequest()))
		}
		return true
	})
	return attrs
}

// addressless is what a server writes its complaints to: they begin with who
// called, which is nobody's business.
type addressless struct{ log *slog.Logger }

// caller is the address of who called.
var caller = regexp.MustCompile(`(?:\[[0-9a-fA-F:.%\w]+\]|\d{1,3}(?:\.\d{1,3}){3}):\d+`)

// Write implements io.Writer.
func (a addressless) Write(line []byte) (int, error) {
	text := caller.ReplaceAllString(string(line), "(address)")
	a.log.Debug("server", "said", text)
	return len(line), nil
}
