package graph_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/graph"
	"github.com/passdesk/passdesk/internal/sim/manners"
)

// rude is a world with some inconveniences, by their names.
func rude(t *testing.T, users int, names ...string) *world {
	t.Helper()
	w := newWorld(t, users)
	m, err := manners.Calm().With(true, names...)
	require.NoError(t, err)
	w.graph.Manners = manners.New(m)
	return w
}

// tooMany checks a refusal, and returns after how many seconds to come again.
func tooMany(t *testing.T, a answer) int {
	t.Helper()
	require.Equal(t, http.StatusTooManyRequests, a.status, a.text)
	require.Equal(t, "TooManyRequests", a.code())
	require.Equal(t, "Please retry again later.", a.message())
	failure, _ := a.body["error"].(map[string]any)
	inner, _ := failure["innerError"].(map[string]any)
	require.Equal(t, "429", inner["code"])
	require.Equal(t, "429", inner["status"])
	require.Equal(t, "Please retry after", inner["message"])
	require.NotEmpty(t, inner["request-id"])
	require.NotEmpty(t, inner["date"])
	if a.header.Get("Retry-After") == "" {
		return 0
	}
	seconds, err := strconv.Atoi(a.header.Get("Retry-After"))
	require.NoError(t, err)
	require.Positive(t, seconds)
	return seconds
}

func TestThrottlingConditionalAccess(t *testing.T) {
	t.Parallel()
	w := rude(t, 0, "throttling")
	list, policies := "/identity/conditionalAccess/policies", w.tenant.Policies()
	require.Equal(t, http.StatusOK, w.call("GET", list, "").status)
	require.Zero(t, tooMany(t, w.call("GET", list+"/"+policies[0].ID, "")), "Conditional Access does not say when to come again")
	w.tenant.Advance(999 * time.Millisecond)
	tooMany(t, w.call("GET", list, ""))
	w.tenant.Advance(time.Second)
	require.Equal(t, http.StatusOK, w.call("GET", list, "").status)
	require.Equal(t, http.StatusOK, w.call("GET", "/users/{joni}", "").status, "other services have buckets of their own")
}

func TestThrottlingMethods(t *testing.T) {
	t.Parallel()
	w := rude(t, 0, "throttling")
	for i, path := range []string{"methods", "fido2Methods", "temporaryAccessPassMethods", "phoneMethods"} {
		require.Equal(t, http.StatusOK, w.call("GET", "/users/{joni}/authentication/"+path, "").status, i)
		w.tenant.Advance(time.Second)
	}
	require.Equal(t, http.StatusCreated, w.call("POST", "/users/{joni}/authentication/temporaryAccessPassMethods", "{}").status)
	require.Equal(t, 7, tooMany(t, w.call("GET", "/users/{joni}/authentication/methods", "")), "this one counts, too")
	require.Equal(t, http.StatusOK, w.call("GET", "/policies/authenticationMethodsPolicy", "").status)
	held, _ := w.tenant.PassOf("joni")
	tooMany(t, w.call("POST", "/users/{joni}/authentication/temporaryAccessPassMethods", "{}"))
	still, _ := w.tenant.PassOf("joni")
	require.Equal(t, held.ID, still.ID, "what is refused is not carried out")
}

// Whoever asks again at once is kept out by doing so; whoever waits is let in.
func TestThrottlingCountsWhatItRefuses(t *testing.T) {
	t.Parallel()
	w := rude(t, 0, "throttling")
	path := "/users/{joni}/authentication/methods"
	for range 5 {
		require.Equal(t, http.StatusOK, w.call("GET", path, "").status)
	}
	for range 12 {
		w.tenant.Advance(time.Second)
		tooMany(t, w.call("GET", path, ""))
	}
	w.tenant.Advance(time.Duration(tooMany(t, w.call("GET", path, ""))) * time.Second)
	require.Equal(t, http.StatusOK, w.call("GET", path, "").status)
}

func TestThrottlingCountsEachRequestOfABatch(t *testing.T) {
	t.Parallel()
	w := rude(t, 0, "throttling")
	var steps []string
	for i := range 20 {
		steps = append(steps, fmt.Sprintf(`{"id":"%d","method":"GET","url":"/users/%s/authentication/methods"}`, i, w.id("joni")))
	}
	got := w.batch(`{"requests":[` + strings.Join(steps, ",") + `]}`)
	statuses := map[int]int{}
	for _, a := range got {
		statuses[a.status]++
		if a.status != http.StatusOK {
			require.Equal(t, 10, tooMany(t, a))
		}
	}
	require.Equal(t, map[int]int{http.StatusOK: 5, http.StatusTooManyRequests: 15}, statuses)
	calls := w.graph.Requests()
	require.Equal(t, http.StatusOK, calls[0].Status, "the batch itself is never refused")
}

