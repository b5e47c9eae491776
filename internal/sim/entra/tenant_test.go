package entra_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

func TestTheClockIsMovedNotSet(t *testing.T) {
	t.Parallel()
	tn := tenant(t)
	require.Equal(t, morning, tn.Now())
	tn.Advance(2 * time.Hour)
	require.Equal(t, morning.Add(2*time.Hour), tn.Now())
}

func TestChangesAreTold(t *testing.T) {
	t.Parallel()
	tn := tenant(t)
	for name, change := range map[string]func() error{
		"enabled": func() error { return tn.SetEnabled("joni", false) },
		"member":  func() error { return tn.AddMember("helpdesk", "joni") },
		"role":    func() error { return tn.AddRole("joni", entra.UserAdministrator, "") },
		"clock":   func() error { tn.Advance(time.Minute); return nil },
	} {
		changed := tn.Changed()
		require.NoError(t, change(), name)
		select {
		case <-changed:
		default:
			t.Errorf("%s: nobody was told", name)
		}
	}
	quiet := tn.Changed()
	require.ErrorIs(t, tn.SetEnabled("nobody", true), entra.ErrUnknown)
	select {
	case <-quiet:
		t.Error("a refused change was told")
	default:
	}
}

func TestGroupsNestAndMayBeCircular(t *testing.T) {
	t.Parallel()
	tn := tenant(t)
	outer, err := tn.AddGroup(entra.Group{Alias: "outer", Name: "Outer", Members: []string{"helpdesk"}})
	require.NoError(t, err)
	require.NoError(t, tn.AddMember("helpdesk", "outer"))

	adele := person(t, tn, "adele").ID
	require.Len(t, tn.GroupsOf(adele, false), 1)
	require.Len(t, tn.GroupsOf(adele, true), 2)
	require.Len(t, tn.MembersOf(outer.ID, false), 1)
	require.Contains(t, tn.MembersOf(outer.ID, true), adele)
}

func TestMembershipIsRefusedTwice(t *testing.T) {
	t.Parallel()
	tn := tenant(t)
	require.ErrorIs(t, tn.AddMember("helpdesk", "adele"), entra.ErrAlready)
	require.NoError(t, tn.RemoveMember("helpdesk", "adele"))
	require.ErrorIs(t, tn.RemoveMember("helpdesk", "adele"), entra.ErrUnknown)
	require.ErrorIs(t, tn.AddMember("no such group", "adele"), entra.ErrUnknown)
}

func TestRolesInOneUnitAreNoTenantRoles(t *testing.T) {
	t.Parallel()
	tn := tenant(t)
	unit := "/administrativeUnits/8f3b1c52-6c1d-4a0e-9b57-0f6f2f0a1d11"
	require.NoError(t, tn.AddRole("joni", "User Administrator", unit))
	require.ErrorIs(t, tn.AddRole("joni", "User Administrator", unit), entra.ErrAlready)
	joni := person(t, tn, "joni").ID
	require.Empty(t, tn.RolesOf(joni, true))
	require.NoError(t, tn.AddRole("joni", "User Administrator", ""))
	require.Len(t, tn.RolesOf(joni, true), 1)
	require.NoError(t, tn.RemoveRole("joni", "User Administrator", ""))
	require.ErrorIs(t, tn.RemoveRole("joni", "User Administrator", ""), entra.ErrUnknown)
	require.Empty(t, tn.RolesOf(joni, true))
}

func TestWhoeverIsRemovedLeavesNothing(t *testing.T) {
	t.Parallel()
	tn := tenant(t)
	lee := person(t, tn, "lee")
	require.NoError(t, tn.RemovePerson("lee"))
	_, there := tn.Person(lee.UPN)
	require.False(t, there)
	require.True(t, tn.WasPerson(lee.ID))
	require.Empty(t, person(t, tn, "adele").Manager)
	require.Empty(t, tn.MembersOf("auditors", true))
}

func TestAddedPeopleAreComplete(t *testing.T) {
	t.Parallel()
	tn := tenant(t)
	added, err := tn.AddPerson(entra.Person{Alias: "nina", GivenName: "Nina", Surname: "Oyen", Enabled: true})
	require.NoError(t, err)
	require.Equal(t, "Nina Oyen", added.Name)
	require.NotEmpty(t, added.Teams)
	require.Len(t, tn.Methods("nina"), 1)
	_, err = tn.AddPerson(entra.Person{Alias: "nina"})
	require.Error(t, err)
	_, err = tn.AddPerson(entra.Person{})
	require.Error(t, err)

	ola := entra.Person{GivenName: "Ola", Surname: "Nordmann", Enabled: true}
	one, err := tn.AddPerson(ola)
	require.NoError(t, err)
	other, err := tn.AddPerson(ola)
	require.NoError(t, err)
	require.NotEqual(t, one.UPN, other.UPN)
}

func TestInstallingTellsOnce(t *testing.T) {
	t.Parallel()
	tn := tenant(t)
	var told []string
	tn.OnInstall(func(id string) { told = append(told, id) })
	id, already := tn.Install("joni")
	require.NotEmpty(t, id)
	require.False(t, already)
	again, already := tn.Install("joni")
	require.Equal(t, id, again)
	require.True(t, already)
	require.Equal(t, []string{person(t, tn, "joni").ID}, told)
	tn.Uninstall("joni")
	require.False(t, tn.Installed("joni"))
}

func TestStateHasTheShapeOfTheControlPort(t *testing.T) {
	t.Parallel()
	tn := tenant(t)
	pass, err := tn.IssuePass("joni", entra.PassWish{})
	require.NoError(t, err)
	encoded, err := json.Marshal(tn.State())
	require.NoError(t, err)

	var state struct {
		Now   time.Time
		Users map[string]struct {
			Methods []map[string]any
			Passes  []map[string]any
		}
		Groups   map[string]struct{ Members []string }
		Policies []map[string]any
		SignIns  []any
	}
	require.NoError(t, json.Unmarshal(encoded, &state))
	require.Equal(t, morning, state.Now)
	joni := state.Users[person(t, tn, "joni").ID]
	require.Equal(t, pass.Code, joni.Passes[0]["code"])
	require.Equal(t, true, joni.Passes[0]["isUsable"])
	require.Equal(t, "password", joni.Methods[0]["type"])
	helpdesk, _ := tn.Group("helpdesk")
	require.Len(t, state.Groups[helpdesk.ID].Members, 2)
	require.Len(t, state.Policies, 2)
	require.NotNil(t, state.SignIns)
	require.Contains(t, string(encoded), `"members":[]`, "an empty group has an empty list")
}

func TestEverythingAtOnce(t *testing.T) {
	t.Parallel()
	tn := entra.New(entra.Options{Users: 50})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 20 {
				key := fmt.Sprintf("p%d-%d", i, n)
				_, err := tn.AddPerson(entra.Person{Alias: key, Enabled: true})
				require.NoError(t, err)
				require.NoError(t, tn.AddMember("helpdesk", key))
				_, err = tn.IssuePass(key, entra.PassWish{})
				require.NoError(t, err)
				tn.GroupsOf(person(t, tn, key).ID, true)
				tn.State()
				tn.Advance(time.Second)
				require.NoError(t, tn.RemovePerson(key))
			}
		})
	}
	all.Wait()
	require.Len(t, tn.MembersOf("helpdesk", true), 2)
}
