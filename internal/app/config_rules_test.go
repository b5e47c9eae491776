package app_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/app"
)

const group = "33333333-3333-4333-8333-333333333334"

func TestLoadRules(t *testing.T) {
	t.Parallel()
	c, err := load(t, least+`  scopes:
    - {requesters: [`+group+`], kinds: [pass], departments: [Sales]}
rules:
  - name: administrators
    when: person.privileged || person.protected
    refuse: The identity team handles them, in person.
  - name: lost phone
    when: kind == "pass"
    approve:
      - {from: [manager, "group:`+group+`"], count: 1, caller: code}
      - {from: ["group:`+group+`"], count: 2, when: person.changed_days < 7}
    within: 30m
    escalate: {after: 10m, to: ["group:`+group+`"]}
    longest: 8h
    place: "19:aB3-_x@thread.tacv2"
  - name: relax a policy
    when: kind == "exclusion"
    approve: [{from: [policy.owners]}]
`, app.Overrides{})
	require.NoError(t, err)
	require.Len(t, c.Rules, 3)
	require.Equal(t, app.ApprovalConfig{From: []string{"manager", "group:" + group}, Count: 1, Caller: "code"}, c.Rules[1].Approve[0])
	require.Equal(t, "19:aB3-_x@thread.tacv2", c.Rules[1].Place)
	require.Equal(t, app.Duration(10*time.Minute), c.Rules[1].Escalate.After)
	require.Equal(t, []string{"Sales"}, c.Desk.Scopes[0].Departments)
}

func TestFaultsOfRulesNameRuleLineAndColumn(t *testing.T) {
	t.Parallel()
	_, err := load(t, least+`rules:
  - name: first
    when: kind == "pass" && person.shoe > 40
    approve: [{from: [manager]}]
  - name: second
    when: |
      kind == "pass" &&
      minutes < "60"
    approve:
      - from: [boss, "group:nobody"]
        count: 11
        caller: guess
        when: "person.has_manager &&"
  - name: First
    when: 'minutes'
    refuse: No.
    approve: [{from: [manager]}]
    place: "19:meeting@thread.tacv2"
  - within: 1m
    place: "19:aB3@thread.v2"
    escalate: {after: 2h, to: [manager]}
`, app.Overrides{})
	require.Error(t, err)
	for _, want := range []string{
		`:8:29: rules[0].when: rule "first", line 1, column 19 of its expression: undeclared reference to 'person'`,
		`:13:9: rules[1].when: rule "second", line 2, column 9 of its expression: found no matching overload`,
		`rules[1].approve[0].from: "boss" must be manager, policy.owners or group:<object id>`,
		`rules[1].approve[0].from: "nobody" is not an object id`,
		`rules[1].approve[0].count: must be from 1 to 10`,
		`rules[1].approve[0].caller: must be one of confirm, attest, code`,
		`rules[1].approve[0].when: rule "second", line 1, column`,
		`rules[2].name: is used twice: "First"`,
		`rules[2].when: rule "First", line 1, column 1 of its expression: must be yes or no (bool), and is int`,
		`rules[2].refuse: and approve exclude one another`,
		`rules[2].place: is for what is decided, and this rule refuses`,
		`:25:5: rules[3].place: "19:aB3@thread.v2" must be a channel's conversation id`,
		`rules[3].name: is missing`,
		`rules[3]: must say approve or refuse`,
		`rules[3].within: must be from 5m to 24h`,
		`rules[3].escalate.after: must be shorter than the time to decide`,
	} {
		require.ErrorContains(t, err, want)
	}
}
