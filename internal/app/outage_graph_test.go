package app_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/graph"
)

// What Graph says, or does not say, is told in words that are true, and that say
// when to try again.
func TestOutageGraph(t *testing.T) {
	t.Parallel()
	const (
		minute  = "so nothing was done. Try again in a minute"
		unsure  = "Entra did not say whether the pass was made. Press again: Passdesk looks first"
		deleted = "The pass is being deleted"
	)
	all := func(f map[string]any) []map[string]any { f["path"] = "^/v1.0/"; return []map[string]any{f} }
	post := func(f map[string]any) []map[string]any {
		f["path"], f["method"] = "temporaryAccessPassMethods$", http.MethodPost
		return []map[string]any{f}
	}
	remove := func(f map[string]any) []map[string]any {
		f["path"], f["method"] = "temporaryAccessPassMethods/", http.MethodDelete
		return []map[string]any{f}
	}
	for name, o := range map[string]outage{
		"throttled, with a time":       {"Send request", all(map[string]any{"status": 429, "retryAfter": 90}), "Entra is busy at the moment, so nothing was done. Try again in 90 seconds", 0},
		"throttled, without a time":    {"Approve", all(map[string]any{"status": 429}), "Entra is busy at the moment, " + minute, 0},
		"unavailable":                  {"Approve", all(map[string]any{"status": 503}), "Entra does not answer at the moment, " + minute, 0},
		"broken":                       {"Create and show", all(map[string]any{"status": 500}), "Entra does not answer at the moment, " + minute, 0},
		"bad gateway":                  {"Send request", all(map[string]any{"status": 502}), "Entra does not answer at the moment, " + minute, 0},
		"connection reset":             {"Approve", all(map[string]any{"reset": true}), "Entra does not answer at the moment, " + minute, 0},
		"not let in":                   {"Create and show", all(map[string]any{"status": 401}), "could not get into Entra, " + minute, 0},
		"broken at the making":         {"Create and show", post(map[string]any{"status": 500}), unsure, 0},
		"bad gateway after the making": {"Create and show", post(map[string]any{"status": 502, "afterCommit": true, "count": 1}), unsure, 1},
		"timed out after the making":   {"Create and show", post(map[string]any{"status": 504, "afterCommit": true, "count": 1}), unsure, 1},
		"cut off after the making":     {"Create and show", post(map[string]any{"reset": true, "afterCommit": true, "count": 1}), unsure, 1},
		"throttled at the making":      {"Create and show", post(map[string]any{"status": 429, "retryAfter": 60}), "Entra is busy at the moment, so nothing was done. Try again in 60 seconds", 0},
		"broken at the end":            {"End now", remove(map[string]any{"status": 500}), deleted, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o.plays(t)
		})
	}
}

// Graph that takes thirty seconds keeps nobody waiting: the click is answered in
// time, and the call itself is given up after twenty. What Graph makes after that
// is found and deleted before another one is made.
func TestOutageGraphSlow(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.approved()
	late, made := make(chan struct{}), make(chan struct{})
	var once sync.Once
	p.Sim.Graph.Use(func(ctx context.Context, req graph.Request, on next) graph.Reply {
		slow := false
		if req.Method == http.MethodPost && strings.HasSuffix(req.URL.Path, "/temporaryAccessPassMethods") {
			once.Do(func() { slow = true })
		}
		if !slow {
			return on(ctx, req)
		}
		<-late // long after Passdesk has given it up
		defer close(made)
		return on(context.WithoutCancel(ctx), req)
	})
	p.hears(clicks[3], "Entra did not say whether the pass was made")
	require.Empty(t, p.passes("joni"))
	close(late)
	<-made
	p.until(func() bool { return len(p.passes("joni")) == 1 }, func() string { return "it was not made after all" })
	unseen := p.passes("joni")[0]
	p.goesOn(3)
	require.NotContains(t, p.screen("adele"), unseen.Code)
	p.endsWell()
}

// Replicas that are behind are not believed more than what Passdesk itself has
// just done.
func TestOutageGraphStaleReads(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.upTo("Create and show")
	p.call(http.MethodPost, "/manners", map[string]any{"delay": true, "lag": true})
	p.goesOn(3)
	require.Equal(t, 1, p.recorded()["issue pass done"], "the same pass all along")
	require.NotContains(t, p.screen("adele"), "is not the live one")
	p.call(http.MethodPost, "/manners", map[string]any{"delay": false, "lag": false})
	p.endsWell()
}
