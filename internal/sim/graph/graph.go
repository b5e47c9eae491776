// Package graph serves Microsoft Graph v1.0 over HTTP on the state of a
// simulated tenant: the calls that a bot for passes, passkeys and exclusions
// needs, with Graph's own errors, query options and batches.
package graph

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/google/uuid"

	"github.com/passdesk/passdesk/internal/sim/entra"
	faults "github.com/passdesk/passdesk/internal/sim/fault"
	"github.com/passdesk/passdesk/internal/sim/manners"
)

// version is the part of the path that every call begins with.
const version = "/v1.0"

// bodyLimit bounds a request body, before and after decompression.
const bodyLimit = 4 << 20

// Graph is the service. Set its exported fields before it serves.
type Graph struct {
	// ChatID is the conversation between the bot and a person (an object id).
	// Nil means that nobody has one.
	ChatID func(personID string) string
	// Metadata is the vintage of Graph's types that replies follow, unless the
	// switch types2025 asks for the older one.
	Metadata Metadata
	// Manners are the inconveniences. Nil means none.
	Manners *manners.Switches
	// Faults befall requests, those within a batch too. Nil means none.
	Faults *faults.Set
	// Granted tells which application permissions a verified Authorization header
	// brings. Nil means all.
	Granted func(authorization string) []string

	tenant  *entra.Tenant
	check   func(authorization string) error
	kinds   kinds
	routes  []route
	limits  *limits
	changes atomic.Int64 // of the app, counted for their delays
	reads   atomic.Int64
	log     callLog

	mu     sync.RWMutex
	around []Around
}

// Metadata is a vintage of Graph's v1.0 types.
type Metadata int

// Metadata2026 is the default. Metadata2025 lacks passkeyType, and
// createdDateTime on every authentication method.
const (
	Metadata2026 Metadata = iota
	Metadata2025
)

// Request is one call, whether it came alone or within a batch.
type Request struct {
	Method string
	// URL has the path below /v1.0 and the query.
	URL    *url.URL
	Header http.Header
	Body   []byte
	// Batch is the id of the batch that held the request, or empty.
	Batch string
	// base is the address of the service, for links in replies.
	base string
	// granted are the caller's permissions; nil means all.
	granted []string
	// befallen is the id of the fault that has befallen the batch as a whole.
	befallen string
}

// Reply is the answer to a Request. A nil Body is an empty one; []byte is sent
// as it is, anything else as JSON.
type Reply struct {
	Status int
	Header http.Header
	Body   any
	// Reset drops the connection instead of answering.
	Reset bool
}

// Around stands between a request and its answer: it may answer itself, wait,
// or change what next answers. It sees batches and what is in them.
type Around func(ctx context.Context, req Request, next func(context.Context, Request) Reply) Reply

// New makes a Graph on the tenant. The check verifies the Authorization header;
// its error becomes the message of a 401.
func New(t *entra.Tenant, check func(authorization string) error) *Graph {
	g := &Graph{tenant: t, check: check, limits: newLimits(t)}
	g.kinds = g.makeKinds()
	g.routes = g.table()
	return g
}

// Use puts another layer around every request; the first one given is outermost.
func (g *Graph) Use(layer Around) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.around = append(g.around, layer)
}

// ServeHTTP answers a call below /v1.0.
func (g *Graph) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	call := g.log.begin(g.tenant.Now(), r.Method, r.URL, "")
	ids := g.identify(r)
	reply := g.receive(r, call, ids)
	g.log.end(call, reply.Status)
	if reply.Reset {
		panic(http.ErrAbortHandler) // net/http drops the connection, or the stream
	}
	g.write(w, reply, ids)
}

// correlation are the ids that a reply carries.
type correlation struct{ request, client string }

func (g *Graph) identify(r *http.Request) correlation {
	ids := correlation{request: uuid.NewString(), client: r.Header.Get("Client-Request-Id")}
	if ids.client == "" {
		ids.client = ids.request
	}
	return ids
}

