package trial_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/sim"
	"github.com/passdesk/passdesk/internal/store"
)

// desk is a tenant with one passdesk in a process of its own, which may die.
type desk struct {
	*client
	engine  engine
	tenant  *sim.Sim
	address string // where passdesk listens
	data    string // its database
	env     map[string]string
	dir     string
	clock   time.Duration // how far the clocks of both are from the real one
	point   string        // where it still has to die; empty: nowhere
	died    string        // what it said before it was killed
	process *process
}

// newDesk starts a tenant whose clock differs, and no passdesk yet.
func newDesk(t *testing.T, e engine, clock time.Duration, point string) *desk {
	t.Helper()
	d := &desk{engine: e, address: freePort(t), data: e.address(t), dir: t.TempDir(), clock: clock, point: point}
	var err error
	d.tenant, err = sim.Start(t.Context(), sim.Options{Dir: d.dir, Bot: "http://" + d.address + "/api/messages", Calm: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.tenant.Close()) })
	d.tenant.Tenant.Advance(clock)
	d.client = &client{t: t, control: d.tenant.Addresses.Control}
	d.env = d.tenant.Environment()
	d.env["PASSDESK_DATABASE"], d.env["PASSDESK_LISTEN"] = d.data, d.address
	d.env["PASSDESK_CONFIG"] = filepath.Join(d.dir, sim.ConfigFile)
	hurried(t, d.env["PASSDESK_CONFIG"])
	return d
}

// hurried lets far more be asked for than people would ask for: a trial goes through
// the requests of years.
func hurried(t *testing.T, config string) {
	t.Helper()
	text, err := os.ReadFile(config)
	require.NoError(t, err)
	before, after, found := strings.Cut(string(text), "\ndesk:\n")
	require.True(t, found)
	limits := "\ndesk:\n  limits: {agent: 1000000/h, person: 1000000/d, approver: 1000000/h, tenant: 1000000/h}\n"
	require.NoError(t, os.WriteFile(config, []byte(before+limits+after), 0o600))
}

// start starts passdesk, to die at its point.
func (d *desk) start() {
	d.t.Helper()
	env := maps.Clone(d.env)
	env["PASSDESK_CRASH_CLOCK"], env["PASSDESK_CRASH"] = d.clock.String(), d.point
	d.process = run(d.t, env, "serve")
	until(d.t, func() bool { return d.process.ended() || ready(d.address) }, d.process.said)
}

// revive starts passdesk again where it died at its point, some minutes later.
func (d *desk) revive() {
	d.t.Helper()
	if !d.process.ended() {
		return
	}
	switch said := d.process.said(); {
	case strings.Contains(said, riverFell): // the point is yet to come
	default:
		require.True(d.t, d.process.killed() && d.point != "", "ended by itself: %s", said)
		d.point = ""
	}
	d.died += d.process.said()
	d.later(crashLasts)
	d.start()
}

// riverFell is what River says when it takes back a job at the very moment that
// the job is done. It looks for stuck jobs by the real clock: with one that is
// behind by more than an hour, every job is stuck. That is one more way to die.
const riverFell = "completion subscriber received a job that wasn't finalized"

// crashLasts is how long passdesk is away after it was killed: long enough for
// what it was at to count as abandoned.
const crashLasts = 4 * time.Minute

// later moves the clock of the tenant, and that of the passdesk that is started
// next.
func (d *desk) later(by time.Duration) {
	d.clock += by
	d.tenant.Tenant.Advance(by)
}

// restart stops passdesk in order and starts it some time later.
func (d *desk) restart(by time.Duration) {
	d.t.Helper()
	d.stop()
	d.later(by)
	d.start()
}

// stop stops passdesk in order, unless it dies of its point meanwhile.
func (d *desk) stop() {
	d.t.Helper()
	d.process.signal(d.t, syscall.SIGTERM)
	if d.point != "" && d.process.killed() {
		d.point = ""
	}
	require.True(d.t, d.point == "" || d.process.cmd.ProcessState.ExitCode() == 0, d.process.said())
	d.died += d.process.said()
}

// open opens the database beside the passdesk that runs.
func (d *desk) open() *store.Store {
	d.t.Helper()
	s, err := store.Open(d.t.Context(), d.data, store.Options{Now: d.now})
	require.NoError(d.t, err)
	return s
}

func (d *desk) now() time.Time { return time.Now().Add(d.clock) }

// soon is when a job is run again that was taken back from a dead process,
// or failed a few times.
const soon = 10 * time.Second

// quiet waits until no job is left but those whose time is still to come, and
// starts passdesk again if that kills it.
func (d *desk) quiet() {
	d.t.Helper()
	s := d.open()
	defer func() { require.NoError(d.t, s.Close()) }()
	var left []access.Job
	until(d.t, func() bool {
		d.revive()
		if !ready(d.address) { // it may just be dying
			return false
		}
		jobs, err := s.Waiting(d.t.Context(), 10_000)
		require.NoError(d.t, err)
		left = nil
		for _, j := range jobs {
			if !j.At.After(d.now().Add(soon)) {
				left = append(left, j)
			}
		}
		return len(left) == 0
	}, func() string { return fmt.Sprintf("jobs are left: %v\n%s", left, d.process.said()) })
}
