package access

import "context"

// About is whom and what a call is about, by ids alone: what the log says of each
// of its lines.
type About struct {
	Actor   ID      // who acts
	Request Ref     // the request, or the drift
	Job     JobKind // the job that runs
}

type aboutKey struct{}

// WithAbout makes a context tell what its calls are about. What is empty in a
// stays as it was.
func WithAbout(ctx context.Context, a About) context.Context {
	before := AboutOf(ctx)
	if a.Actor == "" {
		a.Actor = before.Actor
	}
	if a.Request == "" {
		a.Request = before.Request
	}
	if a.Job == "" {
		a.Job = before.Job
	}
	return context.WithValue(ctx, aboutKey{}, a)
}

// AboutOf is what a context tells.
func AboutOf(ctx context.Context) About {
	a, _ := ctx.Value(aboutKey{}).(About)
	return a
}
