package app_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// attack is an attempt to get a pass, or an exclusion, that one should not get.
type attack struct {
	try     func(*play) string // returns what the attacker reads
	stopped string             // a pattern of it: what stopped them
}

// resist tries attacks one after the other on the same desk, and finds after each
// that nothing was given.
func (p *play) resist(t *testing.T, attacks map[string]attack) {
	t.Helper()
	for name, a := range attacks {
		t.Run(name, func(t *testing.T) {
			made := p.issued()
			require.Regexp(t, a.stopped, a.try(p))
			require.Equal(t, made, p.issued(), "a pass was asked of Graph")
		})
	}
}

// click is a click of somebody on a button that was made for somebody else, with
// some of its data changed.
func click(who, verb, of, title string, changes ...map[string]any) func(*play) string {
	return func(p *play) string {
		data := map[string]any{}
		for _, from := range append([]map[string]any{p.button(of, title)}, changes...) {
			for k, v := range from {
				data[k] = v
			}
		}
		return p.invoke(who, verb, data).text()
	}
}

// Attempts to get a pass that should not be had, by clicks on a request that waits
// for Megan. None changes anything: at the end she can still decide.
func TestAttacksOnARequestThatWaits(t *testing.T) { //nolint:tparallel // one desk, one attack after the other
	t.Parallel()
	p := newPlay(t, nil)
	p.asked()
	const own = "Who asks cannot also decide|You are not one of those|There is no request|Not for you"
	p.resist(t, map[string]attack{
		"who asks approves":                {click("adele", "approve", "megan", "Approve"), own},
		"whom it is for approves":          {click("joni", "approve", "megan", "Approve"), own},
		"a colleague approves":             {click("bianca", "approve", "megan", "Approve"), own},
		"the approver's manager approves":  {click("patti", "approve", "megan", "Approve"), own},
		"an auditor approves":              {click("lee", "approve", "megan", "Approve"), own},
		"a guest approves":                 {click("guest", "approve", "megan", "Approve"), "enabled members of this organisation"},
		"the card names who approves":      {click("bianca", "approve", "megan", "Approve", map[string]any{"actor": "megan", "approver": "megan"}), own},
		"a forged reference":               {click("megan", "approve", "megan", "Approve", map[string]any{"ref": "PD-22222"}), "Not for you|There is no request"},
		"a forged revision":                {click("megan", "approve", "megan", "Approve", map[string]any{"rev": 99}), "Changed meanwhile|has changed"},
		"a revision of the past":           {click("megan", "approve", "megan", "Approve", map[string]any{"rev": 1}), "Changed meanwhile|has changed"},
		"a verb that there is not":         {click("megan", "grant", "megan", "Approve"), "cannot be read"},
		"who asks makes it unapproved":     {click("adele", "create", "megan", "Approve"), "has changed|Changed meanwhile"},
		"the approver makes it":            {click("megan", "create", "megan", "Approve"), "Only who asked|Not for you"},
		"a stranger looks":                 {click("bianca", "view", "megan", "Approve"), "^Request PD|There is no request"},
		"words instead of a button":        {func(p *play) string { return p.says("bianca", "approve "+p.ref("megan")).text() + p.screen("bianca") }, "did not understand|What you can do"},
		"somebody else's request is ended": {func(p *play) string { p.says("bianca", "end "+p.ref("megan")); return p.screen("bianca") }, "Only who asked for it can end it"},
		"a client that refreshes, with another verb": {func(p *play) string {
			return p.ask(http.MethodPost, "/activity", map[string]any{
				"from": "megan", "type": "invoke", "name": "adaptiveCard/action",
				"value": map[string]any{"trigger": "automatic", "action": map[string]any{"type": "Action.Execute", "verb": "approve", "data": p.button("megan", "Approve")}},
			}).text()
		}, "A pass to decide"},
		"without a token": {func(p *play) string {
			resp, err := http.Post(p.Bot+"/api/messages", "application/json", strings.NewReader(`{"type":"invoke","name":"adaptiveCard/action"}`))
			require.NoError(p.t, err)
			require.NoError(p.t, resp.Body.Close())
			return resp.Status
		}, "401"},
		"with a token of nobody": {func(p *play) string {
			req, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.Bot+"/api/messages", strings.NewReader(`{"type":"message"}`))
			require.NoError(p.t, err)
			req.Header.Set("Authorization", "Bearer eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2FwaS5ib3RmcmFtZXdvcmsuY29tIn0.")
			req.Header.Set("Content-Type", "application/json")
			resp, err := http.DefaultClient.Do(req)
			require.NoError(p.t, err)
			require.NoError(p.t, resp.Body.Close())
			return resp.Status
		}, "401"},
	})
	require.Contains(t, p.presses("megan", "Approve", nil).text(), "Approved")
}

