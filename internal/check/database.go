package check

import (
	"context"
	"fmt"
	"strings"

	"github.com/passdesk/passdesk/internal/store"
)

// lookAtDatabase looks whether the database is there, and how far it is migrated.
func (r *run) lookAtDatabase(ctx context.Context) {
	s, err := store.Look(ctx, r.config.Database)
	kind := "The file"
	if !strings.HasPrefix(r.config.Database, "sqlite:") {
		kind = "The server's database"
	}
	switch {
	case err != nil:
		r.find(Error, "It cannot be opened: "+err.Error()+".", "See that it is there, that Passdesk may read and write it, and that PGPASSWORD or PASSDESK_DATABASE has the password, if it takes one.")
	case !s.There:
		r.find(Note, kind+" does not exist yet.", "Nothing: the first start makes it.")
	case s.Version > s.Newest:
		r.find(Error, fmt.Sprintf("Its tables are of a newer Passdesk: migration %d, and this one knows %d.", s.Version, s.Newest), "Run the newer Passdesk, or restore the database of this one.")
	case !s.Writable:
		r.find(Error, kind+" can be read, but not written.", "Give the account that runs Passdesk the right to write, and to make tables; a standby server is no use.")
	case s.Version == 0:
		r.find(Note, kind+" has no tables yet.", "Nothing: the first start makes them.")
	case s.Version < s.Newest:
		r.find(Note, fmt.Sprintf("Its tables are at migration %d of %d.", s.Version, s.Newest), "Nothing: the next start migrates them. Make a backup before it.")
	default:
		r.fine(fmt.Sprintf("It answers, and its tables are up to date (migration %d).", s.Version))
	}
}
