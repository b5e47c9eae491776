//nolint:thelper // these functions are the tests themselves
package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

var exclusionTests = map[string]func(*testing.T, Store){
	"SaveHold over the revision before":          holds,
	"Holds lists what is not free":               holdsListed,
	"OpenDrift once, ChangeDrift while open":     drifts,
	"A stale drift leaves its transaction whole": staleDrift,
	"Requests by kind":                           byKind,
	"Prune forgets free holds and gone drifts":   pruneExclusions,
}

// exclusionContention are tried by two replicas.
var exclusionContention = map[string]func(*testing.T, []Store){
	"Two save one hold":  twoHolds,
	"Two open one drift": twoDrifts,
}

func hold(rev int, state access.HoldState) access.Hold {
	return access.Hold{
		Person: grady.ID, Policy: "policy", Rev: rev, State: state, Group: "group", Leases: []access.Ref{ref(1)},
		Since: Now(), Busy: Now().Add(time.Minute), Gone: []time.Time{Now()}, Trouble: "<none>",
	}
}

func drift(n int) access.Drift {
	return access.Drift{
		Ref: ref(n), Kind: access.Stranger, Policy: access.PolicyRef{ID: "policy", Name: "Policy"}, Person: grady,
		Detail: "in the group", Found: Now(), Told: []access.Person{lee},
	}
}

func holds(t *testing.T, s Store) {
	none, err := s.Hold(t.Context(), grady.ID, "policy")
	require.NoError(t, err)
	require.Equal(t, access.Hold{Person: grady.ID, Policy: "policy", State: access.Free}, none)
	save := func(h access.Hold) error {
		return s.Update(t.Context(), func(tx access.Tx) error { return tx.SaveHold(t.Context(), h) })
	}
	require.NoError(t, save(hold(1, access.Adding)))
	require.Equal(t, access.Stale, access.CodeOf(save(hold(1, access.Adding))))
	fine := hold(2, access.Held)
	fine.Since = fine.Since.Add(999_999)
	require.NoError(t, save(fine))
	require.Equal(t, access.Stale, access.CodeOf(save(hold(2, access.Held))))
	require.Equal(t, access.Stale, access.CodeOf(save(hold(4, access.Held))))
	kept, err := s.Hold(t.Context(), grady.ID, "policy")
	require.NoError(t, err)
	require.Equal(t, hold(2, access.Held), kept, "times are kept to the millisecond")
}

