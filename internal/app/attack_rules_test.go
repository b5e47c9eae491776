package app_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/playground"
	"github.com/passdesk/passdesk/internal/sim"
)

// newPlayBy is one whose configuration has more in it, written as in a script.
func newPlayBy(t *testing.T, text string) *play {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, sim.ConfigFile), []byte(text), 0o600))
	return newPlayOf(t, playground.Options{Calm: true, Amend: amended(dir)})
}

// desksOwn are rules by which the manager agrees with the caller's code, then an
// owner of policies, and only for Marketing.
const desksOwn = `
desk:
  security: ["@auditors"]
  threat: ["@policyowners"]
  emergency: ["@policyowners"]
  scopes:
    - {requesters: ["@helpdesk"], kinds: [pass], departments: [Marketing]}
rules:
  - name: stepwise
    when: kind == "pass" && (person.methods == [] || person.changed_days >= 0)
    approve:
      - {from: [manager], caller: code}
      - {from: ["group:@exclude-platforms"]}
    within: 30m
    escalate: {after: 10m, to: ["group:@auditors"]}
    longest: 4h
`

// send sends a form and returns what its sender reads.
func (p *play) send(who, say string, inputs map[string]any) string {
	p.t.Helper()
	before := len(refPattern.FindAllString(p.screen(who), -1))
	p.says(who, say)
	p.until(func() bool { return len(refPattern.FindAllString(p.screen(who), -1)) > before }, func() string { return "no form: " + p.screen(who) })
	return p.presses(who, "Send request", inputs).text()
}

// Attempts under a desk's own rules. Each has a desk of its own, on which Adele has
// asked for a pass for Joni, and has the code that she reads to the caller.
func TestAttacksUnderRules(t *testing.T) {
	t.Parallel()
	approve := func(code string) func(*play) string {
		return func(p *play) string { return p.presses("megan", "Approve", map[string]any{"code": code}).text() }
	}
	for name, a := range map[string]attack{
		"without the caller's code": {approve(""), "four digits"},
		"guessing the code": {func(p *play) string {
			guess, denied := p.wrong("0001"), regexp.MustCompile("typed wrong 3 times")
			p.until(func() bool { // a click on a card that is not redrawn yet is the one before
				p.pressesIfThere("megan", "Approve", map[string]any{"code": guess})
				return denied.MatchString(p.screen("adele"))
			}, func() string { return p.screen("megan") })
			p.sees("lee", "Alarm: the caller.s code")
			return p.screen("adele")
		}, "typed wrong 3 times"},
		"a code that is too long":            {approve("12345678901234567890"), "four digits"},
		"the next agreement first":           {click("lee", "approve", "megan", "Approve"), "not one of those|no request|Not for you"},
		"those who are asked later, at once": {click("lee", "approve", "megan", "Approve", map[string]any{"code": "0000"}), "not one of those|no request|Not for you"},
		"somebody of a group of the same name": {func(p *play) string {
			p.call(http.MethodPost, "/groups/helpdesk", map[string]any{"displayName": "CA exclusion: unsupported platforms"})
			return click("bianca", "approve", "megan", "Approve")(p)
		}, "not one of those|no request|Not for you"},
		"an agent who looks for the code in the approver's card": {click("bianca", "showcode", "megan", "Approve"), "Only who asked|no request|Not for you"},
		"the approver lets the code be shown":                    {click("megan", "showcode", "megan", "Approve"), "Only who asked|no request|Not for you"},
		"beyond the scope": {func(p *play) string {
			return p.send("adele", "pass lee for him", nil)
		}, "may not ask for passes for this person"},
		"a kind beyond the scope": {func(p *play) string {
			return p.send("adele", "exclude grady from platforms for 1h because travel", map[string]any{"platform": "iOS"})
		}, "may not ask for exclusions"},
		"longer than the rule": {func(p *play) string { return p.send("adele", "pass grady 300m for him", nil) }, "at the longest"},
		"when the log does not answer": {func(p *play) string {
			p.call(http.MethodPost, "/faults", map[string]any{"path": "directoryAudits", "status": 403, "count": 100})
			return p.send("adele", "pass grady 60m for him", nil)
		}, "could not be learnt"},
		"an emergency by one who may not": {func(p *play) string {
			p.says("adele", "emergency pass joni because I say so")
			return p.screen("adele")
		}, "Only members of the emergency group"},
		"an emergency that its asker confirms": {func(p *play) string {
			p.call(http.MethodPost, "/groups/policyowners", map[string]any{"add": []string{"megan"}})
			p.send("lee", "emergency pass alex because it burns", nil)
			p.sees("megan", "An emergency to confirm")
			return click("lee", "approve", "megan", "Approve")(p)
		}, "Who asks cannot also decide"},
		"threat mode by one who may not": {func(p *play) string {
			p.says("adele", "threat off")
			return p.screen("adele")
		}, "Only members of the threat group"},
		"while the person is locked": {func(p *play) string {
			for range 3 {
				p.presses("megan", "Deny", nil)
				p.presses("megan", "Deny", map[string]any{"why": "not her"})
				p.sees("adele", "not her")
				if text := p.send("adele", "pass joni for her", nil); strings.Contains(text, "locked") {
					return text
				}
			}
			return p.send("adele", "pass joni for her", nil)
		}, "locked"},
		"a lock that an agent lifts": {func(p *play) string {
			p.says("adele", "unlock joni")
			return p.screen("adele")
		}, "[Oo]nly|may not"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlayBy(t, desksOwn)
			p.call(http.MethodPost, "/groups/exclude-platforms", map[string]any{"add": []string{"bianca"}})
			require.Contains(t, p.send("adele", "pass joni 60m once for a new laptop", nil), "Read")
			p.sees("megan", "<Approve>")
			require.Regexp(t, a.stopped, a.try(p))
			require.Zero(t, p.issued())
		})
	}
}

// wrong is a code that is not the one that Adele was shown.
func (p *play) wrong(guess string) string {
	p.t.Helper()
	if strings.Contains(squeeze(p.presses("adele", "Show code", nil).text()), guess) {
		return "9" + guess[1:]
	}
	return guess
}

// A race of approving and withdrawing has one winner, and no pass comes of a
// request that was withdrawn.
func TestAttackByARaceOfApproveAndWithdraw(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	for range 5 {
		p.asked()
		yes, no := p.button("megan", "Approve"), p.button("adele", "Withdraw")
		var wg sync.WaitGroup
		wg.Go(func() { p.invoke("megan", "approve", yes) })
		wg.Go(func() { p.invoke("adele", "withdraw", no) })
		wg.Wait()
		seen := p.invoke("adele", "view", no).text()
		if strings.Contains(seen, "Withdrawn") {
			require.NotContains(t, p.invoke("adele", "create", map[string]any{"ref": yes["ref"], "rev": 3}).text(), "Read this pass")
			require.Zero(t, p.issued())
			continue
		}
		p.presses("adele", "Withdraw", nil)
		p.until(func() bool { return !strings.Contains(p.screen("megan"), "<Withdraw>") }, func() string { return p.screen("megan") })
	}
}
