package bot

import (
	"fmt"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// reportOf is the sample of a report, of people and departments with that name.
func reportOf(text string) access.Report {
	o := &access.Rollout{
		ID: "sample", Read: noon.Add(-25 * time.Minute), Updated: noon.Add(-3 * time.Hour),
		People: 94_806, Can: 53_210, MFA: 30_001, Guests: 1_960, Gone: 1, FileSize: 4_711_000,
		Methods:  []access.Share{{Name: "Windows Hello for Business", Can: 28_003, Of: 28_003}, {Name: "Passkey in Authenticator", Can: 27_950, Of: 27_950}, {Name: "Security key", Can: 1, Of: 1}},
		Passkeys: 14, Median: 2*time.Hour + 40*time.Minute + 12*time.Second,
	}
	for i := range 14 {
		o.Departments = append(o.Departments, access.Share{Name: text, Can: 1000 * i, Of: 20_000 + i})
	}
	for i := range 20 {
		o.First = append(o.First, access.Left{
			Person:     access.Person{ID: access.ID(fmt.Sprint("left-", i)), Name: text, UPN: text + "@northwind.example"},
			Department: text, MFA: i%2 == 0, Methods: []string{"mobilePhone"},
		})
	}
	return access.Report{Rollout: o, Leases: 3, Next: noon.Add(90 * time.Minute)}
}

func reportSituations() []situation {
	f := seenBy(adele)
	all := reportOf("Crewing")
	done := access.Report{Rollout: &access.Rollout{
		Read: noon, People: 3, Can: 3, Guests: 1, FileSize: 80, Methods: []access.Share{{Name: "Security key", Can: 3, Of: 3}},
		Departments: []access.Share{{Name: access.NoDepartment, Can: 3, Of: 3}},
	}}
	noFile := reportOf("Crewing")
	noFile.Rollout.FileSize, noFile.Rollout.Passkeys, noFile.Leases, noFile.Next = 0, 0, 1, time.Time{}
	return []situation{
		{"report", drawReport(all, f)},
		{"report_done", drawReport(done, f)},
		{"report_nobody", drawReport(access.Report{Rollout: &access.Rollout{Read: noon.Add(-time.Hour)}}, f)},
		{"report_no_file", drawReport(noFile, f)},
		{"report_counting", drawReading(access.Progress{})},
		{"report_counted", drawReading(access.Progress{Counted: 4_995})},
		{"report_reading", drawReading(access.Progress{Read: 12_000, Of: 100_012})},
		{"report_unread", drawUnread(access.Fail(access.Unavailable, "Entra does not answer. Try again in a minute."))},
		{"report_hostile", drawReport(reportOf(hostile), f)},
	}
}
