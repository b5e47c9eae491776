package trial_test

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

// fleet is several passdesks on one database behind one address.
type fleet struct {
	*stage
	addresses []string
	replicas  []*process
	metrics   string // where the first tells how it is
}

// How a trial of replicas goes: for how long, and how many pairs of people there
// are.
const (
	few, shortly  = 24, 25 * time.Second
	many, forLong = 200, 10 * time.Minute
	killsEvery    = 4 * time.Second
	atMost        = 3 * time.Minute // on a slow machine, until somebody has come to an end
)

// TestReplicas lets replicas share a database while people press, repeat
// themselves, and one replica after the other is killed. At the end every
// invariant must hold. It has the machine for itself.
func TestReplicas(t *testing.T) {
	for _, e := range engines {
		for _, n := range e.replicas {
			t.Run(fmt.Sprintf("%s/%d", e.name, n), func(t *testing.T) {
				newFleet(t, e, n).stands()
			})
		}
	}
}

// behind is how far the clocks of replicas are behind the real one. River takes
// back a job after 90 seconds by the real clock: of a dead replica soon, and of
// one that is alive only what takes ten seconds.
const behind = 80 * time.Second

// newFleet starts replicas.
func newFleet(t *testing.T, e engine, n int) *fleet {
	t.Helper()
	f := &fleet{stage: &stage{desk: newDesk(t, e, -behind, "")}}
	f.env["PASSDESK_CRASH_UNPACED"] = "1" // this tenant has no limits
	f.metrics = freePort(t)
	f.replicas = make([]*process, n)
	for i := range n {
		f.addresses = append(f.addresses, freePort(t))
		f.launch(i)
	}
	for i := range n {
		f.up(i)
	}
	return f
}

// up waits until a replica takes work.
func (f *fleet) up(i int) {
	f.t.Helper()
	until(f.t, func() bool { return ready(f.addresses[i]) || f.replicas[i].ended() }, f.replicas[i].said)
	require.False(f.t, f.replicas[i].ended(), f.replicas[i].said())
}

// passAway is how long after the load passdesk is started again: what a killed
// replica was at, even in the last of ten minutes, is settled then, passes are
// still good, and nobody is to be reminded yet. Else something would fall due at
// every moment, and there would be no quiet.
const passAway = 15 * time.Minute

func (f *fleet) launch(i int) {
	f.t.Helper()
	env := maps.Clone(f.env)
	env["PASSDESK_CRASH_CLOCK"], env["PASSDESK_LISTEN"] = f.clock.String(), f.addresses[i]
	if i == 0 {
		env["PASSDESK_METRICS"] = f.metrics
	}
	f.replicas[i] = run(f.t, env, "serve")
}

func (f *fleet) stands() {
	f.t.Helper()
	n := few
	if soak {
		n = many
	}
	all := f.pairs(n)
	closed := front(f.t, f.address, f.addresses)
	f.load(all)
	for i, p := range f.replicas {
		f.up(i) // the last one may have begun just now, and a signal would end it at once
		p.signal(f.t, syscall.SIGTERM)
		require.Zero(f.t, p.cmd.ProcessState.ExitCode(), p.said())
		f.died += p.said()
	}
	closed()
	f.tellCodes(all)

	f.later(passAway)
	f.start()
	f.quiet()
	f.holds()
	f.restart(3 * time.Hour)
	f.quiet()
	states := map[access.State]int{}
	for _, r := range f.holds() {
		states[r.State]++
		require.True(f.t, r.State.Closed(), "%s is %s", r.Ref, r.State)
	}
	require.Empty(f.t, f.passes())
	require.Zero(f.t, f.engine.running(f.t, f.data))
	f.t.Logf("requests: %v", states)
}

// load lets people live, and kills replicas but for the first, until the time is
// over and somebody has come to an end or, in a short trial, everybody is done.
func (f *fleet) load(all []*pair) {
	f.t.Helper()
	lasts, rounds := shortly, 1
	if soak {
		lasts, rounds = forLong, 1_000_000
	}
	ctx, cancel := context.WithTimeout(f.t.Context(), lasts+atMost)
	defer cancel()
	meter := f.measure(ctx)
	var living sync.WaitGroup
	for _, p := range all {
		living.Go(func() { p.live(ctx, rounds) })
	}
	done := make(chan struct{})
	go func() { living.Wait(); close(done) }()
	began, kills := time.Now(), 0
	ticks := time.NewTicker(killsEvery)
	defer ticks.Stop()
	for alive := true; alive; {
		select {
		case <-done:
			alive = false
		case <-ticks.C:
			i := 1 + kills%(len(f.replicas)-1)
			f.replicas[i].signal(f.t, syscall.SIGKILL)
			f.died += f.replicas[i].said()
			f.launch(i)
			kills++
			if time.Since(began) > lasts && counted(all)["ended"] > 0 {
				cancel()
			}
		}
	}
	cancel()
	meter.flat()
	f.tell(all, time.Since(began), kills)
}

// tell says what people came to, which must be something.
func (f *fleet) tell(all []*pair, took time.Duration, kills int) {
	f.t.Helper()
	count := counted(all)
	f.t.Logf("%d pairs, %d replicas, %d kills, %s: %v", len(all), len(f.replicas), kills, took.Round(time.Second), count)
	require.Positive(f.t, count["ended"], "nobody came to an end")
}

// counted is how often people came to each step.
func counted(all []*pair) map[string]int {
	count := map[string]int{}
	for _, p := range all {
		p.mu.Lock()
		for step, n := range p.count {
			count[step] += n
		}
		p.mu.Unlock()
	}
	return count
}

// tellCodes collects the codes that were read: each by one person.
func (f *fleet) tellCodes(all []*pair) {
	f.t.Helper()
	said := f.died
	reader := map[string]*pair{}
	for _, p := range all {
		for code := range p.codes {
			require.Nil(f.t, reader[code], "a code was shown to two people")
			reader[code] = p
			require.NotContains(f.t, said, code)
			f.codes = append(f.codes, code)
		}
	}
}

// TestReplicasStartTogether: all come up on an empty database.
func TestReplicasStartTogether(t *testing.T) {
	t.Parallel()
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			newFleet(t, e, 4)
		})
	}
}
