package graph

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

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

// methods reads the person's authentication methods. A pass among them comes
// with all its properties, so that passes need no call of their own (Graph:
// List methods).
func (d *Directory) methods(ctx context.Context, about *dossier, o outcome) {
	s := &about.subject
	all, err := list[json.RawMessage](ctx, d.line, o, nil)
	if err == nil {
		s.Methods, s.Passes, err = sortMethods(all)
	}
	if err != nil {
		s.Methods, s.Passes = nil, nil
		d.unknown(ctx, about, unknownMethods, err)
		return
	}
	s.Passes, _ = d.recent.passes(s.ID, s.Passes, d.now())
}

func sortMethods(all []json.RawMessage) (kinds []string, passes []access.LivePass, err error) {
	for _, raw := range all {
		var method struct {
			Type string `json:"@odata.type"`
		}
		if err := json.Unmarshal(raw, &method); err != nil {
			return nil, nil, undecodable(0, err)
		}
		kind := strings.TrimSuffix(strings.TrimPrefix(method.Type, "#microsoft.graph."), "AuthenticationMethod")
		if kind == "" {
			return nil, nil, undecodable(0, errNoKind)
		}
		kinds = append(kinds, kind)
		if kind != passKind {
			continue
		}
		pass, _, err := decodePass(raw)
		if err != nil {
			return nil, nil, err
		}
		passes = append(passes, pass)
	}
	return kinds, passes, nil
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
