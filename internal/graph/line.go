package graph

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/authentication"
	azureauth "github.com/microsoft/kiota-authentication-azure-go"
	kiota "github.com/microsoft/kiota-http-go"
	jsonserialization "github.com/microsoft/kiota-serialization-json-go"
)

// How long one call may take, whatever time the caller has.
const (
	tokenLimit  = 10 * time.Second // to get a token, where none is at hand
	readLimit   = 10 * time.Second // to read, or to delete
	changeLimit = 20 * time.Second // to make something, which cannot be tried again
)

const (
	// changeSpare is how much time must be left to begin a call that must not be
	// cut off: nobody would know what became of it.
	changeSpare = 5 * time.Second
	// bodyLimit bounds what is read of an answer, in bytes.
	bodyLimit = 16 << 20
)

// Why a call was not made.
var (
	errToken  = errors.New("token for graph") // azidentity gave none
	errNoTime = errors.New("too little time left to begin a change")
)

// line is the way to Graph. Kiota builds and signs the requests; they are sent
// here, past the SDK's pipeline: that would repeat a POST after a 503
// or 504, and so make a pass twice.
type line struct {
	base    string // without a slash at the end
	path    string // of base: what the paths in the log leave out
	adapter *kiota.NetHttpRequestAdapter
	http    *http.Client
	limits  *limits // nil: nothing waits
	now     func() time.Time
	log     *slog.Logger
	observe func(bucket string, o Outcome)
	took    func(time.Duration)
}

func newLine(base *url.URL, o Options) (*line, error) {
	// Claims challenges need a second attempt within one call; without them a
	// token lives for an hour (Entra: continuous access evaluation).
	tokens, err := azureauth.NewAzureIdentityAccessTokenProviderWithScopesAndValidHostsAndObservabilityOptionsAndIsCaeEnabled(
		o.Credential, []string{scope(base)}, []string{base.Hostname()}, azureauth.ObservabilityOptions{}, false)
	if err != nil {
		return nil, err
	}
	client := http.Client{}
	if o.HTTP != nil {
		client = *o.HTTP
	}
	// A redirect would carry the token, or a pass, to an address nobody chose.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	adapter, err := kiota.NewNetHttpRequestAdapterWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(
		authentication.NewBaseBearerTokenAuthenticationProvider(tokens),
		jsonserialization.NewJsonParseNodeFactory(), jsonserialization.NewJsonSerializationWriterFactory(), &client)
	if err != nil {
		return nil, err
	}
	adapter.SetBaseUrl(base.String())
	l := &line{base: base.String(), path: base.Path, adapter: adapter, http: &client, now: o.Now, log: o.Log, observe: o.Observe, took: o.Took}
	if o.Paced {
		l.limits = newLimits(o.Shared)
	}
	return l, nil
}

// reply is an answer that arrived whole.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// call is a request and what it needs.
type call struct {
	info  *abstractions.RequestInformation
	limit time.Duration // how long Graph may take to answer it
	spare time.Duration // how much time must be left when it goes
	parts []string      // the paths of what it holds, for a batch
}

func (l *line) get(ctx context.Context, path string) (reply, error) {
	return l.persist(ctx, call{info: l.request(abstractions.GET, path, nil), limit: readLimit})
}

// request builds a request to a path below the base. Whoever passes the path
// has escaped it; see segment and query.
func (l *line) request(method abstractions.HttpMethod, path string, body []byte) *abstractions.RequestInformation {
	info := abstractions.NewRequestInformation()
	info.Method = method
	info.UrlTemplate = "{+request-raw-url}"
	info.PathParameters["request-raw-url"] = l.base + path
	if body != nil {
		info.SetStreamContentAndContentType(body, "application/json")
	}
	return info
}

// send sends a request once, when its turn has come, and returns Graph's answer
// when it says success. Any other outcome is a *fault, which tells whether the
// request may have arrived.
func (l *line) send(ctx context.Context, c call) (reply, error) {
	id := uuid.NewString()
	req, err := l.sign(ctx, c.info, id)
	if err != nil {
		err = &fault{cause: err, graphRequest: id}
		l.count(err, append(c.parts, "")[:max(len(c.parts), 1)]...)
		return reply{}, err
	}
	alone := c.parts == nil
	if alone {
		c.parts = []string{strings.TrimPrefix(req.URL.Path, l.path)}
	}
	got, err := l.sendInTurn(ctx, c, req, id)
	if alone || err != nil { // else whoever reads the answer counts each
		l.count(err, c.parts...)
	}
	return got, err
}

