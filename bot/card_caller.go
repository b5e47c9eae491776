package bot

import (
	"slices"
	"strings"

	"github.com/passdesk/passdesk/internal/access"
)

// toCaller is the sentence for whoever rang the help desk. It is the same whatever
// the reason was: the reason is for the agent, and a caller who is not who they say
// must learn nothing from it.
func toCaller(f Face) element {
	w := wordingOf(f.Locale)
	return container{Separator: true, Items: []element{paragraph(bold(w.run("caller.say", nil))), paragraph(w.run("caller.words", nil))}}
}

// turnedDown tells whether a form was refused, and not only filled in wrongly.
func turnedDown(v access.Verdict) bool {
	return slices.ContainsFunc(v.At(access.Refusal), func(f access.Finding) bool { return !strings.HasPrefix(f.Code, "form.") })
}

// lockRows tell the help desk that somebody is locked, or was denied something a
// short while ago.
func lockRows(s access.Status, f Face) []element {
	var rows []element
	if s.Lock.Holds(f.Now) {
		rows = append(rows, notice("attention", "Locked", theirs(s.Lock.Words(f.Now), findingLength)))
	}
	if !s.Denied.At.IsZero() {
		rows = append(rows, notice("accent", "Good to know", theirs(s.Denied.Words(f.Now), findingLength)))
	}
	return rows
}
