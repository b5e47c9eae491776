package graph

import (
	"net/http"
	"strings"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

func (g *Graph) teamworkRoutes() []route {
	path := "users/{user}/teamwork/installedApps"
	return []route{
		on("GET", path, append([]string{"expand"}, plain...), ofUser(g.installedApps)),
		on("POST", path, nil, ofUser(g.installApp)),
		on("GET", path+"/{installation}/chat", nil, ofUser(g.chat)),
	}
}

// installation is the Passdesk app on one person's Teams.
type installation struct{ id string }

func (g *Graph) installationKind() *kind {
	type I = *installation
	return &kind{
		name: "userScopeTeamsAppInstallation",
		properties: []property{
			of("id", true, exact, func(i I) any { return i.id }),
			// Only to be filtered by: a navigation property is not selected.
			of("teamsApp/externalId", false, exact, func(I) any { return g.tenant.ManifestID() }),
			of("teamsApp/id", false, exact, func(I) any { return g.tenant.CatalogAppID() }),
		},
		links: map[string]func(any) (linked, bool){"teamsApp": func(any) (linked, bool) {
			return linked{kind: g.teamsApp(), value: g.tenant}, true
		}},
	}
}

func (g *Graph) teamsApp() *kind {
	type T = *entra.Tenant
	return &kind{name: "teamsApp", properties: []property{
		of("id", true, "", func(t T) any { return t.CatalogAppID() }),
		of("externalId", true, "", func(t T) any { return t.ManifestID() }),
		of("displayName", true, "", func(T) any { return "Passdesk" }),
		of("distributionMethod", true, "", func(T) any { return "organization" }),
	}}
}

func (g *Graph) installedApps(a *ask, p entra.Person) (Reply, error) {
	var installed []installation
	if id, ok := g.tenant.Installation(p.ID); ok {
		installed = append(installed, installation{id})
	}
	return a.list(listing{
		context: "users('" + p.ID + "')/teamwork/installedApps", declared: g.kinds.installation,
		from: each(g.kinds.installation, installed),
	})
}

// installApp installs the app for a person (Graph: Install app for user).
func (g *Graph) installApp(a *ask, p entra.Person) (Reply, error) {
	var body struct {
		App string `json:"teamsApp@odata.bind"`
	}
	if err := a.decode(&body); err != nil {
		return Reply{}, err
	}
	head, id, ok := cutLast(body.App, "/")
	if !ok || !strings.HasSuffix(head, "/appCatalogs/teamsApps") {
		return Reply{}, badRequest("Invalid bind property name teamsApp in request.")
	}
	if !strings.EqualFold(id, g.tenant.CatalogAppID()) {
		return Reply{}, &fault{Status: http.StatusNotFound, Code: "NotFound", Message: "App with id " + id + " was not found in the catalog."}
	}
	switch _, already := g.tenant.Install(p.ID); {
	case already && g.Manners.Now().BareConflict:
		return Reply{Status: http.StatusConflict}, nil
	case already:
		return Reply{}, &fault{Status: http.StatusConflict, Code: "Conflict", Message: "The app is already installed for the user."}
	}
	return Reply{Status: http.StatusCreated}, nil
}

// chat is the conversation of an installation (Graph: Get chat between user and
// teamsApp).
func (g *Graph) chat(a *ask, p entra.Person) (Reply, error) {
	id, ok := g.tenant.Installation(p.ID)
	if !ok || id != a.params["installation"] || g.ChatID == nil {
		return Reply{}, &fault{Status: http.StatusNotFound, Code: "NotFound", Message: "No app installation was found."}
	}
	return Reply{Status: http.StatusOK, Body: object{
		"@odata.context": a.base + "/$metadata#chats/$entity", "id": g.ChatID(p.ID), "chatType": "oneOnOne", "topic": nil,
		"tenantId": g.tenant.ID(),
	}}, nil
}
