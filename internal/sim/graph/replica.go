package graph

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// Bounds of how long a change takes to reach the replicas that are read, and of
// how far behind these the index of advanced queries is.
const (
	leastDelay, mostDelay = 2 * time.Second, 10 * time.Second
	leastLag, mostLag     = 5 * time.Second, 20 * time.Second
	// Those of a Conditional Access policy, and of a revocation.
	leastPolicy, mostPolicy         = 8 * time.Second, 12 * time.Second
	leastRevocation, mostRevocation = time.Minute, 3 * time.Minute
)

// change lets the app change a person or a group (an id). Whoever reads sees it
// after a while, if the tenant has such manners.
func (g *Graph) change(id string, f func() error) error {
	if !g.Manners.Now().Delay {
		return f()
	}
	return g.tenant.Replicate(id, g.nextBetween(leastDelay, mostDelay), f)
}

// changePolicy is change for a Conditional Access policy.
func (g *Graph) changePolicy(id string, f func(*entra.Policy)) error {
	change := func() error { return g.tenant.ChangePolicy(id, f) }
	if !g.Manners.Now().PolicyDelay {
		return change()
	}
	return g.tenant.Replicate(id, g.nextBetween(leastPolicy, mostPolicy), change)
}

// nextBetween is a time for the next change.
func (g *Graph) nextBetween(least, most time.Duration) time.Duration {
	return g.between(least, most, fmt.Sprint("change ", g.changes.Add(1)))
}

// seen is the tenant as the request sees it: a replica, or an index.
func (a *ask) seen() entra.View {
	m := a.graph.Manners.Now()
	if a.query.eventual && m.Lag {
		return a.graph.tenant.Seen(a.graph.between(leastLag, mostLag, "index"))
	}
	if m.Flicker && a.odd() {
		return a.graph.tenant.Fresh()
	}
	return a.graph.tenant.Seen(0)
}

// odd is true of every second request that reads.
func (a *ask) odd() bool {
	if a.number == 0 {
		a.number = a.graph.reads.Add(1)
	}
	return a.number%2 == 1
}

// between is a time that follows from the tenant's seed and the occasion.
func (g *Graph) between(least, most time.Duration, occasion string) time.Duration {
	sum := sha256.Sum256([]byte(g.tenant.ID() + occasion))
	return least + (most-least)*time.Duration(binary.BigEndian.Uint16(sum[:]))/(1<<16)
}
