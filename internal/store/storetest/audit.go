//nolint:thelper // these functions are the tests themselves
package storetest

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/audit"
)

var auditTests = map[string]func(*testing.T, Store){
	"Record appends to the chain":            records,
	"Entries by request and person":          entries,
	"Lines reads on from a number":           lines,
	"An entry that cannot be kept undoes it": unrecordable,
}

func entry(action string) audit.Entry {
	return audit.Entry{
		At: Now(), Actor: string(adele.ID), Action: action, Outcome: audit.Done,
		Ref: string(ref(1)), Person: string(joni.ID), Detail: map[string]string{"reason": "<b>new</b> laptop 👩‍💻"},
	}
}

func records(t *testing.T, s Store) {
	var before audit.Head
	for n := range 3 {
		update(t, s, func(tx access.Tx) error {
			tx.Record(entry(fmt.Sprint("first ", n)))
			tx.Record(audit.Entry{Actor: "passdesk", Action: "second", Outcome: audit.Intent})
			list, err := tx.Entries(t.Context(), ref(1), "", 0)
			require.Len(t, list, n, "what is recorded here comes at the very end")
			return err
		})
		r := whole(t, s)
		require.Equal(t, int64(2*n+2), r.Last)
		require.NotEqual(t, before, r.Head)
		before = r.Head
	}
	all, err := s.Entries(t.Context(), "", "", 1)
	require.NoError(t, err)
	require.Equal(t, []audit.Entry{{At: Now(), Actor: "passdesk", Action: "second", Outcome: audit.Intent}}, all, "without a time it gets the store's")
}

func entries(t *testing.T, s Store) {
	other := entry("for grady")
	other.Ref, other.Person = string(ref(2)), string(grady.ID)
	again := entry("for joni, another request")
	again.Ref = string(ref(2))
	again.At = time.Date(2026, 11, 22, 13, 0, 0, 999_999, time.FixedZone("", 3600))
	first := entry("first")
	update(t, s, func(tx access.Tx) error {
		for _, e := range []audit.Entry{first, other, again} {
			tx.Record(e)
		}
		return nil
	})
	again.At = Now()
	search := func(ref access.Ref, person access.ID, limit int) []audit.Entry {
		list, err := s.Entries(t.Context(), ref, person, limit)
		require.NoError(t, err)
		return list
	}
	require.Equal(t, []audit.Entry{first}, search(ref(1), "", 0))
	require.Equal(t, []audit.Entry{again, other}, search(ref(2), "", 0))
	require.Equal(t, []audit.Entry{again, first}, search("", joni.ID, 0))
	require.Equal(t, []audit.Entry{again}, search("", joni.ID, 1))
	require.Equal(t, []audit.Entry{again}, search(ref(2), joni.ID, 0))
	require.Equal(t, []audit.Entry{again, other, first}, search("", "", 0))
	require.Empty(t, search(ref(3), "", 0))
}

func lines(t *testing.T, s Store) {
	const many = 2_345 // more than is read at a time
	update(t, s, func(tx access.Tx) error {
		for n := range many {
			tx.Record(entry(strconv.Itoa(n)))
		}
		return nil
	})
	require.Equal(t, int64(many), whole(t, s).Last)
	next := int64(1_500)
	for line, err := range s.Lines(t.Context(), next) {
		require.NoError(t, err)
		require.Equal(t, next, line.Seq)
		next++
	}
	require.Equal(t, int64(many+1), next)
	for _, err := range s.Lines(t.Context(), 1) {
		require.NoError(t, err)
		break // whoever has seen enough may leave
	}
}

func unrecordable(t *testing.T, s Store) {
	err := s.Update(t.Context(), func(tx access.Tx) error {
		tx.Record(entry("fine"))
		tx.Record(audit.Entry{At: time.Date(20_000, 1, 1, 0, 0, 0, 0, time.UTC)}) // JSON has four digits for the year
		return tx.Insert(t.Context(), asked(ref(1), Now()))
	})
	require.Error(t, err)
	_, err = s.Request(t.Context(), ref(1))
	requireCode(t, access.NotFound, err)
	require.Zero(t, whole(t, s).Last)
}
