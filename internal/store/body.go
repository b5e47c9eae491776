package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// kept is a time as it is stored: UTC, to the millisecond. The zero time stays
// zero.
func kept(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// millis is a time as a column; NULL for the zero time.
func millis(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

// keptRequest is r with all its times as they are stored.
func keptRequest(r access.Request) access.Request {
	for _, t := range []*time.Time{&r.Terms.Start, &r.Drafted, &r.Asked, &r.Changed, &r.Remind, &r.Escalate, &r.Due, &r.Ends, &r.Began, &r.Disowned.At, &r.Disowned.Revoked} {
		*t = kept(*t)
	}
	if r.Decision != nil {
		decision := keptDecision(*r.Decision)
		r.Decision = &decision
	}
	r.Decisions = slices.Clone(r.Decisions)
	for i := range r.Decisions {
		r.Decisions[i] = keptDecision(r.Decisions[i])
	}
	if r.Challenge = copyOf(r.Challenge); r.Challenge != nil {
		r.Challenge.Until, r.Challenge.Shown = kept(r.Challenge.Until), kept(r.Challenge.Shown)
	}
	if r.Confirmation = copyOf(r.Confirmation); r.Confirmation != nil {
		r.Confirmation.Asked, r.Confirmation.At = kept(r.Confirmation.Asked), kept(r.Confirmation.At)
	}
	if r.Outlook != nil {
		outlook := *r.Outlook
		outlook.At = kept(outlook.At)
		r.Outlook = &outlook
	}
	r.Gone = keptAll(r.Gone)
	if r.Review != nil {
		v := *r.Review
		v.Due, v.Next, v.At = kept(v.Due), kept(v.Next), kept(v.At)
		r.Review = &v
	}
	return r
}

// keptDecision is d with all its times as they are stored.
func keptDecision(d access.Decision) access.Decision {
	d.At = kept(d.At)
	if d.Proven = copyOf(d.Proven); d.Proven != nil {
		d.Proven.At = kept(d.Proven.At)
	}
	return d
}

func keptAll(times []time.Time) []time.Time {
	if times == nil {
		return nil
	}
	all := make([]time.Time, len(times))
	for i, t := range times {
		all[i] = kept(t)
	}
	return all
}

// keptHold is h with all its times as they are stored.
func keptHold(h access.Hold) access.Hold {
	for _, t := range []*time.Time{&h.Busy, &h.Since, &h.Tried} {
		*t = kept(*t)
	}
	h.Gone = keptAll(h.Gone)
	return h
}

// keptDrift is d with all its times as they are stored.
func keptDrift(d access.Drift) access.Drift {
	d.Found, d.Cleared = kept(d.Found), kept(d.Cleared)
	return d
}

// keptReveal is v with all its times as they are stored.
func keptReveal(v access.Reveal) access.Reveal {
	for _, t := range []*time.Time{&v.Claimed, &v.Made, &v.Answered, &v.Hidden} {
		*t = kept(*t)
	}
	return v
}

// body reads the one thing that a query finds, if it does.
func body[T any](ctx context.Context, r reader, text string, args ...any) (v T, found bool, err error) {
	var raw []byte
	if found, err = r.one(ctx, text, []any{&raw}, args...); err != nil || !found {
		return v, false, err
	}
	v, err = decode[T](raw)
	return v, err == nil, err
}

// bodies reads all things that a query finds.
func bodies[T any](ctx context.Context, r reader, text string, args ...any) ([]T, error) {
	var raw []byte
	var list []T
	err := r.each(ctx, text, args, []any{&raw}, func() error {
		one, err := decode[T](raw)
		list = append(list, one)
		return err
	})
	return list, err
}

func encode(v any) (string, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encoding %T: %w", v, err)
	}
	return string(body), nil
}

func decode[T any](body []byte) (T, error) {
	var v T
	if err := json.Unmarshal(body, &v); err != nil {
		return v, fmt.Errorf("decoding %T: %w", v, err)
	}
	return v, nil
}
