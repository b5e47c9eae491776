package login_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/login"
)

const (
	tenant = "11111111-1111-4111-8111-111111111111"
	app    = "22222222-2222-4222-8222-222222222222"
	secret = "a secret~with.signs"
)

func start(t *testing.T) (*login.Login, *httptest.Server) {
	t.Helper()
	l, err := login.New(login.Options{
		Tenant: tenant, Name: "Passdesk Example", Domains: []string{"passdesk.example"}, App: app, Secret: secret,
		Roles: []string{"User.Read.All"},
	})
	require.NoError(t, err)
	server := httptest.NewTLSServer(l)
	t.Cleanup(server.Close)
	return l, server
}

func clientOptions(server *httptest.Server) policy.ClientOptions {
	return azcore.ClientOptions{
		Cloud:     cloud.Configuration{ActiveDirectoryAuthorityHost: server.URL},
		Transport: server.Client(),
		Retry:     policy.RetryOptions{MaxRetries: -1},
	}
}

// form is a good request but for the changes; an empty value removes.
func form(change map[string]string) url.Values {
	values := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {app}, "client_secret": {secret}, "scope": {login.Graph + "/.default"},
	}
	for name, value := range change {
		if value == "" {
			values.Del(name)
		} else {
			values.Set(name, value)
		}
	}
	return values
}

func requireRefusal(t *testing.T, status int, body map[string]any, wantStatus int, kind string, code int) {
	t.Helper()
	require.Equal(t, wantStatus, status, body)
	require.Equal(t, kind, body["error"])
	require.Equal(t, []any{float64(code)}, body["error_codes"])
	for _, name := range []string{"error_description", "timestamp", "trace_id", "correlation_id"} {
		require.NotEmpty(t, body[name], name)
	}
	require.Contains(t, body["error_description"], body["correlation_id"])
}

func post(t *testing.T, server *httptest.Server, tenant string, values url.Values) (int, map[string]any) {
	t.Helper()
	return do(t, server, http.MethodPost, "/"+tenant+"/oauth2/v2.0/token", strings.NewReader(values.Encode()))
}

func get(t *testing.T, server *httptest.Server, path string) (int, map[string]any) {
	t.Helper()
	return do(t, server, http.MethodGet, path, nil)
}

func do(t *testing.T, server *httptest.Server, method, path string, body io.Reader) (int, map[string]any) {
	t.Helper()
	request, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), method, server.URL+path, body)
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := server.Client().Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	var decoded map[string]any
	require.NoError(t, json.NewDecoder(response.Body).Decode(&decoded))
	return response.StatusCode, decoded
}

// published finds a token's key as a stranger would, in the keys endpoint.
func published(t *testing.T, server *httptest.Server) jwt.Keyfunc {
	t.Helper()
	_, body := get(t, server, "/"+tenant+"/discovery/v2.0/keys")
	keys, _ := body["keys"].([]any)
	return func(token *jwt.Token) (any, error) {
		for _, k := range keys {
			if jwk, _ := k.(map[string]any); jwk["kid"] == token.Header["kid"] {
				n, err := base64.RawURLEncoding.DecodeString(text(jwk["n"]))
				return &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: 65537}, err
			}
		}
		return nil, jwt.ErrTokenUnverifiable
	}
}

// text is a decoded string; empty where it is none.
func text(value any) string {
	text, _ := value.(string)
	return text
}

func selfSigned(t *testing.T) (*x509.Certificate, *rsa.PrivateKey) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "passdesk"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	certificate, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return certificate, key
}

func assertion(t *testing.T, certificate *x509.Certificate, key *rsa.PrivateKey, claims jwt.MapClaims) string {
	t.Helper()
	hash := crypto.SHA256.New()
	hash.Write(certificate.Raw)
	token := jwt.NewWithClaims(jwt.SigningMethodPS256, claims)
	token.Header["x5t#S256"] = base64.RawURLEncoding.EncodeToString(hash.Sum(nil))
	signed, err := token.SignedString(key)
	require.NoError(t, err)
	return signed
}
