package graph

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	abstractions "github.com/microsoft/kiota-abstractions-go"

	"github.com/passdesk/passdesk/internal/access"
)

// Exclude implements access.Directory (Graph: Add members; Update
// conditionalAccessPolicy). By a group it is one call, which may be repeated: who
// is a member already is what was asked for.
func (d *Directory) Exclude(ctx context.Context, x access.Exemption) error {
	if x.Group == "" {
		return d.write(ctx, x, true)
	}
	body, err := json.Marshal(map[string]string{"@odata.id": d.line.base + "/directoryObjects/" + segment(string(x.Person))})
	if err != nil {
		return access.Fail(access.Internal, "").Because(err)
	}
	_, err = d.line.persist(ctx, call{
		info: d.line.request(abstractions.POST, group(x.Group, "/members/$ref"), body), limit: changeLimit, spare: changeSpare,
	})
	if f, ok := errors.AsType[*fault](err); ok && f.status == http.StatusBadRequest && f.says("already exist") {
		return nil
	}
	return d.notChanged(err)
}

// Include implements access.Directory (Graph: Remove member; Update
// conditionalAccessPolicy). The path ends in $ref: without it, the same call would
// delete the person.
func (d *Directory) Include(ctx context.Context, x access.Exemption) error {
	if x.Group == "" {
		return d.write(ctx, x, false)
	}
	_, err := d.line.persist(ctx, call{
		info: d.line.request(abstractions.DELETE, group(x.Group, "/members/"+segment(string(x.Person))+"/$ref"), nil), limit: changeLimit,
	})
	if gone, err := d.gone(ctx, x.Person, err); gone || err == nil {
		return nil
	}
	return d.notChanged(err)
}

// notChanged says what is known after a call that was to change who is excluded.
func (d *Directory) notChanged(err error) error {
	f, ok := errors.AsType[*fault](err)
	switch {
	case err == nil:
		return nil
	case ok && f.cause == nil && f.status == http.StatusForbidden:
		return access.Fail(access.Refused, "Entra does not let Passdesk change who is excluded: a permission is missing, or the group or the account is protected. Tell the people who run Passdesk.").Because(err)
	case ok && f.cause == nil && f.status == http.StatusNotFound:
		return access.Fail(access.Refused, "The person, the group or the policy does not exist in Entra any more.").Because(err)
	case ok && f.cause == nil && refuses(f.status):
		return access.Fail(access.Refused, "Entra refused to change who is excluded. Tell the people who run Passdesk.").Because(err)
	case ok && (!f.sent || f.notLookedAt()):
		return unavailable(err)
	}
	return access.Fail(access.Uncertain, "Entra did not say whether it was done. Passdesk looks, and tries again.").Because(err)
}

// RevokeSessions implements access.Directory (Graph: user revokeSignInSessions).
func (d *Directory) RevokeSessions(ctx context.Context, person access.ID) error {
	_, err := d.line.persist(ctx, call{
		info: d.line.request(abstractions.POST, user(string(person), "revokeSignInSessions"), nil), limit: changeLimit,
	})
	if gone, err := d.gone(ctx, person, err); !gone {
		return unavailable(err)
	}
	return nil
}
