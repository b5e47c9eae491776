package bot

import (
	"strings"

	"github.com/passdesk/passdesk/internal/access"
)

// drawRelaxing draws what an owner has to know to decide about an exclusion: the
// risk in a line, and whether it will help.
func drawRelaxing(s Sight, said access.Evidence, f Face) Card {
	r := s.Request
	c := newCard(summary(r)+". Open it in Teams to decide.",
		toDecide(r, "An exclusion to decide"),
		paragraph(large(bold(name(r.Asker))), large(ours(" asks to exclude ")), large(bold(name(r.Person)))),
		apart(row("From", bold(policyName(r.Terms.Policy)))),
		row("Risk", risk(r)...),
		row("Reason", reason(r.Terms)),
	)
	if r.Terms.Ticket != "" {
		c = c.add(row("Ticket", theirs(r.Terms.Ticket, ticketLength)))
	}
	c = c.add(row("For how long", exclusionTerms(r.Terms, f)...))
	c = c.add(outlook(r)...)
	c = c.add(row("Decide by", bold(f.until(r.Due))))
	c = c.add(emergencyRows(r, f)...)
	if needsMore(r) {
		c = c.add(needRows(r, f)...)
	}
	c = c.add(decideFindings(withoutOutlook(decisive(r)), mostFindings-3)...)
	c = c.add(callerSteps(r, said, f)...).add(footing(r, f))
	return refreshed(c.with(decideButtons(r)...), r, f)
}

// devices are what a platform is, for the line that tells the risk.
func devices(platform string) ownText {
	switch platform {
	case "iOS", "android":
		return "phones"
	case "windows", "macOS", "linux":
		return "computers"
	}
	return "any device"
}

// risk says in a line what an exclusion allows. The policy does not ask on which
// device: whoever is excluded is excluded on all.
func risk(r access.Request) []textRun {
	long := " for " + lasting(r.Terms.Minutes)
	if r.Outlook != nil {
		for _, h := range r.Outlook.Before {
			switch {
			case h.Policy.ID != r.Terms.Policy.ID:
			case h.Block:
				return []textRun{bold(ours("Allows sign-in from " + devices(r.Terms.Platform) + long)), ours(", and wherever else the policy blocks it.")}
			default:
				return []textRun{bold(ours("Allows sign-in" + long + " without ")), bold(theirs(needs(h), nameLength)), ours("; on every device.")}
			}
		}
	}
	return []textRun{bold(ours("Lifts the policy" + long)), ours(", on every device.")}
}

// needs are all that a policy asks for: whoever decides must not be told less.
func needs(h access.Hurdle) string {
	if len(h.Needs) == 0 {
		return "what it asks for"
	}
	return strings.Join(h.Needs, ", ")
}

const (
	mostHurdles  = 2  // how many policies that remain are named
	hurdleLength = 40 // how much of what each asks for
)

// outlook tells what Entra says would stand in the way without and with the
// exclusion.
func outlook(r access.Request) []element {
	o := r.Outlook
	if o == nil {
		return []element{row("Helps?", ours("Entra did not say whether it will help."))}
	}
	rows := []element{}
	switch {
	case !o.Applies:
		rows = append(rows, notice("warning", "May not help", ours("This policy does not hit "), name(r.Person), ours(" on "+platformName(o.Platform)+".")))
	case len(o.After) == 0:
		rows = append(rows, row("Helps?", ours("✓ On "+platformName(o.Platform)+" only this policy stands in the way.")))
	}
	for _, h := range o.After[:min(len(o.After), mostHurdles)] {
		rows = append(rows, row("Remains", bold(policyName(h.Policy)), ours(": "), theirs(hurdle(h), hurdleLength)))
	}
	if rest := len(o.After) - mostHurdles; rest > 0 {
		rows = append(rows, row("Remains", ours("and "+count(rest, "more policy", "more policies"))))
	}
	return rows
}

func hurdle(h access.Hurdle) string {
	if h.Block {
		return "still blocks the sign-in"
	}
	return "still asks for " + needs(h)
}

// withoutOutlook leaves out the findings that the outlook tells already.
func withoutOutlook(v access.Verdict) access.Verdict {
	var kept []access.Finding
	for _, f := range v.Findings {
		switch f.Code {
		case "outlook.unknown", "outlook.misses", "outlook.other":
		default:
			kept = append(kept, f)
		}
	}
	v.Findings = kept
	return v
}
