package app_test

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"modernc.org/sqlite"

	"github.com/passdesk/passdesk/internal/sim/graph"
)

// small keeps every database of these tests below 20 MB, so that one can be full.
const small = "PRAGMA max_page_count = 5000"

func init() { //nolint:gochecknoinits // SQLite asks for it before the first connection
	sqlite.RegisterConnectionHook(func(conn sqlite.ExecQuerierContext, dsn string) error {
		if !strings.Contains(dsn, "_txlock=immediate") {
			return nil
		}
		_, err := conn.ExecContext(context.Background(), small, nil)
		return err
	})
}

// written are the tables that every change goes through.
var written = []string{"requests", "clicks", "audit", "cards", "chats", "river_job"}

// fill leaves no room in the database for anything: whatever is written needs
// more of it than there is. SQLite itself says so, as on a full disk.
func (p *play) fill() {
	p.t.Helper()
	script := []string{"BEGIN", "CREATE TABLE filler (x BLOB)"}
	for _, table := range written {
		for _, when := range []string{"INSERT", "UPDATE"} {
			script = append(script, "CREATE TRIGGER full_"+table+"_"+when+" BEFORE "+when+" ON "+table+
				" BEGIN INSERT INTO filler VALUES (zeroblob(30000000)); END")
		}
	}
	p.sabotage(strings.Join(append(script, "COMMIT"), ";"))
}

func (p *play) free() {
	p.t.Helper()
	script := []string{"BEGIN", "DROP TABLE filler"}
	for _, table := range written {
		script = append(script, "DROP TRIGGER full_"+table+"_INSERT", "DROP TRIGGER full_"+table+"_UPDATE")
	}
	p.sabotage(strings.Join(append(script, "COMMIT"), ";"))
}

// noRecords is what people hear while nothing can be recorded.
const noRecords = "cannot reach its records at the moment, and nothing was done. Try again in a minute"

// On a full disk nothing is given, people are told so, and the same buttons work
// when there is room again.
func TestOutageDatabaseFull(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.says("adele", "pass joni 60m once for new laptop")
	for i, s := range clicks[:4] {
		if s.title == "Show pass" { // shows a card, and writes nothing
			p.presses(s.who, s.title, nil)
			continue
		}
		p.sees(s.who, "<"+s.title+">")
		p.fill()
		p.hears(clicks[i], noRecords)
		require.Empty(t, p.passes("joni"))
		require.Zero(t, p.issued())
		p.says("adele", "requests")
		p.sees("adele", "cannot reach its records")
		p.free()
		p.pressesOn(s, func() {})
	}
	p.goesOn(4)
	p.endsWell()
}

// An ending goes ahead on a full disk, and is recorded by whoever comes by first
// when there is room again: the reading back of the pass, which must not take it
// for somebody else's deed, or the sweep of every minute.
func TestOutageDatabaseFullAtTheEnd(t *testing.T) {
	t.Parallel()
	readBack := func(p *play) func() bool {
		return func() bool { return !strings.Contains(strings.Join(p.jobs(), ""), "read back") }
	}
	for name, c := range map[string]struct{ before, after func(*play) }{
		"before it was read back": {func(*play) {}, func(p *play) {
			p.clock("6m") // a pass that is gone for so long has been replaced or deleted
			p.free()
		}},
		"after it was read back": {func(p *play) {
			p.clock("30s")
			p.until(readBack(p), func() string { return "it is not read back" })
		}, func(p *play) {
			p.free()
			p.clock("61s")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlay(t, nil)
			p.upTo("End now")
			c.before(p)
			p.fill()
			p.hears(clicks[5], "The pass is deleted, but that could not be recorded yet. Passdesk records it as soon as it can")
			require.Empty(t, p.passes("joni"), "an ending goes ahead")
			c.after(p)
			p.sees("adele", "Ended early")
			require.NotContains(t, p.screen("adele"), "Somebody else")
			require.NotContains(t, p.screen("adele"), "is not the live one")
			p.endsWell()
			require.Equal(t, 1, p.recorded()["end done"])
		})
	}
}

// A pass whose outcome cannot be recorded is deleted unseen; where even that
// fails, it is said, and nobody has the code.
func TestOutageDatabaseFullBetweenActAndRecord(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.approved()
	p.call(http.MethodPost, "/faults", map[string]any{"path": "temporaryAccessPassMethods/", "method": "DELETE", "status": 500})
	var once sync.Once
	p.Sim.Graph.Use(func(ctx context.Context, req graph.Request, on next) graph.Reply {
		reply := on(ctx, req)
		if req.Method == http.MethodPost && strings.HasSuffix(req.URL.Path, "/temporaryAccessPassMethods") {
			once.Do(p.fill)
		}
		return reply
	})
	a := p.hears(clicks[3], "neither be recorded nor deleted yet. Nobody has seen its code")
	left := p.passes("joni")
	require.Len(t, left, 1)
	require.NotContains(t, squeeze(a.text()), left[0].Code)
	p.over()
	p.free()
	p.clock("61s")
	p.goesOn(3)
	require.NotContains(t, p.passes("joni"), left[0])
	p.endsWell()
}

// lock holds the database as another process would, a backup for example, until
// the function that it returns is called.
func (p *play) lock() (release func()) {
	p.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(p.dir, "passdesk.db")+"?_pragma=busy_timeout(5000)")
	require.NoError(p.t, err)
	conn, err := db.Conn(p.t.Context())
	require.NoError(p.t, err)
	_, err = conn.ExecContext(p.t.Context(), "BEGIN IMMEDIATE")
	require.NoError(p.t, err)
	release = sync.OnceFunc(func() {
		_, err := conn.ExecContext(context.Background(), "ROLLBACK")
		require.NoError(p.t, errors.Join(err, conn.Close(), db.Close()))
	})
	p.t.Cleanup(release)
	return release
}

// A database that somebody else has locked, longer than SQLite waits for it,
// keeps no answer from coming in time; what can be read is shown meanwhile.
func TestOutageDatabaseLocked(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.asked()
	require.NoError(t, p.Restart(t.Context())) // nothing is learnt yet
	p.becomesReady()
	release := p.lock()
	// Whoever else writes waits as well, one after the other: it may take long until
	// the click's turn is over and it hears that nothing was done.
	p.hears(clicks[1], "records are slow to answer. Your click was received and goes on|"+noRecords)
	status, parts := p.readiness()
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Equal(t, "failing", parts["database"])
	click := p.button("adele", "Withdraw")
	require.Contains(t, p.invoke("adele", "view", click).text(), "Waiting for a decision", "what is known is shown")
	release()
	p.becomesReady()
	p.goesOn(1)
	p.endsWell()
}
