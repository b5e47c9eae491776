package graph

import (
	"context"
	"encoding/json"
	"errors"

	jsonserialization "github.com/microsoft/kiota-serialization-json-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/passdesk/passdesk/internal/access"
)

// passKind is the kind of a pass among the authentication methods.
const passKind = "temporaryAccessPass"

var (
	errNoKind = errors.New("authentication method without a type")
	errNoPass = errors.New("pass without id, start or lifetime")
)

// methods reads the person's authentication methods.
func (d *Directory) methods(ctx context.Context, about *dossier, o outcome) {
	s := &about.subject
	h, err := d.held(ctx, s.ID, o)
	if err != nil {
		d.unknown(ctx, about, unknownMethods, err)
		return
	}
	s.Methods, s.Passes = h.kinds, h.passes
}

// held sorts the methods of somebody, with the passes as they must be now.
func (d *Directory) held(ctx context.Context, person access.ID, o outcome) (held, error) {
	all, err := list[json.RawMessage](ctx, d.line, o, nil)
	if err != nil {
		return held{}, err
	}
	h, err := sortMethods(all)
	if err != nil {
		return held{}, err
	}
	h.passes, _ = d.recent.passes(person, h.passes, d.now())
	return h, nil
}

// decodePass reads a pass with the SDK's model, and its code where it has one.
// Its errors hold nothing of the body, which may hold the code.
func decodePass(raw []byte) (access.LivePass, access.Secret, error) {
	node, err := jsonserialization.NewJsonParseNode(raw)
	if err != nil {
		return access.LivePass{}, access.Secret{}, undecodable(0, nil)
	}
	parsed, err := node.GetObjectValue(models.CreateTemporaryAccessPassAuthenticationMethodFromDiscriminatorValue)
	m, ok := parsed.(models.TemporaryAccessPassAuthenticationMethodable)
	if err != nil || !ok {
		return access.LivePass{}, access.Secret{}, undecodable(0, nil)
	}
	if m.GetId() == nil || m.GetStartDateTime() == nil || m.GetLifetimeInMinutes() == nil {
		return access.LivePass{}, access.Secret{}, undecodable(0, errNoPass)
	}
	return livePass(m), access.NewSecret(of(m.GetTemporaryAccessPass())), nil
}

func livePass(m models.TemporaryAccessPassAuthenticationMethodable) access.LivePass {
	return access.LivePass{
		ID:        of(m.GetId()),
		Created:   of(m.GetCreatedDateTime()).UTC(),
		Start:     of(m.GetStartDateTime()).UTC(),
		Minutes:   int(of(m.GetLifetimeInMinutes())),
		Once:      of(m.GetIsUsableOnce()),
		Usable:    of(m.GetIsUsable()),
		Usability: of(m.GetMethodUsabilityReason()),
	}
}

// of is what p points to, or the zero value.
func of[T any](p *T) T {
	if p == nil {
		var none T
		return none
	}
	return *p
}
