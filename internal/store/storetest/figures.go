//nolint:thelper // these functions are the tests themselves
package storetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/store"
)

var figureTests = map[string]func(*testing.T, Store){
	"Figures of an empty desk":              noFigures,
	"Figures count what is open":            openOnes,
	"Figures tell what should have ended":   overdueOnes,
	"Figures count jobs by whether they go": jobFigures,
}

func noFigures(t *testing.T, s Store) {
	f, err := s.Figures(t.Context())
	require.NoError(t, err)
	require.Equal(t, store.Figures{Drifts: map[string]int{}, Streamed: map[string]int64{}}, f)
}

func openOnes(t *testing.T, s Store) {
	denied := moved(asked(ref(4), Now()), access.Denied)
	exclusion := asked(ref(5), Now())
	exclusion.Kind = access.Exclusion
	insert(t, s, asked(ref(1), Now()), asked(ref(2), Now()), moved(asked(ref(3), Now()), access.Approved), denied, exclusion)
	update(t, s, func(tx access.Tx) error { tx.Record(entry("ask")); return nil })
	_, _, err := s.Lead(t.Context(), sink, "one")
	require.NoError(t, err)
	require.NoError(t, s.Taken(t.Context(), sink, "one", 0, 1))
	f, err := s.Figures(t.Context())
	require.NoError(t, err)
	slices.SortFunc(f.Requests, func(a, b store.RequestFigure) int {
		return strings.Compare(string(a.Kind+access.Kind(a.State)), string(b.Kind+access.Kind(b.State)))
	})
	require.Equal(t, []store.RequestFigure{
		{Kind: access.Exclusion, State: access.Asked, Count: 1},
		{Kind: access.Pass, State: access.Approved, Count: 1},
		{Kind: access.Pass, State: access.Asked, Count: 2},
	}, f.Requests)
	require.EqualValues(t, 1, f.Lines)
	require.Equal(t, map[string]int64{sink: 1}, f.Streamed)
}

func overdueOnes(t *testing.T, s Store) {
	for i, due := range []time.Duration{time.Hour, -time.Minute, -store.EndsLate, -time.Hour} {
		r := moved(asked(ref(i), Now()), access.InForce)
		r.Due = Now().Add(due)
		insert(t, s, r)
	}
	late := asked(ref(9), Now()) // nothing is given: it lapses, and need not end
	late.Due = Now().Add(-time.Hour)
	insert(t, s, late)
	f, err := s.Figures(t.Context())
	require.NoError(t, err)
	require.Len(t, f.Requests, 2)
	for _, r := range f.Requests {
		if r.State == access.InForce {
			require.Equal(t, store.RequestFigure{Kind: access.Pass, State: access.InForce, Count: 4, Overdue: 2, First: Now().Add(-time.Hour)}, r)
		} else {
			require.Zero(t, r.Overdue)
			require.Zero(t, r.First)
		}
	}
}

func jobFigures(t *testing.T, s Store) {
	update(t, s, func(tx access.Tx) error {
		for n, at := range []time.Duration{time.Hour, 0, time.Minute} {
			if err := tx.Enqueue(t.Context(), access.Job{Kind: access.Due, Ref: ref(n), At: Now().Add(at)}); err != nil {
				return err
			}
		}
		return tx.Enqueue(t.Context(), access.Job{Kind: access.Redraw, Ref: ref(1)})
	})
	f, err := s.Figures(t.Context())
	require.NoError(t, err)
	slices.SortFunc(f.Jobs, func(a, b store.JobFigure) int { return strings.Compare(string(a.Kind), string(b.Kind)) })
	require.Equal(t, []store.JobFigure{{Kind: access.Due, Waiting: 3}, {Kind: access.Redraw, Waiting: 1}}, f.Jobs)
}
