package graph

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/passdesk/passdesk/internal/access"
)

const passPolicyPath = "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/temporaryAccessPass"

// passConfiguration is the tenant's policy for passes (Graph:
// temporaryAccessPassAuthenticationMethodConfiguration).
type passConfiguration struct {
	State    string   `json:"state"`
	Min      int      `json:"minimumLifetimeInMinutes"`
	Max      int      `json:"maximumLifetimeInMinutes"`
	Default  int      `json:"defaultLifetimeInMinutes"`
	OnceOnly bool     `json:"isUsableOnce"`
	Include  []target `json:"includeTargets"`
	Exclude  []target `json:"excludeTargets"`
}

// target is a group or a user (Graph: authenticationMethodTarget, excludeTarget).
type target struct {
	ID string `json:"id"`
}

// allUsers is the target that means everybody.
const allUsers = "all_users"

var errNoPolicy = errors.New("pass policy without state or lifetimes")

func decodePassPolicy(body []byte) (access.PassPolicy, error) {
	var c passConfiguration
	if err := json.Unmarshal(body, &c); err != nil {
		return access.PassPolicy{}, undecodable(0, err)
	}
	if c.State == "" || c.Min <= 0 || c.Max < c.Min {
		return access.PassPolicy{}, undecodable(0, errNoPolicy)
	}
	p := access.PassPolicy{
		Known: true, Enabled: c.State == "enabled",
		MinMinutes: c.Min, MaxMinutes: c.Max, DefaultMinutes: c.Default, OnceOnly: c.OnceOnly,
	}
	p.Include, p.IncludeAll = idsOf(c.Include)
	p.Exclude, p.NotForAll = idsOf(c.Exclude)
	return p, nil
}

func idsOf(targets []target) (ids []access.ID, everybody bool) {
	for _, t := range targets {
		if strings.EqualFold(t.ID, allUsers) {
			everybody = true
			continue
		}
		ids = append(ids, access.NewID(t.ID))
	}
	return ids, everybody
}

// passPolicy is the policy that was kept, or the one from the batch. One that
// cannot be read is not Known.
func (d *Directory) passPolicy(ctx context.Context, p plan, got outcomes) (access.PassPolicy, error) {
	if p.policy.Known {
		return p.policy, nil
	}
	err := got[stepPolicy].err
	if err == nil {
		var policy access.PassPolicy
		if policy, err = decodePassPolicy(got[stepPolicy].body); err == nil {
			d.policy.put(policy, d.now())
			return policy, nil
		}
	}
	d.notLearnt(ctx, "pass policy", err)
	return access.PassPolicy{}, err
}
