package bot

import (
	"slices"

	"github.com/passdesk/passdesk/internal/access"
)

// ledgerSize is how much of a card one of its lists may fill, in bytes.
const ledgerSize = 8_500

// driftsSize is how much of it what is wrong with the policy may fill.
const driftsSize = 5_000

// ofPolicy are the drifts that are about a policy itself, and not told otherwise.
func ofPolicy(drifts []access.Drift) []access.Drift {
	return slices.DeleteFunc(slices.Clone(drifts), func(d access.Drift) bool {
		return d.Person.ID != "" || d.Kind == access.PolicyGone || d.Kind == access.PolicyIdle
	})
}

func drawDifference(d access.Drift) element {
	return notice("attention", driftWords(d).title, theirs(d.Detail, findingLength))
}

// drawLedger tells who is excluded from a policy, by whom and until when, and who
// is without a lease.
func drawLedger(l access.Ledger, f Face) Card {
	c := newCard("Who is excluded from a policy. Open it in Teams.",
		heading("Who is excluded", ""), paragraph(bold(policyName(l.Policy))))
	switch {
	case !l.Known:
		c = c.add(notice("warning", "Not compared", ours("Entra does not answer at the moment, so this is only what Passdesk itself has excluded.")))
	case !l.Facts.Found:
		c = c.add(notice("attention", "Deleted", ours("The policy does not exist in Entra any more.")))
	case l.Facts.State != access.PolicyOn:
		c = c.add(notice("warning", "Not in force", ours("The policy is switched off, or only reports.")))
	}
	for notice := range fitting(ofPolicy(l.Drifts), driftsSize, drawDifference) {
		c = c.add(notice)
	}
	c = c.add(listOf("With a lease", l.Leases, ledgerSize, func(r access.Request) element { return leased(r, f) })...)
	c = c.add(listOf("Without a lease", l.Others, ledgerSize, stranger)...)
	switch {
	case len(l.Leases)+len(l.Others) > 0:
	case l.Known:
		c = c.add(paragraph(ours("Nobody is excluded.")))
	default:
		c = c.add(paragraph(ours("Passdesk has excluded nobody.")))
	}
	return c.add(zoneNote(f))
}

// leased is a line about one lease.
func leased(r access.Request, f Face) element {
	runs := append([]textRun{bold(name(r.Person)), ours(": ")}, stands(r, f)...)
	runs = append(runs, faint(" · asked by "), faded(name(r.Asker)))
	if r.Decision != nil {
		runs = append(runs, faint(", agreed by "), faded(name(r.Decision.By)))
	}
	return paragraph(append(runs, faint(" · "), faded(theirs(string(r.Ref), nameLength)))...)
}

func stranger(p access.Person) element {
	return paragraph(bold(name(p)), ours(": not by Passdesk"), faint(" · "), faded(theirs(p.UPN, upnLength)))
}

// mostChoices is how many policies a question offers.
const mostChoices = 12

// drawChoosePolicy asks which policy is meant.
func drawChoosePolicy(policies []access.PolicyRef) Card {
	c := newCard("Several policies fit. Open Teams to choose.", heading("Which policy?", ""))
	for _, p := range policies[:min(len(policies), mostChoices)] {
		b := execute{Title: "Show", Verb: verbPolicy, Extra: map[string]any{inputPolicy: p.ID}, Tooltip: plain(string(clean(p.Name, nameLength)))}
		c = c.add(beside(b, paragraph(policyName(p))))
	}
	if len(policies) > mostChoices {
		c = c.add(paragraph(ours("There are more. Write policy and a part of its name.")))
	}
	return c
}
