package store_test

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/store"
	"github.com/passdesk/passdesk/internal/store/pgtest"
	"github.com/passdesk/passdesk/internal/store/storetest"
)

// engine is a database that the benchmarks run on.
type engine struct {
	name    string
	address func(testing.TB) string                     // of an empty database
	connect func(tb testing.TB, address string) *sql.DB // past the store
	indexes string                                      // asks for the indexes that are not a table's key: name and text
}

// measured are all databases that Passdesk runs on.
var measured = []engine{
	{"sqlite", address, connectSQLite, `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ('requests', 'approvers', 'decisions', 'audit')`},
	{"postgres", pgtest.Address, connectPostgres, `SELECT indexname, indexdef FROM pg_indexes WHERE indexname NOT LIKE '%_pkey' AND tablename IN ('requests', 'approvers', 'decisions', 'audit')`},
}

// connectPostgres opens a connection without a limit for a statement.
func connectPostgres(tb testing.TB, address string) *sql.DB {
	tb.Helper()
	db, err := sql.Open("pgx", address)
	require.NoError(tb, err)
	db.SetMaxOpenConns(1)
	return db
}

// connectSQLite opens a connection that cares for nothing but speed: what it
// writes is made anew when the machine fails.
func connectSQLite(tb testing.TB, address string) *sql.DB {
	tb.Helper()
	db, err := sql.Open("sqlite", "file:"+strings.TrimPrefix(address, "sqlite:")+
		"?_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)&_pragma=cache_size(-400000)")
	require.NoError(tb, err)
	db.SetMaxOpenConns(1)
	return db
}

// series counts from 0 to $1-1, on either engine. References come in order,
// which fills fastest; those that are decided are spread among them.
const series = `WITH RECURSIVE n(i) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT i+1 FROM n WHERE i+1 < $1),
	past(i, ref, asker, person, manager) AS (SELECT i, 'PD-' || CAST(10000000 + i * 9 AS TEXT),
		'8d3f5c1e-0000-4000-8000-' || CAST(100000000000 + i % 40 AS TEXT),
		'8d3f5c1e-0000-4000-8000-' || CAST(200000000000 + i * 31 % 20011 AS TEXT),
		'8d3f5c1e-0000-4000-8000-' || CAST(300000000000 + i * 31 % 997 AS TEXT) FROM n) `

// lives are what a closed request has left in the tables that a decision touches.
var lives = []string{
	series + `INSERT INTO requests (ref, rev, state, kind, asker, person, asked, body) SELECT ref, 7, 'ended', 'pass', asker, person, 1700000000000 + i * 30000, $2 FROM past`,
	series + `INSERT INTO approvers (ref, person, state) SELECT ref, manager, 'ended' FROM past WHERE $2 <> ''`,
	series + `INSERT INTO clicks (actor, ref, rev, verb, at) SELECT manager, ref, 2, 'approve', 1700000000000 + i * 30000 FROM past WHERE $2 <> ''`,
	series + `INSERT INTO decisions (person, at, ref) SELECT manager, 1700000000000 + i * 30000, ref FROM past WHERE $2 <> ''`,
	series + `INSERT INTO audit (seq, ref, person, body, hash) SELECT 2 * i + k, ref, person, '{"at":"2026-03-02T09:00:00Z","actor":"8d3f5c1e-0000-4000-8000-100000000000","action":"approve","outcome":"done","ref":"PD-00000000","person":"8d3f5c1e-0000-4000-8000-200000000000"}', '5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9' FROM past, (SELECT 1 AS k UNION ALL SELECT 2) AS twice WHERE $2 <> ''`,
	`UPDATE audit_head SET seq = 2 * $1, hash = '5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9' WHERE $2 <> ''`,
}

// withPast is the address of a database with n closed requests. It is filled
// past the store, which would take minutes; the chain of such an audit does not
// hold, but that is not what is measured.
func (e engine) withPast(b *testing.B, n int) string {
	b.Helper()
	at := e.address(b)
	laid, err := store.Open(b.Context(), at, store.Options{})
	require.NoError(b, err)
	require.NoError(b, laid.Close())
	body, err := json.Marshal(typical("PD-00000000", storetest.Now()))
	require.NoError(b, err)
	db := e.connect(b, at)
	begun := time.Now()
	laidAnew := e.dropIndexes(b, db)
	for _, text := range lives {
		_, err := db.ExecContext(b.Context(), text, n, string(body))
		require.NoError(b, err, text)
	}
	for _, text := range append(laidAnew, "ANALYZE") {
		_, err := db.ExecContext(b.Context(), text)
		require.NoError(b, err, text)
	}
	require.NoError(b, db.Close())
	b.Logf("%d past requests in %s", n, time.Since(begun).Round(time.Millisecond))
	return at
}

