//nolint:thelper // these functions are the tests themselves
package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

var tellingTests = map[string]func(*testing.T, Store){
	"SaveLock keeps the longer one":                locks,
	"Sent counts what was asked after a moment":    sent,
	"Decided counts decisions after a moment":      decided,
	"Alarms are kept":                              alarms,
	"Prune forgets locks, decisions and alarms":    pruneTelling,
	"Who was told, and that it was not them, stay": disowned,
}

// countingTests are tried by two replicas.
var countingTests = map[string]func(*testing.T, []Store){
	"Who counts waits for who counts, too":     counting,
	"The longer of two locks at once stays":    twoLocks,
	"One of many lifts a lock":                 oneLift,
	"Who counts about many waits in one order": countingMany,
}

func lockUntil(until time.Time) access.Lock {
	return access.Lock{Person: joni, Since: Now(), Until: until, Why: "<three>", By: megan, Ref: ref(1)}
}

func saveLock(t *testing.T, s Store, l access.Lock) {
	t.Helper()
	update(t, s, func(tx access.Tx) error { return tx.SaveLock(t.Context(), l) })
}

func locks(t *testing.T, s Store) {
	is := func(want access.Lock) {
		t.Helper()
		got, err := s.Lock(t.Context(), joni.ID)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	is(access.Lock{})
	fine := lockUntil(Now().Add(time.Hour))
	fine.Since = fine.Since.Add(999_999)
	saveLock(t, s, fine)
	is(lockUntil(Now().Add(time.Hour))) // times are kept to the millisecond
	saveLock(t, s, lockUntil(Now().Add(time.Minute)))
	is(lockUntil(Now().Add(time.Hour)))
	saveLock(t, s, lockUntil(Now().Add(2*time.Hour)))
	is(lockUntil(Now().Add(2 * time.Hour)))
	saveLock(t, s, lockUntil(time.Time{}))
	is(lockUntil(time.Time{}))
	saveLock(t, s, lockUntil(Now().Add(1000*time.Hour)))
	is(lockUntil(time.Time{}))
	lift := func() error {
		return s.Update(t.Context(), func(tx access.Tx) error { return tx.LiftLock(t.Context(), joni.ID) })
	}
	require.NoError(t, lift())
	is(access.Lock{})
	requireCode(t, access.Stale, lift())
}

func sent(t *testing.T, s Store) {
	at := Now()
	for i, state := range access.States() {
		r := asked(ref(10+i), at.Add(-time.Duration(i)*time.Minute))
		if r.State = state; state == access.Draft {
			r.Asked = time.Time{}
		}
		insert(t, s, r)
	}
	other := asked(ref(1), at)
	other.Asker, other.Person = bianca, grady
	old := asked(ref(2), at.Add(-2*time.Hour))
	insert(t, s, other, old)
	n := len(access.States()) - 1
	for _, c := range []struct {
		asker, person access.ID
		since         time.Duration
		want          int
	}{
		{adele.ID, "", time.Hour, n},
		{"", joni.ID, time.Hour, n},
		{adele.ID, joni.ID, time.Hour, n},
		{"", "", time.Hour, n + 1},
		{bianca.ID, "", time.Hour, 1},
		{"", grady.ID, time.Hour, 1},
		{bianca.ID, joni.ID, time.Hour, 0},
		{adele.ID, "", 3 * time.Hour, n + 1},
		{adele.ID, "", 2 * time.Minute, 1},
		{"nobody", "", time.Hour, 0},
	} {
		got, err := s.Sent(t.Context(), c.asker, c.person, at.Add(-c.since))
		require.NoError(t, err)
		require.Equal(t, c.want, got, "%+v", c)
	}
}

func decided(t *testing.T, s Store) {
	update(t, s, func(tx access.Tx) error {
		for i := range 3 {
			require.NoError(t, tx.SaveDecision(t.Context(), ref(i), megan.ID, Now().Add(-time.Duration(i)*time.Hour)))
		}
		require.NoError(t, tx.SaveDecision(t.Context(), ref(0), megan.ID, Now()), "twice is once")
		return tx.SaveDecision(t.Context(), ref(0), lee.ID, Now())
	})
	for since, want := range map[time.Duration]int{time.Hour: 1, 90 * time.Minute: 2, 24 * time.Hour: 3} {
		n, err := s.Decided(t.Context(), megan.ID, Now().Add(-since))
		require.NoError(t, err)
		require.Equal(t, want, n, since)
	}
}

func alarms(t *testing.T, s Store) {
	_, err := s.Alarm(t.Context(), "AL-1")
	requireCode(t, access.NotFound, err)
	a := access.Alarm{Ref: "AL-1", Kind: access.Disowned, At: Now(), By: joni, Person: joni, Asker: adele, Request: ref(1), Detail: "<b>"}
	update(t, s, func(tx access.Tx) error { return tx.SaveAlarm(t.Context(), a) })
	got, err := s.Alarm(t.Context(), "AL-1")
	require.NoError(t, err)
	require.Equal(t, a, got)
}

func pruneTelling(t *testing.T, s Store) {
	cutoff := Now().Add(-retention)
	saveLock(t, s, lockUntil(cutoff.Add(-time.Millisecond)))
	ever := lockUntil(time.Time{})
	ever.Person = grady
	saveLock(t, s, ever)
	update(t, s, func(tx access.Tx) error {
		require.NoError(t, tx.SaveDecision(t.Context(), ref(1), megan.ID, Now().Add(-25*time.Hour)))
		require.NoError(t, tx.SaveDecision(t.Context(), ref(2), megan.ID, Now().Add(-8*24*time.Hour)))
		require.NoError(t, tx.SaveAlarm(t.Context(), access.Alarm{Ref: "AL-1", At: cutoff.Add(-time.Hour)}))
		return tx.SaveAlarm(t.Context(), access.Alarm{Ref: "AL-2", At: cutoff})
	})
	require.NoError(t, s.Prune(t.Context(), cutoff))
	gone, err := s.Lock(t.Context(), joni.ID)
	require.NoError(t, err)
	require.Zero(t, gone)
	stays, err := s.Lock(t.Context(), grady.ID)
	require.NoError(t, err)
	require.Equal(t, ever, stays, "what nobody has lifted stays")
	n, err := s.Decided(t.Context(), megan.ID, cutoff)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	_, err = s.Alarm(t.Context(), "AL-1")
	requireCode(t, access.NotFound, err)
	_, err = s.Alarm(t.Context(), "AL-2")
	require.NoError(t, err)
}

func disowned(t *testing.T, s Store) {
	r := asked(ref(1), Now())
	insert(t, s, r)
	next := moved(r, access.Asked)
	next.Told = []access.Person{joni, megan}
	next.Disowned = access.Disowning{By: joni, At: Now().Add(999_999), Revoked: Now().Add(999_999)}
	update(t, s, func(tx access.Tx) error { return tx.Change(t.Context(), access.Asked, next) })
	next.Disowned.At, next.Disowned.Revoked = Now(), Now()
	for range 2 { // read, and remembered
		got, err := s.Request(t.Context(), r.Ref)
		require.NoError(t, err)
		require.Equal(t, next, got)
		got.Told[0] = lee // whoever got it may change it
	}
}

// counting lets many add to what they have counted: nobody counts past another.
func counting(t *testing.T, replicas []Store) {
	const most = 5
	var sent atomic.Int32
	var all sync.WaitGroup
	for n := range people {
		all.Go(func() {
			err := replicas[n%len(replicas)].Update(t.Context(), func(tx access.Tx) error {
				if err := tx.Counting(t.Context(), adele.ID); err != nil {
					return err
				}
				have, err := tx.Sent(t.Context(), adele.ID, "", Now().Add(-time.Hour))
				if err != nil || have >= most {
					return err
				}
				sent.Add(1)
				return tx.Insert(t.Context(), asked(access.Ref(fmt.Sprint("PD-C", n)), Now()))
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, most, sent.Load())
}

func twoLocks(t *testing.T, replicas []Store) {
	var all sync.WaitGroup
	for n := range people {
		all.Go(func() {
			until := Now().Add(time.Duration(n+1) * time.Hour)
			if n == people/2 {
				until = time.Time{}
			}
			err := replicas[n%len(replicas)].Update(t.Context(), func(tx access.Tx) error { return tx.SaveLock(t.Context(), lockUntil(until)) })
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	got, err := replicas[0].Lock(t.Context(), joni.ID)
	require.NoError(t, err)
	require.True(t, got.Until.IsZero(), got.Until)
}

func oneLift(t *testing.T, replicas []Store) {
	saveLock(t, replicas[0], lockUntil(time.Time{}))
	require.Equal(t, 1, race(t, replicas, func(tx access.Tx, _ int) error { return tx.LiftLock(t.Context(), joni.ID) }))
}

func countingMany(t *testing.T, replicas []Store) {
	var all sync.WaitGroup
	for n := range people {
		all.Go(func() {
			who := []access.ID{adele.ID, bianca.ID, joni.ID}
			who[n%3], who[0] = who[0], who[n%3]
			err := replicas[n%len(replicas)].Update(t.Context(), func(tx access.Tx) error { return tx.Counting(t.Context(), who...) })
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}
