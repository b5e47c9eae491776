package graph_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/graph"
)

func paced(o *graph.Options) { o.Paced = true }

// A burst is slow, not refused: never more than five calls in ten seconds go out
// to methods, and other calls do not wait for them.
func TestABurstIsSpread(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*graph.Options){"paced": paced, "not paced": func(*graph.Options) {}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newUntimed(map[string]answer{"GET /users/": listOf(), "GET /users?": listOf()})
				d := f.directory(t, change)
				began := time.Now()
				var all sync.WaitGroup
				for i := range 50 {
					all.Go(func() {
						_, err := d.Passes(t.Context(), access.ID(fmt.Sprintf("person-%d", i)))
						require.NoError(t, err)
					})
				}
				synctest.Wait()
				_, err := d.Find(t.Context(), "joni")
				require.NoError(t, err)
				require.Zero(t, time.Since(began), "a call that counts elsewhere waited")
				all.Wait()
				if name == "not paced" {
					require.Zero(t, time.Since(began))
					return
				}
				require.Less(t, time.Since(began), 95*time.Second, "slower than need be")
				var sent []time.Time
				for _, c := range f.received() {
					if c.path != "" && c.path[:7] == "/users/" {
						sent = append(sent, c.at)
					}
				}
				require.Len(t, sent, 50)
				for i := 5; i < len(sent); i++ {
					require.GreaterOrEqual(t, sent[i].Sub(sent[i-5]), 10*time.Second)
				}
			})
		})
	}
}

// The one read of methods within a batch counts; a batch without one does not
// wait.
func TestABatchWaitsForItsParts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newUntimed(ordinary())
		d := f.directory(t, paced)
		began := time.Now()
		for range 5 {
			_, err := d.Facts(t.Context(), everybody)
			require.NoError(t, err)
		}
		require.Zero(t, time.Since(began))
		_, err := d.Facts(t.Context(), access.Question{Actor: adele})
		require.NoError(t, err)
		require.Zero(t, time.Since(began))
		_, err = d.Facts(t.Context(), everybody)
		require.NoError(t, err)
		require.Greater(t, time.Since(began), 10*time.Second)
	})
}

// What cannot have its turn in time is told so at once, with the time.
func TestNoTurnInTime(t *testing.T) {
	t.Parallel()
	answers := ordinary()
	answers["GET "+passesPath] = listOf()
	synctest.Test(t, func(t *testing.T) {
		f := newUntimed(answers)
		d := f.directory(t, paced)
		for range 5 {
			_, err := d.Passes(t.Context(), joni)
			require.NoError(t, err)
		}
		began := time.Now()
		<-time.After(4 * time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), 6*time.Second)
		defer cancel()
		_, err := d.Facts(ctx, everybody)
		e := wants(t, err, access.Unavailable)
		require.Equal(t, "Entra is busy at the moment, so nothing was done. Try again in 7 seconds.", e.Say)
		require.InDelta(t, 6.25, e.After.Seconds(), 0.1)
		require.ErrorContains(t, err, "no turn")

		longer, stop := context.WithTimeout(t.Context(), 9*time.Second)
		defer stop()
		_, _, err = d.IssuePass(longer, joni, access.Terms{Minutes: 60}) // 3 s would be left for it
		wants(t, err, access.Unavailable)
		require.Equal(t, 4*time.Second, time.Since(began))
		require.Len(t, f.received(), 5, "sent beyond the limit")
		require.NoError(t, d.Ready(ctx), "other calls go on")
	})
}

func TestSomebodyWhoWaitsGoesBeforeAJob(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newUntimed(map[string]answer{"GET /users/": listOf()})
		d := f.directory(t, paced)
		var all sync.WaitGroup
		call := func(ctx context.Context, who string) {
			all.Go(func() {
				_, err := d.Passes(ctx, access.ID(who))
				require.NoError(t, err)
			})
			synctest.Wait()
		}
		for range 7 {
			call(graph.Background(t.Context()), "job")
		}
		call(t.Context(), "person")
		all.Wait()
		require.Contains(t, f.received()[5].path, "person")
	})
}

// Others may use up what Graph allows: its 429 is heeded by all who wait.
func TestARefusalHoldsBackTheOthers(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		key  string
		call func(context.Context, *graph.Directory) error
	}{
		"alone": {"GET /users/busy/", func(ctx context.Context, d *graph.Directory) error {
			_, err := d.Passes(ctx, "busy")
			return err
		}},
		"in a batch": {methodsKey, func(ctx context.Context, d *graph.Directory) error {
			_, err := d.Facts(ctx, everybody)
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answers := ordinary()
			answers["GET "+passesPath] = listOf()
			answers["GET /users/busy/"] = listOf()
			answers[tt.key] = first(after(429, "8"), answers[tt.key])
			synctest.Test(t, func(t *testing.T) {
				f := newUntimed(answers)
				d := f.directory(t, paced)
				began := time.Now()
				var all sync.WaitGroup
				all.Go(func() { require.NoError(t, tt.call(t.Context(), d)) })
				synctest.Wait()
				_, err := d.Passes(t.Context(), joni)
				require.NoError(t, err)
				require.Equal(t, 8*time.Second, time.Since(began))
				all.Wait()
				require.Equal(t, 8*time.Second, time.Since(began))
			})
		})
	}
}
