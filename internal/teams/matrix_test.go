package teams

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"
)

func copyAll(to io.Writer, resp *http.Response) (int64, error) { return io.Copy(to, resp.Body) }

// forgery is one request, genuine until a case of the matrix changes it.
type forgery struct {
	t      *testing.T
	method string
	signed jwt.SigningMethod
	key    any
	header map[string]any
	claims jwt.MapClaims
	body   any
	// authorization replaces the whole header when it is not nil.
	authorization []string
	// spoil changes the finished token.
	spoil func(token string) string
}

func (f *forgery) activity() map[string]any {
	a, ok := f.body.(map[string]any)
	require.True(f.t, ok)
	return a
}

func (f *forgery) headers() http.Header {
	h := http.Header{"Content-Type": {"application/json"}}
	if f.authorization != nil {
		h["Authorization"] = f.authorization
		return h
	}
	token := sign(f.t, f.signed, f.key, f.header, f.claims)
	if f.spoil != nil {
		token = f.spoil(token)
	}
	h.Set("Authorization", "Bearer "+token)
	return h
}

// attack is a case of the matrix: what is forged, and what must come of it.
type attack struct {
	number int
	name   string
	forge  func(*forgery)
	status int
	code   string
}

// TestAttackMatrix sends every forgery of the matrix twice, so that a token that
// was good once is met as a remembered one too.
func TestAttackMatrix(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	r := f.receiver(t)
	require.NoError(t, r.Ready(t.Context()))
	s := door(t, r)
	var fetched atomic.Int32
	evil := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fetched.Add(1)
		writeJSON(w, map[string]any{"keys": []any{jwk("good", &attackerKey().PublicKey, "msteams")}})
	}))
	t.Cleanup(evil.Close)

	t.Cleanup(func() { require.Zero(t, fetched.Load(), "keys were fetched from the attacker") })
	seen := map[int]bool{}
	for _, c := range attacks(t, f, evil.URL) {
		seen[c.number] = true
		t.Run(fmt.Sprintf("%02d %s", c.number, c.name), func(t *testing.T) {
			t.Parallel()
			forged := &forgery{
				t: t, method: http.MethodPost, signed: jwt.SigningMethodRS256, key: goodKey(),
				header: map[string]any{"kid": "good"}, claims: f.claims(), body: press(),
			}
			c.forge(forged)
			header := forged.headers()
			for range 2 {
				status, answer := knock(t, s, forged.method, encoded(t, forged.body), header)
				require.Equal(t, c.status, status, answer)
				if c.status != http.StatusOK {
					require.Equal(t, c.code, answer)
				}
			}
		})
	}
	for number := range 34 {
		require.Equal(t, number != 0, seen[number], "case %d", number)
	}
}

func attacks(t *testing.T, f *forge, evil string) []attack {
	t.Helper()
	return append(append(headerAttacks(), tokenAttacks(t, evil)...), append(claimAttacks(f), bodyAttacks()...)...)
}

const (
	no      = http.StatusUnauthorized
	refused = http.StatusForbidden
	yes     = http.StatusOK
)

func with(values ...string) func(*forgery) {
	return func(f *forgery) { f.authorization = append([]string{}, values...) }
}

func headerAttacks() []attack {
	token := func(format string) func(*forgery) {
		return func(f *forgery) {
			f.authorization = []string{fmt.Sprintf(format, sign(f.t, f.signed, f.key, f.header, f.claims))}
		}
	}
	return []attack{
		{1, "no Authorization", with(), no, "token missing"},
		{2, "empty Bearer", with("Bearer "), no, "token malformed"},
		{2, "Basic scheme", with("Basic YWRlbGU6c2VjcmV0"), no, "token malformed"},
		{2, "token under Basic", token("Basic %s"), no, "token malformed"},
		{3, "raw token, no scheme", token("%s"), no, "token malformed"},
		{4, "lower-case bearer", token("bearer %s"), yes, ""},
		{5, "garbage token", with("Bearer garbage"), no, "token malformed"},
		{5, "garbage of three parts", with("Bearer aaaa.bbbb.cccc"), no, "token malformed"},
		{5, "two tokens", token("Bearer %[1]s %[1]s"), no, "token malformed"},
		{5, "two headers", func(f *forgery) {
			one := "Bearer " + sign(f.t, f.signed, f.key, f.header, f.claims)
			f.authorization = []string{one, one}
		}, no, "token malformed"},
	}
}

