package access_test

import (
	"context"
	"flag"
	"log/slog"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/store"
)

// dies is a process that dies at the next step but one, or but two, …
type dies struct{ in int }

func (d *dies) step() {
	if d.in > 0 {
		if d.in--; d.in == 0 {
			panic(d)
		}
	}
}

// mortal is the real store in a process that may die before and after a write.
type mortal struct {
	access.Store
	dies *dies
}

func (m mortal) Update(ctx context.Context, do func(access.Tx) error) error {
	m.dies.step()
	defer m.dies.step()
	return m.Store.Update(ctx, do)
}

// world is a desk and a tenant to which everything happens that can.
type world struct {
	*access.Desk
	*rapid.T
	ctx    context.Context
	tenant *tenant
	store  access.Store
	dies   dies
	clock  time.Time
	// theirs are the exclusions that somebody else made.
	theirs map[access.Exemption]bool
}

func newWorld(t *testing.T, rt *rapid.T, file string) *world {
	t.Helper()
	w := &world{T: rt, ctx: t.Context(), clock: noon, theirs: map[access.Exemption]bool{}}
	w.tenant = newTenant(w.now)
	w.tenant.during = w.dies.step
	s, err := store.Open(w.ctx, "sqlite:"+file, store.Options{Now: w.now})
	require.NoError(rt, err)
	rt.Cleanup(func() { require.NoError(rt, s.Close()) })
	w.store = s
	w.starts()
	return w
}

func (w *world) now() time.Time { return w.clock }

// starts begins a process.
func (w *world) starts() {
	if w.Desk != nil {
		w.Close()
	}
	d, err := access.NewDesk(access.Options{
		Directory: w.tenant, Store: mortal{w.store, &w.dies}, Settings: settings, Now: w.now,
		Log: slog.New(slog.DiscardHandler), Reach: func(context.Context, access.Person) error { return nil },
	})
	require.NoError(w, err)
	w.Desk = d
}

// alive does something in a process that may die of it, and then begins anew.
func (w *world) alive(do func()) {
	defer func() {
		if r := recover(); r != nil {
			if r != any(&w.dies) {
				panic(r)
			}
			w.starts()
		}
	}()
	do()
}

func (w *world) anyone() access.ID {
	return rapid.SampledFrom([]access.ID{"grady", "joni"}).Draw(w.T, "person")
}

func (w *world) anyExemption() access.Exemption {
	return exemption(w.anyone(), rapid.SampledFrom([]access.ID{platforms, strict}).Draw(w.T, "policy"))
}

// one is any request that is open, if there is one.
func (w *world) one(states ...access.State) (access.Request, bool) {
	list, err := w.store.Requests(w.ctx, access.Filter{Kind: access.Exclusion, States: states})
	require.NoError(w, err)
	if len(list) == 0 {
		return access.Request{}, false
	}
	return rapid.SampledFrom(list).Draw(w.T, "request"), true
}

func (w *world) hold(x access.Exemption) access.Hold {
	h, err := w.store.Hold(w.ctx, x.Person, x.Policy)
	require.NoError(w, err)
	return h
}

func (w *world) decides(r access.Request) {
	var err error
	for range 2 { // a warning is sent over
		if r, err = w.Ask(w.ctx, "adele", claim(r), r.Person.ID, r.Terms); err != nil {
			return
		}
	}
	if r.State == access.Asked {
		_, _ = w.Decide(w.ctx, "lee", claim(r), access.Answer{Approve: true})
	}
}

func (w *world) lease(*rapid.T) {
	x := w.anyExemption()
	t := exclusionTerms(x.Policy)
	t.Minutes = rapid.IntRange(10, 480).Draw(w.T, "minutes")
	if rapid.Bool().Draw(w.T, "later") {
		t.Start = w.clock.Add(time.Hour)
	}
	w.alive(func() {
		if r, err := w.Draft(w.ctx, "adele", access.Exclusion, access.Person{ID: x.Person}, t); err == nil {
			w.decides(r)
		}
	})
}

func (w *world) extend(*rapid.T) {
	if r, ok := w.one(access.InForce); ok {
		w.alive(func() {
			if more, err := w.Extend(w.ctx, "adele", claim(r)); err == nil {
				w.decides(more)
			}
		})
	}
}

