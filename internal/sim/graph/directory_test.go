package graph_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

func TestAUserShowsWhatIsSelected(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	a := w.get("/users/{joni}")
	for _, name := range []string{"accountEnabled", "userType", "isManagementRestricted", "department"} {
		require.NotContains(t, a.body, name)
	}
	require.Equal(t, "Joni Sherman", a.body["displayName"])
	require.Equal(t, []any{}, a.body["businessPhones"])

	a = w.get("/users/{joni}?$select=id,accountEnabled,userType,isManagementRestricted")
	require.Empty(t, cmp.Diff(map[string]any{
		"@odata.context": w.server.URL + "/v1.0/$metadata#users(id,accountEnabled,userType,isManagementRestricted)/$entity",
		"id":             w.id("joni"), "accountEnabled": true, "userType": "Member", "isManagementRestricted": nil,
	}, a.body))
	require.NoError(t, w.tenant.SetManagementRestricted("joni", true))
	require.Equal(t, true, w.get("/users/{joni}?$select=isManagementRestricted").body["isManagementRestricted"])
}

func TestUsersAreFoundByIDAndUPNOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	guest, _ := w.tenant.Person("guest")
	require.Equal(t, guest.ID, w.get("/users/" + url.PathEscape(guest.UPN)).body["id"])
	joni, _ := w.tenant.Person("joni")
	require.Equal(t, joni.ID, w.get("/users/" + strings.ToUpper(joni.UPN)).body["id"])
	for _, key := range []string{"joni", url.PathEscape(joni.Teams), "00000000-0000-4000-8000-000000000000"} {
		a := w.get("/users/" + key)
		require.Equal(t, http.StatusNotFound, a.status)
		require.Equal(t, "Request_ResourceNotFound", a.code())
		plain, _ := url.PathUnescape(key)
		require.Equal(t, "Resource '"+plain+"' does not exist or one of its queried reference-property objects are not present.", a.message())
	}
}

func TestManagers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	a := w.get("/users/{joni}/manager?$select=id")
	require.Equal(t, w.id("megan"), a.body["id"])
	require.Equal(t, "#microsoft.graph.user", a.body["@odata.type"])

	a = w.get("/users/{patti}/manager")
	require.Equal(t, http.StatusNotFound, a.status)
	require.Equal(t, "Resource 'manager' does not exist or one of its queried reference-property objects are not present.", a.message())

	a = w.get("/users/{joni}?$select=id&$expand=manager($select=id,displayName)")
	require.Empty(t, cmp.Diff(map[string]any{
		"@odata.type": "#microsoft.graph.user", "id": w.id("megan"), "displayName": "Megan Bowen",
	}, a.body["manager"]))
	require.NotContains(t, w.get("/users/{patti}?$expand=manager").body, "manager")
}

func TestMembershipsAreMixedNestedAndCast(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	_, err := w.tenant.AddGroup(entra.Group{Alias: "everyone", Name: "Everyone", Members: []string{"helpdesk"}})
	require.NoError(t, err)
	require.NoError(t, w.tenant.AddRole("everyone", entra.DirectoryReaders, ""))

	a := w.get("/users/{adele}/transitiveMemberOf?$select=id,displayName,isAssignableToRole,roleTemplateId&$top=999")
	require.Equal(t, []any{"#microsoft.graph.group", "#microsoft.graph.group", "#microsoft.graph.directoryRole"}, a.each("@odata.type"))
	require.Equal(t, []any{"Help desk", "Everyone", "Directory Readers"}, a.each("displayName"))
	role := a.values()[2]
	require.Equal(t, entra.DirectoryReaders, role["roleTemplateId"])
	require.NotContains(t, role, "isAssignableToRole")

	require.Len(t, w.get("/users/{adele}/memberOf").values(), 1)
	a = w.get("/users/{adele}/transitiveMemberOf/microsoft.graph.group?$select=id", eventual...)
	require.Equal(t, []any{w.id("helpdesk"), w.id("everyone")}, a.each("id"))
	require.NotContains(t, a.values()[0], "@odata.type")
	require.Len(t, w.get("/users/{adele}/transitiveMemberOf/graph.directoryRole", eventual...).values(), 1)
	require.Len(t, w.get("/groups/{everyone}/members").values(), 1)
	require.Len(t, w.get("/groups/{everyone}/transitiveMembers/microsoft.graph.user?$select=id", eventual...).values(), 2)
}

