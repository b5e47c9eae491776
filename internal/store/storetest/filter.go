//nolint:thelper // these functions are the tests themselves
package storetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

var filterTests = map[string]func(*testing.T, Store){
	"Requests by every filter":                  filters,
	"Requests by filters combined":              combinations,
	"Requests gives the newest up to the limit": limits,
	"Requests follows what changes":             follows,
	"Overdue gives the longest overdue first":   overdue,
	"Nothing is found in an empty store":        empty,
}

// sample stores six requests; a higher number was asked later.
func sample(t *testing.T, s Store) []access.Request {
	t.Helper()
	at := func(n int) time.Time { return Now().Add(time.Duration(n) * time.Minute) }
	list := make([]access.Request, 0, 6)
	for n := range 6 {
		list = append(list, asked(ref(n), at(n)))
	}
	list[1].State = access.Approved
	list[1].Due = at(100)
	list[2].Asker, list[2].Person = bianca, grady
	list[2].Remind, list[2].Due = at(50), at(200)
	list[3].Approvers = []access.Person{lee}
	list[3].State = access.Ended
	list[4].State, list[4].Asked, list[4].Person = access.Draft, time.Time{}, access.Person{}
	list[4].Drafted = at(4)
	list[5].Asker = bianca
	list[5].Remind = at(150)
	insert(t, s, list...)
	return list
}

func refs(list []access.Request) string {
	names := make([]string, 0, len(list))
	for _, r := range list {
		names = append(names, strings.TrimPrefix(string(r.Ref), "PD-"))
	}
	return strings.Join(names, " ")
}

func filters(t *testing.T, s Store) {
	sample(t, s)
	at := func(n int) time.Time { return Now().Add(time.Duration(n) * time.Minute) }
	for name, c := range map[string]struct {
		filter access.Filter
		want   string
	}{
		"all":                           {access.Filter{}, "5 4 3 2 1 0"},
		"asker":                         {access.Filter{Asker: adele.ID}, "4 3 1 0"},
		"another asker":                 {access.Filter{Asker: bianca.ID}, "5 2"},
		"nobody":                        {access.Filter{Asker: joni.ID}, ""},
		"person":                        {access.Filter{Person: grady.ID}, "2"},
		"approver":                      {access.Filter{Approver: megan.ID}, "5 2 1 0"},
		"approver, but of no draft":     {access.Filter{Approver: lee.ID}, "5 3 2 1 0"},
		"a state":                       {access.Filter{States: []access.State{access.Asked}}, "5 2 0"},
		"states":                        {access.Filter{States: []access.State{access.Ended, access.Draft, access.Approved}}, "4 3 1"},
		"every state":                   {access.Filter{States: access.States()}, "5 4 3 2 1 0"},
		"due before any":                {access.Filter{DueBy: at(49)}, ""},
		"due, to the moment":            {access.Filter{DueBy: at(50)}, "2"},
		"due by reminder or by itself":  {access.Filter{DueBy: at(150)}, "5 2 1"},
		"limit":                         {access.Filter{Limit: 2}, "5 4"},
		"approver's waiting":            {access.Filter{Approver: megan.ID, States: []access.State{access.Asked}}, "5 2 0"},
		"asker's waiting":               {access.Filter{Asker: adele.ID, States: []access.State{access.Asked, access.Approved}}, "1 0"},
		"a state without any":           {access.Filter{States: []access.State{access.Failed}}, ""},
		"text that is no state":         {access.Filter{States: []access.State{"') OR 1=1 --"}}, ""},
		"an id that is text for a joke": {access.Filter{Person: "' OR '1'='1"}, ""},
	} {
		list, err := s.Requests(t.Context(), c.filter)
		require.NoError(t, err, name)
		require.Equal(t, c.want, refs(list), name)
	}
}

// combinations compares every combination of filters with a search by hand.
func combinations(t *testing.T, s Store) {
	all := sample(t, s)
	slices.Reverse(all)
	tried := 0
	for _, asker := range []access.ID{"", adele.ID, bianca.ID} {
		for _, person := range []access.ID{"", joni.ID, grady.ID} {
			for _, approver := range []access.ID{"", megan.ID, lee.ID} {
				for _, states := range [][]access.State{nil, {access.Asked}, {access.Approved, access.Ended, access.Draft}} {
					for _, due := range []time.Time{{}, Now().Add(time.Hour), Now().Add(300 * time.Minute)} {
						f := access.Filter{Asker: asker, Person: person, Approver: approver, States: states, DueBy: due}
						var want []access.Request
						for _, r := range all {
							if fits(f, r) {
								want = append(want, r)
							}
						}
						got, err := s.Requests(t.Context(), f)
						require.NoError(t, err)
						require.Equal(t, refs(want), refs(got), "%+v", f)
						tried++
					}
				}
			}
		}
	}
	require.Equal(t, 243, tried)
}

