package login

import (
	"crypto/subtle"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
)

const (
	maxForm = 64 << 10
	// usualLife is that of a token; Entra's last 60 to 90 minutes (Entra:
	// configurable token lifetimes).
	usualLife = time.Hour
	// assertionType is RFC 7523's name of a JWT as client credential.
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
)

// resources are the audiences by every name that a scope may call them.
var resources = map[string]string{
	Graph:                                  Graph,
	"00000003-0000-0000-c000-000000000000": Graph,
	Connector:                              Connector,
}

// token is the token endpoint for the client credentials grant.
func (l *Login) token(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	audience, refused := l.grant(r)
	if refused != nil {
		l.refuse(w, r, refused)
		return
	}
	signed, err := l.issue(audience)
	if err != nil {
		http.Error(w, "signing failed", http.StatusInternalServerError)
		return
	}
	seconds := int(l.lifetime().Seconds()) - 1
	answer(w, http.StatusOK, map[string]any{
		"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": signed,
	})
}

// Lasts changes how long tokens last that are issued from now on.
func (l *Login) Lasts(life time.Duration) { l.life.Store(int64(life)) }

func (l *Login) lifetime() time.Duration {
	if life := l.life.Load(); life > 0 {
		return time.Duration(life)
	}
	return usualLife
}

// grant decides on a token request and names the audience that is granted.
func (l *Login) grant(r *http.Request) (string, *refusal) {
	if r.Method != http.MethodPost {
		return "", bad("invalid_request", 900561, "The endpoint only accepts POST requests. Received a %s request.", r.Method)
	}
	switch tenant := r.PathValue("tenant"); {
	case tenant == "common", tenant == "organizations", tenant == "consumers":
		return "", noTenant()
	case !l.knows(tenant):
		return "", tenantNotFound(tenant)
	}
	if err := r.ParseForm(); err != nil {
		return "", bad("invalid_request", 900144, "The request body must contain the following parameter: 'grant_type'.")
	}
	form := r.PostForm
	if refused := complete(form); refused != nil {
		return "", refused
	}
	resource, refused := scope(form.Get("scope"))
	if refused != nil {
		return "", refused
	}
	if app := form.Get("client_id"); !strings.EqualFold(app, l.options.App) {
		return "", appNotFound(app, l.options.Name)
	}
	if refused := l.authenticate(r, form); refused != nil {
		return "", refused
	}
	audience, ok := resources[resource]
	if own := l.options.GraphAddress; own != "" && resource == own {
		audience, ok = Graph, true
	}
	if !ok {
		return "", bad("invalid_resource", 500011, "The resource principal named %s was not found in the tenant named %s. "+
			"This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. "+
			"You might have sent your authentication request to the wrong tenant.", resource, l.options.Name)
	}
	return audience, nil
}

// complete refuses a form without the parameters of the grant.
func complete(form url.Values) *refusal {
	for _, parameter := range []string{"grant_type", "client_id"} {
		if form.Get(parameter) == "" {
			return missing(parameter)
		}
	}
	if grant := form.Get("grant_type"); grant != "client_credentials" {
		return bad("unsupported_grant_type", 70003, "The app requested an unsupported grant type '%s'.", grant)
	}
	if form.Get("scope") == "" {
		return missing("scope")
	}
	return nil
}

// scope takes the resource out of "<resource>/.default", the only form that
// this grant allows.
func scope(value string) (string, *refusal) {
	// MSAL adds these to every request; they mean nothing without a user.
	var asked []string
	for _, s := range strings.Fields(value) {
		if s != "openid" && s != "offline_access" && s != "profile" {
			asked = append(asked, s)
		}
	}
	if len(asked) != 1 {
		return "", bad("invalid_scope", 70011, "The provided request must include a 'scope' input parameter. "+
			"The provided value for the input parameter 'scope' is not valid. The scope %s is not valid.", value)
	}
	resource, found := strings.CutSuffix(asked[0], "/.default")
	if !found {
		return "", bad("invalid_scope", 1002012, "The provided value for scope %s is not valid. "+
			"Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).", value)
	}
	return resource, nil
}

// authenticate checks the client secret or the client assertion.
func (l *Login) authenticate(r *http.Request, form url.Values) *refusal {
	secret, assertion := form.Get("client_secret"), form.Get("client_assertion")
	switch {
	case assertion != "":
		if kind := form.Get("client_assertion_type"); kind != assertionType {
			return bad("invalid_request", 50027, "JWT token is invalid or malformed.")
		}
		return l.asserted(r, assertion)
	case secret == "":
		return unauthorized(7000216, "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.")
	case l.options.Secret == "" || subtle.ConstantTimeCompare([]byte(secret), []byte(l.options.Secret)) != 1:
		return wrongSecret(l.options.App)
	case l.options.SecretEnds != nil && !l.now().Before(l.options.SecretEnds()):
		return secretEnded(l.options.App)
	}
	return nil
}

// issue signs an app-only access token of version 1.0, as Graph and the
// connector receive them ("Access token claims reference").
func (l *Login) issue(audience string) (string, error) {
	now := l.now()
	claims := jwt.MapClaims{
		"aud":      audience,
		"iss":      l.issuer(),
		"iat":      now.Unix(),
		"nbf":      now.Unix(),
		"exp":      now.Add(l.lifetime()).Unix(),
		"appid":    l.options.App,
		"azp":      l.options.App,
		"appidacr": "1",
		"idp":      l.issuer(),
		"idtyp":    "app",
		"oid":      l.options.Object,
		"sub":      l.options.Object,
		"tid":      l.options.Tenant,
		"uti":      uuid.NewString(),
		"ver":      "1.0",
	}
	if audience == Graph {
		l.granted(claims)
	}
	return l.ring.Sign(claims)
}

func (l *Login) issuer() string { return "https://sts.windows.net/" + l.options.Tenant + "/" }
