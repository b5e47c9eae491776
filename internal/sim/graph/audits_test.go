package graph_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/manners"
	"github.com/passdesk/passdesk/internal/sim/signin"
)

// changed is a world in which the app has changed this and that, a minute apart,
// and Joni has registered a passkey.
func changed(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, 0)
	passes, members := "/users/{joni}/authentication/temporaryAccessPassMethods", "/groups/{exclude-platforms}/members"
	reference := `{"@odata.id":"https://graph.microsoft.com/v1.0/directoryObjects/` + w.id("grady") + `"}`
	app := w.tenant.Methods(w.id("grady"))[1]
	require.Equal(t, entra.Authenticator, app.Kind)

	made := w.call("POST", passes, `{"isUsableOnce":true}`)
	require.Equal(t, http.StatusCreated, made.status)
	w.tenant.Advance(time.Minute)
	w.register(made.body["temporaryAccessPass"].(string)) //nolint:errcheck,forcetypeassert // else the test ends here
	w.tenant.Advance(time.Minute)
	id, _ := made.body["id"].(string)
	for _, c := range []struct{ method, path, body string }{
		{"DELETE", passes + "/" + id, ""},
		{"POST", members + "/$ref", reference},
		{"DELETE", members + "/{grady}/$ref", ""},
		{"DELETE", "/users/{grady}/authentication/microsoftAuthenticatorMethods/" + app.ID, ""},
	} {
		require.Equal(t, http.StatusNoContent, w.call(c.method, c.path, c.body).status, c.path)
		w.tenant.Advance(time.Minute)
	}
	require.Equal(t, http.StatusNotFound, w.call("DELETE", passes+"/"+id, "").status, "what did not happen is not logged")
	return w
}

func (w *world) register(code string) {
	page := signin.New(w.tenant, signin.Options{})
	out := page.SignIn(signin.Attempt{User: "joni", Platform: "windows", Method: signin.Pass, Code: code})
	require.True(w.t, out.OK, out.Message)
	result := page.Register(signin.Registration{Session: out.Session, Model: "Microsoft Authenticator", Platform: "iOS", Bluetooth: true})
	require.True(w.t, result.OK, result.Reason)
}

func (a answer) activities() []string {
	names := []string{}
	for _, v := range a.values() {
		name, _ := v["activityDisplayName"].(string)
		names = append(names, name)
	}
	return names
}

func TestDirectoryAuditsFiltered(t *testing.T) {
	t.Parallel()
	w := changed(t)
	const (
		unregistered, removed, added = "Admin deleted security info", "Remove member from group", "Add member to group"
		registered, own              = "Admin registered security info", "User registered security info"
	)
	for filter, want := range map[string][]string{
		"id eq ''": nil,
		"activityDateTime ge 2026-02-03T09:18:00Z":                                                           {unregistered, removed, added},
		"targetResources/any(t:t/id eq '" + w.id("joni") + "')":                                              {unregistered, own, registered},
		"targetResources/any(x: x/id eq '" + w.id("exclude-platforms") + "')":                                {removed, added},
		"targetResources/any(t:startswith(t/displayName,'Grady'))":                                           {unregistered, removed, added},
		"activityDateTime ge 2026-02-03T09:16:00Z and targetResources/any(t:t/id eq '" + w.id("joni") + "')": {unregistered, own},
		"category eq 'GroupManagement'":                                                                      {removed, added},
		"startswith(activityDisplayName,'Admin registered')":                                                 {registered},
		"targetResources/any(t:t/id eq '" + w.id("lee") + "')":                                               {},
	} {
		a := w.get("/auditLogs/directoryAudits?$filter=" + url.QueryEscape(filter))
		if want == nil {
			require.Equal(t, http.StatusBadRequest, a.status, filter)
			continue
		}
		require.Equal(t, http.StatusOK, a.status, "%s: %s", filter, a.text)
		require.Equal(t, want, a.activities(), filter)
	}
	all := w.get("/auditLogs/directoryAudits").values()
	require.Len(t, all, 6)
	one, _ := all[0]["id"].(string)
	require.Equal(t, one, w.get("/auditLogs/directoryAudits/" + one).body["id"])
	require.Equal(t, http.StatusNotFound, w.get("/auditLogs/directoryAudits/none").status)
	for _, refused := range []string{
		"$select=id", "$filter=resultReason eq 'x'", "$filter=targetResources/any(t:t/type eq 'User')", "$filter=targetResources/any(t/id eq 'x')",
		"$filter=targetResources/id eq 'x' and activityDateTime gt 2026-02-03T09:18:00Z", "$filter=targetResources/any(t:t/id eq 'x'",
	} {
		require.Equal(t, http.StatusBadRequest, w.get("/auditLogs/directoryAudits?"+refused).status, refused)
	}
}

