package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/passdesk/passdesk/internal/access"
)

const (
	sayAgain  = "Passdesk cannot reach its records at the moment, and nothing was done. Try again in a minute."
	sayUnsure = "Passdesk's records failed while this was stored, and it is not certain that it was. Look at the request before you try again."
)

// broken makes of a database's error what access understands: Unavailable when
// the database cannot do it now (locked, full, read-only, torn, gone) or nobody
// waits any more; a fault of ours stays as it is.
func broken(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), sqlitePassing(err), postgresPassing(err):
		return access.Fail(access.Unavailable, sayAgain).Because(fmt.Errorf("database: %w", err))
	default:
		return fmt.Errorf("database: %w", err)
	}
}

// unsure makes of a failed commit what access understands. Where the disk or the
// connection fails, it cannot be told whether the commit is there afterwards.
func unsure(err error) error {
	if err != nil && (sqliteTorn(err) || postgresTorn(err)) {
		return access.Fail(access.Uncertain, sayUnsure).Because(fmt.Errorf("database: %w", err))
	}
	return broken(err)
}

func notFound(what string, args ...any) error {
	return access.Fail(access.NotFound, "There is no "+what+".", args...)
}
