package check

import (
	"context"
	"time"
)

// How far this machine's clock may be off. Tokens and certificates allow five
// minutes (Entra: access tokens, nbf and exp); ends are promised to the minute.
const (
	askew    = 30 * time.Second
	tooAskew = 5 * time.Minute
)

// noteClock notes how far somebody's time, told by the header Date to the second, is
// from this machine's.
func (r *run) noteClock(who string, at, sent time.Time) {
	// The header was written somewhere between the two moments, and rounded down.
	early, late := sent.Sub(at.Add(time.Second)), r.Now().Sub(at)
	off := max(early, 0)
	if late < 0 {
		off = late
	}
	if r.clocks == nil {
		r.clocks = map[string]time.Duration{}
	}
	r.clocks[who] = off
}

// lookAtClock holds this machine's clock against Entra's and Graph's.
func (r *run) lookAtClock(context.Context) {
	var who string
	var off time.Duration
	for one, by := range r.clocks {
		if who == "" || by.Abs() > off.Abs() {
			who, off = one, by
		}
	}
	if who == "" {
		r.find(Note, "Nobody told what time it is.", "See why login and Graph do not answer.")
		return
	}
	level, word := Warning, "ahead of"
	if off < 0 {
		word = "behind"
	}
	if off.Abs() >= tooAskew {
		level = Error
	}
	if off.Abs() < askew {
		r.fine("This machine's clock agrees with " + who + ".")
		return
	}
	r.find(level, "This machine's clock is "+off.Abs().Round(time.Second).String()+" "+word+" "+who+"'s. Tokens are refused beyond 5 minutes, and what Passdesk ends would end at another time than it says.", "Set the clock by NTP.")
}
