package bot

import (
	"slices"
	"strconv"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// How much of a card the parts of a report may fill, and how many departments a
// chart tells apart.
const (
	leftSize        = 11_000 // bytes
	mostBars        = 10
	departmentWidth = 40
	cellWidth       = 60
)

// drawReport tells how far the rollout is: the whole, its parts, who is left, and
// how old all of that is.
func drawReport(r access.Report, f Face) Card {
	o := r.Rollout
	c := newCard("How far the rollout is. Open it in Teams.", heading("Rollout of passkeys", ""),
		paragraph(bold(ours(figure(o.Can)+" of "+figure(o.People)+" people ("+percent(o.Can, o.People)+")")),
			ours(" can satisfy phishing-resistant MFA.")))
	if o.People > 0 {
		c = c.add(drawWhole(o))
	}
	c = c.add(drawMethods(o.Methods)...)
	c = c.add(drawDepartments(o)...)
	c = c.add(drawLeft(o)...)
	c = c.add(section("Beside that"))
	c = c.add(drawBeside(r, f)...)
	c = c.add(drawAge(o, f), paragraph(faint(notCounted(o))))
	anew := execute{Title: "Read anew", Verb: verbAnew}
	if o.FileSize > 0 && o.Left() > 0 {
		return c.with(execute{Title: "All as a file", Verb: verbFile}, anew)
	}
	return c.with(anew)
}

// drawWhole is the donut: who can, who has something else, who has nothing.
func drawWhole(o *access.Rollout) element {
	parts := []share{
		{"Phishing-resistant", o.Can, "good"}, {"Other MFA only", o.MFA, "warning"}, {"No MFA", o.Left() - o.MFA, "attention"},
	}
	t := table{Widths: []int{3, 1, 1}, Rows: [][]textRun{{ours("How people sign in"), ours("People"), ours("Share")}}}
	for _, p := range parts {
		t.Rows = append(t.Rows, []textRun{ours(ownText(p.Name)), ours(figure(p.Value)), ours(percent(p.Value, o.People))})
	}
	return donut{Title: "How people sign in", Shares: parts, Fallback: t}
}

func drawMethods(methods []access.Share) []element {
	if len(methods) == 0 {
		return nil
	}
	t := table{Widths: []int{4, 1}, Rows: [][]textRun{{ours("With"), ours("People")}}}
	for _, m := range methods {
		t.Rows = append(t.Rows, []textRun{theirs(m.Name, cellWidth), ours(figure(m.Can))})
	}
	return []element{section("By method"), t, paragraph(faint("Whoever has several counts under each."))}
}

// drawDepartments is the chart of who is left where.
func drawDepartments(o *access.Rollout) []element {
	all := o.Departments
	if len(all) == 0 {
		return nil
	}
	most := all[:min(len(all), mostBars)]
	b := bars{Title: "People who are left, by department"}
	b.Fallback = table{Widths: []int{3, 1, 1, 1}, Rows: [][]textRun{{ours("Department"), ours("Left"), ours("Of"), ours("Done")}}}
	for _, d := range most {
		b.Shares = append(b.Shares, share{Name: plain(string(clean(d.Name, departmentWidth))), Value: d.Left()})
		b.Fallback.Rows = append(b.Fallback.Rows, []textRun{
			theirs(d.Name, departmentWidth), ours(figure(d.Left())), ours(figure(d.Of)), ours(percent(d.Can, d.Of)),
		})
	}
	drawn := []element{section("By department"), b}
	if rest := len(all) - len(most); rest > 0 {
		drawn = append(drawn, paragraph(faint("and "+count(rest, "department with fewer", "departments with fewer"))))
	}
	return drawn
}

// drawLeft names the first of those who are left, as many as fit.
func drawLeft(o *access.Rollout) []element {
	if o.Left() == 0 {
		return nil
	}
	t := table{Widths: []int{3, 4, 3, 2}, Rows: [][]textRun{{ours("Name"), ours("Sign-in name"), ours("Department"), ours("Other MFA")}}}
	var w writer
	for _, l := range o.First {
		row := leftRow(l)
		if row.write(&w); len(w.b) > leftSize {
			break
		}
		t.Rows = append(t.Rows, row)
	}
	drawn := []element{section("Who is left"), t}
	if rest := o.Left() + 1 - len(t.Rows); rest > 0 {
		drawn = append(drawn, paragraph(faint("and "+figure(rest)+" more")))
	}
	return drawn
}

func leftRow(l access.Left) tableRow {
	other := ownText("no")
	if l.MFA {
		other = "yes"
	}
	return tableRow{theirs(shortName(l.Person), cellWidth), theirs(l.UPN, cellWidth), theirs(l.Department, departmentWidth), ours(other)}
}

// drawBeside tells how long it takes, and who is excluded meanwhile.
func drawBeside(r access.Report, f Face) []element {
	o, took := r.Rollout, ours("not known yet: no request has led to a passkey")
	if o.Passkeys > 0 {
		took = ours(lasting(max(1, int(o.Median.Round(time.Minute)/time.Minute))) + ", the median of " + count(o.Passkeys, "request", "requests"))
	}
	leases := []textRun{ours("nobody is excluded by Passdesk")}
	if r.Leases > 0 {
		leases = []textRun{ours(count(r.Leases, "open exclusion", "open exclusions"))}
	}
	if !r.Next.IsZero() {
		leases = append(leases, ours("; the next ends "), f.at(r.Next))
	}
	return []element{row("To a passkey", took), row("Leases", leases...)}
}

// drawAge tells how old the report is. A stored card stays for weeks, so that it
// names the moment beside the age.
func drawAge(o *access.Rollout, f Face) element {
	runs := []textRun{faint("Read from Entra "), faded(f.at(o.Read)), faint(", " + age(f.Now.Sub(o.Read)) + " before this was shown.")}
	if !o.Updated.IsZero() {
		runs = append(runs, faint(" Entra's own report is of "), faded(f.at(o.Updated)), faint(": what came later is not in it."))
	}
	return paragraph(runs...)
}

func age(d time.Duration) ownText {
	if d < time.Minute {
		return "less than a minute"
	}
	return lasting(int(d / time.Minute))
}

// notCounted says who is not counted.
func notCounted(o *access.Rollout) ownText {
	guests, gone := ownText("guests, who sign"), ownText("accounts that are")
	if o.Guests == 1 {
		guests = "guest, who signs"
	}
	if o.Gone == 1 {
		gone = "account that is"
	}
	return "Not counted: " + figure(o.Guests) + " " + guests + " in at home, and " + figure(o.Gone) + " " + gone + " disabled or deleted."
}

// drawReading tells how far a report is that is being read.
func drawReading(p access.Progress) Card {
	far := []textRun{ours("The directory is being counted.")}
	switch {
	case p.Of == 0 && p.Counted > 0:
		far = []textRun{bold(ours(figure(p.Counted) + " people")), ours(" are counted so far.")}
	case p.Of > 0:
		far = []textRun{bold(ours(figure(p.Read) + " of " + figure(p.Of) + " people (" + percent(p.Read, p.Of) + ")")), ours(" are read.")}
	}
	return newCard("The report is being read. Open it in Teams.", heading("Rollout of passkeys", ""), paragraph(far...),
		paragraph(faint("Entra lets this be read slowly, some minutes for a large organisation, and whoever waits for a pass goes first. The report comes here by itself.")),
	).with(execute{Title: "Look again", Verb: verbReport})
}

// drawUnread tells that a report did not come.
func drawUnread(err error) Card {
	return drawSorry(sorry(err), access.Say(err), nil, Face{}).with(execute{Title: "Read anew", Verb: verbAnew})
}

// figure writes a number of people, in groups of three digits.
func figure(n int) ownText {
	text := []byte(strconv.Itoa(n))
	for i := len(text) - 3; i > 0; i -= 3 {
		text = slices.Insert(text, i, ',')
	}
	return ownText(text)
}

// percent is a share in whole percent. Neither none nor all is said unless it is
// so.
func percent(part, whole int) ownText {
	switch {
	case whole == 0 || part == 0:
		return "0 %"
	case part >= whole:
		return "100 %"
	}
	return ownText(strconv.Itoa(min(99, max(1, (100*part+whole/2)/whole)))) + " %"
}
