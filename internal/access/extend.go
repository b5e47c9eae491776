package access

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Extend opens the form of a request that goes on with an exclusion in force: a
// decision of its own. Forbidden for somebody who may not ask, Stale for a request
// that has changed.
func (d *Desk) Extend(ctx context.Context, actor ID, c Claim) (Request, error) {
	click := Click{actor, c.Ref, c.Rev, "extend"}
	r, err := d.Store.Request(ctx, c.Ref)
	if err != nil {
		return Request{}, err
	}
	if !r.Handles(actor) {
		return r, d.refused(ctx, click, r, Fail(Forbidden, "Only those whom it concerns can extend it."))
	}
	if r.Kind != Exclusion || r.State != InForce || r.Rev != c.Rev {
		return r, Fail(Stale, "This has changed meanwhile. Here is how it stands now.")
	}
	t := r.Terms
	t.Start, t.Extends, t.Emergency = time.Time{}, r.Ref, false // a decision of its own, by the rules
	return d.Draft(ctx, actor, Exclusion, r.Person, t)
}

// FindPolicy lists the policies that may be relaxed which words can mean: an id,
// an alias, a name, or a part of one. Nobody's words list all. A policy whose name
// Entra does not tell goes by its alias. Unavailable when Entra does not answer at
// all and no alias fits.
func (d *Desk) FindPolicy(ctx context.Context, words string) ([]PolicyRef, error) {
	all, err := d.policies(ctx)
	words = strings.ToLower(strings.Join(strings.Fields(words), " "))
	if words == "" {
		return all, err
	}
	var exact, part []PolicyRef
	for i, p := range all {
		name, alias := strings.ToLower(p.Name), strings.ToLower(d.Settings.Policies[i].Alias)
		switch {
		case words == string(p.ID) || words == name || words == alias:
			exact = append(exact, p)
		case strings.Contains(name, words) || strings.Contains(alias, words):
			part = append(part, p)
		}
	}
	if len(exact) > 0 {
		return exact, nil
	}
	if len(part) > 0 {
		return part, nil
	}
	return nil, err
}

// policies names the configured policies, in their order, with the error of
// Entra where it did not tell their names.
func (d *Desk) policies(ctx context.Context) ([]PolicyRef, error) {
	named, err := d.Directory.Policies(ctx)
	refs := make([]PolicyRef, 0, len(d.Settings.Policies))
	for _, p := range d.Settings.Policies {
		ref := PolicyRef{p.ID, p.Alias}
		if i := slices.IndexFunc(named, func(n PolicyRef) bool { return n.ID == p.ID }); i >= 0 {
			ref.Name = named[i].Name
		}
		if ref.Name == "" {
			ref.Name = string(p.ID)
		}
		refs = append(refs, ref)
	}
	return refs, err
}
