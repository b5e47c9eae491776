package app_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/app"
	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/graph"
)

// I6: delivered twice, clicked twice, at once or later: one effect.
func TestI6Once(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.says("adele", "pass joni 60m once for new laptop")
	send := p.button("adele", "Send request")
	p.many(func() { p.invoke("adele", "send", send) })
	p.sees("megan", "<Approve>")
	approve := p.button("megan", "Approve")
	answers := p.many(func() { p.invoke("megan", "approve", approve) })
	require.Equal(t, 8, answers)
	p.sees("adele", "<Show pass>")
	create := map[string]any{"ref": approve["ref"], "rev": p.button("adele", "Show pass")["rev"]}
	var mu sync.Mutex
	var shown []string
	p.many(func() {
		a := p.invoke("adele", "create", create)
		mu.Lock()
		defer mu.Unlock()
		shown = append(shown, squeeze(a.text()))
	})
	require.Equal(t, 1, p.issued(), "one pass was asked of Graph")
	code := p.passes("joni")[0].Code
	for _, text := range shown {
		require.Contains(t, text, code, "everybody who is the same click sees the same answer")
	}
	require.Len(t, p.chat("megan").Messages, 1, "one card was sent")
	p.invoke("adele", "hide", create)
	end := p.button("adele", "End now")
	p.many(func() { p.invoke("adele", "end", end) })
	p.sees("adele", "Ended")
	p.sees("megan", "Ended")
	require.Equal(t, map[string]int{
		"ask done": 1, "approve done": 1, "issue pass intent": 1, "issue pass done": 1, "show pass done": 1,
		"end intent": 1, "end done": 1,
	}, p.recorded())
}

// many does something eight times at once.
func (p *play) many(do func()) int {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(do)
	}
	wg.Wait()
	return 8
}

// recorded counts the audit's entries by action and outcome.
func (p *play) recorded() map[string]int {
	p.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(p.dir, "passdesk.db")+"?mode=ro&_pragma=busy_timeout(5000)")
	require.NoError(p.t, err)
	defer db.Close() //nolint:errcheck // nothing was written
	rows, err := db.QueryContext(p.t.Context(), "SELECT body FROM audit")
	require.NoError(p.t, err)
	defer rows.Close() //nolint:errcheck // read to its end
	counts := map[string]int{}
	for rows.Next() {
		var body []byte
		require.NoError(p.t, rows.Scan(&body))
		var e struct{ Action, Outcome string }
		require.NoError(p.t, json.Unmarshal(body, &e))
		counts[e.Action+" "+e.Outcome]++
	}
	require.NoError(p.t, rows.Err())
	return counts
}

func TestI6ARepeatedMessageOpensOneForm(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	for range 3 {
		p.ask(http.MethodPost, "/activity", map[string]any{"type": "message", "from": "adele", "text": "pass joni for x", "id": "1700000000001"})
	}
	forms := 0
	for _, m := range p.chat("adele").Messages {
		if m.Card != nil {
			forms++
		}
	}
	require.Equal(t, 1, forms)
}

// I8: privileged and protected people are out of reach, and so is whoever
// cannot be looked up.
func TestI8PrivilegedPeopleAreOutOfReach(t *testing.T) {
	t.Parallel()
	group := func(p *play, change func(g string)) {
		for _, g := range p.Sim.Tenant.Groups() {
			if g.Alias == "roleadmins" {
				change(g.ID)
			}
		}
	}
	ways := map[string]func(p *play, joni string){
		"active role": func(p *play, joni string) { p.role(p.Sim.Tenant.AddRole(joni, "Helpdesk Administrator", "/")) },
		"role scoped to an AU": func(p *play, joni string) {
			p.role(p.Sim.Tenant.AddRole(joni, "User Administrator", "/administrativeUnits/1"))
		},
		"eligible role": func(p *play, joni string) { p.role(p.Sim.Tenant.AddEligibleRole(joni, "User Administrator", "/")) },
		"member of a role-assignable group": func(p *play, joni string) {
			group(p, func(g string) { p.role(p.Sim.Tenant.AddMember(g, joni)) })
		},
		"owner of a role-assignable group": func(p *play, joni string) {
			group(p, func(g string) { p.role(p.Sim.Tenant.AddOwner(g, joni)) })
		},
		"eligible member of a role-assignable group": func(p *play, joni string) {
			group(p, func(g string) { p.role(p.Sim.Tenant.AddEligibleGroup(joni, g, "member")) })
		},
		"management restricted": func(p *play, joni string) { p.role(p.Sim.Tenant.SetManagementRestricted(joni, true)) },
		"protected group":       func(*play, string) {},
	}
	for name, make := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlay(t, func(c *app.Config) {
				if name == "protected group" {
					c.Desk.Protected = append(c.Desk.Protected, jonisID(t))
				}
			})
			make(p, p.id("joni"))
			p.says("adele", "pass joni 60m once for new laptop")
			require.Regexp(t, "privileged|protected", p.presses("adele", "Send request", nil).text())
			require.Zero(t, p.issued())
		})
	}
}

func (p *play) role(err error) {
	p.t.Helper()
	require.NoError(p.t, err)
}

// jonisID is the same in every tenant of one seed.
func jonisID(t *testing.T) string {
	t.Helper()
	joni, ok := entra.New(entra.Options{}).Person("joni")
	require.True(t, ok)
	return joni.ID
}

