package app_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/app"
	"github.com/passdesk/passdesk/internal/store/pgtest"
)

// ready is what /readyz says.
func (p *play) ready() (int, string) {
	p.t.Helper()
	resp, err := http.Get(p.Bot + "/readyz")
	require.NoError(p.t, err)
	defer resp.Body.Close() //nolint:errcheck // read to its end
	body, err := io.ReadAll(resp.Body)
	require.NoError(p.t, err)
	return resp.StatusCode, string(body)
}

func (p *play) becomes(text string) {
	p.t.Helper()
	p.until(func() bool {
		status, said := p.ready()
		require.Equal(p.t, http.StatusOK, status, "people can be answered: %s", said)
		return strings.Contains(said, text)
	}, func() string { return "/readyz never says " + text })
}

// Two replicas that would decide the same request differently are told so, and
// people are answered all the same.
func TestReplicasWithOtherRulesAreTold(t *testing.T) {
	t.Parallel()
	address := pgtest.Address(t)
	one := newPlay(t, func(c *app.Config) { c.Database = address })
	one.becomes(`"rules":"ok"`)
	two := newPlay(t, func(c *app.Config) { c.Database, c.Grants = address, false })
	two.becomes(`"rules":"differ between replicas"`)
	require.NoError(t, two.Stop())
	require.NoError(t, one.Restart(t.Context()))
	one.becomes(`"rules":"ok"`)
}

// What is long past is forgotten, but for the audit.
func TestRetention(t *testing.T) {
	t.Parallel()
	p := newPlay(t, func(c *app.Config) { c.Retention = app.Duration(30 * 24 * 3600e9) })
	p.asked()
	p.presses("megan", "Deny", nil)
	p.presses("megan", "Deny", map[string]any{"why": "call me first"})
	ref := p.ref("adele")
	p.clock("696h") // 29 days
	require.Contains(t, p.says("adele", "history "+ref).text()+p.screen("adele"), ref)
	require.NotContains(t, p.invoke("adele", "view", map[string]any{"ref": ref, "rev": 1}).text(), "There is no request")
	p.clock("48h")
	require.Contains(t, p.invoke("adele", "view", map[string]any{"ref": ref, "rev": 1}).text(), "There is no request")
	r, err := app.VerifyAudit(t.Context(), p.Config, "")
	require.NoError(t, err)
	require.True(t, r.Whole())
	require.EqualValues(t, 2, r.Last)
}
