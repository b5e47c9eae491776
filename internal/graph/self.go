package graph

import (
	"context"
	"slices"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/golang-jwt/jwt/v5"

	"github.com/passdesk/passdesk/internal/access"
)

// self is Passdesk's own application, as far as it knows itself.
type self struct {
	app        string // its app id
	credential azcore.TokenCredential
	scope      string
}

// names are the ids by which the audit log may call it. The documentation shows an
// app by its app id; the real log mostly leaves that empty and has the id of the
// service principal alone, which is told only by the token that Passdesk sends.
// Tokens for Graph are Microsoft's, and may cease to be readable one day (Entra:
// access tokens, "opaque"): then Passdesk knows its app id alone, and takes its own
// passes for somebody else's, which asks for more care than is needed, not for less.
func (s self) names(ctx context.Context) []access.ID {
	names := append(make([]access.ID, 0, 3), access.NewID(s.app))
	token, err := s.credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{s.scope}})
	if err != nil {
		return names
	}
	var claims struct {
		jwt.RegisteredClaims

		App    string `json:"appid"`
		Object string `json:"oid"`
	}
	// It comes from the credential itself and is believed in nothing but this.
	if _, _, err := jwt.NewParser().ParseUnverified(token.Token, &claims); err != nil {
		return names
	}
	return append(names, access.NewID(claims.App), access.NewID(claims.Object))
}

// did tells whether an app that is called by these ids is one of names.
func did(names []access.ID, ids ...string) bool {
	return slices.ContainsFunc(ids, func(id string) bool { return id != "" && slices.Contains(names, access.NewID(id)) })
}
