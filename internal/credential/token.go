package credential

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// Token is what an access token says of itself. Nobody has verified it: it is for
// telling an engineer what was given out, and for no decision (Entra: access token
// claims reference).
type Token struct {
	Audience string
	Tenant   string // tid
	App      string // appid, or azp
	// ForApp is false for a token of a person, such as a developer's own.
	ForApp  bool
	Roles   []string // application permissions
	Expires time.Time
}

var errOpaque = errors.New("the access token cannot be read")

// ReadToken reads an access token.
func ReadToken(token string) (Token, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return Token{}, errOpaque
	}
	body, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return Token{}, errOpaque
	}
	var claims struct {
		Audience string   `json:"aud"`
		Tenant   string   `json:"tid"`
		AppID    string   `json:"appid"` // of version 1
		Party    string   `json:"azp"`   // of version 2
		Kind     string   `json:"idtyp"`
		Scopes   string   `json:"scp"` // of a person's token only
		Roles    []string `json:"roles"`
		Expires  int64    `json:"exp"`
	}
	if json.Unmarshal(body, &claims) != nil {
		return Token{}, errOpaque
	}
	t := Token{
		Audience: claims.Audience, Tenant: strings.ToLower(claims.Tenant), App: strings.ToLower(claims.AppID),
		ForApp: claims.Scopes == "" && (claims.Kind == "" || claims.Kind == "app"),
		Roles:  claims.Roles, Expires: time.Unix(claims.Expires, 0),
	}
	if t.App == "" {
		t.App = strings.ToLower(claims.Party)
	}
	return t, nil
}
