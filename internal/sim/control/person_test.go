package control_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// What is changed of a person is in the log as Entra writes it, and what stayed as
// it was is not.
func TestChangingAPersonIsLogged(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]*entra.Audit{
		`{"mobilePhone":"+47 1"}`: {Activity: "Update user", Operation: "Update", Targets: []entra.AuditTarget{{Changed: changed("Mobile", "", "+47 1")}}},
		`{"department":"Legal"}`:  {Activity: "Update user", Operation: "Update", Targets: []entra.AuditTarget{{Changed: changed("Department", "Marketing", "Legal")}}},
		`{"manager":"lee"}`:       {Activity: "Set user manager", Operation: "Update", Targets: []entra.AuditTarget{{}, {}}},
		`{"resetPassword":true}`:  {Activity: "Reset user password", Operation: "Update", Targets: []entra.AuditTarget{{}}},
		`{"manager":"megan"}`:     nil,
		`{"manager":""}`:          nil,
		`{"department":"Marketing","mobilePhone":"","businessPhone":""}`: nil,
		`{"administrativeUnits":["Nordics"]}`:                            nil,
		`{"enabled":true}`:                                               nil,
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			d := open(t)
			d.get(t, http.MethodPost, "/people/joni", body, &entra.Person{})
			lines := d.tenant.VisibleAudits(false)
			if want == nil {
				require.Empty(t, lines)
				return
			}
			require.Len(t, lines, 1)
			line := lines[0]
			require.Equal(t, []string{want.Activity, want.Operation, "UserManagement", "Core Directory"}, []string{line.Activity, line.Operation, line.Category, line.Service})
			require.Len(t, line.Targets, len(want.Targets))
			require.Equal(t, want.Targets[0].Changed, line.Targets[0].Changed)
			joni, _ := d.tenant.Person("joni")
			require.Equal(t, joni.ID, line.Targets[0].ID)
			require.NotEmpty(t, line.By.ID)
		})
	}
}

func changed(name, before, after string) []entra.AuditChange {
	return []entra.AuditChange{
		{Name: name, Old: before, New: after, Listed: true}, {Name: "Included Updated Properties", New: name}, {Name: "TargetId.UserType", New: "Member"},
	}
}

func TestUnitsOfAPerson(t *testing.T) {
	t.Parallel()
	d := open(t)
	joni, _ := d.tenant.Person("joni")
	units := func(body string) []entra.Unit {
		d.get(t, http.MethodPost, "/people/joni", body, &entra.Person{})
		var state struct {
			Users map[string]struct {
				AdministrativeUnits []entra.Unit
			}
		}
		d.get(t, http.MethodGet, "/state", "", &state)
		return state.Users[joni.ID].AdministrativeUnits
	}
	both := units(`{"administrativeUnits":["Nordics","Legal"]}`)
	require.Len(t, both, 2)
	require.Equal(t, both, units(`{"enabled":true}`), "what is not named stays")
	require.Equal(t, both[1:], units(`{"administrativeUnits":["`+both[1].ID+`"]}`))
	require.Empty(t, units(`{"administrativeUnits":[]}`))
}

func TestMethodsOfAPerson(t *testing.T) {
	t.Parallel()
	d := open(t)
	const path = "/people/grady/methods"
	var made struct{ ID string }
	for _, c := range []struct{ method, path, body, activity string }{
		{http.MethodPost, path, `{"kind":"phone","number":"+47 1","self":true}`, "User registered security info"},
		{http.MethodDelete, path + "/", `{}`, "Admin deleted security info"},
		{http.MethodPost, path, `{"kind":"email","address":"g@nordlys.example"}`, "Admin registered security info"},
		{http.MethodDelete, path + "/", `{"self":true}`, "User deleted security info"},
	} {
		if c.method == http.MethodDelete {
			c.path += made.ID
		}
		before := len(d.tenant.Methods("grady"))
		d.get(t, c.method, c.path, c.body, &made)
		require.Len(t, d.tenant.Methods("grady"), map[string]int{http.MethodPost: before + 1, http.MethodDelete: before - 1}[c.method])
		require.Equal(t, c.activity, d.tenant.VisibleAudits(false)[0].Activity)
	}
	for _, c := range []struct {
		method, path, body string
		status             int
	}{
		{http.MethodPost, path, `{"kind":"tattoo"}`, http.StatusBadRequest},
		{http.MethodPost, path, `{"kind":7}`, http.StatusBadRequest},
		{http.MethodPost, "/people/nobody/methods", `{"kind":"phone"}`, http.StatusNotFound},
		{http.MethodDelete, path + "/none", ``, http.StatusNotFound},
		{http.MethodDelete, path + "/none", `[]`, http.StatusBadRequest},
		{http.MethodDelete, "/people/nobody/methods/none", ``, http.StatusNotFound},
	} {
		status, text := d.call(t, c.method, c.path, c.body)
		require.Equal(t, c.status, status, text)
	}
	require.Len(t, d.tenant.VisibleAudits(false), 4, "what did not happen is not logged")
}