func TestThrottlingInstalls(t *testing.T) {
	t.Parallel()
	w := rude(t, 0, "throttling")
	for range 30 {
		require.Equal(t, http.StatusOK, w.call("GET", "/users/{joni}/teamwork/installedApps", "").status)
	}
	require.Equal(t, 1, tooMany(t, w.call("POST", "/users/{joni}/teamwork/installedApps", "{}")))
	w.tenant.Advance(time.Second)
	require.Equal(t, http.StatusOK, w.call("GET", "/users/{joni}/teamwork/installedApps", "").status)
}

func TestThrottlingDirectoryUnits(t *testing.T) {
	t.Parallel()
	w := rude(t, 0, "throttling", "noise")
	for path, units := range map[string]string{
		"/users":                                                "2",
		"/users?$select=id":                                     "1",
		"/users?$select=id&$top=5":                              "1",
		"/users/{joni}":                                         "1",
		"/users/{joni}?$expand=manager":                         "2",
		"/users/{joni}?$expand=manager&$select=id":              "1",
		"/users/{joni}/transitiveMemberOf":                      "2",
		"/users/{joni}/transitiveMemberOf?$select=id":           "1",
		"/groups/{helpdesk}/members":                            "3",
		"/groups/{helpdesk}/transitiveMembers":                  "5",
		"/groups/{helpdesk}/transitiveMembers?$top=5":           "4",
		"/roleManagement/directory/roleDefinitions":             "1",
		"/users/{joni}/authentication/methods":                  "",
		"/identity/conditionalAccess/policies":                  "",
		"/users/{joni}/teamwork/installedApps?$expand=teamsApp": "",
	} {
		a := w.call("GET", path, "")
		require.Equal(t, http.StatusOK, a.status, a.text)
		require.Equal(t, units, a.header.Get("X-Ms-Resource-Unit"), path)
	}
	check := w.call("POST", "/users/{joni}/checkMemberGroups", `{"groupIds":["`+w.id("helpdesk")+`"]}`)
	require.Equal(t, "4", check.header.Get("X-Ms-Resource-Unit"))

	w = rude(t, 0, "throttling")
	path := "/groups/{helpdesk}/transitiveMembers"
	var last answer
	for range 3500 / 5 {
		last = w.call("GET", path, "")
	}
	require.Equal(t, http.StatusOK, last.status)
	require.Equal(t, "1.0", last.header.Get("X-Ms-Throttle-Limit-Percentage"))
	refused := w.call("GET", path, "")
	require.Equal(t, 1, tooMany(t, refused))
	require.Equal(t, "ResourceUnitLimitExceeded", refused.header.Get("X-Ms-Throttle-Information"))
	require.Equal(t, "Tenant_Application/ReadWrite/"+w.tenant.AppID()+"/"+w.tenant.ID(), refused.header.Get("X-Ms-Throttle-Scope"))
	w.tenant.Advance(5 * time.Second)
	half := w.call("GET", path, "")
	require.Equal(t, http.StatusOK, half.status)
	require.Empty(t, half.header.Get("X-Ms-Throttle-Limit-Percentage"))
}

func TestThrottlingDirectoryWrites(t *testing.T) {
	t.Parallel()
	w := rude(t, 0, "throttling")
	path := "/groups/{exclude-platforms}/members/$ref"
	for range 3000 {
		require.Equal(t, http.StatusBadRequest, w.call("POST", path, "{}").status)
		w.tenant.Advance(10 * time.Millisecond)
	}
	refused := w.call("POST", path, "{}")
	require.Equal(t, 121, tooMany(t, refused))
	require.Equal(t, "WriteLimitExceeded", refused.header.Get("X-Ms-Throttle-Information"))
	require.Equal(t, http.StatusOK, w.call("GET", "/users/{joni}", "").status)
}

// A bigger tenant has a bigger purse.
func TestThrottlingFollowsTheTenantsSize(t *testing.T) {
	t.Parallel()
	for users, units := range map[int]int{0: 3500, 100: 5000, 600: 8000} {
		buckets := newWorld(t, users).graph.Buckets()
		require.Equal(t, graph.Bucket{Name: "directory units", Most: units, Period: "10s"}, buckets[len(buckets)-1])
	}
}

func TestBucketsFill(t *testing.T) {
	t.Parallel()
	w := rude(t, 0, "throttling")
	used := func() map[string]int {
		all := map[string]int{}
		for _, b := range w.graph.Buckets() {
			all[b.Name] = b.Used
		}
		return all
	}
	w.call("GET", "/users/{joni}/authentication/methods", "")
	w.call("GET", "/identity/conditionalAccess/policies", "")
	w.call("GET", "/groups/{helpdesk}/members", "")
	require.Equal(t, map[string]int{
		"Conditional Access": 1, "methods, sign-ins, reports": 1, "app installations": 0, "directory writes": 0, "directory units": 3,
	}, used())
	w.tenant.Advance(10 * time.Second)
	for name, n := range used() {
		require.Zero(t, n, name)
	}
}
