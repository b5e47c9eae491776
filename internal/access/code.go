package access

import "time"

// code is a pass code in this process's memory, so that a client that repeats
// its call gets the same answer. It is kept nowhere else.
type code struct {
	attempt int
	rev     int // of the click that had it made
	secret  Secret
	until   time.Time
	forget  *time.Timer
}

// keepCode holds a code for a minute from now, the moment Graph answered. The
// timer runs on the machine's clock, so that a code is forgotten however the
// desk's clock is moved.
func (d *Desk) keepCode(v Reveal, rev int, s Secret) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dropCodeLocked(v.Ref)
	forget := time.AfterFunc(codeLasts, func() { d.dropCode(v.Ref, v.Attempt) })
	d.codes[v.Ref] = code{v.Attempt, rev, s, d.Now().Add(codeLasts), forget}
}

// codeOf returns the code of a reveal while it is held: to whoever may see it as
// long as nobody has, and after that to a repetition of the same click only.
func (d *Desk) codeOf(v Reveal, c Claim) Secret {
	d.mu.Lock()
	defer d.mu.Unlock()
	held, ok := d.codes[v.Ref]
	if !ok || held.attempt != v.Attempt || !d.Now().Before(held.until) {
		return Secret{}
	}
	if v.State == Answered && held.rev != c.Rev {
		return Secret{}
	}
	return held.secret
}

// dropCode forgets the code of one attempt.
func (d *Desk) dropCode(ref Ref, attempt int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.codes[ref].attempt == attempt {
		d.dropCodeLocked(ref)
	}
}

func (d *Desk) dropCodeLocked(ref Ref) {
	if c, ok := d.codes[ref]; ok {
		c.forget.Stop()
		delete(d.codes, ref)
	}
}
