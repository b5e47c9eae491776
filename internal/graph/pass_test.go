package graph_test

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

const code = "X7!pQ2zK-never-in-a-log"

func passJSON(id, more string) string {
	return `{"id":"` + id + `","createdDateTime":"2026-02-03T12:00:01.4471093Z","startDateTime":"2026-02-03T12:00:01.3401871Z",` +
		`"lifetimeInMinutes":60,"isUsableOnce":true,"isUsable":true,"methodUsabilityReason":"EnabledByPolicy"` + more + `}`
}

var livePass = access.LivePass{
	ID: "pass-1", Minutes: 60, Once: true, Usable: true, Usability: "EnabledByPolicy",
	Created: time.Date(2026, 2, 3, 12, 0, 1, 447109300, time.UTC), Start: time.Date(2026, 2, 3, 12, 0, 1, 340187100, time.UTC),
}

func TestIssuePass(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string]answer{issue: {status: 201, body: passJSON("pass-1", `,"temporaryAccessPass":"`+code+`"`)}})
	start := time.Date(2026, 2, 3, 15, 0, 0, 0, time.FixedZone("Oslo", 3600))
	pass, secret, err := f.directory(t).IssuePass(t.Context(), joni, access.Terms{Minutes: 60, Once: true, Start: start})
	require.NoError(t, err)
	require.Equal(t, code, secret.Reveal())
	require.Empty(t, cmp.Diff(livePass, pass))

	require.Len(t, f.received(), 1)
	var body map[string]any
	require.NoError(t, json.Unmarshal([]byte(f.received()[0].body), &body))
	delete(body, "@odata.type")
	require.Empty(t, cmp.Diff(map[string]any{"lifetimeInMinutes": 60.0, "isUsableOnce": true, "startDateTime": "2026-02-03T14:00:00Z"}, body))
	require.NotContains(t, f.log(), code)
	require.NotContains(t, f.log(), bearer)
}

func TestIssuePassStartingNow(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string]answer{issue: {status: 201, body: passJSON("pass-1", `,"temporaryAccessPass":"`+code+`"`)}})
	_, _, err := f.directory(t).IssuePass(t.Context(), joni, access.Terms{Minutes: 480})
	require.NoError(t, err)
	require.NotContains(t, f.received()[0].body, "startDateTime")
	require.Contains(t, f.received()[0].body, `"isUsableOnce":false`)
}

// TestIssuePassRefused: the texts are those that Graph is seen to give.
func TestIssuePassRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer answer
		say    string
	}{
		"lifetime": {refusal(400, "badRequest", "Invalid LifetimeInMinutes specified. The valid range between 60 and 480."), "from 60 to 480 minutes"},
		"scope":    {refusal(400, "badRequest", "Converged UserCredentialPolicy does not allow creating or updating credential of type TemporaryAccessPass."), "policy for passes does not allow"},
		"guest":    {refusal(400, "badRequest", "Temporary Access Pass cannot be added to an external guest user."), "guest from another organisation"},
		"one-time": {refusal(400, "badRequest", "Invalid IsUsableOnce specified. The policy allows one-time use only."), "only once"},
		"new text": {refusal(400, "badRequest", "Computer says no."), "Entra refused to make this pass"},
		"no words": {answer{status: 400, body: "{}"}, "Entra refused to make this pass"},
		"no JSON":  {answer{status: 400, body: "<html>"}, "Entra refused to make this pass"},
		"no code":  {answer{status: 400, body: `{"error":{"message":null}}`}, "Entra refused to make this pass"},
		"denied":   {refusal(403, "accessDenied", "Request Authorization failed"), "does not let Passdesk"},
		"gone":     {refusal(404, "Request_ResourceNotFound", "Resource 'x' does not exist or one of its queried reference-property objects are not present."), "does not know this person"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, map[string]answer{issue: tt.answer})
			_, secret, err := f.directory(t).IssuePass(t.Context(), joni, access.Terms{Minutes: 30})
			e := wants(t, err, access.Refused)
			require.Contains(t, e.Say, tt.say)
			require.NotContains(t, e.Say, "Computer")
			require.True(t, secret.IsZero())
			require.Len(t, f.received(), 1)
		})
	}
}

