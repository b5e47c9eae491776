package bot

import (
	"cmp"
	"slices"

	"github.com/passdesk/passdesk/internal/access"
)

// mostFindings keeps a card small whatever the checks have to say.
const mostFindings = 8

// findings are those of a verdict, at most so many, that fit on a card, the heaviest first, and
// how many are left out. That somebody loses a pass weighs most of what may be
// done all the same.
func findings(v access.Verdict, most int) (shown []access.Finding, left int) {
	shown = slices.DeleteFunc(slices.Clone(v.Findings), func(f access.Finding) bool {
		return f.Code == access.EmergencyRule // its cards begin with that
	})
	slices.SortStableFunc(shown, func(a, b access.Finding) int { return cmp.Compare(weight(a), weight(b)) })
	n := min(len(shown), most)
	return shown[:n], len(shown) - n
}

func weight(f access.Finding) int {
	switch {
	case f.Level == access.Refusal:
		return 0
	case f.Code == "pass.replaces":
		return 1
	case f.Level == access.Warning:
		return 2
	}
	return 3
}

// drawFinding draws one finding, whose weight is told by a word and a colour.
func drawFinding(f access.Finding) element {
	text := theirs(f.Text, findingLength)
	switch {
	case f.Level == access.Refusal:
		return notice("attention", "Not possible", text)
	case f.Code == "pass.replaces":
		return notice("attention", "Replaces a live pass", text)
	case f.Level == access.Warning:
		return notice("warning", "Warning", text)
	}
	return notice("accent", "Good to know", text)
}

func leftOut(n int) []element {
	if n == 0 {
		return nil
	}
	return []element{paragraph(faint("and " + count(n, "more finding", "more findings")))}
}

// formFindings tell who asks what is wrong with the form, and what they can do.
func formFindings(v access.Verdict, f Face) []element {
	shown, left := findings(v, mostFindings)
	var drawn []element
	for _, one := range shown {
		drawn = append(drawn, drawFinding(one))
	}
	drawn = append(drawn, leftOut(left)...)
	if turnedDown(v) {
		drawn = append(drawn, toCaller(f))
	}
	if len(v.At(access.Warning)) > 0 && !v.Refused() {
		drawn = append(drawn, paragraph(bold(ours("Change it, or press Send request again to send it as it is."))))
	}
	return drawn
}

// decisive is a verdict without what is merely good to know, where who decides has
// to do more than to read.
func decisive(r access.Request) access.Verdict {
	v := r.Verdict
	if asksDecider(r) {
		v.Findings = slices.DeleteFunc(slices.Clone(v.Findings), func(f access.Finding) bool { return f.Level == access.Note })
	}
	return v
}

// decideFindings tell who decides what the checks found. A note is a plain line
// there, so that what speaks against it stands out.
func decideFindings(v access.Verdict, most int) []element {
	shown, left := findings(v, most)
	var drawn []element
	if len(shown) == 0 || shown[0].Level == access.Note {
		drawn = append(drawn, row("Checks", ours("✓ Nothing speaks against it.")))
	}
	for _, f := range shown {
		if f.Level == access.Note {
			drawn = append(drawn, row("Note", theirs(f.Text, findingLength)))
			continue
		}
		drawn = append(drawn, drawFinding(f))
	}
	return append(drawn, leftOut(left)...)
}
