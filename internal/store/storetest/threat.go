//nolint:thelper // these functions are the tests themselves
package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

var threatTests = map[string]func(*testing.T, Store){
	"SaveThreat over the revision before":      threats,
	"A stale threat leaves nothing behind":     staleThreat,
	"Unreviewed emergencies are found":         unreviewed,
	"Prune keeps what is not reviewed":         pruneUnreviewed,
	"A review is kept, to the millisecond":     reviewKept,
	"What is remembered of a review is a copy": reviewCopied,
}

var threatContention = map[string]func(*testing.T, []Store){
	"Two switch threat mode": twoThreats,
}

func threat(rev int, on bool) access.Threat {
	return access.Threat{
		Ref: ref(1), Rev: rev, On: on, Since: Now(), By: lee, Reason: "<rung up>",
		First: megan, FirstAt: Now(), Actor: megan, Group: []access.Person{lee, megan}, Security: []access.Person{grady},
	}
}

func threats(t *testing.T, s Store) {
	none, err := s.Threat(t.Context())
	require.NoError(t, err)
	require.Equal(t, access.Threat{}, none)
	save := func(v access.Threat) access.Code {
		return access.CodeOf(s.Update(t.Context(), func(tx access.Tx) error { return tx.SaveThreat(t.Context(), v) }))
	}
	require.Equal(t, access.Stale, save(threat(2, true)), "there is none to change")
	require.Empty(t, save(threat(1, true)))
	require.Equal(t, access.Stale, save(threat(1, true)))
	later := threat(2, false)
	later.Since = later.Since.Add(999_999)
	require.Empty(t, save(later))
	require.Equal(t, access.Stale, save(threat(2, true)))
	require.Equal(t, access.Stale, save(threat(4, true)))
	kept, err := s.Threat(t.Context())
	require.NoError(t, err)
	require.Equal(t, threat(2, false), kept)
}

func staleThreat(t *testing.T, s Store) {
	before := whole(t, s).Last
	err := s.Update(t.Context(), func(tx access.Tx) error {
		tx.Record(entry("threat on"))
		return tx.SaveThreat(t.Context(), threat(7, true))
	})
	requireCode(t, access.Stale, err)
	require.Equal(t, before, whole(t, s).Last)
}

func twoThreats(t *testing.T, replicas []Store) {
	for rev := 1; rev < 10; rev++ {
		won(t, replicas, func(tx access.Tx) error { return tx.SaveThreat(t.Context(), threat(rev, rev%2 == 1)) })
	}
	for _, s := range replicas {
		now, err := s.Threat(t.Context())
		require.NoError(t, err)
		require.Equal(t, 9, now.Rev, "both read the same")
	}
}

// emergency is one that came into force and has ended.
func emergency(n int, at time.Time) access.Request {
	r := asked(ref(n), at)
	r.State, r.Terms.Emergency = access.Ended, true
	r.Review = &access.Review{Security: []access.Person{grady}, Due: at.Add(24 * time.Hour), Next: at.Add(24 * time.Hour)}
	return r
}

func reviewed(r access.Request) access.Request {
	v := *r.Review
	v.By, v.At, v.Word, v.Next = grady, v.Due, "fine", time.Time{}
	r.Rev++
	r.Review = &v
	return r
}

func unreviewed(t *testing.T, s Store) {
	open, done := emergency(1, Now()), emergency(2, Now())
	sent := emergency(3, Now())
	sent.Review = &access.Review{Security: []access.Person{grady}}
	insert(t, s, open, done, sent, asked(ref(4), Now()))
	update(t, s, func(tx access.Tx) error { return tx.Change(t.Context(), access.Ended, reviewed(done)) })
	found, err := s.Requests(t.Context(), access.Filter{Unreviewed: true})
	require.NoError(t, err)
	require.Equal(t, []access.Request{open}, found)
	due, err := s.Overdue(t.Context(), Now().Add(25*time.Hour), 0)
	require.NoError(t, err)
	require.Equal(t, []access.Ref{open.Ref}, due, "what has ended is taken up again for its review")
}

func pruneUnreviewed(t *testing.T, s Store) {
	at := Now().Add(-2 * retention)
	open, done := emergency(1, at), reviewed(emergency(2, at))
	insert(t, s, open, done)
	require.NoError(t, s.Prune(t.Context(), Now().Add(-retention)))
	_, err := s.Request(t.Context(), done.Ref)
	requireCode(t, access.NotFound, err)
	_, err = s.Request(t.Context(), open.Ref)
	require.NoError(t, err)
	update(t, s, func(tx access.Tx) error { return tx.Change(t.Context(), access.Ended, reviewed(open)) })
	require.NoError(t, s.Prune(t.Context(), Now().Add(-retention)))
	_, err = s.Request(t.Context(), open.Ref)
	requireCode(t, access.NotFound, err)
}

func reviewKept(t *testing.T, s Store) {
	want := reviewed(emergency(1, Now()))
	fine := reviewed(emergency(1, Now()))
	fine.Review.At, fine.Review.Due = fine.Review.At.Add(999_999), fine.Review.Due.Add(999_999)
	insert(t, s, fine)
	for range 2 { // from the database, and as it is remembered
		kept, err := s.Request(t.Context(), want.Ref)
		require.NoError(t, err)
		require.Equal(t, want, kept)
	}
}

func reviewCopied(t *testing.T, s Store) {
	insert(t, s, emergency(1, Now()))
	for i := range 3 {
		r, err := s.Request(t.Context(), ref(1))
		require.NoError(t, err)
		require.Empty(t, r.Review.Word)
		require.Equal(t, grady, r.Review.Security[0])
		r.Review.Word, r.Review.Security[0] = fmt.Sprint("changed ", i), joni
	}
}
