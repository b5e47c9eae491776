//nolint:thelper // these functions are the tests themselves
package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

var requestTests = map[string]func(*testing.T, Store){
	"Insert and Request keep everything":    keepsRequest,
	"Times are kept to the millisecond":     keepsMilliseconds,
	"Request that is not there":             missingRequest,
	"Insert of a reference that is taken":   takenReference,
	"Change replaces":                       changeReplaces,
	"Change of another state or revision":   changeStale,
	"Change of a request that is not there": changeMissing,
	"A read gives a copy":                   readsCopy,
}

func full() access.Request {
	at := Now()
	return access.Request{
		Ref: "PD-7K3M", Rev: 7, State: access.InForce, Kind: access.Pass, Asker: adele, Person: joni,
		Terms:     access.Terms{Minutes: 90, Once: true, Start: at.Add(time.Hour), Replace: true, Ticket: "INC-1 <b>", Reason: "новый ноутбук 👩‍💻 \u2028"},
		Approvers: []access.Person{megan, lee},
		Verdict: access.Verdict{
			Rule: "built in", Findings: []access.Finding{{Level: access.Warning, Code: "pass.live", Text: "It replaces a pass."}},
			Approvers: []access.Person{megan},
		},
		Warned:   []string{"pass.live"},
		Decision: &access.Decision{By: megan, At: at.Add(time.Minute), Approve: true, Reason: "known"},
		Why:      "because", By: adele,
		Drafted: at, Asked: at.Add(time.Second), Changed: at.Add(2 * time.Second), Remind: at.Add(3 * time.Second),
		Due: at.Add(4 * time.Second), PassID: "pass-1", Ends: at.Add(5 * time.Second), Replaced: true,
		Decisions: []access.Decision{{
			By: megan, At: at.Add(time.Minute), Approve: true, For: "built in 1",
			Proven: &access.Proven{Proof: access.Attest, How: access.Met, Text: "on the stairs", At: at.Add(50 * time.Second)},
		}},
		Challenge:  &access.Challenge{For: "built in 2", Nonce: "00ff", Until: at.Add(6 * time.Second), Maker: "me", Shown: at.Add(7 * time.Second)},
		WrongCodes: 2, Confirmation: &access.Confirmation{Asked: at.Add(8 * time.Second), At: at.Add(9 * time.Second)},
	}
}

func keepsRequest(t *testing.T, s Store) {
	for _, want := range []access.Request{full(), {Ref: "PD-2222", Rev: 1, State: access.Draft, Kind: access.Pass, Asker: adele, Drafted: Now(), Changed: Now()}} {
		insert(t, s, want)
		got, err := s.Request(t.Context(), want.Ref)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(want, got))
		update(t, s, func(tx access.Tx) error {
			got, err = tx.Request(t.Context(), want.Ref)
			return err
		})
		require.Empty(t, cmp.Diff(want, got))
	}
}

func keepsMilliseconds(t *testing.T, s Store) {
	odd := time.Date(2026, 11, 22, 13, 0, 0, 123_999_999, time.FixedZone("Oslo", 3600))
	want := time.Date(2026, 11, 22, 12, 0, 0, 123_000_000, time.UTC)
	r := full()
	r.Decision.At = odd
	for _, at := range []*time.Time{
		&r.Terms.Start, &r.Drafted, &r.Asked, &r.Changed, &r.Remind, &r.Due, &r.Ends, &r.Decisions[0].Proven.At,
		&r.Challenge.Until, &r.Challenge.Shown, &r.Confirmation.Asked, &r.Confirmation.At,
	} {
		*at = odd
	}
	insert(t, s, r)
	got, err := s.Request(t.Context(), r.Ref)
	require.NoError(t, err)
	for _, at := range []time.Time{
		got.Terms.Start, got.Drafted, got.Asked, got.Changed, got.Remind, got.Due, got.Ends, got.Decision.At, got.Decisions[0].Proven.At,
		got.Challenge.Until, got.Challenge.Shown, got.Confirmation.Asked, got.Confirmation.At,
	} {
		require.Equal(t, want, at)
	}
	require.Equal(t, odd, r.Decision.At, "what the caller holds stays as it was")
	require.Equal(t, odd, r.Challenge.Until)
	due, err := s.Overdue(t.Context(), want, 0)
	require.NoError(t, err)
	require.Equal(t, []access.Ref{r.Ref}, due)
	due, err = s.Overdue(t.Context(), want.Add(-time.Millisecond), 0)
	require.NoError(t, err)
	require.Empty(t, due)
}

