package store

import (
	"context"
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/audit"
)

func opened(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), "sqlite:"+path, Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func fresh(t *testing.T) *Store {
	t.Helper()
	return opened(t, filepath.Join(t.TempDir(), "passdesk.db"))
}

// writes is the connection that writes.
func (s *Store) writes(t *testing.T) *sql.DB {
	t.Helper()
	f, ok := s.engine.(*sqliteFile)
	require.True(t, ok)
	return f.write
}

func record(ctx context.Context, s *Store, actions ...string) error {
	return s.Update(ctx, func(tx access.Tx) error {
		for _, action := range actions {
			tx.Record(audit.Entry{Action: action, Ref: "PD-2222", Person: "joni"})
		}
		return tx.SaveChat(ctx, access.Chat{Person: "joni", Locale: strings.Join(actions, " ")})
	})
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"":                            "must be sqlite:path or postgres://",
		"passdesk.db":                 "must be sqlite:path or postgres://",
		"mysql://x":                   "must be sqlite:path or postgres://",
		"sqlite:":                     "path of a file",
		"sqlite::memory:":             "path of a file",
		"postgres://127.0.0.1:1/x":    "failed to connect",
		"postgresql://[":              "database",
		"sqlite:" + t.TempDir():       "database file",
		"sqlite:/nowhere/at/all/x.db": "database file",
	} {
		_, err := Open(t.Context(), address, Options{})
		require.ErrorContains(t, err, want, address)
	}
}

func TestOpenRefusesAFileThatIsNoDatabase(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "notes.txt")
	require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("not a database ", 100)), 0o600))
	_, err := Open(t.Context(), "sqlite:"+path, Options{})
	require.ErrorContains(t, err, "not a database")
}

func TestOpenTakesAnyPath(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a b.db", "a?mode=memory.db", "50%.db", "a#b.db", "a:b&c=d.db", "é.db"} {
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, record(t.Context(), opened(t, path), "ask"))
		info, err := os.Stat(path)
		require.NoError(t, err, name)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "for its owner alone")
		again, err := opened(t, path).Chat(t.Context(), "joni")
		require.NoError(t, err)
		require.Equal(t, "ask", again.Locale)
	}
}

func TestPragmasAreAsserted(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	_, err := openPool(t.Context(), 1, map[string]string{"journal_mode": "wal"}, dsn(path, nil))
	require.ErrorContains(t, err, `journal_mode is "delete" instead of "wal"`)
	_, err = openPool(t.Context(), 1, nil, "file:"+path+"?_synchronous=FULL&_busy_timeout=5000")
	require.ErrorContains(t, err, "database setting")
}

func TestReadersCannotWrite(t *testing.T) {
	t.Parallel()
	_, err := fresh(t).exec(t.Context(), `DELETE FROM audit`)
	require.Equal(t, access.Unavailable, access.CodeOf(err))
	require.ErrorContains(t, err, "readonly")
}

// Whatever ails the database: people are told that nothing was done, nothing was
// done, and it heals.
func TestDatabaseInTrouble(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]struct{ begin, end string }{
		"full":      {"PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000"},
		"read-only": {"PRAGMA query_only = 1", "PRAGMA query_only = 0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := fresh(t)
			set := func(pragma string) {
				_, err := s.writes(t).ExecContext(t.Context(), pragma)
				require.NoError(t, err)
			}
			require.NoError(t, record(t.Context(), s, "before"))
			set(trouble.begin)
			long := strings.Repeat("long ", 100_000)
			err := record(t.Context(), s, long)
			require.Equal(t, access.Unavailable, access.CodeOf(err), "%v", err)
			require.Contains(t, access.Say(err), "nothing was done")
			require.NotContains(t, access.Say(err), "SQL")
			if name == "read-only" {
				require.Equal(t, access.Unavailable, access.CodeOf(s.Ready(t.Context())))
			}
			set(trouble.end)
			require.NoError(t, s.Ready(t.Context()))
			chat, err := s.Chat(t.Context(), "joni")
			require.NoError(t, err)
			require.Equal(t, "before", chat.Locale)
			require.NoError(t, record(t.Context(), s, "after"))
		})
	}
}

func TestDatabaseLocked(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "passdesk.db")
	s, other := opened(t, path), opened(t, path)
	held, release := make(chan struct{}), make(chan struct{})
	done := make(chan error)
	go func() {
		done <- other.Update(t.Context(), func(access.Tx) error {
			close(held)
			<-release
			return nil
		})
	}()
	<-held
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	require.Equal(t, access.Unavailable, access.CodeOf(record(ctx, s, "ask")))
	close(release)
	require.NoError(t, <-done)
	require.NoError(t, record(t.Context(), s, "ask"))
}

