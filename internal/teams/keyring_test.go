package teams

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"
)

// call hands one request to a receiver without a network.
func (f *forge) call(tb testing.TB, r *Receiver, token string) error {
	tb.Helper()
	req := httptest.NewRequestWithContext(tb.Context(), http.MethodPost, "/", strings.NewReader(encoded(tb, press())))
	req.Header = bearing(token)
	_, err := r.Receive(httptest.NewRecorder(), req)
	return err
}

func requireRefusal(tb testing.TB, err error, status int, code string) {
	tb.Helper()
	var refusal *Refusal
	require.ErrorAs(tb, err, &refusal)
	require.Equal(tb, status, refusal.Status, refusal.Detail)
	require.Equal(tb, code, refusal.Code)
}

func (f *forge) signed(tb testing.TB, kid string) string {
	tb.Helper()
	return sign(tb, jwt.SigningMethodRS256, newKey(), map[string]any{"kid": kid}, f.claims())
}

func TestThousandStrangersCostOneFetch(t *testing.T) {
	t.Parallel()
	for name, warm := range map[string]bool{"cold": false, "warm": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newForge(t)
			r := f.receiver(t)
			if warm {
				require.NoError(t, r.Ready(t.Context()))
			}
			f.gate = make(chan struct{})
			before := f.metadata.Load()
			token := sign(t, jwt.SigningMethodRS256, attackerKey(), map[string]any{"kid": "evil"}, f.claims())
			var started, done sync.WaitGroup
			refusals := make(chan error, 1000)
			for range cap(refusals) {
				started.Add(1)
				done.Go(func() {
					started.Done()
					refusals <- f.call(t, r, token)
				})
			}
			started.Wait()
			close(f.gate)
			done.Wait()
			close(refusals)
			for err := range refusals {
				requireRefusal(t, err, http.StatusUnauthorized, "token key unknown")
			}
			require.EqualValues(t, 1, f.metadata.Load()-before)
			require.NoError(t, f.call(t, r, f.good(t)), "the genuine caller still gets in")
			require.EqualValues(t, 1, f.metadata.Load()-before)
		})
	}
}

func TestHopelessTokensCostNoFetch(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	r := f.receiver(t)
	c := f.claims()
	c["aud"] = otherTenant
	requireRefusal(t, f.call(t, r, sign(t, jwt.SigningMethodRS256, attackerKey(), map[string]any{"kid": "evil"}, c)), 401, "token audience")
	require.Zero(t, f.metadata.Load())
}

func TestKeysRotate(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	r := f.receiver(t)
	require.NoError(t, r.Ready(t.Context()))
	old := f.good(t)
	require.NoError(t, f.call(t, r, old))
	require.EqualValues(t, 1, f.metadata.Load(), "fetched before anybody called")

	f.publish(jwk("new", &newKey().PublicKey, "msteams"))
	require.NoError(t, f.call(t, r, old), "nothing has told us of the new keys")
	require.NoError(t, f.call(t, r, f.signed(t, "new")), "an unknown key id fetches the new keys")
	require.EqualValues(t, 2, f.metadata.Load())
	requireRefusal(t, f.call(t, r, old), 401, "token key unknown") // although it is remembered
	requireRefusal(t, f.call(t, r, f.signed(t, "newer")), 401, "token key unknown")
	require.EqualValues(t, 2, f.metadata.Load(), "at most one fetch a minute for unknown keys")

	f.publish(jwk("newer", &newKey().PublicKey, "msteams"))
	f.advance(59 * time.Second)
	requireRefusal(t, f.call(t, r, f.signed(t, "newer")), 401, "token key unknown")
	f.advance(time.Second)
	require.NoError(t, f.call(t, r, f.signed(t, "newer")))
	require.EqualValues(t, 3, f.metadata.Load())
}

func TestKeyReplacedUnderItsID(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	r := f.receiver(t)
	old := f.good(t)
	require.NoError(t, f.call(t, r, old))
	f.publish(jwk("good", &newKey().PublicKey, "msteams"), jwk("new", &newKey().PublicKey, "msteams"))
	f.advance(2 * time.Minute)
	require.NoError(t, f.call(t, r, f.signed(t, "new")))
	requireRefusal(t, f.call(t, r, old), 401, "token signature")
}

