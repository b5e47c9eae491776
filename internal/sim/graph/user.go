package graph

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

func (g *Graph) userRoutes() []route {
	return []route{
		on("GET", "users", collection, g.users),
		on("GET", "users/$count", counting, g.countUsers),
		on("GET", "users/{user}", entity, ofUser(g.user)),
		on("GET", "users/{user}/manager", []string{"select"}, ofUser(g.manager)),
		on("GET", "users/{user}/memberOf", collection, ofUser(g.memberOf(false, ""))),
		on("GET", "users/{user}/memberOf/graph.group", collection, ofUser(g.memberOf(false, "group"))),
		on("GET", "users/{user}/memberOf/graph.directoryRole", collection, ofUser(g.memberOf(false, "directoryRole"))),
		on("GET", "users/{user}/memberOf/graph.administrativeUnit", collection, ofUser(g.memberOf(false, "administrativeUnit"))),
		on("GET", "users/{user}/transitiveMemberOf", collection, ofUser(g.memberOf(true, ""))),
		on("GET", "users/{user}/transitiveMemberOf/$count", counting, ofUser(g.countMemberOf)),
		on("GET", "users/{user}/transitiveMemberOf/graph.group", collection, ofUser(g.memberOf(true, "group"))),
		on("GET", "users/{user}/transitiveMemberOf/graph.directoryRole", collection, ofUser(g.memberOf(true, "directoryRole"))),
		on("GET", "users/{user}/transitiveMemberOf/graph.administrativeUnit", collection, ofUser(g.memberOf(true, "administrativeUnit"))),
		on("GET", "users/{user}/ownedObjects", collection, ofUser(g.owned(""))),
		on("GET", "users/{user}/ownedObjects/graph.group", collection, ofUser(g.owned("group"))),
		on("POST", "users/{user}/checkMemberGroups", nil, ofUser(g.checkMemberGroups)),
		on("POST", "users/{user}/checkMemberObjects", nil, ofUser(g.checkMemberObjects)),
		on("POST", "users/{user}/revokeSignInSessions", nil, ofUser(g.revokeSessions)),
		on("DELETE", "users/{user}", nil, ofUser(g.deleteUser)),
	}
}

// ofUser finds the person that the path names by object id or UPN.
func ofUser(handle func(*ask, entra.Person) (Reply, error)) func(*ask) (Reply, error) {
	return func(a *ask) (Reply, error) {
		p, err := a.graph.person(a.params["user"])
		if err != nil {
			return Reply{}, err
		}
		return handle(a, p)
	}
}

// person finds somebody by the two names that Graph knows.
func (g *Graph) person(key string) (entra.Person, error) {
	p, ok := g.tenant.Person(key)
	if !ok || !strings.EqualFold(key, p.ID) && !strings.EqualFold(key, p.UPN) {
		return entra.Person{}, notFound(key)
	}
	return p, nil
}

func (g *Graph) everybody() listing {
	after := func(skip int) source {
		return func(yield func(*kind, any) bool) {
			g.tenant.EachPersonAfter(skip, func(p *entra.Person) bool { return yield(g.kinds.user, p) })
		}
	}
	return listing{context: "users", declared: g.kinds.user, from: after(0), after: after}
}

func (g *Graph) users(a *ask) (Reply, error)      { return a.list(g.everybody()) }
func (g *Graph) countUsers(a *ask) (Reply, error) { return a.size(g.everybody()) }

func (g *Graph) user(a *ask, p entra.Person) (Reply, error) { return a.one("users", g.kinds.user, &p) }

func (g *Graph) manager(a *ask, p entra.Person) (Reply, error) {
	m, ok := g.managerOf(&p)
	if !ok {
		return Reply{}, notFound("manager")
	}
	reply, err := a.one("directoryObjects", g.kinds.user, m.value)
	if o, isObject := reply.Body.(object); isObject {
		o["@odata.type"] = "#microsoft.graph.user"
	}
	return reply, err
}

// managerOf is the link that $expand=manager follows.
func (g *Graph) managerOf(v any) (linked, bool) {
	p, isPerson := v.(*entra.Person)
	if !isPerson || p.Manager == "" {
		return linked{}, false
	}
	m, ok := g.tenant.Person(p.Manager)
	return linked{kind: g.kinds.user, value: &m, typed: true}, ok
}

// memberOf lists groups, roles and administrative units, or those of one type.
func (g *Graph) memberOf(nested bool, cast string) func(*ask, entra.Person) (Reply, error) {
	return func(a *ask, p entra.Person) (Reply, error) {
		return a.list(g.membership(a.belongings(p, nested), cast))
	}
}

func (g *Graph) countMemberOf(a *ask, p entra.Person) (Reply, error) {
	return a.size(g.membership(a.belongings(p, true), ""))
}

