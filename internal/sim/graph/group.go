package graph

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

func (g *Graph) groupRoutes() []route {
	return []route{
		on("GET", "groups", collection, g.groups),
		on("GET", "groups/$count", counting, g.countGroups),
		on("GET", "groups/{group}", []string{"select"}, ofGroup(g.group)),
		on("GET", "groups/{group}/members", collection, ofGroup(g.members(false, ""))),
		on("GET", "groups/{group}/members/graph.user", collection, ofGroup(g.members(false, "user"))),
		on("GET", "groups/{group}/transitiveMembers", collection, ofGroup(g.members(true, ""))),
		on("GET", "groups/{group}/transitiveMembers/graph.user", collection, ofGroup(g.members(true, "user"))),
		on("GET", "groups/{group}/owners", collection, ofGroup(g.owners)),
		on("POST", "groups/{group}/members/$ref", nil, ofGroup(g.addMember)),
		on("DELETE", "groups/{group}/members/{member}/$ref", nil, ofGroup(g.removeMember)),
		on("DELETE", "groups/{group}/members/{member}", nil, func(*ask) (Reply, error) { return Reply{}, denied() }),
	}
}

func ofGroup(handle func(*ask, entra.Group) (Reply, error)) func(*ask) (Reply, error) {
	return func(a *ask) (Reply, error) {
		key := a.params["group"]
		group, ok := a.graph.tenant.Group(key)
		if !ok || !strings.EqualFold(key, group.ID) {
			return Reply{}, notFound(key)
		}
		return handle(a, group)
	}
}

func (g *Graph) allGroups() listing {
	return listing{context: "groups", declared: g.kinds.group, from: each(g.kinds.group, g.tenant.Groups())}
}

func (g *Graph) groups(a *ask) (Reply, error)      { return a.list(g.allGroups()) }
func (g *Graph) countGroups(a *ask) (Reply, error) { return a.size(g.allGroups()) }

func (g *Graph) group(a *ask, group entra.Group) (Reply, error) {
	return a.one("groups", g.kinds.group, &group)
}

func (g *Graph) members(nested bool, cast string) func(*ask, entra.Group) (Reply, error) {
	return func(a *ask, group entra.Group) (Reply, error) {
		l := g.objects(a.seen().MembersOf(group.ID, nested), cast)
		l.indexed = true
		return a.list(l)
	}
}

func (g *Graph) owners(a *ask, group entra.Group) (Reply, error) {
	return a.list(g.objects(group.Owners, ""))
}

// objects is a collection of people and groups by their ids.
func (g *Graph) objects(ids []string, cast string) listing {
	from := func(yield func(*kind, any) bool) {
		for _, id := range ids {
			if p, ok := g.tenant.Person(id); ok {
				if !yield(g.kinds.user, &p) {
					return
				}
				continue
			}
			group, ok := g.tenant.Group(id)
			if ok && cast == "" && !yield(g.kinds.group, &group) {
				return
			}
		}
	}
	if cast == "user" {
		return listing{context: "users", declared: g.kinds.user, from: from, cast: true}
	}
	return listing{
		context: "directoryObjects", declared: g.kinds.directoryObject, from: from,
		mixed: []*kind{g.kinds.user, g.kinds.group, g.kinds.directoryObject},
	}
}

// addMember answers POST members/$ref (Graph: Add members).
func (g *Graph) addMember(a *ask, group entra.Group) (Reply, error) {
	id, err := a.reference()
	if err != nil {
		return Reply{}, err
	}
	if g.Manners.Now().MembersNeedUsers {
		return Reply{}, denied()
	}
	if err := mayChange(group); err != nil {
		return Reply{}, err
	}
	switch err := g.change(group.ID, func() error { return g.tenant.AddMember(group.ID, id) }); {
	case errors.Is(err, entra.ErrAlready):
		return Reply{}, badDirectoryRequest("One or more added object references already exist for the following modified properties: 'members'.")
	case errors.Is(err, entra.ErrUnknown):
		return Reply{}, notFound(id)
	case err != nil:
		return Reply{}, err
	}
	g.tenant.AuditMember(theApp, group.ID, id, true)
	return Reply{Status: http.StatusNoContent}, nil
}

// removeMember answers DELETE members/{id}/$ref (Graph: Remove member).
func (g *Graph) removeMember(a *ask, group entra.Group) (Reply, error) {
	id := a.params["member"]
	if !isGUID(id) {
		return Reply{}, badDirectoryRequest("Invalid object identifier '" + id + "'.")
	}
	if err := mayChange(group); err != nil {
		return Reply{}, err
	}
	remove := func() error { return g.tenant.RemoveMember(group.ID, id) }
	if err := g.change(group.ID, remove); errors.Is(err, entra.ErrUnknown) {
		return Reply{}, notFound(id)
	} else if err != nil {
		return Reply{}, err
	}
	g.tenant.AuditMember(theApp, group.ID, id, false)
	return Reply{Status: http.StatusNoContent}, nil
}

// mayChange refuses groups that the app has no right to, or nobody has.
func mayChange(group entra.Group) error {
	switch {
	case group.Assignable, group.Restricted:
		return denied()
	case group.Synced:
		return badDirectoryRequest("Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.")
	case group.Rule != "":
		return badDirectoryRequest("Members of a group with dynamic membership cannot be changed.")
	}
	return nil
}

// reference reads {"@odata.id": "https://…/directoryObjects/{id}"}.
func (a *ask) reference() (string, error) {
	var body map[string]string
	if err := json.Unmarshal(a.Body, &body); err != nil || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") {
		return "", badJSON()
	}
	target := body["@odata.id"]
	head, id, ok := cutLast(target, "/")
	known := strings.HasSuffix(head, "/directoryObjects") || strings.HasSuffix(head, "/users") || strings.HasSuffix(head, "/groups")
	if !ok || !known || !strings.HasPrefix(head, "https://") {
		return "", badDirectoryRequest("Invalid URL format specified in @odata.id: '" + target + "'.")
	}
	if !isGUID(id) {
		return "", badDirectoryRequest("Invalid object identifier '" + id + "'.")
	}
	return strings.ToLower(id), nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
