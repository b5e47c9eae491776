//nolint:thelper // these functions are the tests themselves
package storetest

import (
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

var contentionTests = map[string]func(*testing.T, []Store){
	"One of many changes wins":          oneChange,
	"One of many claims wins":           oneClaim,
	"One of many clicks is the first":   oneClick,
	"One of many inserts gets the name": oneInsert,
	"The chain grows whole under many":  oneChain,
}

const people = 24

// race runs do for many people at once, on all replicas, and counts those whom it
// did not tell that they were too late.
func race(t *testing.T, replicas []Store, do func(tx access.Tx, n int) error) int {
	t.Helper()
	var winners atomic.Int32
	var all sync.WaitGroup
	errs := make([]error, people)
	for n := range people {
		all.Go(func() {
			errs[n] = replicas[n%len(replicas)].Update(t.Context(), func(tx access.Tx) error {
				tx.Record(entry(fmt.Sprint("try ", n)))
				return do(tx, n)
			})
			if errs[n] == nil {
				winners.Add(1)
			}
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			requireCode(t, access.Stale, err)
		}
	}
	require.Equal(t, int64(winners.Load()), whole(t, replicas[0]).Last, "who lost leaves no trace")
	return int(winners.Load())
}

func oneChange(t *testing.T, replicas []Store) {
	r := asked(ref(1), Now())
	insert(t, replicas[0], r)
	require.Equal(t, 1, race(t, replicas, func(tx access.Tx, n int) error {
		next := moved(r, []access.State{access.Approved, access.Denied}[n%2])
		next.Decision = &access.Decision{By: access.Person{ID: access.ID(fmt.Sprint("approver ", n))}, At: Now(), Approve: n%2 == 0}
		if err := tx.Change(t.Context(), access.Asked, next); err != nil {
			return err
		}
		return tx.Enqueue(t.Context(), access.Job{Kind: access.Redraw, Ref: r.Ref})
	}))
	got, err := replicas[0].Request(t.Context(), r.Ref)
	require.NoError(t, err)
	require.Equal(t, r.Rev+1, got.Rev)
	for _, s := range replicas {
		same, err := s.Request(t.Context(), r.Ref)
		require.NoError(t, err)
		require.Equal(t, got, same, "everybody sees the same outcome")
	}
	waiting, err := replicas[1].Waiting(t.Context(), 10)
	require.NoError(t, err)
	require.Len(t, waiting, 1)
	entries, err := replicas[0].Entries(t.Context(), r.Ref, "", 0)
	require.NoError(t, err)
	require.Equal(t, string(got.Decision.By.ID), "approver "+entries[0].Action[len("try "):], "state and audit are of the same person")
}

func oneClaim(t *testing.T, replicas []Store) {
	require.Equal(t, 1, race(t, replicas, func(tx access.Tx, n int) error {
		return tx.Claim(t.Context(), access.Reveal{Ref: ref(1), Attempt: 1, Actor: access.ID(strconv.Itoa(n)), State: access.Claimed})
	}))
}

func oneClick(t *testing.T, replicas []Store) {
	var firsts atomic.Int32
	require.Equal(t, people, race(t, replicas, func(tx access.Tx, _ int) error {
		first, err := tx.First(t.Context(), access.Click{Actor: adele.ID, Ref: ref(1), Rev: 1, Verb: "reveal"})
		if first {
			firsts.Add(1)
		}
		return err
	}))
	require.Equal(t, int32(1), firsts.Load())
}

func oneInsert(t *testing.T, replicas []Store) {
	require.Equal(t, 1, race(t, replicas, func(tx access.Tx, _ int) error {
		return tx.Insert(t.Context(), asked(ref(1), Now()))
	}))
}

func oneChain(t *testing.T, replicas []Store) {
	const each = 5
	var all sync.WaitGroup
	errs := make([]error, people)
	for n := range people {
		all.Go(func() {
			for m := range each {
				s := replicas[(n+m)%len(replicas)]
				errs[n] = errors.Join(errs[n], s.Update(t.Context(), func(tx access.Tx) error {
					for range m + 1 {
						tx.Record(entry(fmt.Sprint(n, " ", m)))
					}
					return nil
				}))
				_, err := s.Head(t.Context())
				errs[n] = errors.Join(errs[n], err)
			}
		})
	}
	all.Wait()
	require.NoError(t, errors.Join(errs...))
	require.Equal(t, int64(people*(1+2+3+4+5)), whole(t, replicas[1]).Last)
}
