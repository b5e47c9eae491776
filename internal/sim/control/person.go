package control

import (
	"errors"
	"net/http"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// personChange is what a test may change of a person; nil leaves it.
type personChange struct {
	Enabled       *bool     `json:"enabled"`
	Manager       *string   `json:"manager"`     // alias or another key; "": none
	Mobile        *string   `json:"mobilePhone"` // "": none
	Office        *string   `json:"businessPhone"`
	Department    *string   `json:"department"`
	Units         *[]string `json:"administrativeUnits"` // all of them, by name
	ResetPassword bool      `json:"resetPassword"`
	Restricted    *bool     `json:"restricted"`
	Installed     *bool     `json:"installed"`
	Expired       *bool     `json:"passwordExpired"`
	AddRoles      []string  `json:"addRoles"` // name or template id
	RemoveRoles   []string  `json:"removeRoles"`
	EligibleRoles []string  `json:"eligibleRoles"`
}

// person changes somebody and answers the person as changed.
func (c *Control) person(r *http.Request) (any, error) {
	var change personChange
	if err := decode(r, &change); err != nil {
		return nil, err
	}
	p, err := c.known(key(r))
	if err != nil {
		return nil, err
	}
	steps := []error{c.profile(p, change)}
	if change.Enabled != nil {
		steps = append(steps, c.Tenant.SetEnabled(p.ID, *change.Enabled))
	}
	if change.Restricted != nil {
		steps = append(steps, c.Tenant.SetManagementRestricted(p.ID, *change.Restricted))
	}
	if change.Expired != nil {
		steps = append(steps, c.Tenant.SetPasswordExpired(p.ID, *change.Expired))
	}
	steps = append(steps, c.roles(p, change)...)
	steps = append(steps, c.installed(r, p, change.Installed))
	if err := errors.Join(steps...); err != nil {
		return nil, err
	}
	return c.known(p.ID)
}

// profile changes what the directory says of a person, as an administrator does,
// who is in the log then.
func (c *Control) profile(p entra.Person, change personChange) error {
	var steps []error
	wanted := p
	set(&wanted.Mobile, change.Mobile)
	set(&wanted.Office, change.Office)
	set(&wanted.Department, change.Department)
	if wanted != p {
		steps = append(steps, c.Tenant.SetPhones(p.ID, wanted.Mobile, wanted.Office), c.Tenant.SetDepartment(p.ID, wanted.Department))
		c.Tenant.AuditUser(c.administrator(), p.ID,
			entra.AuditChange{Name: "Mobile", Old: p.Mobile, New: wanted.Mobile, Listed: true},
			entra.AuditChange{Name: "TelephoneNumber", Old: p.Office, New: wanted.Office, Listed: true},
			entra.AuditChange{Name: "Department", Old: p.Department, New: wanted.Department, Listed: true})
	}
	if change.Units != nil {
		steps = append(steps, c.Tenant.SetUnits(p.ID, *change.Units))
	}
	if change.Manager != nil {
		steps = append(steps, c.manager(p, *change.Manager))
	}
	if change.ResetPassword {
		steps = append(steps, c.Tenant.ResetPassword(p.ID))
		c.Tenant.AuditPassword(c.administrator(), p.ID)
	}
	return errors.Join(steps...)
}

func (c *Control) manager(p entra.Person, manager string) error {
	if err := c.Tenant.SetManager(p.ID, manager); err != nil {
		return err
	}
	if now, _ := c.Tenant.Person(p.ID); now.Manager != p.Manager {
		c.Tenant.AuditManager(c.administrator(), p.ID)
	}
	return nil
}

func (c *Control) roles(p entra.Person, change personChange) []error {
	steps := make([]error, 0, len(change.AddRoles)+len(change.RemoveRoles)+len(change.EligibleRoles))
	for _, role := range change.AddRoles {
		steps = append(steps, c.Tenant.AddRole(p.ID, role, ""))
	}
	for _, role := range change.RemoveRoles {
		steps = append(steps, c.Tenant.RemoveRole(p.ID, role, ""))
	}
	for _, role := range change.EligibleRoles {
		steps = append(steps, c.Tenant.AddEligibleRole(p.ID, role, ""))
	}
	return steps
}