func (l *line) sendInTurn(ctx context.Context, c call, req *http.Request, id string) (reply, error) {
	if err := l.limits.take(ctx, c.spare, c.parts...); err != nil {
		return reply{}, err
	}
	if !lasts(ctx, c.spare) {
		return reply{}, &fault{cause: errors.Join(errNoTime, ctx.Err()), graphRequest: id}
	}
	ctx, cancel := context.WithTimeout(ctx, c.limit)
	defer cancel()
	return l.deliver(ctx, req, id)
}

// deliver gives a request to the network and judges what comes back.
func (l *line) deliver(ctx context.Context, req *http.Request, id string) (reply, error) {
	var sent atomic.Bool // a connection was there to write to
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { sent.Store(true) }})
	began := time.Now()
	changing("before", req)
	got, err := l.exchange(req.WithContext(traced))
	changing("after", req)
	l.took(time.Since(began))
	l.note(ctx, req, got, time.Since(began), id, err)
	if err != nil {
		return got, &fault{sent: sent.Load(), status: got.status, cause: err, graphRequest: requestID(got.header, id)}
	}
	err = l.judge(got, id)
	if got.status == http.StatusTooManyRequests {
		l.limits.refused(strings.TrimPrefix(req.URL.Path, l.path), afterOf(err))
	}
	return got, err
}

// sign turns what kiota built into a request with a token and an id of its own.
func (l *line) sign(ctx context.Context, info *abstractions.RequestInformation, id string) (*http.Request, error) {
	ctx, cancel := context.WithTimeout(ctx, tokenLimit)
	defer cancel()
	info.Headers.Remove("Authorization") // of an earlier attempt, and perhaps too old by now
	native, err := l.adapter.ConvertToNativeRequest(ctx, info)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errToken, err)
	}
	req, ok := native.(*http.Request)
	if !ok {
		return nil, fmt.Errorf("graph request: unexpected %T", native)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("client-request-id", id)
	req.ContentLength = int64(len(info.Content))
	if len(info.Content) > 0 {
		// Without GetBody the transport has no means of sending the body twice.
		req.Body, req.GetBody = io.NopCloser(bytes.NewReader(info.Content)), nil
	}
	return req, nil
}

func (l *line) exchange(req *http.Request) (reply, error) {
	res, err := l.http.Do(req)
	if err != nil {
		return reply{}, withoutAddress(err)
	}
	defer func() { _ = res.Body.Close() }()
	got := reply{status: res.StatusCode, header: res.Header}
	got.body, err = io.ReadAll(io.LimitReader(res.Body, bodyLimit+1))
	if err == nil && len(got.body) > bodyLimit {
		err = fmt.Errorf("answer of more than %d bytes", bodyLimit)
	}
	return got, err
}

// judge makes a fault of an answer that is no success.
func (l *line) judge(got reply, id string) error {
	if got.status >= 200 && got.status < 300 {
		return nil
	}
	f := &fault{sent: true, status: got.status, after: retryAfter(got.header.Get("Retry-After"), l.now())}
	f.graphRequest = requestID(got.header, id)
	f.code, f.message = words(got.body)
	return f
}

// withoutAddress takes the address out of a client's error: it may hold a person's
// name, and errors go to the log.
func withoutAddress(err error) error {
	if failed, ok := errors.AsType[*url.Error](err); ok {
		return failed.Err
	}
	return err
}

// impersonal is the path of a call below the version, without the name of whoever
// was not looked up by object id.
func (l *line) impersonal(u *url.URL) string {
	parts := strings.Split(strings.TrimPrefix(u.EscapedPath(), l.path), "/")
	for i, part := range parts {
		if _, err := uuid.Parse(part); err != nil && i > 0 && parts[i-1] == "users" {
			parts[i] = "…"
		}
	}
	return strings.Join(parts, "/")
}

// note logs a call: never a body, and no query, which may hold a person's name.
func (l *line) note(ctx context.Context, req *http.Request, got reply, took time.Duration, id string, err error) {
	if !l.log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{
		slog.String("method", req.Method),
		slog.String("path", l.impersonal(req.URL)),
		slog.Int("status", got.status),
		slog.Duration("took", took),
		slog.String("graph_request", requestID(got.header, id)),
	}
	if err != nil {
		attrs = append(attrs, slog.Any("error", err))
	}
	l.log.LogAttrs(ctx, slog.LevelDebug, "graph call", attrs...)
}

// requestID is the id that Microsoft's support asks for: Graph's own, or ours
// when no answer came.
func requestID(h http.Header, own string) string {
	if id := h.Get("request-id"); id != "" {
		return id
	}
	return own
}
