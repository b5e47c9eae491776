package login_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/login"
)

func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	l, server := start(t)
	other, _ := start(t)
	_, body := post(t, server, tenant, form(nil))
	token := text(body["access_token"])

	require.NoError(t, l.Check(login.Graph)("Bearer "+token))
	for name, authorization := range map[string]string{
		"nothing": "", "no scheme": token, "another scheme": "Basic " + token, "garbage": "Bearer a.b.c", "altered": "Bearer " + token[:len(token)-8] + "AAAAAAAA",
	} {
		require.Error(t, l.Check(login.Graph)(authorization), name)
	}
	require.Error(t, l.Check(login.Connector)("Bearer "+token), "token for another resource")
	require.Error(t, other.Check(login.Graph)("Bearer "+token), "token of another issuer")
}

func TestCheckRefusesExpired(t *testing.T) {
	t.Parallel()
	now := time.Now()
	l, err := login.New(login.Options{Tenant: tenant, App: app, Secret: secret, Now: func() time.Time { return now }})
	require.NoError(t, err)
	server := httptest.NewTLSServer(l)
	t.Cleanup(server.Close)
	_, body := post(t, server, tenant, form(nil))
	now = now.Add(time.Hour + 6*time.Minute)
	require.ErrorIs(t, l.Check(login.Graph)("Bearer "+text(body["access_token"])), jwt.ErrTokenExpired)
}
