package graph_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/graph"
)

var morning = time.Date(2026, 2, 3, 9, 15, 22, 0, time.UTC)

// world is a tenant behind a server.
type world struct {
	t      *testing.T
	tenant *entra.Tenant
	graph  *graph.Graph
	server *httptest.Server
}

func newWorld(t *testing.T, users int) *world {
	t.Helper()
	tn := entra.New(entra.Options{Users: users, Now: func() time.Time { return morning }})
	g := graph.New(tn, func(authorization string) error {
		if authorization != "Bearer good" {
			return errors.New("access token is not valid")
		}
		return nil
	})
	g.ChatID = func(id string) string { return "a:" + id }
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	return &world{t: t, tenant: tn, graph: g, server: server}
}

// in is the same world for a subtest.
func (w *world) in(t *testing.T) *world {
	t.Helper()
	c := *w
	c.t = t
	return &c
}

// id is the object id of somebody, or of a group.
func (w *world) id(alias string) string {
	w.t.Helper()
	if p, ok := w.tenant.Person(alias); ok {
		return p.ID
	}
	g, ok := w.tenant.Group(alias)
	require.True(w.t, ok, alias)
	return g.ID
}

// answer is a reply of the server.
type answer struct {
	status int
	header http.Header
	text   string
	body   map[string]any
}

// code and message are those of an error.
func (a answer) code() string    { return a.part("code") }
func (a answer) message() string { return a.part("message") }

func (a answer) part(name string) string {
	e, _ := a.body["error"].(map[string]any)
	text, _ := e[name].(string)
	return text
}

// values are the items of a collection.
func (a answer) values() []map[string]any {
	items, _ := a.body["value"].([]any)
	all := make([]map[string]any, len(items))
	for i, item := range items {
		all[i], _ = item.(map[string]any)
	}
	return all
}

func (a answer) each(name string) []any {
	all := []any{}
	for _, v := range a.values() {
		all = append(all, v[name])
	}
	return all
}

// call sends a request. Braces in the path name aliases: /users/{joni}.
func (w *world) call(method, path, body string, header ...string) answer {
	w.t.Helper()
	for strings.Contains(path, "{") {
		before, rest, _ := strings.Cut(path, "{")
		alias, after, _ := strings.Cut(rest, "}")
		path = before + w.id(alias) + after
	}
	if !strings.HasPrefix(path, "http") {
		path = w.server.URL + "/v1.0" + strings.ReplaceAll(path, " ", "%20")
	}
	req, err := http.NewRequestWithContext(w.t.Context(), method, path, strings.NewReader(body))
	require.NoError(w.t, err)
	req.Header.Set("Authorization", "Bearer good")
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return w.do(req)
}

func (w *world) do(req *http.Request) answer {
	w.t.Helper()
	resp, err := http.DefaultClient.Do(req)
	require.NoError(w.t, err)
	defer func() { require.NoError(w.t, resp.Body.Close()) }()
	text, err := io.ReadAll(resp.Body)
	require.NoError(w.t, err)
	a := answer{status: resp.StatusCode, header: resp.Header, text: string(text)}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
		require.NoError(w.t, json.Unmarshal(text, &a.body))
	}
	return a
}

func (w *world) get(path string, header ...string) answer {
	w.t.Helper()
	return w.call(http.MethodGet, path, "", header...)
}

// eventual are the headers of an advanced query.
var eventual = []string{"ConsistencyLevel", "eventual"}

func TestStrangersAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	a := w.get("/users", "Authorization", "Bearer bad", "client-request-id", "11111111-2222-3333-4444-555555555555")
	require.Equal(t, http.StatusUnauthorized, a.status)
	require.Equal(t, "InvalidAuthenticationToken", a.code())
	require.Equal(t, "access token is not valid", a.message())
	require.NotEmpty(t, a.header.Get("WWW-Authenticate"))
}

func TestErrorsCarryTheirIDs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	const client = "11111111-2222-3333-4444-555555555555"
	a := w.get("/users/nobody@"+entra.Domain, "client-request-id", client)
	require.Equal(t, http.StatusNotFound, a.status)
	failure, _ := a.body["error"].(map[string]any)
	require.Equal(t, map[string]any{
		"date": "2026-02-03T09:15:22", "request-id": a.header.Get("request-id"), "client-request-id": client,
	}, failure["innerError"])
	require.Equal(t, client, a.header.Get("client-request-id"))
	require.Equal(t, "Tue, 03 Feb 2026 09:15:22 GMT", a.header.Get("Date"))
}

