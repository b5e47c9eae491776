package app_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/playground"
	"github.com/passdesk/passdesk/internal/sim/channel"
)

// team is the channel as it is stored.
func (p *play) team() chat {
	p.t.Helper()
	for _, c := range p.chats() {
		if c.Type == channel.Team {
			return c
		}
	}
	return chat{}
}

// channel is what somebody reads in the channel, a message a line.
func (p *play) channel(who string) string {
	p.t.Helper()
	var lines []string
	for _, m := range p.team().Messages {
		line := m.From + ": " + m.Text
		if view := m.Views[who]; view != nil {
			line += words(view)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// pressesThere has somebody press a button in the channel, as soon as it is there.
func (p *play) pressesThere(who, title string, inputs map[string]any) answer {
	p.t.Helper()
	var a answer
	p.until(func() bool {
		status, got := p.try(http.MethodPost, "/press", map[string]any{"person": who, "conversation": channel.Team, "title": title, "inputs": inputs})
		return status == http.StatusOK && json.Unmarshal(got, &a) == nil
	}, func() string {
		return who + " sees no <" + title + "> in the channel but\n" + p.channel(who) + "\n" + p.tail()
	})
	return a
}

// byOwners is a rule by which the owners' group decides in the channel, and one
// without a place.
const byOwners = `
rules:
  - name: long ones
    when: kind == "pass" && minutes > 60
    approve: [{from: [manager]}]
  - name: the owners decide
    when: kind == "pass"
    approve: [{from: ["group:@policyowners"]}]
    place: "@channel"
`

// placed has a request wait in the channel, and returns what its buttons carry.
func placed(t *testing.T) (p *play, carried map[string]any) {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "passdesk.yaml"), []byte(byOwners), 0o600))
	p = newPlayOf(t, playground.Options{Calm: true, Amend: amended(dir)})
	p.says("adele", "pass joni 60m for a laptop")
	p.presses("adele", "Send request", nil)
	p.until(func() bool { return len(p.team().Messages) == 1 }, func() string { return "nothing in the channel\n" + p.tail() })
	walk(p.team().Messages[0].Card, func(e map[string]any) {
		if e["title"] == "Look" {
			carried, _ = e["data"].(map[string]any)
		}
	})
	require.NotNil(t, carried)
	return p, carried
}

// inChannel is a click of somebody in a channel, with what they like in its data.
func inChannel(who, verb string, data map[string]any, conversation any) func(*play) string {
	return func(p *play) string {
		return p.ask(http.MethodPost, "/activity", map[string]any{
			"from": who, "type": "invoke", "name": "adaptiveCard/action", "conversation": conversation,
			"value": map[string]any{"trigger": "manual", "action": map[string]any{"type": "Action.Execute", "verb": verb, "data": data}},
		}).text()
	}
}

// Attempts to get a pass by the channel in which it is decided. None changes
// anything: at the end a member of the group can still decide.
func TestAttacksInAPlace(t *testing.T) { //nolint:tparallel // one desk, one attack after the other
	t.Parallel()
	p, of := placed(t)
	team := p.team().ID
	p.says("adele", "pass grady 120m for a phone")
	p.presses("adele", "Send request", nil)
	elsewhere := p.button("megan", "Approve")
	forged := map[string]any{"id": "19:00000000000000000000000000000000@thread.tacv2", "conversationType": "channel"}
	p.call(http.MethodPost, "/groups/policyowners", map[string]any{"add": []string{"alex"}})
	p.call(http.MethodPost, "/groups/policyowners", map[string]any{"remove": []string{"alex"}})
	const not = "You are not one of those who may decide"
	with := func(more map[string]any) map[string]any {
		all := maps.Clone(of)
		maps.Copy(all, more)
		return all
	}
	p.resist(t, map[string]attack{
		"a stranger approves":                    {inChannel("bianca", "approve", of, team), not},
		"a stranger denies":                      {inChannel("bianca", "deny", with(map[string]any{"why": "no"}), team), not},
		"a stranger asks for the form of a deny": {inChannel("bianca", "deny", of, team), "Only who may decide"},
		"the manager approves":                   {inChannel("megan", "approve", of, team), not},
		"who asks approves":                      {inChannel("adele", "approve", of, team), "Who asks cannot also decide"},
		"whom it is for approves":                {inChannel("joni", "approve", of, team), "Nobody decides about a request for themselves"},
		"one who left the group approves":        {inChannel("alex", "approve", of, team), not},
		"a guest approves":                       {inChannel("guest", "approve", of, map[string]any{"id": team, "conversationType": "channel"}), "enabled members of this organisation"},
		"a stranger in their own chat":           {inChannel("bianca", "approve", of, ""), not},
		"from another channel":                   {inChannel("lee", "approve", of, forged), "See our chat"},
		"from a group chat":                      {inChannel("lee", "approve", of, "group"), "See our chat"},
		"a request of no place":                  {inChannel("megan", "approve", elsewhere, team), "See our chat"},
		"another verb":                           {inChannel("adele", "withdraw", of, team), "See our chat"},
		"the pass itself":                        {inChannel("adele", "create", of, team), "See our chat"},
		"an older revision":                      {inChannel("lee", "approve", with(map[string]any{"rev": 1}), team), "Changed meanwhile"},
	})
	for _, who := range []string{"adele", "joni", "megan", "bianca", "alex"} {
		require.NotRegexp(t, "Joni|laptop|Adele|<Approve>", inChannel(who, "view", of, team)(p), who)
	}
	require.Regexp(t, "A pass to decide.*Joni", strings.ReplaceAll(inChannel("lee", "view", of, team)(p), "\n", " "))
	for _, m := range p.team().Messages {
		require.NotRegexp(t, "Joni|joni|laptop|Adele|"+p.id("joni")+"|"+p.id("adele"), string(m.Card)+m.Text+m.Summary)
	}
	require.Contains(t, inChannel("lee", "approve", of, team)(p), "Approved")
}
