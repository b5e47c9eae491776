package teams

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "2": 2 * time.Second, "-1": 0, "soon": 0, "4000000000": longestWait,
		"Mon, 23 Nov 2026 09:00:30 GMT": 30 * time.Second, "Mon, 23 Nov 2026 08:00:00 GMT": 0,
	} {
		require.Equal(t, want, retryAfter(value, now), value)
	}
}

func TestShortRetryAfterIsWaitedFor(t *testing.T) {
	t.Parallel()
	s := newScript(t, answers(429, "", "Retry-After", "3"), answers(200, `{"id":"1"}`))
	id, err := s.connector(t).Send(t.Context(), s.place(), Message{Text: "hello"})
	require.NoError(t, err)
	require.Equal(t, "1", id)
	require.Equal(t, []time.Duration{3 * time.Second}, s.slept)
}

func TestLongRetryAfterIsLeftToTheCaller(t *testing.T) {
	t.Parallel()
	s := newScript(t, answers(429, `{"error":{"code":"Throttled"}}`, "Retry-After", "60"), answers(200, `{"id":"1"}`))
	c := s.connector(t)
	_, err := c.Send(t.Context(), s.place(), Message{Text: "hello"})
	requireError(t, err, 429, "Throttled", Wait)
	require.Equal(t, time.Minute, explained(t, err).After)
	require.Empty(t, s.slept)

	err = c.Update(t.Context(), s.place(), "1", Message{Text: "hello"})
	requireError(t, err, 0, "own pace", Wait)
	require.Equal(t, time.Minute, explained(t, err).After)
	require.Len(t, s.seen(), 1, "the conversation keeps silence")
	_, err = c.Send(t.Context(), Place{s.URL, "a:other"}, Message{Text: "hello"})
	require.NoError(t, err, "others do not")
	require.NoError(t, s.sleep(t.Context(), time.Minute))
	_, err = c.Send(t.Context(), s.place(), Message{Text: "hello"})
	require.NoError(t, err)
}

// TestPace holds the calls that go through against the windows.
func TestPace(t *testing.T) {
	t.Parallel()
	for name, windows := range map[string][]window{"conversation": conversationPace[:], "members": memberPace[:], "overall": overallPace[:]} {
		p := pace{windows: windows}
		now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
		var made []time.Time
		for range 4000 {
			now = now.Add(p.delay(now))
			require.Zero(t, p.delay(now))
			p.count(now)
			made = append(made, now)
		}
		for _, w := range windows {
			for i := w.calls; i < len(made); i++ {
				require.GreaterOrEqual(t, made[i].Sub(made[i-w.calls]), w.per, "%s: %d in %s", name, w.calls+1, w.per)
			}
		}
		require.LessOrEqual(t, len(p.made), 2*windows[len(windows)-1].calls, "what no window needs is forgotten")
	}
}

func TestPaceSurvivesAClockSetBack(t *testing.T) {
	t.Parallel()
	p := pace{windows: overallPace[:]}
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for range 50 {
		p.count(now)
	}
	require.Equal(t, time.Second, p.delay(now.Add(-time.Hour)))
}

func TestConversationKeepsItsPace(t *testing.T) {
	t.Parallel()
	s := newScript(t, answers(200, `{"id":"1"}`))
	c, start := s.connector(t), s.clock()
	for range 8 {
		_, err := c.Send(t.Context(), s.place(), Message{Text: "hello"})
		require.NoError(t, err)
	}
	require.Equal(t, time.Second, s.clock().Sub(start), "the eighth waits for the next second")
	_, err := c.Send(t.Context(), s.place(), Message{Text: "hello"})
	require.NoError(t, err)
	require.Equal(t, 2*time.Second, s.clock().Sub(start))
	_, err = c.Member(t.Context(), s.place(), "29:joni")
	require.NoError(t, err)
	require.Equal(t, 2*time.Second, s.clock().Sub(start), "members have a pace of their own")
}

func TestAllConversationsShareAPace(t *testing.T) {
	t.Parallel()
	s := newScript(t, answers(200, `{"id":"1"}`))
	c, start := s.connector(t), s.clock()
	for i := range 51 {
		require.Zero(t, s.clock().Sub(start))
		_, err := c.Send(t.Context(), Place{s.URL, fmt.Sprintf("a:%d", i)}, Message{Text: "hello"})
		require.NoError(t, err)
	}
	require.Equal(t, time.Second, s.clock().Sub(start))
}

func TestOneCallAtATimePerConversation(t *testing.T) {
	t.Parallel()
	var here, most, chats atomic.Int32
	both := make(chan struct{})
	s := newScript(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.URL.Path, "busy") {
			if chats.Add(1) == 2 {
				close(both)
			}
			<-both // two other conversations are under way together, or this hangs
			answers(200, `{"id":"1"}`)(w, r)
			return
		}
		most.Store(max(most.Load(), here.Add(1)))
		defer here.Add(-1)
		answers(200, `{"id":"1"}`)(w, r)
	})
	c := s.connector(t)
	var all sync.WaitGroup
	send := func(conversation string) {
		all.Go(func() {
			_, err := c.Send(t.Context(), Place{s.URL, conversation}, Message{Text: "hello"})
			if err != nil {
				t.Error(err)
			}
		})
	}
	for range 20 {
		send("a:busy")
	}
	send("a:one")
	send("a:two")
	all.Wait()
	require.EqualValues(t, 1, most.Load())
	require.Len(t, s.seen(), 22)
}

func TestWaitingForALaneCanBeGivenUp(t *testing.T) {
	t.Parallel()
	s := newScript(t, answers(200, `{"id":"1"}`))
	c := s.connector(t)
	l, err := c.lanes.enter(t.Context(), "a:chat")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = c.Send(ctx, s.place(), Message{Text: "hello"})
	requireError(t, err, 0, "not sent", Retry)
	require.ErrorIs(t, err, context.Canceled)
	for range 20 { // a lane with room for two would let some of them in
		_, err = c.lanes.enter(ctx, "a:chat")
		require.ErrorIs(t, err, context.Canceled)
	}
	c.lanes.leave(l)
	_, err = c.Send(t.Context(), s.place(), Message{Text: "hello"})
	require.NoError(t, err)
}

func TestIdleLanesAreForgotten(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	ls := newLanes(func() time.Time { return now })
	visit := func(name string) *lane {
		l, err := ls.enter(t.Context(), name)
		require.NoError(t, err)
		ls.leave(l)
		return l
	}
	kept := visit("a:kept")
	kept.send.count(now)
	for i := range 2 * maxLanes {
		visit(fmt.Sprintf("a:%d", i))
		require.Same(t, kept, visit("a:kept"), "whoever is used stays")
	}
	require.Len(t, ls.open, maxLanes)
	require.Equal(t, maxLanes, ls.idle.Len())
	now = now.Add(laneIdle)
	visit("a:later")
	require.Len(t, ls.open, 1)
}
