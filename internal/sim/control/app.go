package control

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// app changes the bot's registration in Entra, and answers it as it stands then.
func (c *Control) app(r *http.Request) (any, error) {
	var change struct {
		Roles      []string `json:"roles"` // instead of those that there are
		Add        []string `json:"addRoles"`
		Remove     []string `json:"removeRoles"`
		SecretEnds *string  `json:"secretEnds"` // from now on, such as 72h or -1h
		Audience   *string  `json:"audience"`   // of Graph's tokens; "": Graph
	}
	if err := decode(r, &change); err != nil {
		return nil, err
	}
	if c.Login == nil {
		return nil, errors.New("this tenant has no login")
	}
	if change.SecretEnds != nil {
		left, err := time.ParseDuration(*change.SecretEnds)
		if err != nil {
			return nil, fmt.Errorf("secretEnds: %w", err)
		}
		c.Tenant.SetSecretEnds(c.Tenant.Now().Add(left))
	}
	if change.Audience != nil {
		c.Login.Misname(*change.Audience)
	}
	roles := c.Login.Roles()
	if change.Roles != nil {
		roles = change.Roles
	}
	move(&roles, change.Add, change.Remove)
	c.Login.Grant(roles)
	slices.Sort(roles)
	return map[string]any{"roles": roles, "secretEnds": c.Tenant.SecretEnds()}, nil
}

// licence changes what the tenant has paid for.
func (c *Control) licence(r *http.Request) (any, error) {
	var change struct {
		P2 *bool `json:"p2"`
	}
	if err := decode(r, &change); err != nil {
		return nil, err
	}
	if change.P2 != nil {
		c.Tenant.SetPremium(*change.P2)
	}
	return map[string]bool{"p2": c.Tenant.Premium()}, nil
}

// targets turns keys into whom a policy is for. The id of nobody is left as it
// is: policies go on naming groups that were deleted.
func (c *Control) targets(keys []string) ([]entra.Target, error) {
	all := make([]entra.Target, 0, len(keys))
	for _, name := range keys {
		switch g, ok := c.Tenant.Group(name); {
		case ok:
			all = append(all, entra.Target{Type: "group", ID: g.ID})
		case name == entra.AllUsers.ID:
			all = append(all, entra.AllUsers)
		case uuid.Validate(name) == nil:
			all = append(all, entra.Target{Type: "group", ID: name})
		default:
			return nil, &refusal{http.StatusNotFound, "NotFound", fmt.Sprintf("there is no group called %q", name)}
		}
	}
	return all, nil
}
