package store

import (
	"context"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

const (
	// jobsLate is how long after its time a job counts as late.
	jobsLate = 30 * time.Second
	// jobsFail is from how many failed attempts on a job counts as failing.
	jobsFail = 5
	// EndsLate is how long after its time what has not ended counts as overdue:
	// two reads take half a minute.
	EndsLate = 5 * time.Minute
)

// Figures are what the whole database says at a moment, whichever replica asks.
type Figures struct {
	Requests []RequestFigure // those that are open
	Jobs     []JobFigure     // those that are not done
	Drifts   map[string]int  // those that are open, by kind
	Lines    int64           // of the audit
	Streamed map[string]int64
}

// RequestFigure is how many requests of a kind are in a state.
type RequestFigure struct {
	Kind  access.Kind
	State access.State
	Count int
	// Overdue is how many of these should have ended EndsLate ago or longer, First
	// when the first of these was due; both zero in a state that holds nothing.
	Overdue int
	First   time.Time
}

// JobFigure is how many jobs of a kind are not done. Each is counted once.
type JobFigure struct {
	Kind access.JobKind
	// Waiting are those that run, or whose time has not come; Late those that
	// should have begun half a minute ago; Failing those that have failed five
	// times or more.
	Waiting, Late, Failing int
}

// Figures reads them in one query, which costs the same in a desk of any age: what
// is closed is not looked at.
func (s *Store) Figures(ctx context.Context) (Figures, error) {
	f := Figures{Drifts: map[string]int{}, Streamed: map[string]int64{}}
	now := s.now()
	var what, a, b string
	var n, late, failing, first int64
	args := []any{now.Add(-EndsLate).UnixMilli(), jobsFail, now.Add(-jobsLate).UnixMilli(), jobsFail}
	err := s.each(ctx, s.figures, args, []any{&what, &a, &b, &n, &late, &failing, &first}, func() error {
		switch what {
		case "request":
			one := RequestFigure{Kind: access.Kind(a), State: access.State(b), Count: int(n)}
			if first > 0 {
				one.Overdue, one.First = int(late), time.UnixMilli(first).UTC()
			}
			f.Requests = append(f.Requests, one)
		case "job":
			f.Jobs = append(f.Jobs, JobFigure{access.JobKind(a), int(n - late - failing), int(late), int(failing)})
		case "drift":
			f.Drifts[a] = int(n)
		case "lines":
			f.Lines = n
		case "streamed":
			f.Streamed[a] = n
		}
		return nil
	})
	return f, err
}

// figures writes the query. In millis is how the database tells when a job is due,
// in epoch milliseconds: River keeps times in its own way.
func figures(millis string) string {
	holding := quoted(access.InForce, access.Ending)
	return `SELECT 'request' AS what, kind AS a, state AS b, COUNT(*) AS n,
 SUM(CASE WHEN state IN (` + holding + `) AND due <= $1 THEN 1 ELSE 0 END) AS late, 0 AS failing,
 COALESCE(MIN(CASE WHEN state IN (` + holding + `) THEN due END), 0) AS first
FROM requests WHERE state IN (` + quoted(openStates()...) + `) GROUP BY kind, state
UNION ALL SELECT 'job', args ->> 'kind', '', COUNT(*),
 SUM(CASE WHEN attempt < $2 AND state <> 'running' AND ` + millis + ` <= $3 THEN 1 ELSE 0 END),
 SUM(CASE WHEN attempt >= $4 THEN 1 ELSE 0 END), 0
FROM river_job WHERE state IN ('available', 'pending', 'retryable', 'running', 'scheduled') GROUP BY args ->> 'kind'
UNION ALL SELECT 'drift', kind, '', COUNT(*), 0, 0, 0 FROM drifts WHERE cleared IS NULL GROUP BY kind
UNION ALL SELECT 'lines', '', '', seq, 0, 0, 0 FROM audit_head
UNION ALL SELECT 'streamed', sink, '', seq, 0, 0, 0 FROM audit_streams`
}

// openStates are those in which something can still happen to a request.
func openStates() []access.State {
	var states []access.State
	for _, s := range access.States() {
		if !s.Closed() {
			states = append(states, s)
		}
	}
	return states
}

// quoted writes states, which are words of ours, into a query.
func quoted(states ...access.State) string {
	all := make([]string, len(states))
	for i, s := range states {
		all[i] = "'" + string(s) + "'"
	}
	return strings.Join(all, ", ")
}