func TestOwnedObjects(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	require.Empty(t, w.get("/users/{adele}/ownedObjects").values())
	require.NoError(t, w.tenant.AddOwner("roleadmins", "adele"))
	a := w.get("/users/{adele}/ownedObjects/graph.group?$select=id,isAssignableToRole")
	require.Equal(t, []any{true}, a.each("isAssignableToRole"))
	require.Equal(t, []any{w.id("adele")}, w.get("/groups/{roleadmins}/owners").each("id"))
}

func TestCheckingMembership(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	ask := `{"groupIds":["` + w.id("helpdesk") + `","` + w.id("auditors") + `"]}`
	a := w.call("POST", "/users/{adele}/checkMemberGroups", ask)
	require.Equal(t, []any{w.id("helpdesk")}, a.body["value"])

	role := w.get("/directoryRoles?$filter=roleTemplateId eq '" + entra.GlobalAdministrator + "'").values()[0]["id"]
	a = w.call("POST", "/users/{patti}/checkMemberObjects", fmt.Sprintf(`{"ids":[%q]}`, role))
	require.Equal(t, []any{role}, a.body["value"])

	many := `{"groupIds":["` + strings.Repeat(w.id("helpdesk")+`","`, 20) + w.id("helpdesk") + `"]}`
	for _, body := range []string{many, `{}`, `{"groupIds":["x"]}`, `{"groups":[]}`, `[]`, `{`} {
		require.Equal(t, http.StatusBadRequest, w.call("POST", "/users/{adele}/checkMemberGroups", body).status, body)
	}
}

func TestRevokingSessions(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	w.tenant.Advance(time.Hour)
	a := w.call("POST", "/users/{adele}/revokeSignInSessions", "")
	require.Equal(t, http.StatusOK, a.status)
	require.Equal(t, map[string]any{"@odata.context": w.server.URL + "/v1.0/$metadata#Edm.Boolean", "value": true}, a.body)
	from := func(alias string) any {
		return w.get("/users/{" + alias + "}?$select=signInSessionsValidFromDateTime").body["signInSessionsValidFromDateTime"]
	}
	require.Equal(t, "2026-02-03T10:15:22Z", from("adele"))
	require.Equal(t, w.tenant.Now(), w.tenant.Seen(0).SessionsFrom("adele"))

	before := from("guest")
	require.Equal(t, true, w.call("POST", "/users/{guest}/revokeSignInSessions", "").body["value"])
	require.Equal(t, before, from("guest"), "guests are signed in at home")
	require.Equal(t, http.StatusNotFound, w.call("POST", "/users/00000000-0000-4000-8000-000000000000/revokeSignInSessions", "").status)
}

func TestDelayOfARevocation(t *testing.T) {
	t.Parallel()
	w := rude(t, 0, "revokeDelay")
	w.tenant.Advance(time.Hour)
	before := w.tenant.Seen(0).SessionsFrom("adele")
	require.Equal(t, true, w.call("POST", "/users/{adele}/revokeSignInSessions", "").body["value"])
	require.Equal(t, "2026-02-03T10:15:22Z", w.get("/users/{adele}?$select=signInSessionsValidFromDateTime").body["signInSessionsValidFromDateTime"], "the directory knows at once")
	w.tenant.Advance(time.Minute - time.Millisecond)
	require.Equal(t, before, w.tenant.Seen(0).SessionsFrom("adele"))
	w.tenant.Advance(2 * time.Minute)
	require.True(t, w.tenant.Seen(0).SessionsFrom("adele").After(before))
}

