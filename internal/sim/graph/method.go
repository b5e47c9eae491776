package graph

import (
	"errors"
	"net/http"
	"strings"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// typedMethods are the paths of the methods that have lists of their own.
var typedMethods = []struct {
	path, kind string
	deletable  bool
}{
	{"fido2Methods", entra.Passkey, true},
	{"microsoftAuthenticatorMethods", entra.Authenticator, true},
	{"windowsHelloForBusinessMethods", entra.Hello, true},
	{"softwareOathMethods", entra.SoftwareOath, true},
	{"phoneMethods", entra.Phone, true},
	{"emailMethods", entra.Email, true},
	{"passwordMethods", entra.Password, false},
}

// methodRoutes offer no query options: the documentation says so of each.
func (g *Graph) methodRoutes() []route {
	routes := []route{on("GET", "users/{user}/authentication/methods", nil, ofOwner(g.methods))}
	for _, m := range typedMethods {
		path := "users/{user}/authentication/" + m.path
		routes = append(routes,
			on("GET", path, nil, ofOwner(g.methodsOfKind(m.path, m.kind))),
			on("GET", path+"/{method}", nil, ofOwner(g.methodOfKind(m.path, m.kind))),
		)
		if m.deletable {
			routes = append(routes, on("DELETE", path+"/{method}", nil, ofOwner(g.deleteMethod(m.kind))))
		}
	}
	return routes
}

// ofOwner is ofUser with the manners of the authentication methods' service,
// which does not say of somebody deleted that they are not there.
func ofOwner(handle func(*ask, entra.Person) (Reply, error)) func(*ask) (Reply, error) {
	return func(a *ask) (Reply, error) {
		key := a.params["user"]
		if a.graph.tenant.WasPerson(key) && a.graph.Manners.Now().DeletedIsDenied {
			return Reply{}, &fault{Status: http.StatusForbidden, Code: "accessDenied", Message: "Request Authorization failed", repeated: true}
		}
		p, err := a.graph.person(key)
		if err != nil {
			return Reply{}, err
		}
		return handle(a, p)
	}
}

func (g *Graph) methods(a *ask, p entra.Person) (Reply, error) {
	values := []object{}
	for _, m := range g.newer(p, a.seen().Methods(p.ID)) {
		o := g.showMethod(m)
		o["@odata.type"] = "#microsoft.graph." + m.Kind + "AuthenticationMethod"
		values = append(values, o)
	}
	if pass, ok := a.seen().PassOf(p.ID); ok {
		o := showPass(pass)
		o["@odata.type"] = "#microsoft.graph.temporaryAccessPassAuthenticationMethod"
		values = append(values, o)
	}
	return a.methodList(p, "methods", values), nil
}

func (a *ask) methodList(p entra.Person, path string, values []object) Reply {
	return Reply{Status: http.StatusOK, Body: object{"@odata.context": a.methodContext(p, path), "value": values}}
}

func (a *ask) methodContext(p entra.Person, path string) string {
	return a.base + "/$metadata#users('" + p.ID + "')/authentication/" + path
}

func (g *Graph) methodsOfKind(path, kind string) func(*ask, entra.Person) (Reply, error) {
	return func(a *ask, p entra.Person) (Reply, error) {
		values := []object{}
		for _, m := range a.seen().Methods(p.ID) {
			if m.Kind == kind {
				values = append(values, g.showMethod(m))
			}
		}
		return a.methodList(p, path, values), nil
	}
}

func (g *Graph) methodOfKind(path, kind string) func(*ask, entra.Person) (Reply, error) {
	return func(a *ask, p entra.Person) (Reply, error) {
		m, err := methodByID(a.seen().Methods(p.ID), kind, a.params["method"])
		if err != nil {
			return Reply{}, err
		}
		o := g.showMethod(m)
		o["@odata.context"] = a.methodContext(p, path) + "/$entity"
		return Reply{Status: http.StatusOK, Body: o}, nil
	}
}

func (g *Graph) deleteMethod(kind string) func(*ask, entra.Person) (Reply, error) {
	return func(a *ask, p entra.Person) (Reply, error) {
		m, err := methodByID(g.tenant.Methods(p.ID), kind, a.params["method"])
		if err != nil {
			return Reply{}, err
		}
		remove := func() error { return g.tenant.DeleteMethod(p.ID, m.ID) }
		if err := g.change(p.ID, remove); errors.Is(err, entra.ErrUnknown) {
			return Reply{}, noMethod()
		} else if err != nil {
			return Reply{}, err
		}
		g.tenant.AuditMethod(theApp, p.ID, entra.Deleted, kind)
		return Reply{Status: http.StatusNoContent}, nil
	}
}

func methodByID(methods []entra.Method, kind, id string) (entra.Method, error) {
	for _, m := range methods {
		if m.Kind == kind && strings.EqualFold(m.ID, id) {
			return m, nil
		}
	}
	return entra.Method{}, noMethod()
}

func noMethod() error {
	return &fault{Status: http.StatusNotFound, Code: "resourceNotFound", Message: "Resource not found.", repeated: true}
}

// showMethod renders a method as the type of its kind.
func (g *Graph) showMethod(m entra.Method) object {
	o := object{"id": m.ID}
	switch m.Kind {
	case entra.Password:
		o["password"], o["createdDateTime"] = nil, stamp(m.Created)
	case entra.Passkey:
		g.showPasskey(o, m)
	case entra.Authenticator:
		o["displayName"], o["deviceTag"], o["phoneAppVersion"] = orNull(m.Name), orNull(m.DeviceTag), orNull(m.AppVersion)
		o["createdDateTime"] = stamp(m.Created)
	case entra.Hello:
		o["displayName"], o["keyStrength"], o["createdDateTime"] = orNull(m.Name), "normal", stamp(m.Created)
	case entra.Phone:
		o["phoneNumber"], o["phoneType"], o["smsSignInState"] = orNull(m.Number), orNull(m.PhoneType), "notAllowedByPolicy"
	case entra.SoftwareOath:
		o["secretKey"] = nil
	case entra.Email:
		o["emailAddress"] = orNull(m.Address)
	case external:
		o["displayName"], o["configurationId"] = orNull(m.Name), m.AAGUID
	}
	if g.metadata() == Metadata2026 {
		o["createdDateTime"] = stamp(m.Created)
	}
	return o
}

func (g *Graph) showPasskey(o object, m entra.Method) {
	o["displayName"], o["aaGuid"], o["model"] = orNull(m.Name), m.AAGUID, orNull(m.Model)
	o["createdDateTime"] = stamp(m.Created)
	o["attestationLevel"], o["attestationCertificates"] = "notAttested", []string{}
	if m.Attested {
		o["attestationLevel"], o["attestationCertificates"] = "attested", []string{"8b2f0c"}
	}
	if g.metadata() == Metadata2026 {
		o["passkeyType"] = "deviceBound"
		if m.Synced {
			o["passkeyType"] = "synced"
		}
	}
}
