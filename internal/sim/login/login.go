// Package login is the simulated Entra's token issuer: OpenID metadata, keys
// and the client credentials grant of one registered application in one tenant
// (Microsoft identity platform: "OAuth 2.0 client credentials flow").
package login

import (
	"crypto/x509"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/passdesk/passdesk/internal/sim/keyring"
)

// Audiences of the access tokens that are issued here.
const (
	Graph     = "https://graph.microsoft.com"
	Connector = "https://api.botframework.com"
)

// Options say which tenant and which application are known.
type Options struct {
	Tenant  string   // tenant id
	Name    string   // the directory's display name, told in refusals; empty: the tenant id
	Domains []string // verified domains, accepted in the place of the tenant id
	App     string   // application (client) id
	Object  string   // object id of its service principal, the token's oid; empty: the application id
	Secret  string   // client secret; empty: the application has none
	// SecretEnds tells when the secret stops working; nil: never.
	SecretEnds func() time.Time
	Roles      []string // application permissions at the start, in the roles of a Graph token
	// GraphAddress is a second name of Graph as a resource: in a private cloud,
	// as in the national ones, a client asks for the host that it calls.
	GraphAddress string
	Now          func() time.Time // real time, also when the tenant's clock is advanced; nil: time.Now
}

// Login is the issuer. It is an http.Handler and safe for concurrent use.
type Login struct {
	options Options
	now     func() time.Time
	ring    *keyring.Ring
	mux     *http.ServeMux
	life    atomic.Int64 // of the tokens, in nanoseconds; 0: the usual

	mu           sync.RWMutex
	certificates []*x509.Certificate
	roles        []string
	audience     string // of a Graph token; empty: Graph
}

// New makes an issuer with a fresh signing key. Tenant and App are required.
func New(o Options) (*Login, error) {
	if o.Tenant == "" || o.App == "" {
		return nil, errors.New("login: tenant and app are required")
	}
	ring, err := keyring.New("accounts.accesscontrol.windows.net")
	if err != nil {
		return nil, err
	}
	l := &Login{options: o, now: o.Now, ring: ring, mux: http.NewServeMux(), roles: slices.Clone(o.Roles)}
	if l.now == nil {
		l.now = time.Now
	}
	if l.options.Object == "" {
		l.options.Object = o.App
	}
	if l.options.Name == "" {
		l.options.Name = o.Tenant
	}
	l.mux.HandleFunc("GET /common/discovery/instance", l.instance)
	l.mux.HandleFunc("GET /{tenant}/v2.0/.well-known/openid-configuration", l.metadata)
	l.mux.HandleFunc("GET /{tenant}/discovery/v2.0/keys", l.keys)
	l.mux.HandleFunc("/{tenant}/oauth2/v2.0/token", l.token)
	l.mux.HandleFunc("GET "+IdentityPath, l.managed)
	return l, nil
}

// Register lets the application authenticate with the certificate's key too.
func (l *Login) Register(certificate *x509.Certificate) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.certificates = append(l.certificates, certificate)
}

// ServeHTTP answers below the authority's root.
func (l *Login) ServeHTTP(w http.ResponseWriter, r *http.Request) { l.mux.ServeHTTP(w, r) }

// knows tells whether the path's tenant is this one, by id or verified domain.
func (l *Login) knows(tenant string) bool {
	if strings.EqualFold(tenant, l.options.Tenant) {
		return true
	}
	for _, domain := range l.options.Domains {
		if strings.EqualFold(tenant, domain) {
			return true
		}
	}
	return false
}

// metadata answers the tenant's OpenID configuration. The addresses follow the
// host that was asked, which MSAL compares with the authority.
func (l *Login) metadata(w http.ResponseWriter, r *http.Request) {
	if tenant := r.PathValue("tenant"); !l.knows(tenant) {
		refused := tenantNotFound(tenant)
		refused.kind = "invalid_tenant"
		l.refuse(w, r, refused)
		return
	}
	base := "https://" + r.Host + "/" + l.options.Tenant
	answer(w, http.StatusOK, map[string]any{
		"token_endpoint":                        base + "/oauth2/v2.0/token",
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "private_key_jwt"},
		"jwks_uri":                              base + "/discovery/v2.0/keys",
		"response_modes_supported":              []string{"query", "fragment", "form_post"},
		"subject_types_supported":               []string{"pairwise"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"response_types_supported":              []string{"code", "id_token", "code id_token", "id_token token"},
		"scopes_supported":                      []string{"openid", "profile", "email", "offline_access"},
		"issuer":                                base + "/v2.0",
		"request_uri_parameter_supported":       false,
		"authorization_endpoint":                base + "/oauth2/v2.0/authorize",
		"tenant_region_scope":                   "EU",
		"cloud_instance_name":                   "microsoftonline.com",
	})
}

// instance answers instance discovery: this authority is the only one it knows.
func (l *Login) instance(w http.ResponseWriter, r *http.Request) {
	answer(w, http.StatusOK, map[string]any{
		"tenant_discovery_endpoint": "https://" + r.Host + "/" + l.options.Tenant + "/v2.0/.well-known/openid-configuration",
		"api-version":               "1.1",
		"metadata": []map[string]any{{
			"preferred_network": r.Host,
			"preferred_cache":   r.Host,
			"aliases":           []string{r.Host},
		}},
	})
}

func (l *Login) keys(w http.ResponseWriter, r *http.Request) {
	if tenant := r.PathValue("tenant"); tenant != "common" && !l.knows(tenant) {
		l.refuse(w, r, tenantNotFound(tenant))
		return
	}
	jwks := l.ring.JWKs()
	for i := range jwks {
		jwks[i].Issuer = "https://" + r.Host + "/" + l.options.Tenant + "/v2.0"
	}
	answer(w, http.StatusOK, map[string]any{"keys": jwks})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store, no-cache")
	w.WriteHeader(status)
	// A client that has gone away needs no answer.
	_ = json.NewEncoder(w).Encode(body)
}
