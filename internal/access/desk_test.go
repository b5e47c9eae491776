package access_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/audit"
	"github.com/passdesk/passdesk/internal/store"
)

// house is a desk with a real store and a tenant made of data.
type house struct {
	*access.Desk
	t      *testing.T
	rules  access.Settings
	tenant *tenant
	store  *flaky
	key    access.Secret // of the callers' codes; zero: each replica's own
	mu     sync.Mutex
	clock  time.Time
}

// flaky is the real store, whose next writes can be made to fail.
type flaky struct {
	access.Store
	mu    sync.Mutex
	fails []error
}

func (f *flaky) Update(ctx context.Context, do func(access.Tx) error) error {
	f.mu.Lock()
	var err error
	if len(f.fails) > 0 {
		err, f.fails = f.fails[0], f.fails[1:]
	}
	f.mu.Unlock()
	if err != nil {
		return err
	}
	return f.Store.Update(ctx, do)
}

func (f *flaky) fail(errs ...error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fails = errs
}

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.clock
}

func (h *house) later(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clock = h.clock.Add(d)
}

func newHouse(t *testing.T) *house {
	t.Helper()
	return newHouseBy(t, settings)
}

// newHouseBy is a house with rules of its own.
func newHouseBy(t *testing.T, rules access.Settings) *house {
	t.Helper()
	h := &house{t: t, clock: noon, rules: rules}
	h.tenant = newTenant(h.now)
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "desk.db"), store.Options{Now: h.now})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	h.store = &flaky{Store: s}
	h.Desk = h.replica()
	return h
}

// replica is another desk on the same store and tenant.
func (h *house) replica() *access.Desk {
	d, err := access.NewDesk(access.Options{
		Directory: h.tenant, Store: h.store, Settings: h.rules, CodeKey: h.key, Now: h.now, Log: slog.New(slog.DiscardHandler),
		Reach: func(_ context.Context, p access.Person) error {
			if p.ID == "hermit" {
				return access.Fail(access.Refused, "hermit cannot be reached.")
			}
			return nil
		},
	})
	require.NoError(h.t, err)
	h.t.Cleanup(d.Close)
	return d
}

func claim(r access.Request) access.Claim { return access.Claim{Ref: r.Ref, Rev: r.Rev} }

var terms = access.Terms{Minutes: 60, Once: true, Reason: "new laptop"}

func (h *house) draft() access.Request {
	r, err := h.Draft(h.t.Context(), "adele", access.Pass, access.Person{ID: "joni", Name: "joni"}, terms)
	require.NoError(h.t, err)
	return r
}

func (h *house) asked() access.Request {
	r, err := h.Ask(h.t.Context(), "adele", claim(h.draft()), "joni", terms)
	require.NoError(h.t, err)
	require.Equal(h.t, access.Asked, r.State, r.Verdict)
	return r
}

func (h *house) approved() access.Request {
	r, err := h.Decide(h.t.Context(), "megan", claim(h.asked()), access.Answer{Approve: true})
	require.NoError(h.t, err)
	require.Equal(h.t, access.Approved, r.State)
	return r
}

func (h *house) shown() (access.Request, access.Showing) {
	approved := h.approved()
	s, err := h.CarryOut(h.t.Context(), "adele", claim(approved), false)
	require.NoError(h.t, err)
	require.Equal(h.t, "code-1", s.Code.Reveal())
	require.NoError(h.t, h.Answered(h.t.Context(), s))
	return approved, s
}

func (h *house) state(ref access.Ref) access.State {
	r, err := h.store.Request(h.t.Context(), ref)
	require.NoError(h.t, err)
	return r.State
}

func (h *house) audit(ref access.Ref) []string {
	entries, err := h.store.Entries(h.t.Context(), ref, "", 100)
	require.NoError(h.t, err)
	var lines []string
	for i := len(entries) - 1; i >= 0; i-- {
		e := entries[i]
		lines = append(lines, e.Actor+" "+e.Action+" "+string(e.Outcome))
	}
	return lines
}

