package teams

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/stretchr/testify/require"
)

// purse is a credential that counts.
type purse struct {
	mu    sync.Mutex
	asked []string
	err   error
}

func (p *purse) GetToken(_ context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, strings.Join(o.Scopes, " "))
	return azcore.AccessToken{Token: "the-token"}, p.err
}

// received is one call that the script has seen.
type received struct {
	method, path, body string
}

// script is Teams' connector, which answers as a test says.
type script struct {
	*httptest.Server

	purse  purse
	answer http.HandlerFunc

	mu    sync.Mutex
	calls []received
	slept []time.Duration
	now   time.Time
}

func newScript(t *testing.T, answers ...http.HandlerFunc) *script {
	t.Helper()
	s := &script{now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	s.answer = func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		n := len(s.calls)
		s.mu.Unlock()
		answers[min(n, len(answers))-1](w, r)
	}
	s.Server = httptest.NewTLSServer(http.HandlerFunc(s.serve))
	s.Config.ErrorLog = nil
	t.Cleanup(s.Close)
	return s
}

func (s *script) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	s.mu.Lock()
	s.calls = append(s.calls, received{r.Method, r.URL.EscapedPath(), string(body)})
	s.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer the-token" {
		w.WriteHeader(http.StatusTeapot)
		return
	}
	s.answer(w, r)
}

// seen is every call so far.
func (s *script) seen() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]received{}, s.calls...)
}

func (s *script) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// sleep moves the clock instead of waiting.
func (s *script) sleep(ctx context.Context, d time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
	s.slept = append(s.slept, d)
	return ctx.Err()
}

func (s *script) place() Place { return Place{ServiceURL: s.URL + "/teams/", Conversation: "a:chat"} }

func (s *script) host() string { return strings.TrimPrefix(s.URL, "https://") }

// connector talks to the script; its clock moves only when it waits.
func (s *script) connector(t *testing.T) *Connector {
	t.Helper()
	c, err := NewConnector(Options{
		Credential: &s.purse, ServiceHosts: []string{s.host()}, AppID: ourApp, Tenant: ourTenant, HTTP: s.Client(), Now: s.clock,
	})
	require.NoError(t, err)
	c.wait = s.sleep
	return c
}

// answers with a status and a body.
func answers(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// hangUp takes the call and closes the connection without an answer.
func hangUp(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	_ = conn.Close()
}
