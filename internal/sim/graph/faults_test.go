package graph_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/fault"
)

// troubled is a world with faults.
func troubled(t *testing.T, faults ...fault.Fault) *world {
	t.Helper()
	w := newWorld(t, 0)
	w.graph.Faults = &fault.Set{}
	for _, f := range faults {
		_, err := w.graph.Faults.Add(f)
		require.NoError(t, err)
	}
	return w
}

const joniPasses = "/users/{joni}/authentication/temporaryAccessPassMethods"

// Every status comes with the error that Graph gives with it.
func TestFaultsInGraphsWords(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status        int
		path          string
		code, message string
	}{
		{400, "/users/{joni}", "BadRequest", "Invalid request."},
		{401, "/users/{joni}", "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired."},
		{403, "/users/{joni}", "Authorization_RequestDenied", "Insufficient privileges to complete the operation."},
		{403, joniPasses, "accessDenied", "Request Authorization failed"},
		{404, "/users/nobody", "Request_ResourceNotFound", "Resource 'nobody' does not exist or one of its queried reference-property objects are not present."},
		{409, "/groups/{helpdesk}", "Directory_ConcurrencyViolation", "An item with the same id is being changed by another request. Please retry the request."},
		{429, "/users/{joni}", "TooManyRequests", "Please retry again later."},
		{500, "/users/{joni}", "generalException", "An unspecified error has occurred."},
		{502, "/users/{joni}", "UnknownError", ""},
		{503, "/users/{joni}", "serviceNotAvailable", "Service unavailable"},
		{504, "/users/{joni}", "UnknownError", ""},
	} {
		w := troubled(t, fault.Fault{Status: test.status, RetryAfter: 7})
		a := w.get(test.path)
		require.Equal(t, test.status, a.status)
		require.Equal(t, test.code, a.code())
		require.Equal(t, test.message, a.message())
		require.Equal(t, "7", a.header.Get("Retry-After"))
		require.Contains(t, a.text, a.header.Get("request-id"))
	}
	w := troubled(t, fault.Fault{Status: 400, Code: "Odd", Message: "Odd indeed."})
	a := w.get("/users/{joni}")
	require.Equal(t, []string{"Odd", "Odd indeed.", ""}, []string{a.code(), a.message(), a.header.Get("Retry-After")})
	require.Equal(t, http.StatusBadRequest, w.graph.Requests()[0].Status)
}

func TestFaultsMeetRequestsByPath(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"^/users/[^/]+$", "^/v1.0/users/[^/]+$", "select=id"} {
		w := troubled(t, fault.Fault{Path: path, Method: "GET", Status: 503})
		require.Equal(t, 503, w.get("/users/{joni}?$select=id").status, path)
		require.Equal(t, 200, w.get("/users").status, path)
	}
}

func TestFaultsWithinABatch(t *testing.T) {
	t.Parallel()
	w := troubled(t, fault.Fault{Path: "/authentication/", Status: 429, RetryAfter: 3, Count: 1})
	body := `{"requests":[{"id":"1","method":"GET","url":"/users/` + w.id("joni") + `/authentication/methods"},{"id":"2","method":"GET","url":"/users/` + w.id("joni") + `"}]}`
	got := w.batch(body)
	require.Equal(t, 429, got["1"].status)
	require.Equal(t, "3", got["1"].header.Get("Retry-After"))
	require.Equal(t, 200, got["2"].status)
	require.Equal(t, 200, w.batch(body)["1"].status)

	// What has befallen the batch does not befall its requests again.
	w = troubled(t, fault.Fault{Path: "^/v1.0/", DelayMS: 1})
	require.Equal(t, 200, w.batch(body)["1"].status)
	require.Equal(t, 1, w.graph.Faults.List()[0].Met)

	w = troubled(t, fault.Fault{Path: `^/\$batch$`, Status: 504})
	require.Equal(t, 504, w.call("POST", "/$batch", body).status)
	require.Len(t, w.graph.Requests(), 1)
}

// The pass is made, and nobody is told.
func TestFaultsAfterTheCommit(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]fault.Fault{
		"refused": {Method: "POST", Status: 504, AfterCommit: true},
		"cut off": {Method: "POST", Reset: true, AfterCommit: true},
	} {
		w := troubled(t, f)
		if f.Reset {
			require.Error(t, w.lost(t.Context(), joniPasses))
		} else {
			require.Equal(t, 504, w.call("POST", joniPasses, "{}").status, name)
		}
		_, made := w.tenant.PassOf("joni")
		require.True(t, made, name)
	}
	for name, f := range map[string]fault.Fault{
		"refused": {Method: "POST", Status: 504},
		"cut off": {Method: "POST", Reset: true},
	} {
		w := troubled(t, f)
		if f.Reset {
			require.Error(t, w.lost(t.Context(), joniPasses))
		} else {
			require.Equal(t, 504, w.call("POST", joniPasses, "{}").status, name)
		}
		_, made := w.tenant.PassOf("joni")
		require.False(t, made, name)
	}
}

// lost posts, and expects no answer.
func (w *world) lost(ctx context.Context, path string) error {
	w.t.Helper()
	path = strings.ReplaceAll(path, "{joni}", w.id("joni"))
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.server.URL+"/v1.0"+path, strings.NewReader("{}"))
	require.NoError(w.t, err)
	req.Header.Set("Authorization", "Bearer good")
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err == nil {
		require.NoError(w.t, resp.Body.Close())
	}
	return err
}

func TestFaultsCutOffAWholeBatch(t *testing.T) {
	t.Parallel()
	w := troubled(t, fault.Fault{Path: "/authentication/", Reset: true})
	path := "/users/" + w.id("joni") + "/authentication/methods"
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.server.URL+"/v1.0/$batch",
		strings.NewReader(`{"requests":[{"id":"1","method":"GET","url":"`+path+`"}]}`))
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer good")
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err == nil {
		require.NoError(t, resp.Body.Close())
	}
	require.Error(t, err)
	require.Equal(t, 200, w.get("/users/{joni}").status, "the server goes on")
}

func TestFaultsThatDelay(t *testing.T) {
	t.Parallel()
	w := troubled(t, fault.Fault{DelayMS: 30, Count: 1})
	began := time.Now()
	require.Equal(t, 200, w.get("/users/{joni}").status)
	require.GreaterOrEqual(t, time.Since(began), 30*time.Millisecond)

	// A client that goes ends the delay; the server closes at the end.
	for _, after := range []bool{false, true} {
		w = troubled(t, fault.Fault{DelayMS: 60_000, AfterCommit: after})
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		require.ErrorIs(t, w.lost(ctx, joniPasses), context.DeadlineExceeded)
		cancel()
		w.server.Close()
		_, made := w.tenant.PassOf("joni")
		require.Equal(t, after, made)
	}
}