func fits(f access.Filter, r access.Request) bool {
	due := func(at time.Time) bool { return !at.IsZero() && !at.After(f.DueBy) }
	return (f.Asker == "" || f.Asker == r.Asker.ID) &&
		(f.Person == "" || f.Person == r.Person.ID) &&
		(f.Approver == "" || (r.State != access.Draft && r.MayDecide(f.Approver))) &&
		(len(f.States) == 0 || slices.Contains(f.States, r.State)) &&
		(f.DueBy.IsZero() || due(r.Due) || due(r.Remind))
}

func limits(t *testing.T, s Store) {
	const many = 2_500
	list := make([]access.Request, 0, many)
	for n := range many {
		// Asked in an order that is not that of storing; some at the same moment.
		list = append(list, asked(ref(10_000+n), Now().Add(time.Duration((n*7919)%many/2)*time.Second)))
	}
	insert(t, s, list...)
	slices.SortFunc(list, func(a, b access.Request) int {
		if c := b.Asked.Compare(a.Asked); c != 0 {
			return c
		}
		return strings.Compare(string(b.Ref), string(a.Ref))
	})
	for limit, want := range map[int]int{0: 100, 1: 1, 99: 99, many: many, many + 1: many} {
		got, err := s.Requests(t.Context(), access.Filter{Limit: limit, Approver: megan.ID})
		require.NoError(t, err)
		require.Equal(t, refs(list[:want]), refs(got))
	}
}

func follows(t *testing.T, s Store) {
	draft := asked(ref(1), Now())
	draft.State, draft.Person, draft.Approvers = access.Draft, access.Person{}, nil
	insert(t, s, draft)
	search := func(f access.Filter) string {
		list, err := s.Requests(t.Context(), f)
		require.NoError(t, err)
		return refs(list)
	}
	r := moved(draft, access.Asked)
	r.Person, r.Approvers, r.Due = joni, []access.Person{megan, megan}, Now().Add(time.Hour)
	change := func(from access.State) {
		update(t, s, func(tx access.Tx) error { return tx.Change(t.Context(), from, r) })
	}
	change(access.Draft)
	require.Equal(t, "1", search(access.Filter{Person: joni.ID}))
	require.Equal(t, "1", search(access.Filter{Approver: megan.ID, States: []access.State{access.Asked}}))

	r = moved(r, access.Asked)
	r.Approvers = []access.Person{lee}
	change(access.Asked)
	require.Empty(t, search(access.Filter{Approver: megan.ID}))
	require.Equal(t, "1", search(access.Filter{Approver: lee.ID}))

	r = moved(r, access.Denied)
	r.Due = time.Time{}
	change(access.Asked)
	require.Empty(t, search(access.Filter{Approver: lee.ID, States: []access.State{access.Asked}}))
	require.Equal(t, "1", search(access.Filter{Approver: lee.ID, States: []access.State{access.Denied}}))
	require.Empty(t, search(access.Filter{DueBy: Now().Add(24 * time.Hour)}))
}

func overdue(t *testing.T, s Store) {
	sample(t, s)
	for limit, want := range map[int][]access.Ref{0: {ref(2), ref(1), ref(5)}, 2: {ref(2), ref(1)}} {
		got, err := s.Overdue(t.Context(), Now().Add(24*time.Hour), limit)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func empty(t *testing.T, s Store) {
	list, err := s.Requests(t.Context(), access.Filter{})
	require.NoError(t, err)
	require.Empty(t, list)
	due, err := s.Overdue(t.Context(), Now(), 10)
	require.NoError(t, err)
	require.Empty(t, due)
	entries, err := s.Entries(t.Context(), ref(1), "", 10)
	require.NoError(t, err)
	require.Empty(t, entries)
	jobs, err := s.Waiting(t.Context(), 10)
	require.NoError(t, err)
	require.Empty(t, jobs)
	require.Zero(t, whole(t, s).Last)
	require.NoError(t, s.Ready(t.Context()))
}
