package graph

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/passdesk/passdesk/internal/access"
)

// Names of the steps of a portrait that no other batch has.
const (
	stepPasskeyPolicy = "passkey-policy"
	stepRules         = "policies"
)

func stepAccount(id access.ID) string { return "account " + string(id) }
func stepHeld(id access.ID) string    { return "methods of " + string(id) }
func stepDirect(id access.ID) string  { return "direct groups of " + string(id) }

// Portraits implements access.Directory, in one batch for as many people as
// access.MostTogether.
func (d *Directory) Portraits(ctx context.Context, people []access.ID, policies []access.Policy) ([]access.Portrait, error) {
	got, err := d.inBatches(ctx, d.portraitSteps(people, len(policies) > 0))
	if err != nil {
		return nil, unavailable(err)
	}
	passkeys, passes := d.passkeyPolicy(ctx, got), d.keptPassPolicy(ctx, got)
	rules := d.rules(ctx, got[stepRules])
	all := make([]access.Portrait, 0, len(people))
	for _, id := range people {
		s, err := d.sitter(ctx, id, got)
		if err != nil {
			return nil, unavailable(err)
		}
		s.PasskeyPolicy, s.PassPolicy = passkeys, passes
		p := access.Portrait{Credentials: s.Credentials}
		if s.grouped && rules != nil {
			d.exempts(ctx, &p, rules, policies, s.belongs, got[stepDirect(id)])
		}
		all = append(all, p)
	}
	return all, nil
}

func (d *Directory) portraitSteps(people []access.ID, ruled bool) []step {
	var steps []step
	for _, id := range people {
		key := string(id)
		steps = append(steps,
			read(stepAccount(id), user(key)+query("$select", standing+",externalUserState", "$expand", "manager($select="+standing+")")),
			read(stepBelongs(id), user(key, "transitiveMemberOf")+query("$select", "id,displayName,roleTemplateId", "$top", wholePage)),
			read(stepHeld(id), user(key, "authentication", "methods")))
		if ruled {
			steps = append(steps, read(stepDirect(id), user(key, "memberOf")+query("$select", "id", "$top", wholePage)))
		}
	}
	if ruled {
		steps = append(steps, read(stepRules, policiesPath))
	}
	if _, _, ok := d.passkeys.get(d.now(), policyKept); !ok {
		steps = append(steps, read(stepPasskeyPolicy, passkeyPolicyPath))
	}
	if _, _, ok := d.policy.get(d.now(), policyKept); !ok {
		steps = append(steps, read(stepPolicy, passPolicyPath))
	}
	return steps
}

// sitter is who sits for a portrait.
type sitter struct {
	access.Credentials
	grouped bool         // belongs could be read
	belongs []membership // directly or through groups
}

// sitter reads what a batch brought of one person. Only the account is
// indispensable.
func (d *Directory) sitter(ctx context.Context, id access.ID, got outcomes) (sitter, error) {
	m, a, err := found(id, got[stepAccount(id)])
	s := sitter{Credentials: access.Credentials{At: d.now(), Person: m, External: a.external(), Manager: a.manager()}}
	if err != nil || !m.Found {
		return s, err
	}
	if s.belongs, err = list(ctx, d.line, got[stepBelongs(id)], membership.joined); err != nil {
		d.notLearnt(ctx, unknownMemberships, err)
		return s, nil
	}
	s.grouped, s.Person.Groups = true, groupsOf(s.belongs)
	h, err := d.held(ctx, m.ID, got[stepHeld(id)])
	if err != nil {
		d.notLearnt(ctx, unknownMethods, err)
		return s, nil
	}
	s.Known, s.Methods, s.Passkeys, s.Passes = true, h.methods, h.passkeys, h.passes
	return s, nil
}

// keptPassPolicy is the policy for passes, kept or from the batch.
func (d *Directory) keptPassPolicy(ctx context.Context, got outcomes) access.PassPolicy {
	kept, _, ok := d.policy.get(d.now(), policyKept)
	if ok {
		return kept
	}
	p, _ := d.passPolicy(ctx, plan{}, got) // one that cannot be read is not Known
	return p
}

// rules are the policies of the tenant by id; nil where they were not asked for or
// could not be read.
func (d *Directory) rules(ctx context.Context, o outcome) map[access.ID]accessPolicy {
	if o.body == nil && o.err == nil {
		return nil
	}
	all, err := list[json.RawMessage](ctx, d.line, o, nil)
	if err != nil {
		d.notLearnt(ctx, "policies", err)
		return nil
	}
	rules := map[access.ID]accessPolicy{}
	for _, raw := range all {
		if p, err := decodeAccessPolicy(raw); err == nil { // one that is not understood is not among them
			rules[access.NewID(p.ID)] = p
		}
	}
	return rules
}

// exempts tells how policies exclude the person of a portrait: who is a direct
// member of an exclusion group is there by Passdesk, or where Passdesk puts people.
func (d *Directory) exempts(ctx context.Context, p *access.Portrait, rules map[access.ID]accessPolicy, policies []access.Policy, belongs []membership, o outcome) {
	direct, err := list(ctx, d.line, o, func(m membership) bool { return m.ID != "" })
	if err != nil {
		d.notLearnt(ctx, unknownMemberships, err)
		return
	}
	p.Ruled = true
	for _, policy := range policies {
		r := relaxation{rule: rules[policy.ID]}
		if slices.ContainsFunc(direct, func(m membership) bool { return access.NewID(m.ID) == policy.Group }) {
			r.members = []access.Person{p.Person.Person}
		}
		p.Names = append(p.Names, r.rule.Name)
		p.Exempt = append(p.Exempt, r.exempt(access.Exemption{Person: p.Person.ID, Policy: policy.ID, Group: policy.Group}, belongs))
	}
}
