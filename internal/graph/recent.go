package graph

import (
	"maps"
	"sync"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// recentFor is how long Entra may go on telling how it was before a change
// (Entra: Temporary Access Pass, limitations).
const recentFor = 5 * time.Minute

// recent remembers the passes that this process has made and deleted a moment
// ago, without their codes: a read straight after may not know of them yet.
type recent struct {
	mu   sync.Mutex
	news map[access.ID]change // by whom the pass is for
	gone map[string]time.Time // by the pass's id
}

// unlistedFor is how long a pass that was made here may be unknown to the
// replica that is asked to delete it. After that, unknown means gone; the desk
// reads back later whether it is.
const unlistedFor = 15 * time.Second

type change struct {
	pass access.LivePass
	at   time.Time
}

func newRecent() *recent {
	return &recent{news: map[access.ID]change{}, gone: map[string]time.Time{}}
}

// makes notes a pass that Graph says it made.
func (r *recent) makes(person access.ID, p access.LivePass, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(now)
	r.news[person] = change{p, now}
}

// made tells whether a pass was made a moment ago.
func (r *recent) made(person access.ID, pass string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(now)
	c := r.news[person]
	return c.pass.ID == pass && now.Sub(c.at) < unlistedFor
}

// deletes notes a pass that Graph says is gone.
func (r *recent) deletes(person access.ID, pass string, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(now)
	r.gone[pass] = now
	if r.news[person].pass.ID == pass {
		delete(r.news, person)
	}
}

func (r *recent) forget(now time.Time) {
	maps.DeleteFunc(r.news, func(_ access.ID, c change) bool { return now.Sub(c.at) >= recentFor })
	maps.DeleteFunc(r.gone, func(_ string, at time.Time) bool { return now.Sub(at) >= recentFor })
}

// passes is what was listed, set right: without a pass that is gone, and with
// the one that was made, unless it is there or a newer one has replaced it.
// Stale tells that the list cannot have known of that one.
func (r *recent) passes(person access.ID, listed []access.LivePass, now time.Time) (all []access.LivePass, stale bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(now)
	made, is := r.news[person]
	for _, p := range listed {
		if _, gone := r.gone[p.ID]; gone {
			continue
		}
		all = append(all, p)
		if p.ID == made.pass.ID || p.Created.After(made.pass.Created) {
			is = false
		}
	}
	if is {
		return []access.LivePass{made.pass}, true
	}
	return all, false
}
