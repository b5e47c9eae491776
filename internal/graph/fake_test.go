package graph_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/graph"
)

const bearer = "token-that-nobody-may-read"

// noon is the fake tenant's time.
var noon = time.Date(2026, 2, 3, 12, 0, 0, 0, time.UTC)

// credential gives a token, or the error.
type credential struct{ err error }

func (c credential) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: bearer, ExpiresOn: time.Now().Add(time.Hour)}, c.err
}

// call is a request as the fake received it.
type call struct {
	method, path, body string // path with its query, below /v1.0
	header             http.Header
	at                 time.Time
}

// answer is what the fake says. Its zero value is a 404.
type answer struct {
	status int
	header map[string]string
	body   string
	hangUp bool // close the connection after reading the request
	wait   chan struct{}
	then   []answer // what is said from the second time on; the last one stays
}

// fake is a Graph that says what a test tells it to: per request, alone or in a
// batch, the answer whose key begins the path, the longest of them.
type fake struct {
	*httptest.Server
	mu      sync.Mutex
	calls   []call
	answers map[string]answer // "GET /users/…"
	logged  *bytes.Buffer
	now     time.Time
	client  *http.Client
}

func newFake(t *testing.T, answers map[string]answer, change ...func(*httptest.Server)) *fake {
	t.Helper()
	f := &fake{answers: answers, logged: &bytes.Buffer{}, now: noon}
	f.Server = httptest.NewUnstartedServer(f)
	f.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	for _, c := range change {
		c(f.Server)
	}
	f.StartTLS()
	f.client = f.Client()
	t.Cleanup(f.Close)
	return f
}

// newUntimed is a fake without a network, for a bubble in which time passes only
// while everybody waits.
func newUntimed(answers map[string]answer) *fake {
	f := &fake{answers: answers, logged: &bytes.Buffer{}, now: noon}
	f.Server = &httptest.Server{URL: "https://graph.example"}
	f.client = &http.Client{Transport: inMemory{f}}
	return f
}

// inMemory carries requests to a handler as a connection would: one that is
// given up is lost, one that the handler aborts is reset.
type inMemory struct{ http.Handler }

func (m inMemory) RoundTrip(r *http.Request) (res *http.Response, err error) {
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil && trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{})
	}
	defer func() {
		switch aborted := recover(); aborted {
		case nil:
		case http.ErrAbortHandler:
			res, err = nil, io.ErrUnexpectedEOF
		default:
			panic(aborted)
		}
	}()
	in := r.Clone(r.Context())
	in.TLS = &tls.ConnectionState{}
	if in.Body == nil {
		in.Body = http.NoBody
	}
	answered := httptest.NewRecorder()
	m.ServeHTTP(answered, in)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return answered.Result(), nil
}

func (f *fake) directory(t *testing.T, change ...func(*graph.Options)) *graph.Directory {
	t.Helper()
	o := graph.Options{
		URL: f.URL + "/v1.0", Credential: credential{}, HTTP: f.client, PIM: true, Now: f.clock,
		Log: slog.New(slog.NewTextHandler(f, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, c := range change {
		c(&o)
	}
	d, err := graph.New(o)
	require.NoError(t, err)
	return d
}

func (f *fake) clock() time.Time { f.mu.Lock(); defer f.mu.Unlock(); return f.now }

func (f *fake) advance(by time.Duration) { f.mu.Lock(); defer f.mu.Unlock(); f.now = f.now.Add(by) }

func (f *fake) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.logged.Write(p)
}

func (f *fake) log() string { f.mu.Lock(); defer f.mu.Unlock(); return f.logged.String() }

func (f *fake) set(key string, a answer) { f.mu.Lock(); defer f.mu.Unlock(); f.answers[key] = a }

// received are the calls so far, batches as one call each.
func (f *fake) received() []call {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]call(nil), f.calls...)
}

func (f *fake) of(method, prefix string) int {
	n := 0
	for _, c := range f.received() {
		if c.method == method && strings.HasPrefix(c.path, prefix) {
			n++
		}
	}
	return n
}

func (f *fake) find(method, path string) (answer, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var best string
	for key := range f.answers {
		if strings.HasPrefix(method+" "+path, key) && len(key) > len(best) {
			best = key
		}
	}
	a, ok := f.answers[best]
	if len(a.then) > 0 {
		next := a.then[0]
		if next.then == nil {
			next.then = a.then[1:]
		}
		f.answers[best] = next
	}
	if !ok {
		a = refusal(404, "Request_ResourceNotFound", "Resource does not exist or one of its queried reference-property objects are not present.")
	}
	return a, ok
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	path := strings.TrimPrefix(r.URL.RequestURI(), "/v1.0")
	f.mu.Lock()
	f.calls = append(f.calls, call{r.Method, path, string(body), r.Header.Clone(), time.Now()})
	f.mu.Unlock()
	note(r.Method, path)
	a, known := f.find(r.Method, path)
	if path == "/$batch" && !known {
		a = f.batch(body)
	}
	f.say(w, r, a)
}