func tokenAttacks(t *testing.T, evil string) []attack {
	t.Helper()
	public, err := x509.MarshalPKIXPublicKey(&goodKey().PublicKey)
	require.NoError(t, err)
	secret := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})
	elliptical, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	signedWith := func(m jwt.SigningMethod, key any) func(*forgery) {
		return func(f *forgery) { f.signed, f.key = m, key }
	}
	header := func(key any, h map[string]any) func(*forgery) {
		return func(f *forgery) { f.key, f.header = key, h }
	}
	return []attack{
		{6, "alg none", signedWith(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType), no, "token malformed"},
		{6, "alg none with a signature", func(f *forgery) { f.spoil = renamed("none") }, no, "token signature"},
		{7, "HS256 keyed with the public PEM", signedWith(jwt.SigningMethodHS256, secret), no, "token signature"},
		{8, "attacker's RSA key, real kid", header(attackerKey(), map[string]any{"kid": "good"}), no, "token signature"},
		{9, "attacker's key, unknown kid", header(attackerKey(), map[string]any{"kid": "evil"}), no, "token key unknown"},
		{10, "kid missing", header(goodKey(), nil), no, "token key unknown"},
		{10, "kid is a number", header(goodKey(), map[string]any{"kid": 1}), no, "token key unknown"},
		{11, "payload altered after signing", func(f *forgery) { f.spoil = altered }, no, "token signature"},
		{12, "attacker's jku", header(attackerKey(), map[string]any{"kid": "good", "jku": evil}), no, "token signature"},
		{12, "attacker's jwk", header(attackerKey(), map[string]any{"kid": "good", "jwk": jwk("good", &attackerKey().PublicKey)}), no, "token signature"},
		{12, "attacker's x5u", header(attackerKey(), map[string]any{"kid": "evil", "x5u": evil}), no, "token key unknown"},
		{12, "critical header", header(goodKey(), map[string]any{"kid": "good", "crit": []string{"b64"}}), no, "token malformed"},
		{28, "PS256", signedWith(jwt.SigningMethodPS256, goodKey()), no, "token signature"},
		{28, "ES256", signedWith(jwt.SigningMethodES256, elliptical), no, "token signature"},
		{28, "RS512", signedWith(jwt.SigningMethodRS512, goodKey()), no, "token signature"},
	}
}