func holdsListed(t *testing.T, s Store) {
	update(t, s, func(tx access.Tx) error {
		for i, state := range []access.HoldState{access.Held, access.Free, access.Removing} {
			h := hold(1, state)
			h.Person = access.ID(fmt.Sprint("person ", i))
			if err := tx.SaveHold(t.Context(), h); err != nil {
				return err
			}
		}
		whole := hold(1, access.Held)
		whole.Person = ""
		return tx.SaveHold(t.Context(), whole)
	})
	all, err := s.Holds(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Equal(t, access.Held, all[0].State)
	require.Equal(t, access.Removing, all[1].State)
}

func drifts(t *testing.T, s Store) {
	do := func(change func(tx access.Tx) error) access.Code { return access.CodeOf(s.Update(t.Context(), change)) }
	open := func(d access.Drift) access.Code {
		return do(func(tx access.Tx) error { return tx.OpenDrift(t.Context(), d) })
	}
	require.Empty(t, open(drift(1)))
	require.Equal(t, access.Stale, open(drift(2)), "one like it is open")
	other := drift(1)
	other.Person = joni
	require.Equal(t, access.Stale, open(other), "the reference is taken")
	gone := drift(1)
	gone.Cleared = Now().Add(time.Hour)
	clear := func() access.Code { return do(func(tx access.Tx) error { return tx.ChangeDrift(t.Context(), gone) }) }
	require.Empty(t, clear())
	require.Equal(t, access.Stale, clear(), "it is cleared")
	require.Empty(t, open(drift(2)), "the one before is gone")
	kept, err := s.Drift(t.Context(), ref(1))
	require.NoError(t, err)
	require.Equal(t, gone, kept)
	all, err := s.Drifts(t.Context())
	require.NoError(t, err)
	require.Equal(t, []access.Drift{drift(2)}, all)
	_, err = s.Drift(t.Context(), ref(3))
	require.Equal(t, access.NotFound, access.CodeOf(err))
}

// What is refused inside a transaction must not spoil the rest of it.
func staleDrift(t *testing.T, s Store) {
	update(t, s, func(tx access.Tx) error { return tx.OpenDrift(t.Context(), drift(1)) })
	update(t, s, func(tx access.Tx) error {
		require.Equal(t, access.Stale, access.CodeOf(tx.OpenDrift(t.Context(), drift(2))))
		return tx.SaveHold(t.Context(), hold(1, access.Held))
	})
	kept, err := s.Hold(t.Context(), grady.ID, "policy")
	require.NoError(t, err)
	require.Equal(t, 1, kept.Rev)
}

func byKind(t *testing.T, s Store) {
	exclusion := asked(ref(2), Now())
	exclusion.Kind, exclusion.Terms.Policy = access.Exclusion, access.PolicyRef{ID: "policy", Name: "Policy"}
	exclusion.Outlook = &access.Outlook{At: Now(), Platform: "iOS", Applies: true}
	exclusion.Gone = []time.Time{Now(), Now().Add(time.Minute)}
	update(t, s, func(tx access.Tx) error {
		if err := tx.Insert(t.Context(), asked(ref(1), Now())); err != nil {
			return err
		}
		return tx.Insert(t.Context(), exclusion)
	})
	found, err := s.Requests(t.Context(), access.Filter{Kind: access.Exclusion, Person: joni.ID})
	require.NoError(t, err)
	require.Equal(t, []access.Request{exclusion}, found)
}

func pruneExclusions(t *testing.T, s Store) {
	old := hold(1, access.Free)
	old.Since = Now().Add(-48 * time.Hour)
	held := old
	held.Person, held.State = joni.ID, access.Held
	gone, open := drift(1), drift(2)
	gone.Found, open.Found = Now().Add(-72*time.Hour), Now().Add(-72*time.Hour)
	open.Person = joni
	update(t, s, func(tx access.Tx) error {
		for _, h := range []access.Hold{old, held} {
			if err := tx.SaveHold(t.Context(), h); err != nil {
				return err
			}
		}
		for _, d := range []access.Drift{gone, open} {
			if err := tx.OpenDrift(t.Context(), d); err != nil {
				return err
			}
		}
		gone.Cleared = Now().Add(-48 * time.Hour)
		return tx.ChangeDrift(t.Context(), gone)
	})
	require.NoError(t, s.Prune(t.Context(), Now().Add(-24*time.Hour)))
	forgotten, err := s.Hold(t.Context(), grady.ID, "policy")
	require.NoError(t, err)
	require.Zero(t, forgotten.Rev)
	kept, err := s.Hold(t.Context(), joni.ID, "policy")
	require.NoError(t, err)
	require.Equal(t, 1, kept.Rev)
	_, err = s.Drift(t.Context(), ref(1))
	require.Equal(t, access.NotFound, access.CodeOf(err))
	_, err = s.Drift(t.Context(), ref(2))
	require.NoError(t, err)
}

// won counts who of two succeeded; the other one is Stale.
func won(t *testing.T, replicas []Store, change func(tx access.Tx) error) {
	var both sync.WaitGroup
	codes := make([]access.Code, len(replicas))
	for i, s := range replicas {
		both.Go(func() { codes[i] = access.CodeOf(s.Update(t.Context(), change)) })
	}
	both.Wait()
	require.ElementsMatch(t, []access.Code{"", access.Stale}, codes)
}

func twoHolds(t *testing.T, replicas []Store) {
	for rev := 1; rev < 10; rev++ {
		won(t, replicas, func(tx access.Tx) error { return tx.SaveHold(t.Context(), hold(rev, access.Held)) })
	}
}

func twoDrifts(t *testing.T, replicas []Store) {
	var n sync.Mutex
	next := 0
	won(t, replicas, func(tx access.Tx) error {
		n.Lock()
		next++
		d := drift(next)
		n.Unlock()
		return tx.OpenDrift(t.Context(), d)
	})
}
