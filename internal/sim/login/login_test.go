package login_test

import (
	"crypto/rsa"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/login"
)

func TestSecretCredential(t *testing.T) {
	t.Parallel()
	l, server := start(t)
	credential, err := azidentity.NewClientSecretCredential(tenant, app, secret,
		&azidentity.ClientSecretCredentialOptions{ClientOptions: clientOptions(server), DisableInstanceDiscovery: true})
	require.NoError(t, err)

	for _, audience := range []string{login.Graph, login.Connector} {
		token, err := credential.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{audience + "/.default"}})
		require.NoError(t, err)
		require.WithinDuration(t, time.Now().Add(time.Hour), token.ExpiresOn, time.Minute)
		require.NoError(t, l.Check(audience)("Bearer "+token.Token))
	}
}

func TestCertificateCredential(t *testing.T) {
	t.Parallel()
	l, server := start(t)
	certificate, key := selfSigned(t)
	l.Register(certificate)
	credential, err := azidentity.NewClientCertificateCredential(tenant, app, []*x509.Certificate{certificate}, key,
		&azidentity.ClientCertificateCredentialOptions{ClientOptions: clientOptions(server), DisableInstanceDiscovery: true})
	require.NoError(t, err)
	token, err := credential.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{login.Graph + "/.default"}})
	require.NoError(t, err)
	require.NoError(t, l.Check(login.Graph)("Bearer "+token.Token))
}

func TestSecretCredentialIsToldWhatIsWrong(t *testing.T) {
	t.Parallel()
	_, server := start(t)
	credential, err := azidentity.NewClientSecretCredential(tenant, app, "guessed",
		&azidentity.ClientSecretCredentialOptions{ClientOptions: clientOptions(server), DisableInstanceDiscovery: true})
	require.NoError(t, err)
	_, err = credential.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{login.Graph + "/.default"}})
	require.ErrorContains(t, err, "AADSTS7000215")
}

func TestClaims(t *testing.T) {
	t.Parallel()
	_, server := start(t)
	for _, test := range []struct {
		audience string
		roles    any
	}{
		{login.Graph, []any{"User.Read.All"}},
		{login.Connector, nil},
	} {
		status, body := post(t, server, tenant, form(map[string]string{"scope": test.audience + "/.default"}))
		require.Equal(t, http.StatusOK, status, body)
		require.Equal(t, "Bearer", body["token_type"])
		require.InDelta(t, 3599, body["expires_in"], 0)

		claims := jwt.MapClaims{}
		token, err := jwt.ParseWithClaims(text(body["access_token"]), claims, published(t, server))
		require.NoError(t, err)
		require.Equal(t, "RS256", token.Header["alg"])
		require.Equal(t, token.Header["kid"], token.Header["x5t"])
		require.Equal(t, test.audience, claims["aud"])
		require.Equal(t, "https://sts.windows.net/"+tenant+"/", claims["iss"])
		require.Equal(t, tenant, claims["tid"])
		require.Equal(t, app, claims["appid"])
		require.Equal(t, test.roles, claims["roles"])
		expires, err := claims.GetExpirationTime()
		require.NoError(t, err)
		issued, err := claims.GetIssuedAt()
		require.NoError(t, err)
		require.InDelta(t, time.Hour.Seconds(), expires.Sub(issued.Time).Seconds(), 0)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	_, server := start(t)
	for _, test := range []struct {
		name   string
		tenant string
		change map[string]string
		status int
		kind   string
		code   int
		text   string
	}{
		{"secret", tenant, map[string]string{"client_secret": "guessed"}, 401, "invalid_client", 7000215, "Invalid client secret provided."},
		{"no credential", tenant, map[string]string{"client_secret": ""}, 401, "invalid_client", 7000216, "'client_assertion'"},
		{"tenant", uuid.NewString(), nil, 400, "invalid_request", 90002, "not found. Check to make sure"},
		{"no tenant", "common", nil, 400, "invalid_request", 50059, "No tenant-identifying information"},
		{"client id", tenant, map[string]string{"client_id": uuid.NewString()}, 400, "unauthorized_client", 700016, "was not found in the directory 'Passdesk Example'"},
		{"no client id", tenant, map[string]string{"client_id": ""}, 400, "invalid_request", 900144, "'client_id'"},
		{"scope of a permission", tenant, map[string]string{"scope": login.Graph + "/User.Read.All"}, 400, "invalid_scope", 1002012, "/.default suffixed"},
		{"two scopes", tenant, map[string]string{"scope": login.Graph + "/.default " + login.Connector + "/.default"}, 400, "invalid_scope", 70011, "'scope' is not valid"},
		{"no scope", tenant, map[string]string{"scope": ""}, 400, "invalid_request", 900144, "'scope'"},
		{"unknown resource", tenant, map[string]string{"scope": "https://127.0.0.1:9/.default"}, 400, "invalid_resource", 500011, "https://127.0.0.1:9"},
		{"grant", tenant, map[string]string{"grant_type": "password"}, 400, "unsupported_grant_type", 70003, "'password'"},
		{"no grant", tenant, map[string]string{"grant_type": ""}, 400, "invalid_request", 900144, "'grant_type'"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			status, body := post(t, server, test.tenant, form(test.change))
			requireRefusal(t, status, body, test.status, test.kind, test.code)
			require.Contains(t, body["error_description"], test.text)
		})
	}
}