// belongings are what somebody belongs to.
type belongings struct {
	groups []entra.Group
	roles  []entra.Role
	units  []entra.Unit
}

func (a *ask) belongings(p entra.Person, nested bool) belongings {
	seen := a.seen()
	return belongings{seen.GroupsOf(p.ID, nested), seen.RolesOf(p.ID, nested), seen.UnitsOf(p.ID, nested)}
}

func (g *Graph) membership(b belongings, cast string) listing {
	groups, roles := b.groups, b.roles
	switch cast {
	case "administrativeUnit":
		return listing{context: "administrativeUnits", declared: g.kinds.unit, from: each(g.kinds.unit, b.units), indexed: true, cast: true}
	case "group":
		return listing{context: "groups", declared: g.kinds.group, from: each(g.kinds.group, groups), indexed: true, cast: true}
	case "directoryRole":
		return listing{context: "directoryRoles", declared: g.kinds.role, from: each(g.kinds.role, roles), indexed: true, cast: true}
	}
	return listing{
		context: "directoryObjects", declared: g.kinds.directoryObject, indexed: true,
		mixed: []*kind{g.kinds.group, g.kinds.role, g.kinds.unit, g.kinds.directoryObject},
		from: func(yield func(*kind, any) bool) {
			each(g.kinds.group, groups)(yield)
			each(g.kinds.role, roles)(yield)
			each(g.kinds.unit, b.units)(yield)
		},
	}
}

// owned lists what somebody owns: groups are all that can be owned here.
func (g *Graph) owned(cast string) func(*ask, entra.Person) (Reply, error) {
	return func(a *ask, p entra.Person) (Reply, error) {
		l := g.membership(belongings{groups: g.tenant.OwnedBy(p.ID)}, cast)
		l.indexed = false
		return a.list(l)
	}
}

// checkLimit is how many ids one check may name (Graph: checkMemberGroups).
const checkLimit = 20

func (g *Graph) checkMemberGroups(a *ask, p entra.Person) (Reply, error) {
	var body struct {
		GroupIDs []string `json:"groupIds"`
	}
	if err := a.decode(&body); err != nil {
		return Reply{}, err
	}
	return g.checkMembership(a, body.GroupIDs, "groupIds", a.groupIDs(p))
}

func (g *Graph) checkMemberObjects(a *ask, p entra.Person) (Reply, error) {
	var body struct {
		IDs []string `json:"ids"`
	}
	if err := a.decode(&body); err != nil {
		return Reply{}, err
	}
	within := a.groupIDs(p)
	for _, r := range a.seen().RolesOf(p.ID, true) {
		within[r.ID] = true
	}
	for _, u := range a.seen().UnitsOf(p.ID, true) {
		within[u.ID] = true
	}
	return g.checkMembership(a, body.IDs, "ids", within)
}

func (a *ask) groupIDs(p entra.Person) map[string]bool {
	within := map[string]bool{}
	for _, group := range a.seen().GroupsOf(p.ID, true) {
		within[group.ID] = true
	}
	return within
}

func (g *Graph) checkMembership(a *ask, ids []string, name string, within map[string]bool) (Reply, error) {
	if len(ids) == 0 {
		return Reply{}, badDirectoryRequest("The parameter '" + name + "' is required.")
	}
	if len(ids) > checkLimit && !g.Manners.Now().LongChecks {
		return Reply{}, badDirectoryRequest("Too many values in the parameter '" + name + "'. The maximum is 20.")
	}
	in := []string{}
	for _, id := range ids {
		if !isGUID(id) {
			return Reply{}, badDirectoryRequest("Invalid object identifier '" + id + "'.")
		}
		if within[strings.ToLower(id)] {
			in = append(in, strings.ToLower(id))
		}
	}
	return Reply{Status: http.StatusOK, Body: object{"@odata.context": a.base + "/$metadata#Collection(Edm.String)", "value": in}}, nil
}

// revokeSessions answers revokeSignInSessions: true, though the sessions hear of
// it later, and a guest's never.
func (g *Graph) revokeSessions(a *ask, p entra.Person) (Reply, error) {
	after := time.Duration(0)
	if g.Manners.Now().RevokeDelay {
		after = g.nextBetween(leastRevocation, mostRevocation)
	}
	if err := g.tenant.RevokeSessionsLate(p.ID, after); errors.Is(err, entra.ErrUnknown) {
		return Reply{}, notFound(a.params["user"])
	} else if err != nil {
		return Reply{}, err
	}
	return Reply{Status: http.StatusOK, Body: object{"@odata.context": a.base + "/$metadata#Edm.Boolean", "value": true}}, nil
}

// deleteUser is what a forgotten /$ref amounts to; the app has no right to it.
func (g *Graph) deleteUser(*ask, entra.Person) (Reply, error) { return Reply{}, denied() }