func (f *fake) say(w http.ResponseWriter, r *http.Request, a answer) {
	if a.wait != nil {
		select {
		case <-a.wait:
		case <-r.Context().Done():
		}
	}
	if a.hangUp {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("request-id", "graph-said-this-id")
	w.Header().Set("Content-Type", "application/json")
	for name, value := range a.header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(cmp.Or(a.status, http.StatusOK))
	_, _ = io.WriteString(w, a.body)
}

func (f *fake) batch(body []byte) answer {
	var asked struct {
		Requests []struct{ ID, Method, URL string } `json:"requests"`
	}
	_ = json.Unmarshal(body, &asked)
	responses := []map[string]any{}
	for i := range asked.Requests {
		r := asked.Requests[len(asked.Requests)-1-i] // Graph answers in any order
		a, _ := f.find(r.Method, r.URL)
		if a.hangUp {
			continue // left out of the answers
		}
		one := map[string]any{"id": r.ID, "status": cmp.Or(a.status, 200), "headers": a.header}
		if a.body != "" {
			one["body"] = json.RawMessage(a.body)
		}
		responses = append(responses, one)
	}
	all, _ := json.Marshal(map[string]any{"responses": responses})
	return answer{body: string(all)}
}

func ok(body string) answer { return answer{status: 200, body: body} }

func listOf(entries ...string) answer { return ok(`{"value":[` + strings.Join(entries, ",") + `]}`) }

func refusal(status int, code, message string) answer {
	body, _ := json.Marshal(map[string]any{"error": map[string]any{"code": code, "message": message, "innerError": map[string]any{"date": "2026-02-03T12:00:00"}}})
	return answer{status: status, body: string(body)}
}

// People and groups of the fake.
const (
	joni   = access.ID("11111111-aaaa-4111-8111-111111111111")
	adele  = access.ID("22222222-aaaa-4222-8222-222222222222")
	megan  = access.ID("33333333-aaaa-4333-8333-333333333333")
	desk   = access.ID("44444444-aaaa-4444-8444-444444444444")
	admins = access.ID("55555555-aaaa-4555-8555-555555555555")
)

const (
	passesPath  = "/users/" + string(joni) + "/authentication/temporaryAccessPassMethods"
	issue       = "POST " + passesPath
	globalAdmin = "62e90394-69f5-4237-9190-012177145e10"
)

func userJSON(id access.ID, name, more string) string {
	return `{"id":"` + strings.ToUpper(string(id)) + `","displayName":"` + name + `","userPrincipalName":"` + name +
		`@nordlys.example","accountEnabled":true,"userType":"Member","externalUserState":null,"isManagementRestricted":null` + more + `}`
}

func groupJSON(id access.ID, name string, assignable string) string {
	return `{"@odata.type":"#microsoft.graph.group","id":"` + string(id) + `","displayName":"` + name + `","isAssignableToRole":` + assignable + `}`
}

// ordinary is a tenant in which Joni may have a pass: nothing about her is
// special, Megan is her manager, Adele belongs to the desk.
func ordinary() map[string]answer {
	u := "GET /users/"
	return map[string]answer{
		u + string(joni) + "?":                                                        ok(userJSON(joni, "Joni", `,"manager":`+userJSON(megan, "Megan", `,"@odata.type":"#microsoft.graph.user"`))),
		u + string(joni) + "/transitiveMemberOf":                                      listOf(),
		u + string(joni) + "/memberOf":                                                listOf(),
		u + string(joni) + "/ownedObjects":                                            listOf(),
		u + string(joni) + "/authentication/methods":                                  listOf(`{"@odata.type":"#microsoft.graph.passwordAuthenticationMethod","id":"p","password":null}`),
		u + string(adele) + "?":                                                       ok(userJSON(adele, "Adele", "")),
		u + string(adele) + "/transitiveMemberOf":                                     listOf(groupJSON(desk, "Help desk", "null"), `{"@odata.type":"#microsoft.graph.administrativeUnit","id":"unit"}`),
		"GET /roleManagement/directory/roleAssignments":                               listOf(),
		"GET /roleManagement/directory/roleEligibilityScheduleInstances":              listOf(),
		"GET /identityGovernance/privilegedAccess/group/eligibilityScheduleInstances": listOf(),
		"GET /groups": listOf(groupJSON(admins, "Directory operators", "true")),
		"GET /policies/authenticationMethodsPolicy/authenticationMethodConfigurations/temporaryAccessPass": ok(`{
			"id":"TemporaryAccessPass","state":"enabled","defaultLifetimeInMinutes":60,"minimumLifetimeInMinutes":60,
			"maximumLifetimeInMinutes":480,"isUsableOnce":true,"includeTargets":[{"targetType":"group","id":"all_users"}],
			"excludeTargets":[{"targetType":"group","id":"` + strings.ToUpper(string(admins)) + `"}]}`),
	}
}

// told is what a person is told of an error.
type told struct {
	Say   string
	After time.Duration
}

// wants checks an error's code, and that it has a sentence for a person.
func wants(t *testing.T, err error, code access.Code) told {
	t.Helper()
	var e *access.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, code, e.Code, "error: %v", err)
	require.NotEmpty(t, e.Say)
	require.NotContains(t, e.Say, "graph", "a library's words for a person")
	return told{e.Say, e.After}
}
