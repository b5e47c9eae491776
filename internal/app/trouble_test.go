package app_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/graph"
)

// next answers a call as Graph does.
type next = func(context.Context, graph.Request) graph.Reply

// Create and show evaluates the rule and everybody's standing again: the one who
// approved is neither the manager nor enabled any more.
func TestWhoApprovedMustStillBeTheOneToDecide(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.approved()
	p.call(http.MethodPost, "/people/joni", map[string]any{"manager": "lee"})
	p.call(http.MethodPost, "/people/megan", map[string]any{"enabled": false})
	p.presses("adele", "Create and show", nil)
	require.Empty(t, p.passes("joni"))
}

// An approval ages by the clock, not by the grace of a job.
func TestAnOldApprovalIsRefusedAtTheClick(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.approved()
	p.sabotage("DELETE FROM river_job")
	p.sabotage("UPDATE requests SET due = NULL")
	p.clock("5h")
	p.presses("adele", "Create and show", nil)
	require.Empty(t, p.passes("joni"))
}

// Passdesk serves although Graph hangs and something is overdue.
func TestServesWhileGraphHangs(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.revealed()
	require.NoError(t, p.Stop())
	p.clock("61m")
	p.Sim.Graph.Use(func(ctx context.Context, _ graph.Request, _ next) graph.Reply {
		<-ctx.Done()
		return graph.Reply{Status: http.StatusServiceUnavailable}
	})
	require.NoError(t, p.Restart(t.Context()))
	client := http.Client{Timeout: 5 * time.Second}
	resp, err := client.Get(p.Bot + "/healthz")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
}

// A person is named by object id: a sign-in name in its place finds the account
// and none of its roles.
func TestPrivilegeIsFoundWhateverNamesThePerson(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.call(http.MethodPost, "/people/eli", map[string]any{"manager": "megan"})
	eli, ok := p.Sim.Tenant.Person("eli")
	require.True(t, ok)
	p.says("adele", "pass joni for a test")
	a := p.presses("adele", "Send request", map[string]any{"person": eli.UPN})
	require.NotContains(t, a.text(), "Waiting for a decision")
}

// The pass of an attempt whose answer was lost is deleted with the request.
func TestALostSecondPassEndsWithTheRequest(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.revealed()
	p.presses("adele", "Hide", nil)
	p.clock("30m")
	p.call(http.MethodPost, "/faults", map[string]any{"path": "/temporaryAccessPassMethods$", "method": "POST", "status": 504, "afterCommit": true, "count": 1})
	p.presses("adele", "Issue again", nil)
	p.clock("31m")
	p.sees("megan", "Ended")
	for _, left := range p.passes("joni") {
		require.False(t, left.Usable, "a live pass is left that nobody knows of")
	}
}

// A pass that could not be made anew is not said to be in force.
func TestNoPassIsNotInForce(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.revealed()
	p.presses("adele", "Hide", nil)
	p.sees("megan", "The pass is in force")
	p.call(http.MethodPost, "/faults", map[string]any{"path": "/temporaryAccessPassMethods$", "method": "POST", "status": 400, "count": 1})
	p.presses("adele", "Issue again", nil)
	if len(p.passes("joni")) == 0 {
		p.until(func() bool { return !strings.Contains(p.screen("megan"), "Works until") }, func() string { return p.screen("megan") })
	}
}

// A denial that took long is not told as "nothing was done".
func TestADenialThatTookLongIsToldAsSuch(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.asked()
	p.presses("megan", "Deny", nil)
	release := make(chan struct{})
	var slow sync.Once
	p.Sim.Graph.Use(func(ctx context.Context, req graph.Request, on next) graph.Reply {
		slow.Do(func() { <-release })
		return on(ctx, req)
	})
	require.Contains(t, p.presses("megan", "Deny", map[string]any{"why": "not expected"}).text(), "Still working")
	click := p.button("megan", "Deny")
	close(release)
	p.sees("adele", "Denied")
	require.NotContains(t, p.invoke("megan", "deny", click).text(), "nothing was done")
}

// Whoever reads a code out is told when somebody else ends the pass.
func TestTheAskerIsToldThatThePassWasEnded(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.revealed()
	p.presses("megan", "End now", nil)
	p.sees("adele", "has ended")
}

// A refusal is recorded however it was asked for.
func TestATypedRefusalIsRecorded(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.asked()
	p.says("bianca", "end "+p.ref("adele"))
	require.Equal(t, 1, p.recorded()["end refused"])
}
