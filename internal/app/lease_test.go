package app_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What a lease costs at Entra: round trips, and calls to Conditional Access, of
// which the whole tenant has one a second.
func TestWhatALeaseCosts(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.says("lee", "help")
	p.says("adele", "exclude alex from platforms for 1h because new phone") // and what is kept
	for _, phase := range []struct {
		name         string
		do           func()
		trips, units int
	}{
		{"ask", func() { p.presses("adele", "Send request", nil) }, 2, 2},
		{"decide and carry out", func() { p.presses("lee", "Approve", nil); p.sees("adele", "<Extend>") }, 3, 2},
		{"read back", func() { p.clock("16s"); p.recordedOnce("read back done") }, 1, 1},
		{"end, and the first read", func() { p.presses("adele", "End now", nil); p.excludes("platforms", "alex", false) }, 3, 1},
		{"the second read", func() { p.clock("11s"); p.sees("adele", "Read back") }, 2, 1},
	} {
		p.marks()
		phase.do()
		p.until(func() bool { return len(p.trips()) >= phase.trips }, func() string { return phase.name + " takes fewer round trips" })
		units := 0
		for _, c := range p.graphCalls()[p.mark:] {
			if strings.Contains(c.Path, "/identity/conditionalAccess/") {
				units++
			}
		}
		require.Len(t, p.trips(), phase.trips, phase.name)
		require.Equal(t, phase.units, units, phase.name)
	}
}

// recordedOnce waits until the audit holds an entry.
func (p *play) recordedOnce(what string) {
	p.t.Helper()
	p.until(func() bool { return p.recorded()[what] == 1 }, func() string { return what + " is not recorded" })
}
