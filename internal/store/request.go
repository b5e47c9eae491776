package store

import (
	"context"
	"slices"

	"github.com/passdesk/passdesk/internal/access"
)

const (
	selectVersion   = `SELECT rev, asked FROM requests WHERE ref = $1`
	selectRequest   = `SELECT body FROM requests WHERE ref = $1`
	insertRequest   = `INSERT INTO requests (ref, rev, state, kind, asker, person, asked, due, review, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`
	updateRequest   = `UPDATE requests SET rev = $1, state = $2, kind = $3, person = $4, asked = $5, due = $6, review = $7, body = $8 WHERE ref = $9 AND state = $10 AND rev = $11`
	selectApprovers = `SELECT person FROM approvers WHERE ref = $1`
	updateApprovers = `UPDATE approvers SET state = $1 WHERE ref = $2`
	deleteApprovers = `DELETE FROM approvers WHERE ref = $1`
	insertApprover  = `INSERT INTO approvers (ref, person, state) VALUES ($1, $2, $3)`
)

// Request implements access.Reader. It is what every click reads first: see
// recent for how it is made cheap.
func (s *Store) Request(ctx context.Context, ref access.Ref) (access.Request, error) {
	var rev int
	var at int64
	found, err := s.one(ctx, selectVersion, []any{&rev, &at}, string(ref))
	switch {
	case err != nil:
		return access.Request{}, err
	case !found:
		return access.Request{}, notFound("request %s", ref)
	}
	if r, ok := s.recent.get(ref, rev, at); ok {
		return r, nil
	}
	r, err := s.reader.Request(ctx, ref)
	if err == nil {
		s.recent.put(r)
	}
	return r, err
}

// Request implements access.Reader.
func (r reader) Request(ctx context.Context, ref access.Ref) (access.Request, error) {
	one, found, err := body[access.Request](ctx, r, selectRequest, string(ref))
	if err == nil && !found {
		err = notFound("request %s", ref)
	}
	return one, err
}

// Insert implements access.Tx.
func (t *txn) Insert(ctx context.Context, r access.Request) error {
	r = keptRequest(r)
	body, err := encode(r)
	if err != nil {
		return err
	}
	n, err := t.exec(ctx, insertRequest, string(r.Ref), r.Rev, string(r.State), string(r.Kind), string(r.Asker.ID),
		string(r.Person.ID), asked(r), millis(r.Next()), review(r), body)
	if err != nil {
		return err
	}
	if n == 0 {
		return access.Fail(access.Stale, "The reference %s is taken.", r.Ref)
	}
	t.changes = append(t.changes, change{"", r})
	return t.saveApprovers(ctx, r)
}

// Change implements access.Tx.
func (t *txn) Change(ctx context.Context, from access.State, r access.Request) error {
	r = keptRequest(r)
	body, err := encode(r)
	if err != nil {
		return err
	}
	n, err := t.exec(ctx, updateRequest, r.Rev, string(r.State), string(r.Kind), string(r.Person.ID), asked(r),
		millis(r.Next()), review(r), body, string(r.Ref), string(from), r.Rev-1)
	if err != nil {
		return err
	}
	if n == 0 {
		return access.Fail(access.Stale, "Request %s has changed in the meantime.", r.Ref)
	}
	t.changes = append(t.changes, change{from, r})
	return t.saveApprovers(ctx, r)
}

// asked is the time by which requests are sorted.
func asked(r access.Request) int64 {
	if r.Asked.IsZero() {
		return r.Drafted.UnixMilli()
	}
	return r.Asked.UnixMilli()
}

// review is by when the request is to be reviewed, as a column; NULL when it is not.
func review(r access.Request) any {
	if !r.Unreviewed() {
		return nil
	}
	return millis(r.Review.Due)
}

// saveApprovers keeps the rows by which an approver finds a request. Nobody may
// decide a draft.
func (t *txn) saveApprovers(ctx context.Context, r access.Request) error {
	var want []string
	for _, a := range r.Approvers {
		if r.State != access.Draft {
			want = append(want, string(a.ID))
		}
	}
	slices.Sort(want)
	want = slices.Compact(want)
	have, err := t.approvers(ctx, r.Ref)
	if err != nil {
		return err
	}
	if slices.Equal(have, want) {
		return t.stateApprovers(ctx, r, len(have))
	}
	if _, err := t.exec(ctx, deleteApprovers, string(r.Ref)); err != nil {
		return err
	}
	for _, person := range want {
		if _, err := t.exec(ctx, insertApprover, string(r.Ref), person, string(r.State)); err != nil {
			return err
		}
	}
	return nil
}

func (t *txn) stateApprovers(ctx context.Context, r access.Request, n int) error {
	if n == 0 {
		return nil
	}
	_, err := t.exec(ctx, updateApprovers, string(r.State), string(r.Ref))
	return err
}

func (t *txn) approvers(ctx context.Context, ref access.Ref) ([]string, error) {
	var person string
	var have []string
	err := t.each(ctx, selectApprovers, []any{string(ref)}, []any{&person}, func() error {
		have = append(have, person)
		return nil
	})
	slices.Sort(have) // databases differ in what comes first
	return have, err
}
