package login

import (
	"errors"
	"net/http"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Whose tokens the application trusts in the place of a secret: its federated
// identity credentials ("Workload identity federation").
const (
	// Exchange is the audience of a token that is to be exchanged.
	Exchange = "api://AzureADTokenExchange"
	// Cluster issues the tokens of workloads, and Workload is the one that is
	// Passdesk.
	Cluster  = "https://cluster.passdesk.example/"
	Workload = "system:serviceaccount:passdesk:passdesk"
	// Identity is the object id of the machine's managed identity.
	Identity = "7a3c1f52-9d1e-4c57-8a55-3b1f0e6d2c90"
)

// clusterLifetime is long: nobody renews the token's file here, as Kubernetes
// would.
const clusterLifetime = 7 * 24 * time.Hour

// WorkloadToken is a token as the cluster puts it into a workload's file. The
// cluster's keys are the login's own: only the issuer tells them apart.
func (l *Login) WorkloadToken(subject, audience string) (string, error) {
	return l.external(Cluster, subject, audience, clusterLifetime)
}

func (l *Login) external(issuer, subject, audience string, valid time.Duration) (string, error) {
	now := l.now()
	return l.ring.Sign(jwt.MapClaims{
		"iss": issuer, "sub": subject, "aud": []string{audience},
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(valid).Unix(),
	})
}

// federated checks an assertion of another issuer. Entra looks for a federated
// credential by issuer, then by subject, then by audience, all to the letter,
// and says which of them fits none.
func (l *Login) federated(assertion string, claims jwt.MapClaims) *refusal {
	issuer, _ := claims.GetIssuer()
	trusted, known := map[string]string{Cluster: Workload, l.selfIssuer(): Identity}[issuer]
	if !known {
		return noRecord(700211, "issuer", issuer)
	}
	_, err := jwt.ParseWithClaims(assertion, claims, l.public,
		jwt.WithValidMethods([]string{"RS256"}), jwt.WithTimeFunc(l.now), jwt.WithLeeway(5*time.Minute), jwt.WithExpirationRequired())
	switch {
	case errors.Is(err, jwt.ErrTokenSignatureInvalid), errors.Is(err, jwt.ErrTokenUnverifiable):
		return bad("invalid_request", 50027, "JWT token is invalid or malformed.")
	case err != nil:
		return unauthorized(700024, "Client assertion is not within its valid time range. Current time: %s.", l.now().UTC().Format(time.RFC3339Nano))
	}
	if subject, _ := claims.GetSubject(); subject != trusted {
		return noRecord(700213, "subject", subject)
	}
	audiences, err := claims.GetAudience()
	if err != nil || len(audiences) != 1 || audiences[0] != Exchange {
		return noRecord(700212, "audience", first(audiences))
	}
	return nil
}

// selfIssuer is the tenant as the issuer of its managed identities' tokens.
func (l *Login) selfIssuer() string {
	return "https://login.microsoftonline.com/" + l.options.Tenant + "/v2.0"
}

func noRecord(code int, what, value string) *refusal {
	return unauthorized(code, "No matching federated identity record found for presented assertion %s '%s'. "+
		"Check your federated identity credential Subject, Audience and Issuer against the presented assertion.", what, value)
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// The endpoint of the machine's managed identity, as App Service has it
// ("How to use managed identities for App Service", REST endpoint reference).
const (
	IdentityPath   = "/msi/token"
	IdentityHeader = "the-machine-itself"
)

// managed gives out tokens of the machine's identities: its own, which the
// application trusts, and one that is the application itself.
func (l *Login) managed(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	if r.Header.Get("X-IDENTITY-HEADER") != IdentityHeader {
		answer(w, http.StatusUnauthorized, map[string]any{"statusCode": http.StatusUnauthorized, "message": "The identity header is missing or wrong."})
		return
	}
	token, err := l.identityToken(query.Get("client_id"), query.Get("resource"))
	if err != nil {
		answer(w, http.StatusBadRequest, map[string]any{"statusCode": http.StatusBadRequest, "message": err.Error()})
		return
	}
	answer(w, http.StatusOK, map[string]any{
		"access_token": token, "expires_on": l.now().Add(l.lifetime()).Unix(), "resource": query.Get("resource"), "token_type": "Bearer",
	})
}

func (l *Login) identityToken(client, resource string) (string, error) {
	audience, known := resources[resource]
	if own := l.options.GraphAddress; own != "" && resource == own {
		audience, known = Graph, true
	}
	switch {
	case client == "" && resource == Exchange:
		return l.external(l.selfIssuer(), Identity, Exchange, l.lifetime())
	case client == l.options.App && known:
		return l.issue(audience)
	}
	return "", errors.New("no managed identity of this machine may have a token for that resource")
}
