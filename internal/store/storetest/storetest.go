// Package storetest is what every store must do, whatever database is behind
// it. Run it with a function that opens an empty one, for one replica or more.
package storetest

import (
	"context"
	"iter"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/audit"
	"github.com/passdesk/passdesk/internal/store"
)

// Store is what the suite needs: access.Store, and a look at what it cannot see
// through that.
type Store interface {
	access.Store
	Head(ctx context.Context) (audit.Head, error)
	Lines(ctx context.Context, from int64) iter.Seq2[audit.Line, error]
	Overdue(ctx context.Context, now time.Time, limit int) ([]access.Ref, error)
	Waiting(ctx context.Context, limit int) ([]access.Job, error)
	Ready(ctx context.Context) error
	Prune(ctx context.Context, before time.Time) error
	Meet(ctx context.Context, id, rules string) ([]store.Replica, error)
	Leave(ctx context.Context, id string) error
	Shared(ctx context.Context, name string, change func(old string) string) error
	Streamed(ctx context.Context, sink string) (int64, error)
	Lead(ctx context.Context, sink, replica string) (int64, bool, error)
	Taken(ctx context.Context, sink, replica string, from, to int64) error
	Yield(ctx context.Context, sink, replica string) error
	Figures(ctx context.Context) (store.Figures, error)
}

// Now is the time that the stores under test are to be opened with.
func Now() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

// Run runs the suite. The stores that open returns must share one empty database,
// run no jobs, have Now for their clock, and be closed when t ends.
func Run(t *testing.T, open func(t *testing.T, replicas int) []Store) {
	t.Helper()
	for _, group := range []map[string]func(*testing.T, Store){
		requestTests, filterTests, revealTests, chatTests, auditTests, transactionTests, pastTests, exclusionTests, tellingTests, threatTests, figureTests,
	} {
		for name, test := range group {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(t, open(t, 1)[0])
			})
		}
	}
	for _, group := range []map[string]func(*testing.T, []Store){contentionTests, replicaTests, exclusionContention, countingTests, streamTests, threatContention} {
		for name, test := range group {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(t, open(t, 2))
			})
		}
	}
}

// People of the tests.
var (
	adele  = access.Person{ID: "adele-id", Name: "Adele Vance", UPN: "adele@passdesk.example"}
	bianca = access.Person{ID: "bianca-id", Name: "Bianca Pisani"}
	joni   = access.Person{ID: "joni-id", Name: "Joni Sherman", UPN: "joni@passdesk.example"}
	grady  = access.Person{ID: "grady-id", Name: "Grady Archie"}
	megan  = access.Person{ID: "megan-id", Name: "Megan Bowen"}
	lee    = access.Person{ID: "lee-id", Name: "Lee Gu"}
)

// asked is a request of adele for joni that megan and lee may decide.
func asked(ref access.Ref, at time.Time) access.Request {
	return access.Request{
		Ref: ref, Rev: 2, State: access.Asked, Kind: access.Pass,
		Asker: adele, Person: joni, Approvers: []access.Person{megan, lee},
		Terms:   access.Terms{Minutes: 60, Once: true, Reason: "a new laptop"},
		Drafted: at.Add(-time.Minute), Asked: at, Changed: at,
	}
}

// moved is r one revision later, in another state.
func moved(r access.Request, to access.State) access.Request {
	r.Rev++
	r.State = to
	return r
}

func ref(n int) access.Ref { return access.Ref("PD-" + strconv.Itoa(n)) }

func update(t *testing.T, s access.Store, do func(access.Tx) error) {
	t.Helper()
	require.NoError(t, s.Update(t.Context(), do))
}

func insert(t *testing.T, s access.Store, list ...access.Request) {
	t.Helper()
	update(t, s, func(tx access.Tx) error {
		for _, r := range list {
			if err := tx.Insert(t.Context(), r); err != nil {
				return err
			}
		}
		return nil
	})
}

func requireCode(t *testing.T, want access.Code, err error) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, want, access.CodeOf(err), "%v", err)
}

// whole verifies the chain against the stored head.
func whole(t *testing.T, s Store) audit.Result {
	t.Helper()
	head, err := s.Head(t.Context())
	require.NoError(t, err)
	r, err := audit.Verify(s.Lines(t.Context(), 1), head)
	require.NoError(t, err)
	require.Nil(t, r.Break)
	require.Equal(t, head, r.Head)
	return r
}