func missingRequest(t *testing.T, s Store) {
	_, err := s.Request(t.Context(), "PD-9999")
	requireCode(t, access.NotFound, err)
	require.Contains(t, access.Say(err), "PD-9999")
	err = s.Update(t.Context(), func(tx access.Tx) error {
		_, err := tx.Request(t.Context(), "PD-9999")
		return err
	})
	requireCode(t, access.NotFound, err)
}

func takenReference(t *testing.T, s Store) {
	first := asked(ref(1), Now())
	insert(t, s, first)
	second := first
	second.Asker = bianca
	requireCode(t, access.Stale, s.Update(t.Context(), func(tx access.Tx) error {
		return tx.Insert(t.Context(), second)
	}))
	got, err := s.Request(t.Context(), first.Ref)
	require.NoError(t, err)
	require.Equal(t, adele, got.Asker)
	// A caller may try another reference in the same transaction.
	update(t, s, func(tx access.Tx) error {
		requireCode(t, access.Stale, tx.Insert(t.Context(), second))
		second.Ref = ref(2)
		return tx.Insert(t.Context(), second)
	})
}

func changeReplaces(t *testing.T, s Store) {
	r := asked(ref(1), Now())
	insert(t, s, r)
	before, err := s.Request(t.Context(), r.Ref)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(r, before))
	next := moved(r, access.Approved)
	next.Decision = &access.Decision{By: megan, At: Now(), Approve: true}
	next.Due = Now().Add(time.Hour)
	update(t, s, func(tx access.Tx) error {
		require.NoError(t, tx.Change(t.Context(), access.Asked, next))
		got, err := tx.Request(t.Context(), r.Ref)
		require.Empty(t, cmp.Diff(next, got), "a transaction sees what it has written")
		return err
	})
	got, err := s.Request(t.Context(), r.Ref)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(next, got))
}

func changeStale(t *testing.T, s Store) {
	r := asked(ref(1), Now())
	insert(t, s, r)
	try := func(from access.State, rev int) error {
		next := moved(r, access.Denied)
		next.Rev = rev
		return s.Update(t.Context(), func(tx access.Tx) error { return tx.Change(t.Context(), from, next) })
	}
	requireCode(t, access.Stale, try(access.Approved, r.Rev+1))
	requireCode(t, access.Stale, try(access.Asked, r.Rev))
	requireCode(t, access.Stale, try(access.Asked, r.Rev+2))
	got, err := s.Request(t.Context(), r.Ref)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(r, got))
	require.NoError(t, try(access.Asked, r.Rev+1))
}

func changeMissing(t *testing.T, s Store) {
	requireCode(t, access.Stale, s.Update(t.Context(), func(tx access.Tx) error {
		return tx.Change(t.Context(), access.Asked, moved(asked(ref(1), Now()), access.Denied))
	}))
}

func readsCopy(t *testing.T, s Store) {
	insert(t, s, full())
	first, err := s.Request(t.Context(), "PD-7K3M")
	require.NoError(t, err)
	first.Approvers[0] = grady
	first.Decision.By = grady
	first.Challenge.Nonce, first.Confirmation.At, first.Decisions[0].Proven.How = "other", time.Time{}, access.Rang
	first.Verdict.Findings[0].Text = "nothing"
	again, err := s.Request(t.Context(), "PD-7K3M")
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(full(), again))
}
