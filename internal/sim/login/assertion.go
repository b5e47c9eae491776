package login

import (
	"crypto/sha1" //nolint:gosec // x5t is a SHA-1 thumbprint by definition (RFC 7515, section 4.1.7)
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// asserted checks a client assertion that the application signed with the key
// of a registered certificate ("Certificate credentials": iss and sub are the
// client id, aud is the token endpoint, RS256 or PS256, x5t or x5t#S256).
func (l *Login) asserted(r *http.Request, assertion string) *refusal {
	claims := jwt.MapClaims{}
	unverified, _, err := jwt.NewParser().ParseUnverified(assertion, claims)
	if err != nil {
		return bad("invalid_request", 50027, "JWT token is invalid or malformed.")
	}
	if issuer, _ := claims.GetIssuer(); issuer != l.options.App {
		return l.federated(assertion, claims)
	}
	certificate, thumbprint := l.certificate(unverified.Header)
	if certificate == nil {
		return keyNotFound(thumbprint, l.options.App)
	}
	_, err = jwt.ParseWithClaims(assertion, claims, func(*jwt.Token) (any, error) { return certificate.PublicKey, nil },
		jwt.WithValidMethods([]string{"RS256", "PS256"}), jwt.WithTimeFunc(l.now), jwt.WithLeeway(5*time.Minute), jwt.WithExpirationRequired())
	switch {
	case errors.Is(err, jwt.ErrTokenSignatureInvalid), errors.Is(err, jwt.ErrTokenUnverifiable):
		return badSignature("Key was found, but use of the key to verify the signature failed.", thumbprint, l.options.App)
	case err != nil:
		return unauthorized(700024, "Client assertion is not within its valid time range. Current time: %s.", l.now().UTC().Format(time.RFC3339Nano))
	}
	return l.addressed(r, claims)
}

// addressed checks subject and audience of a verified assertion.
func (l *Login) addressed(r *http.Request, claims jwt.MapClaims) *refusal {
	if subject, _ := claims.GetSubject(); subject != l.options.App {
		return unauthorized(700021, "Client assertion application identifier doesn't match 'client_id' parameter.")
	}
	base := "https://" + r.Host + "/" + l.options.Tenant
	audiences, err := claims.GetAudience()
	if err == nil && len(audiences) == 1 {
		switch strings.ToLower(audiences[0]) {
		case base + "/oauth2/v2.0/token", base + "/v2.0", base + "/oauth2/token":
			return nil
		}
	}
	return unauthorized(700023, "Client assertion audience claim does not match Realm issuer.")
}

// certificate finds the registered certificate that the assertion's header
// names, and the thumbprint in hexadecimal as refusals quote it.
func (l *Login) certificate(header map[string]any) (*x509.Certificate, string) {
	for _, name := range []string{"x5t#S256", "x5t", "kid"} {
		text, ok := header[name].(string)
		if !ok {
			continue
		}
		wanted, ok := decodeThumbprint(text)
		if !ok {
			continue
		}
		return l.registered(wanted), strings.ToUpper(hex.EncodeToString(wanted))
	}
	return nil, ""
}

func (l *Login) registered(thumbprint []byte) *x509.Certificate {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, c := range l.certificates {
		short, long := sha1.Sum(c.Raw), sha256.Sum256(c.Raw) //nolint:gosec // see the import
		if string(short[:]) == string(thumbprint) || string(long[:]) == string(thumbprint) {
			return c
		}
	}
	return nil
}

// decodeThumbprint reads base64 in either alphabet, padded or not, because
// libraries differ: MSAL for Go writes padded standard base64.
func decodeThumbprint(text string) ([]byte, bool) {
	text = strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(text, "="))
	sum, err := base64.RawURLEncoding.DecodeString(text)
	return sum, err == nil && (len(sum) == sha1.Size || len(sum) == sha256.Size)
}
