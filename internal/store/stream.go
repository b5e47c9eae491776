package store

import (
	"context"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

const (
	selectStream = `SELECT seq FROM audit_streams WHERE sink = $1`
	insertStream = `INSERT INTO audit_streams (sink, seq, holder, until) VALUES ($1, 0, $2, $3) ON CONFLICT DO NOTHING`
	leadStream   = `UPDATE audit_streams SET holder = $1, until = $2 WHERE sink = $3 AND (holder = $4 OR until <= $5)`
	moveStream   = `UPDATE audit_streams SET seq = $1, until = $2 WHERE sink = $3 AND holder = $4 AND seq = $5`
	yieldStream  = `UPDATE audit_streams SET holder = '', until = 0 WHERE sink = $1 AND holder = $2`
)

// StreamLasts is how long a replica sends to a sink without a word before another
// one may: longer than a sink may take over one piece.
const StreamLasts = time.Minute

// Streamed tells the last line of the audit that a sink has taken: 0 for none.
func (s *Store) Streamed(ctx context.Context, sink string) (seq int64, err error) {
	_, err = s.one(ctx, selectStream, []any{&seq}, sink)
	return seq, err
}

// Lead makes a replica the one that sends to a sink, for StreamLasts, and tells the
// last line that the sink has taken. False while another one sends.
func (s *Store) Lead(ctx context.Context, sink, replica string) (seq int64, leads bool, err error) {
	now := s.now()
	until := now.Add(StreamLasts).UnixMilli()
	err = s.change(ctx, func(tx transaction) error {
		n, err := tx.exec(ctx, leadStream, replica, until, sink, replica, now.UnixMilli())
		if err == nil && n == 0 {
			n, err = tx.exec(ctx, insertStream, sink, replica, until)
		}
		if err != nil || n == 0 {
			return err
		}
		leads = true
		_, err = tx.one(ctx, selectStream, []any{&seq}, sink)
		return err
	})
	return seq, leads && err == nil, err
}

// Taken notes that a sink has taken the lines after from, up to to, and leads on.
// Stale when another replica sends by now.
func (s *Store) Taken(ctx context.Context, sink, replica string, from, to int64) error {
	return s.change(ctx, func(tx transaction) error {
		n, err := tx.exec(ctx, moveStream, to, s.now().Add(StreamLasts).UnixMilli(), sink, replica, from)
		if err == nil && n == 0 {
			err = access.Fail(access.Stale, "Another replica sends the audit by now.")
		}
		return err
	})
}

// Yield lets another replica send to a sink at once.
func (s *Store) Yield(ctx context.Context, sink, replica string) error {
	return s.change(ctx, func(tx transaction) error {
		_, err := tx.exec(ctx, yieldStream, sink, replica)
		return err
	})
}
