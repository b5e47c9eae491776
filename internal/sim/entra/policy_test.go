package entra_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

func TestAPolicyIsOnItsWay(t *testing.T) {
	t.Parallel()
	tenant := still(t)
	state := func() string { return tenant.Seen(0).Policies()[0].State }
	disable := func() error {
		return tenant.ChangePolicy("enforcement", func(p *entra.Policy) { p.State = "disabled" })
	}
	require.NoError(t, tenant.Replicate("enforcement", 10*time.Second, disable))
	truth, _ := tenant.Policy("enforcement")
	require.Equal(t, "disabled", truth.State)
	require.Equal(t, "enabled", state())
	tenant.Advance(10 * time.Second)
	require.Equal(t, "disabled", state())

	require.NoError(t, tenant.Replicate(truth.ID, 10*time.Second, func() error {
		return tenant.ChangePolicy(truth.ID, func(p *entra.Policy) { p.State = "enabled" })
	}))
	require.Equal(t, "disabled", state())
	require.NoError(t, tenant.ChangePolicy("enforcement", func(p *entra.Policy) { p.Name = "New" }))
	require.Equal(t, "enabled", state(), "a change that is made past Graph brings the others along")
}

// Two changes within one reading of the clock are told apart all the same.
func TestEveryModificationHasATimeOfItsOwn(t *testing.T) {
	t.Parallel()
	tenant := still(t)
	seen := map[time.Time]bool{}
	for range 3 {
		require.NoError(t, tenant.ChangePolicy("platforms", func(*entra.Policy) {}))
		p, _ := tenant.Policy("platforms")
		seen[p.Modified] = true
	}
	require.Len(t, seen, 3)
}

func TestAPolicyIsCopied(t *testing.T) {
	t.Parallel()
	tenant := still(t)
	require.NoError(t, tenant.ChangePolicy("platforms", func(p *entra.Policy) {
		p.Rest = map[string]json.RawMessage{"sessionControls": json.RawMessage("null")}
	}))
	mine, _ := tenant.Policy("platforms")
	mine.Conditions.ExcludeUsers[0], mine.Rest["conditions.locations"] = "x", nil
	theirs, _ := tenant.Policy("platforms")
	require.NotEqual(t, "x", theirs.Conditions.ExcludeUsers[0])
	require.Len(t, theirs.Rest, 1)
}

func TestDeletingAPolicy(t *testing.T) {
	t.Parallel()
	tenant := still(t)
	require.NoError(t, tenant.DeletePolicy("platforms"))
	require.ErrorIs(t, tenant.DeletePolicy("platforms"), entra.ErrUnknown)
	require.ErrorIs(t, tenant.ChangePolicy("platforms", func(*entra.Policy) {}), entra.ErrUnknown)
	require.ErrorIs(t, tenant.DeletePolicy(""), entra.ErrUnknown)
	require.Len(t, tenant.Seen(0).Policies(), 1)
}

func TestARevocationIsOnItsWay(t *testing.T) {
	t.Parallel()
	tenant := still(t)
	from := func(alias string) time.Time { return tenant.Seen(0).SessionsFrom(alias) }
	truth := func(alias string) time.Time {
		p, _ := tenant.Person(alias)
		return p.SessionsFrom
	}
	before, guest := truth("grady"), truth("guest")
	tenant.Advance(time.Hour)
	require.NoError(t, tenant.RevokeSessionsLate("grady", 3*time.Minute))
	require.NoError(t, tenant.RevokeSessionsLate("guest", 3*time.Minute))
	require.ErrorIs(t, tenant.RevokeSessionsLate("nobody", 0), entra.ErrUnknown)
	require.Equal(t, tenant.Now(), truth("grady"))
	require.Equal(t, before, from("grady"))
	_, err := tenant.IssuePass("grady", entra.PassWish{})
	require.NoError(t, err)
	require.Equal(t, before, from("grady"), "another change brings it no sooner")
	tenant.Advance(3 * time.Minute)
	require.Equal(t, truth("grady"), from("grady"))
	require.Equal(t, guest, truth("guest"))
	require.Equal(t, guest, from("guest"))

	require.NoError(t, tenant.RevokeSessionsLate("grady", time.Hour))
	require.NoError(t, tenant.RevokeSessions("grady"))
	require.Equal(t, tenant.Now(), from("grady"), "an administrator's is heard at once")
}