func TestAWholeDirectoryAudit(t *testing.T) {
	t.Parallel()
	w := changed(t)
	all := w.get("/auditLogs/directoryAudits").values()
	pass, own, added := all[5], all[4], all[2]
	for _, random := range []string{"id", "correlationId"} {
		require.NotEmpty(t, pass[random])
		delete(pass, random)
	}
	require.Equal(t, map[string]any{
		"category": "UserManagement", "result": "success", "resultReason": "Admin registered temporary access pass method for user",
		"activityDisplayName": "Admin registered security info", "activityDateTime": "2026-02-03T09:15:22.0000000Z",
		"loggedByService": "Authentication Methods", "operationType": "Add", "additionalDetails": []any{},
		"initiatedBy": map[string]any{"user": nil, "app": map[string]any{
			"appId": nil, "displayName": "Passdesk", "servicePrincipalId": w.tenant.ServicePrincipalID(), "servicePrincipalName": nil,
		}},
		"targetResources": []any{map[string]any{
			"id": w.id("joni"), "displayName": "Joni Sherman", "type": "User", "userPrincipalName": "joni.sherman@nordlys.example",
			"groupType": nil, "modifiedProperties": []any{},
		}},
	}, pass)
	w.graph.Manners = manners.New(manners.Manners{Variants: manners.Variants{AppIDInLog: true}})
	named := w.get("/auditLogs/directoryAudits").values()[5]["initiatedBy"]
	require.Equal(t, w.tenant.AppID(), named.(map[string]any)["app"].(map[string]any)["appId"]) //nolint:errcheck,forcetypeassert // else the test ends here
	require.Equal(t, map[string]any{"app": nil, "user": map[string]any{
		"id": w.id("joni"), "displayName": "Joni Sherman", "userPrincipalName": "joni.sherman@nordlys.example", "ipAddress": nil,
	}}, own["initiatedBy"])
	targets, _ := added["targetResources"].([]any)
	require.Len(t, targets, 2)
	require.Subset(t, targets[0], map[string]any{"modifiedProperties": []any{
		map[string]any{"displayName": "Group.ObjectID", "oldValue": nil, "newValue": `"` + w.id("exclude-platforms") + `"`},
	}})
	require.Subset(t, targets[1], map[string]any{"id": w.id("exclude-platforms"), "type": "Group", "groupType": "azureAD"})
}

func TestTheAuditLogIsLateAndPaged(t *testing.T) {
	t.Parallel()
	w := changed(t)
	path, seen := "/auditLogs/directoryAudits?$top=4", 0
	for range 2 {
		a := w.get(path)
		seen += len(a.values())
		path, _ = a.body["@odata.nextLink"].(string)
	}
	require.Equal(t, 6, seen)
	require.Empty(t, path)

	w.graph.Manners = manners.New(manners.Manners{LogDelay: true})
	require.Less(t, len(w.get("/auditLogs/directoryAudits").values()), 6)
	w.tenant.Advance(5 * time.Minute)
	require.Len(t, w.get("/auditLogs/directoryAudits").values(), 6)
}
