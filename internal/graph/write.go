package graph

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	abstractions "github.com/microsoft/kiota-abstractions-go"

	"github.com/passdesk/passdesk/internal/access"
)

const (
	// writes is how often a policy is written at most for one change: again only
	// when somebody else wrote it meanwhile.
	writes = 3
	// readEvery is the time between two reads of a policy that was written: the
	// tenant has one call a second.
	readEvery = 1500 * time.Millisecond
	// shownAfter is how long a policy may read as it was before it was written.
	shownAfter = 20 * time.Second
)

var errNotShown = errors.New("the policy does not show what was written")

// write changes excludeUsers of a policy. Conditional Access knows no ETag, and
// replaces what it is sent: so it reads, writes all of conditions.users with one
// id more or less, and reads until that shows. A read that is older than the
// write has the old modifiedDateTime; a newer one without the change is somebody
// else's, who wrote at the same time: then it begins again.
func (d *Directory) write(ctx context.Context, x access.Exemption, excluded bool) error {
	p, found, err := d.accessPolicy(ctx, x.Policy)
	for range writes {
		switch {
		case err != nil:
			return unavailable(err)
		case !found && excluded:
			return access.Fail(access.Refused, "The policy does not exist in Entra any more.")
		case !found || p.lists(x.Person) == excluded:
			return nil
		}
		if foreign := p.Conditions.Users.foreign(); len(foreign) > 0 {
			return access.Fail(access.Refused, "The policy has parts that Passdesk does not know, so Passdesk does not write it. Its owner has to change it.")
		}
		if err := d.patch(ctx, x, p.Conditions.Users.with(x.Person, excluded)); err != nil {
			return err
		}
		old := p.Modified
		if p, found, err = d.shown(ctx, x, excluded, old); err == nil && (!found || p.lists(x.Person) == excluded) {
			return nil
		}
		if errors.Is(err, errNotShown) {
			return access.Fail(access.Uncertain, "Entra does not show the change yet. Passdesk looks, and tries again.").Because(err)
		}
	}
	return access.Fail(access.Uncertain, "Somebody else is changing this policy. Passdesk tries again.").Because(errNotShown)
}

// lists tells whether the policy excludes a person by name.
func (p accessPolicy) lists(person access.ID) bool {
	return slices.Contains(p.Conditions.Users.list(excludeUsers), person)
}

// accessPolicy reads a policy; one that is gone is not found.
func (d *Directory) accessPolicy(ctx context.Context, id access.ID) (accessPolicy, bool, error) {
	got, err := d.line.get(ctx, policyPath(id))
	if statusOf(err) == http.StatusNotFound {
		return accessPolicy{}, false, nil
	}
	if err != nil {
		return accessPolicy{}, false, err
	}
	p, err := decodeAccessPolicy(got.body)
	return p, err == nil, err
}

// patch writes conditions.users. It is sent once: whether it arrived is seen when
// the policy is read.
func (d *Directory) patch(ctx context.Context, x access.Exemption, users policyUsers) error {
	body, err := json.Marshal(map[string]any{"conditions": map[string]any{"users": users}})
	if err != nil {
		return access.Fail(access.Internal, "").Because(err)
	}
	c := call{info: d.line.request(abstractions.PATCH, policyPath(x.Policy), body), limit: changeLimit, spare: changeSpare}
	_, err = d.line.send(ctx, c)
	if f, ok := errors.AsType[*fault](err); ok && f.notLookedAt() && pause(ctx, 0, f.after) {
		_, err = d.line.send(ctx, c)
	}
	return d.notChanged(err)
}

// shown reads a policy that was written until it shows the change, or somebody
// else's. Where it does neither in time it is errNotShown.
func (d *Directory) shown(ctx context.Context, x access.Exemption, excluded bool, old time.Time) (accessPolicy, bool, error) {
	begin := time.Now()
	for {
		p, found, err := d.accessPolicy(ctx, x.Policy)
		if err == nil && (!found || p.lists(x.Person) == excluded || !p.Modified.Equal(old)) {
			return p, found, nil
		}
		if time.Since(begin) > shownAfter || !pause(ctx, 0, readEvery) {
			return p, found, errors.Join(errNotShown, err)
		}
	}
}
