package graph

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"
)

const (
	// rounds is how many times a call is sent again that Graph had no time for.
	rounds = 3
	// longestPause is the longest time waited between two rounds. Graph may ask
	// for more; whoever calls is then told so.
	longestPause = 30 * time.Second
)

// again tells whether Graph had no time for a call, so that the same one may
// succeed soon. That it was not carried out is certain only after a 429.
func again(err error) bool {
	switch statusOf(err) {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// persist sends a call that does no harm when it is sent again, and does so
// while Graph has no time for it.
func (l *line) persist(ctx context.Context, c call) (reply, error) {
	for round := 0; ; round++ {
		got, err := l.send(ctx, c)
		if round == rounds || !again(err) || !pause(ctx, round, afterOf(err)) {
			return got, err
		}
	}
}

// pause waits before a call is sent again: as long as Graph said, or 1, 2, 4 s
// and up to half as much again. False, and at once, when that is not worth it:
// it is too long, or the context would end first.
func pause(ctx context.Context, round int, after time.Duration) bool {
	if after <= 0 {
		after = time.Second << round
		after += rand.N(after / 2) //nolint:gosec // spreads calls, hides nothing
	}
	if after > longestPause || !lasts(ctx, after) {
		return false
	}
	timer := time.NewTimer(after)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// lasts tells whether a context lives longer than so much time.
func lasts(ctx context.Context, d time.Duration) bool {
	end, bounded := ctx.Deadline()
	return ctx.Err() == nil && (!bounded || time.Until(end) > d)
}

// afterOf is how long Graph wants to be left alone, as far as err tells.
func afterOf(err error) time.Duration {
	if f, ok := errors.AsType[*fault](err); ok {
		return f.after
	}
	return 0
}

// passing tells whether err says nothing about what was asked, only that Graph
// could not answer just then: too many calls, a failure of its own, no answer.
func passing(err error) bool {
	f, ok := errors.AsType[*fault](err)
	return ok && !f.odd && (f.busy() || f.status == 0 || f.status >= http.StatusInternalServerError)
}

// allPassing returns the error for a call that brought nothing but passing
// errors: the one with the longest wait. Nil when one of them will stay, or when
// there are none.
func allPassing(errs []error) error {
	var worst error
	for _, err := range errs {
		if !passing(err) {
			return nil
		}
		if worst == nil || afterOf(err) > afterOf(worst) {
			worst = err
		}
	}
	return unavailable(worst)
}

// soon says to a person when to try again.
func soon(after time.Duration) string {
	seconds := int64((after + time.Second - 1) / time.Second)
	switch {
	case seconds <= 0:
		return "Try again in a minute."
	case seconds == 1:
		return "Try again in a second."
	case seconds <= 90:
		return fmt.Sprintf("Try again in %d seconds.", seconds)
	}
	return fmt.Sprintf("Try again in %d minutes.", (seconds+59)/60)
}
