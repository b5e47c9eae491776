package credential

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

const (
	tenant = "11111111-1111-4111-8111-111111111111"
	scope  = "https://api.botframework.com/.default"
)

// login is Entra's token endpoint and a machine's managed identity in one.
type login struct {
	*httptest.Server

	app string // new each time, because azidentity keeps managed identities' tokens for the whole process

	mu      sync.Mutex
	paths   []string
	forms   []url.Values
	managed []url.Values
}

func newLogin(t *testing.T) *login {
	t.Helper()
	for _, name := range os.Environ() {
		if name, _, _ = strings.Cut(name, "="); strings.HasPrefix(name, "AZURE_") || strings.HasPrefix(name, "IDENTITY_") {
			t.Setenv(name, "")
			require.NoError(t, os.Unsetenv(name))
		}
	}
	l := &login{app: uuid.NewString()}
	l.Server = httptest.NewTLSServer(http.HandlerFunc(l.serve))
	t.Cleanup(l.Close)
	return l
}

func (l *login) serve(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.paths = append(l.paths, r.URL.Path)
	w.Header().Set("Content-Type", "application/json")
	var answer any
	switch r.URL.Path {
	case "/" + tenant + "/v2.0/.well-known/openid-configuration":
		answer = map[string]any{
			"issuer": l.URL + "/" + tenant + "/v2.0", "authorization_endpoint": l.URL + "/" + tenant + "/oauth2/v2.0/authorize",
			"token_endpoint": l.URL + "/" + tenant + "/oauth2/v2.0/token",
		}
	case "/" + tenant + "/oauth2/v2.0/token":
		_ = r.ParseForm()
		l.forms = append(l.forms, r.PostForm)
		answer = map[string]any{"access_token": "of-the-app", "expires_in": 3600, "token_type": "Bearer"}
	case "/managed":
		l.managed = append(l.managed, r.URL.Query())
		answer = map[string]any{"access_token": "of-the-machine", "expires_on": time.Now().Add(time.Hour).Unix(), "token_type": "Bearer"}
	default:
		w.WriteHeader(http.StatusNotFound)
		return
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// token asks for the connector's token.
func (l *login) token(t *testing.T, kind string) string {
	t.Helper()
	c, err := New(kind, l.URL, tenant, l.app, l.Client())
	require.NoError(t, err)
	token, err := c.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{scope}})
	require.NoError(t, err)
	again, err := c.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{scope}})
	require.NoError(t, err)
	require.Equal(t, token.Token, again.Token)
	require.LessOrEqual(t, len(l.forms), 1, "tokens are kept")
	return token.Token
}

func TestSecret(t *testing.T) {
	l := newLogin(t)
	_, err := New(Secret, l.URL, tenant, l.app, l.Client())
	require.ErrorContains(t, err, "AZURE_CLIENT_SECRET")
	t.Setenv("AZURE_CLIENT_SECRET", "shhh")
	require.Equal(t, "of-the-app", l.token(t, Secret))
	require.Equal(t, []string{l.app, "shhh"}, []string{l.forms[0].Get("client_id"), l.forms[0].Get("client_secret")})
	require.Contains(t, l.forms[0].Get("scope"), scope)
	for _, path := range l.paths {
		require.NotContains(t, path, "discovery", "only the authority is asked")
	}
}

func TestDefault(t *testing.T) {
	l := newLogin(t)
	t.Setenv("AZURE_TENANT_ID", tenant)
	t.Setenv("AZURE_CLIENT_ID", l.app)
	t.Setenv("AZURE_CLIENT_SECRET", "shhh")
	require.Equal(t, "of-the-app", l.token(t, Default))
}

func TestCertificate(t *testing.T) {
	l := newLogin(t)
	_, err := New(Certificate, l.URL, tenant, l.app, l.Client())
	require.ErrorContains(t, err, "AZURE_CLIENT_CERTIFICATE_PATH")
	t.Setenv("AZURE_CLIENT_CERTIFICATE_PATH", filepath.Join(t.TempDir(), "none.pem"))
	_, err = New(Certificate, l.URL, tenant, l.app, l.Client())
	require.ErrorIs(t, err, os.ErrNotExist)
	t.Setenv("AZURE_CLIENT_CERTIFICATE_PATH", certificateFile(t))
	require.Equal(t, "of-the-app", l.token(t, Certificate))
	require.Equal(t, 2, strings.Count(l.forms[0].Get("client_assertion"), "."))
}

// certificateFile is a PEM file with a new certificate and its key.
func certificateFile(t *testing.T) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "passdesk"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "passdesk.pem")
	both := append(
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...)
	require.NoError(t, os.WriteFile(file, both, 0o600))
	return file
}

