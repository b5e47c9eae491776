package bot

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

var aClick = access.Click{Actor: "a", Ref: "PD-7K3M", Rev: 2, Verb: "approve"}

func TestWindowAnswersAtOnceWhenTheCallIsQuick(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWindow[int]()
		began := time.Now()
		got, err := w.do(t.Context(), patience, aClick, func(context.Context) (int, error) { return 7, nil })
		require.NoError(t, err)
		require.Equal(t, 7, got)
		require.Zero(t, time.Since(began))
	})
}

func TestWindowAnswersInTimeAndTheCallGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWindow[int]()
		var calls atomic.Int32
		slow := func(ctx context.Context) (int, error) {
			calls.Add(1)
			select {
			case <-time.After(4 * time.Second):
				return 7, nil
			case <-ctx.Done():
				return 0, ctx.Err()
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		began := time.Now()
		_, err := w.do(ctx, patience, aClick, slow)
		require.ErrorIs(t, err, errPending)
		require.Equal(t, patience, time.Since(began))

		cancel() // the client has gone; the next press joins all the same
		got, err := w.do(t.Context(), patience, aClick, slow)
		require.NoError(t, err)
		require.Equal(t, 7, got)
		require.Equal(t, 4*time.Second, time.Since(began))
		require.EqualValues(t, 1, calls.Load())
	})
}

func TestWindowJoinsIdenticalClicksOnly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWindow[int]()
		var calls atomic.Int32
		call := func(context.Context) (int, error) {
			calls.Add(1)
			<-time.After(time.Second)
			return 1, nil
		}
		var all sync.WaitGroup
		for i := range 20 {
			c := aClick
			c.Rev += i % 2
			all.Go(func() { _, _ = w.do(t.Context(), patience, c, call) })
		}
		all.Wait()
		require.EqualValues(t, 2, calls.Load())
	})
}

func TestWindowTellsALateFailureOnceAndKeepsNoOutcome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWindow[string]()
		no := access.Fail(access.Refused, "no")
		slow := func(context.Context) (string, error) { <-time.After(3 * time.Second); return "", no }
		_, err := w.do(t.Context(), patience, aClick, slow)
		require.ErrorIs(t, err, errPending)
		<-time.After(5 * time.Second)

		quick := func(context.Context) (string, error) { return "fresh", nil }
		_, err = w.do(t.Context(), patience, aClick, quick)
		require.ErrorIs(t, err, no)
		got, err := w.do(t.Context(), patience, aClick, quick)
		require.NoError(t, err)
		require.Equal(t, "fresh", got)
		require.Empty(t, w.running)
		require.Empty(t, w.failed)
	})
}

func TestWindowForgetsALateFailureAfterAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWindow[int]()
		slow := func(context.Context) (int, error) { <-time.After(3 * time.Second); return 0, errors.New("x") }
		_, err := w.do(t.Context(), patience, aClick, slow)
		require.ErrorIs(t, err, errPending)
		<-time.After(2 * failureKept)
		_, err = w.do(t.Context(), patience, aClick, func(context.Context) (int, error) { return 1, nil })
		require.NoError(t, err)
	})
}

func TestWindowIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWindow[int]()
		slow := func(context.Context) (int, error) { <-time.After(10 * time.Second); return 0, nil }
		for i := range mostCalls {
			c := aClick
			c.Rev = i
			go func() { _, _ = w.do(t.Context(), patience, c, slow) }()
		}
		synctest.Wait()
		c := aClick
		c.Rev = mostCalls
		_, err := w.do(t.Context(), patience, c, slow)
		require.ErrorIs(t, err, errBusy)
		require.NoError(t, w.close(t.Context()))
	})
}

func TestWindowSurvivesAPanic(t *testing.T) {
	t.Parallel()
	w := newWindow[int]()
	_, err := w.do(t.Context(), patience, aClick, func(context.Context) (int, error) { panic("boom") })
	require.ErrorContains(t, err, "boom")
	require.Equal(t, access.Internal, access.CodeOf(err))
}

func TestWindowDrainsAndThenCutsOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWindow[int]()
		deaf := func(ctx context.Context) (int, error) { <-ctx.Done(); return 0, ctx.Err() }
		go func() { _, _ = w.do(t.Context(), patience, aClick, deaf) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		require.ErrorIs(t, w.close(ctx), context.DeadlineExceeded)
		require.Equal(t, time.Second, time.Since(began))
		_, err := w.do(t.Context(), patience, aClick, deaf)
		require.ErrorIs(t, err, errBusy)
	})
}
