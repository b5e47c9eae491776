package store

import (
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
)

// postgresPassing tells whether PostgreSQL's error is one of its surroundings and
// not of what it was asked (PostgreSQL: appendix A, error codes).
func postgresPassing(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return surroundings(e.Code)
	}
	return torn(err)
}

// surroundings tells whether a code speaks of the server's state, of a lock or of
// another transaction.
func surroundings(code string) bool {
	switch code {
	case "25006", // read-only: a standby, or an administrator's word
		"25P03", // idle in a transaction for too long
		"55P03": // a lock is not to be had in time
		return true
	}
	switch class(code) {
	case "08", // connection
		"40", // taken back because of another transaction
		"53", // disk, memory, connections
		"57", // being stopped, started, cancelled
		"58": // system
		return true
	}
	return false
}

// postgresTorn tells whether a commit failed in a way that may have kept it: the
// connection broke, or the server was ended before it said what it had done.
func postgresTorn(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch class(e.Code) {
		case "08", "57", "58":
			return true
		}
		return false
	}
	return torn(err) && !pgconn.SafeToRetry(err)
}

// torn tells whether err is one of the connection.
func torn(err error) bool {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) {
		return true
	}
	_, connect := errors.AsType[*pgconn.ConnectError](err)
	_, network := errors.AsType[net.Error](err)
	return connect || network || pgconn.Timeout(err) || pgconn.SafeToRetry(err)
}

// class is the first two characters of a code.
func class(code string) string { return code[:min(2, len(code))] }