func TestWorkload(t *testing.T) {
	l := newLogin(t)
	_, err := New(Workload, l.URL, tenant, l.app, l.Client())
	require.Error(t, err)
	file := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(file, []byte("of-kubernetes"), 0o600))
	t.Setenv("AZURE_FEDERATED_TOKEN_FILE", file)
	require.Equal(t, "of-the-app", l.token(t, Workload))
	require.Equal(t, "of-kubernetes", l.forms[0].Get("client_assertion"))
	require.Equal(t, l.app, l.forms[0].Get("client_id"))
}

func TestManaged(t *testing.T) {
	l := newLogin(t)
	t.Setenv("IDENTITY_ENDPOINT", l.URL+"/managed") // as App Service has it
	t.Setenv("IDENTITY_HEADER", "header")
	require.Equal(t, "of-the-machine", l.token(t, Managed))
	require.Equal(t, l.app, l.managed[0].Get("client_id"))
	require.Equal(t, "https://api.botframework.com", l.managed[0].Get("resource"))
}

func TestFederated(t *testing.T) {
	identity, application := uuid.NewString(), uuid.NewString()
	for name, c := range map[string]struct{ variable, asked string }{
		"the machine's own": {"", ""}, "named": {identity, identity}, "the application is no identity": {application, ""},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLogin(t)
			l.app = application
			t.Setenv("IDENTITY_ENDPOINT", l.URL+"/managed")
			t.Setenv("IDENTITY_HEADER", "header")
			t.Setenv("AZURE_CLIENT_ID", c.variable)
			require.Equal(t, "of-the-app", l.token(t, Federated))
			for _, asked := range l.managed {
				require.Equal(t, "api://AzureADTokenExchange", asked.Get("resource"))
				require.Equal(t, c.asked, asked.Get("client_id"))
			}
			require.Equal(t, "of-the-machine", l.forms[0].Get("client_assertion"))
			require.Equal(t, l.app, l.forms[0].Get("client_id"))
		})
	}
}

// wall lets nothing through and remembers who was asked for.
type wall struct {
	mu    sync.Mutex
	asked map[string]bool
}

func (w *wall) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked[r.URL.Host+r.URL.Path] = true
	return nil, errors.New("no way out")
}

func TestInstanceDiscovery(t *testing.T) {
	for authority, discovered := range map[string]bool{
		"https://login.microsoftonline.com": true, "https://login.microsoftonline.com/": true,
		"https://login.microsoftonline.us": false, "https://127.0.0.1:8443": false,
	} {
		l := newLogin(t)
		t.Setenv("AZURE_CLIENT_SECRET", "shhh")
		w := &wall{asked: map[string]bool{}}
		c, err := New(Secret, authority, tenant, l.app, &http.Client{Transport: w})
		require.NoError(t, err)
		ctx := policy.WithRetryOptions(t.Context(), policy.RetryOptions{MaxRetries: -1})
		_, err = c.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{scope}})
		require.Error(t, err)
		found := false
		for address := range w.asked {
			found = found || strings.HasSuffix(address, "/common/discovery/instance")
		}
		require.Equal(t, discovered, found, "%s asked %v", authority, w.asked)
	}
}

func TestRefusals(t *testing.T) {
	app := newLogin(t).app
	t.Setenv("AZURE_CLIENT_SECRET", "shhh")
	for name, c := range map[string][4]string{
		"http":       {Secret, "http://login.microsoftonline.com", tenant, app},
		"a path":     {Secret, "https://login.microsoftonline.com/common", tenant, app},
		"a user":     {Secret, "https://a@login.microsoftonline.com", tenant, app},
		"no host":    {Secret, "login.microsoftonline.com", tenant, app},
		"no tenant":  {Secret, "https://login.microsoftonline.com", "", app},
		"no app id":  {Secret, "https://login.microsoftonline.com", tenant, ""},
		"no kind":    {"", "https://login.microsoftonline.com", tenant, app},
		"other kind": {"password", "https://login.microsoftonline.com", tenant, app},
	} {
		got, err := New(c[0], c[1], c[2], c[3], nil)
		require.Error(t, err, name)
		require.Nil(t, got)
	}
}

func TestCertificateOfAnotherKind(t *testing.T) {
	l := newLogin(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "key.pem")
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
	t.Setenv("AZURE_CLIENT_CERTIFICATE_PATH", file)
	_, err = New(Certificate, l.URL, tenant, l.app, l.Client())
	require.ErrorContains(t, err, "certificate")
}
