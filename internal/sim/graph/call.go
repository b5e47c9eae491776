package graph

import (
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
)

// Call is one call that Graph received.
type Call struct {
	// ID tells calls apart; the calls within a batch name the batch's.
	ID string `json:"id"`
	// At is the tenant's time when the call arrived.
	At     time.Time `json:"at"`
	Method string    `json:"method"`
	// Path is relative to /v1.0, decoded, with the query.
	Path string `json:"path"`
	// Status is 0 while the call is being answered, and where no answer was given.
	Status int `json:"status"`
	// Batch is the ID of the batch that held the call, or empty.
	Batch string `json:"batch"`
}

// remembered is how many calls are kept; older ones are forgotten.
const remembered = 100_000

// callLog remembers calls in the order of their arrival.
type callLog struct {
	mu    sync.Mutex
	calls []*Call
	tell  []func(Call)
}

// Requests lists every call received, in order.
func (g *Graph) Requests() []Call {
	g.log.mu.Lock()
	defer g.log.mu.Unlock()
	all := make([]Call, len(g.log.calls))
	for i, c := range g.log.calls {
		all[i] = *c
	}
	return all
}

// OnCall asks to be told about each call once it is answered, on the goroutine
// that serves it.
func (g *Graph) OnCall(tell func(Call)) {
	g.log.mu.Lock()
	defer g.log.mu.Unlock()
	g.log.tell = append(g.log.tell, tell)
}

func (l *callLog) begin(at time.Time, method string, u *url.URL, batch string) *Call {
	c := &Call{ID: uuid.NewString(), At: at, Method: method, Path: shownPath(u), Batch: batch}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.calls) >= remembered {
		l.calls = slices.Delete(l.calls, 0, remembered/10)
	}
	l.calls = append(l.calls, c)
	return c
}

func (l *callLog) end(c *Call, status int) {
	l.mu.Lock()
	c.Status = status
	done, tell := *c, l.tell
	l.mu.Unlock()
	for _, t := range tell {
		t(done)
	}
}

// shownPath is the path as a person would write it: clients send $ as %24.
func shownPath(u *url.URL) string {
	path := strings.TrimPrefix(u.Path, version)
	if u.RawQuery == "" {
		return path
	}
	query, err := url.QueryUnescape(u.RawQuery)
	if err != nil {
		query = u.RawQuery
	}
	return path + "?" + query
}
