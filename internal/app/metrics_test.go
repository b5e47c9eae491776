package app_test

import (
	"bufio"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/app"
)

// free is an address on loopback that nobody listens at.
func free(tb testing.TB) string {
	tb.Helper()
	l, err := new(net.ListenConfig).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	require.NoError(tb, err)
	defer l.Close() //nolint:errcheck // only its number is wanted
	return l.Addr().String()
}

// page is what /metrics says: each figure by its name and labels.
func (p *play) page() map[string]float64 {
	p.t.Helper()
	var resp *http.Response
	var err error
	p.until(func() bool { resp, err = http.Get("http://" + p.Config.Metrics + "/metrics"); return err == nil }, func() string { return err.Error() })
	defer resp.Body.Close() //nolint:errcheck // read to its end
	require.Equal(p.t, http.StatusOK, resp.StatusCode)
	page := map[string]float64{}
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		line := lines.Text()
		if i := strings.LastIndexByte(line, ' '); i > 0 && line[0] != '#' {
			page[line[:i]], err = strconv.ParseFloat(line[i+1:], 64)
			require.NoError(p.t, err, line)
		}
	}
	return page
}

// A story is told, and the metrics tell it again.
func TestMetricsTellTheStory(t *testing.T) {
	t.Parallel()
	for engine, on := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			address := free(t)
			configure := on(t)
			p := newPlay(t, func(c *app.Config) {
				configure(c)
				c.Metrics, c.AuditStream.To = address, "file:"+t.TempDir()+"/audit.jsonl"
			})
			p.tellsAStory()
			p.until(func() bool { return p.page()["passdesk_audit_stream_behind_lines"] == 0 }, func() string { return "the audit is not streamed" })
			p.compares(p.page())
		})
	}
}

// tellsAStory gives a pass that ends by itself, has an exclusion denied, leaves a
// request open, and lets a stranger knock.
func (p *play) tellsAStory() {
	p.t.Helper()
	p.asked()
	p.clock("5m")
	p.presses("megan", "Approve", nil)
	p.sees("adele", "<Show pass>")
	p.clock("2m")
	p.presses("adele", "Show pass", nil)
	p.presses("adele", "Create and show", nil)
	p.call(http.MethodPost, "/faults", map[string]any{"path": "/authentication/methods", "status": 503, "count": 1})
	p.clock("61m")
	p.sees("megan", "Ended")
	p.says("adele", "exclude alex from platforms for 1h because new phone")
	p.presses("adele", "Send request", nil)
	p.presses("lee", "Deny", nil)
	p.presses("lee", "Deny", map[string]any{"why": "call me first"})
	p.asked()
	resp, err := http.Post(p.Bot+"/api/messages", "application/json", strings.NewReader("{}"))
	require.NoError(p.t, err)
	require.NoError(p.t, resp.Body.Close())
}

func (p *play) compares(page map[string]float64) {
	p.t.Helper()
	audit, err := app.VerifyAudit(p.t.Context(), p.Config, "")
	require.NoError(p.t, err)
	for figure, want := range map[string]float64{
		`passdesk_request_changes_total{kind="pass",state="asked"}`:                2,
		`passdesk_request_changes_total{kind="pass",state="approved"}`:             1,
		`passdesk_request_changes_total{kind="pass",state="in force"}`:             1,
		`passdesk_request_changes_total{kind="pass",state="ended"}`:                1,
		`passdesk_request_changes_total{kind="exclusion",state="denied"}`:          1,
		`passdesk_request_changes_total{kind="exclusion",state="in force"}`:        0,
		`passdesk_requests{kind="pass",state="asked"}`:                             1,
		`passdesk_decision_seconds_bucket{answer="approved",kind="pass",le="300"}`: 0,
		`passdesk_decision_seconds_bucket{answer="approved",kind="pass",le="600"}`: 1,
		`passdesk_decision_seconds_count{answer="denied",kind="exclusion"}`:        1,
		`passdesk_effect_seconds_bucket{kind="pass",le="60"}`:                      0,
		`passdesk_effect_seconds_bucket{kind="pass",le="300"}`:                     1,
		`passdesk_effect_seconds_count{kind="exclusion"}`:                          0,
		`passdesk_ending_late_seconds_bucket{kind="pass",le="30"}`:                 0,
		`passdesk_ending_late_seconds_bucket{kind="pass",le="120"}`:                1,
		`passdesk_endings_overdue{kind="pass"}`:                                    0,
		`passdesk_ending_overdue_seconds{kind="exclusion"}`:                        0,
		`passdesk_token_refusals_total{reason="token missing"}`:                    1,
		`passdesk_refusals_total{what="activity",why="token missing"}`:             1,
		`passdesk_graph_calls_total{bucket="methods",outcome="no turn"}`:           0,
		`passdesk_audit_lines`:                  float64(audit.Last),
		`passdesk_audit_stream_lines_total`:     float64(audit.Last),
		`passdesk_audit_stream_failures_total`:  0,
		`passdesk_ready`:                        1,
		`passdesk_database_read_ok`:             1,
		`passdesk_part_ok{part="database"}`:     1,
		`passdesk_part_ok{part="audit stream"}`: 1,
	} {
		got, there := page[figure]
		require.True(p.t, there, figure)
		require.InDelta(p.t, want, got, 1e-9, figure)
	}
	for _, figure := range []string{
		`passdesk_graph_calls_total{bucket="methods",outcome="ok"}`, `passdesk_graph_calls_total{bucket="other",outcome="ok"}`,
		`passdesk_graph_seconds_count`, `passdesk_connector_calls_total{call="send"}`, `passdesk_connector_calls_total{call="update"}`,
		`passdesk_jobs{kind="due",state="waiting"}`,
	} {
		require.Positive(p.t, page[figure], figure)
	}
	require.True(p.t, p.callsAdd(page), "Graph counts what it received")
	p.alertsKnow(page)
}