func TestFromTheFormToTheEnd(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, s := h.shown()
	r := s.Request
	require.Equal(t, access.InForce, r.State)
	require.Equal(t, noon.Add(time.Hour), r.Ends)
	ended, err := h.End(t.Context(), "megan", claim(r))
	require.NoError(t, err)
	require.Equal(t, access.Ended, ended.State)
	require.Empty(t, h.tenant.passes)
	require.Equal(t, []string{
		"adele ask done", "megan approve done", "adele issue pass intent", "adele issue pass done",
		"adele show pass done", "megan end intent", "megan end done",
	}, h.audit(r.Ref))
}

func TestAskReturnsFindingsOnTheForm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	d := h.draft()
	r, err := h.Ask(t.Context(), "adele", claim(d), "joni", access.Terms{Minutes: 5, Reason: "x"})
	require.NoError(t, err)
	require.Equal(t, access.Draft, r.State)
	require.Equal(t, []string{"pass.lifetime"}, r.Verdict.Codes(access.Refusal))
	require.Equal(t, []string{"adele ask refused"}, h.audit(d.Ref))

	r, err = h.Ask(t.Context(), "adele", claim(r), "joni", access.Terms{Minutes: 60})
	require.NoError(t, err)
	require.Equal(t, access.Draft, r.State, "a warning needs a second press")
	again, err := h.Ask(t.Context(), "adele", access.Claim{Ref: r.Ref, Rev: r.Rev - 1}, "joni", access.Terms{Minutes: 60})
	require.NoError(t, err)
	require.Equal(t, access.Draft, again.State, "the same press delivered again is no second press")
	r, err = h.Ask(t.Context(), "adele", claim(r), "joni", access.Terms{Minutes: 60})
	require.NoError(t, err)
	require.Equal(t, access.Asked, r.State)
}

func TestAskTellsThatTheManagerCannotBeReached(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.tenant.managers["joni"] = "hermit"
	r, err := h.Ask(t.Context(), "adele", claim(h.draft()), "joni", terms)
	require.NoError(t, err)
	require.Equal(t, access.Draft, r.State)
	require.Equal(t, []string{"approver.unreachable"}, r.Verdict.Codes(access.Refusal))
}

func TestOnlyRequestersGetAForm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, err := h.Draft(t.Context(), "megan", access.Pass, access.Person{}, terms)
	require.Equal(t, access.Forbidden, access.CodeOf(err))
	_, err = h.Ask(t.Context(), "bianca", claim(h.draft()), "joni", terms)
	require.Equal(t, access.Forbidden, access.CodeOf(err), "somebody else's form")
}

func TestDecideReadsEverythingAnew(t *testing.T) {
	t.Parallel()
	spoils := map[string]func(*house){
		"person privileged by now": func(h *house) { h.tenant.privs["joni"] = []string{"is Global Administrator"} },
		"another manager by now":   func(h *house) { h.tenant.managers["joni"] = "lee" },
		"approver disabled":        func(h *house) { h.tenant.set("megan", func(m *access.Member) { m.Enabled = false }) },
		"approver a guest":         func(h *house) { h.tenant.set("megan", func(m *access.Member) { m.Guest = true }) },
		"asker left the desk":      func(h *house) { h.tenant.set("adele", func(m *access.Member) { m.Groups = nil }) },
		"person disabled":          func(h *house) { h.tenant.set("joni", func(m *access.Member) { m.Enabled = false }) },
		"Entra silent":             func(h *house) { h.tenant.factsErr = access.Fail(access.Unavailable, "later") },
	}
	for name, spoil := range spoils {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			r := h.asked()
			spoil(h)
			_, err := h.Decide(t.Context(), "megan", claim(r), access.Answer{Approve: true})
			require.Error(t, err)
			require.NotEmpty(t, access.Say(err))
			require.Equal(t, access.Asked, h.state(r.Ref))
		})
	}
}

