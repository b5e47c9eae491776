package control

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// addMethod gives somebody an authentication method: an administrator does, or the
// person with {"self":true}. A passkey comes by POST /register-passkey.
func (c *Control) addMethod(r *http.Request) (any, error) {
	var wish struct {
		Kind      string `json:"kind"`
		Name      string `json:"name"`
		Number    string `json:"number"`
		PhoneType string `json:"phoneType"`
		Address   string `json:"address"`
		Self      bool   `json:"self"`
	}
	if err := decode(r, &wish); err != nil {
		return nil, err
	}
	p, err := c.known(key(r))
	if err != nil {
		return nil, err
	}
	if kinds := []string{entra.Phone, entra.Authenticator, entra.SoftwareOath, entra.Email, entra.Hello}; !slices.Contains(kinds, wish.Kind) {
		return nil, fmt.Errorf("%q is no kind of method that can be added; there are %q", wish.Kind, kinds)
	}
	m := entra.Method{Kind: wish.Kind, Name: wish.Name, Number: wish.Number, PhoneType: wish.PhoneType, Address: wish.Address}
	if m.Kind == entra.Phone && m.PhoneType == "" {
		m.PhoneType = "mobile"
	}
	m, err = c.Tenant.PutMethod(p.ID, m)
	if err != nil {
		return nil, err
	}
	c.Tenant.AuditMethod(c.doer(p, wish.Self), p.ID, entra.Registered, m.Kind)
	return map[string]string{"id": m.ID}, nil
}

// deleteMethod takes a method away, whichever kind it is: an administrator does, or
// the person with {"self":true}.
func (c *Control) deleteMethod(r *http.Request) (any, error) {
	var wish struct {
		Self bool `json:"self"`
	}
	if err := decode(r, &wish); err != nil {
		return nil, err
	}
	p, err := c.known(key(r))
	if err != nil {
		return nil, err
	}
	methods := c.Tenant.Methods(p.ID)
	i := slices.IndexFunc(methods, func(m entra.Method) bool { return m.ID == r.PathValue("method") })
	if i < 0 {
		return nil, &refusal{http.StatusNotFound, "NotFound", fmt.Sprintf("%s has no method %q", key(r), r.PathValue("method"))}
	}
	if err := c.Tenant.DeleteMethod(p.ID, methods[i].ID); err != nil {
		return nil, err
	}
	c.Tenant.AuditMethod(c.doer(p, wish.Self), p.ID, entra.Deleted, methods[i].Kind)
	return map[string]string{"id": methods[i].ID}, nil
}

func (c *Control) doer(p entra.Person, self bool) entra.Person {
	if self {
		return p
	}
	return c.administrator()
}
