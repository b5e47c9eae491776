package bot

import "github.com/passdesk/passdesk/internal/access"

// standingRow is one policy that may be relaxed, with a button that excludes the
// person or ends that, whichever makes sense now.
func standingRow(p access.Person, s access.Standing, mayAsk bool, f Face) element {
	text := paragraph(append([]textRun{bold(policyName(s.Policy)), ours(": ")}, standingWords(s, f)...)...)
	if b, ok := toggle(p, s, mayAsk, f); ok {
		return beside(b, text)
	}
	return text
}

// held is the lease in force, of several the one that lasts longest.
func held(s access.Standing) (access.Request, bool) {
	var longest access.Request
	for _, r := range s.Leases {
		if r.State == access.InForce && r.Ends.After(longest.Ends) {
			longest = r
		}
	}
	return longest, longest.Ref != ""
}

func standingWords(s access.Standing, f Face) []textRun {
	r, holds := held(s)
	if !holds && len(s.Leases) > 0 {
		r = s.Leases[0]
	}
	switch ref := []textRun{faint(" · "), faded(theirs(string(r.Ref), nameLength))}; {
	case holds && !r.Replaced:
		return append([]textRun{ours("excluded until "), theirs(f.day(r.Ends), nameLength)}, ref...)
	case r.Ref != "":
		return append(append([]textRun{ours("exclusion ")}, stands(r, f)...), ref...)
	case !s.Known:
		return []textRun{ours("Entra does not answer at the moment")}
	case s.Exempt.Listed || len(s.Exempt.Otherwise) > 0:
		return []textRun{ours("excluded, and not by Passdesk")}
	}
	return []textRun{ours("bound by it")}
}

// toggle is Exclude or End exclusion, according to what holds now.
func toggle(p access.Person, s access.Standing, mayAsk bool, f Face) (execute, bool) {
	r, holds := held(s)
	switch {
	case holds && r.Handles(f.Viewer):
		b := destructive(button("End exclusion", verbEnd, r))
		b.Claim.List = true // this message is not the request's own card
		return b, true
	case holds || len(s.Leases) > 0 || !mayAsk || !s.Known || s.Exempt.Listed:
		return execute{}, false
	}
	return execute{Title: "Exclude", Verb: verbExclude, Extra: map[string]any{inputPerson: p.ID, inputPolicy: s.Policy.ID}}, true
}