// callsAdd tells whether the calls that were counted as answered are those that the
// tenant received.
func (p *play) callsAdd(page map[string]float64) bool {
	p.t.Helper()
	counted := 0.0
	for figure, v := range page {
		if strings.HasPrefix(figure, "passdesk_graph_calls_total") && !strings.Contains(figure, `"no `) {
			counted += v
		}
	}
	received := 0
	for _, c := range p.graphCalls() {
		if !strings.HasSuffix(c.Path, "$batch") {
			received++
		}
	}
	return int(counted) <= received && received-int(counted) < 20 // some came after the page
}

// alertsKnow finds every figure of the alerts on the page.
func (p *play) alertsKnow(page map[string]float64) {
	p.t.Helper()
	t, ok := p.t.(*testing.T)
	require.True(t, ok)
	for _, name := range regexp.MustCompile(`\bpassdesk_\w+`).FindAllString(rules(t), -1) {
		there := false
		for figure := range page {
			series, _, _ := strings.Cut(figure, "{")
			there = there || series == name
		}
		if name != "passdesk_connector_failures_total" { // nothing has failed
			require.True(t, there, "an alert asks for %s", name)
		}
	}
}

// The database does not answer: the page does, and says so.
func TestMetricsWithoutADatabase(t *testing.T) {
	t.Parallel()
	address := free(t)
	p := newPlay(t, func(c *app.Config) { c.Metrics = address })
	p.sabotage("ALTER TABLE audit_head RENAME TO audit_head_away")
	page := p.page()
	require.Zero(t, page["passdesk_database_read_ok"])
	require.Zero(t, page["passdesk_ready"])
	require.Zero(t, page[`passdesk_part_ok{part="database"}`])
	require.NotContains(t, page, "passdesk_audit_lines")
	require.Contains(t, page, `passdesk_request_changes_total{kind="pass",state="asked"}`)
}

// What should have ended is told while Entra does not let it end.
func TestMetricsTellAnEndThatIsOverdue(t *testing.T) {
	t.Parallel()
	address := free(t)
	p := newPlay(t, func(c *app.Config) { c.Metrics = address })
	p.says("adele", "exclude alex from platforms for 1h because new phone")
	p.presses("adele", "Send request", nil)
	p.presses("lee", "Approve", nil)
	p.sees("adele", "<Extend>")
	p.call(http.MethodPost, "/faults", map[string]any{"path": "/members/", "method": "DELETE", "status": 500})
	p.clock("61m")
	p.clock("20m")
	page := p.page()
	require.InDelta(t, 1, page[`passdesk_endings_overdue{kind="exclusion"}`], 1e-9)
	require.Greater(t, page[`passdesk_ending_overdue_seconds{kind="exclusion"}`], 1100.0)
	require.Positive(t, page[`passdesk_graph_calls_total{bucket="other",outcome="failed"}`])
}