func TestEndorsementWithdrawn(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	r := f.receiver(t)
	old := f.good(t)
	require.NoError(t, f.call(t, r, old))
	f.publish(jwk("good", &goodKey().PublicKey, "webchat"), jwk("new", &newKey().PublicKey, "msteams"))
	f.advance(2 * time.Minute)
	require.NoError(t, f.call(t, r, f.signed(t, "new")))
	requireRefusal(t, f.call(t, r, old), 403, "endorsement") // although it is remembered
}

func TestRememberedTokenExpires(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	r := f.receiver(t)
	token := f.good(t)
	require.NoError(t, f.call(t, r, token))
	f.advance(time.Hour + 299*time.Second)
	require.NoError(t, f.call(t, r, token))
	f.advance(time.Second)
	requireRefusal(t, f.call(t, r, token), 401, "token expired")
	f.advance(-3 * time.Hour)
	requireRefusal(t, f.call(t, r, token), 401, "token not yet valid")
}

// settle waits until a refresh in the background has ended.
func settle(t *testing.T, r *Receiver) {
	t.Helper()
	require.NotErrorIs(t, r.keys.wait(t.Context(), func(context.Context) error { return nil }), context.Canceled)
}

func TestStaleKeys(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	r := f.receiver(t)
	require.NoError(t, r.Ready(t.Context()))
	<-f.asked
	f.down.Store(true)

	f.advance(24 * time.Hour)
	require.NoError(t, f.call(t, r, f.good(t)))
	require.EqualValues(t, 1, f.metadata.Load(), "a day old is fresh enough")
	f.advance(time.Second)
	require.NoError(t, f.call(t, r, f.good(t)), "nobody waits for the refresh")
	<-f.asked
	settle(t, r)
	f.advance(47*time.Hour + 59*time.Minute)
	require.NoError(t, f.call(t, r, f.good(t)))
	require.NoError(t, r.Ready(t.Context()))
	<-f.asked
	settle(t, r)
	f.advance(time.Minute)
	requireRefusal(t, f.call(t, r, f.good(t)), 503, "keys unavailable")
	require.ErrorIs(t, r.Ready(t.Context()), errNoKeys)

	f.down.Store(false)
	f.advance(emptyGap)
	require.NoError(t, f.call(t, r, f.good(t)))
	require.NoError(t, r.Ready(t.Context()))
}

func TestDailyRefresh(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	r := f.receiver(t)
	require.NoError(t, r.Ready(t.Context()))
	<-f.asked
	f.publish(jwk("new", &newKey().PublicKey, "msteams"))
	f.advance(25 * time.Hour)
	_ = f.call(t, r, f.good(t)) // starts the refresh and may see either set
	<-f.asked
	require.NoError(t, f.call(t, r, f.signed(t, "new")))
	require.EqualValues(t, 2, f.metadata.Load())
}

func TestMetadataIsDownAtTheStart(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	f.down.Store(true)
	r := f.receiver(t)
	requireRefusal(t, f.call(t, r, f.good(t)), 503, "keys unavailable")
	require.ErrorIs(t, r.Ready(t.Context()), errNoKeys)
	require.EqualValues(t, 1, f.metadata.Load(), "attempts keep their distance")
	f.down.Store(false)
	f.advance(emptyGap)
	require.NoError(t, r.Ready(t.Context()))
	require.NoError(t, f.call(t, r, f.good(t)))
}

// A new key that cannot be fetched is not called a forgery, and is found as soon
// as the metadata is back.
func TestKeysRotateWhileTheMetadataIsDown(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	r := f.receiver(t)
	require.NoError(t, r.Ready(t.Context()))
	f.publish(jwk("new", &newKey().PublicKey, "msteams"))
	f.down.Store(true)
	requireRefusal(t, f.call(t, r, f.signed(t, "new")), 503, "keys unavailable")
	requireRefusal(t, f.call(t, r, f.signed(t, "new")), 503, "keys unavailable")
	require.EqualValues(t, 2, f.metadata.Load(), "attempts keep their distance")
	require.NoError(t, f.call(t, r, f.good(t)), "the keys at hand serve on")
	f.down.Store(false)
	f.advance(emptyGap)
	require.NoError(t, f.call(t, r, f.signed(t, "new")))
}

func TestImpatientCallerDoesNotSpoilTheFetch(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	f.gate = make(chan struct{})
	r := f.receiver(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, r.Ready(ctx), context.Canceled)
	close(f.gate)
	require.NoError(t, r.Ready(t.Context()))
	require.EqualValues(t, 1, f.metadata.Load())
}

