package graph

import (
	"context"
	"strings"
	"time"
)

// Graph's limits for one app in one tenant that help desk work comes near to.
// Each has some slack: what is sent evenly may arrive unevenly.
const (
	// methodCalls: authentication methods, audit logs and reports together
	// (Graph: throttling limits, identity and access reports).
	methodCalls = 5
	methodsPer  = 10*time.Second + slack
	// policyCalls: Conditional Access; all apps of the tenant share it (Graph:
	// throttling limits, conditional access).
	policyCalls = 1
	policiesPer = time.Second + slack

	slack = 250 * time.Millisecond
)

// limits are Graph's limits as far as they are kept here.
type limits struct{ methods, policies *bucket }

// newLimits makes the limits of this process, or with shared those of all
// replicas together.
func newLimits(shared Shared) *limits {
	l := &limits{newBucket(methodCalls, methodsPer), newBucket(policyCalls, policiesPer)}
	if shared != nil {
		l.methods.ledger = &ledger{"graph methods", shared}
		l.policies.ledger = &ledger{"graph policies", shared}
	}
	return l
}

// of tells which bucket a call counts in, by its path below the version: nil for
// most. A request within a batch counts as if it had come alone (Graph: combine
// multiple requests in one HTTP call).
func (l *limits) of(path string) *bucket {
	if l == nil {
		return nil
	}
	switch bucketOf(path) {
	case BucketMethods:
		return l.methods
	case BucketPolicies:
		return l.policies
	}
	return nil
}

// bucketOf names the bucket in which a call to a path counts.
func bucketOf(path string) string {
	switch {
	case strings.HasPrefix(path, "/users/") && strings.Contains(path, "/authentication/"),
		strings.HasPrefix(path, "/auditLogs/"), strings.HasPrefix(path, "/reports/"):
		return BucketMethods
	case strings.HasPrefix(path, "/identity/conditionalAccess/"):
		return BucketPolicies
	}
	return BucketOther
}

// take waits for the turn of calls to all of paths.
func (l *limits) take(ctx context.Context, spare time.Duration, paths ...string) error {
	calls := map[*bucket]int{}
	for _, p := range paths {
		if b := l.of(p); b != nil {
			calls[b]++
		}
	}
	for b, n := range calls {
		if err := b.take(ctx, n, spare); err != nil {
			return err
		}
	}
	return nil
}

// refused notes that Graph refused a call to a path because of too many.
func (l *limits) refused(path string, after time.Duration) {
	if b := l.of(path); b != nil {
		b.close(max(after, time.Second))
	}
}

// asideCalls is how many of methodCalls a long reading takes. To let people go
// first is not enough: with every call taken, they would wait for the next.
const asideCalls = 3

// aside is how long a long reading rests between two calls, so that there is always
// room for people's. Where nothing waits, nothing rests.
func (l *limits) aside() time.Duration {
	if l == nil {
		return 0
	}
	return methodsPer/asideCalls + time.Millisecond // never a little early
}

// Busy tells how long a call about somebody's methods, which every request makes,
// would wait for its turn if it came now.
func (d *Directory) Busy() time.Duration {
	if d.line.limits == nil {
		return 0
	}
	return d.line.limits.methods.wait(time.Now())
}

type backgroundKey struct{}

// Background marks the calls made with a context as nobody's who waits for them:
// where Graph's limits make calls wait, those of people go first.
func Background(ctx context.Context) context.Context {
	return context.WithValue(ctx, backgroundKey{}, true)
}

// rank is the time by which a call has its place among those that wait.
func rank(ctx context.Context) time.Time {
	if ctx.Value(backgroundKey{}) != nil {
		return time.Now().Add(yields)
	}
	return time.Now()
}
