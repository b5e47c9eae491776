package app

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/graph"
	"github.com/passdesk/passdesk/internal/teams"
)

// How long things take, in seconds: a decision some minutes, and an hour at the
// most; an exclusion some seconds, and a pass until somebody reads it out; the end
// of an exclusion two reads, ten seconds apart; a call to Graph a moment.
var (
	decisionBuckets = []float64{10, 30, 60, 120, 300, 600, 1200, 1800, 2700, 3600}
	effectBuckets   = []float64{1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600}
	lateBuckets     = []float64{1, 5, 15, 20, 30, 60, 120, 300, 600, 1800, 3600, 14400}
	graphBuckets    = []float64{.05, .1, .2, .3, .5, 1, 2, 3, 5, 10, 20}
)

// counts are what this replica has seen since it began. What the whole database
// says is read when somebody asks: see figures.
type counts struct {
	registry      *prometheus.Registry
	refusals      *prometheus.CounterVec
	tokens        *prometheus.CounterVec
	changes       *prometheus.CounterVec
	decision      *prometheus.HistogramVec
	effect        *prometheus.HistogramVec
	late          *prometheus.HistogramVec
	graphCalls    *prometheus.CounterVec
	graphTook     prometheus.Histogram
	connector     *prometheus.CounterVec
	connectorBad  *prometheus.CounterVec
	streamed      prometheus.Counter
	streamFailure prometheus.Counter
}

func newCounts() *counts {
	c := &counts{
		registry:      prometheus.NewRegistry(),
		refusals:      counter("passdesk_refusals_total", "What the endpoint refused, by kind and reason; of this replica.", "what", "why"),
		tokens:        counter("passdesk_token_refusals_total", "Activities refused with 401 or 403 because of their token or what it does not cover, by reason; of this replica.", "reason"),
		changes:       counter("passdesk_request_changes_total", "Requests that came to a state, by kind and state; of this replica.", "kind", "state"),
		decision:      histogram("passdesk_decision_seconds", "Time from asking to the decision, by kind and answer; of this replica.", decisionBuckets, "kind", "answer"),
		effect:        histogram("passdesk_effect_seconds", "Time from the approval, or a later start that was asked for, until it was in force, by kind. For a pass it includes the wait for the asker, who makes it. Of this replica.", effectBuckets, "kind"),
		late:          histogram("passdesk_ending_late_seconds", "How long after its time an ending was done and read back, by kind; of this replica.", lateBuckets, "kind"),
		graphCalls:    counter("passdesk_graph_calls_total", "Calls to Microsoft Graph as it counts them, by bucket and outcome; each within a batch counts. Of this replica.", "bucket", "outcome"),
		connector:     counter("passdesk_connector_calls_total", "Calls to Teams, each try counted, by what was called; of this replica.", "call"),
		connectorBad:  counter("passdesk_connector_failures_total", "Calls to Teams that failed, each try counted, by what was called and what is done about it; of this replica.", "call", "action"),
		graphTook:     prometheus.NewHistogram(prometheus.HistogramOpts{Name: "passdesk_graph_seconds", Help: "How long Microsoft Graph took for a round trip; of this replica.", Buckets: graphBuckets}),
		streamed:      prometheus.NewCounter(prometheus.CounterOpts{Name: "passdesk_audit_stream_lines_total", Help: "Lines of the audit that the stream's sink has taken; of this replica."}),
		streamFailure: prometheus.NewCounter(prometheus.CounterOpts{Name: "passdesk_audit_stream_failures_total", Help: "Times that the stream's sink did not take the audit; of this replica."}),
	}
	c.registry.MustRegister(c.refusals, c.tokens, c.changes, c.decision, c.effect, c.late, c.graphCalls, c.graphTook,
		c.connector, c.connectorBad, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	c.begin()
	return c
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

func histogram(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
}

// begin shows what can be counted before it was: a rate needs a zero to begin at.
func (c *counts) begin() {
	for _, kind := range []access.Kind{access.Pass, access.Exclusion} {
		for _, state := range access.States() {
			c.changes.WithLabelValues(string(kind), string(state))
		}
		c.effect.WithLabelValues(string(kind))
		c.late.WithLabelValues(string(kind))
	}
	for _, bucket := range []string{graph.BucketMethods, graph.BucketPolicies, graph.BucketOther} {
		for _, outcome := range graph.Outcomes() {
			c.graphCalls.WithLabelValues(bucket, string(outcome))
		}
	}
}

func (c *counts) refused(what, why string) {
	if what == "token" {
		c.tokens.WithLabelValues(why).Inc()
		return
	}
	c.refusals.WithLabelValues(what, why).Inc()
}

// changed counts a request that was stored.
func (c *counts) changed(from access.State, r access.Request) {
	kind := string(r.Kind)
	if from == r.State {
		return
	}
	c.changes.WithLabelValues(kind, string(r.State)).Inc()
	switch {
	case (r.State == access.Approved || r.State == access.Denied) && r.Decision != nil:
		c.decision.WithLabelValues(kind, string(r.State)).Observe(seconds(r.Decision.At.Sub(r.Asked)))
	case from == access.CarryingOut && r.State == access.InForce && r.Decision != nil:
		due := r.Decision.At
		if r.Kind == access.Exclusion && r.Terms.Start.After(due) {
			due = r.Terms.Start // a pass is made beforehand, and Entra keeps it back
		}
		c.effect.WithLabelValues(kind).Observe(seconds(r.Changed.Sub(due)))
	case r.State == access.Ended && !r.Ends.IsZero():
		c.late.WithLabelValues(kind).Observe(seconds(r.Changed.Sub(r.Ends)))
	}
}

// seconds is a length of time that cannot be less than nothing: who ends something
// before its time is not early.
func seconds(d time.Duration) float64 { return max(0, d.Seconds()) }

func (c *counts) graphCalled(bucket string, o graph.Outcome) {
	c.graphCalls.WithLabelValues(bucket, string(o)).Inc()
}

func (c *counts) connectorCalled(call string, failure teams.Action) {
	c.connector.WithLabelValues(call).Inc()
	if failure != "" {
		c.connectorBad.WithLabelValues(call, string(failure)).Inc()
	}
}

// serveMetrics serves /metrics on its own address, where there is one.
func (a *App) serveMetrics(ctx context.Context, running *sync.WaitGroup, errs chan<- error) (*http.Server, error) {
	if a.config.Metrics == "" {
		return nil, nil
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", a.config.Metrics)
	if err != nil {
		return nil, fmt.Errorf("listening for metrics: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", a.metrics())
	s := newServer(mux, a.options.Log)
	running.Go(func() { errs <- serve(s, l) })
	return s, nil
}

// openMetrics adds to the page what this Passdesk has beside its counts.
func (a *App) openMetrics(context.Context) error {
	if a.stream != nil {
		a.counts.registry.MustRegister(a.counts.streamed, a.counts.streamFailure)
	}
	a.counts.registry.MustRegister(figures{a})
	return nil
}

// metrics is the page: what was counted, and the figures of this moment.
func (a *App) metrics() http.Handler {
	return promhttp.HandlerFor(a.counts.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 2}) // each reads the database
}
