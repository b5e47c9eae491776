package teams

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/MicahParks/jwkset"
)

// Bounds of one fetch of metadata and keys.
const (
	fetchTime   = 10 * time.Second
	maxMetadata = 64 << 10
	maxKeyBytes = 512 << 10
	maxKeys     = 200
	minKeyBits  = 2048
)

// signingKey is one key of the channel and the channels that it may sign for.
type signingKey struct {
	id       string
	public   *rsa.PublicKey
	endorsed []string
}

// endorses says whether the key may sign for a channel (Bot Framework:
// Connector authentication, "endorsements").
func (k *signingKey) endorses(channel string) bool { return slices.Contains(k.endorsed, channel) }

// source is where the channel publishes its keys.
type source struct {
	metadata string
	http     *http.Client
}

// fetch reads the metadata and then the keys that it points to, which must be
// on the same host. It is an error if no usable key is left.
func (s source) fetch(ctx context.Context) (map[string]*signingKey, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	var document struct {
		JWKS string `json:"jwks_uri"`
	}
	if err := s.get(ctx, s.metadata, maxMetadata, &document); err != nil {
		return nil, fmt.Errorf("OpenID metadata: %w", err)
	}
	if err := s.sameHost(document.JWKS); err != nil {
		return nil, fmt.Errorf("OpenID metadata: %w", err)
	}
	var published struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := s.get(ctx, document.JWKS, maxKeyBytes, &published); err != nil {
		return nil, fmt.Errorf("channel keys: %w", err)
	}
	return usable(published.Keys)
}

func (s source) sameHost(address string) error {
	ours, err := url.Parse(s.metadata)
	if err != nil {
		return fmt.Errorf("address: %w", err)
	}
	keys, err := url.Parse(address)
	if err != nil || !secure(address) {
		return errors.New("jwks_uri is not an https address")
	}
	if keys.Host != ours.Host {
		return errors.New("jwks_uri is on another host")
	}
	return nil
}

func (s source) get(ctx context.Context, address string, most int64, to any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("request: %w", err)
	}
	req.Header.Set("Accept", "application/json")
	resp, err := s.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	if err != nil {
		return fmt.Errorf("reply: %w", err)
	}
	if int64(len(body)) > most {
		return fmt.Errorf("reply is over %d bytes", most)
	}
	if err := json.Unmarshal(body, to); err != nil {
		return fmt.Errorf("reply: %w", err)
	}
	return nil
}

// usable keeps the keys that may verify RS256. A key that is not understood is
// left out and does not spoil the others.
func usable(published []json.RawMessage) (map[string]*signingKey, error) {
	if len(published) > maxKeys {
		return nil, fmt.Errorf("channel keys: more than %d", maxKeys)
	}
	keys := make(map[string]*signingKey, len(published))
	for _, raw := range published {
		k, err := parseKey(raw)
		if err != nil {
			continue
		}
		if _, twice := keys[k.id]; twice {
			return nil, errors.New("channel keys: one id for two keys")
		}
		keys[k.id] = k
	}
	if len(keys) == 0 {
		return nil, errors.New("channel keys: none is usable")
	}
	return keys, nil
}

// parseKey reads one RSA signature key. Certificates that come with it are left
// alone: the keys are trusted because of where they were fetched.
func parseKey(raw json.RawMessage) (*signingKey, error) {
	var published struct {
		jwkset.JWKMarshal

		Endorsements []string `json:"endorsements"`
	}
	if err := json.Unmarshal(raw, &published); err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	m := published.JWKMarshal
	if m.KID == "" || m.KTY != jwkset.KtyRSA || m.USE != "" && m.USE != jwkset.UseSig || m.ALG != "" && m.ALG != jwkset.AlgRS256 {
		return nil, errors.New("key: not for RS256 signatures")
	}
	bare := jwkset.JWKMarshal{KTY: m.KTY, KID: m.KID, ALG: jwkset.AlgRS256, USE: jwkset.UseSig, N: m.N, E: m.E}
	jwk, err := jwkset.NewJWKFromMarshal(bare, jwkset.JWKMarshalOptions{}, jwkset.JWKValidateOptions{})
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	public, ok := jwk.Key().(*rsa.PublicKey)
	if !ok || public.N.BitLen() < minKeyBits {
		return nil, errors.New("key: too short")
	}
	return &signingKey{id: m.KID, public: public, endorsed: published.Endorsements}, nil
}
