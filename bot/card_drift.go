package bot

import "github.com/passdesk/passdesk/internal/access"

// drawDrift tells the owner of a policy in what Entra and the records differ, or
// differed.
func drawDrift(d access.Drift, f Face) Card {
	if d.Cleared.IsZero() {
		return drawOpenDrift(d, f)
	}
	words := driftWords(d)
	return newCard("No longer so: "+plainText(words.title)+".",
		heading("No longer so", "good"), row("Was", ours(words.title)),
	).add(driftSubject(d)...).add(
		row("Found", f.at(d.Found)),
		row("Gone", ours("when Passdesk looked "), f.at(d.Cleared)),
		paragraph(faded(theirs(string(d.Ref), nameLength))),
	)
}

func drawOpenDrift(d access.Drift, f Face) Card {
	words := driftWords(d)
	return newCard(plainText(words.title)+": "+plain(string(clean(d.Policy.Name, nameLength)))+". Open it in Teams.",
		heading(words.title, "attention"), row("What", ours(words.what)),
	).add(driftSubject(d)...).add(
		row("Found", f.at(d.Found)),
		row("Next", ours(words.next)),
		paragraph(faded(theirs(string(d.Ref), nameLength))),
	)
}

// driftSubject tells what a drift is about.
func driftSubject(d access.Drift) []element {
	rows := []element{row("Policy", bold(policyName(d.Policy)))}
	if d.Person.ID != "" {
		rows = append(rows, row("Person", bold(name(d.Person)), faint(" "), faded(theirs(d.Person.UPN, upnLength))))
	}
	if d.Lease != "" {
		rows = append(rows, row("Request", theirs(string(d.Lease), nameLength)))
	}
	switch {
	case d.Detail == access.PolicyOff:
		rows = append(rows, row("Exactly", ours("It is switched off.")))
	case d.Detail == access.PolicyReportOnly:
		rows = append(rows, row("Exactly", ours("It only reports.")))
	case d.Kind == access.Unlinked && d.Detail != "":
		rows = append(rows, row("Group", theirs(d.Detail, nameLength)))
	case d.Detail != "":
		rows = append(rows, row("Exactly", theirs(d.Detail, findingLength)))
	}
	return rows
}

// difference is a kind of drift in words.
type difference struct{ title, what, next ownText }

var differences = map[access.DriftKind]difference{
	access.Stranger: {
		"Excluded without a lease", "Somebody is excluded from the policy whom Passdesk did not exclude. Passdesk leaves that alone.",
		"Find out who did it and until when it is needed, and take it away in Entra.",
	},
	access.Vanished: {
		"An exclusion is gone", "Passdesk holds an exclusion, and Entra does not show it any more: somebody has taken it away.",
		"If that was right, press End now on the card of the request; else ask whoever did it.",
	},
	access.Unlinked: {
		"The policy does not exclude its group", "Whoever is put into the exclusion group is not excluded any more.",
		"Exclude the group in the policy again, or take the policy out of Passdesk's configuration.",
	},
	access.GroupUnfit: {
		"The exclusion group is not fit", "Nobody is excluded by this group until that is put right.",
		"Make it an assigned cloud group that is owned by nobody else, or configure another one.",
	},
	access.PolicyIdle: {
		"The policy is not in force", "It is disabled, or only reports, so that it binds nobody.",
		"Switch it on again, or take it out of Passdesk's configuration.",
	},
	access.PolicyGone: {
		"The policy is deleted", "Passdesk may relax a policy that does not exist any more.",
		"Restore it, or take it out of Passdesk's configuration.",
	},
	access.PersonGone: {
		"The person is deleted", "An exclusion is in force for an account that is deleted.",
		"Nothing, if that was meant: the exclusion ends at its time.",
	},
	access.StillExempt: {
		"Still excluded after the end", "Passdesk's exclusion has ended, and Entra excludes the person in another way, which Passdesk did not make and leaves alone.",
		"Take it away in Entra, unless it is meant.",
	},
}

func driftWords(d access.Drift) difference {
	if known, ok := differences[d.Kind]; ok {
		return known
	}
	return difference{"Entra and Passdesk differ", "See the history of this reference.", "Compare the policy with the requests in force."}
}
