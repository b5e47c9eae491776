package graph

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// service is what a request counts for (Graph: service-specific throttling
// limits).
type service int

const (
	// identity are users, groups, roles and everything without a limit of its own.
	identity service = iota
	// accessPolicies are Conditional Access: one request a second, of all apps.
	accessPolicies
	// reports are sign-ins, audits, reports and authentication methods.
	reports
	// installing is Teams apps of a person, uninstalling their removal.
	installing
	uninstalling
)

// serviceOf finds the service by the segments of a path.
func serviceOf(method string, segments []string) service {
	at := func(i int, name string) bool { return i < len(segments) && strings.EqualFold(segments[i], name) }
	switch {
	case at(0, "identity") && at(1, "conditionalAccess"):
		return accessPolicies
	case at(0, "auditLogs"), at(0, "reports"), at(0, "users") && at(2, "authentication"):
		return reports
	case at(0, "users") && at(2, "teamwork") && method == http.MethodDelete:
		return uninstalling
	case at(0, "users") && at(2, "teamwork"):
		return installing
	}
	return identity
}

// limits are the buckets of the one app in the one tenant.
type limits struct {
	mu      sync.Mutex
	windows map[service]*window
	writes  window
	units   purse
}

// newLimits has the documented sizes. The purse's follows from how many people
// the tenant has.
func newLimits(t *entra.Tenant) *limits {
	return &limits{
		windows: map[service]*window{
			accessPolicies: {most: 1, per: time.Second},
			reports:        {most: 5, per: 10 * time.Second},
			installing:     {most: 30, per: time.Second},
			uninstalling:   {most: 15, per: time.Second},
		},
		writes: window{most: 3000, per: 150 * time.Second},
		units:  purse{size: unitsOf(t), per: 10 * time.Second},
	}
}

// unitsOf are the resource units of 10 seconds in a tenant of this size.
func unitsOf(t *entra.Tenant) int {
	people := 0
	t.EachPerson(func(*entra.Person) bool { people++; return people <= 500 })
	switch {
	case people < 50:
		return 3500
	case people <= 500:
		return 5000
	}
	return 8000
}

// throttle counts a request and refuses it if it is too much. The header is for
// the reply to one that is not.
func (g *Graph) throttle(req Request) (http.Header, error) {
	segments, err := segmentsOf(req.URL)
	if err != nil {
		return nil, nil // refused later, as what it is
	}
	g.limits.mu.Lock()
	defer g.limits.mu.Unlock()
	now, of := g.tenant.Now(), serviceOf(req.Method, segments)
	if of == identity {
		return g.limits.draw(now, req, segments, g.scope())
	}
	ok, after := g.limits.windows[of].admit(now)
	switch {
	case ok:
		return nil, nil
	case of == accessPolicies: // the one service that does not say when to come again
		return nil, tooMany(nil)
	}
	return nil, tooMany(waiting(after))
}

// draw is throttle for the directory.
func (l *limits) draw(now time.Time, req Request, segments []string, scope string) (http.Header, error) {
	if writes(req.Method, segments) {
		if ok, after := l.writes.admit(now); !ok {
			h := waiting(after)
			h.Set("X-Ms-Throttle-Scope", "Tenant_Application/Write/"+scope)
			h.Set("X-Ms-Throttle-Information", "WriteLimitExceeded")
			return nil, tooMany(h)
		}
	}
	ok, after, share := l.units.draw(now, unitsFor(req, segments))
	h := http.Header{}
	if share >= 0.8 {
		h.Set("X-Ms-Throttle-Limit-Percentage", fmt.Sprintf("%.1f", min(share, 1.8)))
	}
	if ok {
		return h, nil
	}
	h.Set("Retry-After", seconds(after))
	h.Set("X-Ms-Throttle-Scope", "Tenant_Application/ReadWrite/"+scope)
	h.Set("X-Ms-Throttle-Information", "ResourceUnitLimitExceeded")
	return nil, tooMany(h)
}

// scope names the app and the tenant, as the throttling headers do.
func (g *Graph) scope() string { return g.tenant.AppID() + "/" + g.tenant.ID() }

func waiting(after time.Duration) http.Header { return http.Header{"Retry-After": {seconds(after)}} }

// seconds rounds up: earlier would be too early.
func seconds(d time.Duration) string {
	return strconv.Itoa(max(1, int(math.Ceil(d.Seconds()))))
}

// tooMany is the refusal of a request too many (Graph: throttling guidance,
// sample response).
func tooMany(h http.Header) *fault {
	return &fault{
		Status: http.StatusTooManyRequests, Code: "TooManyRequests", Message: "Please retry again later.", header: h,
		inner: object{"code": "429", "message": "Please retry after", "status": "429"},
	}
}

// Bucket is how full one of the limits is.
type Bucket struct {
	Name   string `json:"name"`
	Used   int    `json:"used"`
	Most   int    `json:"most"`
	Period string `json:"period"` // such as "10s"
}

// Buckets tell how much of the limits is used, the smallest first. They fill
// only while requests are throttled.
func (g *Graph) Buckets() []Bucket {
	l, now := g.limits, g.tenant.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	show := func(name string, used, most int, per time.Duration) Bucket {
		return Bucket{name, used, most, per.String()}
	}
	of := func(name string, w *window) Bucket { return show(name, w.used(now), w.most, w.per) }
	return []Bucket{
		of("Conditional Access", l.windows[accessPolicies]),
		of("methods, sign-ins, reports", l.windows[reports]),
		of("app installations", l.windows[installing]),
		of("directory writes", &l.writes),
		show("directory units", l.units.used(now), l.units.size, l.units.per),
	}
}
