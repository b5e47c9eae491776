package graph

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// Names of the steps in the batch of Facts.
const (
	stepPerson         = "person"
	stepMemberships    = "memberships"
	stepUnits          = "units"
	stepRoles          = "roles"
	stepEligibleRoles  = "eligible-roles"
	stepEligibleGroups = "eligible-groups"
	stepOwned          = "owned"
	stepMethods        = "methods"
	stepChanges        = "changes"
	stepPolicy         = "pass-policy"
	stepRoleGroups     = "role-groups"
)

// wholePage asks for pages as long as Graph makes them.
const wholePage = "999"

// Facts implements access.Directory in one batch. A list of more than 999 entries
// costs another round trip; so do groups that became role-assignable since the
// last call, and all of them at the first call, unless Ready came before.
//
// Subject.Unknown may name: "group memberships", "administrative units",
// "role-assignable groups", "directory roles", "eligible roles", "eligible group
// memberships", "owned groups", "authentication methods". Where nothing but passing
// trouble of Graph is behind that, and nothing else speaks against the person, the
// answer is Unavailable instead: it says nothing about them. Without the account of
// anybody who was asked for, or the groups of asker and actor, there is nothing to
// decide on: Unavailable. A person who does not exist is not Found, and that is all
// that is said of them.
//
// Changes come from the directory's audit log, which counts against the narrow
// limit of the authentication methods and is read only when Question.Changes is
// set. Where it cannot be read, without a licence for it or while it is down,
// everything else is answered all the same, and ChangesKnown is not set.
func (d *Directory) Facts(ctx context.Context, q access.Question) (access.Facts, error) {
	f := access.Facts{At: d.now()}
	p := d.plan(q)
	if len(p.steps) == 0 {
		return f, nil
	}
	got, err := d.inBatches(ctx, p.steps)
	if err != nil {
		return access.Facts{}, unavailable(err)
	}
	var person dossier
	if q.Person != "" {
		if person, err = d.subject(ctx, q.Person, p, got); err != nil {
			return access.Facts{}, unavailable(err)
		}
		if q.Policy == nil {
			if f.PassPolicy, err = d.passPolicy(ctx, p, got); err != nil {
				person.gaps = append(person.gaps, err)
			}
		}
	}
	f.Person = person.subject
	if f.Asker, err = d.standing(ctx, q.Asker, q.Person, person, got); err != nil {
		return access.Facts{}, unavailable(err)
	}
	if f.Actor, err = d.standing(ctx, q.Actor, q.Person, person, got); err != nil {
		return access.Facts{}, unavailable(err)
	}
	for _, id := range q.Others {
		m, err := d.standing(ctx, id, q.Person, person, got)
		if err != nil {
			return access.Facts{}, unavailable(err)
		}
		f.Others = append(f.Others, m)
	}
	if q.Policy != nil {
		f.Policy, err = d.policyFacts(ctx, q, person, got)
		if err != nil {
			person.gaps = append(person.gaps, err)
		}
	}
	if f.Person.Found && len(f.Person.Privilege) == 0 {
		if err := allPassing(person.gaps); err != nil {
			return access.Facts{}, err
		}
	}
	return f, nil
}

// plan is what must be read, each thing once, and what need not be.
type plan struct {
	steps        []step
	policy       access.PassPolicy // Known when it is kept
	roleGroups   roleGroups        // nil when they are not kept
	roleGroupsAt time.Time         // when they were true
}

func (d *Directory) plan(q access.Question) plan {
	var p plan
	if q.Person != "" {
		p.steps = d.personSteps(q.Person)
		if !q.Changes.IsZero() {
			p.steps = append(p.steps, changesStep(q.Person, q.Changes))
		}
		d.planKept(&p)
	}
	if q.Policy != nil { // passes and methods have nothing to do with it, and little may be read of them
		p.steps = slices.DeleteFunc(p.steps, func(s step) bool { return s.Name == stepMethods || s.Name == stepPolicy })
		p.steps = append(p.steps, relaxSteps(*q.Policy)...)
	}
	asked := []access.ID{"", q.Person}
	for _, id := range append([]access.ID{q.Asker, q.Actor}, q.Others...) {
		if !slices.Contains(asked, id) {
			p.steps = append(p.steps, standingSteps(id)...)
			asked = append(asked, id)
		}
	}
	if q.Person != "" && d.pim {
		d.planEligible(&p)
	}
	return p
}

