package graph

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

const passPath = "temporaryAccessPassMethods"

// passInLog is how the directory's audit log calls a pass.
const passInLog = "temporary access pass"

// theApp is who changes things through Graph, for the log.
var theApp entra.Person

func (g *Graph) passRoutes() []route {
	path := "users/{user}/authentication/" + passPath
	return []route{
		on("GET", path, nil, ofOwner(g.passes)),
		on("POST", path, nil, ofOwner(g.createPass)),
		on("GET", path+"/{pass}", nil, ofOwner(g.passByID)),
		on("DELETE", path+"/{pass}", nil, ofOwner(g.deletePass)),
	}
}

func (g *Graph) passes(a *ask, p entra.Person) (Reply, error) {
	values := []object{}
	if pass, ok := a.seen().PassOf(p.ID); ok {
		values = append(values, showPass(pass))
	}
	return a.methodList(p, passPath, values), nil
}

func (g *Graph) passByID(a *ask, p entra.Person) (Reply, error) {
	pass, ok := a.seen().PassOf(p.ID)
	if !ok || !strings.EqualFold(pass.ID, a.params["pass"]) {
		return Reply{}, noMethod()
	}
	return Reply{Status: http.StatusOK, Body: a.passEntity(p, pass)}, nil
}

func (g *Graph) deletePass(a *ask, p entra.Person) (Reply, error) {
	remove := func() error { return g.tenant.DeletePass(p.ID, a.params["pass"]) }
	switch err := g.change(p.ID, remove); {
	case errors.Is(err, entra.ErrUnknown) && !g.Manners.Now().QuietDelete:
		return Reply{}, noMethod()
	case err != nil && !errors.Is(err, entra.ErrUnknown):
		return Reply{}, err
	case err == nil:
		g.tenant.AuditMethod(theApp, p.ID, entra.Deleted, passInLog)
	}
	return Reply{Status: http.StatusNoContent}, nil
}

// createPass makes a pass in place of the one there was (Graph: Create
// temporaryAccessPassMethod). Its code is in this one answer only.
func (g *Graph) createPass(a *ask, p entra.Person) (Reply, error) {
	wish, err := a.passWish()
	if err != nil {
		return Reply{}, err
	}
	wish.Anyone = g.Manners.Now().PassForAnyone
	var pass entra.Pass
	err = g.change(p.ID, func() (err error) {
		pass, err = g.tenant.IssuePass(p.ID, wish)
		return err
	})
	if err != nil {
		return Reply{}, g.passFault(err, p)
	}
	g.tenant.AuditMethod(theApp, p.ID, entra.Registered, passInLog)
	o := a.passEntity(p, pass)
	o["temporaryAccessPass"] = pass.Code
	at := a.base + "/users/" + p.ID + "/authentication/" + passPath + "/" + pass.ID
	return Reply{Status: http.StatusCreated, Header: http.Header{"Location": {at}}, Body: o}, nil
}

func (a *ask) passEntity(p entra.Person, pass entra.Pass) object {
	o := showPass(pass)
	o["@odata.context"] = a.methodContext(p, passPath) + "/$entity"
	return o
}

func showPass(pass entra.Pass) object {
	return object{
		"id": pass.ID, "temporaryAccessPass": nil, "createdDateTime": ticks(pass.Created), "startDateTime": ticks(pass.Start),
		"lifetimeInMinutes": pass.Minutes, "isUsableOnce": pass.Once, "isUsable": pass.Usable(), "methodUsabilityReason": pass.Reason,
	}
}

// passWish reads the body of a POST; every property may be left out.
func (a *ask) passWish() (wish entra.PassWish, err error) {
	fields, err := a.fields()
	if err != nil {
		return wish, err
	}
	for name, raw := range fields {
		switch name {
		case "startDateTime":
			wish.Start, err = moment(raw)
		case "lifetimeInMinutes":
			wish.Minutes, err = number(raw)
		case "isUsableOnce":
			wish.Once, err = boolean(raw)
		case "id", "createdDateTime", "isUsable", "methodUsabilityReason", "temporaryAccessPass":
			err = readOnly(name, raw)
		default:
			err = badRequest("The property '" + name + "' does not exist on type 'microsoft.graph.temporaryAccessPassAuthenticationMethod'. Make sure to only use property names that are defined by the type.")
		}
		if err != nil {
			return wish, err
		}
	}
	return wish, nil
}

func readOnly(name string, raw json.RawMessage) error {
	if string(raw) == "null" {
		return nil
	}
	return badMethod("The property '" + name + "' cannot be set.")
}

// passFault words a refusal. The texts of lifetime, scope and guest are those
// that Graph is seen to give; nobody has published that of one-time use.
func (g *Graph) passFault(err error, p entra.Person) error {
	var refusal *entra.PassRefusedError
	if errors.Is(err, entra.ErrUnknown) {
		return notFound(p.ID)
	}
	if !errors.As(err, &refusal) {
		return err
	}
	switch refusal.Kind {
	case entra.RefusedGuest:
		return g.outOfScope("Temporary Access Pass cannot be added to an external guest user.")
	case entra.RefusedScope:
		return g.outOfScope("Converged UserCredentialPolicy does not allow creating or updating credential of type TemporaryAccessPass.")
	case entra.RefusedLifetime:
		return badMethod(fmt.Sprintf("Invalid LifetimeInMinutes specified. The valid range between %d and %d.", refusal.Min, refusal.Max))
	case entra.RefusedReuse:
		return badMethod("Invalid IsUsableOnce specified. The policy allows one-time use only.")
	}
	return err
}

// outOfScope refuses a pass to somebody who may have none.
func (g *Graph) outOfScope(message string) error {
	f := badMethod(message)
	if g.Manners.Now().ScopeIsDenied {
		f.Status, f.Code = http.StatusForbidden, "accessDenied"
	}
	return f
}
