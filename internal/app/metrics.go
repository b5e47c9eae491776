package app

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// counts are what /metrics shows.
type counts struct {
	registry *prometheus.Registry
	refusals *prometheus.CounterVec
}

func newCounts() *counts {
	c := &counts{
		registry: prometheus.NewRegistry(),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "passdesk_refusals_total",
			Help: "What the endpoint refused, by kind and reason.",
		}, []string{"what", "why"}),
	}
	c.registry.MustRegister(c.refusals, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return c
}

func (c *counts) refused(what, why string) { c.refusals.WithLabelValues(what, why).Inc() }

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
	mux.Handle("GET /metrics", promhttp.HandlerFor(a.counts.registry, promhttp.HandlerOpts{}))
	s := newServer(mux, a.options.Log)
	running.Go(func() { errs <- serve(s, l) })
	return s, nil
}
