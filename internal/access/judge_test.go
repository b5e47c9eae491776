package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

var settings = access.Settings{
	Requesters: []access.ID{"helpdesk"},
	Protected:  []access.ID{"breakglass", "vault"},
	Security:   []access.ID{"owners"},
	Policies: []access.Policy{
		{ID: platforms, Alias: "phones", Group: "relaxed", Owners: []access.ID{"owners"}, Longest: 8 * time.Hour},
		{ID: strict, Owners: []access.ID{"owners"}, Longest: 8 * time.Hour},
	},
}

// aCase is one in which nothing stands in the way; each test spoils one thing.
func aCase() access.Case {
	manager := access.Member{Person: access.Person{ID: "megan", Name: "Megan"}, Found: true, Enabled: true}
	return access.Case{
		Kind: access.Pass, Now: noon, Sending: true,
		Terms: access.Terms{Minutes: 60, Once: true, Reason: "new laptop"},
		Facts: access.Facts{
			At:    noon,
			Asker: access.Member{Person: access.Person{ID: "adele"}, Found: true, Enabled: true, Groups: []access.ID{"helpdesk"}},
			Person: access.Subject{
				Member:  access.Member{Person: access.Person{ID: "joni", Name: "Joni"}, Found: true, Enabled: true, Groups: []access.ID{"staff"}},
				Manager: &manager,
			},
			PassPolicy: access.PassPolicy{Known: true, Enabled: true, MinMinutes: 60, MaxMinutes: 480, IncludeAll: true},
		},
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	live := access.LivePass{ID: "tap", Start: noon.Add(-time.Minute), Minutes: 60, Usability: "EnabledByPolicy"}
	tests := []struct {
		name     string
		spoil    func(*access.Case)
		refusals []string
		warnings []string
	}{
		{"nothing in the way", func(*access.Case) {}, nil, nil},
		{"asker in no group", func(c *access.Case) { c.Facts.Asker.Groups = nil }, []string{"asker.requester"}, nil},
		{"asker disabled", func(c *access.Case) { c.Facts.Asker.Enabled = false }, []string{"asker.standing"}, nil},
		{"asker a guest", func(c *access.Case) { c.Facts.Asker.Guest = true }, []string{"asker.standing"}, nil},
		{"person unknown", func(c *access.Case) { c.Facts.Person = access.Subject{} }, []string{"person.unknown"}, nil},
		{"person is the asker", func(c *access.Case) { c.Facts.Person.ID = "adele" }, []string{"person.asker"}, nil},
		{"person disabled", func(c *access.Case) { c.Facts.Person.Enabled = false }, []string{"person.disabled"}, nil},
		{"external guest", func(c *access.Case) { c.Facts.Person.Guest, c.Facts.Person.External = true, true }, []string{"person.guest"}, nil},
		{"internal guest", func(c *access.Case) { c.Facts.Person.Guest = true }, []string{"person.guest"}, nil},
		{"protected by id", func(c *access.Case) { c.Facts.Person.ID = "breakglass" }, []string{"person.protected"}, nil},
		{"protected by group", func(c *access.Case) { c.Facts.Person.Groups = []access.ID{"vault"} }, []string{"person.protected"}, nil},
		{"privileged", func(c *access.Case) { c.Facts.Person.Privilege = []string{"is Global Administrator"} }, []string{"person.privileged"}, nil},
		{"privilege unknown", func(c *access.Case) { c.Facts.Person.Unknown = []string{"directory roles"} }, []string{"facts.unknown"}, nil},
		{"no manager", func(c *access.Case) { c.Facts.Person.Manager = nil }, []string{"manager.none"}, nil},
		{"manager disabled", func(c *access.Case) { c.Facts.Person.Manager.Enabled = false }, []string{"manager.standing"}, nil},
		{"manager a guest", func(c *access.Case) { c.Facts.Person.Manager.Guest = true }, []string{"manager.standing"}, nil},
		{"manager asks", func(c *access.Case) { c.Facts.Person.Manager.ID = "adele" }, []string{"manager.asker"}, nil},
		{"own manager", func(c *access.Case) { c.Facts.Person.Manager.ID = "joni" }, []string{"manager.person"}, nil},
		{"policy unknown", func(c *access.Case) { c.Facts.PassPolicy.Known = false }, []string{"policy.unknown"}, nil},
		{"policy off", func(c *access.Case) { c.Facts.PassPolicy.Enabled = false }, []string{"policy.off"}, nil},
		{"out of scope", func(c *access.Case) { c.Facts.PassPolicy.IncludeAll = false }, []string{"policy.scope"}, nil},
		{"in scope by group", func(c *access.Case) {
			c.Facts.PassPolicy.IncludeAll, c.Facts.PassPolicy.Include = false, []access.ID{"staff"}
		}, nil, nil},
		{"exclusion wins", func(c *access.Case) { c.Facts.PassPolicy.Exclude = []access.ID{"staff"} }, []string{"policy.scope"}, nil},
		{"too short", func(c *access.Case) { c.Terms.Minutes = 59 }, []string{"pass.lifetime"}, nil},
		{"too long", func(c *access.Case) { c.Terms.Minutes = 481 }, []string{"pass.lifetime"}, nil},
		{"once is forced", func(c *access.Case) { c.Facts.PassPolicy.OnceOnly, c.Terms.Once = true, false }, []string{"pass.once"}, nil},
		{"start in the past", func(c *access.Case) { c.Terms.Start = noon.Add(-time.Hour) }, []string{"terms.start"}, nil},
		{"start has passed meanwhile", func(c *access.Case) { c.Sending, c.Terms.Start = false, noon.Add(-time.Hour) }, nil, nil},
		{"start far ahead", func(c *access.Case) { c.Terms.Start = noon.AddDate(0, 1, 0) }, []string{"terms.start"}, nil},
		{"no reason", func(c *access.Case) { c.Terms.Reason = "" }, nil, []string{"terms.reason"}},
		{"live pass", func(c *access.Case) { c.Facts.Person.Passes = []access.LivePass{live} }, []string{"pass.live"}, nil},
		{"live pass, ticked", func(c *access.Case) {
			c.Facts.Person.Passes, c.Terms.Replace = []access.LivePass{live}, true
		}, nil, []string{"pass.replaces"}},
		{"live pass of our own", func(c *access.Case) {
			c.Facts.Person.Passes = []access.LivePass{live}
			c.Ours = func(p access.LivePass) bool { return p.ID == "tap" }
		}, nil, nil},
		{"used pass", func(c *access.Case) {
			used := live
			used.Usability = "OneTimeUsed"
			c.Facts.Person.Passes = []access.LivePass{used}
		}, nil, nil},
		{"expired pass", func(c *access.Case) {
			old := live
			old.Start = noon.Add(-2 * time.Hour)
			c.Facts.Person.Passes = []access.LivePass{old}
		}, nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := aCase()
			tt.spoil(&c)
			v := settings.Judge(c)
			require.Equal(t, tt.refusals, v.Codes(access.Refusal))
			require.Equal(t, tt.warnings, v.Codes(access.Warning))
			require.Equal(t, len(tt.refusals) > 0, v.Refused())
			for _, f := range v.Findings {
				require.NotEmpty(t, f.Text)
			}
		})
	}
}

func TestJudgeNamesTheManager(t *testing.T) {
	t.Parallel()
	v := settings.Judge(aCase())
	require.Equal(t, []access.Person{{ID: "megan", Name: "Megan"}}, v.Approvers)
}

func TestGrantsOffRefusesEverything(t *testing.T) {
	t.Parallel()
	off := settings
	off.NoGrants = true
	require.Equal(t, []string{"grants.off"}, off.Judge(aCase()).Codes(access.Refusal))
}
