package graph_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/graph"
)

func TestNewRefusesWhatIsNotSafe(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{
		"http":        "http://graph.microsoft.com/v1.0",
		"no scheme":   "graph.microsoft.com/v1.0",
		"no host":     "https:///v1.0",
		"empty":       "",
		"credentials": "https://user:secret@graph.microsoft.com/v1.0",
		"a query":     "https://graph.microsoft.com/v1.0?x=1",
		"nonsense":    "https://graph microsoft/%zz",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := graph.New(graph.Options{URL: url, Credential: credential{}})
			require.ErrorContains(t, err, "graph url")
			require.NotContains(t, err.Error(), "secret")
		})
	}
	_, err := graph.New(graph.Options{URL: "https://graph.microsoft.com/v1.0"})
	require.ErrorContains(t, err, "credential")
	_, err = graph.New(graph.Options{URL: "https://graph.microsoft.com/v1.0/", Credential: credential{}})
	require.NoError(t, err)
}

func TestReady(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string]answer{"GET /groups": listOf()})
	require.NoError(t, f.directory(t).Ready(t.Context()))
	require.Len(t, f.received(), 1)
	require.True(t, strings.HasPrefix(f.received()[0].path, "/groups?$filter=isAssignableToRole"))
	require.Equal(t, "Bearer "+bearer, f.received()[0].header.Get("Authorization"))
	require.NotEmpty(t, f.received()[0].header.Get("client-request-id"))
}

func TestReadyNamesTheTrouble(t *testing.T) {
	t.Parallel()
	wait := func(status int, after string) answer {
		return answer{status: status, header: map[string]string{"Retry-After": after}}
	}
	tests := map[string]struct {
		answer answer
		say    string
		after  time.Duration
		calls  int
	}{
		"no permission":          {refusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."), "could not get into Entra", 0, 1},
		"bad token":              {refusal(401, "InvalidAuthenticationToken", "Access token has expired."), "could not get into Entra", 0, 1},
		"busy":                   {wait(429, "17"), "busy at the moment, so nothing was done. Try again in 17 seconds.", 17 * time.Second, 4},
		"busy for a second":      {wait(429, "1"), "Try again in a second.", time.Second, 4},
		"busy for long":          {wait(429, "91"), "Try again in 2 minutes.", 91 * time.Second, 1},
		"busy to a date":         {wait(503, noon.Add(time.Minute).Format(http.TimeFormat)), "does not answer at the moment, so nothing was done. Try again in 60 seconds.", time.Minute, 1},
		"a date that has passed": {wait(503, noon.Add(-time.Minute).Format(http.TimeFormat)), "Try again in a minute.", 0, 4},
		"nonsense to wait":       {wait(503, "-3 days"), "Try again in a minute.", 0, 4},
		"a negative wait":        {wait(503, "-3"), "Try again in a minute.", 0, 4},
		"a wait too long":        {wait(503, "99999999999999"), "Try again in 60 minutes.", time.Hour, 1},
		"a page of HTML":         {answer{status: 502, body: "<html>Bad gateway</html>", header: map[string]string{"Content-Type": "text/html"}}, "does not answer", 0, 1},
		"no list":                {ok(`{}`), "does not answer", 0, 1},
		"hung up":                {answer{hangUp: true}, "does not answer", 0, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newUntimed(map[string]answer{"GET /groups": tt.answer})
				e := wants(t, f.directory(t).Ready(t.Context()), access.Unavailable)
				require.Contains(t, e.Say, tt.say)
				require.Equal(t, tt.after, e.After)
				require.Len(t, f.received(), tt.calls)
			})
		})
	}
}

func TestErrorsTellTheEngineer(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string]answer{"GET /groups": refusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")})
	err := f.directory(t).Ready(t.Context())
	require.ErrorContains(t, err, "graph answered 403 Authorization_RequestDenied: Insufficient privileges")
	require.ErrorContains(t, err, "graph_request graph-said-this-id")
}

func TestNoTokenNoCall(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string]answer{})
	no := errors.New("AADSTS7000215: Invalid client secret provided")
	d := f.directory(t, func(o *graph.Options) { o.Credential = credential{no} })
	err := d.Ready(t.Context())
	require.Contains(t, wants(t, err, access.Unavailable).Say, "could not get into Entra")
	require.ErrorIs(t, err, no)
	require.Empty(t, f.received())
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string]answer{})
	d := f.directory(t)
	f.Close()
	wants(t, d.Ready(t.Context()), access.Unavailable)
	_, _, err := d.IssuePass(t.Context(), joni, access.Terms{Minutes: 60})
	wants(t, err, access.Unavailable) // nothing was sent, so nothing was made
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	elsewhere := newFake(t, map[string]answer{"": listOf()})
	for _, status := range []int{301, 302, 303, 307, 308} {
		f := newFake(t, map[string]answer{"": {status: status, header: map[string]string{"Location": elsewhere.URL + "/v1.0/users"}}})
		d := f.directory(t)
		wants(t, d.Ready(t.Context()), access.Unavailable)
		_, err := d.Facts(t.Context(), access.Question{Person: joni})
		wants(t, err, access.Unavailable)
		_, _, err = d.IssuePass(t.Context(), joni, access.Terms{Minutes: 60})
		require.Error(t, err)
	}
	require.Empty(t, elsewhere.received(), "the token went to another address")
}

func TestALogLinePerCall(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string]answer{"GET /users": listOf()})
	_, err := f.directory(t).Find(t.Context(), "Verysecretname")
	require.NoError(t, err)
	require.Contains(t, f.log(), "level=DEBUG")
	require.Contains(t, f.log(), "graph_request=graph-said-this-id")
	require.Contains(t, f.log(), "path=/users status=200")
	require.NotContains(t, f.log(), "Verysecretname")
	require.NotContains(t, f.log(), bearer)
}

func TestAnAnswerWithoutEnd(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string]answer{"GET /groups": {header: map[string]string{"Content-Length": "999"}, body: `{"value":[`}})
	wants(t, f.directory(t).Ready(t.Context()), access.Unavailable)
}

func http2(s *httptest.Server) { s.EnableHTTP2 = true }
