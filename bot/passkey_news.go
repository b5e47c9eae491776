package bot

import (
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// passkeyNews tells asker, approver and the person themselves of the passkey that
// a request was for; empty while there is none, and where something weighs more:
// that an exclusion is gone, that its end is overdue, or that it has ended.
func passkeyNews(r access.Request, f Face) plainText {
	more := r.Kind == access.Exclusion && (r.Replaced || r.Late > 0 || r.State == access.Ended)
	if r.Registered.IsZero() || (more && f.Viewer != r.Person.ID) {
		return ""
	}
	what := "The passkey " + plain(r.Passkey)
	if f.Viewer == r.Person.ID {
		return what + " was registered for you " + plain(string(f.at(r.Registered).Text)) + ". If that was not you, ring your help desk at once."
	}
	text := plain(shortName(r.Person)) + " has registered a passkey: " + plain(r.Passkey) + plainText(took(r)) + " (" + refText(r.Ref) + "). " + plainText(leftOver(r))
	if r.Elsewhere {
		text += " The pass was not used for it: make sure that " + plain(shortName(r.Person)) + " did that."
	}
	return text
}

// took is how long it took, as the end of a sentence.
func took(r access.Request) ownText {
	minutes := int(r.Took() / time.Minute)
	if minutes < 1 {
		return ", within a minute"
	}
	return ", " + lasting(minutes) + " after it was asked for"
}

// leftOver is what became of what helped to register it.
func leftOver(r access.Request) ownText {
	switch {
	case r.State == access.InForce:
		return "The exclusion goes on; End now ends it."
	case r.Kind == access.Exclusion:
		return "The exclusion ends."
	}
	return "What was left of the pass is deleted."
}

// passkeyRow tells on a card whether the passkey is there.
func passkeyRow(r access.Request, f Face) []element {
	waits := r.Kind == access.Pass || r.Terms.Register
	switch {
	case !r.Registered.IsZero() && r.Elsewhere:
		return []element{
			row("Passkey", bold(theirs(r.Passkey, nameLength)), ours(", registered "), f.at(r.Registered)),
			notice("attention", "Not by this pass", ours("The pass was not used for it. Make sure that "), name(r.Person), ours(" did that.")),
		}
	case !r.Registered.IsZero():
		return []element{row("Passkey", bold(theirs(r.Passkey, nameLength)), ours(", registered "), f.at(r.Registered), ours(took(r)+"."))}
	case waits && r.State == access.InForce:
		return []element{row("Passkey", ours("None yet. Passdesk looks every few minutes, and tells you."))}
	case waits && r.State == access.Ended && !r.Began.IsZero():
		return []element{row("Passkey", ours("None was registered."))}
	}
	return nil
}

// againButton offers the next try, where the last one has brought no passkey.
func againButton(r access.Request, f Face) []execute {
	if r.State != access.Ended || r.Kind != access.Pass || !r.Registered.IsZero() || r.Began.IsZero() || r.Asker.ID != f.Viewer {
		return nil
	}
	return []execute{button("Ask again", verbRetry, r)}
}
