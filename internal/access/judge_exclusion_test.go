package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

// anExclusion is a case in which nothing stands in the way.
func anExclusion() access.Case {
	c := aCase()
	c.Kind, c.Terms, c.From = access.Exclusion, exclusionTerms(platforms), noon
	c.Facts.PassPolicy, c.Facts.Person.Manager = access.PassPolicy{}, nil
	f := newRelaxed().facts[platforms]
	f.Deciders = []access.Person{{ID: "lee", Name: "lee"}}
	c.Facts.Policy = f
	c.Hold = access.Hold{State: access.Free}
	hits := access.Hurdle{Policy: access.PolicyRef{ID: platforms, Name: "Unsupported platforms"}, Block: true}
	c.Outlook = &access.Outlook{Platform: "iOS", Applies: true, Before: []access.Hurdle{hits}}
	return c
}

func TestJudgeExclusion(t *testing.T) {
	t.Parallel()
	other := access.Hurdle{Policy: access.PolicyRef{ID: "x", Name: "Other"}, Block: true}
	asking := access.Hurdle{Policy: access.PolicyRef{ID: "x", Name: "Other"}, Needs: []string{"a compliant device"}}
	refused := func(codes ...string) []string { return codes }
	tests := map[string]struct {
		spoil    func(*access.Case)
		refusals []string
		warnings []string
	}{
		"nothing in the way":      {func(*access.Case) {}, nil, nil},
		"no policy chosen":        {func(c *access.Case) { c.Terms.Policy.ID = "" }, refused("policy.unconfigured"), nil},
		"a policy of nobody's":    {func(c *access.Case) { c.Terms.Policy.ID = "other" }, refused("policy.unconfigured"), nil},
		"unknown":                 {func(c *access.Case) { c.Facts.Policy.Known = false }, refused("policy.unknown"), nil},
		"deleted":                 {func(c *access.Case) { c.Facts.Policy.Found = false }, refused("policy.gone"), nil},
		"disabled":                {func(c *access.Case) { c.Facts.Policy.State = access.PolicyOff }, refused("policy.idle"), nil},
		"reports only":            {func(c *access.Case) { c.Facts.Policy.State = access.PolicyReportOnly }, refused("policy.idle"), nil},
		"a state of tomorrow":     {func(c *access.Case) { c.Facts.Policy.State = "enabledForSome" }, refused("policy.state"), nil},
		"group unknown":           {func(c *access.Case) { c.Facts.Policy.Group.Known = false }, refused("group.unfit"), nil},
		"group deleted":           {func(c *access.Case) { c.Facts.Policy.Group.Found = false }, refused("group.unfit"), nil},
		"group dynamic":           {func(c *access.Case) { c.Facts.Policy.Group.Dynamic = true }, refused("group.unfit"), nil},
		"group synced":            {func(c *access.Case) { c.Facts.Policy.Group.Synced = true }, refused("group.unfit"), nil},
		"group gives roles":       {func(c *access.Case) { c.Facts.Policy.Group.RoleAssignable = true }, refused("group.unfit"), nil},
		"group restricted":        {func(c *access.Case) { c.Facts.Policy.Group.Restricted = true }, refused("group.unfit"), nil},
		"group owned by somebody": {func(c *access.Case) { c.Facts.Policy.Group.Owners = []access.Person{{ID: "megan"}} }, refused("group.unfit"), nil},
		"group owned by an owner": {func(c *access.Case) { c.Facts.Policy.Group.Owners = []access.Person{{ID: "lee"}} }, nil, nil},
		"group not excluded":      {func(c *access.Case) { c.Facts.Policy.ExcludesGroup = false }, refused("group.unlinked"), nil},
		"a direct one with parts that nobody knows": {func(c *access.Case) {
			c.Terms.Policy.ID, c.Facts.Policy.Foreign = strict, []string{"agents"}
		}, refused("policy.foreign"), nil},
		"no owner":             {func(c *access.Case) { c.Facts.Policy.Deciders = nil }, refused("owner.none"), nil},
		"the owner asks":       {func(c *access.Case) { c.Facts.Policy.Deciders[0].ID = "adele" }, refused("owner.none"), nil},
		"the owner's own":      {func(c *access.Case) { c.Facts.Policy.Deciders[0].ID = "joni" }, refused("owner.none"), nil},
		"too long":             {func(c *access.Case) { c.Terms.Minutes = 481 }, refused("exclusion.length"), nil},
		"too short":            {func(c *access.Case) { c.Terms.Minutes = 9 }, refused("exclusion.length"), nil},
		"too long an addition": {func(c *access.Case) { c.From = noon.Add(5 * time.Hour) }, refused("exclusion.length"), nil},
		"long from later on": {func(c *access.Case) {
			c.Terms.Start, c.From, c.Terms.Minutes = noon.Add(5*time.Hour), noon.Add(5*time.Hour), 480
		}, nil, nil},
		"no platform":     {func(c *access.Case) { c.Terms.Platform = "" }, refused("exclusion.platform"), nil},
		"a strange one":   {func(c *access.Case) { c.Terms.Platform = "toaster" }, refused("exclusion.platform"), nil},
		"a guest":         {func(c *access.Case) { c.Facts.Person.Guest = true }, refused("person.guest"), nil},
		"privileged":      {func(c *access.Case) { c.Facts.Person.Privilege = []string{"is Global Administrator"} }, refused("person.privileged"), nil},
		"somebody else's": {func(c *access.Case) { c.Facts.Policy.Exempt.Listed = true }, refused("exclusion.stranger"), nil},
		"ours":            {func(c *access.Case) { c.Facts.Policy.Exempt.Listed, c.Hold.State = true, access.Held }, nil, nil},
		"ours a moment ago": {func(c *access.Case) {
			c.Facts.Policy.Exempt.Listed, c.Hold.Rev, c.Hold.Since = true, 7, noon.Add(-time.Minute)
		}, refused("exclusion.settling"), nil},
		"excluded otherwise": {func(c *access.Case) {
			c.Facts.Policy.Exempt.Otherwise = []string{"through the group Sales"}
		}, nil, refused("exclusion.already")},
		"not hit":              {func(c *access.Case) { c.Outlook.Applies = false }, nil, refused("outlook.misses")},
		"another policy, too":  {func(c *access.Case) { c.Outlook.After = []access.Hurdle{other} }, nil, refused("outlook.other")},
		"another one asks":     {func(c *access.Case) { c.Outlook.After = []access.Hurdle{asking} }, nil, nil},
		"nothing is said":      {func(c *access.Case) { c.Outlook = nil }, nil, nil},
		"a kind of nobody's":   {func(c *access.Case) { c.Kind = "wish" }, refused("kind.unknown"), nil},
		"nothing new is given": {func(c *access.Case) { c.Facts.Asker.Groups = nil }, refused("asker.requester"), nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := anExclusion()
			test.spoil(&c)
			v := settings.Judge(c)
			require.Equal(t, test.refusals, v.Codes(access.Refusal))
			require.Equal(t, test.warnings, v.Codes(access.Warning))
			if !v.Refused() {
				require.Equal(t, []access.Person{{ID: "lee", Name: v.Approvers[0].Name}}, v.Approvers)
			}
		})
	}
	off := settings
	off.NoGrants = true
	require.Equal(t, []string{"grants.off"}, off.Judge(anExclusion()).Codes(access.Refusal))
}
