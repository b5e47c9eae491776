package teams

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"
)

var jwtRS256 = jwt.SigningMethodRS256

// offline is a receiver whose keys are at hand.
func offline(tb testing.TB, f *forge) *Receiver {
	tb.Helper()
	r, err := NewReceiver(Trust{
		AppID: ourApp, Tenant: ourTenant, Metadata: "https://login.botframework.com/v1/.well-known/openidconfiguration",
		ServiceHosts: []string{"smba.trafficmanager.net"}, Now: f.clock,
	})
	require.NoError(tb, err)
	r.keys.fetch = func(context.Context) (map[string]*signingKey, error) {
		return map[string]*signingKey{"good": {id: "good", public: &goodKey().PublicKey, endorsed: []string{"msteams"}}}, nil
	}
	return r
}

// request is one that can be sent again and again without being built anew.
type request struct {
	*http.Request
	body *bytes.Reader
	raw  []byte
}

func newRequest(tb testing.TB, token string) *request {
	tb.Helper()
	raw := []byte(encoded(tb, press()))
	body := bytes.NewReader(raw)
	req := httptest.NewRequestWithContext(tb.Context(), http.MethodPost, "/api/messages", body)
	req.Header = bearing(token)
	return &request{Request: req, body: body, raw: raw}
}

func (r *request) again() *http.Request {
	r.body.Reset(r.raw)
	r.Body = io.NopCloser(r.body)
	return r.Request
}

// BenchmarkReceive is a click with a token that was verified before.
func BenchmarkReceive(b *testing.B) {
	f := &forge{}
	f.now.Store(1_763_888_400)
	r := offline(b, f)
	req := newRequest(b, f.good(b))
	w := httptest.NewRecorder()
	b.SetBytes(int64(len(req.raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Receive(w, req.again()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReceiveFirst is a click with a token that is met for the first time.
func BenchmarkReceiveFirst(b *testing.B) {
	f := &forge{}
	f.now.Store(1_763_888_400)
	r := offline(b, f)
	req := newRequest(b, f.good(b))
	w := httptest.NewRecorder()
	b.ReportAllocs()
	for b.Loop() {
		r.tokens.good.InvalidateAll()
		if _, err := r.Receive(w, req.again()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFloor is what anybody must do: read the body and decode the JSON.
func BenchmarkFloor(b *testing.B) {
	req := newRequest(b, "a.b.c")
	b.SetBytes(int64(len(req.raw)))
	b.ReportAllocs()
	for b.Loop() {
		var a struct {
			Type, ID, Name, Text, TextFormat, Locale, LocalTimezone, ServiceURL, ChannelID, ReplyToID string

			From, Recipient struct{ ID, Name, AadObjectID string }
			Conversation    struct{ ID, ConversationType, TenantID string }
			ChannelData     struct{ Tenant struct{ ID string } }
			Value           json.RawMessage
		}
		if err := json.NewDecoder(req.again().Body).Decode(&a); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReceiveHTTP and BenchmarkFloorHTTP are the same over a connection.
func BenchmarkReceiveHTTP(b *testing.B) {
	f := &forge{}
	f.now.Store(1_763_888_400)
	r := offline(b, f)
	reply := TextReply("ok")
	overHTTP(b, f.good(b), func(w http.ResponseWriter, req *http.Request) {
		if _, err := r.Receive(w, req); err != nil {
			b.Error(err)
		}
		if err := reply.Write(w); err != nil {
			b.Error(err)
		}
	})
}

func BenchmarkFloorHTTP(b *testing.B) {
	reply := TextReply("ok")
	overHTTP(b, "a.b.c", func(w http.ResponseWriter, req *http.Request) {
		var a struct{ Value json.RawMessage }
		if err := json.NewDecoder(req.Body).Decode(&a); err != nil {
			b.Error(err)
		}
		if err := reply.Write(w); err != nil {
			b.Error(err)
		}
	})
}

func overHTTP(b *testing.B, token string, h http.HandlerFunc) {
	b.Helper()
	s := httptest.NewServer(h)
	defer s.Close()
	body := encoded(b, press())
	b.ReportAllocs()
	for b.Loop() {
		req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, s.URL, bytes.NewReader([]byte(body)))
		require.NoError(b, err)
		req.Header = bearing(token)
		resp, err := s.Client().Do(req)
		require.NoError(b, err)
		_, err = io.Copy(io.Discard, resp.Body)
		require.NoError(b, err)
		require.NoError(b, resp.Body.Close())
	}
}