// I8: a tenant without eligible roles says so, and that is on record.
func TestI8AnAbsentLicenceIsRecordedAtStart(t *testing.T) {
	t.Parallel()
	p := newPlay(t, func(c *app.Config) { c.Entra.PIM = "absent" })
	p.until(func() bool { return p.recorded()["start done"] == 1 }, func() string { return fmt.Sprint(p.recorded()) })
	p.asked()
	for _, c := range p.graphCalls() {
		require.NotContains(t, c.Path, "ligibilityScheduleInstances")
	}
}

func TestI8PrivilegeIsAskedAgainBeforeThePassIsMade(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.approved()
	p.role(p.Sim.Tenant.AddRole(p.id("joni"), "Global Administrator", "/"))
	require.Contains(t, p.presses("adele", "Create and show", nil).text(), "privileged")
	require.Zero(t, p.issued())
}

func TestI8WhatCannotBeFoundOutIsRefused(t *testing.T) {
	t.Parallel()
	for _, part := range []string{
		"/transitiveMemberOf", "/roleAssignments", "/roleEligibilityScheduleInstances",
		"/eligibilityScheduleInstances", "/ownedObjects", "/authentication/methods",
	} {
		t.Run(strings.TrimPrefix(part, "/"), func(t *testing.T) {
			t.Parallel()
			p := newPlay(t, nil)
			p.says("adele", "pass joni 60m once for new laptop")
			p.Sim.Graph.Use(func(ctx context.Context, req graph.Request, next func(context.Context, graph.Request) graph.Reply) graph.Reply {
				if strings.HasSuffix(req.URL.Path, part) && (strings.Contains(req.URL.RawQuery, p.id("joni")) || strings.Contains(req.URL.Path, p.id("joni"))) {
					return graph.Reply{Status: http.StatusForbidden, Body: map[string]any{"error": map[string]any{"code": "Authorization_RequestDenied", "message": "Insufficient privileges to complete the operation."}}}
				}
				return next(ctx, req)
			})
			a := p.presses("adele", "Send request", nil)
			require.Contains(t, a.text(), "what is not known is refused")
		})
	}
}

// I9: what people type is shown as text.
func TestI9WhatPeopleTypeIsShownAsText(t *testing.T) {
	t.Parallel()
	hostile := []string{
		"**bold** [click](https://evil.example)", "<at>Megan Bowen</at>", "{{DATE(2026-01-01,SHORT)}} {{TIME(2026-01-01T00:00:00Z)}}",
		"[x](javascript:alert(1))", "\u202eevil\u202c", "a\n\n# heading\n- list", "![i](https://evil.example/i.png)", `"},{"type":"Action.OpenUrl","url":"https://evil.example"`,
	}
	p := newPlay(t, nil)
	for i, text := range hostile {
		if i%2 == 0 { // three denials within an hour would lock her
			p.clock("61m")
		}
		p.says("adele", "pass joni for a test")
		p.presses("adele", "Send request", map[string]any{"reason": text, "ticket": text})
		p.sees("megan", "<Approve>")
		p.presses("megan", "Deny", nil)
		p.presses("megan", "Deny", map[string]any{"why": text})
		p.sees("adele", "Denied")
	}
	for _, c := range p.chats() {
		for _, m := range c.Messages {
			if m.From != "bot" {
				continue
			}
			require.NotContains(t, m.Text, "](")
			require.NotContains(t, m.Text, "<at>")
			walk(m.Card, inert(t))
		}
	}
}

// inert checks that nothing a person typed stands where it would be obeyed.
func inert(t *testing.T) func(map[string]any) {
	t.Helper()
	return func(e map[string]any) {
		t.Helper()
		if e["type"] == "TextRun" { // only dates are expanded in its text, and directions turned
			for _, bad := range []string{"{{DATE", "{{TIME", "\u202e"} {
				require.NotContains(t, e["text"], bad)
			}
			return
		}
		require.NotEqual(t, "Action.OpenUrl", e["type"])
		for key, value := range e {
			text, ok := value.(string)
			if !ok || key == "value" && strings.HasPrefix(fmt.Sprint(e["type"]), "Input.") {
				continue
			}
			for _, bad := range []string{"](", "<at>", "{{DATE", "{{TIME", "**", "\u202e"} {
				require.NotContains(t, text, bad, "%s of %v", key, e["type"])
			}
		}
		if teams, ok := e["msteams"].(map[string]any); ok {
			require.NotContains(t, teams, "entities")
		}
	}
}

// I10: token, service URL and body all belong to the one tenant.
func TestI10OneTenant(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	p.says("adele", "help")
	const foreign = "12345678-1234-4234-8234-123456789012"
	bodies := map[string]map[string]any{
		"conversation": {"conversation": map[string]any{"id": p.chat("adele").ID, "conversationType": "personal", "tenantId": foreign}},
		"channel data": {"channelData": map[string]any{"tenant": map[string]any{"id": foreign}}},
		"service URL":  {"serviceUrl": "https://smba.trafficmanager.net/emea/"},
		"channel":      {"channelId": "webchat"},
	}
	for name, changes := range bodies {
		body := map[string]any{"type": "message", "from": "adele", "text": "help"}
		for k, v := range changes {
			body[k] = v
		}
		require.Equal(t, 403, p.ask(http.MethodPost, "/activity", body).Status, name)
	}
	require.Equal(t, 200, p.says("adele", "help").Status)
}