// renamed says another algorithm in the header of a finished token.
func renamed(alg string) func(string) string {
	return func(token string) string {
		_, rest, _ := strings.Cut(token, ".")
		header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"` + alg + `","kid":"good","typ":"JWT"}`))
		return header + "." + rest
	}
}

// altered changes a claim of a finished token.
func altered(token string) string {
	parts := strings.Split(token, ".")
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		panic(err)
	}
	var c map[string]any
	if err := json.Unmarshal(payload, &c); err != nil {
		panic(err)
	}
	c["serviceurl"] = "https://smba.trafficmanager.net/amer/" + ourTenant + "/"
	payload, err = json.Marshal(c)
	if err != nil {
		panic(err)
	}
	return parts[0] + "." + base64.RawURLEncoding.EncodeToString(payload) + "." + parts[2]
}

func claimAttacks(f *forge) []attack {
	claim := func(name string, value any) func(*forgery) {
		return func(f *forgery) {
			f.claims[name] = value
			if value == nil {
				delete(f.claims, name)
			}
		}
	}
	at := func(d time.Duration) int64 { return f.clock().Add(d).Unix() }
	return []attack{
		{13, "another bot's aud", claim("aud", "33333333-3333-4333-8333-333333333333"), no, "token audience"},
		{13, "aud is a list", claim("aud", []string{ourApp}), no, "token malformed"},
		{13, "aud with api://", claim("aud", "api://"+ourApp), no, "token audience"},
		{14, "aud missing", claim("aud", nil), no, "token without claim"},
		{15, "foreign iss", claim("iss", "https://sts.windows.net/"+ourTenant+"/"), no, "token issuer"},
		{15, "iss with a slash", claim("iss", Issuer+"/"), no, "token issuer"},
		{16, "iss missing", claim("iss", nil), no, "token without claim"},
		{17, "government's iss", claim("iss", "https://api.botframework.us"), no, "token issuer"},
		{18, "exp 10 min ago", claim("exp", at(-10*time.Minute)), no, "token expired"},
		{18, "exp 5 min ago", claim("exp", at(-5*time.Minute)), no, "token expired"},
		{19, "exp 2 min ago", claim("exp", at(-2*time.Minute)), yes, ""},
		{20, "nbf 10 min ahead", claim("nbf", at(10*time.Minute)), no, "token not yet valid"},
		{20, "nbf 2 min ahead", claim("nbf", at(2*time.Minute)), yes, ""},
		{21, "exp missing", claim("exp", nil), no, "token without claim"},
		{21, "exp is a text", claim("exp", "tomorrow"), no, "token malformed"},
		{23, "serviceurl claim missing", claim("serviceurl", nil), no, "token without service URL"},
		{23, "serviceurl claim is a list", claim("serviceurl", []string{ourService}), no, "token malformed"},
		{29, "skill-shaped claims", func(f *forgery) {
			f.claims["ver"], f.claims["appid"], f.claims["tid"] = "1.0", "44444444-4444-4444-8444-444444444444", ourTenant
		}, no, "token not from a channel"},
		{29, "skill-shaped claims, version 2", func(f *forgery) {
			f.claims["ver"], f.claims["azp"] = "2.0", ourApp
		}, no, "token not from a channel"},
		{31, "foreign tenant in the token", claim("tid", otherTenant), refused, "tenant"},
	}
}

func bodyAttacks() []attack {
	field := func(name string, value any) func(*forgery) {
		return func(f *forgery) {
			f.activity()[name] = value
			if value == nil {
				delete(f.activity(), name)
			}
		}
	}
	keyed := func(kid string) func(*forgery) { return func(f *forgery) { f.header["kid"] = kid } }
	both := func(service string) func(*forgery) {
		return func(f *forgery) { f.claims["serviceurl"], f.activity()["serviceUrl"] = service, service }
	}
	chat := func(tenant string) map[string]any {
		return map[string]any{"id": "a:chat", "conversationType": "personal", "tenantId": tenant}
	}
	foreign := map[string]any{"tenant": map[string]any{"id": otherTenant}}
	return []attack{
		{22, "attacker's serviceUrl", field("serviceUrl", "https://evil.example/"), refused, "service URL"},
		{22, "another tenant's serviceUrl", field("serviceUrl", strings.ReplaceAll(ourService, ourTenant, otherTenant)), refused, "service URL"},
		{22, "host that is not allowed, in both", both("https://evil.example/"), refused, "service host"},
		{22, "http, in both", both("http://smba.trafficmanager.net/emea/"), refused, "service host"},
		{22, "another tenant's, in both", both("https://smba.trafficmanager.net/emea/" + otherTenant + "/"), refused, "tenant"},
		{24, "serviceUrl missing", field("serviceUrl", nil), refused, "service URL missing"},
		{24, "serviceUrl in another case", func(f *forgery) {
			f.activity()["ServiceUrl"] = ourService
			delete(f.activity(), "serviceUrl")
		}, refused, "service URL missing"},
		{25, "channelId not endorsed", field("channelId", "webchat"), refused, "channel"},
		{25, "key endorsed for another channel", keyed("webchat"), refused, "endorsement"},
		{26, "key without endorsements", keyed("bare"), refused, "endorsement"},
		{27, "channelId missing", field("channelId", nil), refused, "channel"},
		{30, "channelId emulator", field("channelId", "emulator"), refused, "channel"},
		{31, "foreign tenant", field("conversation", chat(otherTenant)), refused, "tenant"},
		{31, "foreign tenant in channelData", field("channelData", foreign), refused, "tenant"},
		{31, "no tenant at all", func(f *forgery) {
			f.activity()["conversation"] = chat("")
			delete(f.activity(), "channelData")
		}, refused, "tenant missing"},
		{31, "nobody's object id", field("from", map[string]any{"id": "29:adele"}), refused, "sender without object id"},
		{31, "an object id that is none", field("from", map[string]any{"id": "29:adele", "aadObjectId": "adele"}), refused, "sender without object id"},
		{32, "JSON array", func(f *forgery) { f.body = []any{press()} }, http.StatusBadRequest, "body is not an activity"},
		{33, "GET", func(f *forgery) { f.method = http.MethodGet }, http.StatusMethodNotAllowed, "method"},
		{33, "PUT", func(f *forgery) { f.method = http.MethodPut }, http.StatusMethodNotAllowed, "method"},
	}
}
