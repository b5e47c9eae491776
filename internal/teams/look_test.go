package teams_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/keyring"
	"github.com/passdesk/passdesk/internal/teams"
)

// Keys that may not sign for Teams are counted, and of no use.
func TestLookAtPublishedKeys(t *testing.T) {
	t.Parallel()
	ring, err := keyring.New("channel")
	require.NoError(t, err)
	require.NoError(t, ring.Rotate(2))
	jwks := ring.JWKs()
	jwks[0].Endorsements = []string{"msteams", "webchat"}
	jwks[1].Endorsements = []string{"webchat"}
	var server *httptest.Server
	server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body any = map[string]any{"jwks_uri": server.URL + "/keys"}
		if r.URL.Path == "/keys" {
			body = map[string]any{"keys": jwks}
		}
		_ = json.NewEncoder(w).Encode(body)
	}))
	t.Cleanup(server.Close)
	receiver, err := teams.NewReceiver(teams.Trust{
		AppID: "22222222-2222-4222-8222-222222222222", Tenant: "11111111-1111-4111-8111-111111111111",
		Metadata: server.URL + "/metadata", ServiceHosts: []string{"smba.example"}, HTTP: server.Client(),
	})
	require.NoError(t, err)
	keys, err := receiver.Look(t.Context())
	require.NoError(t, err)
	require.Equal(t, teams.Published{Keys: 2, Endorsed: 1}, keys)
	server.Close()
	_, err = receiver.Look(t.Context())
	require.Error(t, err, "it looks anew")
}
