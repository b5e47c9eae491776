package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/audit"
	"github.com/passdesk/passdesk/internal/store"
	"github.com/passdesk/passdesk/internal/store/storetest"
)

// past stores n closed requests as they are after a life: decided, revealed,
// audited.
func past(tb testing.TB, s *store.Store, n int) {
	tb.Helper()
	ctx := context.Background()
	const batch = 5_000
	for from := 0; from < n; from += batch {
		require.NoError(tb, s.Update(ctx, func(tx access.Tx) error {
			for i := from; i < min(from+batch, n); i++ {
				r := typical(pastRef(i), storetest.Now().Add(-time.Duration(n-i)*time.Minute))
				r.State, r.Rev = access.Ended, 7
				if err := tx.Insert(ctx, r); err != nil {
					return err
				}
				for _, action := range []string{"ask", "approve"} {
					tx.Record(audit.Entry{Actor: string(r.Asker.ID), Action: action, Outcome: audit.Done, Ref: string(r.Ref), Person: string(r.Person.ID)})
				}
			}
			return nil
		}))
	}
}

// pastRef spreads references over the alphabet, as random ones are.
func pastRef(i int) access.Ref {
	return access.Ref(fmt.Sprintf("PD-%08X", uint32(i)*2654435761))
}

// typical is a request of about the size that the desk stores.
func typical(ref access.Ref, at time.Time) access.Request {
	person := func(name string) access.Person {
		return access.Person{ID: access.ID("8d3f5c1e-0000-4000-8000-" + fmt.Sprintf("%012x", len(name)*7919)), Name: name, UPN: name + "@passdesk.example"}
	}
	return access.Request{
		Ref: ref, Rev: 2, State: access.Asked, Kind: access.Pass,
		Asker: person("Adele Vance"), Person: person("Joni Sherman"), Approvers: []access.Person{person("Megan Bowen")},
		Terms: access.Terms{Minutes: 60, Once: true, Ticket: "INC-10023", Reason: "new laptop, starts on Monday"},
		Verdict: access.Verdict{Rule: "the person's manager decides", Approvers: []access.Person{person("Megan Bowen")}, Findings: []access.Finding{
			{Level: access.Note, Code: "person.methods", Text: "Joni has no method to sign in with."},
			{Level: access.Warning, Code: "pass.ten minutes", Text: "A one-time pass must be used to register within ten minutes."},
		}},
		Warned:  []string{"pass.ten minutes"},
		Drafted: at, Asked: at, Changed: at, Remind: at.Add(30 * time.Minute), Due: at.Add(time.Hour),
	}
}

// BenchmarkRequest is the read that every click starts with.
func BenchmarkRequest(b *testing.B) {
	s := open(b, address(b), store.Options{Now: storetest.Now})
	past(b, s, 1_000)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if _, err := s.Request(b.Context(), pastRef(i%200)); err != nil {
			b.Fatal(err)
		}
	}
}

// openRef spreads the references that are open among those of the past.
func openRef(i int) access.Ref {
	return access.Ref(fmt.Sprintf("PD-%08dZ", 10_000_000+(i*4_999_999+17)%9_999_991))
}

func insertOpen(b *testing.B, s *store.Store, from, n int) {
	b.Helper()
	require.NoError(b, s.Update(b.Context(), func(tx access.Tx) error {
		for i := from; i < from+n; i++ {
			if err := tx.Insert(b.Context(), typical(openRef(i), storetest.Now())); err != nil {
				return err
			}
		}
		return nil
	}))
}

func decide(ctx context.Context, s *store.Store, ref access.Ref) error {
	return s.Update(ctx, func(tx access.Tx) error {
		r, err := tx.Request(ctx, ref)
		if err != nil {
			return err
		}
		if _, err := tx.First(ctx, access.Click{Actor: r.Approvers[0].ID, Ref: ref, Rev: r.Rev, Verb: "approve"}); err != nil {
			return err
		}
		if err := tx.Counting(ctx, r.Approvers[0].ID); err != nil {
			return err
		}
		if _, err := tx.Decided(ctx, r.Approvers[0].ID, storetest.Now().Add(-time.Hour)); err != nil {
			return err
		}
		if err := tx.SaveDecision(ctx, ref, r.Approvers[0].ID, storetest.Now()); err != nil {
			return err
		}
		r.Rev++
		r.State = access.Approved
		r.Decision = &access.Decision{By: r.Approvers[0], At: storetest.Now(), Approve: true}
		if err := tx.Change(ctx, access.Asked, r); err != nil {
			return err
		}
		tx.Record(audit.Entry{Actor: string(r.Decision.By.ID), Action: "approve", Outcome: audit.Done, Ref: string(ref), Person: string(r.Person.ID)})
		if err := tx.Enqueue(ctx, access.Job{Kind: access.Redraw, Ref: ref}); err != nil {
			return err
		}
		return tx.Enqueue(ctx, access.Job{Kind: access.Due, Ref: ref, At: storetest.Now().Add(time.Hour)})
	})
}

// BenchmarkWaiting is the list that an approver asks for: little is open,
// however much is past.
func BenchmarkWaiting(b *testing.B) {
	s := open(b, address(b), store.Options{Now: storetest.Now})
	past(b, s, 20_000)
	insertOpen(b, s, 0, 10)
	f := access.Filter{Approver: typical("", storetest.Now()).Approvers[0].ID, States: []access.State{access.Asked}}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		if _, err := s.Requests(b.Context(), f); err != nil {
			b.Fatal(err)
		}
	}
}
