package graph_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/graph"
	"github.com/passdesk/passdesk/internal/sim"
	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/fault"
)

// census reads everybody.
func (n *tenant) census(told func(access.Progress)) (map[access.ID]access.Registration, error) {
	all := map[access.ID]access.Registration{}
	err := n.directory.Registrations(n.t.Context(), told, func(r access.Registration) error { all[r.ID] = r; return nil })
	return all, err
}

func TestSimRegistrations(t *testing.T) {
	t.Parallel()
	n := newTenantOf(t, sim.Options{Calm: true, Users: 2500})
	require.NoError(t, n.Tenant.SetEnabled("grady", false))
	var steps []access.Progress
	all, err := n.census(func(p access.Progress) { steps = append(steps, p) })
	require.NoError(t, err)
	people := n.Tenant.People()
	require.Len(t, all, len(people))
	for _, p := range people {
		r := all[access.NewID(p.ID)]
		require.Equal(t, access.Person{ID: access.NewID(p.ID), Name: p.Name, UPN: p.UPN}, r.Person)
		require.Equal(t, []any{true, p.Enabled, p.Guest, p.Department}, []any{r.Listed, r.Enabled, r.Guest, r.Department}, p.UPN)
	}
	require.Contains(t, all[n.id("alex")].Methods, "passKeyDeviceBoundAuthenticator")
	require.True(t, all[n.id("alex")].MFA)
	require.Empty(t, all[n.id("joni")].Methods)
	require.WithinDuration(t, n.Tenant.Now(), all[n.id("joni")].Updated, time.Minute)
	total := len(people)
	require.Equal(t, []access.Progress{
		{Counted: 999},
		{Counted: 1998},
		{Counted: total},
		{Counted: total, Of: total},
		{Counted: total, Read: 1000, Of: total},
		{Counted: total, Read: 2000, Of: total},
		{Counted: total, Read: total, Of: total},
	}, steps)
	require.Equal(t, 6, n.trips(), "three pages of the directory, three of the report")
}

// Somebody who has gone between the two lists is told as gone; one whom the
// reader refuses ends the reading.
func TestSimRegistrationsBetweenTwoLists(t *testing.T) {
	t.Parallel()
	n := newTenant(t)
	added := entra.Person{}
	all, err := n.census(func(p access.Progress) {
		if p.Read == 0 && p.Of > 0 {
			var err error
			added, err = n.Tenant.AddPerson(entra.Person{Alias: "newcomer", Enabled: true})
			require.NoError(t, err)
		}
	})
	require.NoError(t, err)
	require.False(t, all[access.NewID(added.ID)].Listed)
	enough := errors.New("enough")
	err = n.directory.Registrations(t.Context(), func(access.Progress) {}, func(access.Registration) error { return enough })
	require.ErrorIs(t, err, enough)
}

func TestSimRegistrationsThatAreRefused(t *testing.T) {
	t.Parallel()
	n := newTenant(t)
	_, err := n.Faults.Add(fault.Fault{Path: "userRegistrationDetails", Status: http.StatusForbidden, Count: 1})
	require.NoError(t, err)
	_, err = n.census(func(access.Progress) {})
	require.Equal(t, access.Refused, access.CodeOf(err))
	require.Contains(t, access.Say(err), "AuditLog.Read.All")
	_, err = n.Faults.Add(fault.Fault{Path: "userRegistrationDetails", Status: http.StatusTooManyRequests, RetryAfter: 1, Count: 1})
	require.NoError(t, err)
	_, err = n.census(func(access.Progress) {})
	require.NoError(t, err, "a page waits")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err = n.directory.Registrations(ctx, func(access.Progress) {}, func(access.Registration) error { return nil })
	require.Equal(t, access.Unavailable, access.CodeOf(err))
}

// What is held while a tenant is read is a page, and some bytes for each person.
func TestSimRegistrationsAreNotHeld(t *testing.T) { // alone: it measures the heap
	const users = 10_000
	f := readLarge(t, newLarge(t, users))
	t.Log(f)
	require.Equal(t, 22, f.requests)
	require.Less(t, f.held, 6e6, "bytes")
}

// BenchmarkRollout reads a tenant of 100,000 people. The limit of calls, which is
// not kept here, makes it last six minutes.
func BenchmarkRollout(b *testing.B) {
	n := newLarge(b, 100_000)
	for b.Loop() {
		f := readLarge(b, n)
		b.ReportMetric(f.held/1e6, "MB-held")
		b.ReportMetric(float64(f.requests), "requests")
		b.ReportMetric(float64(f.read), "people")
	}
}

func newLarge(tb testing.TB, users int) *tenant {
	tb.Helper()
	return newTenantOf(tb, sim.Options{Calm: true, Users: users}, func(o *graph.Options) { o.Log = slog.New(slog.DiscardHandler) })
}

// figures are what a reading took.
type figures struct {
	read, requests int
	held           float64 // bytes of heap more than before, at most
	took           time.Duration
}

func (f figures) String() string {
	return fmt.Sprintf("%d people in %s, %d requests, %.1f MB of heap held at most", f.read, f.took.Round(time.Millisecond), f.requests, f.held/1e6)
}

func readLarge(tb testing.TB, n *tenant) figures {
	tb.Helper()
	var f figures
	before, trips, began := heap(), n.trips(), time.Now()
	err := n.directory.Registrations(tb.Context(), func(p access.Progress) {
		if p.Read%5000 == 0 || p.Read == p.Of {
			f.held = max(f.held, float64(heap())-float64(before))
		}
	}, func(access.Registration) error { f.read++; return nil })
	require.NoError(tb, err)
	require.Equal(tb, len(n.Tenant.People()), f.read)
	f.took, f.requests = time.Since(began), n.trips()-trips
	return f
}

// heap is what is held after a collection, in bytes.
func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
