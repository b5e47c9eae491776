package page

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/graph"
)

// kept is how many of Graph's calls the page shows.
const kept = 120

// traffic keeps the newest calls and tells when there is one more.
type traffic struct {
	mu    sync.Mutex
	calls []graph.Call // oldest first
	news  chan struct{}
}

func newTraffic() *traffic { return &traffic{news: make(chan struct{})} }

// catchUp takes what was called before anybody looked.
func (t *traffic) catchUp(earlier []graph.Call) {
	for _, c := range earlier[max(0, len(earlier)-kept):] {
		if c.Status != 0 {
			t.add(c)
		}
	}
}

func (t *traffic) add(c graph.Call) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls = append(t.calls, c)
	if len(t.calls) > 2*kept {
		t.calls = slices.Clone(t.calls[kept:])
	}
	t.announce()
}

// tell wakes those who show the tenant, for a change that is no call.
func (t *traffic) tell() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.announce()
}

func (t *traffic) announce() {
	close(t.news)
	t.news = make(chan struct{})
}

// changed is closed at the next call.
func (t *traffic) changed() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.news
}

func (t *traffic) newest() []graph.Call {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.calls[max(0, len(t.calls)-kept):])
}

// callView is one call as the page shows it.
type callView struct {
	ID     string    `json:"id"`
	At     time.Time `json:"at"`
	Method string    `json:"method"`
	Path   string    `json:"path"`  // below /v1.0, people and groups by alias
	Query  string    `json:"query"` // without the question mark
	Status int       `json:"status"`
	Batch  string    `json:"batch,omitempty"`
}

// calls are the newest ones, oldest first.
func (p *Page) calls() []callView {
	all := p.traffic.newest()
	shown := make([]callView, 0, len(all))
	for _, c := range all {
		path, query, _ := strings.Cut(c.Path, "?")
		shown = append(shown, callView{
			ID: c.ID, At: c.At, Method: c.Method, Path: named(p.Tenant, path), Query: named(p.Tenant, query),
			Status: c.Status, Batch: c.Batch,
		})
	}
	return shown
}

var guid = regexp.MustCompile(`[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`)

// named writes aliases for the ids that have one, as people talk about them.
func named(t *entra.Tenant, text string) string {
	return guid.ReplaceAllStringFunc(text, func(id string) string {
		if p, ok := t.Person(id); ok && p.Alias != "" {
			return p.Alias
		}
		if g, ok := t.Group(id); ok && g.Alias != "" {
			return g.Alias
		}
		if c, ok := t.Policy(id); ok && c.Alias != "" {
			return c.Alias
		}
		return id
	})
}
