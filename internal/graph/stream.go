package graph

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// pageTries bounds how often one page of a long list is asked for, beside what
	// every call is repeated anyway.
	pageTries = 3
	// longestRest is the longest that a long list waits before it goes on.
	longestRest = 5 * time.Minute
)

var errCircle = errors.New("list whose next page is the page itself")

// stream reads a list of any length, a page at a time, and hands each page over
// before it asks for the next, at least rest after the last.
func stream[T any](ctx context.Context, l *line, path string, rest time.Duration, each func([]T) error) error {
	for path != "" {
		next := time.Now().Add(rest)
		body, err := l.getPatiently(ctx, path)
		if err != nil {
			return err
		}
		values, link, err := entries[T](nil, body)
		if err != nil {
			return err
		}
		if err := each(values); err != nil || link == "" {
			return err
		}
		following, err := l.below(link)
		switch {
		case err != nil:
			return err
		case following == path:
			return undecodable(0, errCircle)
		}
		if err := sleep(ctx, time.Until(next)); err != nil {
			return err
		}
		path = following
	}
	return nil
}

// getPatiently reads a page for which Graph may have no time for minutes: nobody
// waits for a long list at a screen.
func (l *line) getPatiently(ctx context.Context, path string) ([]byte, error) {
	for tries := 1; ; tries++ {
		got, err := l.get(ctx, path)
		rest := afterOf(err)
		if tries == pageTries || !again(err) || rest > longestRest {
			return got.body, err
		}
		if err := sleep(ctx, rest); err != nil {
			return nil, fmt.Errorf("waiting for a page: %w", err)
		}
	}
}
