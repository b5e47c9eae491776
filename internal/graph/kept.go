package graph

import (
	"sync"
	"time"
)

// kept holds an answer that need not be asked for again for a while.
type kept[T any] struct {
	mu    sync.Mutex
	value T
	at    time.Time // zero: nothing is held
}

// get returns what is held and since when it was true, if it is younger than
// life. A clock that was set back makes it old.
func (k *kept[T]) get(now time.Time, life time.Duration) (T, time.Time, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	age := now.Sub(k.at)
	return k.value, k.at, !k.at.IsZero() && age >= 0 && age < life
}

// put holds a value that was true at a moment.
func (k *kept[T]) put(v T, at time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.value, k.at = v, at
}

// drop forgets the value.
func (k *kept[T]) drop() {
	var none T
	k.put(none, time.Time{})
}
