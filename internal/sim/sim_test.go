package sim_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim"
	"github.com/passdesk/passdesk/internal/sim/login"
)

func start(t *testing.T, o sim.Options) *sim.Sim {
	t.Helper()
	s, err := sim.Start(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// token signs in with azidentity over TLS, as a bot does with what is written.
func token(t *testing.T, s *sim.Sim, audience string) string {
	t.Helper()
	env := s.Environment()
	credential, err := azidentity.NewClientSecretCredential(env["AZURE_TENANT_ID"], env["AZURE_CLIENT_ID"], env["AZURE_CLIENT_SECRET"],
		&azidentity.ClientSecretCredentialOptions{
			ClientOptions: azcore.ClientOptions{
				Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: env["AZURE_AUTHORITY_HOST"]}, Transport: s.HTTPClient(),
			},
			DisableInstanceDiscovery: true,
		})
	require.NoError(t, err)
	got, err := credential.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{audience + "/.default"}})
	require.NoError(t, err)
	return got.Token
}

func call(t *testing.T, client *http.Client, method, address, bearer, body string) (int, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	require.NoError(t, err)
	if bearer != "" {
		request.Header.Set("Authorization", "Bearer "+bearer)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, text
}

func TestRoomsOverTLS(t *testing.T) {
	t.Parallel()
	s := start(t, sim.Options{})
	client := s.HTTPClient()
	graphToken, connectorToken := token(t, s, login.Graph), token(t, s, login.Connector)
	adele, _ := s.Tenant.Person("adele")
	create := `{"bot":{"id":"28:` + s.Tenant.AppID() + `"},"members":[{"id":"` + adele.Teams + `"}],"tenantId":"` + s.Tenant.ID() + `"}`

	status, body := call(t, client, http.MethodGet, s.Addresses.Graph+"/users/"+adele.ID, graphToken, "")
	require.Equal(t, http.StatusOK, status, string(body))
	status, _ = call(t, client, http.MethodGet, s.Addresses.Graph+"/users/"+adele.ID, connectorToken, "")
	require.Equal(t, http.StatusUnauthorized, status, "a token for the connector opens no Graph")

	status, body = call(t, client, http.MethodPost, s.Addresses.Channel+"v3/conversations", connectorToken, create)
	require.Equal(t, http.StatusCreated, status, string(body))
	status, _ = call(t, client, http.MethodPost, s.Addresses.Channel+"v3/conversations", graphToken, create)
	require.Equal(t, http.StatusUnauthorized, status, "a token for Graph opens no connector")

	status, body = call(t, client, http.MethodGet, s.Addresses.OpenID, "", "")
	require.Equal(t, http.StatusOK, status)
	var metadata struct {
		Keys string `json:"jwks_uri"`
	}
	require.NoError(t, json.Unmarshal(body, &metadata))
	status, _ = call(t, client, http.MethodGet, metadata.Keys, "", "")
	require.Equal(t, http.StatusOK, status)
}

func TestCertificateIsForThisMachineOnly(t *testing.T) {
	t.Parallel()
	s := start(t, sim.Options{})
	u, err := url.Parse(s.Addresses.Login)
	require.NoError(t, err)
	for _, host := range []string{"127.0.0.1", "localhost"} {
		status, _ := call(t, s.HTTPClient(), http.MethodGet, "https://"+host+":"+u.Port()+"/common/discovery/instance", "", "")
		require.Equal(t, http.StatusOK, status)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.Addresses.Login, http.NoBody)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	if err == nil {
		_ = response.Body.Close()
	}
	var unknown x509.UnknownAuthorityError
	require.ErrorAs(t, err, &unknown, "nobody trusts it by accident")
}

func TestWrittenFiles(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "it's here")
	s := start(t, sim.Options{Dir: dir, Bot: "http://127.0.0.1:4555/api/messages"})
	for _, name := range []string{sim.ConfigFile, sim.CAFile, sim.EnvFile, sim.TenantFile, sim.TokenFile} {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), name)
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 5, "no temporary file is left")

	require.True(t, x509.NewCertPool().AppendCertsFromPEM(read(t, dir, sim.CAFile)))
	require.Contains(t, string(read(t, dir, sim.EnvFile)), "export AZURE_CLIENT_SECRET='"+s.Tenant.ClientSecret()+"'\n")
	var described sim.Description
	require.NoError(t, json.Unmarshal(read(t, dir, sim.TenantFile), &described))
	require.Empty(t, cmp.Diff(s.Describe(), described))
	require.Len(t, described.People, 11)
	require.Contains(t, described.Groups, "helpdesk")
	require.Equal(t, "Passkey test: enforcement", described.Policies["enforcement"].Name)
}

