package entra_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// still is a tenant whose clock moves only when it is advanced.
func still(t *testing.T) *entra.Tenant {
	t.Helper()
	at := time.Date(2026, 2, 3, 9, 15, 0, 0, time.UTC)
	return entra.New(entra.Options{Now: func() time.Time { return at }})
}

func idOf(t *testing.T, tenant *entra.Tenant, alias string) string {
	t.Helper()
	p, ok := tenant.Person(alias)
	require.True(t, ok)
	return p.ID
}

func TestAMembershipIsOnItsWay(t *testing.T) {
	t.Parallel()
	tenant := still(t)
	joni, index := idOf(t, tenant, "joni"), 10*time.Second
	add := func() error { return tenant.AddMember("exclude-platforms", "joni") }
	remove := func() error { return tenant.RemoveMember("exclude-platforms", "joni") }
	require.NoError(t, tenant.Replicate("exclude-platforms", 5*time.Second, add))
	require.NoError(t, tenant.Replicate("exclude-platforms", 2*time.Second, func() error { return nil })) // overtakes nobody

	seen := func(behind time.Duration) bool {
		view := tenant.Seen(behind)
		in := len(view.MembersOf("exclude-platforms", true)) == 1
		require.Equal(t, in, len(view.GroupsOf(joni, true)) == 1)
		return in
	}
	require.Len(t, tenant.MembersOf("exclude-platforms", false), 1)
	require.ErrorIs(t, tenant.Replicate("exclude-platforms", time.Second, add), entra.ErrAlready)
	require.False(t, seen(0))
	tenant.Advance(5 * time.Second)
	require.True(t, seen(0))
	require.False(t, seen(index))
	require.NoError(t, tenant.Replicate("exclude-platforms", 5*time.Second, remove))
	require.Empty(t, tenant.MembersOf("exclude-platforms", false))
	tenant.Advance(4 * time.Second)
	require.True(t, seen(0))
	require.False(t, seen(index))
	tenant.Advance(time.Second)
	require.False(t, seen(0))
	tenant.Advance(6 * time.Second)
	require.True(t, seen(index))
	tenant.Advance(time.Minute)
	require.False(t, seen(index))
}

func TestAPassIsOnItsWay(t *testing.T) {
	t.Parallel()
	tenant := still(t)
	var first, second entra.Pass
	issue := func(p *entra.Pass) func() error {
		return func() (err error) {
			*p, err = tenant.IssuePass("joni", entra.PassWish{})
			return err
		}
	}
	seen := func() string {
		pass, _ := tenant.Seen(0).PassOf("joni")
		return pass.ID
	}
	require.NoError(t, tenant.Replicate("joni", 5*time.Second, issue(&first)))
	require.Empty(t, seen())
	tenant.Advance(3 * time.Second)
	require.NoError(t, tenant.Replicate("joni", 5*time.Second, issue(&second)))
	require.Empty(t, seen())
	tenant.Advance(2 * time.Second)
	require.Equal(t, first.ID, seen())
	tenant.Advance(3 * time.Second)
	require.Equal(t, second.ID, seen())
	require.NoError(t, tenant.Replicate("joni", 5*time.Second, func() error { return tenant.DeletePass("joni", second.ID) }))
	require.Equal(t, second.ID, seen())
	_, held := tenant.PassOf("joni")
	require.False(t, held)
	tenant.Advance(time.Hour)
	require.Empty(t, seen())
}

// What is changed in the tenant itself is seen at once, with what is on its way.
func TestOtherChangesAreSeenAtOnce(t *testing.T) {
	t.Parallel()
	tenant := still(t)
	require.NoError(t, tenant.Replicate("exclude-platforms", time.Hour, func() error { return tenant.AddMember("exclude-platforms", "joni") }))
	require.Empty(t, tenant.Seen(0).MembersOf("exclude-platforms", false))
	require.NoError(t, tenant.AddMember("exclude-platforms", "alex"))
	require.Len(t, tenant.Seen(0).MembersOf("exclude-platforms", false), 2)
	_, err := tenant.PutMethod("joni", entra.Method{Kind: entra.Phone})
	require.NoError(t, err)
	require.Len(t, tenant.Seen(time.Minute).Methods("joni"), 2)
}

func TestARefusedChangeIsNone(t *testing.T) {
	t.Parallel()
	tenant, refused := still(t), errors.New("no")
	require.ErrorIs(t, tenant.Replicate("grady", time.Second, func() error { return refused }), refused)
	require.ErrorIs(t, tenant.Replicate("nobody", time.Second, func() error { return refused }), refused)
	require.Len(t, tenant.Seen(0).Methods("grady"), 2)
	_, held := tenant.Seen(0).PassOf("grady")
	require.False(t, held)
}
