package graph_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/graph"
	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/fault"
	simgraph "github.com/passdesk/passdesk/internal/sim/graph"
	"github.com/passdesk/passdesk/internal/sim/manners"
)

// place is a simulated tenant in a bubble: its clock is the bubble's, and no
// network is between it and the Directory.
type place struct {
	*entra.Tenant
	t         *testing.T
	graph     *simgraph.Graph
	faults    *fault.Set
	directory *graph.Directory
}

func newPlace(t *testing.T, m manners.Manners) *place {
	t.Helper()
	tenant := entra.New(entra.Options{Users: 60, Now: time.Now})
	g := simgraph.New(tenant, func(string) error { return nil })
	g.Manners, g.Faults = manners.New(m), &fault.Set{}
	g.OnCall(func(c simgraph.Call) { note(c.Method, c.Path) })
	d, err := graph.New(graph.Options{
		URL: "https://graph.example/v1.0", Credential: credential{}, HTTP: &http.Client{Transport: inMemory{g}},
		PIM: true, Paced: true, Now: time.Now,
	})
	require.NoError(t, err)
	require.NoError(t, d.Ready(t.Context()))
	return &place{tenant, t, g, g.Faults, d}
}

func (p *place) id(alias string) access.ID {
	p.t.Helper()
	who, ok := p.Person(alias)
	require.True(p.t, ok, alias)
	return access.NewID(who.ID)
}

// fail makes requests fail.
func (p *place) fail(f fault.Fault) {
	p.t.Helper()
	p.faults.Clear()
	_, err := p.faults.Add(f)
	require.NoError(p.t, err)
}

// statuses counts the answers that Graph gave, alone or within batches.
func (p *place) statuses() map[int]int {
	all := map[int]int{}
	for _, c := range p.graph.Requests() {
		all[c.Status]++
	}
	return all
}

// passes that were asked for.
func (p *place) posts() int {
	n := 0
	for _, c := range p.graph.Requests() {
		if c.Method == http.MethodPost && strings.HasSuffix(c.Path, "/temporaryAccessPassMethods") {
			n++
		}
	}
	return n
}

// Fifty people at once: slow, and nothing is refused.
func TestSimABurstIsNotThrottled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t, manners.Real())
		var people []access.ID
		p.EachPerson(func(one *entra.Person) bool {
			if one.Alias == "" && one.Enabled && !one.Guest {
				people = append(people, access.NewID(one.ID))
			}
			return len(people) < 50
		})
		require.Len(t, people, 50)
		began := time.Now()
		var all sync.WaitGroup
		var mu sync.Mutex
		made := 0
		for _, id := range people {
			all.Go(func() {
				facts, err := p.directory.Facts(t.Context(), access.Question{Person: id, Asker: p.id("adele")})
				require.NoError(t, err)
				require.Empty(t, facts.Person.Unknown)
				_, _, err = p.directory.IssuePass(t.Context(), id, access.Terms{Minutes: 60})
				require.NoError(t, err)
				mu.Lock()
				defer mu.Unlock()
				made++
			})
		}
		all.Wait()
		require.Equal(t, 50, made)
		require.Zero(t, p.statuses()[http.StatusTooManyRequests])
		require.Less(t, time.Since(began), 200*time.Second)
	})
}

// Where others use up what Graph allows, Passdesk waits as long as Graph says.
func TestSimThrottledByOthers(t *testing.T) {
	t.Parallel()
	m := manners.Calm()
	m.Throttling = true
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t, m)
		others, err := graph.New(graph.Options{
			URL: "https://graph.example/v1.0", Credential: credential{}, HTTP: &http.Client{Transport: inMemory{p.graph}}, Now: time.Now,
		})
		require.NoError(t, err)
		for range 5 {
			_, err := others.Passes(t.Context(), p.id("grady"))
			require.NoError(t, err)
		}
		began := time.Now()
		facts, err := p.directory.Facts(t.Context(), access.Question{Person: p.id("joni"), Asker: p.id("adele"), Actor: p.id("megan")})
		require.NoError(t, err)
		require.Empty(t, facts.Person.Unknown)
		require.Equal(t, []string{"password"}, facts.Person.Methods)
		require.Equal(t, 1, p.statuses()[http.StatusTooManyRequests])
		require.InDelta(t, 10, time.Since(began).Seconds(), 1)
	})
}

// What was made or deleted a moment ago is never told otherwise, however late
// the replicas are.
func TestSimReadsStraightAfterChanges(t *testing.T) {
	t.Parallel()
	m := manners.Calm()
	m.Delay = true
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t, m)
		joni := p.id("joni")
		var before string
		waited := 0
		for range 5 {
			pass, _, err := p.directory.IssuePass(t.Context(), joni, access.Terms{Minutes: 60, Once: true})
			require.NoError(t, err)
			facts, err := p.directory.Facts(t.Context(), access.Question{Person: joni})
			require.NoError(t, err)
			require.Equal(t, []string{pass.ID}, ids(facts.Person.Passes))
			require.NotEqual(t, before, pass.ID)
			listed, err := p.directory.Passes(t.Context(), joni)
			for err != nil {
				<-time.After(wants(t, err, access.Unavailable).After)
				waited++
				listed, err = p.directory.Passes(t.Context(), joni)
			}
			require.Equal(t, []string{pass.ID}, ids(listed))
			before = pass.ID
		}
		require.Positive(t, waited, "there was no delay")

		require.NoError(t, p.directory.DeletePass(t.Context(), joni, before))
		var listed []access.LivePass
		for range 12 {
			<-time.After(time.Second)
			var err error
			listed, err = p.directory.Passes(t.Context(), joni)
			require.NoError(t, err)
			facts, err := p.directory.Facts(t.Context(), access.Question{Person: joni})
			require.NoError(t, err)
			require.Empty(t, facts.Person.Passes)
		}
		require.Empty(t, listed)
		_, ok := p.PassOf("joni")
		require.False(t, ok)
	})
}

