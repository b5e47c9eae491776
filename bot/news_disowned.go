package bot

import "github.com/passdesk/passdesk/internal/access"

// disownedNews tells who asked that nobody expected it. It weighs more than all
// else; but when an exclusion has been read to be gone, that is told as ever.
func disownedNews(r access.Request, f Face) plainText {
	if r.Disowned.At.IsZero() || f.Viewer != r.Asker.ID || (r.State == access.Ended && r.Changed.After(r.Disowned.At) && r.Kind == access.Exclusion) {
		return ""
	}
	lead := plain(shortName(r.Disowned.By)) + " did not expect what you asked for " + plain(shortName(r.Person)) + " (" + refText(r.Ref) + "): “This was not me”. "
	if !r.Gave() {
		return lead + "The request is closed, and security is told. Find out who called you."
	}
	return lead + "Everything of theirs ends, they are signed out and locked, and security is told. Find out who called you."
}

// disownedNotice says on a card that nobody expected it.
func disownedNotice(r access.Request) []element {
	if r.Disowned.At.IsZero() {
		return nil
	}
	what := ownText(" said: “This was not me”. The request is closed, and security is told.")
	if r.Gave() {
		what = " said: “This was not me”. What was given ends, the person is signed out and locked, and security is told."
	}
	return []element{notice("attention", "Not expected", name(r.Disowned.By), ours(what))}
}