func TestAssertionRefusals(t *testing.T) {
	t.Parallel()
	l, server := start(t)
	certificate, key := selfSigned(t)
	l.Register(certificate)
	stranger, strangerKey := selfSigned(t)
	endpoint := server.URL + "/" + tenant + "/oauth2/v2.0/token"
	in := func(d time.Duration) int64 { return time.Now().Add(d).Unix() }

	for _, test := range []struct {
		name        string
		certificate *x509.Certificate
		key         *rsa.PrivateKey
		change      jwt.MapClaims
		code        int
	}{
		{"good", certificate, key, nil, 0},
		{"unregistered certificate", stranger, strangerKey, nil, 700027},
		{"registered certificate, another key", certificate, strangerKey, nil, 700027},
		{"expired", certificate, key, jwt.MapClaims{"exp": in(-time.Hour)}, 700024},
		{"audience", certificate, key, jwt.MapClaims{"aud": "https://elsewhere.example/token"}, 700023},
		{"subject", certificate, key, jwt.MapClaims{"sub": uuid.NewString()}, 700021},
		{"issuer without federation", certificate, key, jwt.MapClaims{"iss": "https://issuer.example"}, 700211},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			claims := jwt.MapClaims{"iss": app, "sub": app, "aud": endpoint, "jti": uuid.NewString(), "nbf": in(0), "exp": in(10 * time.Minute)}
			for name, value := range test.change {
				claims[name] = value
			}
			status, body := post(t, server, tenant, form(map[string]string{
				"client_secret": "", "client_assertion": assertion(t, test.certificate, test.key, claims),
				"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
			}))
			if test.code == 0 {
				require.Equal(t, http.StatusOK, status, body)
				return
			}
			requireRefusal(t, status, body, http.StatusUnauthorized, "invalid_client", test.code)
		})
	}
}

func TestMalformedAssertion(t *testing.T) {
	t.Parallel()
	_, server := start(t)
	status, body := post(t, server, tenant, form(map[string]string{
		"client_secret": "", "client_assertion": "a.b.c", "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
	}))
	requireRefusal(t, status, body, http.StatusBadRequest, "invalid_request", 50027)
}

func TestMetadata(t *testing.T) {
	t.Parallel()
	_, server := start(t)
	for _, name := range []string{tenant, "passdesk.example"} {
		status, body := get(t, server, "/"+name+"/v2.0/.well-known/openid-configuration")
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, server.URL+"/"+tenant+"/v2.0", body["issuer"])
		require.Equal(t, server.URL+"/"+tenant+"/oauth2/v2.0/token", body["token_endpoint"])
	}
	status, body := get(t, server, "/"+uuid.NewString()+"/v2.0/.well-known/openid-configuration")
	requireRefusal(t, status, body, http.StatusBadRequest, "invalid_tenant", 90002)

	status, body = get(t, server, "/common/discovery/instance?api-version=1.1&authorization_endpoint=x")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, server.URL+"/"+tenant+"/v2.0/.well-known/openid-configuration", body["tenant_discovery_endpoint"])

	status, body = get(t, server, "/"+tenant+"/oauth2/v2.0/token")
	requireRefusal(t, status, body, http.StatusBadRequest, "invalid_request", 900561)
}

func TestASecretEnds(t *testing.T) {
	t.Parallel()
	ends := time.Now().Add(time.Hour)
	l, err := login.New(login.Options{Tenant: tenant, App: app, Secret: secret, SecretEnds: func() time.Time { return ends }})
	require.NoError(t, err)
	server := httptest.NewTLSServer(l)
	t.Cleanup(server.Close)
	status, body := post(t, server, tenant, form(nil))
	require.Equal(t, http.StatusOK, status, body)
	ends = time.Now().Add(-time.Second)
	status, body = post(t, server, tenant, form(nil))
	requireRefusal(t, status, body, http.StatusUnauthorized, "invalid_client", 7000222)
}