func TestCarryOutReadsEverythingAnew(t *testing.T) {
	t.Parallel()
	spoils := map[string]func(*house){
		"person privileged by now": func(h *house) { h.tenant.privs["joni"] = []string{"is Global Administrator"} },
		"asker left the desk":      func(h *house) { h.tenant.set("adele", func(m *access.Member) { m.Groups = nil }) },
		"asker disabled":           func(h *house) { h.tenant.set("adele", func(m *access.Member) { m.Enabled = false }) },
		"somebody else's pass": func(h *house) {
			h.tenant.passes["joni"] = access.LivePass{ID: "portal", Start: noon, Minutes: 60, Usable: true}
		},
	}
	for name, spoil := range spoils {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			r := h.approved()
			spoil(h)
			_, err := h.CarryOut(t.Context(), "adele", claim(r), false)
			require.Equal(t, access.Refused, access.CodeOf(err))
			require.Zero(t, h.tenant.made)
			require.Equal(t, access.Approved, h.state(r.Ref))
		})
	}
}

func TestOnlyTheAskerSeesThePass(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := h.approved()
	for _, other := range []access.ID{"megan", "bianca", "joni", "nobody", ""} {
		s, err := h.CarryOut(t.Context(), other, claim(r), false)
		require.Equal(t, access.Forbidden, access.CodeOf(err), other)
		require.True(t, s.Code.IsZero())
	}
	require.Zero(t, h.tenant.made)
}

func TestTheSameClickGetsTheSameCodeForAMinute(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	approved, _ := h.shown()
	h.later(59 * time.Second)
	s, err := h.CarryOut(t.Context(), "adele", claim(approved), false)
	require.NoError(t, err)
	require.Equal(t, "code-1", s.Code.Reveal())
	other, err := h.CarryOut(t.Context(), "adele", claim(s.Request), false)
	require.NoError(t, err)
	require.True(t, other.Code.IsZero(), "another click is not the same click")
	h.later(2 * time.Second)
	s, err = h.CarryOut(t.Context(), "adele", claim(approved), false)
	require.NoError(t, err)
	require.True(t, s.Code.IsZero())
	require.Contains(t, s.Say, "Issue again")
	require.Equal(t, 1, h.tenant.made)
}

func TestHideForgetsTheCode(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	approved, s := h.shown()
	_, err := h.Hide(t.Context(), "adele", claim(s.Request))
	require.NoError(t, err)
	s, err = h.CarryOut(t.Context(), "adele", claim(approved), false)
	require.NoError(t, err)
	require.True(t, s.Code.IsZero())
}

func TestIssueAgainTwiceAtMost(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, s := h.shown()
	for i := range access.CodesShown - 1 {
		h.later(3 * time.Minute)
		var err error
		s, err = h.CarryOut(t.Context(), "adele", claim(s.Request), true)
		require.NoError(t, err)
		require.Equal(t, "code-"+string(rune('2'+i)), s.Code.Reveal())
		require.NoError(t, h.Answered(t.Context(), s))
	}
	h.later(3 * time.Minute)
	_, err := h.CarryOut(t.Context(), "adele", claim(s.Request), true)
	require.Equal(t, access.Refused, access.CodeOf(err))
	require.Equal(t, access.CodesShown, h.tenant.made)
	require.Equal(t, "tap-3", h.tenant.passes["joni"].ID)
}

func TestAnotherReplicaWaitsAndThenTakesOver(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := h.approved()
	other := h.replica()
	h.tenant.during = func() {
		h.tenant.during = nil
		s, err := other.CarryOut(t.Context(), "adele", claim(r), false)
		require.NoError(t, err)
		require.True(t, s.Code.IsZero())
		require.Contains(t, s.Say, "being made")
	}
	s, err := h.CarryOut(t.Context(), "adele", claim(r), false)
	require.NoError(t, err)
	require.False(t, s.Code.IsZero())

	// The first replica dies before its answer is written: nobody has seen the
	// code, so another replica makes a pass anew, and that is not counted.
	h.later(2 * time.Minute)
	s, err = other.CarryOut(t.Context(), "adele", claim(s.Request), false)
	require.NoError(t, err)
	require.Equal(t, "code-2", s.Code.Reveal())
	require.Equal(t, 1, h.tenant.deleted, "the unseen pass was deleted")
	require.Equal(t, 0, s.Shown)
}

