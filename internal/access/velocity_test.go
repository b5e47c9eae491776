package access_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

// paced is a house with limits.
func paced(t *testing.T, l access.Limits) *house {
	t.Helper()
	s := settings
	s.Limits = l
	return newHouseBy(t, s)
}

func within(n int, d time.Duration) access.Limit { return access.Limit{Most: n, In: d} }

func TestLimitsAtTheSending(t *testing.T) {
	t.Parallel()
	for code, l := range map[string]access.Limits{
		"limit.agent":  {Agent: within(2, time.Hour)},
		"limit.person": {Person: within(2, 24*time.Hour)},
		"limit.tenant": {Tenant: within(2, time.Hour)},
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			h := paced(t, l)
			h.draft() // a form that is not sent does not count
			h.asked()
			h.asked()
			r := h.asksAgain()
			require.Equal(t, access.Draft, r.State)
			require.Equal(t, []string{code}, h.codes(r))
			require.Equal(t, []string{"adele ask refused"}, h.audit(r.Ref))
			h.later(25 * time.Hour)
			require.Equal(t, access.Asked, h.asksAgain().State)
		})
	}
}

func TestALimitIsOnesOwn(t *testing.T) {
	t.Parallel()
	h := paced(t, access.Limits{Agent: within(1, time.Hour), Person: within(2, time.Hour)})
	h.asked()
	draft, err := h.Draft(t.Context(), "bianca", access.Pass, access.Person{ID: "joni"}, terms)
	require.NoError(t, err)
	r, err := h.Ask(t.Context(), "bianca", claim(draft), "joni", terms)
	require.NoError(t, err)
	require.Equal(t, access.Asked, r.State, "adele's requests are not bianca's")
	require.Equal(t, []string{"limit.agent", "limit.person"}, h.codes(h.asksAgain()))
}

// I4: many who send at once do not all count as the last one.
func TestALimitHoldsForManyAtOnce(t *testing.T) {
	t.Parallel()
	h := paced(t, access.Limits{Agent: within(3, time.Hour)})
	forms := make([]access.Request, 12)
	for i := range forms {
		forms[i] = h.draft()
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	sent := 0
	for _, f := range forms {
		all.Go(func() {
			r, err := h.Ask(t.Context(), "adele", claim(f), "joni", terms)
			mu.Lock()
			defer mu.Unlock()
			if err == nil && r.State == access.Asked {
				sent++
			}
		})
	}
	all.Wait()
	require.Equal(t, 3, sent)
}

func TestWhoDecidesTooOftenMayStillDeny(t *testing.T) {
	t.Parallel()
	h := paced(t, access.Limits{Approver: within(2, time.Hour)})
	h.approved()
	h.approved()
	r := h.asked()
	_, err := h.Decide(t.Context(), "megan", claim(r), yes)
	require.Equal(t, access.Refused, access.CodeOf(err))
	require.Contains(t, access.Say(err), "2 within 1 hour")
	require.Contains(t, h.audit(r.Ref), "megan approve refused")
	h.is(r, access.Asked)
	_, err = h.Decide(t.Context(), "megan", claim(r), access.Answer{Reason: "no"})
	require.NoError(t, err)
	h.later(time.Hour)
	h.approved()
}

// A burst of fifty passes for fifty people, by one agent, is a rollout and no attack.
func TestABurstIsWithinTheLimits(t *testing.T) {
	t.Parallel()
	h := paced(t, access.Limits{Agent: within(120, time.Hour), Person: within(40, 24*time.Hour), Approver: within(120, time.Hour), Tenant: within(1200, time.Hour)})
	for i := range 50 {
		id := access.ID(fmt.Sprint("person-", i))
		h.tenant.set(id, func(m *access.Member) {
			*m = access.Member{Person: access.Person{ID: id, Name: string(id)}, Found: true, Enabled: true}
		})
		h.tenant.managers[id] = "megan"
		draft, err := h.Draft(t.Context(), "adele", access.Pass, access.Person{ID: id}, terms)
		require.NoError(t, err)
		r, err := h.Ask(t.Context(), "adele", claim(draft), id, terms)
		require.NoError(t, err)
		h.agree(r, "megan")
	}
}
