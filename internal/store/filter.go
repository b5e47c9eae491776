package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// most is how many a list gives when its limit is 0.
const most = 100

const selectOverdue = `SELECT ref FROM requests WHERE due <= $1 ORDER BY due, ref LIMIT $2`

// Requests implements access.Reader. A draft has no approvers: it is not found
// by Filter.Approver. What was never asked counts as asked when it was drafted.
func (r reader) Requests(ctx context.Context, f access.Filter) ([]access.Request, error) {
	text, args := find(f)
	return bodies[access.Request](ctx, r, text, args...)
}

// Overdue lists requests whose Due or Remind is not after now, the longest
// overdue first; limit 0 means 100. It is for a sweep that cannot wait for the
// jobs: at the start, and after the clock was moved.
func (s *Store) Overdue(ctx context.Context, now time.Time, limit int) ([]access.Ref, error) {
	var ref string
	var list []access.Ref
	err := s.each(ctx, selectOverdue, []any{now.UnixMilli(), orMost(limit)}, []any{&ref}, func() error {
		list = append(list, access.Ref(ref))
		return nil
	})
	return list, err
}

func orMost(limit int) int {
	if limit <= 0 {
		return most
	}
	return limit
}

// search collects the conditions of a query.
type search struct {
	conditions []string
	args       []any
}

// where adds a condition on one value: "column = ".
func (s *search) where(condition string, value any) {
	s.conditions = append(s.conditions, condition+s.arg(value))
}

func (s *search) arg(value any) string {
	s.args = append(s.args, value)
	return "$" + strconv.Itoa(len(s.args))
}

// find writes the query of a filter. The references are found first, so that
// only the bodies that are wanted are read and sorted.
func find(f access.Filter) (string, []any) {
	var s search
	from, state := "requests r", "r.state"
	if f.Approver != "" {
		from, state = "approvers a JOIN requests r ON r.ref = a.ref", "a.state"
		s.where("a.person = ", string(f.Approver))
	}
	if f.Asker != "" {
		s.where("r.asker = ", string(f.Asker))
	}
	if f.Person != "" {
		s.where("r.person = ", string(f.Person))
	}
	if f.Kind != "" {
		s.where("r.kind = ", string(f.Kind))
	}
	if f.Unreviewed {
		s.conditions = append(s.conditions, "r.review IS NOT NULL")
	}
	if !f.DueBy.IsZero() {
		s.where("r.due <= ", f.DueBy.UnixMilli())
	}
	if len(f.States) > 0 {
		names := make([]string, len(f.States))
		for i, one := range f.States {
			names[i] = s.arg(string(one))
		}
		s.conditions = append(s.conditions, state+" IN ("+strings.Join(names, ", ")+")")
	}
	where := ""
	if len(s.conditions) > 0 {
		where = " WHERE " + strings.Join(s.conditions, " AND ")
	}
	return `SELECT body FROM requests WHERE ref IN (SELECT r.ref FROM ` + from + where +
		` ORDER BY r.asked DESC, r.ref DESC LIMIT ` + s.arg(orMost(f.Limit)) + `) ORDER BY asked DESC, ref DESC`, s.args
}
