package login

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

// Roles are the application permissions that an administrator has consented to.
func (l *Login) Roles() []string {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return slices.Clone(l.roles)
}

// Grant replaces the permissions. Tokens that were issued before keep theirs.
func (l *Login) Grant(roles []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.roles = slices.Clone(roles)
}

// Misname issues Graph's tokens for another audience from now on; empty: for
// Graph. That is what a wrong scope brings.
func (l *Login) Misname(audience string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.audience = audience
}

// granted puts into a Graph token what the application may do.
func (l *Login) granted(claims jwt.MapClaims) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.audience != "" {
		claims["aud"] = l.audience
	}
	if len(l.roles) > 0 {
		claims["roles"] = slices.Clone(l.roles)
	}
}

// Granted are the roles in the token of an Authorization header, which Check has
// verified before.
func (l *Login) Granted(authorization string) []string {
	_, token, _ := strings.Cut(authorization, " ")
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil
	}
	body, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil
	}
	var claims struct {
		Roles []string `json:"roles"`
	}
	if json.Unmarshal(body, &claims) != nil {
		return nil
	}
	return claims.Roles
}
