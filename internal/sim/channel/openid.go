package channel

import (
	"net/http"
	"strings"

	"github.com/passdesk/passdesk/internal/sim/keyring"
)

// issuer is the iss of every channel token ("Authentication with the Bot
// Connector API", connector to bot).
const issuer = "https://api.botframework.com"

// endorsed is the channel that the published keys may speak for.
const endorsed = "msteams"

func (c *Channel) metadata(w http.ResponseWriter, r *http.Request) {
	if !readOnly(w, r) {
		return
	}
	reply(w, http.StatusOK, map[string]any{
		"issuer":                                issuer,
		"authorization_endpoint":                "https://invalid.botframework.com",
		"jwks_uri":                              strings.TrimSuffix(c.options.ServiceURL, "teams/") + "v1/.well-known/keys",
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"token_endpoint_auth_methods_supported": []string{"private_key_jwt"},
	})
}

func (c *Channel) keys(w http.ResponseWriter, r *http.Request) {
	if !readOnly(w, r) {
		return
	}
	jwks := c.ring.JWKs()
	for i := range jwks {
		jwks[i].Endorsements = []string{endorsed}
	}
	reply(w, http.StatusOK, map[string][]keyring.JWK{"keys": jwks})
}

func readOnly(w http.ResponseWriter, r *http.Request) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return true
	}
	w.Header().Set("Allow", "GET, HEAD")
	http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
	return false
}

// Rotate makes a new signing key, with which the next activity is signed, and
// returns its kid. The key before it stays published unless withdraw is set.
func (c *Channel) Rotate(withdraw bool) (string, error) {
	keep := 2
	if withdraw {
		keep = 1
	}
	if err := c.ring.Rotate(keep); err != nil {
		return "", err
	}
	c.tokenMu.Lock()
	defer c.tokenMu.Unlock()
	c.token = channelToken{}
	return c.ring.ID(), nil
}