func TestUnknownPathsAndMethods(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	for name, c := range map[string]struct {
		method, path, message string
		status                int
	}{
		"segment":       {"GET", "/users/{joni}/shoeSize", "Resource not found for the segment 'shoeSize'.", 400},
		"first segment": {"GET", "/shoes", "Resource not found for the segment 'shoes'.", 400},
		"too short":     {"GET", "/users/{joni}/authentication", "Resource not found for the segment 'authentication'.", 400},
		"method":        {"POST", "/users/{joni}", "Specified HTTP method is not allowed for the request target.", 405},
		"no PATCH yet":  {"PATCH", "/users/{joni}/authentication/temporaryAccessPassMethods/1", "Specified HTTP method is not allowed for the request target.", 405},
		"beta":          {"GET", w.server.URL + "/beta/users", "Invalid version: beta", 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := w.in(t).call(c.method, c.path, "")
			require.Equal(t, c.status, a.status)
			require.Equal(t, c.message, a.message())
		})
	}
}

func TestCompressedBodiesAreRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	_, err := zip.Write([]byte(`{"lifetimeInMinutes":90}`))
	require.NoError(t, err)
	require.NoError(t, zip.Close())
	path := "/users/{joni}/authentication/temporaryAccessPassMethods"

	a := w.call("POST", path, packed.String(), "Content-Encoding", "gzip")
	require.Equal(t, http.StatusCreated, a.status)
	require.InDelta(t, 90, a.body["lifetimeInMinutes"], 0)

	require.Equal(t, http.StatusBadRequest, w.call("POST", path, packed.String()[:20], "Content-Encoding", "gzip").status)
	require.Equal(t, http.StatusBadRequest, w.call("POST", path, "{}", "Content-Encoding", "gzip").status)
	require.Equal(t, http.StatusUnsupportedMediaType, w.call("POST", path, "{}", "Content-Encoding", "br").status)
}

func TestCallsAreRemembered(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	var told []graph.Call
	w.graph.OnCall(func(c graph.Call) { told = append(told, c) })
	w.get("/users/{joni}?%24select=id,displayName")
	w.get("/users", "Authorization", "Bearer bad")
	w.call("POST", "/$batch", `{"requests":[{"id":"1","method":"GET","url":"/users/nobody?$select=id"}]}`)

	calls := w.graph.Requests()
	require.Len(t, calls, 4)
	require.Equal(t, "/users/"+w.id("joni")+"?$select=id,displayName", calls[0].Path)
	require.Equal(t, morning, calls[0].At)
	require.Equal(t, []int{200, 401, 200, 404}, []int{calls[0].Status, calls[1].Status, calls[2].Status, calls[3].Status})
	require.Equal(t, "/$batch", calls[2].Path)
	require.Empty(t, calls[2].Batch)
	require.Equal(t, calls[2].ID, calls[3].Batch)
	require.Equal(t, "/users/nobody?$select=id", calls[3].Path)
	require.Len(t, told, 4)

	encoded, err := json.Marshal(calls[3])
	require.NoError(t, err)
	require.Contains(t, string(encoded), `"at":"2026-02-03T09:15:22Z","method":"GET","path":"/users/nobody?$select=id","status":404,"batch":"`)
}

func TestLayersSeeEveryRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	var seen []string
	w.graph.Use(func(ctx context.Context, req graph.Request, next func(context.Context, graph.Request) graph.Reply) graph.Reply {
		seen = append(seen, req.Method+" "+req.URL.Path)
		if strings.HasSuffix(req.URL.Path, "/manager") {
			return graph.Reply{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"3"}}}
		}
		return next(ctx, req)
	})
	a := w.call("POST", "/$batch", `{"requests":[{"id":"1","method":"GET","url":"/users/`+w.id("joni")+`/manager"}]}`)
	require.Equal(t, []string{"POST /$batch", "GET /users/" + w.id("joni") + "/manager"}, seen)
	require.Contains(t, a.text, `"status":429`)
	require.Contains(t, a.text, `"Retry-After":"3"`)
}