func TestALostAnswerIsClearedUpFirst(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := h.approved()
	h.tenant.lost = true
	_, err := h.CarryOut(t.Context(), "adele", claim(r), false)
	require.Equal(t, access.Uncertain, access.CodeOf(err))
	require.Equal(t, access.CarryingOut, h.state(r.Ref))
	s, err := h.CarryOut(t.Context(), "adele", claim(r), false)
	require.NoError(t, err)
	require.Equal(t, "code-2", s.Code.Reveal())
	require.Equal(t, 1, h.tenant.deleted)
}

func TestWhatCannotBeRecordedIsNotGiven(t *testing.T) {
	t.Parallel()
	full := errors.New("disk full")
	t.Run("intent", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t)
		r := h.approved()
		h.store.fail(full)
		_, err := h.CarryOut(t.Context(), "adele", claim(r), false)
		require.ErrorIs(t, err, full)
		require.Zero(t, h.tenant.made)
	})
	t.Run("outcome", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t)
		r := h.approved()
		h.store.fail(nil, full)
		s, err := h.CarryOut(t.Context(), "adele", claim(r), false)
		require.ErrorIs(t, err, full)
		require.True(t, s.Code.IsZero())
		require.Empty(t, h.tenant.passes, "the pass that could not be recorded is deleted")
	})
	t.Run("ending goes ahead", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t)
		_, s := h.shown()
		h.store.fail(full)
		_, err := h.End(t.Context(), "adele", claim(s.Request))
		require.ErrorIs(t, err, full)
		require.Empty(t, h.tenant.passes)
		require.Equal(t, access.InForce, h.state(s.Request.Ref))
		h.later(time.Hour)
		require.NoError(t, h.Sweep(t.Context()))
		require.Equal(t, access.Ended, h.state(s.Request.Ref), "recorded as soon as possible")
	})
}

func TestWhatGraphRefusesFails(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := h.approved()
	h.tenant.issueErr = access.Fail(access.Refused, "The policy says no.")
	_, err := h.CarryOut(t.Context(), "adele", claim(r), false)
	require.Equal(t, access.Refused, access.CodeOf(err))
	require.Equal(t, access.Failed, h.state(r.Ref))
}

func TestBusyGraphIsTriedAgainByTheNextPress(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := h.approved()
	h.tenant.issueErr = access.Fail(access.Unavailable, "Entra is busy.")
	_, err := h.CarryOut(t.Context(), "adele", claim(r), false)
	require.Equal(t, access.Unavailable, access.CodeOf(err))
	s, err := h.CarryOut(t.Context(), "adele", claim(r), false)
	require.NoError(t, err)
	require.Equal(t, "code-1", s.Code.Reveal())
}

func TestApproveAndWithdrawRace(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for range 10 {
		r := h.asked()
		var wg sync.WaitGroup
		errs := make([]error, 2)
		wg.Go(func() { _, errs[0] = h.Decide(t.Context(), "megan", claim(r), access.Answer{Approve: true}) })
		wg.Go(func() { _, errs[1] = h.Withdraw(t.Context(), "adele", claim(r)) })
		wg.Wait()
		require.NotEqual(t, errs[0] == nil, errs[1] == nil, "one of the two wins: %v", errs)
	}
}

func TestManyPressesMakeOnePass(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := h.approved()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { _, _ = h.CarryOut(t.Context(), "adele", claim(r), false) })
	}
	wg.Wait()
	require.Equal(t, 1, h.tenant.made)
}