func TestGroupsAreFiltered(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	a := w.get("/groups?$filter=isAssignableToRole eq true&$select=id")
	require.Equal(t, []any{w.id("roleadmins")}, a.each("id"))
	require.Equal(t, http.StatusNotFound, w.get("/groups/helpdesk").status)
	require.NotContains(t, w.get("/groups/{helpdesk}").body, "isManagementRestricted")
}

func TestChangingMembers(t *testing.T) {
	t.Parallel()
	const nobody = "00000000-0000-4000-8000-000000000000"
	for name, c := range map[string]struct {
		group, member string
		kind          func(*entra.Group)
		status        int
		code, message string
	}{
		"new":             {member: "joni", status: 204},
		"already":         {member: "adele", status: 400, code: "Request_BadRequest", message: "One or more added object references already exist for the following modified properties: 'members'."},
		"nobody":          {member: nobody, status: 404, code: "Request_ResourceNotFound", message: "Resource '" + nobody + "' does not exist or one of its queried reference-property objects are not present."},
		"no such group":   {group: nobody, member: "joni", status: 404, code: "Request_ResourceNotFound", message: "Resource '" + nobody + "' does not exist or one of its queried reference-property objects are not present."},
		"not an id":       {member: "x", status: 400, code: "Request_BadRequest", message: "Invalid object identifier 'x'."},
		"role-assignable": {member: "joni", kind: func(g *entra.Group) { g.Assignable = true }, status: 403, code: "Authorization_RequestDenied", message: "Insufficient privileges to complete the operation."},
		"restricted":      {member: "joni", kind: func(g *entra.Group) { g.Restricted = true }, status: 403, code: "Authorization_RequestDenied", message: "Insufficient privileges to complete the operation."},
		"dynamic":         {member: "joni", kind: func(g *entra.Group) { g.Rule = "user.department -eq \"Legal\"" }, status: 400, code: "Request_BadRequest", message: "Members of a group with dynamic membership cannot be changed."},
		"synced":          {member: "joni", kind: func(g *entra.Group) { g.Synced = true }, status: 400, code: "Request_BadRequest", message: "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 0)
			if c.kind != nil {
				require.NoError(t, w.tenant.ChangeGroup("helpdesk", c.kind))
			}
			group, member := c.group, c.member
			if group == "" {
				group = w.id("helpdesk")
			}
			if p, ok := w.tenant.Person(member); ok {
				member = p.ID
			}
			a := w.call("POST", "/groups/"+group+"/members/$ref", `{"@odata.id":"https://graph.microsoft.com/v1.0/directoryObjects/`+member+`"}`)
			require.Equal(t, c.status, a.status, a.text)
			require.Equal(t, c.code, a.code())
			require.Equal(t, c.message, a.message())
		})
	}
}

func TestRemovingMembers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	require.Equal(t, http.StatusNoContent, w.call("DELETE", "/groups/{helpdesk}/members/{adele}/%24ref", "").status)
	a := w.call("DELETE", "/groups/{helpdesk}/members/{adele}/$ref", "")
	require.Equal(t, http.StatusNotFound, a.status)
	require.Equal(t, "Request_ResourceNotFound", a.code())
	require.Equal(t, http.StatusForbidden, w.call("DELETE", "/groups/{helpdesk}/members/{bianca}", "").status)
	require.Equal(t, []any{w.id("bianca")}, w.get("/groups/{helpdesk}/members").each("id"))
	require.Equal(t, http.StatusBadRequest, w.call("POST", "/groups/{helpdesk}/members/$ref", `{"@odata.id":"`+w.id("joni")+`"}`).status)
}

