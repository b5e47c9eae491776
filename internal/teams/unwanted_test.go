package teams

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

var errPast = errors.New("past")

// wantedUntil wants a call until so many calls were seen.
func (s *script) wantedUntil(calls int) func(context.Context) error {
	return func(context.Context) error {
		if len(s.seen()) >= calls {
			return errPast
		}
		return nil
	}
}

// A message is not repeated that is not wanted any more, nor sent for the first
// time.
func TestAnUpdateIsAskedForBeforeEachTry(t *testing.T) {
	t.Parallel()
	for name, failure := range map[string]http.HandlerFunc{
		"503": answers(503, ""), "429": answers(429, ""), "no answer": hangUp, "401": answers(401, ""),
	} {
		for calls := range 2 {
			t.Run(fmt.Sprintf("%s, %d calls", name, calls), func(t *testing.T) {
				t.Parallel()
				s := newScript(t, failure, answers(200, ""))
				err := s.connector(t).UpdateWhile(t.Context(), s.place(), "1", Message{Text: "hello"}, s.wantedUntil(calls))
				requireError(t, err, 0, "not wanted", Unwanted)
				require.ErrorIs(t, err, errPast)
				require.Len(t, s.seen(), calls)
			})
		}
	}
}

func TestAnUpdateThatStaysWantedIsRepeated(t *testing.T) {
	t.Parallel()
	s := newScript(t, answers(503, ""), answers(200, ""))
	require.NoError(t, s.connector(t).UpdateWhile(t.Context(), s.place(), "1", Message{Text: "hello"}, s.wantedUntil(2)))
	require.Len(t, s.seen(), 2)
}

// What waited for the pace is asked for afterwards.
func TestAnUpdateIsAskedForAfterItsWait(t *testing.T) {
	t.Parallel()
	s := newScript(t, answers(200, `{"id":"1"}`))
	c := s.connector(t)
	for range 7 {
		require.NoError(t, c.Update(t.Context(), s.place(), "1", Message{Text: "hello"}))
	}
	waited := func(context.Context) error {
		if len(s.slept) > 0 {
			return errPast
		}
		return nil
	}
	require.ErrorIs(t, c.UpdateWhile(t.Context(), s.place(), "1", Message{Text: "hello"}, waited), errPast)
	require.Len(t, s.seen(), 7)
}