func TestMetadataIsNotBelieved(t *testing.T) {
	t.Parallel()
	short := map[string]any{"kty": "RSA", "kid": "short", "n": strings.Repeat("A", 60) + "B", "e": "AQAB", "endorsements": []string{"msteams"}}
	for name, change := range map[string]func(*forge){
		"keys over http": func(f *forge) {
			f.document = map[string]any{"jwks_uri": "http://" + f.Listener.Addr().String() + "/keys"}
		},
		"keys on another host": func(f *forge) { f.document = map[string]any{"jwks_uri": "https://evil.example/keys"} },
		"no keys":              func(f *forge) { f.document = map[string]any{} },
		"keys elsewhere":       func(f *forge) { f.document = map[string]any{"jwks_uri": f.URL + "/nowhere"} },
		"endless metadata":     func(f *forge) { f.document = map[string]any{"x": strings.Repeat("x", maxMetadata)} },
		"no usable key":        func(f *forge) { f.publish(map[string]any{"kty": "EC", "kid": "ec"}, short) },
		"one id for two keys":  func(f *forge) { f.publish(jwk("a", &goodKey().PublicKey), jwk("a", &newKey().PublicKey)) },
		"key for another use": func(f *forge) {
			f.publish(map[string]any{"kty": "RSA", "kid": "enc", "use": "enc", "n": "AQAB", "e": "AQAB"})
		},
		"key without id":        func(f *forge) { f.publish(jwk("", &goodKey().PublicKey)) },
		"more keys than usable": func(f *forge) { f.publish(make([]map[string]any, maxKeys+1)...) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newForge(t)
			change(f)
			err := f.receiver(t).Ready(t.Context())
			require.ErrorIs(t, err, errNoKeys)
		})
	}
}

func TestKeysComeFromTheHostOfTheMetadata(t *testing.T) {
	t.Parallel()
	f, other := newForge(t), newForge(t) // the client trusts the certificate of both
	f.document = map[string]any{"jwks_uri": other.URL + "/v1/.well-known/keys"}
	require.ErrorIs(t, f.receiver(t).Ready(t.Context()), errNoKeys)
	require.Zero(t, other.keysets.Load())

	s := source{metadata: "https://login.botframework.com/v1/.well-known/openidconfiguration"}
	require.NoError(t, s.sameHost("https://login.botframework.com/v1/.well-known/keys"))
	for _, address := range []string{
		"", "/v1/.well-known/keys", "http://login.botframework.com/v1/.well-known/keys", "https://login.botframework.com:444/",
		"https://a@login.botframework.com/", "https://login.botframework.com.evil.example/",
	} {
		require.Error(t, s.sameHost(address), address)
	}
}

func TestMetadataRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	s := httptest.NewTLSServer(http.RedirectHandler(f.trust().Metadata, http.StatusFound))
	t.Cleanup(s.Close)
	trust := f.trust()
	trust.Metadata, trust.HTTP = s.URL+"/metadata", s.Client()
	r, err := NewReceiver(trust)
	require.NoError(t, err)
	require.ErrorContains(t, r.Ready(t.Context()), "status 302")
	require.Zero(t, f.metadata.Load())
}

func TestTrustIsChecked(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	for name, spoil := range map[string]func(*Trust){
		"no app id":         func(t *Trust) { t.AppID = "" },
		"odd app id":        func(t *Trust) { t.AppID = "passdesk" },
		"no tenant":         func(t *Trust) { t.Tenant = "" },
		"common tenant":     func(t *Trust) { t.Tenant = "common" },
		"no metadata":       func(t *Trust) { t.Metadata = "" },
		"http metadata":     func(t *Trust) { t.Metadata = "http://login.botframework.com/v1/.well-known/openidconfiguration" },
		"no hosts":          func(t *Trust) { t.ServiceHosts = nil },
		"an empty host":     func(t *Trust) { t.ServiceHosts = []string{""} },
		"a top-level host":  func(t *Trust) { t.ServiceHosts = []string{"net"} },
		"a URL for a host":  func(t *Trust) { t.ServiceHosts = []string{"https://smba.trafficmanager.net"} },
		"a host and a path": func(t *Trust) { t.ServiceHosts = []string{"smba.trafficmanager.net/emea"} },
		"negative time":     func(t *Trust) { t.BodyTime = -1 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			trust := f.trust()
			spoil(&trust)
			_, err := NewReceiver(trust)
			require.Error(t, err)
		})
	}
}
