package teams

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"
)

const (
	ourApp      = "22222222-2222-4222-8222-222222222222"
	ourTenant   = "11111111-1111-4111-8111-111111111111"
	otherTenant = "99999999-9999-4999-8999-999999999999"
	ourService  = "https://smba.trafficmanager.net/emea/" + ourTenant + "/"
	adele       = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
)

// Making RSA keys is slow, so all tests share three.
var (
	goodKey     = sync.OnceValue(makeKey)
	newKey      = sync.OnceValue(makeKey)
	attackerKey = sync.OnceValue(makeKey)
)

func makeKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

// forge is the channel's login as an attacker would like it: it publishes keys
// and signs whatever a test asks for.
type forge struct {
	*httptest.Server

	now      atomic.Int64 // Unix seconds
	metadata atomic.Int32 // requests for the metadata
	keysets  atomic.Int32 // requests for the keys
	down     atomic.Bool
	gate     chan struct{} // when set, metadata waits for it
	asked    chan struct{} // one for every request for the metadata

	mu        sync.Mutex
	published []map[string]any
	document  map[string]any // replaces the metadata
}

func newForge(t *testing.T) *forge {
	t.Helper()
	f := &forge{asked: make(chan struct{}, 100)}
	f.now.Store(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC).Unix())
	f.publish(
		jwk("good", &goodKey().PublicKey, "msteams", "skype"),
		jwk("webchat", &goodKey().PublicKey, "webchat"),
		jwk("bare", &goodKey().PublicKey),
	)
	mux := http.NewServeMux()
	mux.HandleFunc("/v1/.well-known/openidconfiguration", f.serveMetadata)
	mux.HandleFunc("/v1/.well-known/keys", f.serveKeys)
	f.Server = httptest.NewTLSServer(mux)
	t.Cleanup(f.Close)
	return f
}

func (f *forge) serveMetadata(w http.ResponseWriter, _ *http.Request) {
	f.metadata.Add(1)
	if f.gate != nil {
		<-f.gate
	}
	defer func() { f.asked <- struct{}{} }()
	if f.down.Load() {
		http.Error(w, "away", http.StatusBadGateway)
		return
	}
	f.mu.Lock()
	document := f.document
	f.mu.Unlock()
	if document == nil {
		document = map[string]any{"issuer": Issuer, "jwks_uri": f.URL + "/v1/.well-known/keys"}
	}
	writeJSON(w, document)
}

func (f *forge) serveKeys(w http.ResponseWriter, _ *http.Request) {
	f.keysets.Add(1)
	f.mu.Lock()
	defer f.mu.Unlock()
	writeJSON(w, map[string]any{"keys": f.published})
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		panic(err)
	}
}

func (f *forge) publish(keys ...map[string]any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.published = keys
}

func (f *forge) clock() time.Time        { return time.Unix(f.now.Load(), 0) }
func (f *forge) advance(d time.Duration) { f.now.Add(int64(d / time.Second)) }

func jwk(kid string, public *rsa.PublicKey, endorsements ...string) map[string]any {
	k := map[string]any{
		"kty": "RSA", "use": "sig", "kid": kid,
		"n": base64.RawURLEncoding.EncodeToString(public.N.Bytes()),
		"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(public.E)).Bytes()),
	}
	if endorsements != nil {
		k["endorsements"] = endorsements
	}
	return k
}

func (f *forge) trust() Trust {
	return Trust{
		AppID: ourApp, Tenant: ourTenant, Metadata: f.URL + "/v1/.well-known/openidconfiguration",
		ServiceHosts: []string{"smba.trafficmanager.net"}, HTTP: f.Client(), Now: f.clock,
	}
}

func (f *forge) receiver(t *testing.T) *Receiver {
	t.Helper()
	r, err := NewReceiver(f.trust())
	require.NoError(t, err)
	return r
}

// claims are those of a genuine channel token.
func (f *forge) claims() jwt.MapClaims {
	return jwt.MapClaims{
		"iss": Issuer, "aud": ourApp, "serviceurl": ourService,
		"nbf": f.clock().Add(-time.Minute).Unix(), "exp": f.clock().Add(time.Hour).Unix(),
	}
}

func sign(tb testing.TB, method jwt.SigningMethod, key any, header map[string]any, c jwt.Claims) string {
	tb.Helper()
	token := jwt.NewWithClaims(method, c)
	maps.Copy(token.Header, header)
	signed, err := token.SignedString(key)
	require.NoError(tb, err)
	return signed
}

// good is a genuine token.
func (f *forge) good(tb testing.TB) string {
	tb.Helper()
	return sign(tb, jwt.SigningMethodRS256, goodKey(), map[string]any{"kid": "good"}, f.claims())
}

// press is a genuine activity: Adele presses a button.
func press() map[string]any {
	return map[string]any{
		"type": "invoke", "name": "adaptiveCard/action", "id": "f:1", "channelId": "msteams", "serviceUrl": ourService,
		"from":         map[string]any{"id": "29:adele", "name": "Adele Vance", "aadObjectId": adele},
		"recipient":    map[string]any{"id": "28:" + ourApp, "name": "Passdesk"},
		"conversation": map[string]any{"id": "a:chat", "conversationType": "personal", "tenantId": ourTenant},
		"channelData":  map[string]any{"tenant": map[string]any{"id": ourTenant}},
		"locale":       "en-GB", "localTimezone": "Europe/Oslo", "replyToId": "1700000000000",
		"entities": []any{map[string]any{"type": "clientInfo", "locale": "en-GB", "platform": "Windows", "timezone": "Europe/Oslo"}},
		"value": map[string]any{
			"trigger": "manual",
			"action":  map[string]any{"type": "Action.Execute", "verb": "approve", "data": map[string]any{"ref": "PD-7K3M", "rev": 3}},
		},
	}
}

func encoded(tb testing.TB, v any) string {
	tb.Helper()
	body, err := json.Marshal(v)
	require.NoError(tb, err)
	return string(body)
}

// door serves a receiver over HTTP and answers with the code of its refusal.
func door(t *testing.T, r *Receiver) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		a, err := r.Receive(w, req)
		if err == nil {
			writeJSON(w, a.From.ObjectID)
			return
		}
		refusal, ok := err.(*Refusal) //nolint:errorlint // the promise is this very type
		if !ok {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		http.Error(w, refusal.Code, refusal.Status)
	}))
	s.Config.MaxHeaderBytes = HeaderLimit
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// knock sends one request and returns status and body of the answer.
func knock(t *testing.T, s *httptest.Server, method, body string, header http.Header) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL+"/api/messages", strings.NewReader(body))
	require.NoError(t, err)
	req.Header = header
	resp, err := s.Client().Do(req)
	require.NoError(t, err)
	defer func() { require.NoError(t, resp.Body.Close()) }()
	var answer strings.Builder
	_, err = copyAll(&answer, resp)
	require.NoError(t, err)
	return resp.StatusCode, strings.TrimSpace(answer.String())
}

func bearing(token string) http.Header {
	return http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {"application/json; charset=utf-8"}}
}
