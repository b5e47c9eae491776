package keyring_test

import (
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/keyring"
)

func TestRotateKeepsTheNewest(t *testing.T) {
	t.Parallel()
	ring, err := keyring.New("owner")
	require.NoError(t, err)
	first := ring.ID()

	require.NoError(t, ring.Rotate(2))
	second := ring.ID()
	require.NotEqual(t, first, second)
	_, known := ring.Public(first)
	require.True(t, known, "the key before the last is still published")

	require.NoError(t, ring.Rotate(1))
	require.Len(t, ring.JWKs(), 1)
	_, known = ring.Public(second)
	require.False(t, known)
}

func TestSignNamesItsKey(t *testing.T) {
	t.Parallel()
	ring, err := keyring.New("owner")
	require.NoError(t, err)
	signed, err := ring.Sign(jwt.MapClaims{"aud": "somebody"})
	require.NoError(t, err)

	token, err := jwt.Parse(signed, func(token *jwt.Token) (any, error) {
		id, _ := token.Header["kid"].(string)
		public, ok := ring.Public(id)
		require.True(t, ok)
		return public, nil
	}, jwt.WithValidMethods([]string{"RS256"}))
	require.NoError(t, err)
	require.Equal(t, ring.ID(), token.Header["x5t"])
}
