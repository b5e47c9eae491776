package bot

import "github.com/passdesk/passdesk/internal/access"

// emergencyNews is what security is told of an emergency, in a line; empty for
// others, and where there is nothing to tell.
func emergencyNews(r access.Request, f Face) plainText {
	if r.Review == nil || r.Asker.ID == f.Viewer || (r.State == access.Asked && r.MayDecide(f.Viewer)) {
		return ""
	}
	told := false
	for _, p := range r.Review.Security {
		told = told || p.ID == f.Viewer
	}
	switch {
	case !told:
		return ""
	case r.MayReview(f.Viewer) && !f.Now.Before(r.Review.Due):
		return "Reminder: nobody has reviewed this emergency yet. " + summary(r) + ". The button is on its card above."
	case r.MayReview(f.Viewer):
		return summary(r) + ". Review it by " + plain(string(f.until(r.Review.Due).Text)) + "; the button is on its card above."
	case r.State == access.Asked:
		return summary(r) + because(r.Terms.Reason) + sentenceEnd(r.Terms.Reason) + " Another member of the emergency group has to confirm it."
	case r.State == access.InForce:
		return summary(r) + ". It is in force."
	}
	return ""
}
