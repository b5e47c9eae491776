package teams

import (
	"container/list"
	"context"
	"strings"
	"sync"
	"time"
)

const (
	// laneIdle is how long the longest window of a pace looks back: a lane that
	// rested for so long has nothing to remember.
	laneIdle = time.Hour
	// maxLanes bounds the lanes that are remembered although nobody uses them.
	maxLanes = 4096
)

// lane is what one conversation has to itself: one call at a time, because
// Teams answers concurrent ones with 412, and a pace.
type lane struct {
	name    string
	turn    chan struct{} // holds one while a call is under way
	send    pace
	members pace
	closed  time.Time // Teams asked for silence until then

	// Guarded by lanes.mu.
	users int
	used  time.Time
	rests *list.Element // place in lanes.idle while users is 0
}

// lanes hands out the lanes of all conversations and forgets idle ones.
type lanes struct {
	now func() time.Time

	mu   sync.Mutex
	open map[string]*lane
	idle *list.List // of *lane, the one that rests longest last
}

func newLanes(now func() time.Time) *lanes {
	return &lanes{now: now, open: map[string]*lane{}, idle: list.New()}
}

// enter waits for the lane of a conversation and holds it until leave.
func (ls *lanes) enter(ctx context.Context, name string) (*lane, error) {
	l := ls.join(name)
	select {
	case l.turn <- struct{}{}:
		return l, nil
	case <-ctx.Done():
		ls.part(l)
		return nil, ctx.Err()
	}
}

// leave lets the next call of this conversation go.
func (ls *lanes) leave(l *lane) {
	<-l.turn
	ls.part(l)
}

func (ls *lanes) join(name string) *lane {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	l := ls.open[name]
	if l == nil {
		// The name may be part of a large body that is about to be forgotten.
		l = &lane{
			name: strings.Clone(name), turn: make(chan struct{}, 1),
			send: pace{windows: conversationPace[:]}, members: pace{windows: memberPace[:]},
		}
		ls.open[l.name] = l
	}
	if l.rests != nil {
		ls.idle.Remove(l.rests)
		l.rests = nil
	}
	l.users++
	return l
}

func (ls *lanes) part(l *lane) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	l.users--
	if l.users > 0 {
		return
	}
	l.used = ls.now()
	l.rests = ls.idle.PushFront(l)
	for e := ls.idle.Back(); e != nil; e = ls.idle.Back() {
		oldest, _ := e.Value.(*lane)
		if ls.idle.Len() <= maxLanes && l.used.Sub(oldest.used) < laneIdle {
			return
		}
		ls.idle.Remove(e)
		delete(ls.open, oldest.name)
	}
}