func (g *Graph) receive(r *http.Request, call *Call, ids correlation) Reply {
	if err := g.check(r.Header.Get("Authorization")); err != nil {
		return g.refuse(unauthenticated(err), ids)
	}
	path, ok := strings.CutPrefix(r.URL.Path, version+"/")
	if !ok {
		return g.refuse(badRequest("Invalid version: "+firstSegment(r.URL.Path)), ids)
	}
	body, err := readBody(r)
	if err != nil {
		return g.refuse(err, ids)
	}
	req := Request{
		Method: r.Method, Header: r.Header, Body: body, base: baseOf(r),
		URL: &url.URL{Path: "/" + path, RawPath: strings.TrimPrefix(r.URL.RawPath, version), RawQuery: r.URL.RawQuery},
	}
	if g.Granted != nil {
		req.granted = append([]string{}, g.Granted(r.Header.Get("Authorization"))...)
	}
	return g.perform(r.Context(), req, call.ID, ids)
}

// perform answers a request through all layers.
func (g *Graph) perform(ctx context.Context, req Request, callID string, ids correlation) Reply {
	g.mu.RLock()
	layers := g.around
	g.mu.RUnlock()
	next := func(ctx context.Context, req Request) Reply { return g.answer(ctx, req, callID, ids) }
	for i := len(layers) - 1; i >= 0; i-- {
		layer, inner := layers[i], next
		next = func(ctx context.Context, req Request) Reply { return layer(ctx, req, inner) }
	}
	return next(ctx, req)
}

// answer finds who handles a request, and lets them, if no fault is planned for it.
func (g *Graph) answer(ctx context.Context, req Request, callID string, ids correlation) Reply {
	f, met := g.Faults.MeetBut(req.befallen, req.Method, namesOf(req)...)
	if !met {
		return g.serve(ctx, req, callID, ids)
	}
	req.befallen = f.ID
	return g.befall(ctx, req, f, ids, func() Reply { return g.serve(ctx, req, callID, ids) })
}

// serve answers a request that no fault befalls.
func (g *Graph) serve(ctx context.Context, req Request, callID string, ids correlation) Reply {
	if isBatch(req) {
		return g.batch(ctx, req, callID, ids)
	}
	var usage http.Header
	if g.Manners.Now().Throttling {
		var err error
		if usage, err = g.throttle(req); err != nil {
			return g.refuse(err, ids)
		}
	}
	reply, err := g.dispatch(req)
	if err != nil {
		reply = g.refuse(err, ids)
	}
	return g.noisily(req, reply, usage)
}

func (g *Graph) write(w http.ResponseWriter, reply Reply, ids correlation) {
	h := w.Header()
	for name, values := range reply.Header {
		h[name] = values
	}
	h.Set("Request-Id", ids.request)
	h.Set("Client-Request-Id", ids.client)
	h.Set("Date", g.tenant.Now().Format(http.TimeFormat))
	h.Set("Cache-Control", "no-cache")
	if g.Manners.Now().Noise {
		g.diagnose(h)
	}
	body, err := encode(reply.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if body != nil && h.Get("Content-Type") == "" {
		h.Set("Content-Type", contentType)
	}
	w.WriteHeader(reply.Status)
	_, _ = w.Write(body) // the client has gone; nobody is left to tell
}

const contentType = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"

func encode(body any) ([]byte, error) {
	switch b := body.(type) {
	case nil:
		return nil, nil
	case []byte:
		return b, nil
	}
	var encoded bytes.Buffer
	encoder := json.NewEncoder(&encoded)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		return nil, fmt.Errorf("encoding a reply: %w", err)
	}
	return encoded.Bytes(), nil
}

// readBody reads the body, which clients of Graph compress by default.
func readBody(r *http.Request) ([]byte, error) {
	var from io.Reader = r.Body
	switch strings.ToLower(r.Header.Get("Content-Encoding")) {
	case "", "identity":
	case "gzip":
		unzip, err := gzip.NewReader(io.LimitReader(r.Body, bodyLimit))
		if err != nil {
			return nil, badRequest("The request body is not valid gzip.")
		}
		from = unzip
	default:
		return nil, &fault{Status: http.StatusUnsupportedMediaType, Code: "UnsupportedMediaType", Message: "The content encoding is not supported."}
	}
	body, err := io.ReadAll(io.LimitReader(from, bodyLimit+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, gzip.ErrChecksum):
		return nil, badRequest("The request body ended too soon.")
	case err != nil:
		return nil, badRequest("The request body could not be read.")
	case len(body) > bodyLimit:
		return nil, &fault{Status: http.StatusRequestEntityTooLarge, Code: "RequestEntityTooLarge", Message: "The request body is too large."}
	}
	return body, nil
}

func baseOf(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host + version
}

func firstSegment(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return first
}