func TestWrittenConfiguration(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := start(t, sim.Options{Dir: dir, Bot: "http://127.0.0.1:4555/api/messages"})
	var config map[string]any
	require.NoError(t, yaml.UnmarshalWithOptions(read(t, dir, sim.ConfigFile), &config, yaml.Strict()))
	d := s.Describe()
	rooms := strings.TrimPrefix(s.Addresses.Login, "https://")
	owner := []any{d.Groups["policyowners"].ID}
	want := map[string]any{
		"listen": "127.0.0.1:4555", "metrics": "", "database": "sqlite:" + filepath.Join(dir, "passdesk.db"), "tenant": d.Tenant,
		"bot": map[string]any{
			"app_id": d.App, "openid_metadata": s.Addresses.OpenID, "scope": "https://api.botframework.com/.default",
			"service_hosts": []any{rooms}, "file_hosts": []any{rooms}, "catalog_app_id": s.Tenant.CatalogAppID(),
		},
		"graph":      map[string]any{"url": s.Addresses.Graph},
		"entra":      map[string]any{"authority": s.Addresses.Login, "ca_file": filepath.Join(dir, sim.CAFile), "pim": "required"},
		"credential": "secret", "grants": "on",
		"desk": map[string]any{
			"requesters": []any{d.Groups["helpdesk"].ID}, "auditors": []any{d.Groups["auditors"].ID}, "protected": []any{d.People["breakglass"].ID},
		},
		"policies": []any{
			map[string]any{"id": d.Policies["enforcement"].ID, "alias": "enforcement", "exclusion_group": d.Policies["enforcement"].ExclusionGroup, "owners": owner, "longest": "8h"},
			map[string]any{"id": d.Policies["platforms"].ID, "alias": "platforms", "exclusion_group": d.Policies["platforms"].ExclusionGroup, "owners": owner, "longest": "8h"},
		},
		"rules": []any{},
	}
	require.Empty(t, cmp.Diff(want, config))
}

func TestSeedDecidesIDs(t *testing.T) {
	t.Parallel()
	describe := func(seed int64) sim.Description {
		s := start(t, sim.Options{Seed: seed, Users: 5})
		d := s.Describe()
		d.Addresses = sim.Addresses{}
		return d
	}
	first := describe(7)
	require.Empty(t, cmp.Diff(first, describe(7)))
	require.NotEqual(t, first.Tenant, describe(8).Tenant)
}

func TestListensOnLoopbackOnly(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "[::]:0", "example.com:0", "127.0.0.1"} {
		_, err := sim.Start(t.Context(), sim.Options{Listen: address})
		require.ErrorContains(t, err, "listen address", address)
	}
}

func TestBadBotAddressIsRefused(t *testing.T) {
	t.Parallel()
	_, err := sim.Start(t.Context(), sim.Options{Dir: t.TempDir(), Bot: "127.0.0.1:3978"})
	require.ErrorContains(t, err, "bot address")
}

// What is installed through Graph reaches the bot through the channel.
func TestInstallThroughGraphIsAnnounced(t *testing.T) {
	t.Parallel()
	heard := make(chan string, 4)
	bot := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var activity struct{ Type string }
		if json.NewDecoder(r.Body).Decode(&activity) == nil {
			heard <- activity.Type
		}
	}))
	t.Cleanup(bot.Close)
	s := start(t, sim.Options{Bot: bot.URL})
	joni, _ := s.Tenant.Person("joni")
	status, body := call(t, s.HTTPClient(), http.MethodPost, s.Addresses.Graph+"/users/"+joni.ID+"/teamwork/installedApps", token(t, s, login.Graph),
		`{"teamsApp@odata.bind":"https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/`+s.Tenant.CatalogAppID()+`"}`)
	require.Equal(t, http.StatusCreated, status, string(body))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for _, want := range []string{"installationUpdate", "conversationUpdate"} {
		select {
		case got := <-heard:
			require.Equal(t, want, got)
		case <-ctx.Done():
			t.Fatal("the bot was not told")
		}
	}
}

func TestClockIsTold(t *testing.T) {
	t.Parallel()
	s := start(t, sim.Options{})
	told := make(chan time.Duration, 1)
	s.OnAdvance(func(by time.Duration) { told <- by })
	before := s.Tenant.Now()
	status, body := call(t, http.DefaultClient, http.MethodPost, s.Addresses.Control+"/clock", "", `{"advance":"2h"}`)
	require.Equal(t, http.StatusOK, status, string(body))
	require.Equal(t, 2*time.Hour, <-told)
	require.GreaterOrEqual(t, s.Tenant.Now().Sub(before), 2*time.Hour)
	// Tokens keep real time: one that was asked for now is good now.
	require.NoError(t, s.Login.Check(login.Graph)("Bearer "+token(t, s, login.Graph)))
}

func TestGraphCallsAreListed(t *testing.T) {
	t.Parallel()
	s := start(t, sim.Options{})
	_, _ = call(t, s.HTTPClient(), http.MethodGet, s.Addresses.Graph+"/users?$top=1", token(t, s, login.Graph), "")
	_, body := call(t, http.DefaultClient, http.MethodGet, s.Addresses.Control+"/requests", "", "")
	var calls []struct{ Method, Path string }
	require.NoError(t, json.NewDecoder(bytes.NewReader(body)).Decode(&calls))
	require.Len(t, calls, 1)
	require.Equal(t, "/users?$top=1", calls[0].Path)
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	require.NoError(t, err)
	return text
}
