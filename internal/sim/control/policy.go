package control

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// policyChange is what a test may change of a Conditional Access policy behind
// the bot's back; what is left out stays. People and groups go by any key.
type policyChange struct {
	Name         *string  `json:"displayName"`
	State        *string  `json:"state"`
	AddUsers     []string `json:"addExcludeUsers"`
	RemoveUsers  []string `json:"removeExcludeUsers"`
	AddGroups    []string `json:"addExcludeGroups"`
	RemoveGroups []string `json:"removeExcludeGroups"`
	Platforms    []string `json:"includePlatforms"`
	Controls     []string `json:"builtInControls"`
	// Beta makes it one that v1.0 of Graph cannot write.
	Beta *bool `json:"beta"`
}

var policyStates = []string{"enabled", "disabled", "enabledForReportingButNotEnforced"}

// policy changes a policy as an administrator does, and answers it as changed.
func (c *Control) policy(r *http.Request) (any, error) {
	var change policyChange
	if err := decode(r, &change); err != nil {
		return nil, err
	}
	p, err := c.knownPolicy(r)
	if err != nil {
		return nil, err
	}
	if change.State != nil && !slices.Contains(policyStates, *change.State) {
		return nil, fmt.Errorf("state %q is none of %v", *change.State, policyStates)
	}
	for _, keys := range []*[]string{&change.AddUsers, &change.RemoveUsers, &change.AddGroups, &change.RemoveGroups} {
		if err := c.resolve(*keys); err != nil {
			return nil, err
		}
	}
	if err := c.Tenant.ChangePolicy(p.ID, change.apply); err != nil {
		return nil, err
	}
	c.Tenant.AuditPolicy(c.administrator(), p.ID, entra.PolicyUpdated)
	changed, _ := c.Tenant.Policy(p.ID)
	return changed.Told(), nil
}

func (change policyChange) apply(p *entra.Policy) {
	set(&p.Name, change.Name)
	set(&p.State, change.State)
	set(&p.Beta, change.Beta)
	move(&p.Conditions.ExcludeUsers, change.AddUsers, change.RemoveUsers)
	move(&p.Conditions.ExcludeGroups, change.AddGroups, change.RemoveGroups)
	if change.Platforms != nil {
		p.Conditions.IncludePlatforms = change.Platforms
	}
	if change.Controls != nil {
		p.Grant.Controls = change.Controls
	}
}

// move adds to a list what is not in it, and takes the others out.
func move(list *[]string, in, out []string) {
	for _, id := range in {
		if !slices.Contains(*list, id) {
			*list = append(*list, id)
		}
	}
	*list = slices.DeleteFunc(*list, func(id string) bool { return slices.Contains(out, id) })
}

// resolve turns keys into ids, in place. Ids of nobody are left as they are:
// policies go on naming people who were deleted.
func (c *Control) resolve(keys []string) error {
	for i, name := range keys {
		if p, ok := c.Tenant.Person(name); ok {
			keys[i] = p.ID
			continue
		}
		if g, ok := c.Tenant.Group(name); ok {
			keys[i] = g.ID
			continue
		}
		if uuid.Validate(name) != nil {
			return &refusal{http.StatusNotFound, "NotFound", fmt.Sprintf("there is nobody and no group called %q", name)}
		}
	}
	return nil
}

// deletePolicy deletes a policy, and answers which one it was.
func (c *Control) deletePolicy(r *http.Request) (any, error) {
	p, err := c.knownPolicy(r)
	if err != nil {
		return nil, err
	}
	c.Tenant.AuditPolicy(c.administrator(), p.ID, entra.PolicyDeleted)
	return p.Told(), c.Tenant.DeletePolicy(p.ID)
}

func (c *Control) knownPolicy(r *http.Request) (entra.Policy, error) {
	p, ok := c.Tenant.Policy(key(r))
	if !ok {
		return p, &refusal{http.StatusNotFound, "NotFound", fmt.Sprintf("there is no policy %q", key(r))}
	}
	return p, nil
}
