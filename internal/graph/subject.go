package graph

import (
	"context"
	"log/slog"
	"slices"

	"github.com/passdesk/passdesk/internal/access"
)

// Names of the facts that may be unknown, as a person reads them after "Entra
// did not tell".
const (
	unknownMemberships    = "group memberships"
	unknownRoleGroups     = "role-assignable groups"
	unknownRoles          = "directory roles"
	unknownEligibleRoles  = "eligible roles"
	unknownEligibleGroups = "eligible group memberships"
	unknownOwned          = "owned groups"
	unknownMethods        = "authentication methods"
	unknownUnits          = "administrative units"
)

// dossier is what a batch brought about the person whom a request is for.
type dossier struct {
	subject access.Subject
	belongs []membership // what the subject belongs to, directly or through groups
	groups  error        // why the subject's groups are not known
	gaps    []error      // why facts are not known
}

// subject gathers all that a verdict needs to know of the person. Only the
// account itself is indispensable; every other part that is missing is named.
func (d *Directory) subject(ctx context.Context, id access.ID, p plan, got outcomes) (dossier, error) {
	m, a, err := found(id, got[stepPerson])
	about := dossier{subject: access.Subject{Member: m}}
	if err != nil || !m.Found {
		return about, err
	}
	s := &about.subject
	s.External, s.Manager, s.Department = a.external(), a.manager(), a.Department

	h := holdings{restricted: a.Restricted}
	h.memberships, about.groups = learn(ctx, d, &about, unknownMemberships, got[stepMemberships], membership.joined)
	s.Groups, about.belongs = groupsOf(h.memberships), h.memberships
	direct, _ := learn(ctx, d, &about, unknownUnits, got[stepUnits], membership.joined)
	s.Units = unitsOf(direct)
	h.roles, _ = learn[assignment](ctx, d, &about, unknownRoles, got[stepRoles], nil)
	h.owned, _ = learn(ctx, d, &about, unknownOwned, got[stepOwned], membership.owned)
	if d.pim {
		h.eligibleRoles, _ = learn[assignment](ctx, d, &about, unknownEligibleRoles, got[stepEligibleRoles], nil)
		h.eligibleGroups, _ = learn(ctx, d, &about, unknownEligibleGroups, got[stepEligibleGroups], eligibility.understood)
	}
	d.learnRoleGroups(ctx, &about, &h, p, got)
	s.Privilege = h.reasons()
	if o, asked := got[stepMethods]; asked {
		d.methods(ctx, &about, o)
	}
	if o, asked := got[stepChanges]; asked {
		d.learnChanges(ctx, s, o)
	}
	return about, nil
}

// learnRoleGroups learns which groups may hold roles, and who comes to them
// through another group.
func (d *Directory) learnRoleGroups(ctx context.Context, about *dossier, h *holdings, p plan, got outcomes) {
	all, err := d.roleGroupsOf(ctx, p, got)
	if err != nil {
		d.unknown(ctx, about, unknownRoleGroups, err)
		return
	}
	h.roleGroups = all
	if d.pim {
		if err := d.learnThrough(ctx, h, got); err != nil {
			d.unknown(ctx, about, unknownEligibleGroups, err)
		}
	}
	d.roleGroups.put(h.roleGroups, p.roleGroupsAt)
}

// learnThrough does not matter, and costs nothing, where the person is privileged
// anyway or belongs to no group.
func (d *Directory) learnThrough(ctx context.Context, h *holdings, got outcomes) error {
	var err error
	if h.roleGroups, err = h.roleGroups.with(ctx, d.line, got); len(h.groups()) == 0 || len(h.reasons()) > 0 {
		return nil
	}
	if err == nil {
		h.roleGroups, h.throughGroups, err = d.throughGroups(ctx, h.roleGroups, h.groups())
	}
	return err
}

// learn reads one list of facts, and says so where it cannot.
func learn[T any](ctx context.Context, d *Directory, about *dossier, fact string, o outcome, understood func(T) bool) ([]T, error) {
	all, err := list(ctx, d.line, o, understood)
	if err != nil {
		d.unknown(ctx, about, fact, err)
	}
	return all, err
}

// unknown notes that a fact could not be learnt.
func (d *Directory) unknown(ctx context.Context, about *dossier, fact string, err error) {
	about.gaps = append(about.gaps, err)
	if s := &about.subject; !slices.Contains(s.Unknown, fact) {
		s.Unknown = append(s.Unknown, fact)
	}
	d.notLearnt(ctx, fact, err)
}

// notLearnt tells the engineer why a request is refused, or has to wait: a
// permission that is missing, mostly.
func (d *Directory) notLearnt(ctx context.Context, fact string, err error) {
	d.log.LogAttrs(ctx, slog.LevelWarn, "fact not learnt", slog.String("fact", fact), slog.Any("error", err))
}