// form is a form that is filled in and sent.
func form(say string, inputs map[string]any) func(*play) string {
	return func(p *play) string {
		before := len(refPattern.FindAllString(p.screen("adele"), -1))
		p.says("adele", say)
		p.until(func() bool { return len(refPattern.FindAllString(p.screen("adele"), -1)) > before }, func() string { return "no form: " + p.screen("adele") })
		return p.presses("adele", "Send request", inputs).text()
	}
}

// behindTheBack changes the tenant before an attempt.
func behindTheBack(path string, change map[string]any, try func(*play) string) func(*play) string {
	return func(p *play) string {
		p.call(http.MethodPost, path, change)
		return try(p)
	}
}

// Attempts to have a request sent that should not be.
func TestAttacksByAForm(t *testing.T) { //nolint:tparallel // one desk, one attack after the other
	t.Parallel()
	p := newPlay(t, nil)
	p.resist(t, map[string]attack{
		"for oneself":                       {form("pass adele for me", nil), "Nobody can ask for a pass for themselves"},
		"for a Global Administrator":        {form("pass patti for her", nil), "privileged"},
		"for one who is eligible":           {form("pass eli for him", nil), "privileged"},
		"for a break-glass account":         {form("pass breakglass for it", nil), "protected|privileged"},
		"for a guest":                       {form("pass gudrun for her", nil), "guest account|guest from another"},
		"for another person than shown":     {form("pass joni for her", map[string]any{"person": p.id("patti")}), "privileged"},
		"longer than the tenant allows":     {form("pass joni for her", map[string]any{"minutes": "99999"}), "whole number of minutes"},
		"a lifetime that is no number":      {form("pass joni for her", map[string]any{"minutes": "-60"}), "minutes"},
		"an exclusion for an administrator": {form("exclude patti from platforms for 1h because travel", map[string]any{"platform": "iOS"}), "privileged"},
		"an exclusion without an end":       {form("exclude joni from platforms for 1h because travel", map[string]any{"platform": "iOS", "minutes": "100000"}), "longer than|may last|minutes"},
		"from a policy that is not ours":    {form("exclude joni from platforms for 1h because travel", map[string]any{"platform": "iOS", "policy": "99999999-9999-4999-8999-999999999999"}), "may not relax|Choose"},
		"by one who may not ask": {func(p *play) string {
			p.says("alex", "pass joni for her")
			return p.screen("alex")
		}, "may not ask"},
		"by a group of the same name": {func(p *play) string {
			p.call(http.MethodPost, "/groups/auditors", map[string]any{"displayName": "Help desk", "add": []string{"alex"}})
			p.says("alex", "pass joni for her")
			return p.screen("alex")
		}, "may not ask"},
		"a stranger's form": {func(p *play) string {
			p.says("adele", "pass joni for her")
			return p.invoke("bianca", "send", p.button("adele", "Send request")).text()
		}, "not yours|There is no request|Not for you"},
		"in a channel": {func(p *play) string {
			return p.ask(http.MethodPost, "/activity", map[string]any{"from": "adele", "text": "pass joni 60m", "conversation": "channel"}).text() + "see our chat"
		}, "see our chat"},
	})
	require.NotContains(t, p.screen("megan")+p.screen("lee"), "<Approve>", "nobody was asked")
}

