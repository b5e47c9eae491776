// Package keyring holds the RSA keys with which the simulated Entra and the
// simulated channel sign their tokens, and publishes their public halves.
package keyring

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // x5t is a SHA-1 thumbprint by definition (RFC 7515, section 4.1.7)
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"math/big"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// bits is the length of every key; the channel and Entra use 2048.
const bits = 2048

// Ring is a set of signing keys of which the newest signs. It is safe for
// concurrent use.
type Ring struct {
	owner string
	mu    sync.RWMutex
	keys  []key // oldest first
}

type key struct {
	id      string // kid, and x5t: both are the certificate's thumbprint
	private *rsa.PrivateKey
	der     []byte
}

// New makes a ring with one fresh key. The owner is the common name of the
// self-signed certificate that carries each public key.
func New(owner string) (*Ring, error) {
	r := &Ring{owner: owner}
	if err := r.Rotate(1); err != nil {
		return nil, err
	}
	return r, nil
}

// Rotate adds a key that signs from now on and publishes it together with the
// newest of the earlier ones, so many that keep keys are left.
func (r *Ring) Rotate(keep int) error {
	k, err := generate(r.owner)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	keys := append(append([]key(nil), r.keys...), k)
	if keep = max(keep, 1); len(keys) > keep {
		keys = keys[len(keys)-keep:]
	}
	r.keys = keys
	return nil
}

// ID is the kid of the key that signs.
func (r *Ring) ID() string { return r.newest().id }

// Sign makes an RS256 token of the claims, with kid and x5t in its header.
func (r *Ring) Sign(claims jwt.MapClaims) (string, error) {
	k := r.newest()
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	token.Header["kid"], token.Header["x5t"] = k.id, k.id
	signed, err := token.SignedString(k.private)
	if err != nil {
		return "", fmt.Errorf("signing token: %w", err)
	}
	return signed, nil
}

// Public finds the public key with the given kid.
func (r *Ring) Public(id string) (*rsa.PublicKey, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, k := range r.keys {
		if k.id == id {
			return &k.private.PublicKey, true
		}
	}
	return nil, false
}

func (r *Ring) newest() key {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.keys[len(r.keys)-1]
}

// JWK is one published key (RFC 7517), with the endorsements that the Bot
// Framework adds ("Authentication with the Bot Connector API", step 3).
type JWK struct {
	Type         string   `json:"kty"`
	Use          string   `json:"use"`
	ID           string   `json:"kid"`
	Thumbprint   string   `json:"x5t"`
	N            string   `json:"n"`
	E            string   `json:"e"`
	Chain        []string `json:"x5c"`
	Issuer       string   `json:"issuer,omitempty"`
	Endorsements []string `json:"endorsements,omitempty"`
}

// JWKs lists the published keys, oldest first.
func (r *Ring) JWKs() []JWK {
	r.mu.RLock()
	defer r.mu.RUnlock()
	out := make([]JWK, 0, len(r.keys))
	for _, k := range r.keys {
		out = append(out, JWK{
			Type: "RSA", Use: "sig", ID: k.id, Thumbprint: k.id,
			N:     base64.RawURLEncoding.EncodeToString(k.private.N.Bytes()),
			E:     base64.RawURLEncoding.EncodeToString(big.NewInt(int64(k.private.E)).Bytes()),
			Chain: []string{base64.StdEncoding.EncodeToString(k.der)},
		})
	}
	return out
}

func generate(owner string) (key, error) {
	private, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		return key{}, fmt.Errorf("generating signing key: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return key{}, fmt.Errorf("generating serial number: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: owner},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().AddDate(5, 0, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		return key{}, fmt.Errorf("certifying signing key: %w", err)
	}
	sum := sha1.Sum(der) //nolint:gosec // see the import
	return key{id: base64.RawURLEncoding.EncodeToString(sum[:]), private: private, der: der}, nil
}