func (w *world) end(*rapid.T) {
	if r, ok := w.one(access.InForce); ok {
		w.alive(func() { _, _ = w.End(w.ctx, "adele", claim(r)) })
	}
}

func (w *world) withdraw(*rapid.T) {
	if r, ok := w.one(access.Approved); ok {
		w.alive(func() { _, _ = w.Withdraw(w.ctx, "lee", claim(r)) })
	}
}

func (w *world) crash(*rapid.T) { w.dies.in = rapid.IntRange(1, 12).Draw(w.T, "steps to live") }

func (w *world) outage(*rapid.T) {
	x := &w.tenant.relaxed
	down := access.Fail(access.Unavailable, "Entra is not there.")
	switch rapid.IntRange(0, 6).Draw(w.T, "outage") {
	case 0:
		x.excludeErr = down
	case 1:
		x.includeErr = down
	case 2:
		x.exemptErr = down
	case 3:
		x.lost = true
	case 4:
		x.revokeErr = down
	case 5:
		x.excludeErr = access.Fail(access.Refused, "The group is full.")
	case 6:
		w.tenant.factsErr = down
	}
}

// edit is somebody else's hand in Entra. Where Passdesk has nothing to do with the
// person, what is made stays theirs.
func (w *world) edit(*rapid.T) {
	x := w.anyExemption()
	excluded := w.tenant.relaxed.excluded
	if excluded[x] {
		delete(excluded, x)
		delete(w.theirs, x)
		return
	}
	excluded[x] = true
	if w.hold(x).State == access.Free {
		w.theirs[x] = true
	}
}

func (w *world) wait(*rapid.T) {
	w.clock = w.clock.Add(time.Duration(rapid.IntRange(1, 90).Draw(w.T, "seconds")) * time.Second)
	w.alive(func() { _ = w.Sweep(w.ctx) })
}

func (w *world) jump(*rapid.T) {
	w.clock = w.clock.Add(time.Duration(rapid.IntRange(1, 600).Draw(w.T, "minutes")) * time.Minute)
	w.alive(func() { _ = w.SweepDrift(w.ctx) })
}

// holds checks what must hold at every moment: nothing is excluded that nobody
// will take away but what somebody else has excluded.
func (w *world) holds(*rapid.T) {
	for x := range w.tenant.relaxed.excluded {
		require.True(w, w.theirs[x] || w.hold(x).State != access.Free, "%v is excluded for ever", x)
	}
}

// I7: whatever is asked, extended, ended, interrupted, lost and edited behind
// Passdesk's back, in the end exactly those are excluded whom somebody else has
// excluded, and every end was read twice.
func TestI7EveryExclusionEnds(t *testing.T) {
	t.Parallel()
	if many := flag.Lookup("rapid.checks"); many.Value.String() == many.DefValue {
		require.NoError(t, many.Value.Set("25")) // the race detector makes a database slow; a soak runs thousands
	}
	dir, runs := t.TempDir(), 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		w := newWorld(t, rt, filepath.Join(dir, strconv.Itoa(runs)))
		rt.Repeat(map[string]func(*rapid.T){
			"lease": w.lease, "lease too": w.lease, "extend": w.extend, "end": w.end, "withdraw": w.withdraw,
			"crash": w.crash, "outage": w.outage, "edit": w.edit,
			"wait": w.wait, "wait on": w.wait, "wait more": w.wait, "jump": w.jump, "": w.holds,
		})
		w.dies.in = 0
		w.clock = w.clock.Add(48 * time.Hour)
		for range 60 {
			w.clock = w.clock.Add(20 * time.Second)
			_ = w.Sweep(w.ctx)
		}
		w.allEnded()
		require.Equal(rt, w.theirs, w.tenant.relaxed.excluded, "%v", w.tenant.relaxed.calls)
	})
}

func (w *world) allEnded() {
	all, err := w.store.Requests(w.ctx, access.Filter{Kind: access.Exclusion})
	require.NoError(w, err)
	for _, r := range all {
		require.True(w, r.State.Closed(), "%s is %s", r.Ref, r.State)
		if r.State == access.Ended && len(r.Gone) > 0 {
			require.GreaterOrEqual(w, r.Gone[1].Sub(r.Gone[0]), 10*time.Second)
		}
	}
}
