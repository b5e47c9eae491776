package bot

import "github.com/passdesk/passdesk/internal/access"

// newsFor is what somebody is told, in a line, when a request has changed or waits
// for them; empty when there is nothing to tell.
func newsFor(r access.Request, f Face) plainText {
	if text := disownedNews(r, f); text != "" {
		return text
	}
	if text := passkeyNews(r, f); text != "" {
		return text
	}
	if text := callerNews(r, f); text != "" || r.Asks(f.Viewer) {
		return text
	}
	if text := emergencyNews(r, f); text != "" {
		return text
	}
	if r.Kind == access.Exclusion {
		return exclusionNews(r, f)
	}
	ref, person, by := refText(r.Ref), plain(shortName(r.Person)), plain(shortName(r.By))
	if f.Viewer != r.Asker.ID {
		if r.State == access.Asked && r.MayDecide(f.Viewer) {
			return "Reminder: " + summary(r) + ". It waits for your decision until " + plain(string(f.until(r.Due).Text)) + "; the buttons are on its card above."
		}
		return ""
	}
	switch r.State {
	case access.Approved:
		return decider(r) + " approved the pass for " + person + " (" + ref + "). Press Show pass on its card by " + plain(string(f.until(r.Due).Text)) + "."
	case access.Denied:
		return decider(r) + " denied the pass for " + person + " (" + ref + ")" + because(r.Why)
	case access.Withdrawn:
		return by + " withdrew the pass for " + person + " (" + ref + ")" + because(r.Why)
	case access.Lapsed:
		return "The request for a pass for " + person + " (" + ref + ") has lapsed" + because(r.Why)
	case access.Failed:
		return "The pass for " + person + " (" + ref + ") could not be given" + because(r.Why)
	case access.Ending, access.Ended:
		return "The pass for " + person + " (" + ref + ") has ended" + because(r.Why) + sentenceEnd(r.Why) + without(r)
	case access.InForce:
		if r.Replaced {
			return "The pass that Passdesk made for " + person + " (" + ref + ") is not the live one any more: somebody has replaced or deleted it. If it was not used, issue it again or ask who did that."
		}
	default: // a form is nobody else's news, and the rest the asker does
	}
	return ""
}

// without says that a pass has ended without a passkey.
func without(r access.Request) plainText {
	if r.By.ID != access.Passdesk || r.Began.IsZero() {
		return ""
	}
	return " No passkey was registered. Ask again on its card if it is still needed."
}

func decider(r access.Request) plainText {
	if r.Decision == nil {
		return plain(shortName(r.By))
	}
	return plain(shortName(r.Decision.By))
}

func because(why string) plainText {
	if why == "" {
		return "."
	}
	return ": " + plain(why)
}
