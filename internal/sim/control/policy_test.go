package control_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// shown is what GET /state tells of policies and groups.
type shown struct {
	Policies []struct {
		ID, Alias, State, DisplayName string
		ExcludeUsers, ExcludeGroups   []string
		ModifiedDateTime              time.Time
		Beta                          bool
	}
	Groups map[string]struct {
		Members, Owners        []string
		MembershipRule         string
		OnPremisesSyncEnabled  bool
		IsAssignableToRole     bool
		IsManagementRestricted bool
	}
	Users map[string]any
}

func (d *desk) state(t *testing.T) shown {
	t.Helper()
	var s shown
	d.get(t, http.MethodGet, "/state", "", &s)
	return s
}

func TestAPolicyBehindTheBotsBack(t *testing.T) {
	t.Parallel()
	d := open(t)
	joni, _ := d.tenant.Person("joni")
	helpdesk, _ := d.tenant.Group("helpdesk")
	own, _ := d.tenant.Group("exclude-platforms")
	var answer map[string]any
	d.get(t, http.MethodPost, "/policies/platforms", `{"state":"enabledForReportingButNotEnforced","displayName":"Phones","beta":true,"addExcludeUsers":["joni","joni"],"addExcludeGroups":["helpdesk"],"removeExcludeGroups":["exclude-platforms"]}`, &answer)
	require.Equal(t, []any{helpdesk.ID}, answer["excludeGroups"])
	p := d.state(t).Policies[1]
	require.Equal(t, "enabledForReportingButNotEnforced", p.State)
	require.Equal(t, "Phones", p.DisplayName)
	require.Equal(t, []string{helpdesk.ID}, p.ExcludeGroups)
	require.Len(t, p.ExcludeUsers, 2)
	require.Contains(t, p.ExcludeUsers, joni.ID)
	require.True(t, p.Beta)
	require.False(t, p.ModifiedDateTime.IsZero())

	d.get(t, http.MethodPost, "/policies/"+p.ID, `{"removeExcludeUsers":["joni"],"addExcludeGroups":["`+own.ID+`"],"includePlatforms":["iOS"],"builtInControls":["mfa"]}`, &answer)
	after := d.state(t).Policies[1]
	require.Len(t, after.ExcludeUsers, 1)
	require.Equal(t, []string{helpdesk.ID, own.ID}, after.ExcludeGroups)
	require.True(t, after.ModifiedDateTime.After(p.ModifiedDateTime))
	truth, _ := d.tenant.Policy("platforms")
	require.Equal(t, []string{"iOS"}, truth.Conditions.IncludePlatforms)
	require.Equal(t, []string{"mfa"}, truth.Grant.Controls)

	d.get(t, http.MethodDelete, "/policies/platforms", "", &answer)
	require.Equal(t, "Phones", answer["displayName"])
	require.Len(t, d.state(t).Policies, 1)
	lines := d.tenant.VisibleAudits(false)
	require.Equal(t, "Delete conditional access policy", lines[0].Activity)
	require.Equal(t, "Phones", lines[0].Targets[0].Name)
	require.Equal(t, "Update conditional access policy", lines[1].Activity)
	require.NotEmpty(t, lines[1].By.ID, "an administrator, not the app")
}

func TestAGroupBehindTheBotsBack(t *testing.T) {
	t.Parallel()
	d := open(t)
	lee, _ := d.tenant.Person("lee")
	helpdesk, _ := d.tenant.Group("helpdesk")
	var answer entra.Group
	d.get(t, http.MethodPost, "/groups/exclude-platforms", `{"add":["helpdesk"],"addOwners":["lee"],"membershipRule":"user.x -eq 1","onPremisesSyncEnabled":true,"isAssignableToRole":true,"isManagementRestricted":true}`, &answer)
	g := d.state(t).Groups[answer.ID]
	require.Equal(t, []string{helpdesk.ID}, g.Members)
	require.Equal(t, []string{lee.ID}, g.Owners)
	require.Equal(t, "user.x -eq 1", g.MembershipRule)
	require.True(t, g.OnPremisesSyncEnabled)
	require.True(t, g.IsAssignableToRole)
	require.True(t, g.IsManagementRestricted)
	d.get(t, http.MethodPost, "/groups/exclude-platforms", `{"membershipRule":"","onPremisesSyncEnabled":false}`, &answer)
	g = d.state(t).Groups[answer.ID]
	require.Empty(t, g.MembershipRule)
	require.False(t, g.OnPremisesSyncEnabled)
	require.True(t, g.IsAssignableToRole, "what is left out stays")
	require.Equal(t, []string{helpdesk.ID}, g.Members)
}

// A deleted person is gone from every group; policies go on naming them.
func TestAPersonWhoIsDeleted(t *testing.T) {
	t.Parallel()
	d := open(t)
	joni, _ := d.tenant.Person("joni")
	var answer map[string]any
	d.get(t, http.MethodPost, "/groups/exclude-platforms", `{"add":["joni"]}`, &answer)
	d.get(t, http.MethodPost, "/policies/platforms", `{"addExcludeUsers":["joni"]}`, &answer)
	d.get(t, http.MethodDelete, "/people/joni", "", &answer)
	require.Equal(t, joni.ID, answer["id"])
	s := d.state(t)
	group, _ := d.tenant.Group("exclude-platforms")
	require.NotContains(t, s.Users, joni.ID)
	require.Empty(t, s.Groups[group.ID].Members)
	require.Contains(t, s.Policies[1].ExcludeUsers, joni.ID)
	d.get(t, http.MethodPost, "/policies/platforms", `{"removeExcludeUsers":["`+joni.ID+`"]}`, &answer)
	require.NotContains(t, d.state(t).Policies[1].ExcludeUsers, joni.ID)
}

func TestGoingOnWithASession(t *testing.T) {
	t.Parallel()
	d := open(t)
	var out, use struct {
		OK        bool
		Session   string
		ErrorCode int
	}
	d.get(t, http.MethodPost, "/sign-in", `{"user":"alex","platform":"windows","method":"passkey"}`, &out)
	d.get(t, http.MethodPost, "/use-session", `{"session":"`+out.Session+`"}`, &use)
	require.True(t, use.OK)
	require.NoError(t, d.tenant.RevokeSessions("alex"))
	d.get(t, http.MethodPost, "/use-session", `{"session":"`+out.Session+`"}`, &use)
	require.False(t, use.OK)
	require.Equal(t, 50074, use.ErrorCode)
}
