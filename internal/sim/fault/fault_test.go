package fault_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/fault"
)

func TestAFaultFits(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault  fault.Fault
		method string
		paths  []string
		met    bool
	}{
		"every request":   {fault.Fault{Status: 503}, "GET", []string{"/users"}, true},
		"part of a path":  {fault.Fault{Path: "memberOf", Status: 503}, "GET", []string{"/users/1/memberOf"}, true},
		"anchored":        {fault.Fault{Path: "^/v1.0/users$", Status: 503}, "GET", []string{"/users", "/v1.0/users"}, true},
		"query":           {fault.Fault{Path: `\$filter=isAss`, Status: 503}, "GET", []string{"/groups", "/groups?$filter=isAssignableToRole"}, true},
		"another path":    {fault.Fault{Path: "^/groups", Status: 503}, "GET", []string{"/users"}, false},
		"method":          {fault.Fault{Method: "post", Status: 503}, "POST", []string{"/users"}, true},
		"another method":  {fault.Fault{Method: "POST", Status: 503}, "GET", []string{"/users"}, false},
		"delay only":      {fault.Fault{DelayMS: 1}, "GET", []string{"/users"}, true},
		"connection only": {fault.Fault{Reset: true}, "GET", []string{"/users"}, true},
	} {
		var set fault.Set
		_, err := set.Add(test.fault)
		require.NoError(t, err, name)
		_, met := set.Meet(test.method, test.paths...)
		require.Equal(t, test.met, met, name)
	}
	_, met := (*fault.Set)(nil).Meet("GET", "/users")
	require.False(t, met)
}

func TestFaultsThatCannotBeMeant(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]fault.Fault{
		"nothing happens":  {Path: "/users"},
		"no expression":    {Path: "(", Status: 503},
		"success":          {Status: 200},
		"no status":        {Status: 600},
		"reset and status": {Status: 503, Reset: true},
		"backwards":        {DelayMS: -1},
		"for ever":         {DelayMS: 1 << 30},
		"count":            {Status: 503, Count: -1},
		"retry after":      {Status: 429, RetryAfter: -1},
	} {
		var set fault.Set
		_, err := set.Add(f)
		require.Error(t, err, name)
		require.Empty(t, set.List(), name)
	}
}

func TestACountedFaultIsUsedUp(t *testing.T) {
	t.Parallel()
	var set fault.Set
	_, err := set.Add(fault.Fault{Status: 503, Count: 2})
	require.NoError(t, err)
	second, err := set.Add(fault.Fault{Status: 500})
	require.NoError(t, err)
	var statuses []int
	for range 4 {
		f, met := set.Meet("GET", "/")
		require.True(t, met)
		statuses = append(statuses, f.Status)
	}
	require.Equal(t, []int{503, 503, 500, 500}, statuses)
	list := set.List()
	require.Equal(t, []int{2, 2}, []int{list[0].Met, list[1].Met})
	require.Equal(t, second.ID, list[1].ID)
	other, met := set.MeetBut(second.ID, "GET", "/")
	require.False(t, met, other)
	require.Equal(t, 2, set.Clear())
	_, met = set.Meet("GET", "/")
	require.False(t, met)
	require.Empty(t, set.List())
}

// shop counts the orders that were carried out.
func shop(t *testing.T, f fault.Fault) (address string, orders *atomic.Int32) {
	t.Helper()
	set, orders := &fault.Set{}, &atomic.Int32{}
	_, err := set.Add(f)
	require.NoError(t, err)
	server := httptest.NewServer(fault.Layer(set,
		func(w http.ResponseWriter, _ *http.Request, f fault.Fault) {
			w.WriteHeader(f.Status)
			_, _ = io.WriteString(w, "sorry")
		},
		http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err == nil && r.Context().Err() == nil {
				orders.Add(1)
			}
			w.Header().Set("Order", string(body))
			w.WriteHeader(http.StatusCreated)
			_, _ = io.WriteString(w, "thanks")
		})))
	t.Cleanup(server.Close)
	return server.URL, orders
}

func order(ctx context.Context, t *testing.T, address string) (status int, body string, header http.Header, err error) {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader("bread"))
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", nil, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(text), response.Header, nil
}

func TestLayer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault   fault.Fault
		status  int
		body    string
		carried int32
	}{
		"refused":                {fault.Fault{Status: 503, RetryAfter: 7}, 503, "sorry", 0},
		"carried out, refused":   {fault.Fault{Status: 503, RetryAfter: 7, AfterCommit: true}, 503, "sorry", 1},
		"delayed":                {fault.Fault{DelayMS: 1}, 201, "thanks", 1},
		"carried out, delayed":   {fault.Fault{DelayMS: 1, AfterCommit: true}, 201, "thanks", 1},
		"cut off":                {fault.Fault{Reset: true}, 0, "", 0},
		"carried out, cut off":   {fault.Fault{Reset: true, AfterCommit: true}, 0, "", 1},
		"another path than this": {fault.Fault{Path: "/elsewhere", Status: 503}, 201, "thanks", 1},
	} {
		address, orders := shop(t, test.fault)
		status, body, header, err := order(t.Context(), t, address)
		require.Equal(t, test.status == 0, err != nil, name)
		require.Equal(t, test.status, status, name)
		require.Equal(t, test.body, body, name)
		require.Equal(t, test.carried, orders.Load(), name)
		switch status {
		case http.StatusServiceUnavailable:
			require.Equal(t, "7", header.Get("Retry-After"), name)
		case http.StatusCreated:
			require.Equal(t, "bread", header.Get("Order"), name)
		}
	}
}

// A client that goes ends the delay: what it asked for is carried out only if
// that was to happen first.
func TestADelayEndsWithTheClient(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		address, orders := shop(t, fault.Fault{DelayMS: 60_000, AfterCommit: after})
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		_, _, _, err := order(ctx, t, address)
		cancel()
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, after, orders.Load() == 1)
	}
	// The servers close at the end, which waits for their handlers.
}
