package teams

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/cenkalti/backoff/v5"
)

// maxTries bounds how often one call is made; a repetition after a 401 comes on
// top.
const maxTries = 4

// Bounds of what is read of an answer.
const (
	maxAnswer      = 1 << 20
	maxErrorAnswer = 64 << 10
)

// call is one call to the connector.
type call struct {
	name    string
	method  string
	service string   // service URL
	lane    string   // calls of one lane go one after the other
	path    []string // below /v3/conversations, not escaped
	body    any
	still   func(context.Context) error // why the call is not wanted any more; nil: it always is
}

// wanted asks the caller whether the call is still to be made.
func (k call) wanted(ctx context.Context) *Error {
	if k.still == nil {
		return nil
	}
	if err := k.still(ctx); err != nil {
		return &Error{Call: k.name, Code: "not wanted", Action: Unwanted, cause: err}
	}
	return nil
}

// repeatable says whether making the call twice is as good as once.
func (k call) repeatable() bool { return k.method != http.MethodPost }

// do makes a call, again where that is safe, and decodes its answer into out.
func (c *Connector) do(ctx context.Context, k call, out any) error {
	address, body, err := c.prepare(k)
	if err != nil {
		return err
	}
	l, err := c.lanes.enter(ctx, k.lane)
	if err != nil {
		return &Error{Call: k.name, Code: "not sent", Action: Retry, cause: err}
	}
	defer c.lanes.leave(l)
	rhythm := &backoff.ExponentialBackOff{
		InitialInterval: 300 * time.Millisecond, RandomizationFactor: 0.5, Multiplier: 2, MaxInterval: 3 * time.Second,
	}
	rhythm.Reset()
	for tries, renewed, moved := 1, false, false; ; tries++ {
		at("before", k)
		e := c.attempt(ctx, k, l, address, body, out)
		if e == nil {
			at("after", k)
			c.options.Observe(k.name, "")
			return nil
		}
		c.report(ctx, e, tries)
		if e.Status == http.StatusUnauthorized && !renewed && e.Code != "BotNotRegistered" {
			renewed = true
			continue
		}
		if e.Action == OtherHost && !moved {
			if address, moved = c.elsewhere(ctx, k, address); moved {
				continue
			}
		}
		pause := max(e.After, rhythm.NextBackOff())
		if !c.again(ctx, l, e, tries, pause) {
			return e
		}
		if err := c.wait(ctx, pause); err != nil {
			return e
		}
	}
}

// prepare does all that needs no network.
func (c *Connector) prepare(k call) (address string, body []byte, err error) {
	address, err = c.address(k)
	if err != nil {
		return "", nil, &Error{Call: k.name, Code: "address refused", Action: Fix, cause: err}
	}
	if k.body == nil {
		return address, nil, nil
	}
	body, err = encode(k.body)
	if err != nil {
		return "", nil, &Error{Call: k.name, Code: "unreadable message", Action: Fix, cause: err}
	}
	if utf16Bytes(body) > messageLimit {
		return "", nil, &Error{Call: k.name, Code: "message too large", Action: Shrink}
	}
	return address, body, nil
}

// again decides whether a failed call is made once more. A message that may have
// been delivered is Uncertain, and so is not repeated.
func (c *Connector) again(ctx context.Context, l *lane, e *Error, tries int, pause time.Duration) bool {
	if e.Action != Wait && e.Action != Retry || e.Code == codeNoToken {
		return false
	}
	if e.Action == Wait {
		l.closed = c.options.Now().Add(pause)
		e.After = pause
	}
	if tries >= maxTries || pause > c.options.Patience || ctx.Err() != nil {
		return false
	}
	end, limited := ctx.Deadline()
	return !limited || time.Until(end) >= pause
}