// TestI6IssuePassIsSentOnce: whatever happens to the call, it goes out once, and
// a pass that may exist is never denied.
func TestI6IssuePassIsSentOnce(t *testing.T) {
	t.Parallel()
	wait := map[string]string{"Retry-After": "1"}
	tests := map[string]struct {
		answer answer
		want   access.Code
	}{
		"dropped after reading":      {answer{hangUp: true}, access.Uncertain},
		"unavailable":                {answer{status: 503, header: wait}, access.Uncertain},
		"gateway timeout":            {answer{status: 504, header: wait}, access.Uncertain},
		"bad gateway":                {answer{status: 502}, access.Uncertain},
		"internal error":             {refusal(500, "InternalServerError", "Oops."), access.Uncertain},
		"request timeout":            {answer{status: 408}, access.Uncertain},
		"redirected":                 {answer{status: 307, header: map[string]string{"Location": "/v1.0/users"}}, access.Uncertain},
		"token refused":              {refusal(401, "InvalidAuthenticationToken", "Access token validation failure."), access.Unavailable},
		"malformed claims challenge": {answer{status: 401, header: map[string]string{"WWW-Authenticate": "Bearer claims=x"}}, access.Unavailable},
		"concurrent writes":          {refusal(409, "Directory_ConcurrencyViolation", "Conflict."), access.Unavailable},
		"busy for long":              {answer{status: 429, header: map[string]string{"Retry-After": "11"}}, access.Unavailable},
		"busy, cut off":              {answer{status: 429, header: map[string]string{"Content-Length": "999", "Retry-After": "11"}, body: `{"error":`}, access.Uncertain},
		"made, without the code":     {answer{status: 201, body: passJSON("pass-1", "")}, access.Uncertain},
		"made, without an id":        {answer{status: 201, body: `{"temporaryAccessPass":"` + code + `"}`}, access.Uncertain},
		"made, no JSON":              {answer{status: 201, body: code}, access.Uncertain},
		"made, wrong types":          {answer{status: 201, body: `{"id":7,"temporaryAccessPass":["` + code + `"]}`}, access.Uncertain},
		"made, a list":               {answer{status: 201, body: `["` + code + `"]`}, access.Uncertain},
		"made, null":                 {answer{status: 201, body: `null`}, access.Uncertain},
		"made, nothing said":         {answer{status: 204}, access.Uncertain},
		"made, cut off":              {answer{status: 201, header: map[string]string{"Content-Length": "999"}, body: `{"temporaryAccessPass":"` + code}, access.Uncertain},
		"refused, cut off":           {answer{status: 400, header: map[string]string{"Content-Length": "999"}, body: `{"error":`}, access.Uncertain},
	}
	for name, tt := range tests {
		for protocol, change := range map[string]func(*httptest.Server){"HTTP/1.1": func(*httptest.Server) {}, "HTTP/2": http2} {
			t.Run(name+" over "+protocol, func(t *testing.T) {
				t.Parallel()
				f := newFake(t, map[string]answer{issue: tt.answer, "GET " + passesPath: listOf(), "GET /groups": listOf()}, change)
				d := f.directory(t)
				require.NoError(t, d.Ready(t.Context())) // a connection that is used again tempts to send again
				_, secret, err := d.IssuePass(t.Context(), joni, access.Terms{Minutes: 60, Once: true})
				wants(t, err, tt.want)
				require.True(t, secret.IsZero())
				require.Equal(t, 1, f.of("POST", "/"), "sent again")
				require.NotContains(t, err.Error()+f.log(), code)
			})
		}
	}
}

func TestIssuePassWhenTheCallerGoes(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string]answer{issue: {wait: make(chan struct{})}})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	d := f.directory(t)
	go func() {
		_, _, err := d.IssuePass(ctx, joni, access.Terms{Minutes: 60})
		done <- err
	}()
	require.Eventually(t, func() bool { return len(f.received()) == 1 }, 5*time.Second, time.Millisecond)
	cancel()
	wants(t, <-done, access.Uncertain)

	_, _, err := d.IssuePass(ctx, joni, access.Terms{Minutes: 60})
	wants(t, err, access.Unavailable) // gone before anything was sent
	require.Len(t, f.received(), 1)
}

func TestPasses(t *testing.T) {
	t.Parallel()
	person := "GET /users/" + string(joni) + "?"
	denied := refusal(403, "accessDenied", "Request Authorization failed")
	tests := map[string]struct {
		list, person answer
		want         []access.LivePass
		code         access.Code
	}{
		"one":                 {list: listOf(passJSON("pass-1", `,"temporaryAccessPass":null`)), want: []access.LivePass{livePass}},
		"none":                {list: listOf()},
		"nobody":              {list: refusal(404, "Request_ResourceNotFound", "")},
		"just deleted":        {list: denied, person: refusal(404, "Request_ResourceNotFound", "")},
		"no permission":       {list: denied, person: ok(`{"id":"x"}`), code: access.Unavailable},
		"denied and not told": {list: denied, person: answer{status: 503}, code: access.Unavailable},
		"busy":                {list: answer{status: 429}, code: access.Unavailable},
		"no list":             {list: ok(`{}`), code: access.Unavailable},
		"no JSON":             {list: ok(`<html>`), code: access.Unavailable},
		"half a pass":         {list: listOf(`{"id":"pass-1"}`), code: access.Unavailable},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newUntimed(map[string]answer{"GET " + passesPath: tt.list, person: tt.person})
				got, err := f.directory(t).Passes(t.Context(), joni)
				if tt.code != "" {
					wants(t, err, tt.code)
					return
				}
				require.NoError(t, err)
				require.Empty(t, cmp.Diff(tt.want, got))
			})
		})
	}
}

func TestDeletePass(t *testing.T) {
	t.Parallel()
	key, person := "DELETE "+passesPath+"/pass-1", "GET /users/"+string(joni)+"?"
	denied := refusal(403, "accessDenied", "Request Authorization failed")
	tests := map[string]struct {
		answers map[string]answer
		code    access.Code
	}{
		"deleted":       {map[string]answer{key: {status: 204}}, ""},
		"gone already":  {map[string]answer{}, ""},
		"person gone":   {map[string]answer{key: denied}, ""},
		"no permission": {map[string]answer{key: denied, person: ok(`{}`)}, access.Unavailable},
		"busy":          {map[string]answer{key: {status: 429, header: map[string]string{"Retry-After": "3"}}}, access.Unavailable},
		"hung up":       {map[string]answer{key: {hangUp: true}}, access.Unavailable},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newUntimed(tt.answers)
				err := f.directory(t).DeletePass(t.Context(), joni, "pass-1")
				if tt.code == "" {
					require.NoError(t, err)
				} else {
					wants(t, err, tt.code)
				}
				require.Equal(t, passesPath+"/pass-1", f.received()[0].path)
			})
		})
	}
}
