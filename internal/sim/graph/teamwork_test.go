package graph_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

func TestInstallingTheApp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	apps := "/users/{joni}/teamwork/installedApps"
	lookup := apps + "?$expand=teamsApp&$filter=teamsApp/externalId eq '" + w.tenant.ManifestID() + "'"
	require.Empty(t, w.get(lookup).values())

	bind := func(id string) string {
		return `{"teamsApp@odata.bind":"https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/` + id + `"}`
	}
	require.Equal(t, http.StatusNotFound, w.call("POST", apps, bind(w.tenant.ManifestID())).status)
	require.Equal(t, http.StatusBadRequest, w.call("POST", apps, `{}`).status)
	made := w.call("POST", apps, bind(w.tenant.CatalogAppID()))
	require.Equal(t, http.StatusCreated, made.status)
	require.Empty(t, made.text)
	again := w.call("POST", apps, bind(w.tenant.CatalogAppID()))
	require.Equal(t, http.StatusConflict, again.status)
	require.Equal(t, "Conflict", again.code())

	found := w.get(lookup)
	require.Len(t, found.values(), 1, found.text)
	app, _ := found.values()[0]["teamsApp"].(map[string]any)
	require.Equal(t, w.tenant.CatalogAppID(), app["id"])
	require.Equal(t, w.tenant.ManifestID(), app["externalId"])
	require.Empty(t, w.get(apps+"?$filter=teamsApp/externalId eq 'other'").values())

	chat := w.get(fmt.Sprintf("%s/%s/chat", apps, found.values()[0]["id"]))
	require.Equal(t, "a:"+w.id("joni"), chat.body["id"])
	require.Equal(t, http.StatusNotFound, w.get(apps+"/other/chat").status)
}

func TestTheOrganizationAndTheApp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	org := w.get("/organization?$select=id,displayName,verifiedDomains")
	require.Equal(t, []any{w.tenant.ID()}, org.each("id"))
	require.Contains(t, org.text, entra.Domain)
	app := w.get("/servicePrincipals?$filter=appId eq '" + w.tenant.AppID() + "'")
	require.Equal(t, []any{w.tenant.ServicePrincipalID()}, app.each("id"))
	require.Empty(t, w.get("/servicePrincipals?$filter=appId eq '"+w.tenant.ID()+"'").values())
}
