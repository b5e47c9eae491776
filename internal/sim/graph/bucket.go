package graph

import "time"

// window lets a number of requests in within any stretch of time of its length.
// Those that it refuses count as well, so that whoever asks again at once stays
// outside (Graph: throttling guidance, best practices).
type window struct {
	most int
	per  time.Duration
	came []time.Time // the last requests, most of them at most, oldest first
}

// admit counts a request. One that is refused is told after how long one more
// would be let in.
func (w *window) admit(now time.Time) (ok bool, after time.Duration) {
	full := w.used(now) >= w.most
	if len(w.came) == w.most {
		copy(w.came, w.came[1:])
		w.came = w.came[:w.most-1]
	}
	w.came = append(w.came, now)
	if !full {
		return true, 0
	}
	return false, w.came[0].Add(w.per).Sub(now)
}

// used is how many of the requests that count came within the window's length.
func (w *window) used(now time.Time) int {
	n := 0
	for i := len(w.came) - 1; i >= 0 && now.Sub(w.came[i]) < w.per; i-- {
		n++
	}
	return n
}

// purse holds resource units, and fills up evenly within its period.
type purse struct {
	size int
	per  time.Duration
	left float64
	at   time.Time
}

// draw takes a request's units out. Of what it refuses it takes nothing, and
// tells after how long there is enough. The share is how much of the purse is
// used, with this request.
func (p *purse) draw(now time.Time, units int) (ok bool, after time.Duration, share float64) {
	p.fill(now)
	size, cost := float64(p.size), float64(units)
	share = (size - p.left + cost) / size
	if p.left < cost {
		return false, time.Duration((cost - p.left) / size * float64(p.per)), share
	}
	p.left -= cost
	return true, 0, share
}

func (p *purse) fill(now time.Time) {
	gained := float64(p.size) * float64(now.Sub(p.at)) / float64(p.per)
	if p.left += gained; p.at.IsZero() || p.left > float64(p.size) {
		p.left = float64(p.size)
	}
	p.at = now
}

func (p *purse) used(now time.Time) int {
	p.fill(now)
	return p.size - int(p.left)
}
