package check

import (
	"context"
	"fmt"

	"github.com/passdesk/passdesk/internal/access"
)

// longPass is the longest life of a pass, in minutes, that needs no word: a working
// day.
const longPass = 8 * 60

// lookAtPasses reads the tenant's policy for passes.
func (r *run) lookAtPasses(ctx context.Context) {
	p, err := r.directory.PassPolicy(ctx)
	if err != nil {
		r.find(Error, "The tenant's policy for passes cannot be read: "+cause(err)+". Passes are refused.", "See the lines about permissions.")
		return
	}
	const at = "Entra, Authentication methods, Temporary Access Pass"
	switch {
	case !p.Enabled:
		r.find(Error, "Temporary Access Passes are switched off in the tenant, so none can be made.", "Enable them: "+at+".")
	case p.NotForAll || (!p.IncludeAll && len(p.Include) == 0):
		r.find(Error, "The policy for passes includes nobody.", "Include those who may get one: "+at+".")
	default:
		r.scope(ctx, p)
	}
	r.lifetimes(p, at)
}

// scope tells for whom passes are.
func (r *run) scope(ctx context.Context, p access.PassPolicy) {
	if p.IncludeAll && len(p.Exclude) == 0 {
		r.fine("Passes are enabled for everybody.")
		return
	}
	ids := append(append([]access.ID{}, p.Include...), p.Exclude...)
	things, err := r.directory.Things(ctx, ids)
	if err != nil {
		r.find(Note, fmt.Sprintf("Passes are enabled for %d groups or people.", len(p.Include)), "")
		return
	}
	gone := false
	for _, t := range things {
		if !t.Group && !t.Person {
			gone = true
			r.find(Warning, "The policy for passes names "+string(t.ID)+", which does not exist any more.", "Take it out in Entra.")
		}
	}
	if !gone {
		r.find(Note, fmt.Sprintf("Passes are enabled for some only: %d groups or people are included, %d excluded. For others they are refused.", len(p.Include), len(p.Exclude)), "")
	}
}

// lifetimes tells how long a pass may last.
func (r *run) lifetimes(p access.PassPolicy, at string) {
	bounds := fmt.Sprintf("A pass lasts from %d to %d minutes, %d where nobody says", p.MinMinutes, p.MaxMinutes, p.DefaultMinutes)
	if p.OnceOnly {
		bounds += ", and works once"
	}
	switch {
	case p.DefaultMinutes < p.MinMinutes || p.DefaultMinutes > p.MaxMinutes:
		r.find(Error, bounds+": the usual length is outside of the bounds.", "Correct it: "+at+".")
	case p.MaxMinutes > longPass:
		r.find(Warning, bounds+". So long, a pass is a password.", fmt.Sprintf("Shorten the maximum to %d minutes or less: %s.", longPass, at))
	default:
		r.fine(bounds + ".")
	}
}
