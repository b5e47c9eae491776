package graph

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/users"

	"github.com/passdesk/passdesk/internal/access"
)

// shortPause is the longest time for which a pass that was one call too many is
// waited for.
const shortPause = 10 * time.Second

// notListedAgain is when to look again for a pass that is not listed yet.
const notListedAgain = 10 * time.Second

var (
	errNoCode    = errors.New("pass without its code")
	errNotListed = errors.New("pass is not listed yet")
)

// passes is the SDK's builder for the passes of one person. It is made directly,
// because the way from the top of the SDK would link all of Graph.
func (l *line) passes(id access.ID) *users.ItemAuthenticationTemporaryAccessPassMethodsRequestBuilder {
	at := map[string]string{"baseurl": l.base, "user%2Did": string(id)}
	return users.NewItemAuthenticationTemporaryAccessPassMethodsRequestBuilderInternal(at, l.adapter)
}

// IssuePass implements access.Directory (Graph: Create
// temporaryAccessPassMethod). Graph has no key that would make a repetition
// harmless, so the call goes out once; and once more only where Graph has not
// looked at it, because it was one too many, and will soon. Uncertain is
// whatever may have come after Graph had made the pass. That none is listed then
// would prove nothing: the list may be older than the pass.
func (d *Directory) IssuePass(ctx context.Context, person access.ID, terms access.Terms) (access.LivePass, access.Secret, error) {
	info, err := d.line.passes(person).ToPostRequestInformation(ctx, wish(terms), nil)
	if err != nil {
		return access.LivePass{}, access.Secret{}, access.Fail(access.Internal, "").Because(err)
	}
	c := call{info: info, limit: changeLimit, spare: changeSpare}
	got, err := d.line.send(ctx, c)
	if f, ok := errors.AsType[*fault](err); ok && f.notLookedAt() && f.after <= shortPause && pause(ctx, 0, f.after) {
		got, err = d.line.send(ctx, c)
	}
	if err != nil {
		return access.LivePass{}, access.Secret{}, d.notIssued(err)
	}
	pass, code, err := decodePass(got.body)
	if err == nil && code.IsZero() {
		err = undecodable(got.status, errNoCode)
	}
	if err != nil {
		return access.LivePass{}, access.Secret{}, uncertain(err)
	}
	d.recent.makes(person, pass, d.now())
	return pass, code, nil
}

func wish(t access.Terms) models.TemporaryAccessPassAuthenticationMethodable {
	m := models.NewTemporaryAccessPassAuthenticationMethod()
	minutes := int32(min(max(t.Minutes, 0), 1<<20))
	m.SetLifetimeInMinutes(&minutes)
	m.SetIsUsableOnce(&t.Once)
	if !t.Start.IsZero() {
		start := t.Start.UTC()
		m.SetStartDateTime(&start)
	}
	return m
}

// notIssued says what is known after a call that brought no pass.
func (d *Directory) notIssued(err error) error {
	f, ok := errors.AsType[*fault](err)
	switch {
	case !ok:
		return uncertain(err)
	case !f.sent || f.notLookedAt() || f.cause == nil && (f.status == http.StatusUnauthorized || f.status == http.StatusConflict):
		return unavailable(err)
	case f.cause == nil && refuses(f.status):
		d.policy.drop() // what Graph refuses passed our checks: the policy may have changed
		return refused(f)
	}
	return uncertain(err)
}

func uncertain(err error) error {
	return access.Fail(access.Uncertain, "Entra did not say whether the pass was made. Press again: Passdesk looks first, and nothing is made twice.").Because(err)
}

// Passes implements access.Directory (Graph: List temporaryAccessPassMethods).
// Whoever is gone has no passes. It tells what Entra tells, so that what was done
// can be read back: a pass that was deleted may be shown for a while. But a list
// that is older than the pass that was made here a moment ago is none:
// Unavailable.
func (d *Directory) Passes(ctx context.Context, person access.ID) ([]access.LivePass, error) {
	info, err := d.line.passes(person).ToGetRequestInformation(ctx, nil)
	if err != nil {
		return nil, access.Fail(access.Internal, "").Because(err)
	}
	got, err := d.line.persist(ctx, call{info: info, limit: readLimit})
	if gone, err := d.gone(ctx, person, err); gone || err != nil {
		return nil, unavailable(err)
	}
	all, err := list[json.RawMessage](ctx, d.line, outcome{body: got.body}, nil)
	if err != nil {
		return nil, unavailable(err)
	}
	var listed []access.LivePass
	for _, raw := range all {
		p, _, err := decodePass(raw)
		if err != nil {
			return nil, unavailable(err)
		}
		listed = append(listed, p)
	}
	if _, stale := d.recent.passes(person, listed, d.now()); stale {
		return nil, notListed()
	}
	return listed, nil
}

func notListed() error {
	e := access.Fail(access.Unavailable, "Entra does not show the pass yet, so nothing was done. Try again in a minute.").Because(errNotListed)
	e.After = notListedAgain
	return e
}

// DeletePass implements access.Directory (Graph: Delete
// temporaryAccessPassAuthenticationMethod). A pass that was made here a moment ago
// is not gone because Entra does not know of it yet.
func (d *Directory) DeletePass(ctx context.Context, person access.ID, pass string) error {
	info, err := d.line.passes(person).ByTemporaryAccessPassAuthenticationMethodId(pass).ToDeleteRequestInformation(ctx, nil)
	if err != nil {
		return access.Fail(access.Internal, "").Because(err)
	}
	for round := 0; ; round++ {
		_, err := d.line.persist(ctx, call{info: info, limit: readLimit})
		gone, err := d.gone(ctx, person, err)
		if err != nil {
			return unavailable(err)
		}
		if !gone || !d.recent.made(person, pass, d.now()) {
			d.recent.deletes(person, pass, d.now())
			return nil
		}
		if round == rounds || !pause(ctx, round, 0) {
			return notListed()
		}
	}
}

// gone tells whether err means that the person or the pass is no longer there.
// For somebody who was just deleted, Graph answers 403 as if a permission were
// missing, so the person is looked up then.
func (d *Directory) gone(ctx context.Context, person access.ID, err error) (bool, error) {
	switch statusOf(err) {
	case http.StatusNotFound:
		return true, nil
	case http.StatusForbidden:
		_, look := d.line.get(ctx, user(string(person))+query("$select", "id"))
		if statusOf(look) == http.StatusNotFound {
			return true, nil
		}
	}
	return false, err
}
