package bot

import (
	"strconv"

	"github.com/passdesk/passdesk/internal/access"
)

// needRows tell who is waited for, and who has agreed already.
func needRows(r access.Request, f Face) []element {
	need, _, waits := r.Waiting()
	if !waits { // judged before rules had needs
		return []element{row("Decides", people(r.Approvers)...)}
	}
	rows := []element{row("Decides", needed(waitedFor(r))...)}
	if !r.MayDecide(f.Viewer) { // else the steps are on the card
		rows = append(rows, callerRows(r, f)...)
	}
	rows = append(rows, agreedRows(r, f)...)
	if later := laterNeeds(r, need); later > 0 {
		rows = append(rows, row("Then", ours(count(later, "more person has to agree", "more people have to agree"))))
	}
	return rows
}

// waitedFor are the people who may decide next, and how many of them have to.
func waitedFor(r access.Request) (left []access.Person, count int) {
	need, agreed, _ := r.Waiting()
	for _, p := range need.People {
		if r.MayDecide(p.ID) {
			left = append(left, p)
		}
	}
	return left, need.Count - agreed
}

// needed is "one of" or "2 of" several people, or the only one.
func needed(list []access.Person, count int) []textRun {
	runs := people(list)
	switch {
	case len(list) > count && count == 1:
		return append([]textRun{ours("one of ")}, runs...)
	case len(list) > count:
		return append([]textRun{ours(ownText(strconv.Itoa(count)) + " of ")}, runs...)
	}
	return runs
}

// agreedRows tell who has agreed, while others are waited for.
func agreedRows(r access.Request, f Face) []element {
	var rows []element
	for _, d := range r.Decisions {
		if d.Approve {
			rows = append(rows, row("Agreed", bold(who(d.By, f)), ours(", "), f.at(d.At)))
			rows = append(rows, provenRow(&d, f)...)
		}
	}
	return rows
}

// laterNeeds is how many have to agree after those who are waited for.
func laterNeeds(r access.Request, need access.Need) int {
	later, past := 0, false
	for _, n := range r.Verdict.Needs {
		if past {
			later += n.Count
		}
		past = past || n.Key == need.Key
	}
	return later
}

// needsMore tells whether more than one agreement is needed: then who decides is
// told who else has to.
func needsMore(r access.Request) bool {
	total := 0
	for _, n := range r.Verdict.Needs {
		total += n.Count
	}
	return total > 1
}

// approved tells whether the viewer has agreed to a request that waits for others,
// or waits to be used.
func approved(r access.Request, viewer access.ID) bool {
	for _, d := range r.Decisions {
		if d.Approve && d.By.ID == viewer {
			return true
		}
	}
	return r.Decision != nil && r.Decision.Approve && r.Decision.By.ID == viewer
}