// dropIndexes takes the indexes away, and returns what lays them anew: that is
// faster than filling them row by row.
func (e engine) dropIndexes(b *testing.B, db *sql.DB) []string {
	b.Helper()
	names, texts := e.listIndexes(b, db)
	require.NotEmpty(b, names)
	for _, name := range names {
		_, err := db.ExecContext(b.Context(), "DROP INDEX "+name)
		require.NoError(b, err)
	}
	return texts
}

func (e engine) listIndexes(b *testing.B, db *sql.DB) (names, texts []string) {
	b.Helper()
	rows, err := db.QueryContext(b.Context(), e.indexes)
	require.NoError(b, err)
	defer func() { require.NoError(b, rows.Close()) }()
	for rows.Next() {
		var name, text string
		require.NoError(b, rows.Scan(&name, &text))
		names, texts = append(names, name), append(texts, text)
	}
	require.NoError(b, rows.Err())
	return names, texts
}

// pasts are the two numbers of past requests that are compared.
// PASSDESK_BENCH_PAST sets another one than a million.
func pasts() [2]int {
	if n, err := strconv.Atoi(os.Getenv("PASSDESK_BENCH_PAST")); err == nil {
		return [2]int{1_000, n}
	}
	return [2]int{1_000, 1_000_000}
}

// BenchmarkDecision stores a decision whole: click, change, audit and two jobs.
// The ratio is taken from decisions that alternate between the two databases,
// so that whatever else the machine does falls on both.
func BenchmarkDecision(b *testing.B) {
	for _, e := range measured {
		b.Run("engine="+e.name, func(b *testing.B) {
			var desks [2]*decider
			for i, n := range pasts() {
				desks[i] = &decider{store: open(b, e.withPast(b, n), store.Options{Now: storetest.Now})}
				b.Run(fmt.Sprint("past=", n), func(b *testing.B) {
					desks[i].prepare(b)
					b.ReportAllocs()
					b.ResetTimer()
					for range b.N {
						desks[i].decide(b)
					}
				})
			}
			b.Run("many-over-few", func(b *testing.B) {
				var took [2][]time.Duration
				for _, d := range desks {
					d.prepare(b)
				}
				b.ResetTimer()
				for range b.N {
					for i, d := range desks {
						took[i] = append(took[i], d.decide(b))
					}
				}
				b.ReportMetric(float64(median(took[1]))/float64(median(took[0])), "ratio")
			})
		})
	}
}

// decider decides requests that wait, one after the other.
type decider struct {
	store         *store.Store
	waiting, done int
}

func (d *decider) prepare(b *testing.B) {
	b.Helper()
	insertOpen(b, d.store, d.waiting, b.N)
	d.done, d.waiting = d.waiting, d.waiting+b.N
}

func (d *decider) decide(b *testing.B) time.Duration {
	b.Helper()
	begun := time.Now()
	if err := decide(b.Context(), d.store, openRef(d.done)); err != nil {
		b.Fatal(err)
	}
	d.done++
	return time.Since(begun)
}

func median[T cmp.Ordered](all []T) T {
	slices.Sort(all)
	return all[len(all)/2]
}

// BenchmarkJobs runs jobs that do nothing: what is left is keeping them.
func BenchmarkJobs(b *testing.B) {
	for _, e := range measured {
		b.Run("engine="+e.name, func(b *testing.B) {
			var left atomic.Int64
			left.Store(int64(b.N))
			done := make(chan struct{})
			s := open(b, e.address(b), store.Options{Run: func(context.Context, access.Job) error {
				if left.Add(-1) == 0 {
					close(done)
				}
				return nil
			}})
			const batch = 500
			for from := 0; from < b.N; from += batch {
				require.NoError(b, s.Update(b.Context(), func(tx access.Tx) error {
					for i := from; i < min(from+batch, b.N); i++ {
						if err := tx.Enqueue(b.Context(), access.Job{Kind: access.Redraw, Ref: openRef(i)}); err != nil {
							return err
						}
					}
					return nil
				}))
			}
			b.ResetTimer()
			require.NoError(b, s.Start(context.WithoutCancel(b.Context())))
			<-done
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
			b.StopTimer()
			require.NoError(b, s.Stop(context.WithoutCancel(b.Context())))
		})
	}
}

// BenchmarkOpen opens a database that is in use, until it can be written.
func BenchmarkOpen(b *testing.B) {
	for _, e := range measured {
		b.Run("engine="+e.name, func(b *testing.B) {
			at := e.withPast(b, 10_000)
			for b.Loop() {
				s, err := store.Open(b.Context(), at, store.Options{})
				require.NoError(b, err)
				require.NoError(b, s.Ready(b.Context()))
				require.NoError(b, s.Close())
			}
		})
	}
}
