package bot

import (
	"sync"
	"time"
)

// zones keeps time zones that were loaded before: loading one reads a file. Only
// names that exist are kept, of which there are about 600.
type zones struct{ known sync.Map }

// of returns the first zone of names that exists, else UTC. The names come from
// clients; "Local", which would be the server's, is not one of theirs.
func (z *zones) of(names ...string) *time.Location {
	for _, name := range names {
		if name == "" || name == "Local" || len(name) > 64 {
			continue
		}
		if known, ok := z.known.Load(name); ok {
			if zone, ok := known.(*time.Location); ok {
				return zone
			}
		}
		if zone, err := time.LoadLocation(name); err == nil {
			z.known.Store(name, zone)
			return zone
		}
	}
	return time.UTC
}
