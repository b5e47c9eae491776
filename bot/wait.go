package bot

import (
	"fmt"
	"time"
)

// inLine is from when on somebody who waits is told for how long.
const inLine = 5 * time.Second

// wait is how long a call to Entra takes that has not come back in time, as far
// as is known: Entra lets Passdesk ask only so often, so that a busy hour makes a
// line.
type wait time.Duration

// busy is the wait of whoever comes now.
func (b *Bot) busy() wait {
	if b.Busy == nil {
		return 0
	}
	return wait(b.Busy())
}

// why says what is waited for.
func (w wait) why() ownText {
	if time.Duration(w) < inLine {
		return "Entra or Passdesk's records are slow to answer."
	}
	return "Entra lets Passdesk ask only so often, and others are before you."
}

// when says when it is worth looking again.
func (w wait) when() ownText {
	switch d := time.Duration(w); {
	case d < inLine:
		return "in a few seconds"
	case d <= 90*time.Second:
		return ownText(fmt.Sprintf("in about %d seconds", (d+5*time.Second)/(10*time.Second)*10))
	default:
		return ownText(fmt.Sprintf("in about %d minutes", (d+30*time.Second)/time.Minute))
	}
}
