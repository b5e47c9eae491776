package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/passdesk/passdesk/internal/access"
)

// allPolicies reads every policy of the tenant: for one page a single Conditional
// Access call, however many are wanted.
func (d *Directory) allPolicies(ctx context.Context) (map[access.ID]json.RawMessage, error) {
	got, err := d.line.get(ctx, policiesPath)
	all, err := list[json.RawMessage](ctx, d.line, outcome{got.body, err}, nil)
	if err != nil {
		return nil, err
	}
	policies := map[access.ID]json.RawMessage{}
	for _, raw := range all {
		var o object
		if err := json.Unmarshal(raw, &o); err != nil || o.ID == "" {
			return nil, undecodable(got.status, errNoID)
		}
		policies[access.NewID(o.ID)] = raw
	}
	return policies, nil
}

// Policies implements access.Directory.
func (d *Directory) Policies(ctx context.Context) ([]access.PolicyRef, error) {
	if refs, _, ok := d.policyNames.get(d.now(), policyKept); ok {
		return refs, nil
	}
	all, err := d.allPolicies(ctx)
	if err != nil {
		if old, at, _ := d.policyNames.get(d.now(), 0); !at.IsZero() {
			d.notLearnt(ctx, "names of policies", err)
			return old, nil
		}
		return nil, unavailable(err)
	}
	var refs []access.PolicyRef
	for id, raw := range all {
		var p struct {
			Name string `json:"displayName"`
		}
		if json.Unmarshal(raw, &p) == nil {
			refs = append(refs, access.PolicyRef{ID: id, Name: p.Name})
		}
	}
	d.policyNames.put(refs, d.now())
	return refs, nil
}

// membersKept is how long the members of a group may be served from memory.
const membersKept = groupsKept

// Members implements access.Directory.
func (d *Directory) Members(ctx context.Context, groups []access.ID) ([]access.Person, error) {
	key := fmt.Sprint(groups)
	if all, _, ok := d.members.get(d.now(), membersKept); ok && all.key == key {
		return all.people, nil
	}
	got, err := d.inBatches(ctx, deciderSteps(groups))
	if err != nil {
		return nil, unavailable(err)
	}
	people, err := d.deciders(ctx, groups, got)
	if err != nil {
		return nil, unavailable(err)
	}
	d.members.put(membersOf{key, people}, d.now())
	return people, nil
}

// membersOf are the members of some groups.
type membersOf struct {
	key    string
	people []access.Person
}

// inBatches asks as many steps as there are, a batch at a time.
func (d *Directory) inBatches(ctx context.Context, steps []step) (outcomes, error) {
	all := outcomes{}
	for some := range slices.Chunk(steps, batchLimit) {
		got, err := d.line.batch(ctx, some)
		if err != nil {
			return nil, err
		}
		for name, o := range got {
			all[name] = o
		}
	}
	return all, nil
}

// Survey implements access.Directory: one listing of policies, and a batch for
// groups and owners.
func (d *Directory) Survey(ctx context.Context, policies []access.Policy) ([]access.Stock, error) {
	rules, err := d.allPolicies(ctx)
	if err != nil {
		return nil, unavailable(err)
	}
	var steps []step
	for _, p := range policies {
		for _, s := range append(groupSteps(p.Group), deciderSteps(p.Owners)...) {
			if !slices.Contains(steps, s) {
				steps = append(steps, s)
			}
		}
	}
	got, err := d.inBatches(ctx, steps)
	if err != nil {
		return nil, unavailable(err)
	}
	stocks := make([]access.Stock, 0, len(policies))
	for _, p := range policies {
		rule := outcome{body: rules[p.ID]}
		if rule.body == nil {
			rule.err = &fault{sent: true, status: http.StatusNotFound}
		}
		s, err := d.stock(ctx, p, rule, got)
		if err != nil {
			return nil, unavailable(err)
		}
		stocks = append(stocks, s)
	}
	return stocks, nil
}

func (d *Directory) stock(ctx context.Context, p access.Policy, rule outcome, got outcomes) (access.Stock, error) {
	r, err := d.relaxation(ctx, p, rule, got)
	if err != nil {
		return access.Stock{}, err
	}
	s := access.Stock{Policy: p.ID, Facts: r.facts, Excluded: r.members}
	listed, err := d.namesOf(ctx, r.rule.Conditions.Users.list(excludeUsers))
	if p.Group == "" {
		s.Excluded = listed
	} else {
		s.Listed = listed
	}
	return s, err
}

// namesOf names accounts; those that are gone are left out.
func (d *Directory) namesOf(ctx context.Context, ids []access.ID) ([]access.Person, error) {
	got, err := d.accounts(ctx, ids, named)
	if err != nil {
		return nil, err
	}
	var people []access.Person
	for _, id := range ids {
		switch m, _, err := found(id, got["account "+string(id)]); {
		case err != nil:
			return nil, err
		case m.Found:
			people = append(people, m.Person)
		}
	}
	return people, nil
}

// accounts reads accounts. Words in excludeUsers that are no ids ("All") are
// asked for like the others, and not found.
func (d *Directory) accounts(ctx context.Context, ids []access.ID, what string) (outcomes, error) {
	steps := make([]step, 0, len(ids))
	for _, id := range ids {
		steps = append(steps, read("account "+string(id), user(string(id))+query("$select", what)))
	}
	return d.inBatches(ctx, steps)
}

// Missing implements access.Directory.
func (d *Directory) Missing(ctx context.Context, people []access.ID) ([]access.ID, error) {
	people = slices.Compact(slices.Sorted(slices.Values(people)))
	got, err := d.accounts(ctx, people, "id")
	if err != nil {
		return nil, unavailable(err)
	}
	var missing []access.ID
	for _, id := range people {
		switch err := got["account "+string(id)].err; {
		case statusOf(err) == http.StatusNotFound:
			missing = append(missing, id)
		case err != nil:
			return nil, unavailable(err)
		}
	}
	return missing, nil
}