// attempt waits for the pace and makes the call once, if it is still wanted then.
func (c *Connector) attempt(ctx context.Context, k call, l *lane, address string, body []byte, out any) *Error {
	if e := c.keepPace(ctx, k, l); e != nil {
		return e
	}
	token, err := c.options.Credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{c.options.Scope}})
	if err != nil {
		return withoutToken(k, err)
	}
	if e := k.wanted(ctx); e != nil {
		return e
	}
	var connected atomic.Bool
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }})
	req, err := http.NewRequestWithContext(traced, k.method, address, bytes.NewReader(body))
	if err != nil {
		return &Error{Call: k.name, Code: "address refused", Action: Fix, cause: err}
	}
	req.Header.Set("Authorization", "Bearer "+token.Token)
	req.Header.Set("Accept", "application/json")
	if k.body != nil {
		req.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return unanswered(k, connected.Load(), err)
	}
	defer func() { _ = resp.Body.Close() }()
	return c.read(k, resp, out)
}

// codeNoToken marks calls that were not made because the credential failed. The
// credential has repeated what can be repeated.
const codeNoToken = "no token"

// withoutToken tells a credential that is wrong from a login that is away.
func withoutToken(k call, err error) *Error {
	e := &Error{Call: k.name, Code: codeNoToken, Action: Retry, cause: err}
	var failed *azidentity.AuthenticationFailedError
	if errors.As(err, &failed) && failed.RawResponse != nil {
		status := failed.RawResponse.StatusCode
		if status >= http.StatusBadRequest && status < http.StatusInternalServerError && status != http.StatusTooManyRequests {
			e.Action = Fix
		}
	}
	return e
}

// unanswered is the error of a call without an answer.
func unanswered(k call, connected bool, err error) *Error {
	e := &Error{Call: k.name, Code: "not sent", Action: Retry, cause: withoutAddress(err)}
	if connected {
		e.Code = "no answer"
		if !k.repeatable() {
			e.Action = Uncertain
		}
	}
	return e
}

// read turns an answer into a result or an error.
func (c *Connector) read(k call, resp *http.Response, out any) *Error {
	switch resp.StatusCode {
	case http.StatusOK, http.StatusCreated, http.StatusAccepted, http.StatusNoContent:
		return readResult(k, resp, out)
	}
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorAnswer)) // half an explanation is better than none
	e := answered(k.name, resp, body, c.options.Now())
	if e.Action == Retry && !k.repeatable() && e.Status != http.StatusPreconditionFailed {
		e.Action = Uncertain // a gateway failed, and what is behind it may have worked
	}
	return e
}

// readResult decodes what a success returns. A message that was taken stays
// taken, whatever the answer looks like.
func readResult(k call, resp *http.Response, out any) *Error {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if out == nil {
		return nil
	}
	if err == nil && len(bytes.TrimSpace(body)) > 0 {
		err = json.Unmarshal(body, out)
	}
	if err == nil || k.name == "send" || k.name == "reply" || k.name == "thread" {
		return nil
	}
	return &Error{Call: k.name, Status: resp.StatusCode, Code: "unreadable answer", Action: Retry, cause: err}
}

// keepPace waits until Teams' limits allow a call. Waits that are longer than
// the patience are left to the caller.
func (c *Connector) keepPace(ctx context.Context, k call, l *lane) *Error {
	own := &l.send
	if k.method == http.MethodGet {
		own = &l.members
	}
	for {
		now := c.options.Now()
		d := max(own.delay(now), l.closed.Sub(now))
		if d <= 0 {
			d = c.overall.try(now)
		}
		if d <= 0 {
			own.count(now)
			return nil
		}
		if d > c.options.Patience {
			return &Error{Call: k.name, Code: "own pace", Action: Wait, After: d}
		}
		if err := c.wait(ctx, d); err != nil {
			return &Error{Call: k.name, Code: "not sent", Action: Retry, cause: err}
		}
	}
}

// report logs and counts a failure, without the message and without the token. A call that
// was taken back has not failed.
func (c *Connector) report(ctx context.Context, e *Error, tries int) {
	if e.Action == Unwanted || errors.Is(e, context.Canceled) {
		return
	}
	c.options.Observe(e.Call, e.Action)
	c.options.Log.LogAttrs(ctx, slog.LevelWarn, "connector call failed",
		slog.String("call", e.Call), slog.Int("status", e.Status), slog.String("code", e.Code),
		slog.String("action", string(e.Action)), slog.Duration("after", e.After),
		slog.String("operation", e.Operation), slog.Int("try", tries))
}
