package graph

import (
	"errors"
	"net/http"
	"slices"
	"time"
)

// Outcome is what became of a call: one of a fixed set.
type Outcome string

// The outcomes.
const (
	OutcomeOK         Outcome = "ok"
	OutcomeBusy       Outcome = "busy"       // 429: one too many
	OutcomeDenied     Outcome = "denied"     // 401 or 403: no token that is good, or no permission
	OutcomeRefused    Outcome = "refused"    // any other 4xx: what was asked for is not there, or not possible
	OutcomeFailed     Outcome = "failed"     // 5xx, or an answer that cannot be understood
	OutcomeUnanswered Outcome = "unanswered" // no answer came
	OutcomeNoToken    Outcome = "no token"   // not sent: there was no token
	OutcomeNoTurn     Outcome = "no turn"    // not sent: its turn within Graph's limits would have come too late
)

// Outcomes are all there are.
func Outcomes() []Outcome {
	return []Outcome{OutcomeOK, OutcomeBusy, OutcomeDenied, OutcomeRefused, OutcomeFailed, OutcomeUnanswered, OutcomeNoToken, OutcomeNoTurn}
}

// outcomeOf tells what became of a call that brought err.
func outcomeOf(err error) Outcome {
	f, ok := errors.AsType[*fault](err)
	switch {
	case err == nil:
		return OutcomeOK
	case errors.Is(err, errToken):
		return OutcomeNoToken
	case !ok || f.odd:
		return OutcomeFailed
	case errors.Is(f.cause, errNoTurn), errors.Is(f.cause, errNoTime):
		return OutcomeNoTurn
	}
	switch status := f.status; {
	case status == 0:
		return OutcomeUnanswered
	case status == http.StatusTooManyRequests:
		return OutcomeBusy
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return OutcomeDenied
	case status < http.StatusInternalServerError:
		return OutcomeRefused
	}
	return OutcomeFailed
}

// The buckets in which Graph counts calls; see limits.
const (
	BucketMethods  = "methods"  // authentication methods, audit logs and reports
	BucketPolicies = "policies" // Conditional Access
	BucketOther    = "other"    // everything else, of which Graph allows far more than a help desk needs
)

// Level is how full a bucket is.
type Level struct {
	Bucket string
	// Used is how many calls of the bucket's stretch of time were sent, by all
	// replicas as far as this one knows; Most is how many may be.
	Used, Most int
	// Wait is how long one more call would wait for its turn.
	Wait time.Duration
}

// Levels tells how full the buckets are: none where nothing is paced.
func (d *Directory) Levels() []Level {
	l := d.line.limits
	if l == nil {
		return nil
	}
	now := time.Now()
	return []Level{l.methods.level(BucketMethods, now), l.policies.level(BucketPolicies, now)}
}

func (b *bucket) level(name string, now time.Time) Level {
	wait := b.wait(now)
	b.mu.Lock()
	defer b.mu.Unlock()
	used := 0
	for _, at := range slices.Concat(b.sent, b.shared) {
		if at.After(now.Add(-b.per)) {
			used++
		}
	}
	return Level{name, min(used, b.most), b.most, wait}
}

// count tells what became of calls to paths.
func (l *line) count(err error, paths ...string) {
	for _, path := range paths {
		l.observe(bucketOf(path), outcomeOf(err))
	}
}