// Each request of the pre-flight fails for a while: what is known in the end is
// all of it.
func TestSimEachFactSurvivesTrouble(t *testing.T) {
	t.Parallel()
	for _, path := range []string{
		"batch", "^/users/[^/]*[?]", "transitiveMemberOf", "roleAssignments", "roleEligibilityScheduleInstances", "group/eligibilityScheduleInstances",
		"ownedObjects", "authentication/methods", "temporaryAccessPass$", "^/groups",
	} {
		for _, status := range []int{429, 503, 504} {
			t.Run(fmt.Sprint(path, " ", status), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					p := newPlace(t, manners.Calm())
					require.NoError(t, p.AddMember("helpdesk", "joni"))
					p.fail(fault.Fault{Path: path, Status: status, RetryAfter: 2, Count: 2})
					facts, err := p.directory.Facts(t.Context(), access.Question{Person: p.id("joni"), Asker: p.id("adele"), Actor: p.id("megan")})
					require.NoError(t, err)
					require.Empty(t, facts.Person.Unknown)
					require.True(t, facts.PassPolicy.Known)
					require.True(t, facts.Asker.MayAct() && facts.Actor.MayAct())
					require.Equal(t, 2, p.statuses()[status])
				})
			})
		}
	}
}

// A pass that Graph made although it said otherwise is not denied, and not made
// twice.
func TestI6SimLostAnswers(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		fault fault.Fault
		want  access.Code
		made  bool
		posts int
	}{
		"503 after the making":      {fault.Fault{Status: 503, AfterCommit: true, RetryAfter: 1}, access.Uncertain, true, 1},
		"504 after the making":      {fault.Fault{Status: 504, AfterCommit: true}, access.Uncertain, true, 1},
		"reset after the making":    {fault.Fault{Reset: true, AfterCommit: true}, access.Uncertain, true, 1},
		"hanging after the making":  {fault.Fault{DelayMS: 60_000, AfterCommit: true}, access.Uncertain, true, 1},
		"slow":                      {fault.Fault{DelayMS: 15_000}, "", true, 1},
		"503 without making":        {fault.Fault{Status: 503}, access.Uncertain, false, 1},
		"busy once":                 {fault.Fault{Status: 429, RetryAfter: 3, Count: 1}, "", true, 2},
		"busy":                      {fault.Fault{Status: 429, RetryAfter: 3}, access.Unavailable, false, 2},
		"busy, without a time":      {fault.Fault{Status: 429, Count: 1}, "", true, 2},
		"refused":                   {fault.Fault{Status: 403}, access.Refused, false, 1},
		"reset before it was heard": {fault.Fault{Reset: true}, access.Uncertain, false, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPlace(t, manners.Calm())
				tt.fault.Path, tt.fault.Method = "temporaryAccessPassMethods", http.MethodPost
				p.fail(tt.fault)
				_, secret, err := p.directory.IssuePass(t.Context(), p.id("joni"), access.Terms{Minutes: 60})
				require.Equal(t, tt.want, access.CodeOf(err))
				require.Equal(t, err != nil, secret.IsZero())
				_, made := p.PassOf("joni")
				require.Equal(t, tt.made, made)
				require.Equal(t, tt.posts, p.posts())
			})
		})
	}
}

// TestI8SimThroughAGroup: in a tenant, with and without replicas and limits.
func TestI8SimThroughAGroup(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]manners.Manners{"calm": manners.Calm(), "real": manners.Real()} {
		for how, want := range map[string]string{"member": "is eligible to join", "owner": "is eligible to own"} {
			t.Run(name+" "+how, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					p := newPlace(t, m)
					_, err := p.AddGroup(entra.Group{Alias: "night", Name: "Night shift", Members: []string{"joni"}})
					require.NoError(t, err)
					require.NoError(t, p.AddEligibleGroup("night", "roleadmins", how))
					before := len(p.graph.Requests())
					facts, err := p.directory.Facts(t.Context(), access.Question{Person: p.id("joni"), Asker: p.id("adele"), Actor: p.id("megan")})
					require.NoError(t, err)
					require.Equal(t, []string{want + " the role-assignable group Directory operators through the group Night shift"}, facts.Person.Privilege)
					trips := 0
					for _, c := range p.graph.Requests()[before:] {
						if c.Batch == "" {
							trips++
						}
					}
					require.Equal(t, 1, trips)
				})
			})
		}
	}
}