func TestWithdrawAnApproval(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, err := h.Withdraw(t.Context(), "megan", claim(h.asked()))
	require.Equal(t, access.Forbidden, access.CodeOf(err), "an approver denies instead")
	r, err := h.Withdraw(t.Context(), "megan", claim(h.approved()))
	require.NoError(t, err)
	require.Equal(t, access.Withdrawn, r.State)
	_, err = h.CarryOut(t.Context(), "adele", claim(r), false)
	require.Equal(t, access.Stale, access.CodeOf(err))
}

func TestWhatIsDueHappens(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	draft, asked, approved := h.draft(), h.asked(), h.approved()
	h.later(61 * time.Minute)
	require.NoError(t, h.Sweep(t.Context()))
	require.Equal(t, access.Draft, h.state(draft.Ref))
	require.Equal(t, access.Lapsed, h.state(asked.Ref))
	require.Equal(t, access.Lapsed, h.state(approved.Ref))
	_, s := h.shown()
	h.later(24 * time.Hour)
	h.tenant.deleteErr = access.Fail(access.Unavailable, "later")
	require.Error(t, h.Sweep(t.Context()))
	require.Equal(t, access.Ending, h.state(s.Request.Ref), "it is not called ended before it is")
	require.NoError(t, h.Sweep(t.Context()))
	require.Equal(t, access.Ended, h.state(s.Request.Ref))
	require.Equal(t, access.Lapsed, h.state(draft.Ref))
	require.Empty(t, h.tenant.passes)
}

func TestAnAttemptThatNobodyTakesUpIsSettled(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := h.approved()
	h.tenant.lost = true
	_, err := h.CarryOut(t.Context(), "adele", claim(r), false)
	require.Error(t, err)
	require.NotEmpty(t, h.tenant.passes)
	h.later(11 * time.Minute)
	require.NoError(t, h.Sweep(t.Context()))
	require.Equal(t, access.Failed, h.state(r.Ref))
	require.Empty(t, h.tenant.passes, "no pass is left that nobody knows of")
}

func TestReadBackNoticesAReplacedPass(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, s := h.shown()
	require.NoError(t, h.ReadBack(t.Context(), s.Request.Ref))
	h.tenant.passes["joni"] = access.LivePass{ID: "old", Created: noon.Add(-time.Hour), Start: noon, Minutes: 60}
	require.Equal(t, access.Unavailable, access.CodeOf(h.ReadBack(t.Context(), s.Request.Ref)), "Entra still shows how it was")
	h.tenant.passes["joni"] = access.LivePass{ID: "portal", Created: noon.Add(time.Minute), Start: noon, Minutes: 60}
	require.NoError(t, h.ReadBack(t.Context(), s.Request.Ref))
	r, err := h.store.Request(t.Context(), s.Request.Ref)
	require.NoError(t, err)
	require.True(t, r.Replaced)
	_, err = h.End(t.Context(), "adele", claim(r))
	require.NoError(t, err)
	require.Equal(t, "portal", h.tenant.passes["joni"].ID, "a pass that is not ours stays")
}

func TestReadBackDeletesAgainWhatIsStillThere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, s := h.shown()
	live := h.tenant.passes["joni"]
	r, err := h.End(t.Context(), "adele", claim(s.Request))
	require.NoError(t, err)
	h.tenant.passes["joni"] = live // the deletion had not reached it
	require.Equal(t, access.Unavailable, access.CodeOf(h.ReadBack(t.Context(), r.Ref)))
	require.Empty(t, h.tenant.passes)
	require.NoError(t, h.ReadBack(t.Context(), r.Ref))
}

func TestRefusalsAreRecordedOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := h.asked()
	for range 3 {
		_, err := h.Decide(t.Context(), "bianca", claim(r), access.Answer{Approve: true})
		require.Equal(t, access.Forbidden, access.CodeOf(err))
	}
	require.Equal(t, []string{"adele ask done", "bianca approve refused"}, h.audit(r.Ref))
	entries, err := h.store.Entries(t.Context(), r.Ref, "", 1)
	require.NoError(t, err)
	require.Equal(t, audit.Refused, entries[0].Outcome)
}