func TestRolesAndEligibilities(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	of := func(alias string) string { return "?$filter=" + url.QueryEscape("principalId eq '"+w.id(alias)+"'") }
	a := w.get("/roleManagement/directory/roleAssignments" + of("patti") + "&$expand=roleDefinition")
	require.Equal(t, []any{entra.GlobalAdministrator}, a.each("roleDefinitionId"))
	require.Equal(t, []any{"/"}, a.each("directoryScopeId"))
	require.Contains(t, a.text, `"displayName":"Global Administrator"`)

	unit := "/administrativeUnits/8f3b1c52-6c1d-4a0e-9b57-0f6f2f0a1d11"
	require.NoError(t, w.tenant.AddRole("joni", entra.UserAdministrator, unit))
	require.Equal(t, []any{unit}, w.get("/roleManagement/directory/roleAssignments"+of("joni")).each("directoryScopeId"))
	require.Empty(t, w.get("/users/{joni}/transitiveMemberOf").values())

	eligible := "/roleManagement/directory/roleEligibilityScheduleInstances"
	require.Equal(t, []any{entra.UserAdministrator}, w.get(eligible+of("eli")).each("roleDefinitionId"))
	require.Empty(t, w.get("/roleManagement/directory/roleAssignments"+of("eli")).values())

	groups := "/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances"
	require.NoError(t, w.tenant.AddEligibleGroup("joni", "roleadmins", "owner"))
	a = w.get(groups + of("joni"))
	require.Equal(t, []any{"owner"}, a.each("accessId"))
	require.Equal(t, []any{w.id("roleadmins")}, a.each("groupId"))
	require.Equal(t, http.StatusBadRequest, w.get(groups).status)

	w.tenant.SetPremium(false)
	for _, path := range []string{eligible, groups} {
		a = w.get(path + of("eli"))
		require.Equal(t, http.StatusBadRequest, a.status)
		require.Equal(t, "AadPremiumLicenseRequired", a.code())
	}
}

// Members, direct and nested, and owners come in pages as short as any.
func TestMembersArePaged(t *testing.T) {
	t.Parallel()
	w := rude(t, 60, "paging")
	g, err := w.tenant.AddGroup(entra.Group{Name: "Crowd"})
	require.NoError(t, err)
	_, err = w.tenant.AddGroup(entra.Group{Alias: "outer", Members: []string{g.ID}})
	require.NoError(t, err)
	for _, p := range w.tenant.People()[:50] {
		require.NoError(t, w.tenant.AddMember(g.ID, p.ID))
		require.NoError(t, w.tenant.AddOwner(g.ID, p.ID))
	}
	for path, want := range map[string]int{"/groups/" + g.ID + "/members": 50, "/groups/{outer}/transitiveMembers": 51, "/groups/" + g.ID + "/owners": 50} {
		seen, pages := map[any]bool{}, 0
		for next := path + "?$select=id&$top=999"; next != ""; pages++ {
			a := w.get(next)
			for _, id := range a.each("id") {
				seen[id] = true
			}
			next, _ = a.body["@odata.nextLink"].(string)
		}
		require.Len(t, seen, want, path)
		require.Equal(t, 3, pages, path)
	}
}

// What a bot has to know of a group before it uses it; what is not so is null.
func TestAGroupShowsWhatItIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	const names = "groupTypes,isAssignableToRole,onPremisesSyncEnabled,isManagementRestricted,membershipRule"
	show := func() map[string]any {
		body := w.get("/groups/{exclude-platforms}?$select=" + names).body
		delete(body, "@odata.context")
		return body
	}
	require.Equal(t, map[string]any{
		"groupTypes": []any{}, "isAssignableToRole": nil, "onPremisesSyncEnabled": nil, "isManagementRestricted": nil, "membershipRule": nil,
	}, show())
	require.NoError(t, w.tenant.ChangeGroup("exclude-platforms", func(g *entra.Group) {
		g.Rule, g.Synced, g.Assignable, g.Restricted = "user.x -eq 1", true, true, true
	}))
	require.Equal(t, map[string]any{
		"groupTypes": []any{"DynamicMembership"}, "isAssignableToRole": true, "onPremisesSyncEnabled": true, "isManagementRestricted": true, "membershipRule": "user.x -eq 1",
	}, show())
}
