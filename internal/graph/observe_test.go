package graph

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestOutcomeOf(t *testing.T) {
	t.Parallel()
	for want, errs := range map[Outcome][]error{
		OutcomeOK:         {nil},
		OutcomeBusy:       {&fault{sent: true, status: 429}},
		OutcomeDenied:     {&fault{status: 401}, &fault{status: 403}, unavailable(&fault{status: 403})},
		OutcomeRefused:    {&fault{status: 404}, &fault{status: 400}},
		OutcomeFailed:     {&fault{status: 500}, &fault{status: 504}, undecodable(200, nil), errors.New("ours")},
		OutcomeUnanswered: {&fault{sent: true, cause: errors.New("reset")}, &fault{cause: errors.New("refused")}},
		OutcomeNoToken:    {&fault{cause: errors.Join(errToken, errors.New("login down"))}},
		OutcomeNoTurn:     {&fault{cause: errNoTurn}, &fault{cause: errors.Join(errNoTime)}},
	} {
		require.Contains(t, Outcomes(), want)
		for _, err := range errs {
			require.Equal(t, want, outcomeOf(err), "%v", err)
		}
	}
}

// How full a bucket is: of this process, and with others as far as it knows.
func TestLevel(t *testing.T) {
	t.Parallel()
	b := newBucket(5, time.Hour)
	require.Equal(t, Level{Bucket: BucketMethods, Most: 5}, b.level(BucketMethods, time.Now()))
	require.NoError(t, b.take(t.Context(), 3, 0))
	require.Equal(t, Level{Bucket: BucketMethods, Used: 3, Most: 5}, b.level(BucketMethods, time.Now()))
	require.NoError(t, b.take(t.Context(), 2, 0))
	full := b.level(BucketMethods, time.Now())
	require.Equal(t, 5, full.Used)
	require.InDelta(t, time.Hour, full.Wait, float64(time.Minute))
	require.Zero(t, b.level(BucketMethods, time.Now().Add(2*time.Hour)).Used)

	text := ""
	shared := newLimits(func(_ context.Context, _ string, change func(string) string) error { text = change(text); return nil })
	require.NoError(t, shared.methods.take(t.Context(), 2, 0))
	text += " " + written([]time.Time{time.Now()}) // of another replica
	require.NoError(t, shared.methods.take(t.Context(), 1, 0))
	require.Equal(t, 4, shared.methods.level(BucketMethods, time.Now()).Used)
}

func TestGraphsMessagesNameNobody(t *testing.T) {
	t.Parallel()
	f := &fault{status: 404, code: "Request_ResourceNotFound", message: "Resource 'Joni Sherman' of '87d349ed-44d7-43e1-9a83-5f2406dee5bd' does not exist"}
	require.Equal(t, "graph answered 404 Request_ResourceNotFound: Resource '…' of '87d349ed-44d7-43e1-9a83-5f2406dee5bd' does not exist", f.Error())
}
