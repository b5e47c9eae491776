package graph

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// queue lets calls take their turns in a bucket and notes when each went.
type queue struct {
	*bucket
	t     *testing.T
	began time.Time
	mu    sync.Mutex
	went  []string
	all   sync.WaitGroup
}

func newQueue(t *testing.T, most int, per time.Duration) *queue {
	t.Helper()
	return &queue{bucket: newBucket(most, per), t: t, began: time.Now()}
}

// call joins the queue at once and takes its turn when it comes.
func (q *queue) call(ctx context.Context, name string, calls int) {
	q.all.Go(func() {
		err := q.take(ctx, calls, 0)
		q.mu.Lock()
		defer q.mu.Unlock()
		if err != nil {
			name += " not"
		}
		q.went = append(q.went, fmt.Sprintf("%s %s", name, time.Since(q.began)))
	})
	synctest.Wait()
}

func (q *queue) order() []string {
	q.all.Wait()
	return q.went
}

func TestBucketKeepsToItsLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t, 2, 10*time.Second)
		for _, name := range []string{"a", "b", "c", "d", "e"} {
			q.call(t.Context(), name, 1)
			<-time.After(time.Second)
		}
		// Never three in any ten seconds, and none later than it need be.
		require.Equal(t, []string{"a 0s", "b 1s", "c 10s", "d 11s", "e 20s"}, q.order())
		<-time.After(time.Hour)
		q.call(t.Context(), "f", 1)
		require.Equal(t, "f 1h0m20s", q.order()[5], "it fills up again, and not beyond")
		q.call(t.Context(), "g", 1)
		q.call(t.Context(), "h", 1)
		require.Equal(t, []string{"g 1h0m20s", "h 1h0m30s"}, q.order()[6:])
	})
}

func TestBucketCountsEachRequestOfABatch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t, 5, 10*time.Second)
		q.call(t.Context(), "three", 3)
		q.call(t.Context(), "three more", 3)
		q.call(t.Context(), "one", 1) // there would be room, but it came later
		require.Equal(t, []string{"three 0s", "three more 10s", "one 10s"}, q.order())
	})
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t, 5, 10*time.Second)
		q.call(t.Context(), "more than fit", 7)
		q.call(t.Context(), "then", 1)
		require.Equal(t, []string{"more than fit 0s", "then 10s"}, q.order())
	})
}

func TestPeopleGoBeforeJobs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t, 1, 10*time.Second)
		job := Background(t.Context())
		q.call(t.Context(), "first", 1)
		q.call(job, "job", 1)
		q.call(job, "second job", 1)
		q.call(t.Context(), "person", 1)
		q.call(t.Context(), "another", 1)
		require.Equal(t, []string{"first 0s", "person 10s", "another 20s", "job 30s", "second job 40s"}, q.order())
	})
}

// However busy people are, a job has let enough of them go first after a while.
func TestJobsAreNotStarved(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t, 1, 10*time.Second)
		q.call(Background(t.Context()), "first job", 1)
		q.call(Background(t.Context()), "job", 1)
		for i := range 30 {
			q.call(t.Context(), strconv.Itoa(i), 1)
			<-time.After(5 * time.Second)
		}
		require.Equal(t, []string{"first job 0s", "0 10s", "1 20s", "2 30s", "3 40s", "job 50s", "4 1m0s"}, q.order()[:7], "after those who came in its first 20 s")
	})
}

func TestBucketDoesNotWaitInVain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t, 1, 10*time.Second)
		short, cancel := context.WithTimeout(t.Context(), 15*time.Second)
		defer cancel()
		q.call(t.Context(), "a", 1)
		q.call(short, "b", 1)
		q.call(short, "c", 1) // its turn would come after 20 s
		q.call(t.Context(), "d", 1)
		require.Equal(t, []string{"a 0s", "c not 0s", "b 10s", "d 20s"}, q.order())
		err := q.take(short, 1, 0)
		require.ErrorIs(t, err, errNoTurn)
		require.Equal(t, 10*time.Second, afterOf(err))
	})
}

func TestBucketTellsWhoIsOvertaken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t, 1, 10*time.Second)
		short, cancel := context.WithTimeout(t.Context(), 15*time.Second)
		defer cancel()
		q.call(t.Context(), "a", 1)
		q.call(Background(short), "job", 1)
		<-time.After(time.Second)
		q.call(t.Context(), "person", 1) // now the job's turn would come too late
		require.Equal(t, []string{"a 0s", "job not 1s", "person 10s"}, q.order())
	})
}

func TestBucketLetsGoOfWhoLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t, 1, 10*time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		q.call(t.Context(), "a", 1)
		q.call(ctx, "b", 1)
		q.call(t.Context(), "c", 1)
		<-time.After(time.Second)
		cancel()
		require.Equal(t, []string{"a 0s", "b not 1s", "c 10s"}, q.order())
	})
}

func TestBucketLeavesTimeToSpare(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t, 1, 10*time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), 14*time.Second)
		defer cancel()
		require.NoError(t, q.take(ctx, 1, 5*time.Second))
		require.ErrorIs(t, q.take(ctx, 1, 5*time.Second), errNoTurn)
		require.NoError(t, q.take(ctx, 1, 3*time.Second))
	})
}

func TestBucketClosesWhenGraphSaysSo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t, 5, 10*time.Second)
		q.close(20 * time.Second)
		q.close(3 * time.Second) // the longest holds
		q.call(t.Context(), "a", 1)
		require.Equal(t, []string{"a 20s"}, q.order())
		q.close(10 * time.Hour)
		q.call(t.Context(), "b", 1)
		require.Equal(t, "b 1m20s", q.order()[1], "somebody must look again")
	})
}

func TestLimitsCountEveryPath(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, began := newLimits(nil), time.Now()
		batch := []string{"/users/x/authentication/methods", "/users/x", "/auditLogs/signIns", "/reports/x", "/identity/conditionalAccess/policies"}
		require.NoError(t, l.take(t.Context(), 0, batch...))
		require.NoError(t, l.take(t.Context(), 0, batch[:2]...))
		require.Zero(t, time.Since(began))
		require.NoError(t, l.take(t.Context(), 0, batch[4]))
		require.Equal(t, policiesPer, time.Since(began))
		require.NoError(t, l.take(t.Context(), 0, batch[:3]...)) // four went before, and five may
		require.Equal(t, methodsPer, time.Since(began))
	})
}

// Conditional Access says that there were too many, and not when to come again.
func TestARefusalWithoutATimeHoldsForASecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, path := newLimits(nil), "/auditLogs/signIns"
		l.refused(path, 0)
		began := time.Now()
		require.NoError(t, l.take(t.Context(), 0, path))
		require.Equal(t, time.Second, time.Since(began))
	})
}

func TestLimitsOfPaths(t *testing.T) {
	t.Parallel()
	l := newLimits(nil)
	for path, want := range map[string]*bucket{
		"/users/x/authentication/methods":                                              l.methods,
		"/users/x/authentication/temporaryAccessPassMethods/y":                         l.methods,
		"/auditLogs/signIns?$filter=userId":                                            l.methods,
		"/reports/authenticationMethods/userRegistrationDetails":                       l.methods,
		"/identity/conditionalAccess/policies":                                         l.policies,
		"/identity/conditionalAccess/evaluate":                                         l.policies,
		"/users?$filter=startswith(displayName,'/authentication/')":                    nil,
		"/users/x/transitiveMemberOf":                                                  nil,
		"/groups":                                                                      nil,
		"/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/all": nil,
	} {
		require.Same(t, want, l.of(path), path)
	}
	var none *limits
	require.Nil(t, none.of("/auditLogs/signIns"))
}

func TestBucketTellsHowBusyItIs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t, 2, 10*time.Second)
		require.Zero(t, q.wait(time.Now()))
		q.call(t.Context(), "a", 2)
		require.Equal(t, 10*time.Second, q.wait(time.Now()))
		q.call(t.Context(), "b", 2)
		require.Equal(t, 20*time.Second, q.wait(time.Now()))
		<-time.After(3 * time.Second)
		require.Equal(t, 17*time.Second, q.wait(time.Now()))
		q.order()
	})
	synctest.Test(t, func(t *testing.T) { // what others have booked, as far as it was seen
		s := &shared{}
		one, two := s.replica(t, 1, 10*time.Second), s.replica(t, 1, 10*time.Second)
		one.call(t.Context(), "a", 1)
		two.call(t.Context(), "b", 1)
		require.Equal(t, 10*time.Second, two.wait(time.Now()))
		one.order()
		two.order()
	})
}

// A long reading leaves room for people: it never fills the bucket by itself.
func TestALongReadingStandsAside(t *testing.T) {
	t.Parallel()
	require.Zero(t, (*limits)(nil).aside())
	l := newLimits(nil)
	at, sent := time.Now(), []time.Time(nil)
	for range 20 {
		at = at.Add(l.aside())
		var went time.Time
		went, sent = l.methods.plan(sent, at, 1)
		require.Equal(t, at, went, "it waits for nobody")
		click, _ := l.methods.plan(sent, at, methodCalls-asideCalls)
		require.Equal(t, at, click, "and nobody for it")
	}
}
