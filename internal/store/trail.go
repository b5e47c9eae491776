package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/audit"
)

const (
	selectHead   = `SELECT seq, hash FROM audit_head WHERE id = 1`
	lockHead     = `UPDATE audit_head SET seq = seq + $1 WHERE id = 1`
	updateHead   = `UPDATE audit_head SET hash = $1 WHERE id = 1`
	insertLine   = `INSERT INTO audit (seq, ref, person, body, hash) VALUES ($1, $2, $3, $4, $5)`
	selectLines  = `SELECT seq, ref, person, body, hash FROM audit WHERE seq >= $1 ORDER BY seq LIMIT 1000`
	selectAll    = `SELECT body FROM audit ORDER BY seq DESC LIMIT $1`
	selectRef    = `SELECT body FROM audit WHERE ref = $1 ORDER BY seq DESC LIMIT $2`
	selectPerson = `SELECT body FROM audit WHERE person = $1 ORDER BY seq DESC LIMIT $2`
	selectBoth   = `SELECT body FROM audit WHERE ref = $1 AND person = $2 ORDER BY seq DESC LIMIT $3`
)

// Trail is the audit alone, read-only: for verification and export beside a
// server that runs.
type Trail struct {
	reader
	close func() error
}

// OpenTrail opens the audit of a database that exists.
func OpenTrail(ctx context.Context, address string) (*Trail, error) {
	scheme, path, _ := strings.Cut(address, ":")
	open := openServerTrail
	switch scheme {
	case "sqlite":
		open, address = openFileTrail, path
	case "postgres", "postgresql":
	default:
		return nil, errAddress
	}
	t, err := open(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("opening the audit: %w", err)
	}
	return t, nil
}

func openFileTrail(ctx context.Context, path string) (*Trail, error) {
	path, err := sqlitePath(path)
	if err != nil {
		return nil, err
	}
	db, err := openReaders(ctx, path)
	if err != nil {
		return nil, err
	}
	s, err := newSQLiteSession(ctx, db)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Trail{reader{s}, db.Close}, nil
}

func openServerTrail(ctx context.Context, address string) (*Trail, error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, err
	}
	config.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on"
	pool, err := openServer(ctx, config, 1)
	if err != nil {
		return nil, err
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return &Trail{reader{postgresSession{pool}}, func() error { pool.Close(); return nil }}, nil
}

// Close closes the database.
func (t *Trail) Close() error { return t.close() }

// Head returns the stored end of the chain.
func (r reader) Head(ctx context.Context) (audit.Head, error) {
	var seq int64
	var hash string
	found, err := r.one(ctx, selectHead, []any{&seq, &hash})
	if err != nil {
		return audit.Head{}, err
	}
	if !found {
		return audit.Head{}, errors.New("the audit's head is gone")
	}
	h, err := audit.ParseHash(hash)
	return audit.Head{Seq: seq, Hash: h}, err
}

// Lines reads the chain from a number on, in order. A line whose index columns
// do not say what its body says is yielded as an *audit.Break. It reads in
// pieces, so that it never holds the database's past for long.
func (r reader) Lines(ctx context.Context, from int64) iter.Seq2[audit.Line, error] {
	return func(yield func(audit.Line, error) bool) {
		for {
			lines, err := r.piece(ctx, from)
			for _, line := range lines {
				if !yield(line, nil) {
					return
				}
			}
			if err != nil {
				yield(audit.Line{}, err)
				return
			}
			if len(lines) == 0 {
				return
			}
			from = lines[len(lines)-1].Seq + 1
		}
	}
}

func (r reader) piece(ctx context.Context, from int64) ([]audit.Line, error) {
	var lines []audit.Line
	var line audit.Line
	var ref, person, body, hash string
	err := r.each(ctx, selectLines, []any{from}, []any{&line.Seq, &ref, &person, &body, &hash}, func() error {
		h, err := audit.ParseHash(hash)
		if err != nil {
			return &audit.Break{Seq: line.Seq, Fault: audit.Altered, Say: err.Error()}
		}
		line.Body, line.Hash = []byte(body), h
		lines = append(lines, line)
		return indexed(line, ref, person)
	})
	return lines, err
}

// indexed tells whether the columns by which a line is found say what it says.
func indexed(line audit.Line, ref, person string) error {
	e, err := line.Entry()
	if err != nil || e.Ref != ref || e.Person != person {
		return &audit.Break{Seq: line.Seq, Fault: audit.Altered, Say: "it is filed under another request or person than it says"}
	}
	return nil
}

// Entries implements access.Reader. What the transaction itself records is not
// among them; limit 0 means 100; without reference and person all are meant.
func (r reader) Entries(ctx context.Context, ref access.Ref, person access.ID, limit int) ([]audit.Entry, error) {
	limit = orMost(limit)
	text, args := selectBoth, []any{string(ref), string(person), limit}
	switch {
	case ref == "" && person == "":
		text, args = selectAll, []any{limit}
	case person == "":
		text, args = selectRef, []any{string(ref), limit}
	case ref == "":
		text, args = selectPerson, []any{string(person), limit}
	}
	var body []byte
	var list []audit.Entry
	err := r.each(ctx, text, args, []any{&body}, func() error {
		e, err := decode[audit.Entry](body)
		list = append(list, e)
		return err
	})
	return list, err
}

// Record implements access.Tx. It cannot fail here: if an entry cannot be
// appended, the transaction fails.
func (t *txn) Record(e audit.Entry) {
	if e.At.IsZero() {
		e.At = t.now()
	}
	t.entries = append(t.entries, e)
}

// seal appends what was recorded. Moving the head's number first locks it: of
// two transactions one waits here for the other's end.
func (t *txn) seal(ctx context.Context) error {
	if len(t.entries) == 0 {
		return nil
	}
	if _, err := t.exec(ctx, lockHead, len(t.entries)); err != nil {
		return err
	}
	head, err := t.Head(ctx)
	if err != nil {
		return err
	}
	head.Seq -= int64(len(t.entries))
	for _, e := range t.entries {
		line, err := audit.Seal(head, e)
		if err != nil {
			return err
		}
		if _, err := t.exec(ctx, insertLine, line.Seq, e.Ref, e.Person, string(line.Body), line.Hash.String()); err != nil {
			return err
		}
		head = line.Head()
	}
	_, err = t.exec(ctx, updateHead, head.Hash.String())
	return err
}