func (d *Directory) personSteps(id access.ID) []step {
	key := string(id)
	steps := append(make([]step, 0, batchLimit),
		read(stepPerson, user(key)+query("$select", everything, "$expand", "manager($select="+standing+")")),
		read(stepMemberships, user(key, "transitiveMemberOf")+query("$select", "id,displayName,isAssignableToRole,roleTemplateId", "$top", wholePage)),
		read(stepUnits, user(key, "memberOf")+query("$select", "id", "$top", wholePage)),
		read(stepRoles, "/roleManagement/directory/roleAssignments"+query("$filter", about(id), "$expand", "roleDefinition")),
		read(stepOwned, user(key, "ownedObjects")+query("$select", "id,displayName,isAssignableToRole", "$top", wholePage)),
		read(stepMethods, user(key, "authentication", "methods")))
	if !d.pim {
		return steps
	}
	return append(steps,
		read(stepEligibleRoles, eligibleRolesPath+query("$filter", about(id), "$expand", "roleDefinition")),
		read(stepEligibleGroups, eligibleGroupsPath+query("$filter", about(id))))
}

// planKept asks for what belongs to the tenant only when it is not kept.
func (d *Directory) planKept(p *plan) {
	var ok bool
	if p.policy, _, ok = d.policy.get(d.now(), policyKept); !ok {
		p.policy = access.PassPolicy{}
		p.steps = append(p.steps, read(stepPolicy, passPolicyPath))
	}
	if p.roleGroups, p.roleGroupsAt, ok = d.roleGroups.get(d.now(), groupsKept); !ok {
		p.roleGroups, p.roleGroupsAt = nil, d.now()
		p.steps = append(p.steps, read(stepRoleGroups, roleGroupsPath))
	}
}

func standingSteps(id access.ID) []step {
	key := string(id)
	return []step{
		read("account "+key, user(key)+query("$select", standing)),
		read("groups "+key, user(key, "transitiveMemberOf")+query("$select", "id", "$top", wholePage)),
	}
}

// standing is somebody's account and groups, taken from the dossier where it is
// about the same person.
func (d *Directory) standing(ctx context.Context, id, person access.ID, about dossier, got outcomes) (access.Member, error) {
	if id == "" {
		return access.Member{}, nil
	}
	if id == person {
		return about.subject.Member, about.groups
	}
	m, _, err := found(id, got["account "+string(id)])
	if err != nil || !m.Found {
		return m, err
	}
	memberships, err := list(ctx, d.line, got["groups "+string(id)], membership.joined)
	if err != nil {
		return access.Member{}, fmt.Errorf("groups of %s: %w", id, err)
	}
	m.Groups = groupsOf(memberships)
	return m, nil
}

// found reads an account. That there is none is an answer, not an error.
func found(id access.ID, o outcome) (access.Member, account, error) {
	if statusOf(o.err) == http.StatusNotFound {
		return access.Member{Person: access.Person{ID: id}}, account{}, nil
	}
	if o.err != nil {
		return access.Member{}, account{}, fmt.Errorf("account of %s: %w", id, o.err)
	}
	a, err := decodeAccount(o.body)
	if err != nil {
		return access.Member{}, account{}, fmt.Errorf("account of %s: %w", id, err)
	}
	return a.member(), a, nil
}

// policyFacts tells how a policy that may be relaxed stands, and how it excludes
// the person. Where that cannot be read it is not Known.
func (d *Directory) policyFacts(ctx context.Context, q access.Question, about dossier, got outcomes) (access.PolicyFacts, error) {
	r, err := d.relaxation(ctx, *q.Policy, got[stepRule(q.Policy.ID)], got)
	if err == nil {
		err = about.groups
	}
	if err != nil {
		d.notLearnt(ctx, "policy", err)
		return access.PolicyFacts{}, err
	}
	r.facts.Exempt = r.exempt(access.Exemption{Person: q.Person, Policy: q.Policy.ID, Group: q.Policy.Group}, about.belongs)
	return r.facts, nil
}