// Attempts to have a request sent in a tenant that somebody has arranged for it.
// Each has a tenant of its own.
func TestAttacksInAnArrangedTenant(t *testing.T) {
	t.Parallel()
	grady := form("pass grady for him", nil)
	for name, a := range map[string]attack{
		"over a live pass":               {behindTheBack("/people/alex/pass", map[string]any{"minutes": 60}, form("pass alex for him", nil)), "live pass"},
		"eligible admin through a group": {throughAGroup, "privileged"},
		"asker and manager are one":      {behindTheBack("/people/grady", map[string]any{"manager": "adele"}, grady), "who asks cannot also agree"},
		"person and manager are one":     {behindTheBack("/people/grady", map[string]any{"manager": "grady"}, grady), "as their own manager"},
		"a guest for a manager":          {behindTheBack("/people/grady", map[string]any{"manager": "guest"}, grady), "disabled or a guest"},
		"nobody for a manager":           {behindTheBack("/people/grady", map[string]any{"manager": ""}, grady), "no manager"},
		"a disabled person":              {behindTheBack("/people/grady", map[string]any{"enabled": false}, grady), "disabled"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlay(t, nil)
			require.Regexp(t, a.stopped, a.try(p))
			require.Zero(t, p.issued())
			require.NotContains(t, p.screen("megan"), "<Approve>", "nobody was asked")
		})
	}
}

// throughAGroup makes somebody eligible for a group that can be given roles.
func throughAGroup(p *play) string {
	p.call(http.MethodPost, "/groups/auditors", map[string]any{"isAssignableToRole": true, "eligibleMembers": []string{"joni"}})
	p.clock("61s") // what was known of groups is not believed for longer
	return form("pass joni for her", nil)(p)
}

// Attempts to use an approval that should not be used. Each has a desk of its own.
func TestAttacksOnAnApproval(t *testing.T) {
	t.Parallel()
	create := func(p *play) string { return p.presses("adele", "Create and show", nil).text() }
	for name, a := range map[string]attack{
		"who asked left the help desk":       {behindTheBack("/groups/helpdesk", map[string]any{"remove": []string{"adele"}}, create), "help desk group"},
		"who asked is disabled":              {behindTheBack("/people/adele", map[string]any{"enabled": false}, func(p *play) string { return click("adele", "create", "adele", "Create and show")(p) }), "enabled member"},
		"the manager is another":             {behindTheBack("/people/joni", map[string]any{"manager": "lee"}, create), "not the one to decide"},
		"the manager is disabled":            {behindTheBack("/people/megan", map[string]any{"enabled": false}, create), "manager"},
		"the person became an administrator": {behindTheBack("/people/joni", map[string]any{"addRoles": []string{"Global Administrator"}}, create), "privileged"},
		"a colleague makes it":               {click("bianca", "create", "adele", "Create and show"), "Only who asked|There is no request|Not for you"},
		"the approver makes it":              {click("megan", "create", "adele", "Create and show"), "Only who asked"},
		"whom it is for makes it":            {click("joni", "create", "adele", "Create and show"), "Only who asked|There is no request|Not for you"},
		"in a channel": {func(p *play) string {
			return p.ask(http.MethodPost, "/activity", map[string]any{
				"from": "adele", "type": "invoke", "name": "adaptiveCard/action", "conversation": "channel",
				"value": map[string]any{"trigger": "manual", "action": map[string]any{"type": "Action.Execute", "verb": "create", "data": p.button("adele", "Create and show")}},
			}).text()
		}, "our chat"},
		"an hour later": {func(p *play) string {
			data := p.button("adele", "Create and show")
			p.clock("61m")
			return p.invoke("adele", "create", data).text()
		}, "lapsed|Lapsed|has changed"},
		"after it was withdrawn": {func(p *play) string {
			data := p.button("adele", "Create and show")
			p.presses("megan", "Withdraw", nil)
			return p.invoke("adele", "create", data).text()
		}, "Withdrawn|has changed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlay(t, nil)
			p.approved()
			require.Regexp(t, a.stopped, a.try(p))
			require.Zero(t, p.issued())
		})
	}
}
