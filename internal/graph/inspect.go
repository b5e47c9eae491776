package graph

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// PassPolicy reads the tenant's policy for passes, uncached. Unavailable.
func (d *Directory) PassPolicy(ctx context.Context) (access.PassPolicy, error) {
	got, err := d.line.get(ctx, passPolicyPath)
	if err != nil {
		return access.PassPolicy{}, unavailable(err)
	}
	p, err := decodePassPolicy(got.body)
	return p, unavailable(err)
}

// Thing is what an id of the configuration stands for.
type Thing struct {
	ID   access.ID
	Name string
	// Group and Person are both false where there is neither.
	Group, Person bool
}

// Things tells what ids stand for, in their order: groups, or people. Unavailable
// unless all could be looked up.
func (d *Directory) Things(ctx context.Context, ids []access.ID) ([]Thing, error) {
	steps := make([]step, 0, len(ids))
	for _, id := range ids {
		steps = append(steps, read(string(id), group(id, query("$select", "id,displayName"))))
	}
	groups, err := d.inBatches(ctx, steps)
	if err != nil {
		return nil, unavailable(err)
	}
	things, steps := make([]Thing, 0, len(ids)), nil
	for _, id := range ids {
		t, err := thing(id, groups[string(id)])
		if err != nil {
			return nil, unavailable(err)
		}
		if t.Group = t.Name != ""; !t.Group {
			steps = append(steps, read(string(id), user(string(id))+query("$select", "id,displayName")))
		}
		things = append(things, t)
	}
	people, err := d.inBatches(ctx, steps)
	if err != nil {
		return nil, unavailable(err)
	}
	for i, t := range things {
		if t.Group {
			continue
		}
		if things[i], err = thing(t.ID, people[string(t.ID)]); err != nil {
			return nil, unavailable(err)
		}
		things[i].Person = things[i].Name != ""
	}
	return things, nil
}

// thing reads one answer: without a name there is no such thing.
func thing(id access.ID, o outcome) (Thing, error) {
	t := Thing{ID: id}
	if statusOf(o.err) == http.StatusNotFound {
		return t, nil
	}
	if o.err != nil {
		return t, o.err
	}
	var named struct {
		Name string `json:"displayName"`
	}
	if err := json.Unmarshal(o.body, &named); err != nil {
		return t, undecodable(0, err)
	}
	t.Name = firstOf(named.Name, string(id))
	return t, nil
}

var errNoSecret = errors.New("the application has no such secret")

// SecretEnds is when the client secret of the application ends that begins with
// hint, the latest of them. It needs a permission that Passdesk does not need for
// anything else. Unavailable.
func (d *Directory) SecretEnds(ctx context.Context, appID, hint string) (time.Time, error) {
	got, err := d.line.get(ctx, "/applications"+query("$filter", "appId eq "+literal(appID), "$select", "id,passwordCredentials"))
	if err != nil {
		return time.Time{}, unavailable(err)
	}
	all, _, err := entries[struct {
		Secrets []struct {
			Hint string    `json:"hint"`
			Ends time.Time `json:"endDateTime"`
		} `json:"passwordCredentials"`
	}](nil, got.body)
	if err != nil {
		return time.Time{}, unavailable(err)
	}
	var ends time.Time
	for _, one := range all {
		for _, s := range one.Secrets {
			if strings.EqualFold(s.Hint, hint) && s.Ends.After(ends) {
				ends = s.Ends
			}
		}
	}
	if ends.IsZero() {
		return ends, unavailable(errNoSecret)
	}
	return ends, nil
}
