package store

import (
	"slices"
	"sync"

	"github.com/passdesk/passdesk/internal/access"
)

// remembered is how many decoded requests are kept, some kilobytes each.
const remembered = 512

// recent holds requests that were read lately, decoded. Decoding costs twice as
// much as asking the database: it is asked every time, but only for the
// revision, which changes whenever the body does.
type recent struct {
	mu   sync.RWMutex
	list map[access.Ref]version
}

// version is a request as it was at a revision. The time it was asked tells it
// from an older request that had the same reference and is gone.
type version struct {
	rev     int
	asked   int64
	request access.Request
}

func newRecent() *recent { return &recent{list: make(map[access.Ref]version, remembered)} }

// get returns a copy of the request if it is known at this revision.
func (c *recent) get(ref access.Ref, rev int, asked int64) (access.Request, bool) {
	c.mu.RLock()
	v, ok := c.list[ref]
	c.mu.RUnlock()
	if !ok || v.rev != rev || v.asked != asked {
		return access.Request{}, false
	}
	return copied(v.request), true
}

// put remembers a request. When there is no more room, all is forgotten: what is
// in use is soon here again.
func (c *recent) put(r access.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.list) >= remembered {
		clear(c.list)
	}
	c.list[r.Ref] = version{rev: r.Rev, asked: asked(r), request: copied(r)}
}

// copied is r with nothing shared, so that its holder may change it.
func copied(r access.Request) access.Request {
	r.Approvers = slices.Clone(r.Approvers)
	r.Verdict.Findings = slices.Clone(r.Verdict.Findings)
	r.Verdict.Approvers = slices.Clone(r.Verdict.Approvers)
	r.Verdict.Tried = slices.Clone(r.Verdict.Tried)
	r.Verdict.Needs = slices.Clone(r.Verdict.Needs)
	for i := range r.Verdict.Needs {
		r.Verdict.Needs[i].People = slices.Clone(r.Verdict.Needs[i].People)
		r.Verdict.Needs[i].Own = slices.Clone(r.Verdict.Needs[i].Own)
	}
	r.Decisions = slices.Clone(r.Decisions)
	for i := range r.Decisions {
		r.Decisions[i].Proven = copyOf(r.Decisions[i].Proven)
	}
	if r.Review = copyOf(r.Review); r.Review != nil {
		r.Review.Security = slices.Clone(r.Review.Security)
	}
	r.Told = slices.Clone(r.Told)
	r.Warned = slices.Clone(r.Warned)
	r.Escalated = slices.Clone(r.Escalated)
	if r.Decision = copyOf(r.Decision); r.Decision != nil {
		r.Decision.Proven = copyOf(r.Decision.Proven)
	}
	r.Challenge, r.Confirmation = copyOf(r.Challenge), copyOf(r.Confirmation)
	return r
}

// copyOf is another one like it, or nil.
func copyOf[T any](one *T) *T {
	if one == nil {
		return nil
	}
	other := *one
	return &other
}
