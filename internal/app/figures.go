package app

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/passdesk/passdesk/internal/store"
)

// scrapeLimit bounds what a scrape may wait for: Prometheus itself gives up after
// ten seconds.
const scrapeLimit = 3 * time.Second

// Of the whole database: every replica tells the same, so take the highest. In one
// query at the scrape; where it fails, these are not there and
// passdesk_database_read_ok is 0.
var (
	requestsNow  = whole("passdesk_requests", "Requests that are open, by kind and state.", "kind", "state")
	overdueNow   = whole("passdesk_endings_overdue", "What should have ended five minutes ago or longer, and has not been read back as gone, by kind.", "kind")
	overdueSince = whole("passdesk_ending_overdue_seconds", "How long the longest overdue of these has been due, by kind; 0 without one.", "kind")
	jobsNow      = whole("passdesk_jobs", "Jobs that are not done, by kind: waiting, late (should have begun half a minute ago) or failing (failed five times or more).", "kind", "state")
	driftsNow    = whole("passdesk_drifts", "Differences between Entra and the records that are not cleared, by kind.", "kind")
	linesNow     = whole("passdesk_audit_lines", "Lines of the audit.")
	behindNow    = whole("passdesk_audit_stream_behind_lines", "Lines of the audit that the stream's sink has not taken yet.")
)

// Of this replica.
var (
	readNow   = prometheus.NewDesc("passdesk_database_read_ok", "Whether the figures of the whole database could be read; of this replica.", nil, nil)
	readyNow  = prometheus.NewDesc("passdesk_ready", "Whether people can be answered, as GET /readyz tells; of this replica.", nil, nil)
	partNow   = prometheus.NewDesc("passdesk_part_ok", "Whether a part is well, as GET /readyz tells; of this replica.", []string{"part"}, nil)
	bucketNow = prometheus.NewDesc("passdesk_graph_bucket_used_ratio", "How full one of Graph's buckets is, of what Passdesk lets in: 1 is full. By all replicas, as far as this one knows.", []string{"bucket"}, nil)
	waitNow   = prometheus.NewDesc("passdesk_graph_bucket_wait_seconds", "How long one more call would wait for its turn in one of Graph's buckets, as far as this replica knows.", []string{"bucket"}, nil)
)

func whole(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help+" Of the whole database, the same from every replica.", labels, nil)
}

// figures reads what is at this moment, when somebody asks.
type figures struct{ app *App }

// Describe implements prometheus.Collector.
func (figures) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		requestsNow, overdueNow, overdueSince, jobsNow, driftsNow, linesNow, behindNow, readNow, readyNow, partNow, bucketNow, waitNow,
	} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (f figures) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeLimit)
	defer cancel()
	got, err := f.app.store.Figures(ctx)
	tell(to, readNow, truth(err == nil))
	if err == nil {
		f.database(to, got)
	}
	parts, ready := f.app.health.parts(ctx)
	tell(to, readyNow, truth(ready))
	for name, state := range parts {
		tell(to, partNow, truth(state == wellWord), name)
	}
	for _, l := range f.app.directory.Levels() {
		tell(to, bucketNow, float64(l.Used)/float64(l.Most), l.Bucket)
		tell(to, waitNow, l.Wait.Seconds(), l.Bucket)
	}
}

func (f figures) database(to chan<- prometheus.Metric, got store.Figures) {
	now := f.app.options.Now()
	overdue, since := map[string]int{"pass": 0, "exclusion": 0}, map[string]float64{}
	for _, r := range got.Requests {
		tell(to, requestsNow, float64(r.Count), string(r.Kind), string(r.State))
		overdue[string(r.Kind)] += r.Overdue
		if r.Overdue > 0 {
			since[string(r.Kind)] = max(since[string(r.Kind)], now.Sub(r.First).Seconds())
		}
	}
	for kind, n := range overdue {
		tell(to, overdueNow, float64(n), kind)
		tell(to, overdueSince, since[kind], kind)
	}
	for _, j := range got.Jobs {
		for state, n := range map[string]int{"waiting": j.Waiting, "late": j.Late, "failing": j.Failing} {
			tell(to, jobsNow, float64(n), string(j.Kind), state)
		}
	}
	for kind, n := range got.Drifts {
		tell(to, driftsNow, float64(n), kind)
	}
	tell(to, linesNow, float64(got.Lines))
	if sink := f.app.config.AuditStream.To; sink != "" {
		tell(to, behindNow, float64(got.Lines-got.Streamed[sink]))
	}
}

func tell(to chan<- prometheus.Metric, what *prometheus.Desc, v float64, labels ...string) {
	to <- prometheus.MustNewConstMetric(what, prometheus.GaugeValue, v, labels...)
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
