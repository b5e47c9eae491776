package bot

import (
	"strings"

	"github.com/passdesk/passdesk/internal/access"
)

// exclusionNews is newsFor of an exclusion.
func exclusionNews(r access.Request, f Face) plainText {
	what := "the exclusion of " + plain(shortName(r.Person)) + " from " + plain(string(clean(r.Terms.Policy.Name, nameLength))) + " (" + refText(r.Ref) + ")"
	if r.State == access.Ending && r.Late > 0 {
		return "Overdue: " + what + " should have ended " + plain(string(f.at(r.Ends).Text)) + ", and Entra still has it. Passdesk goes on trying" + because(r.Trouble)
	}
	switch {
	case f.Viewer == r.Asker.ID:
		return askerExclusionNews(r, f, capital(what))
	case r.State == access.Asked && r.MayDecide(f.Viewer):
		return "Reminder: " + summary(r) + ". It waits for your decision until " + plain(string(f.until(r.Due).Text)) + "; the buttons are on its card above."
	case r.State == access.Ended && r.Decision != nil && r.Decision.By.ID == f.Viewer:
		return capital(what) + " has ended" + readGone(r, f)
	}
	return ""
}

func askerExclusionNews(r access.Request, f Face, what plainText) plainText {
	switch r.State { //nolint:exhaustive // the rest the asker does, or it is told elsewhere
	case access.Approved:
		if r.Due.After(f.Now) {
			return decider(r) + " approved: " + what + " begins " + plain(string(f.until(r.Due).Text)) + "."
		}
		return "" // it is in force in a moment, and that is told
	case access.Denied:
		return decider(r) + " denied: " + what + because(r.Why)
	case access.Withdrawn:
		return what + " was withdrawn by " + plain(shortName(r.By)) + because(r.Why)
	case access.Lapsed:
		return what + " has lapsed" + because(r.Why)
	case access.Failed:
		return what + " could not be made" + because(r.Why)
	case access.InForce:
		if r.Replaced {
			return what + " is gone in Entra: somebody else has taken it away."
		}
		return what + " is in force until " + plain(string(f.until(r.Ends).Text)) + ". " + decider(r) + " approved it."
	case access.Ended:
		return what + " has ended" + readGone(r, f)
	}
	return ""
}

// sentenceEnd ends what because has begun, unless it has an end already.
func sentenceEnd(why string) plainText {
	if why == "" || strings.HasSuffix(why, ".") {
		return ""
	}
	return "."
}

// readGone is the proof of an end, in a line.
func readGone(r access.Request, f Face) plainText {
	switch {
	case len(r.Still) > 0:
		return ", but Entra still excludes " + plain(shortName(r.Person)) + ": " + plain(r.Still[0]) + ". Passdesk did not do that."
	case len(r.Gone) == 2:
		return because(r.Why) + sentenceEnd(r.Why) + " Entra was read twice, last " + plain(string(f.at(r.Gone[1]).Text)) + ": it is gone."
	}
	return because(r.Why)
}
