package teams

import (
	"context"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/maypok86/otter/v2"
)

const (
	// skew is how far clocks may differ (Bot Framework: Connector
	// authentication, "industry-standard clock-skew of 5 minutes").
	skew = 5 * time.Minute
	// remembered bounds the verified tokens that are kept. A channel uses one
	// for about an hour, so a handful is in use at a time.
	remembered = 256
)

// token is what a verified bearer token proves.
type token struct {
	key        *signingKey
	serviceURL string
	service    *Refusal // why nothing may be sent to serviceURL, nil if it may
	tenant     string   // tid, in lower case; real channel tokens have none
	expires    time.Time
	notBefore  time.Time // zero when the token has no nbf
}

// claims is the body of a channel token. Only a single string is accepted as
// audience: decoding a list into it fails.
type claims struct {
	Issuer     string           `json:"iss"`
	Audience   string           `json:"aud"`
	Expires    *jwt.NumericDate `json:"exp"`
	NotBefore  *jwt.NumericDate `json:"nbf"`
	ServiceURL string           `json:"serviceurl"`
	Tenant     string           `json:"tid"`
	Version    string           `json:"ver"`
	AppID      string           `json:"appid"`
	Party      string           `json:"azp"`
}

func (c *claims) GetExpirationTime() (*jwt.NumericDate, error) { return c.Expires, nil }
func (c *claims) GetIssuedAt() (*jwt.NumericDate, error)       { return nil, nil } //nolint:nilnil // the claim is not looked at
func (c *claims) GetNotBefore() (*jwt.NumericDate, error)      { return c.NotBefore, nil }
func (c *claims) GetIssuer() (string, error)                   { return c.Issuer, nil }
func (c *claims) GetSubject() (string, error)                  { return "", nil }
func (c *claims) GetAudience() (jwt.ClaimStrings, error) {
	return jwt.ClaimStrings{strings.ToLower(c.Audience)}, nil
}

// tokens verifies bearer tokens and remembers those that were good, by their
// SHA-256. A remembered token saves the signature alone: time and key are
// looked at again at every request.
type tokens struct {
	keys   *keyring
	parser *jwt.Parser
	checks *jwt.Validator
	judge  func(serviceURL string) *Refusal
	now    func() time.Time
	good   *otter.Cache[[sha256.Size]byte, *token]
}

func newTokens(t Trust, keys *keyring, judge func(serviceURL string) *Refusal) (*tokens, error) {
	good, err := otter.New(&otter.Options[[sha256.Size]byte, *token]{MaximumSize: remembered})
	if err != nil {
		return nil, fmt.Errorf("token cache: %w", err)
	}
	options := []jwt.ParserOption{
		jwt.WithValidMethods([]string{jwt.SigningMethodRS256.Alg()}),
		jwt.WithIssuer(t.Issuer),
		jwt.WithAudience(t.AppID),
		jwt.WithExpirationRequired(),
		jwt.WithLeeway(skew),
		jwt.WithTimeFunc(t.Now),
		jwt.WithStrictDecoding(),
	}
	return &tokens{
		keys: keys, parser: jwt.NewParser(options...), checks: jwt.NewValidator(options...),
		judge: judge, now: t.Now, good: good,
	}, nil
}

// verify returns what a token proves. The error is a [*Refusal]: 401, or 503
// when the channel's keys cannot be had.
func (ts *tokens) verify(ctx context.Context, raw string) (*token, error) {
	var room [1024]byte // so that the usual token is not copied to the heap
	sum := sha256.Sum256(append(room[:0], raw...))
	if known, ok := ts.good.GetIfPresent(sum); ok && ts.stillSigned(ctx, known) {
		return known, ts.inTime(known)
	}
	if !compactJWS(raw) {
		return nil, unauthorized("token malformed", "not a token of three parts")
	}
	var c claims
	var key *signingKey
	_, err := ts.parser.ParseWithClaims(raw, &c, func(unverified *jwt.Token) (any, error) {
		var err error
		key, err = ts.keyFor(ctx, unverified, &c)
		if err != nil {
			return nil, err
		}
		return key.public, nil
	})
	if err != nil {
		return nil, tokenRefusal(err)
	}
	fresh := &token{
		key: key, serviceURL: c.ServiceURL, service: ts.judge(c.ServiceURL),
		tenant: strings.ToLower(c.Tenant), expires: c.Expires.Time,
	}
	if c.NotBefore != nil {
		fresh.notBefore = c.NotBefore.Time
	}
	ts.good.Set(sum, fresh)
	return fresh, nil
}

// keyFor runs before the signature is checked. What could never be accepted is
// refused here, so that it costs neither a fetch of keys nor a verification.
func (ts *tokens) keyFor(ctx context.Context, unverified *jwt.Token, c *claims) (*signingKey, error) {
	if _, critical := unverified.Header["crit"]; critical {
		return nil, unauthorized("token malformed", "critical header")
	}
	if err := ts.checks.Validate(c); err != nil {
		return nil, err
	}
	if c.Version != "" || c.AppID != "" || c.Party != "" {
		return nil, unauthorized("token not from a channel", "it names an application")
	}
	if c.ServiceURL == "" {
		return nil, unauthorized("token without service URL", "")
	}
	kid, _ := unverified.Header["kid"].(string)
	if kid == "" || len(kid) > maxID {
		return nil, unauthorized("token key unknown", "no key id")
	}
	key, err := ts.keys.find(ctx, kid)
	if err != nil {
		return nil, keyRefusal(err)
	}
	return key, nil
}

// stillSigned says whether the key that signed a token is still published.
func (ts *tokens) stillSigned(ctx context.Context, t *token) bool {
	set := ts.keys.current(ctx)
	if set == nil {
		return false
	}
	key := set.keys[t.key.id]
	return key == t.key || key != nil && key.public.Equal(t.key.public)
}

// published returns the key as it is published now, with its endorsements.
func (ts *tokens) published(ctx context.Context, t *token) *signingKey {
	if set := ts.keys.current(ctx); set != nil {
		return set.keys[t.key.id]
	}
	return nil
}

// inTime holds a remembered token against the clock.
func (ts *tokens) inTime(t *token) error {
	now := ts.now()
	if !now.Before(t.expires.Add(skew)) {
		return unauthorized("token expired", "")
	}
	if !t.notBefore.IsZero() && now.Before(t.notBefore.Add(-skew)) {
		return unauthorized("token not yet valid", "")
	}
	return nil
}

func keyRefusal(err error) *Refusal {
	if errors.Is(err, errKeyUnknown) {
		return unauthorized("token key unknown", "")
	}
	return &Refusal{Status: http.StatusServiceUnavailable, Code: "keys unavailable", Detail: err.Error()}
}

// tokenRefusal puts the library's reasons into our words.
func tokenRefusal(err error) *Refusal {
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return refusal
	}
	for _, known := range [...]struct {
		is   error
		code string
	}{
		{jwt.ErrTokenInvalidIssuer, "token issuer"},
		{jwt.ErrTokenInvalidAudience, "token audience"},
		{jwt.ErrTokenExpired, "token expired"},
		{jwt.ErrTokenNotValidYet, "token not yet valid"},
		{jwt.ErrTokenRequiredClaimMissing, "token without claim"},
		{jwt.ErrTokenMalformed, "token malformed"},
		{jwt.ErrTokenSignatureInvalid, "token signature"},
		{rsa.ErrVerification, "token signature"},
	} {
		if errors.Is(err, known.is) {
			return unauthorized(known.code, err.Error())
		}
	}
	return unauthorized("token malformed", err.Error())
}