func TestVerifyFindsWhatWasDoneToTheDatabase(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		harm string
		seq  int64
		want audit.Fault
	}{
		"a word changed":      {`UPDATE audit SET body = replace(body, 'two', 'TWO') WHERE seq = 2`, 2, audit.Altered},
		"filed elsewhere":     {`UPDATE audit SET ref = 'PD-3333' WHERE seq = 3`, 3, audit.Altered},
		"another person":      {`UPDATE audit SET person = 'grady' WHERE seq = 1`, 1, audit.Altered},
		"a hash that is none": {`UPDATE audit SET hash = 'x' WHERE seq = 2`, 2, audit.Altered},
		"no JSON":             {`UPDATE audit SET body = '{' WHERE seq = 2`, 2, audit.Altered},
		"a line taken out":    {`DELETE FROM audit WHERE seq = 2`, 2, audit.Missing},
		"the end cut off":     {`DELETE FROM audit WHERE seq > 2`, 3, audit.CutOff},
		"all gone":            {`DELETE FROM audit`, 1, audit.CutOff},
		"cut off, head too":   {`DELETE FROM audit WHERE seq = 4; UPDATE audit_head SET seq = 3, hash = (SELECT hash FROM audit WHERE seq = 3)`, 4, audit.CutOff},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := fresh(t)
			require.NoError(t, record(t.Context(), s, "one", "two", "three", "four"))
			noted, err := s.Head(t.Context())
			require.NoError(t, err)
			_, err = s.writes(t).ExecContext(t.Context(), c.harm)
			require.NoError(t, err)
			stored, err := s.Head(t.Context())
			require.NoError(t, err)
			r, err := audit.Verify(s.Lines(t.Context(), 1), stored, noted)
			require.NoError(t, err)
			require.NotNil(t, r.Break)
			require.Equal(t, c.want, r.Break.Fault)
			require.Equal(t, c.seq, r.Break.Seq)
		})
	}
}

// The audit can be verified beside a server that writes, and afterwards.
func TestTrail(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "passdesk.db")
	_, err := OpenTrail(t.Context(), "sqlite:"+path)
	require.Error(t, err, "it creates nothing")
	require.NoFileExists(t, path)

	s, err := Open(t.Context(), "sqlite:"+path, Options{})
	require.NoError(t, err)
	check := func(want int64) {
		trail, err := OpenTrail(t.Context(), "sqlite:"+path)
		require.NoError(t, err)
		head, err := trail.Head(t.Context())
		require.NoError(t, err)
		r, err := audit.Verify(trail.Lines(t.Context(), 1), head)
		require.NoError(t, err)
		require.True(t, r.Whole())
		require.Equal(t, want, r.Last)
		require.NoError(t, trail.Close())
	}
	check(0)
	require.NoError(t, record(t.Context(), s, "one", "two"))
	check(2)
	require.NoError(t, s.Close())
	check(2)
}

func TestHeadThatIsGone(t *testing.T) {
	t.Parallel()
	s := fresh(t)
	_, err := s.writes(t).ExecContext(t.Context(), `DELETE FROM audit_head`)
	require.NoError(t, err)
	require.ErrorContains(t, record(t.Context(), s, "ask"), "head is gone")
	require.ErrorContains(t, s.Ready(t.Context()), "head is gone")
}

// A newer River brings newer tables: then they are to be migrated by a step of
// their own.
func TestRiverVersionIsTheNewest(t *testing.T) {
	t.Parallel()
	m, err := rivermigrate.New(riversqlite.New(nil), nil)
	require.NoError(t, err)
	all := m.AllVersions()
	require.Equal(t, riverVersion, all[len(all)-1].Version)
}

// SQLite is compiled against one version of modernc.org/libc and may fail in odd
// ways with another.
func TestSQLiteHasTheLibcItWasMadeFor(t *testing.T) {
	t.Parallel()
	list := func(format, module string) string {
		out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", format, module).Output()
		require.NoError(t, err)
		return strings.TrimSpace(string(out))
	}
	mod, err := os.ReadFile(list("{{.GoMod}}", "modernc.org/sqlite"))
	require.NoError(t, err)
	require.Contains(t, string(mod), "modernc.org/libc "+list("{{.Version}}", "modernc.org/libc")+"\n")
}

// The work of a list is what it gives, not what is past.
func TestListsUseTheirIndexes(t *testing.T) {
	t.Parallel()
	s := fresh(t)
	for name, f := range map[string]access.Filter{
		"requests_asker":   {Asker: "a", States: []access.State{access.Asked, access.Approved}},
		"requests_person":  {Person: "p", States: []access.State{access.InForce}},
		"requests_state":   {States: []access.State{access.InForce, access.CarryingOut}},
		"approvers_person": {Approver: "m", States: []access.State{access.Asked}},
		"requests_due":     {DueBy: time.UnixMilli(1)},
	} {
		text, args := find(f)
		var id, parent, unused int
		var step, plan string
		require.NoError(t, s.each(t.Context(), "EXPLAIN QUERY PLAN "+text, args, []any{&id, &parent, &unused, &step}, func() error {
			plan += step + "\n"
			return nil
		}))
		require.Contains(t, plan, name, plan)
		require.NotContains(t, plan, "SCAN r", plan)
		require.NotContains(t, plan, "SCAN a", plan)
	}
}

// A job that is due already must not wait until somebody looks for what is.
func TestJobThatIsDueIsNotScheduled(t *testing.T) {
	t.Parallel()
	s := fresh(t)
	require.NoError(t, s.Update(t.Context(), func(tx access.Tx) error {
		return tx.Enqueue(t.Context(), access.Job{Kind: access.Due, Ref: "PD-2222", At: time.Now().Add(-time.Hour)})
	}))
	var state string
	require.NoError(t, s.writes(t).QueryRowContext(t.Context(), `SELECT state FROM river_job`).Scan(&state))
	require.Equal(t, "available", state)
}
