// Package fault is trouble on purpose: requests that are slow, refused, cut off,
// or carried out and then badly answered. Every room of a simulated tenant asks
// the same Set about each request.
package fault

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Fault is what happens to the requests that it fits. Without Status and Reset
// it only delays.
type Fault struct {
	// ID is given by the Set.
	ID string `json:"id"`
	// Path is a regular expression that is looked for in the request's path, and
	// in the path with its query; empty fits every path. Graph's paths fit with
	// and without /v1.0.
	Path string `json:"path"`
	// Method is that of the requests; empty fits every one.
	Method string `json:"method,omitempty"`
	// Status is the answer's, 300 to 599; 0: the true answer.
	Status int `json:"status,omitempty"`
	// RetryAfter is the answer's header of that name, in seconds; 0: none.
	RetryAfter int `json:"retryAfter,omitempty"`
	// DelayMS is how long the answer takes longer, in milliseconds of real time.
	DelayMS int `json:"delayMs,omitempty"`
	// AfterCommit carries the request out before it is delayed and badly
	// answered; otherwise it is not carried out at all.
	AfterCommit bool `json:"afterCommit,omitempty"`
	// Count is how many requests it befalls; 0: all until it is cleared.
	Count int `json:"count,omitempty"`
	// Reset drops the connection instead of answering.
	Reset bool `json:"reset,omitempty"`
	// Code and Message replace those of the error body; empty: as the service
	// words an error of that status.
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
	// Met is how many requests it has befallen.
	Met int `json:"met"`
}

// longest bounds a delay: more would only keep a test from ending.
const longest = 10 * time.Minute

// Fails says whether the fault takes the true answer away.
func (f Fault) Fails() bool { return f.Status != 0 || f.Reset }

// Header are the headers of the fault's answer.
func (f Fault) Header() http.Header {
	h := http.Header{}
	if f.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	return h
}

// Wait waits for the fault's delay, or returns the context's error as soon as
// the client has gone.
func (f Fault) Wait(ctx context.Context) error {
	if f.DelayMS == 0 {
		return nil
	}
	timer := time.NewTimer(time.Duration(f.DelayMS) * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (f Fault) check() error {
	switch {
	case f.Status != 0 && (f.Status < 300 || f.Status > 599):
		return fmt.Errorf("status %d: 300 to 599, or none", f.Status)
	case f.Status != 0 && f.Reset:
		return errors.New("a connection that is reset has no status")
	case !f.Fails() && f.DelayMS == 0:
		return errors.New("a fault has a status, a delayMs or a reset")
	case f.DelayMS < 0 || time.Duration(f.DelayMS) > longest/time.Millisecond:
		return fmt.Errorf("delayMs %d: 0 to %d", f.DelayMS, longest/time.Millisecond)
	case f.Count < 0 || f.RetryAfter < 0:
		return errors.New("count and retryAfter cannot be negative")
	}
	return nil
}

// Set are the faults in force. The zero value has none, and so has a nil one.
// It is safe for concurrent use.
type Set struct {
	mu   sync.Mutex
	last int
	all  []*entry
}

type entry struct {
	Fault
	path *regexp.Regexp
}

// Add puts a fault in force and returns it with its id. What cannot be meant is
// an error.
func (s *Set) Add(f Fault) (Fault, error) {
	if err := f.check(); err != nil {
		return f, fmt.Errorf("fault: %w", err)
	}
	path, err := regexp.Compile(f.Path)
	if err != nil {
		return f, fmt.Errorf("fault: path: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	f.ID, f.Met = strconv.Itoa(s.last), 0
	s.all = append(s.all, &entry{f, path})
	return f, nil
}

// List tells the faults that were added, in that order, those that are used up
// too.
func (s *Set) List() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Fault, len(s.all))
	for i, e := range s.all {
		all[i] = e.Fault
	}
	return all
}

// Clear takes all faults out of force and says how many there were.
func (s *Set) Clear() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.all)
	s.all = nil
	return n
}

// Meet finds the fault that befalls a request, the first one added of those that
// fit, and counts it. The paths are the names by which the request may be meant.
func (s *Set) Meet(method string, paths ...string) (Fault, bool) {
	return s.MeetBut("", method, paths...)
}

// MeetBut is Meet for a part of a request that the fault with this id has
// befallen already, as a whole.
func (s *Set) MeetBut(id, method string, paths ...string) (Fault, bool) {
	if s == nil {
		return Fault{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.all {
		if e.ID != id && e.fits(method, paths) {
			e.Met++
			return e.Fault, true
		}
	}
	return Fault{}, false
}

func (e *entry) fits(method string, paths []string) bool {
	if e.Count > 0 && e.Met >= e.Count || e.Method != "" && !strings.EqualFold(e.Method, method) {
		return false
	}
	return slices.ContainsFunc(paths, e.path.MatchString)
}
