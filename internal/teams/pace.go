package teams

import (
	"context"
	"sync"
	"time"
)

// window allows a number of calls in any stretch of time of a length.
type window struct {
	calls int
	per   time.Duration
}

// Limits of the connector (Teams: Optimize your bot with rate limiting). They
// are counted exactly, over a sliding window: a bucket that refills while it is
// drawn from would let nearly twice as much through.
var (
	// conversationPace is for sending and creating, per bot and conversation.
	conversationPace = [...]window{{7, time.Second}, {8, 2 * time.Second}, {60, 30 * time.Second}, {1800, time.Hour}}
	// memberPace is for asking about members, per bot and conversation.
	memberPace = [...]window{{14, time.Second}, {16, 2 * time.Second}, {120, 30 * time.Second}, {3600, time.Hour}}
	// overallPace is for everything, per app and tenant.
	overallPace = [...]window{{50, time.Second}}
)

// pace remembers when calls were made, as far back as its windows need.
type pace struct {
	windows []window
	made    []int64 // Unix nanoseconds, ascending
}

// delay is how long the next call must wait; 0 means that it may go.
func (p *pace) delay(now time.Time) time.Duration {
	var longest time.Duration
	for _, w := range p.windows {
		if len(p.made) < w.calls {
			continue
		}
		first := time.Unix(0, p.made[len(p.made)-w.calls])
		// A clock that was set back must not stop the conversation for longer
		// than the window.
		longest = max(longest, min(first.Add(w.per).Sub(now), w.per))
	}
	return longest
}

// count records a call and forgets those that no window needs.
func (p *pace) count(now time.Time) {
	most := p.windows[len(p.windows)-1].calls
	if len(p.made) >= 2*most {
		p.made = append(p.made[:0], p.made[len(p.made)-most:]...)
	}
	p.made = append(p.made, now.UnixNano())
}

// overall is the pace that all conversations share.
type overall struct {
	mu   sync.Mutex
	pace pace
}

// try records a call, or says how long to wait for another attempt.
func (o *overall) try(now time.Time) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	d := o.pace.delay(now)
	if d <= 0 {
		o.pace.count(now)
	}
	return d
}

// sleep waits for d or until the context ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
