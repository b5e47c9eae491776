package login

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Check verifies the Authorization header of a call to the resource with the
// given audience: a bearer token that was issued here for it and is in time.
// The error says what is wrong with it.
func (l *Login) Check(audience string) func(authorization string) error {
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{"RS256"}), jwt.WithExpirationRequired(), jwt.WithLeeway(5*time.Minute),
		jwt.WithTimeFunc(l.now), jwt.WithIssuer(l.issuer()), jwt.WithAudience(audience),
	)
	return func(authorization string) error {
		scheme, token, _ := strings.Cut(authorization, " ")
		if !strings.EqualFold(scheme, "Bearer") || token == "" {
			return errors.New("access token is empty")
		}
		if _, err := parser.Parse(token, l.public); err != nil {
			return fmt.Errorf("access token validation: %w", err)
		}
		return nil
	}
}

func (l *Login) public(token *jwt.Token) (any, error) {
	id, _ := token.Header["kid"].(string)
	if key, ok := l.ring.Public(id); ok {
		return key, nil
	}
	return nil, fmt.Errorf("unknown signing key %q", id)
}
