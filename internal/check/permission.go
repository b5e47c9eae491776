package check

import (
	"context"
	"slices"
	"strings"

	"github.com/passdesk/passdesk/internal/graph"
)

// where to grant, and to take away.
const (
	grantIt = "Grant it to the application in Entra under API permissions, with an administrator's consent; a new token has it after some minutes."
	takeIt  = "Take it away in Entra under API permissions."
)

// lookAtPermissions compares the roles in the token with what is needed, and tries
// every call that does no harm.
func (r *run) lookAtPermissions(ctx context.Context) {
	needs := graph.Needs(r.parts...)
	lacking := r.lacking(needs)
	r.tooMuch(needs)
	r.try(ctx, lacking)
}

// lacking tells which permissions the token lacks.
func (r *run) lacking(needs []graph.Need) []string {
	var names []string
	for _, n := range needs {
		by, ok := graph.Allows(r.token.Roles, n.Permission)
		switch {
		case !ok:
			level := Error
			if !n.Essential {
				level = Warning
			}
			names = append(names, n.Permission)
			r.find(level, n.Permission+" is missing. "+n.Without(), grantIt)
		case by != n.Permission:
			r.find(Note, n.Permission+" is not in the token; "+by+" stands in for it.", "")
		}
	}
	if len(names) == 0 {
		r.fine("Every permission that is needed is in the token.")
	}
	return names
}

// tooMuch tells which permissions the token has that nothing needs.
func (r *run) tooMuch(needs []graph.Need) {
	for _, role := range slices.Sorted(slices.Values(r.token.Roles)) {
		if slices.ContainsFunc(needs, func(n graph.Need) bool { return n.Permission == role }) {
			continue
		}
		instead := r.standsFor(role, needs)
		danger := graph.Danger(role)
		switch {
		case graph.Known(role):
			r.find(Note, role+" is granted, and not needed as Passdesk is configured"+because(danger)+".", takeIt)
		case danger != "":
			r.find(Warning, role+" is too much: "+danger+".", instead+takeIt)
		default:
			r.find(Warning, role+" is granted, and nothing needs it.", instead+takeIt)
		}
	}
}

// because adds a danger to a sentence.
func because(danger string) string {
	if danger == "" {
		return ""
	}
	return ": " + danger
}

// standsFor says what to grant in the place of a permission, where it is all that
// allows something.
func (r *run) standsFor(role string, needs []graph.Need) string {
	without := slices.DeleteFunc(slices.Clone(r.token.Roles), func(other string) bool { return other == role })
	var names []string
	for _, n := range needs {
		_, by := graph.Allows([]string{role}, n.Permission)
		if _, others := graph.Allows(without, n.Permission); by && !others {
			names = append(names, n.Permission)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "Grant " + strings.Join(names, " and ") + " instead. "
}

// try makes every harmless call, and tells what those have shown that the token does
// not.
func (r *run) try(ctx context.Context, lacking []string) {
	samples := graph.Samples{Person: r.directory.Someone(ctx, r.settings.Requesters)}
	if len(r.settings.Requesters) > 0 {
		samples.Group = r.settings.Requesters[0]
	}
	if len(r.settings.Policies) > 0 {
		samples.Policy = r.settings.Policies[0].ID
	}
	trials, err := r.directory.Try(ctx, samples, r.parts...)
	if err != nil {
		r.find(Error, "Graph could not be asked: "+cause(err)+".", "Try again in a few minutes.")
		return
	}
	allowed := 0
	for _, t := range trials {
		if t.Answer == graph.Allowed {
			allowed++
		} else {
			r.judge(t, lacking)
		}
	}
	if allowed == len(trials) {
		r.fine("Every call that does no harm was tried, and is allowed.")
	}
}

// judge tells of a call that was not allowed, unless it is known why.
func (r *run) judge(t graph.Trial, lacking []string) {
	known := slices.ContainsFunc(t.Call.Least, func(p string) bool {
		return slices.ContainsFunc(lacking, func(l string) bool { return l == p || covers(l, p) })
	})
	what := t.Call.Method + " " + t.Call.Path
	switch {
	case t.Answer == graph.Denied && known, t.Answer == graph.Unlicensed && t.Call.Part == graph.PIM:
		// It is told already, or by the part about eligible roles.
	case t.Answer == graph.Denied:
		r.find(Error, "Graph refuses "+what+", although the token has the permission: "+cause(t.Err)+". "+t.Call.Without, "See whether the application is restricted: by Conditional Access for workload identities, or by consent that was taken back.")
	case t.Answer == graph.Unlicensed:
		r.find(Warning, "The tenant has no licence for "+what+": it takes Entra ID P1. "+t.Call.Without, "Nothing, if the tenant can do without.")
	default:
		r.find(Warning, "Whether "+what+" is allowed could not be found out: "+cause(t.Err)+".", "Try again in a few minutes.")
	}
}

// covers tells whether one permission allows what another does.
func covers(one, other string) bool {
	_, ok := graph.Allows([]string{one}, other)
	return ok
}

// lookAtEligible holds entra.pim against what the tenant has.
func (r *run) lookAtEligible(ctx context.Context) {
	required := r.config.Entra.PIM != "absent"
	answer, err := r.directory.Eligible(ctx)
	switch {
	case answer == graph.Unlicensed && required:
		r.find(Error, "entra.pim is required, but the tenant has no licence for eligible roles (Entra ID P2), so every pass and every exclusion is refused.", "Set entra.pim: absent. It is noted in the audit at each start.")
	case answer == graph.Unlicensed:
		r.fine("The tenant has no eligible roles, and entra.pim is absent.")
	case answer == graph.Allowed && !required:
		r.find(Error, "entra.pim is absent, but the tenant has eligible roles: whoever may activate one counts as nobody special, and could be given a pass.", "Set entra.pim: required.")
	case answer == graph.Allowed:
		r.fine("The tenant has eligible roles, and they are read.")
	case answer == graph.Denied && !required:
		r.find(Warning, "entra.pim is absent; whether the tenant has eligible roles could not be seen.", "If the tenant has Entra ID P2, set entra.pim: required.")
	case answer == graph.Denied:
		r.find(Note, "Whether the tenant has eligible roles could not be seen: a permission is missing.", "")
	default:
		r.find(Warning, "Whether the tenant has eligible roles could not be found out: "+cause(err)+".", "Try again in a few minutes.")
	}
}
